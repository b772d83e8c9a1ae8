"""The audit log: who did what to what, and when, in; the entries of a person or a day out. It is only ever added to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.clock import now

COMMAND_LINE = "nq57"
"""The actor of what is done with the command line, by whoever may use the machine."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and from which address."""

    actor: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write; `at` is ISO 8601 with +07:00."""

    id: int
    at: str
    actor: str
    deed: str
    subject: str
    detail: Mapping[str, object]
    address: str


def record(connection: sqlite3.Connection, by: By, deed: str, subject: str = "", schema: str = "main", **detail: object) -> None:
    """Add an entry, in the transaction of `connection`: it is kept if what it tells of is kept.

    `deed` reads like `account.created`; `schema` is what the accounts are attached as, for writes to the other database.
    """
    connection.execute(
        f"insert into {schema}.audit (at, actor, deed, subject, detail, address) values (?, ?, ?, ?, ?, ?)",  # noqa: S608 - ours
        (now().isoformat(), by.actor, deed, subject, json.dumps(detail, ensure_ascii=False), by.address),
    )


def entries(connection: sqlite3.Connection, actor: str = "", day: str = "", before: int = 0, limit: int = 100) -> list[Entry]:
    """The newest entries, of one actor and one day (YYYY-MM-DD) where given, older than entry `before`."""
    rows = connection.execute(
        """select id, at, actor, deed, subject, detail, address from audit
           where (:actor = '' or actor = :actor) and (:day = '' or (at >= :day and at < :day || '~'))
               and (:before = 0 or id < :before)
           order by id desc limit :limit""",
        {"actor": actor, "day": day, "before": before, "limit": limit},
    )
    return [Entry(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]


def actors(connection: sqlite3.Connection) -> list[str]:
    """Everybody who has done anything."""
    return [row[0] for row in connection.execute("select distinct actor from audit order by actor")]


def decisions(connection: sqlite3.Connection) -> list[Entry]:
    """Every entry that tells of a decision in the database of coverage, the oldest first."""
    rows = connection.execute(
        """select id, at, actor, deed, subject, detail, address from audit
           where deed in ('article.corrected', 'evidence.judged', 'column.judged', 'decision.taken-back') order by id"""
    )
    return [Entry(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]
