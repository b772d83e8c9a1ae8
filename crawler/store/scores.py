"""How sure the model is of every topic of every relevant article: what the review queue and the samples choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class TopicScore:
    """One topic of one article: its probability, whether the model gives it, how near to the threshold (1: on it)."""

    topic_id: str
    score: float
    given: bool
    doubt: float


@dataclass(frozen=True, slots=True)
class Unscored:
    """A relevant article without scores."""

    id: int
    title: str
    text: str
    language: str | None


def unscored(db: Database, limit: int, after: int = 0) -> list[Unscored]:
    """The first articles past an id that have no scores yet; a changed text or another model has taken them away."""
    rows = db.execute(
        """select a.id, a.title, a.text, a.language from
               (select p.id from articles p indexed by articles_place where p.id > ? and p.relevance > 0
                and not exists (select 1 from article_scores s where s.article_id = p.id) order by p.id limit ?) w
           join articles a on a.id = w.id order by a.id""",
        [after, limit],
    ).fetchall()
    return [Unscored(*row) for row in rows]


def write(db: Database, model: str, scored: Iterable[tuple[int, Sequence[TopicScore]]]) -> None:
    """Write what `model` says of articles: (id, all topics)."""
    with db.atomic():
        db.conn.executemany(
            """insert or replace into article_scores (article_id, topic_id, score, given, doubt, model)
               values (?, ?, ?, ?, ?, ?)""",
            [
                (article_id, row.topic_id, round(row.score, 4), int(row.given), round(row.doubt, 4), model)
                for article_id, rows in scored
                for row in rows
            ],
        )
