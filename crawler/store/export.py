"""The tables that leave the house: their columns with types, and their rows in a fixed order, streamed."""

# ruff: noqa: S608 - what is put together here are names from this file and from the schema; there are no values.
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

ColumnType = Literal["integer", "real", "text"]

TABLES = (
    "articles", "article_topics", "article_agencies", "topics", "agencies", "sources", "tallies", "ledger", "targets",
    "target_units", "target_progress", "target_verdicts", "evidence", "figures", "duties", "signals",
)  # fmt: skip
_WITHHELD = {"articles": frozenset({"text"}), "evidence": frozenset({"note"})}
"""What a public export leaves out: the press's own texts, and what reviewers noted for themselves."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as the schema declares it."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is given out."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Its primary key: the order of its rows."""


@contextmanager
def one_moment(db: Database) -> Iterator[None]:
    """Read everything as it was when the block began, whatever is written meanwhile."""
    db.execute("begin")
    try:
        yield
    finally:
        db.execute("rollback")


def tables(db: Database, *, public: bool) -> tuple[Table, ...]:
    """The tables to give out; a public export has no article text and no reviewers' notes."""
    return tuple(_table(db, name, _WITHHELD.get(name, frozenset()) if public else frozenset()) for name in TABLES)


def rows(db: Database, table: Table) -> Iterator[tuple[str | int | float | None, ...]]:
    """The rows of a table in the order of its key.

    The cursor itself is given: a generator left half-way would close it after the database, and complain.
    """
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{name}"' for name in table.key)
    found: sqlite3.Cursor = db.conn.execute(f'select {names} from "{table.name}" order by {order}')
    return found


def _table(db: Database, name: str, withheld: frozenset[str]) -> Table:
    info = db.execute(f"pragma table_info({name})").fetchall()
    columns = tuple(Column(row[1], _type(row[2])) for row in info if row[1] not in withheld)
    return Table(name, columns, tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]))


def _type(declared: str) -> ColumnType:
    return "integer" if declared.lower() == "integer" else "real" if declared.lower() == "real" else "text"
