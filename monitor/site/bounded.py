"""A database for Datasette whose answers are bounded in bytes, not in rows alone: no question fills the machine's memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

from monitor.site.veil import STRANGER, Veil

TYPED: ContextVar[bool] = ContextVar("typed", default=False)
"""Is the SQL of this request a person's own? The guard says so."""
MOST = 8_000_000
"""Characters and bytes in one answer of Datasette's pages: a thousand long articles. Whoever wants more asks for fewer rows."""
LONGEST_TYPED = 1_000_000
"""Bytes of one value in SQL that a person wrote: `zeroblob` and `printf` take no time, so that no time limit stops them."""
COLUMNS_TYPED = 100
"""And so many of them in a row at most."""


class TooMuch(sqlite3.OperationalError):
    """The answer is larger than anybody could read."""


class Bounded(Database):  # type: ignore[misc]  # Datasette has no types
    """What Datasette asks on its own pages, and what people ask in SQL, within MOST and behind the veil (veil.py)."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._veil = Veil()

    async def _execute_fn(self, fn: Callable[[sqlite3.Connection], Any], *given: Any, **named: Any) -> Any:
        """All that reads goes through here."""
        stranger = STRANGER.get()
        return await super()._execute_fn(lambda connection: fn(self._veil.over(connection, stranger=stranger)), *given, **named)

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Any:
        """As Datasette's own; answers that are shown (`truncate`) are counted as they come. Raises TooMuch."""
        if not truncate:
            return await super().execute(sql, params, truncate, custom_time_limit, page_size, log_sql_errors)
        limit = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        # Datasette tells that there are more rows by one too many.
        rows = self.ds.max_returned_rows + (self.ds.max_returned_rows == (page_size or self.ds.page_size))
        typed = TYPED.get()

        def run(connection: sqlite3.Connection) -> Any:
            with _limits(connection, typed), sqlite_timelimit(connection, limit):
                try:
                    return _fetch(connection, sql, params, rows)
                except sqlite3.DataError as error:
                    raise TooMuch(f"{error}: more than {LONGEST_TYPED // 1_000_000} MB in one value") from error
                except sqlite3.OperationalError as error:
                    if error.args == ("interrupted",):
                        raise QueryInterrupted(error, sql, params) from error
                    raise

        return await self.execute_fn(run)


def _fetch(connection: sqlite3.Connection, sql: str, params: Any, most_rows: int) -> Any:
    cursor = connection.execute(sql, params if params is not None else {})
    description, size = cursor.description, 0
    found = []
    for row in cursor:
        size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if size > MOST:
            raise TooMuch(f"more than {MOST // 1_000_000} MB: ask for fewer rows or columns")
        found.append(row)
        if len(found) > most_rows:
            break
    cursor.close()
    return Results(found[:most_rows], len(found) > most_rows, description)


@contextmanager
def _limits(connection: sqlite3.Connection, typed: bool) -> Iterator[None]:
    """SQLite's own limits, narrower while SQL runs that a person wrote."""
    wanted = {sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_TYPED, sqlite3.SQLITE_LIMIT_COLUMN: COLUMNS_TYPED} if typed else {}
    before = {kind: connection.setlimit(kind, value) for kind, value in wanted.items()}
    try:
        yield
    finally:
        for kind, value in before.items():
            connection.setlimit(kind, value)
