"""A question in, one page of results out: rows with snippets, the count, the facets with their names, the way the marks went."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, islice
from typing import TypeVar

from markupsafe import Markup, escape

from classifier.text import clean, fold, fold_tone, syllables
from crawler.store import read_tallies, search
from crawler.store.read_tallies import Name, Week
from crawler.store.search import FacetValue, Hit, Wanted
from monitor.estimate import Estimate
from monitor.sample import adjusted_result
from monitor.site import marks
from monitor.site.finder import Finder
from monitor.site.formats import week_name
from monitor.site.question import PAGE_SIZE, Question

FACETS: tuple[search.Facet, ...] = ("topic", "agency", "outlet", "lang", "week")
SHOWN = 8
"""Values of a facet that are shown at once; the rest opens on demand."""
MOST = 60
MOST_WEEKS = 105
"""Two years: more bars than these are no longer told apart."""
SUGGESTED, MAX_SUGGESTING = 4, 8
REPRINTS = 5
"""Reprints that are shown beneath a story."""
_BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet's value with its names and count."""

    id: str
    vi: str
    en: str
    articles: int
    chosen: bool
    link: str
    """The query string that chooses it, or leaves it out where it is chosen."""


@dataclass(frozen=True, slots=True)
class Row:
    """A story of a result as it is shown: one article, and the others of the result that print the same text."""

    hit: Hit
    title: Markup
    snippet: Markup
    reprints: tuple[Hit, ...]
    more: int
    """Reprints beyond those."""


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results."""

    question: Question
    count: int
    stories: int
    pages: int
    rows: tuple[Row, ...]
    facets: Mapping[str, tuple[Choice, ...]]
    weeks: tuple[Week, ...]
    names: Mapping[str, read_tallies.Name]
    """Of topics, agencies and outlets, by `topic:ID` and so on."""
    any_spelling: bool
    """True where nobody spells it as it was typed, so that the marks were left aside."""
    window: str | None
    """The first day of what was looked at, where nobody asked for a day."""
    adjusted: Estimate | None
    """The count as it really is, for a search of one topic that a checked sample speaks for."""
    suggested: tuple[Name, ...]
    """Topics and bodies that have what was typed in their names; the kind is the parameter that they are filtered with."""


def results(connection: sqlite3.Connection, finder: Finder, question: Question) -> Results:
    """Answer a question; a page past the last gives the last."""
    found = finder.find(connection, question.wanted, all_time=question.all_time)
    leaders, followers = found.sets.leaders(found.articles)
    pages = max(1, -(-len(leaders) // PAGE_SIZE))
    page = min(question.page, pages)
    shown = finder.page(connection, found, question.sort, leaders, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    names = all_names(connection)
    values, weeks = found.facets(), found.weeks
    return Results(
        question=replace(question, page=page),
        count=len(found.articles),
        stories=len(leaders),
        pages=pages,
        rows=tuple(_shown(connection, found.wanted, shown, followers.of(shown))),
        facets={facet: tuple(_choices(facet, values[facet][:MOST], question, names)) for facet in FACETS},
        weeks=tuple(unbroken(weeks, MOST_WEEKS, weeks[-1].starts_on) if weeks else ()),
        names=names,
        any_spelling=found.loosened,
        window=found.window,
        adjusted=adjusted_result(connection, found.wanted, lambda wanted: finder.find(connection, wanted).articles.to_array()),
        suggested=tuple(_suggested(question, names)),
    )


def everything(
    connection: sqlite3.Connection,
    finder: Finder,
    question: Question,
    read: Callable[[sqlite3.Connection, list[int]], Iterator[T]],
) -> tuple[int, Iterator[T]]:
    """How many articles the whole result has, as many as the page counts, and what `read` gives of them, a few at a time."""
    found = finder.find(connection, question.wanted, all_time=question.all_time)
    ordered = finder.ordered(connection, found, question.sort, found.articles)
    batches = iter(lambda: list(islice(ordered, _BATCH)), [])
    return len(found.articles), chain.from_iterable(read(connection, batch) for batch in batches)


def unbroken(weeks: list[Week], limit: int, last_week: str) -> list[Week]:
    """The `limit` weeks up to a last one (its Monday); silent ones are zeros, so that a silence shows as one."""
    if not weeks:
        return []
    known = {week.starts_on: week for week in weeks}
    last = date.fromisoformat(last_week)
    span = min(limit, (last - date.fromisoformat(weeks[0].starts_on)).days // 7 + 1)
    mondays = [(last - timedelta(days=7 * back)).isoformat() for back in reversed(range(span))]
    return [known.get(monday) or Week(monday, 0, 0, 0) for monday in mondays]


def all_names(connection: sqlite3.Connection) -> dict[str, read_tallies.Name]:
    """What topics, agencies and outlets are called, by `topic:ID`, `agency:ID`, `outlet:ID`."""
    families = {
        "topic": read_tallies.topics(connection),
        "agency": read_tallies.agency_names(connection),
        "outlet": read_tallies.outlets(connection),
    }
    return {f"{family}:{name.id}": name for family, names in families.items() for name in names}


def _suggested(question: Question, names: Mapping[str, Name]) -> Iterator[Name]:
    """What a person may have meant to filter by: the names that hold all the words typed, the shortest first."""
    typed = clean(question.q).lower()
    # Whoever types marks means them; whoever types none means any.
    spelled = fold(typed) != typed
    words = _words(typed, spelled=spelled).split()
    if not words or len(words) > MAX_SUGGESTING:
        return
    asked = f" {' '.join(words)} "
    close = []
    for key, name in names.items():
        family, _, own = key.partition(":")
        if family in ("topic", "agency") and own not in question.chosen[family]:
            said = [way for way in (name.vi, name.en) if asked in _words(way, spelled=spelled)]
            close += [(len(way), name.vi, Name(own, name.vi, name.en, family)) for way in said[:1]]
    yield from (name for _, _, name in sorted(close, key=lambda one: one[:2])[:SUGGESTED])


@lru_cache(maxsize=4_096)
def _words(text: str, *, spelled: bool) -> str:
    """The syllables between spaces, as they are spelled or without their marks; every question asks for those of all names."""
    return f" {' '.join(syllables(fold_tone(text.lower()) if spelled else fold(text)))} "


def _shown(connection: sqlite3.Connection, wanted: Wanted, ids: list[int], folded: Mapping[int, list[int]]) -> Iterator[Row]:
    below = {leader: folded.get(leader, []) for leader in ids}
    wanted_ids = [*ids, *(copy for copies in below.values() for copy in copies[:REPRINTS])]
    hits = {hit.id: hit for hit in search.hits_of(connection, wanted_ids)}
    found = search.marked(connection, wanted.folded, ids) if wanted.folded and ids else {}
    bare = [key for key in ids if key not in found and not hits[key].summary]
    openings = search.openings(connection, bare, marks.SNIPPET + 40)
    for key in ids:
        hit, copies = hits[key], below[key]
        if marked := found.get(key):
            title, snippet = marks.marked_title(marked), marks.snippet(marked)
        else:
            title, snippet = escape(hit.title), marks.opening(hit.summary or openings.get(key, ""))
        reprints = tuple(hits[copy] for copy in copies[:REPRINTS])
        yield Row(hit, title, snippet, reprints, len(copies) - len(reprints))


def _choices(facet: str, values: list[FacetValue], question: Question, names: Mapping[str, Name]) -> Iterator[Choice]:
    chosen = {question.week} if facet == "week" else set(question.chosen[facet])
    keys = [week_name(value.id) if facet == "week" else value.id for value in values]
    for key, value, link in zip(keys, values, question.with_each(facet, keys), strict=True):
        name = names.get(f"{facet}:{value.id}")
        is_chosen = key in chosen
        shown = question.query(without=(facet, key)) if is_chosen else link
        yield Choice(key, name.vi if name else key, name.en if name else key, value.articles, is_chosen, shown)
