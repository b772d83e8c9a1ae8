"""Which texts speak of which tasks: what is still to be held together out, matches in, the best of each task out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

NewMatch = tuple[str, int, float, int, str]
"""Task, article, score, strong, passage."""


@dataclass(frozen=True, slots=True)
class Title:
    """A task that is no secret."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Prose:
    """The words of an article."""

    id: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A text that speaks of a task, as evidence needs it."""

    task_id: str
    article_id: int
    url: str
    published_on: str | None
    score: float
    strong: bool
    passage: str
    warc_file: str | None
    warc_offset: int | None


def titles(db: Database, *, new: bool) -> list[Title]:
    """The tasks whose title has not been held against all texts, or those of which it has."""
    compared = "is not" if new else "is"
    rows = db.execute(f"select id, title from tasks where not secret and matched {compared} title order by id").fetchall()  # noqa: S608
    return [Title(*row) for row in rows]


def todo(db: Database, limit: int) -> list[Prose]:
    """Some of the texts that are new since the last time."""
    rows = db.execute(
        "select a.id, a.title, a.text from task_todo t join articles a on a.id = t.article_id order by a.id limit ?", [limit]
    ).fetchall()
    return [Prose(*row) for row in rows]


def settle_todo(db: Database, done: Sequence[Prose], matches: Sequence[NewMatch]) -> None:
    """Write what new texts speak of, instead of what they spoke of before, and strike them off."""
    with db.atomic():
        ids = [(text.id,) for text in done]
        db.conn.executemany("delete from task_matches where article_id = ?", ids)
        _insert(db, matches)
        db.conn.executemany("delete from task_todo where article_id = ?", ids)


def all_texts(db: Database) -> Iterator[Prose]:
    """Every text, a few at a time."""
    last = 0
    while rows := db.execute("select id, title, text from articles where id > ? order by id limit 500", [last]).fetchall():
        yield from (Prose(*row) for row in rows)
        last = rows[-1][0]


def likely_texts(db: Database, phrases: Sequence[Sequence[str]], limit: int) -> list[Prose]:
    """The texts that hold the most of these runs of folded syllables, the best first."""
    expression = " OR ".join(f'"{" ".join(phrase)}"' for phrase in phrases)
    rows = db.execute(
        """select a.id, a.title, a.text
           from (select rowid from articles_fts where articles_fts match ? order by rank limit ?) f
           join articles a on a.id = f.rowid""",
        [expression, limit],
    ).fetchall()
    return [Prose(*row) for row in rows]


def settle_titles(db: Database, done: Sequence[Title], matches: Sequence[NewMatch]) -> None:
    """Write which texts speak of new tasks, instead of what was known of them, and mark them as held against all texts."""
    with db.atomic():
        db.conn.executemany("delete from task_matches where task_id = ?", [(task.id,) for task in done])
        _insert(db, matches)
        db.conn.executemany("update tasks set matched = ? where id = ?", [(task.title, task.id) for task in done])


def best(db: Database, as_of: date, most: int) -> list[Match]:
    """The best matches of each public task up to a day, at most so many of each: those beyond doubt first."""
    rows = db.execute(
        """select task_id, article_id, url, published_on, score, strong, passage, warc_file, warc_offset from (
               select m.task_id, m.article_id, a.url, a.published_on, m.score, m.strong, m.passage, p.warc_file, p.warc_offset,
                   row_number() over (partition by m.task_id order by m.strong desc, m.score desc, a.published_on, a.url) as n
               from task_matches m join tasks k on k.id = m.task_id and not k.secret
               join articles a on a.id = m.article_id left join pages p on p.url = a.url
               where a.published_on is null or a.published_on <= ?)
           where n <= ? order by task_id, n""",
        [as_of.isoformat(), most],
    ).fetchall()
    return [Match(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6], row[7], row[8]) for row in rows]


def _insert(db: Database, matches: Sequence[NewMatch]) -> None:
    db.conn.executemany(
        "insert or replace into task_matches (task_id, article_id, score, strong, passage) values (?, ?, ?, ?, ?)", matches
    )
