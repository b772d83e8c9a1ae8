"""Attempts to sign in: a name and an address in; may it be tried, or how long must one wait, out."""

from __future__ import annotations

import sqlite3
import time

WINDOW_S = 15 * 60
PER_NAME = 10
"""Wrong passwords for one name within the window: enough for a person who mistypes, hopeless for one who guesses."""
PER_ADDRESS = 40
"""From one address: a whole office may sit behind one."""


def reserve(connection: sqlite3.Connection, name: bytes, address: str) -> tuple[int, int]:
    """Count an attempt before it is made, so that guesses made at once are all counted.

    Gives the attempt's id and 0, or 0 and the seconds to wait. Call it in a write transaction.
    """
    moment = int(time.time())
    connection.execute("delete from attempts where at <= ?", (moment - WINDOW_S,))
    for column, value, most in (("name", name, PER_NAME), ("address", address, PER_ADDRESS)):
        # The one that has to grow old before another may be made.
        oldest = connection.execute(
            f"select at from attempts where {column} = ? and failed order by at desc limit 1 offset ?",  # noqa: S608 - ours
            (value, most - 1),
        ).fetchone()
        if oldest:
            return 0, oldest[0] + WINDOW_S - moment + 1
    row = connection.execute("insert into attempts (at, name, address, failed) values (?, ?, ?, 1)", (moment, name, address))
    return row.lastrowid or 0, 0


def succeeded(connection: sqlite3.Connection, attempt: int) -> None:
    """The attempt was no guess: it counts against nobody."""
    connection.execute("update attempts set failed = 0 where id = ?", (attempt,))


def forget(connection: sqlite3.Connection, name: bytes) -> None:
    """Nothing counts against a name any longer: it has got a new password."""
    connection.execute("delete from attempts where name = ?", (name,))
