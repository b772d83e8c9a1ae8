"""What a person decides in, kept and put into effect out: on evidence, on the tags of an article, on proposed columns.

Each decision brings along what its page showed (`seen`): where somebody else was quicker, nothing is written and the later one is
told. Verdicts and counts of a day follow at the next measure; evidence, tags and searches at once.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlite_utils import Database

from crawler.clock import now
from crawler.store import columns, corrections, decisions, read_review
from crawler.store.corrections import ALONE
from crawler.store.decisions import BACK, Subject

LONGEST_NOTE = 2_000
"""Characters of a note."""
EARLIEST = date(2000, 1, 1)
"""No article that matters is older: the Resolution is of 22 December 2024."""
Refusal = Literal["gone", "value", "note", "earlier", "not-yours", "not-in-force"]
_VALUES = {"relevance": ("0", "1", "2"), "topic": ("0", "1"), "agency": ("0", "1", "actor", "named"), "story": (ALONE,)}
_FIELD = re.compile(r"(?:relevance|published_on|story|(?:topic|agency):[a-z0-9][a-z0-9-]{0,80})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Refused(Exception):
    """The decision is not taken; `why` says in one word what is wrong with it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class TooLate(Refused):
    """Somebody decided after the page was shown."""

    def __init__(self, state: str, actor: str, at: str, note: str | None) -> None:
        super().__init__("earlier")
        self.state, self.actor, self.at, self.note = state, actor, at, note


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides: a username, and whether what others decided may be taken back."""

    name: str
    is_admin: bool = False


# ── what a page shows of the state, for the form to bring back ─────────────────────────────────
def seen_field(connection: sqlite3.Connection, article_id: int, field: str) -> str:
    """What stands in a field of an article, and which row of corrections was the last on it."""
    last = corrections.last(connection, article_id, field)
    return f"{corrections.stated(connection, article_id, field)}/{last.id if last else 0}"


def seen_subject(connection: sqlite3.Connection, subject: Subject, state: str) -> str:
    """The state of evidence or a column, and which row of the log was the last about it."""
    last = decisions.last(connection, subject)
    return f"{state}/{last.id if last else 0}"


# ── deciding ───────────────────────────────────────────────────────────────────────────────────
def correct(connection: sqlite3.Connection, by: Actor, article_id: int, field: str, value: str, seen: str, note: str = "") -> str:
    """Say what a field of an article is; it is so at once. Gives the decision's mark. Raises Refused, TooLate."""
    kept = _note(note)
    if not _FIELD.fullmatch(field) or not corrections.exists(connection, article_id, field):
        raise Refused("gone")
    if not _is_value(field, value):
        raise Refused("value")
    if seen != seen_field(connection, article_id, field):
        last = corrections.last(connection, article_id, field)
        raise TooLate(corrections.stated(connection, article_id, field), *((last.actor, last.at, last.note) if last else _NOBODY))
    return f"c{corrections.append(connection, article_id, field, value, by.name, _moment(), kept)}"


def judge(connection: sqlite3.Connection, by: Actor, evidence_id: int, state: str, seen: str, note: str = "") -> str:
    """Confirm or reject a piece of evidence. Gives the decision's mark. Raises Refused, TooLate."""
    kept = _note(note)
    found = read_review.subject_of_evidence(connection, evidence_id)
    if found is None:
        raise Refused("gone")
    if state not in ("confirmed", "rejected"):
        raise Refused("value")
    subject, stands = found
    _check_seen(connection, subject, stands, seen)
    number = decisions.append(connection, subject, state, by.name, _moment(), kept)
    decisions.settle_evidence(connection, subject.target_id)
    return f"d{number}"


def judge_column(connection: sqlite3.Connection, by: Actor, proposal_id: int, state: str, seen: str, note: str = "") -> str:
    """Accept or reject a proposed column. Gives the decision's mark. Raises Refused, TooLate."""
    kept = _note(note)
    found = read_review.subject_of_column(connection, proposal_id)
    if found is None:
        raise Refused("gone")
    subject, stands = found
    _check_seen(connection, subject, stands, seen)
    db = Database(connection)
    if state == "accepted":
        return f"d{columns.decide(db, subject.unit_id, subject.url, 'accepted', by.name, now(), kept)}"
    if state == "rejected":
        return f"d{columns.decide(db, subject.unit_id, subject.url, 'rejected', by.name, now(), kept)}"
    raise Refused("value")


def take_back(connection: sqlite3.Connection, by: Actor, mark: str, note: str = "") -> str:
    """Make a decision void, by its author or an admin: what stood before it stands again. Gives the new row's mark.

    Raises Refused where it is somebody else's, or no longer what counts.
    """
    kept = _note(note)
    if not re.fullmatch(r"[cd][1-9][0-9]{0,17}", mark):
        raise Refused("gone")
    number = int(mark[1:])
    if mark[0] == "c":
        word = corrections.word(connection, number)
        if word is None:
            raise Refused("gone")
        _check_mine(by, word.actor, in_force=word.in_force)
        return f"c{corrections.append(connection, word.article_id, word.field, None, by.name, _moment(), kept, number)}"
    found = decisions.decision(connection, number)
    if found is None:
        raise Refused("gone")
    _check_mine(by, found.actor, in_force=found.in_force)
    back = decisions.append(connection, found.subject, BACK[found.subject.about], by.name, _moment(), kept, number)
    if found.subject.about == "evidence":
        decisions.settle_evidence(connection, found.subject.target_id)
    else:
        decisions.settle_columns(Database(connection))
    return f"d{back}"


_NOBODY = ("", "", None)


def _check_seen(connection: sqlite3.Connection, subject: Subject, state: str, seen: str) -> None:
    if seen != seen_subject(connection, subject, state):
        last = decisions.last(connection, subject)
        raise TooLate(state, *((last.actor, last.at, last.note) if last else _NOBODY))


def _check_mine(by: Actor, author: str, *, in_force: bool) -> None:
    if not in_force:
        raise Refused("not-in-force")
    if author != by.name and not by.is_admin:
        raise Refused("not-yours")


def _is_value(field: str, value: str) -> bool:
    if field != "published_on":
        return value in _VALUES[field.partition(":")[0]]
    if not value:
        return True
    try:
        return EARLIEST <= date.fromisoformat(value) <= now().date() + timedelta(days=1) and len(value) == 10
    except ValueError:
        return False


def _note(note: str) -> str | None:
    """As it is kept: without control characters and empty ends. Raises Refused where it is too long."""
    kept = unicodedata.normalize("NFC", _CONTROL.sub("", note.replace("\r\n", "\n"))).strip()
    if len(kept) > LONGEST_NOTE:
        raise Refused("note")
    return kept or None


def _moment() -> str:
    return now().isoformat(timespec="seconds")
