"""The SQL of search: a question with its filters in; a count, rows, facet values and highlighted texts out."""

# ruff: noqa: S608 - every piece put together here is fixed text of this file; all values are bound.
from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

Sort = Literal["date", "relevance"]
Facet = Literal["topic", "agency", "outlet", "week", "lang"]
Index = Literal["articles_fts", "articles_exact", "articles_titles"]
LAST_ID = (1 << 63) - 1

OPEN, CLOSE = "\x02", "\x03"
"""What encloses a hit in a highlighted text; no clean text holds them, and they are taken out of every other."""
LONGEST_MARKED = 1_000_000
"""Characters of a text that are searched for the passage to show: a book attached as a PDF need not be read to its end."""


_CLOSE_BY = 10_000
"""Articles between the first and the last that are read over sooner than each is looked up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sought: expressions for the indexes (see monitor/search.py) and filters; days are Asia/Ho_Chi_Minh."""

    folded: str | None = None
    exact: str | None = None
    strict: str | None = None
    excluded: tuple[tuple[str, str | None], ...] = ()
    since: str | None = None
    """First day, YYYY-MM-DD."""
    until: str | None = None
    """Last day, inclusive."""
    topics: tuple[str, ...] = ()
    """All of them."""
    agencies: tuple[str, ...] = ()
    """All of them."""
    outlets: tuple[str, ...] = ()
    """Any of them."""
    groups: tuple[str, ...] = ()
    """Task groups, any of them: an article belongs to one with any of its topics."""
    languages: tuple[str, ...] = ()
    """Any of them."""
    relevance: int = 1
    """The least relevance: 1 is coverage, 0 also what is kept for other reasons."""
    spelled: bool = False
    """Whatever holds `strict` holds `folded` too."""
    others: str | None = None
    """What `strict` allows beside `exact`, where the two together are all of it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article of a result, without its text."""

    id: int
    url: str
    title: str
    summary: str | None
    source_id: str
    source_name: str
    published_at: str | None
    published_on: str | None
    author: str | None
    language: str | None
    words: int
    kind: str
    relevance: int
    story_id: int | None
    original: bool
    in_story: int
    """How many articles its story has, itself included."""
    topics: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many articles of a result have one value; `id` of a week is its Monday."""

    facet: Facet
    id: str
    articles: int


@dataclass(frozen=True, slots=True)
class Marked:
    """The texts of one article with OPEN and CLOSE around what was found; characters stand where the originals do."""

    id: int
    title: str
    text: str
    folded_title: str
    folded_text: str


_HITS = """
    select a.id, a.url, a.title, a.summary, a.source_id, s.name, a.published_at, a.published_on, a.author, a.language,
        a.words, a.kind, a.relevance, a.story_id, a.original, coalesce(st.articles, 1),
        (select json_group_array(topic_id) from
            (select topic_id from article_topics where article_id = a.id order by topic_id)),
        (select json_group_array(agency_id) from
            (select agency_id from article_agencies where article_id = a.id order by agency_id))
    from json_each(?) h
    join articles a on a.id = h.value join sources s on s.id = a.source_id left join stories st on st.id = a.story_id
    order by h.key"""
COLUMNS = (
    "id", "url", "title", "source_id", "source", "published_at", "author", "language", "kind", "words", "relevance", "topics",
    "agencies", "story_id", "original", "summary",
)  # fmt: skip
"""What a table of a result has, in this order."""
# `cross join`: SQLite then goes through them from left to right, which keeps the order without sorting.
_LINES = """
    select a.id, a.url, a.title, a.source_id, s.name, a.published_at, a.author, a.language, a.kind, a.words, a.relevance,
        (select group_concat(topic_id, ' ') from (select topic_id from article_topics where article_id = a.id order by topic_id)),
        (select group_concat(agency_id, ' ') from
            (select agency_id from article_agencies where article_id = a.id order by agency_id)),
        a.story_id, a.original, a.summary
    from json_each(?) h cross join articles a on a.id = h.value cross join sources s on s.id = a.source_id"""


def count(connection: sqlite3.Connection, wanted: Wanted) -> int:
    """How many articles there are."""
    source, params = _source(wanted)
    return int(connection.execute(f"select count(*) {source}", params).fetchone()[0])


def ids(connection: sqlite3.Connection, wanted: Wanted) -> Sequence[int]:
    """The articles' ids, counted one by one in the rows."""
    source, params = _source(wanted)
    return array("q", (row[0] for row in connection.execute(f"select a.id {source}", params)))


def matching(connection: sqlite3.Connection, index: Index, expression: str, span: tuple[int, int] | None = None) -> Sequence[int]:
    """The ids that match in an index, all or those from a first to a last one."""
    sql, values = f"select rowid from {index} where {index} match ?", [expression]
    if span is None:
        found = connection.execute(sql, values)
    else:
        found = connection.execute(f"{sql} and rowid between ? and ?", [*values, *span])
    return array("Q", chain.from_iterable(found))


