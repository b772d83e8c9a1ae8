"""Is the store whole: what SQLite itself finds wrong, rows that contradict each other, records that the rows rest on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from sqlite_utils import Database

from crawler.store import sets

_COUNTED = "select source_id, state, count(*) as pages from pages group by source_id, state"
_KEPT = "select source_id, state, pages from page_counts where pages <> 0"
_MISCOUNTED = f"select * from ({_COUNTED} except {_KEPT}) union select * from ({_KEPT} except {_COUNTED})"  # noqa: S608
_INDEXES = ("articles_fts", "articles_exact", "articles_titles")


def corruption(db: Database, *, quick: bool = False) -> str | None:
    """The first thing that is wrong with the database, or None. `quick` leaves out indexes and references."""
    try:
        found = db.execute(f"pragma {'quick_check' if quick else 'integrity_check'}(1)").fetchone()
        if found[0] != "ok":
            return " ".join(str(found[0]).split())
        dangling = None if quick else db.execute("pragma foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return f"a row of {dangling[0]} refers to a missing row of {dangling[2]}" if dangling else None


def uuid(db: Database) -> str:
    """Which database this is, for ever."""
    return str(db.execute("select uuid from identity").fetchone()[0])


def unwritable(db: Database) -> str | None:
    """Why nothing can be written, or None."""
    try:
        db.conn.execute("begin immediate")
        # Only a write tells: a read-only file lets a transaction begin.
        db.conn.execute("update runs set state = state where id = (select max(id) from runs)")
    except sqlite3.Error as error:
        return str(error)
    finally:
        if db.conn.in_transaction:
            db.conn.rollback()
    return None


def search_damage(db: Database) -> str | None:
    """What keeps search from finding what the articles say and counting it, or None."""
    for index in _INDEXES:
        try:
            # rank 1: compare with the articles themselves, not only the index with itself
            db.conn.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")  # noqa: S608
        except sqlite3.DatabaseError as error:
            return f"{index}: {error}"
        finally:
            if db.conn.in_transaction:
                db.conn.rollback()
    return sets.wrong(db)


def rebuild_search(db: Database) -> None:
    """Make both search indexes and what is counted with again from the articles."""
    with db.atomic():
        sets.rebuild(db)
        for index in _INDEXES:
            db.execute(f"insert into {index} ({index}) values ('rebuild')")  # noqa: S608


def contradictions(db: Database) -> list[str]:
    """What rows say against each other, one sentence each."""
    found = []
    for sentence, query in (
        (
            "{} pages are articles that are missing",
            "select count(*) from pages where state in ('article', 'document') and url not in (select url from articles)",
        ),
        ("{} articles have no page", "select count(*) from articles where url not in (select url from pages)"),
        (
            "{} sources have other numbers of pages than are counted",
            f"select count(distinct source_id) from ({_MISCOUNTED})",  # noqa: S608
        ),
        ("{} articles belong to no story", "select count(*) from articles where story_id is null"),
    ):
        if count := db.execute(query).fetchone()[0]:
            found.append(sentence.format(count))
    return found


def settle_contradictions(db: Database) -> None:
    """Let archived pages whose articles are missing be read again; stories are grouped when they are. Pages are counted anew."""
    with db.atomic():
        db.execute("delete from page_counts")
        db.execute(f"insert into page_counts (source_id, state, pages) {_COUNTED}")
        db.execute(
            """update pages set state = case when warc_file is null then 'discovered' else 'candidate' end
               where state in ('article', 'document') and url not in (select url from articles)"""
        )


def read_again(db: Database) -> None:
    """Let every archived page be read again, since rows that came from it may be lost; what people decided is kept apart."""
    with db.atomic():
        db.execute(
            """update pages set state = 'candidate' where warc_file is not null and same_as is null
               and state in ('article', 'document', 'unrelated', 'failed')"""
        )


def named_records(db: Database) -> dict[str, set[int]]:
    """Every archived record that a row rests on: the offsets by file."""
    records: dict[str, set[int]] = defaultdict(set)
    for table in ("pages", "endpoints", "evidence", "article_versions"):
        rows = db.execute(f"select distinct warc_file, warc_offset from {table} where warc_file is not null").fetchall()  # noqa: S608
        for file, offset in rows:
            records[file].add(offset)
    return records


def forget_record(db: Database, file: str, offset: int) -> int:
    """Let pages be fetched again whose record is lost and that were never read; gives how many. Articles stay."""
    with db.atomic():
        return int(
            db.execute(
                """update pages set state = 'discovered', reason = null, tries = 0, warc_file = null, warc_offset = null
                   where warc_file = ? and warc_offset = ? and url not in (select url from articles)
                     and state in ('candidate', 'failed')""",
                [file, offset],
            ).rowcount
        )
