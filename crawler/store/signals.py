"""Weekly counts out for what looks for signals in them, and the signals that it found in and out again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal as it is shown, with the names of what it speaks of."""

    kind: str
    dim: str
    key: str
    name_vi: str
    name_en: str
    first_on: str
    last_on: str
    value: int
    expected: float | None
    since: str | None


NewSignal = tuple[str, str, str, str, str, int, float | None, str | None, str]
"""The columns of `signals` in their order."""

_NAMED = """
    select g.kind, g.dim, g.key, coalesce(a.name_vi, s.name, t.name_vi, g.key), coalesce(a.name_en, s.name, t.name_en, g.key),
        g.first_on, g.last_on, g.value, g.expected, g.since
    from signals g left join agencies a on g.dim = 'agency' and a.id = g.key
    left join sources s on g.dim = 'source' and s.id = g.key left join topics t on g.dim = 'topic' and t.id = g.key
"""
_ORDER = """
    order by g.last_on desc, case g.kind when 'spike' then 0 when 'silence' then 1 when 'first-coverage' then 2 else 3 end,
        abs(g.value - coalesce(g.expected, 0)) desc, g.dim, g.key"""
_NEWS = "g.kind != 'no-coverage'"


def weekly(db: Database, since: str, until: str) -> list[tuple[str, str, str, int, int]]:
    """Weeks between two Mondays of everything that is watched, and of all: (dimension, key, Monday, articles, stories)."""
    return db.execute(
        """select dim, key, starts_on, articles, stories from tallies
           where period = 'week' and dim in ('all', 'agency', 'source') and starts_on between ? and ?""",
        [since, until],
    ).fetchall()


def whole(db: Database) -> list[tuple[str, int, int]]:
    """All coverage by week: (Monday, articles, stories)."""
    return db.execute(
        "select starts_on, articles, stories from tallies where dim = 'all' and period = 'week' order by 1"
    ).fetchall()


def firsts(db: Database, until: str) -> list[tuple[str, str, str, int]]:
    """The first day, up to a day, on which each thing was covered, with that day's articles: (dimension, key, day, articles)."""
    return db.execute(
        """select dim, key, min(starts_on), articles from tallies
           where period = 'day' and dim in ('agency', 'source', 'topic') and starts_on <= ? group by dim, key""",
        [until],
    ).fetchall()


def covered(db: Database, since: str, until: str) -> tuple[set[str], int]:
    """The bodies, and provinces by any of their names, that were covered in some days; and all articles of these days."""
    rows = db.execute(
        """select distinct key from tallies
           where dim in ('agency', 'province') and period = 'day' and starts_on between ? and ?""",
        [since, until],
    ).fetchall()
    whole = db.execute(
        "select coalesce(sum(articles), 0) from tallies where dim = 'all' and period = 'day' and starts_on between ? and ?",
        [since, until],
    ).fetchone()
    return {row[0] for row in rows}, int(whole[0])


def unread_sources(db: Database) -> set[str]:
    """The sources that the last visit could not read, or that nobody has asked: their silence says nothing."""
    return {row[0] for row in db.execute("select id from sources where status not in ('ok', 'quiet')").fetchall()}


def replace(db: Database, found: Sequence[NewSignal], since: str, until: str) -> None:
    """Store the signals found of some days instead of those that were; of `no-coverage` only those of the last day."""
    with db.atomic():
        db.execute(
            "delete from signals where last_on between ? and ? and (kind != 'no-coverage' or last_on = ?)", [since, until, until]
        )
        db.conn.executemany("insert or replace into signals values (?, ?, ?, ?, ?, ?, ?, ?, ?)", found)


# ── for pages, the digest and the report ───────────────────────────────────────────────────────
def newest(connection: sqlite3.Connection, limit: int) -> list[SignalRow]:
    """The news of the two weeks before the day that was measured last, the newest and largest first."""
    rows = connection.execute(
        f"""{_NAMED} where {_NEWS} and g.last_on > (select date(max(as_of), '-14 days') from target_progress)
            {_ORDER} limit ?""",  # noqa: S608
        (limit,),
    )
    return [SignalRow(*row) for row in rows]


def uncovered(connection: sqlite3.Connection) -> list[SignalRow]:
    """The bodies without any coverage in the 30 days before the day that was measured last."""
    rows = connection.execute(
        f"""{_NAMED} where g.kind = 'no-coverage' and g.last_on = (select max(as_of) from target_progress)
            order by case a.kind when 'ministry' then 0 when 'ministerial' then 1 when 'government' then 2 else 3 end,
                a.city desc, replace(a.name_vi, 'Đ', 'Dz')"""  # noqa: S608
    )
    return [SignalRow(*row) for row in rows]


def of_thing(connection: sqlite3.Connection, dim: str, key: str, limit: int = 10) -> list[SignalRow]:
    """What is known of one thing: its news, and whether it had no coverage before the day that was measured last."""
    rows = connection.execute(
        f"""{_NAMED} where g.dim = ? and g.key = ?
            and ({_NEWS} or g.last_on = (select max(as_of) from target_progress)) {_ORDER} limit ?""",  # noqa: S608
        (dim, key, limit),
    )
    return [SignalRow(*row) for row in rows]


def between(connection: sqlite3.Connection, first: str, last: str) -> list[SignalRow]:
    """The news that ended in some days."""
    rows = connection.execute(f"{_NAMED} where {_NEWS} and g.last_on between ? and ? {_ORDER}", (first, last))
    return [SignalRow(*row) for row in rows]
