"""A connection and milliseconds in; SQL on it ends with an error once its thread has worked so long, or waited much longer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

WAITING_TIMES = 10
"""So many times its own work may a question wait, for a cold disk or for others on this machine."""
_STEPS = 1_000
"""Instructions of SQLite's machine between two looks at the clock: some 0.1 ms."""


@contextmanager
def time_limit(connection: sqlite3.Connection, ms: int) -> Iterator[None]:
    """SQL on `connection` raises sqlite3.OperationalError ("interrupted") after `ms` milliseconds of this thread's own time.

    Datasette's sqlite_timelimit looks at the clock on the wall, so that on a busy machine the cheapest page
    fails. Call it in the thread that runs the SQL.
    """
    worked, waited = time.thread_time() + ms / 1000, time.monotonic() + ms / 1000 * WAITING_TIMES

    def look() -> bool:
        return time.thread_time() >= worked or time.monotonic() >= waited

    connection.set_progress_handler(look, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, _STEPS)
