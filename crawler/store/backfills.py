"""Archive files of others: how far each has been read, and what of it the ledger does not know yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.items import Outcome


def parts_done(db: Database, file: str, size: int, part_bytes: int) -> int:
    """How many parts of `file` are in the ledger; 0 where it was never read, or had another size or other parts then."""
    row = db.execute(
        "select parts_done from backfills where file = ? and bytes = ? and part_bytes = ?", [file, size, part_bytes]
    ).fetchone()
    return int(row[0]) if row else 0


def note(db: Database, file: str, size: int, part_bytes: int, done: int, finished: datetime | None) -> None:
    """Say how far a file is read; the caller's transaction keeps it together with the rows."""
    db.execute(
        "insert or replace into backfills (file, bytes, part_bytes, parts_done, finished_at) values (?, ?, ?, ?, ?)",
        [file, size, part_bytes, done, finished.isoformat(timespec="seconds") if finished else None],
    )


def is_news(db: Database, outcome: Outcome, at: datetime) -> bool:
    """Does the ledger not know this page, or only an older text of it?"""
    row = db.execute("select fetched_at, digest, same_as from pages where url = ?", [outcome.url]).fetchone()
    if row is None or row[0] is None:
        return row is None or row[2] is None
    return row[1] != outcome.digest and datetime.fromisoformat(row[0]) < at


def add_hosts(db: Database, domains: Iterable[str]) -> None:
    """Enter a source for each domain that no roster has; later runs of the roster leave it alone."""
    db.conn.executemany(
        "insert into sources (id, name, kind, home) values (?, ?, 'press', ?) on conflict (id) do nothing",
        [(host_source(domain), domain, f"http://{domain}/") for domain in domains],
    )


def host_source(domain: str) -> str:
    """The id of the source that stands for a domain that no roster has."""
    return f"host-{domain.replace('.', '-').replace(':', '-')}"
