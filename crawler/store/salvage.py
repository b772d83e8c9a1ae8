"""A damaged database in, every row of it that can still be read out, copied into a new one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

MAX_BYTES = 1 << 40
"""A damaged header may claim any size; no database of ours comes near this one."""


def salvage(old: Path, db: Database) -> Counter[str]:
    """Copy what `old` still gives into the new and empty `db`; gives the number of rows by table.

    A damaged page costs the rows on it: each table is read from its beginning up to the damage, and from its end down to it.
    Rows that refer to lost ones go too. A file that is no database gives nothing.
    """
    copied: Counter[str] = Counter()
    whole = _padded(old)
    source = sqlite3.connect(f"{whole.resolve().as_uri()}?mode=ro", uri=True)
    source.text_factory = lambda raw: raw.decode("utf-8", "replace")
    db.execute("pragma foreign_keys = off")
    try:
        for table in _tables(db):
            with db.atomic():
                copied[table] = _copy(source, db, table)
        with db.atomic():
            _hold_places(db)
            _drop_orphans(db)
            # Counts may have lost rows like anything else: they are made anew from what is left.
            db.execute("delete from tally_basis")
    finally:
        source.close()
        if whole != old:
            whole.unlink()
        db.execute("pragma foreign_keys = on")
    return +copied


def _padded(old: Path) -> Path:
    """The file itself, or a copy with the pages that were cut off as zeros: SQLite refuses a file that is too short."""
    with old.open("rb") as file:
        header = file.read(100)
    size = 65_536 if header[16:18] == b"\0\x01" else int.from_bytes(header[16:18])
    full = size * int.from_bytes(header[28:32])
    if not header.startswith(b"SQLite format 3\0") or full <= old.stat().st_size or full > MAX_BYTES:
        return old
    copy = old.with_name(f"{old.name}.padded")
    shutil.copyfile(old, copy)
    os.truncate(copy, full)
    return copy


def _tables(db: Database) -> list[str]:
    """Our own tables; what search is made of is made again from the articles."""
    rows = db.execute(
        """select name from pragma_table_list where schema = 'main' and type = 'table'
           and name not like 'sqlite~_%' escape '~' and name not like 'article~_sets%' escape '~'
           and name not in ('_sqlite_migrations', 'article_marks', 'page_counts')"""
    ).fetchall()
    return [row[0] for row in rows]


def _copy(source: sqlite3.Connection, db: Database, table: str) -> int:
    names = _common_columns(source, db, table)
    if not names:
        return 0
    columns = ", ".join(f'"{name}"' for name in names)
    insert = f"insert or ignore into {table} ({columns}) values ({', '.join('?' * len(names))})"  # noqa: S608
    done = 0
    for row in _readable(source, table, columns):
        try:
            done += db.execute(insert, row).rowcount
        except sqlite3.Error:
            continue  # bytes that were damaged without breaking the page: no value of this column
    return done


def _common_columns(source: sqlite3.Connection, db: Database, table: str) -> list[str]:
    try:
        there = {row[1] for row in source.execute(f"pragma table_info({table})")}
    except sqlite3.DatabaseError:
        return []
    return [row[1] for row in db.execute(f"pragma table_info({table})").fetchall() if row[1] in there]


def _readable(source: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[object, ...]]:
    """The rows before the first damage, and if there is any, those behind the last."""
    try:
        yield from source.execute(f"select {columns} from {table} not indexed")  # noqa: S608
    except sqlite3.DatabaseError:
        try:
            yield from source.execute(f"select {columns} from {table} not indexed order by rowid desc")  # noqa: S608
        except sqlite3.DatabaseError:
            return


def _hold_places(db: Database) -> None:
    """Give a lost article that people corrected an empty row under its own id, for its archived page to fill again."""
    db.execute(
        """insert or ignore into articles (id, url, source_id, title, text, fetched_at, words, relevance, relevance_score, model)
           select c.article_id, c.url, p.source_id, coalesce(p.title, c.url), '', c.at, 0, 0, 0.0, ''
           from corrections c join pages p on p.url = c.url where p.warc_file is not null
               and not exists (select 1 from articles a where a.id = c.article_id)"""
    )


def _drop_orphans(db: Database) -> None:
    while broken := {(row[0], row[3]) for row in db.execute("pragma foreign_key_check").fetchall()}:
        for table, key in broken:
            links = [row for row in db.execute(f"pragma foreign_key_list({table})").fetchall() if row[0] == key]
            there = " and ".join(f'parent."{to or "id"}" = {table}."{own}"' for _, _, _, own, to, *_ in links)
            given = " and ".join(f'{table}."{own}" is not null' for _, _, _, own, *_ in links)
            db.execute(
                f"delete from {table} where {given} and not exists (select 1 from {links[0][2]} parent where {there})"  # noqa: S608
            )
