"""What pages show of decisions already made: of the latest one, of a person and a day, of an article that can be corrected."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

from crawler.store import corrections, read_articles, read_decisions, read_tallies
from crawler.store.corrections import Word
from monitor.review import LONGEST_NOTE, Actor, seen_field
from monitor.site.results import all_names

LISTED = 200
"""Decisions on one page; the CSV has them all."""
NEVER_SAID = "0/0"
"""What `seen_field` says of a tag that an article does not have and of which nobody ever said anything."""
_MARK = re.compile(r"[cd][1-9][0-9]{0,17}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Values = dict[str, object]


def just_done(db: sqlite3.Connection, mark: str) -> read_decisions.Decided | None:
    """The decision of that mark, to tell of it; None for what is no mark."""
    return read_decisions.marked(db, mark) if _MARK.fullmatch(mark) else None


def may_take_back(row: read_decisions.Decided | Word, by: Actor) -> bool:
    """Whether this person may take back what is in force still."""
    return bool(row.in_force) and (row.actor == by.name or by.is_admin)


def read_listing(args: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The person and the day that a list of decisions is asked for."""
    actor, day = args.get("actor") or None, args.get("day") or ""
    return (actor[:80] if actor else None), (day if _DAY.fullmatch(day) else None)


def listing(db: sqlite3.Connection, actor: str | None, day: str | None) -> Values:
    """The decisions of a person and a day, or the latest of all, and how many each person made each day."""
    found = list(read_decisions.decided(db, actor, day, LISTED + 1))
    return {
        "rows": found[:LISTED],
        "more": len(found) > LISTED,
        "days": read_decisions.days(db),
        "names": all_names(db),
        "who": actor,
        "when": day,
    }


def fixing(db: sqlite3.Connection, article_id: int, by: Actor, done: str = "") -> Values:
    """What the forms on an article's page need: all that can be said, what stands now, and what was said before."""
    topics, agencies = read_tallies.topics(db), read_tallies.agency_names(db)
    said, last = corrections.history(db, article_id), just_done(db, done)
    fields = {"relevance", "published_on", "story", *(word.field for word in said)}
    fields |= {f"topic:{tag.id}" for tag in read_articles.topic_tags(db, article_id)}
    fields |= {f"agency:{tag.id}" for tag in read_articles.agency_tags(db, article_id)}
    return {
        "seen": {field: seen_field(db, article_id, field) for field in fields},
        "all_topics": topics,
        "all_agencies": agencies,
        "history": said,
        "names": all_names(db),
        "taken_back": {word.takes_back for word in said},
        "never_said": NEVER_SAID,
        "longest_note": LONGEST_NOTE,
        "done": last,
        "may_undo": last is not None and last.takes_back is None and may_take_back(last, by),
        "may_take_back": lambda row: may_take_back(row, by),
    }
