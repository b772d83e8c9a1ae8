"""What duties of the programme are decided from, and what became of them: rows of `duty_words` and `duties` in and out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

State = Literal["waiting", "done", "late"]


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of one duty of one body in one period, and the document that shows it."""

    duty_id: str
    unit_id: str
    period: str
    state: State
    done_on: str | None
    document: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of one body or newspaper in one period."""

    id: str
    unit_id: str
    period: str
    due_on: str
    state: State
    reason: str
    done_on: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as pages show it."""

    id: str
    unit_id: str
    name_vi: str
    name_en: str
    page: str
    """`agency` or `outlet`."""
    period: str
    due_on: str
    state: str
    reason: str
    done_on: str | None
    document: str | None


def keep_words(db: Database, words: Sequence[Word], at: str) -> None:
    """Add what somebody said; what was said before stays beside it. The same word again is not written twice."""
    with db.atomic():
        known = latest_words(db)
        db.conn.executemany(
            "insert into duty_words (duty_id, unit_id, period, state, done_on, document, at) values (?, ?, ?, ?, ?, ?, ?)",
            [
                (w.duty_id, w.unit_id, w.period, w.state, w.done_on, w.document, at)
                for w in words
                if known.get((w.duty_id, w.unit_id, w.period)) != w
            ],
        )


def latest_words(db: Database) -> dict[tuple[str, str, str], Word]:
    """The newest word on each duty, by duty, unit and period."""
    rows = db.execute("select duty_id, unit_id, period, state, done_on, document from duty_words order by id").fetchall()
    return {(row[0], row[1], row[2]): Word(*row) for row in rows}


def key_press(db: Database) -> list[str]:
    """The key press agencies, by their source."""
    return [row[0] for row in db.execute("select id from sources where key_press order by id").fetchall()]


def special_pages(db: Database, as_of: str) -> dict[str, str]:
    """What is known of each key newspaper's special page: `seen` (ever), else the reason of its verdict on the day."""
    found = {
        row[0]: row[1]
        for row in db.execute(
            "select unit_id, reason from target_verdicts where target_id = 'press-2025' and as_of = ?", [as_of]
        ).fetchall()
    }
    seen = db.execute(
        "select distinct unit_id from evidence where target_id = 'press-2025' and kind = 'special-page' and state != 'rejected'"
    ).fetchall()
    return found | {row[0]: "seen" for row in seen}


def replace(db: Database, duties: Sequence[Duty]) -> None:
    """Write all duties as they stand."""
    db.execute("delete from duties")
    db.conn.executemany(
        """insert into duties (id, agency_id, period, due_on, state, reason, done_on, document)
           values (?, ?, ?, ?, ?, ?, ?, ?)""",
        [(d.id, d.unit_id, d.period, d.due_on, d.state, d.reason, d.done_on, d.document) for d in duties],
    )


def shown(connection: sqlite3.Connection, unit_id: str | None = None) -> list[DutyRow]:
    """Of each duty the period that was due last and the one to come, or all periods of one body; the newest due day first."""
    rows = connection.execute(
        """with today as (select coalesce(max(as_of), date('now', '+7 hours')) as day from target_progress),
           near as (
               select id, max(due_on) filter (where due_on <= day) as last, min(due_on) filter (where due_on > day) as next
               from duties, today group by id)
           select d.id, d.agency_id, coalesce(a.name_vi, s.name, d.agency_id), coalesce(a.name_en, s.name, d.agency_id),
               case when a.id is not null then 'agency' else 'outlet' end, d.period, d.due_on, d.state, d.reason, d.done_on,
               d.document
           from duties d join near n on n.id = d.id
           left join agencies a on a.id = d.agency_id left join sources s on s.id = d.agency_id
           where (:unit is null and d.due_on in (n.last, n.next)) or d.agency_id = :unit
           order by d.due_on desc, d.id, case a.kind when 'ministry' then 0 when 'ministerial' then 1 when 'government' then 2
               else 3 end, a.city desc, replace(coalesce(a.name_vi, s.name), 'Đ', 'Dz')""",
        {"unit": unit_id},
    )
    return [DutyRow(*row) for row in rows]
