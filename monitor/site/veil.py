"""A connection and whether a stranger asks in; the same out, giving strangers null for who decided and what they noted.

SQLite itself answers null wherever such a column is read (its authorizer, `SQLITE_IGNORE`): in a table, a view, a filter, a
sort or a count, whoever wrote the question. A page then says that a member of staff decided.
"""

from __future__ import annotations

import sqlite3
import threading
from contextvars import ContextVar

STRANGER: ContextVar[bool] = ContextVar("stranger", default=False)
"""Does somebody ask who is not signed in? The guard says so; what the site asks for itself sees everything."""
VEILED = frozenset(
    {
        ("corrections", "actor"), ("corrections", "note"), ("decisions", "actor"), ("decisions", "note"),
        ("evidence", "actor"), ("evidence", "note"), ("column_proposals", "decided_by"), ("column_proposals", "note"),
    }
)  # fmt: skip
"""Columns in which people's names stand, or what they wrote to each other; a test finds those that are missing here."""


class Veil:
    """Draws the veil over connections and takes it off again; made once for each database, used by many threads."""

    def __init__(self) -> None:
        self._last = threading.local()

    def over(self, connection: sqlite3.Connection, *, stranger: bool) -> sqlite3.Connection:
        """Only a change is told to SQLite: it makes every statement that is kept be prepared anew."""
        if getattr(self._last, "connection", None) is not connection or self._last.stranger is not stranger:
            # Never None, which would leave kept statements with what the one before was shown.
            connection.set_authorizer(_veiled if stranger else _whole)
            self._last.connection, self._last.stranger = connection, stranger
        return connection


def _veiled(action: int, table: str | None, column: str | None, *_: str | None) -> int:
    return sqlite3.SQLITE_IGNORE if action == sqlite3.SQLITE_READ and (table, column) in VEILED else sqlite3.SQLITE_OK


def _whole(*_: int | str | None) -> int:
    return sqlite3.SQLITE_OK
