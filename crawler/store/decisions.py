"""What people decided of evidence and of proposed columns: a log that is only added to, and what is in force of it applied."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from crawler.store import endpoints

About = Literal["evidence", "column"]
BACK: dict[str, str] = {"evidence": "detected", "column": "proposed"}
"""The state of a row that takes another one back."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision is about, by what it is called in every database and after every measure."""

    about: About
    target_id: str
    """Empty for a column."""
    unit_id: str
    """The evidence's unit, or the column's source."""
    url: str
    kind: str
    """The evidence's kind; empty for a column."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the log; `at` is ISO 8601 with +07:00."""

    id: int
    subject: Subject
    state: str
    actor: str
    at: str
    note: str | None
    takes_back: int | None
    in_force: bool
    """The last word on its subject, and not taken back."""


_ROWS = """
    select d.id, d.about, d.target_id, d.unit_id, d.url, d.kind, d.state, d.actor, d.at, d.note, d.takes_back, f.id is not null
    from decisions d left join decisions_in_force f on f.id = d.id"""
_SUBJECT = "d.about = ? and d.target_id = ? and d.unit_id = ? and d.url = ? and d.kind = ?"


def decision(connection: sqlite3.Connection, number: int) -> Decision | None:
    """One row of the log, or None."""
    row = connection.execute(f"{_ROWS} where d.id = ?", (number,)).fetchone()
    return _decision(row) if row else None


def last(connection: sqlite3.Connection, subject: Subject) -> Decision | None:
    """The newest row about something, one that takes back included; None where nobody ever decided."""
    row = connection.execute(
        f"{_ROWS} where {_SUBJECT} order by d.at desc, d.id desc limit 1",
        (subject.about, subject.target_id, subject.unit_id, subject.url, subject.kind),
    ).fetchone()
    return _decision(row) if row else None


def append(
    connection: sqlite3.Connection,
    subject: Subject,
    state: str,
    actor: str,
    at: str,
    note: str | None = None,
    takes_back: int | None = None,
) -> int:
    """Add a row; `takes_back` is the one that it makes void. What follows from it is put into effect by settle_*."""
    number: int = connection.execute(
        """insert into decisions (about, target_id, unit_id, url, kind, state, actor, at, note, takes_back)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id""",
        (*(subject.about, subject.target_id, subject.unit_id, subject.url, subject.kind), state, actor, at, note, takes_back),
    ).fetchone()[0]
    return number


def settle_evidence(connection: sqlite3.Connection, target_id: str | None = None) -> None:
    """Give evidence, of one target or of all, the state that people decided; what was taken back is as it was detected.

    Evidence that a measure finds again, under another id or after repair, thus keeps its word.
    """
    named = (
        "f.target_id = evidence.target_id and f.unit_id = evidence.unit_id and f.url = evidence.url and f.kind = evidence.kind"
    )
    connection.execute(
        f"""update evidence set state = f.state, decided_by = 'person', decided_at = f.at, actor = f.actor, note = f.note
            from decisions_in_force f
            where f.about = 'evidence' and (?1 is null or f.target_id = ?1) and {named}
                and (evidence.state <> f.state or evidence.decided_at <> f.at or evidence.actor is not f.actor)""",  # noqa: S608
        (target_id,),
    )
    connection.execute(
        f"""update evidence set state = 'detected', decided_by = 'rule', actor = null, note = null,
                decided_at = (select max(f.at) from decisions f where f.about = 'evidence' and {named})
            where state <> 'detected' and (?1 is null or target_id = ?1)
                and exists (select 1 from decisions f where f.about = 'evidence' and {named})
                and not exists (select 1 from decisions_in_force f where f.about = 'evidence' and {named})""",  # noqa: S608
        (target_id,),
    )


def settle_columns(db: Database) -> None:
    """Give proposed columns the state that people decided, and visit those that are accepted alone or clear by themselves."""
    named = "f.about = 'column' and f.unit_id = column_proposals.source_id and f.url = column_proposals.url"
    changed = db.execute(
        f"""update column_proposals set state = f.state, decided_by = f.actor, decided_at = f.at, note = f.note
            from decisions_in_force f
            where {named} and (column_proposals.state <> f.state or column_proposals.decided_at is not f.at)
            returning source_id, url, state = 'accepted'"""  # noqa: S608
    ).fetchall()
    changed += db.execute(
        f"""update column_proposals set state = 'proposed', decided_by = null, decided_at = null, note = null
            where state <> 'proposed' and exists (select 1 from decisions f where {named})
                and not exists (select 1 from decisions_in_force f where {named})
            returning source_id, url, clear"""  # noqa: S608
    ).fetchall()
    for source_id, url, visited in changed:
        if visited:
            endpoints.discovered(db, source_id, url, "column")
        else:
            endpoints.forget(db, source_id, url)


def _decision(row: tuple[object, ...]) -> Decision:
    number, about, target, unit, url, kind, state, actor, at, note, takes_back, in_force = row
    subject = Subject(about, target, unit, url, kind)  # type: ignore[arg-type]
    return Decision(number, subject, state, actor, at, note, takes_back, bool(in_force))  # type: ignore[arg-type]
