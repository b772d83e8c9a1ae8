"""The tags that the model is unsure of and that nobody has checked yet: what a person's minute could be spent on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

UNSURE = 0.5
"""Doubt from which on a tag is worth a look; the index of `article_scores` is made for it."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A story whose tags are in doubt, by the sum of its doubts over fields."""

    story_id: int
    doubt: float
    articles: int
    key_press: bool
    newest_on: str
    """The day of its newest article, or the day on which that was fetched."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tag in doubt, as `corrections.field` calls it (`relevance` or `topic:ID`), on the article that stands for its story."""

    article_id: int
    field: str
    score: float
    given: bool
    doubt: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The article that stands for a story."""

    article_id: int
    story_id: int
    url: str
    title: str
    source_id: str
    source_name: str
    published_on: str | None
    language: str | None
    relevance: int


# One article speaks for its story: the original where it is scored, else the oldest. A story is checked in a field when a
# person has judged that field of any of its articles.
_OPEN = f"""
    judged as materialized (
        select distinct coalesce(a.story_id, -a.id) as story, c.field
        from corrections_in_force c join articles a on a.id = c.article_id),
    unsure as (
        select article_id, 'topic:' || topic_id as field, score, given, doubt from article_scores where doubt >= {UNSURE}
        union all
        select id, 'relevance', relevance_score, relevance > 0, 1 - abs(2 * relevance_score - 1) from articles
        where relevance_score between {UNSURE / 2} and {1 - UNSURE / 2}),
    spoken as materialized (
        select u.article_id, u.field, u.score, u.given, u.doubt, coalesce(a.story_id, -a.id) as story,
            rank() over (partition by coalesce(a.story_id, -a.id)
                         order by a.original desc, a.published_at is null, a.published_at, a.id) as place
        from unsure u join articles a indexed by articles_place on a.id = u.article_id
        where a.relevance > 0 or u.field = 'relevance'),
    open as materialized (
        select s.* from spoken s left join judged j on j.story = s.story and j.field = s.field
        where s.place = 1 and j.story is null)"""  # noqa: S608 - numbers of this module


def doubtful(connection: sqlite3.Connection, topic: str | None = None) -> list[Doubtful]:
    """The stories with a tag in doubt that nobody has checked; of one topic id only, where one is given."""
    rows = connection.execute(
        f"""with {_OPEN}
            select o.story, o.doubt, x.articles, x.key_press, x.newest_on from (
                select story, sum(doubt) as doubt from open where :field is null or field = :field group by story) o
            join (select coalesce(a.story_id, -a.id) as story, count(*) as articles, max(s.key_press) as key_press,
                      max(coalesce(a.published_on, substr(a.fetched_at, 1, 10))) as newest_on
                  from articles a indexed by articles_place join sources s on s.id = a.source_id group by 1) x
                on x.story = o.story""",  # noqa: S608
        {"field": None if topic is None else f"topic:{topic}"},
    )
    return [Doubtful(story, doubt, articles, bool(key_press), newest_on) for story, doubt, articles, key_press, newest_on in rows]


def count(connection: sqlite3.Connection, topic: str | None = None) -> int:
    """How many tags in doubt nobody has checked; of one topic id only, where one is given."""
    row = connection.execute(
        f"with {_OPEN} select count(*) from open where :field is null or field = :field",  # noqa: S608
        {"field": None if topic is None else f"topic:{topic}"},
    ).fetchone()
    return int(row[0])


def is_checked(connection: sqlite3.Connection, story: int, field: str) -> bool:
    """Has a person judged that field of any article of the story (its id, or minus the id of an article without one)?"""
    row = connection.execute(
        """select 1 from articles a join corrections_in_force c on c.article_id = a.id
           where c.field = ?2 and a.id in (select id from articles where story_id = ?1 union all select -?1) limit 1""",
        (story, field),
    ).fetchone()
    return row is not None


def last_correction(connection: sqlite3.Connection) -> int:
    """The newest row of corrections; 0 where there is none."""
    return int(connection.execute("select coalesce(max(id), 0) from corrections").fetchone()[0])


def checked_since(connection: sqlite3.Connection, correction: int, topic: str | None = None) -> int:
    """How many tags in doubt people have judged after that row of corrections; of one topic id only, where one is given."""
    row = connection.execute(
        f"""select count(distinct c.article_id || c.field) from corrections_in_force c where c.id > :last
                and (:field is null or c.field = :field) and (c.field = 'relevance' or exists (
                    select 1 from article_scores s where s.article_id = c.article_id and 'topic:' || s.topic_id = c.field
                    and s.doubt >= {UNSURE}))""",  # noqa: S608
        {"last": correction, "field": None if topic is None else f"topic:{topic}"},
    ).fetchone()
    return int(row[0])


def fields(connection: sqlite3.Connection, stories: Sequence[int]) -> list[Field]:
    """The tags in doubt of these stories, the most doubtful of each first."""
    rows = connection.execute(
        f"""with {_OPEN}
            select article_id, field, score, given, doubt from open where story in ({_marks(stories)})
            order by story, doubt desc, field""",  # noqa: S608
        stories,
    )
    return [Field(article, field, score, bool(given), doubt) for article, field, score, given, doubt in rows]


def standing(connection: sqlite3.Connection, articles: Sequence[int]) -> dict[int, Standing]:
    """The articles of these ids."""
    rows = connection.execute(
        f"""select a.id, coalesce(a.story_id, -a.id), a.url, a.title, a.source_id, s.name, a.published_on, a.language, a.relevance
            from articles a join sources s on s.id = a.source_id where a.id in ({_marks(articles)})""",  # noqa: S608
        articles,
    )
    return {row[0]: Standing(*row) for row in rows}


def _marks(values: Sequence[int]) -> str:
    return ", ".join("?" * len(values))
