"""What the pages show of one article: its row, tags, passages, reprints, archive place and the evidence it serves."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article with the name of its outlet and the place of its archived page."""

    id: int
    url: str
    title: str
    summary: str | None
    text: str
    author: str | None
    language: str | None
    published_at: str | None
    published_on: str | None
    date_source: str
    fetched_at: str
    words: int
    relevance: int
    relevance_score: float
    story_id: int | None
    original: int
    kind: str
    model: str
    gone_at: str | None
    source_id: str
    source_name: str
    warc_file: str | None
    warc_offset: int | None
    versions: int


@dataclass(frozen=True, slots=True)
class TopicTag:
    """A topic of an article, how sure, and who decided."""

    id: str
    name_vi: str
    name_en: str
    score: float
    decided_by: str


@dataclass(frozen=True, slots=True)
class AgencyTag:
    """A body that an article names."""

    id: str
    name_vi: str
    name_en: str
    mentions: int
    in_title: int
    role: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the title or text says what a tag rests on; offsets in characters."""

    tag: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another article of the same story."""

    id: int
    title: str
    source_id: str
    source_name: str
    published_at: str | None
    original: int


@dataclass(frozen=True, slots=True)
class Served:
    """A target's unit that an article is evidence for."""

    target_id: str
    target_vi: str
    target_en: str
    unit_id: str
    unit_vi: str
    unit_en: str
    kind: str
    state: str


def article(connection: sqlite3.Connection, article_id: int) -> ArticleRow | None:
    """The article of that id, or None."""
    row = connection.execute(
        """select a.id, a.url, a.title, a.summary, a.text, a.author, a.language, a.published_at, a.published_on, a.date_source,
               a.fetched_at, a.words, a.relevance, a.relevance_score, a.story_id, a.original, a.kind, a.model, a.gone_at,
               a.source_id, s.name, p.warc_file, p.warc_offset,
               (select count(*) from article_versions v where v.article_id = a.id)
           from articles a join sources s on s.id = a.source_id left join pages p on p.url = a.url where a.id = ?""",
        (article_id,),
    ).fetchone()
    return ArticleRow(*row) if row else None


def topic_tags(connection: sqlite3.Connection, article_id: int) -> list[TopicTag]:
    """Its topics, the surest first."""
    rows = connection.execute(
        """select t.id, t.name_vi, t.name_en, x.score, x.decided_by from article_topics x join topics t on t.id = x.topic_id
           where x.article_id = ? order by x.score desc, t.position""",
        (article_id,),
    )
    return [TopicTag(*row) for row in rows]


def agency_tags(connection: sqlite3.Connection, article_id: int) -> list[AgencyTag]:
    """The bodies it names, those that act and those named most first."""
    rows = connection.execute(
        """select a.id, a.name_vi, a.name_en, x.mentions, x.in_title, x.role, x.decided_by
           from article_agencies x join agencies a on a.id = x.agency_id
           where x.article_id = ? order by x.role, x.in_title desc, x.mentions desc, a.id""",
        (article_id,),
    )
    return [AgencyTag(*row) for row in rows]


def passages(connection: sqlite3.Connection, article_id: int) -> list[Passage]:
    """All passages that its tags rest on, in the order of the text."""
    rows = connection.execute(
        'select tag, field, start, "end" from article_spans where article_id = ? order by field, start, tag', (article_id,)
    )
    return [Passage(*row) for row in rows]


def reprints(connection: sqlite3.Connection, article_id: int) -> list[Reprint]:
    """The other articles of its story, the oldest first."""
    rows = connection.execute(
        """select a.id, a.title, a.source_id, s.name, a.published_at, a.original
           from articles a join sources s on s.id = a.source_id
           where a.story_id = (select story_id from articles where id = ?1) and a.id <> ?1
           order by a.original desc, a.published_at, a.id limit 200""",
        (article_id,),
    )
    return [Reprint(*row) for row in rows]


def others(connection: sqlite3.Connection, article_id: int) -> int:
    """How many other articles its story has."""
    found = connection.execute(
        "select s.articles - 1 from articles a join stories s on s.id = a.story_id where a.id = ?", (article_id,)
    ).fetchone()
    return int(found[0]) if found else 0


def served(connection: sqlite3.Connection, article_id: int) -> list[Served]:
    """What it is evidence for; rejected evidence too, since its state is shown."""
    rows = connection.execute(
        """select e.target_id, t.name_vi, t.name_en, e.unit_id, coalesce(a.name_vi, s.name, e.unit_id),
               coalesce(a.name_en, s.name, e.unit_id), e.kind, e.state
           from evidence e join targets t on t.id = e.target_id
           left join agencies a on a.id = e.unit_id left join sources s on s.id = e.unit_id
           where e.article_id = ? order by t.position, e.unit_id, e.kind""",
        (article_id,),
    )
    return [Served(*row) for row in rows]