def matching_of(connection: sqlite3.Connection, index: Index, expression: str, among: Sequence[int]) -> Sequence[int]:
    """Those of some ids that match in an index."""
    sql = f"select rowid from {index} where {index} match ? and rowid in (select value from json_each(?))"
    return array("Q", chain.from_iterable(connection.execute(sql, (expression, json.dumps(list(among))))))


def newest_first(connection: sqlite3.Connection, articles: Sequence[int]) -> list[int]:
    """Some ids in the order of a result: by day, time and id, the newest first."""
    rows = connection.execute(
        """select id from articles indexed by articles_place where id in (select value from json_each(?))
           order by published_on desc nulls last, published_at desc, id desc""",
        (json.dumps(list(articles)),),
    )
    return [row[0] for row in rows]


def hits_of(connection: sqlite3.Connection, chosen: Sequence[int]) -> Iterator[Hit]:
    """The articles of some ids, in their order."""
    rows = connection.execute(_HITS, (json.dumps(list(chosen)),))
    for row in rows:
        *plain, original, in_story, topics, agencies = tuple(row)
        yield Hit(*plain, bool(original), in_story, tuple(json.loads(topics)), tuple(json.loads(agencies)))  # type: ignore[call-arg]


def lines_of(connection: sqlite3.Connection, chosen: Sequence[int]) -> Iterator[tuple[str | int | None, ...]]:
    """The articles of some ids, in their order, as COLUMNS of a table: tags in one cell, with spaces between."""
    return iter(connection.execute(_LINES, (json.dumps(list(chosen)),)))


def marked(connection: sqlite3.Connection, folded: str, ids: Sequence[int]) -> dict[int, Marked]:
    """The titles and texts of some articles, folded and marked, and as they are: offsets agree."""
    among = "articles_fts.rowid in (select value from json_each(:ids))"
    if max(ids) - min(ids) < _CLOSE_BY:
        # The index is read once from the first to the last of them, instead of being asked anew for each.
        among = f"articles_fts.rowid between :first and :last and +{among}"
    rows = connection.execute(
        f"""select a.id, a.title, substr(a.text, 1, :longest),
               highlight(articles_fts, 0, :open, :close), substr(highlight(articles_fts, 2, :open, :close), 1, :longest)
           from articles_fts join articles a on a.id = articles_fts.rowid
           where articles_fts match :folded and {among}""",
        {"folded": folded, "ids": json.dumps(list(ids)), "open": OPEN, "close": CLOSE, "longest": LONGEST_MARKED,
         "first": min(ids), "last": max(ids)},
    )  # fmt: skip
    return {row[0]: Marked(*row) for row in rows}


def openings(connection: sqlite3.Connection, ids: Sequence[int], length: int) -> dict[int, str]:
    """The first `length` characters of some articles' texts: what is shown where there is nothing to mark."""
    rows = connection.execute(
        "select id, substr(text, 1, ?) from articles where id in (select value from json_each(?))",
        (length, json.dumps(list(ids))),
    )
    return dict(tuple(row) for row in rows)


def _source(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """The from and where clauses: only fixed words are put into the SQL, all values are bound."""
    params: dict[str, object] = {"relevance": wanted.relevance}
    where = ["a.relevance >= :relevance"]
    tables = "articles a"
    if wanted.folded:
        tables = "articles_fts join articles a on a.id = articles_fts.rowid"
        where.append("articles_fts match :folded")
        params["folded"] = wanted.folded
    if wanted.strict:
        where.append("a.id in (select rowid from articles_exact where articles_exact match :strict)")
        params["strict"] = wanted.strict
    for n, (folded, strict) in enumerate(wanted.excluded):
        found = f"select rowid from articles_fts where articles_fts match :without{n}"
        params[f"without{n}"] = folded
        if strict:
            found += f" intersect select rowid from articles_exact where articles_exact match :spelled{n}"
            params[f"spelled{n}"] = strict
        where.append(f"a.id not in ({found})")
    if wanted.since:
        where.append("a.published_on >= :since")
        params["since"] = wanted.since
    if wanted.until:
        where.append("a.published_on <= :until")
        params["until"] = wanted.until
    for n, topic in enumerate(wanted.topics):
        where.append(f"a.id in (select article_id from article_topics where topic_id = :topic{n})")
        params[f"topic{n}"] = topic
    for n, agency in enumerate(wanted.agencies):
        where.append(f"a.id in (select article_id from article_agencies where agency_id = :agency{n})")
        params[f"agency{n}"] = agency
    lists = {
        "groups": """a.id in (select t.article_id from task_groups g, json_each(g.topics) j
            join article_topics t on t.topic_id = j.value where g.id in ({}))""",
        "outlets": "a.source_id in ({})",
        "languages": "a.language in ({})",
    }
    for name, clause in lists.items():
        if values := getattr(wanted, name):
            where.append(clause.format(f"select value from json_each(:{name})"))
            params[name] = json.dumps(values)
    return f"from {tables} where {' and '.join(where)}", params
