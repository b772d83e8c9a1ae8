"""What changed since a moment, and the rows that sets of articles are made of: marks in, ids, plain rows and saved sets out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the history of one database's articles: equal marks, equal articles and tags."""

    seq: int
    token: int


@dataclass(frozen=True, slots=True)
class Row:
    """One article as results are counted; `day` and `week` (its Monday) are YYYY-MM-DD, '' where it has no date."""

    id: int
    source_id: str
    language: str
    day: str
    week: str
    relevance: int
    original: bool
    story_id: int | None


_ROWS = """select id, source_id, coalesce(language, ''), coalesce(published_on, ''),
    coalesce(date(published_on, 'weekday 0', '-6 days'), ''), relevance, original, story_id from articles"""
_AMONG = "in (select value from json_each(?1))"


def latest(connection: sqlite3.Connection) -> Mark:
    """The moment that this connection sees."""
    row = connection.execute(
        """select seq, token from (select * from (select seq, token from article_marks order by seq desc limit 1)
           union all select seq, token from article_sets_mark) order by seq desc limit 1"""
    ).fetchone()
    return Mark(*row)


def changed(connection: sqlite3.Connection, since: Mark) -> list[int] | None:
    """The articles that were marked after `since`; None where that moment is not in this history, or no longer."""
    known = (
        since == saved_at(connection)
        or connection.execute("select 1 from article_marks where seq = ? and token = ?", (since.seq, since.token)).fetchone()
    )
    if not known:
        return None
    return [row[0] for row in connection.execute("select distinct article_id from article_marks where seq > ?", (since.seq,))]


def rows(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> Iterator[Row]:
    """All articles, or those of some ids that are still there."""
    found = connection.execute(_ROWS) if ids is None else connection.execute(f"{_ROWS} where id {_AMONG}", (json.dumps(ids),))
    for *plain, original, story in found:
        yield Row(*plain, bool(original), story)  # type: ignore[call-arg]


def tags(connection: sqlite3.Connection, ids: Sequence[int] | None = None) -> Iterator[tuple[str, str, int]]:
    """(`topic` or `agency`, its id, article id) of all articles, or of some."""
    where = "" if ids is None else f" where article_id {_AMONG}"
    sql = f"""select 'topic', topic_id, article_id from article_topics{where}
        union all select 'agency', agency_id, article_id from article_agencies{where}"""  # noqa: S608 - fixed text
    return iter(connection.execute(sql, () if ids is None else (json.dumps(ids),)))


def saved_at(connection: sqlite3.Connection) -> Mark | None:
    """The moment of the sets that are saved."""
    row = connection.execute("select seq, token from article_sets_mark").fetchone()
    return Mark(*row) if row else None


def saved(connection: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    """The sets that are saved: (family, value, members)."""
    return iter(connection.execute("select family, value, members from article_sets"))


def save(db: Database, at: Mark, sets: Iterable[tuple[str, str, bytes]]) -> None:
    """Save the sets of a moment in place of those before, and take out the marks up to it; inside the caller's transaction."""
    db.execute("delete from article_sets")
    db.conn.executemany("insert into article_sets (family, value, members) values (?, ?, ?)", sets)
    db.execute("delete from article_sets_mark")
    db.execute("insert into article_sets_mark (seq, token) values (?, ?)", [at.seq, at.token])
    db.execute("delete from article_marks where seq <= ?", [at.seq])
