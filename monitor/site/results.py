"""A question in, one page of results out: rows with snippets, the count, the facets with their names, the way the marks went."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from markupsafe import Markup, escape

from crawler.store import read_tallies, search
from crawler.store.search import FacetValue, Hit, Wanted
from monitor.estimate import Estimate
from monitor.sample import adjusted_result
from monitor.site import marks
from monitor.site.formats import week_name
from monitor.site.question import PAGE_SIZE, Question

FACETS = ("topic", "agency", "outlet", "lang", "week")
SHOWN = 8
"""Values of a facet that are shown at once; the rest opens on demand."""
MOST = 60
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet's value with its names and count."""

    id: str
    vi: str
    en: str
    articles: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as it is shown."""

    hit: Hit
    title: Markup
    snippet: Markup


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results."""

    question: Question
    count: int
    pages: int
    rows: tuple[Found, ...]
    facets: Mapping[str, tuple[Choice, ...]]
    names: Mapping[str, read_tallies.Name]
    """Of topics, agencies and outlets, by `topic:ID` and so on."""
    any_spelling: bool
    """True where nobody spells it as it was typed, so that the marks were left aside."""
    adjusted: Estimate | None
    """The count as it really is, for a search of one topic that a checked sample speaks for."""


def results(connection: sqlite3.Connection, question: Question) -> Results:
    """Answer a question; a page past the last gives the last."""
    wanted, loosened, count = _settled(connection, question.wanted)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(question.page, pages)
    hits = list(search.hits(connection, wanted, question.sort, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE))
    names = all_names(connection)
    values = search.facets(connection, wanted) if count else []
    return Results(
        question=replace(question, page=page),
        count=count,
        pages=pages,
        rows=tuple(_shown(connection, wanted, hits)),
        facets={facet: tuple(_choices(facet, values, question, names)) for facet in FACETS},
        names=names,
        any_spelling=loosened,
        adjusted=adjusted_result(connection, wanted),
    )


def everything(connection: sqlite3.Connection, question: Question) -> tuple[int, Iterator[Hit]]:
    """How many articles the whole result has, as many as the page counts, and the articles, a few at a time."""
    wanted, _, _ = _settled(connection, question.wanted)
    found = search.ids(connection, wanted, question.sort)
    batches = (found[at : at + _BATCH] for at in range(0, len(found), _BATCH))
    return len(found), chain.from_iterable(search.hits_of(connection, batch) for batch in batches)


def all_names(connection: sqlite3.Connection) -> dict[str, read_tallies.Name]:
    """What topics, agencies and outlets are called, by `topic:ID`, `agency:ID`, `outlet:ID`."""
    families = {
        "topic": read_tallies.topics(connection),
        "agency": read_tallies.agency_names(connection),
        "outlet": read_tallies.outlets(connection),
    }
    return {f"{family}:{name.id}": name for family, names in families.items() for name in names}


def _settled(connection: sqlite3.Connection, wanted: Wanted) -> tuple[Wanted, bool, int]:
    """Where nobody spells it as it was typed, ask again whatever the marks: people mistype them."""
    count = search.count(connection, wanted)
    if count or not wanted.strict:
        return wanted, False, count
    loose = replace(wanted, strict=None)
    loose_count = search.count(connection, loose)
    return (loose, True, loose_count) if loose_count else (wanted, False, 0)


def _shown(connection: sqlite3.Connection, wanted: Wanted, hits: list[Hit]) -> list[Found]:
    ids = [hit.id for hit in hits]
    found = search.marked(connection, wanted.folded, ids) if wanted.folded and ids else {}
    bare = [hit.id for hit in hits if hit.id not in found and not hit.summary]
    openings = search.openings(connection, bare, marks.SNIPPET + 40)
    rows = []
    for hit in hits:
        if marked := found.get(hit.id):
            rows.append(Found(hit, marks.marked_title(marked), marks.snippet(marked)))
        else:
            rows.append(Found(hit, escape(hit.title), marks.opening(hit.summary or openings.get(hit.id, ""))))
    return rows


def _choices(facet: str, values: list[FacetValue], question: Question, names: Mapping[str, read_tallies.Name]) -> list[Choice]:
    chosen = {question.week} if facet == "week" else set(question.chosen[facet])
    choices = []
    for value in (value for value in values if value.facet == facet):
        key = week_name(value.id) if facet == "week" else value.id
        name = names.get(f"{facet}:{value.id}")
        choices.append(Choice(key, name.vi if name else key, name.en if name else key, value.articles, key in chosen))
    return choices[:MOST]
