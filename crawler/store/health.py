"""Is the store whole: what SQLite itself finds wrong, and archive files that the ledger names and nobody finds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database


def corruption(db: Database) -> str | None:
    """The first thing that is wrong with the database, or None."""
    try:
        found = db.execute("pragma integrity_check(1)").fetchone()
        if found[0] != "ok":
            return str(found[0])
        dangling = db.execute("pragma foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return f"a row of {dangling[0]} refers to a missing row of {dangling[2]}" if dangling else None


def missing_records(db: Database, archive: Path) -> list[str]:
    """Archive files that pages refer to and that are not there."""
    rows = db.execute("select distinct warc_file from pages where warc_file is not null order by 1").fetchall()
    return [file for (file,) in rows if not (archive / file).is_file()]
