"""What is wanted in, the articles found as a set out: filters are sets that are cut, words are asked of the indexes once.

The sets of the last moment seen and the last answers of the indexes are kept; each is brought to the moment that a page's
transaction sees before it is used, so that a page is right whatever is written meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from threading import Lock

from pyroaring import BitMap64

from crawler.store import marks, read_tallies, search, sets
from crawler.store.marks import Mark
from crawler.store.search import FacetValue, Index, Sort, Wanted
from crawler.store.sets import EMPTY, Sets
from monitor.site.once import once_a_site

LARGE = 250_000
"""With more articles than this, words without a date are looked for among the newest alone, unless all time is asked for."""
WINDOW = 30_000
"""How many of the newest at least: more than anybody reads, and few enough to be searched while a reader waits."""
KEPT = 100
"""Answers of the indexes that are kept; one takes 130 kB at most for a million articles."""
FOLLOWED = 300
"""Changed articles that an answer is brought up to date for; after more it is asked for anew."""
_FACETS: tuple[search.Facet, ...] = ("topic", "agency", "outlet", "lang")
_Span = tuple[int, int] | None
_Asked = tuple[Index, str, _Span]


@dataclass(frozen=True)
class Found:
    """The articles of a question at one moment."""

    sets: Sets
    wanted: Wanted
    """What was asked for in the end: with the window, and whatever the marks where nobody spells it as it was typed."""
    articles: BitMap64
    loosened: bool
    window: str | None
    """The first day, where nobody asked for one but only the newest were looked at."""

    def facets(self) -> dict[search.Facet, list[FacetValue]]:
        """All values of each facet with their counts, the most frequent first; weeks the newest first."""
        count = self.articles.intersection_cardinality
        found: dict[search.Facet, list[FacetValue]] = {}
        for facet in _FACETS:
            values = [FacetValue(facet, value, n) for value, members in self.sets.values(facet) if (n := count(members))]
            found[facet] = sorted(values, key=lambda value: (-value.articles, value.id))
        found["week"] = [FacetValue("week", week.starts_on, week.articles) for week in reversed(self.weeks)]
        return found

    @cached_property
    def weeks(self) -> list[read_tallies.Week]:
        """The weeks in which there is anything, the oldest first."""
        originals = self.articles & self.sets.of("original", "")
        weeks = []
        for monday, members in self.sets.values("week"):
            if n := self.articles.intersection_cardinality(members):
                first = originals.intersection_cardinality(members)
                weeks.append(read_tallies.Week(monday, n, first, first))
        return weeks


class Finder:
    """Finds articles in one database, for any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sets: Sets | None = None
        self._kept: OrderedDict[_Asked, tuple[Mark, BitMap64]] = OrderedDict()

    def warm(self, connection: sqlite3.Connection, questions: Sequence[Wanted]) -> None:
        """Ask what everybody asks before anybody does, where that would take long."""
        if len(self.at(connection).any_of("relevance", ("0", "1", "2"))) <= LARGE:
            return
        for wanted in questions:
            found = self.find(connection, wanted)
            self.page(connection, found, "relevance", found.articles, 0, 1)

    def at(self, connection: sqlite3.Connection) -> Sets:
        """The sets of the moment that the connection's transaction sees."""
        with self._lock:
            self._sets = sets.current(connection, self._sets)
            return self._sets

    def find(self, connection: sqlite3.Connection, wanted: Wanted, *, all_time: bool = True) -> Found:
        """The articles that are wanted; where nobody spells it as it was typed, whatever the marks: people mistype them."""
        now = self.at(connection)
        window = None if all_time else _window(now, wanted)
        if window:
            wanted = replace(wanted, since=window)
        articles = self._articles(connection, now, wanted)
        if not articles and wanted.strict:
            loose = replace(wanted, strict=None, others=None, spelled=False)
            if articles := self._articles(connection, now, loose):
                return Found(now, loose, articles, loosened=True, window=window)
        return Found(now, wanted, articles, loosened=False, window=window)

    def ordered(self, connection: sqlite3.Connection, found: Found, sort: Sort, among: BitMap64) -> Iterator[int]:
        """Some of the articles found, in the order of the result.

        By relevance those come first that are spelled as it was typed, then those that say it in the title; the newest first
        among equals, as by date.
        """
        for tier in self._tiers(connection, found, among) if sort == "relevance" else (among,):
            yield from _newest_first(connection, found.sets, tier)

    def page(self, connection: sqlite3.Connection, found: Found, sort: Sort, among: BitMap64, first: int, size: int) -> list[int]:
        """The same from one place on; what comes before is counted, not read."""
        tiers = self._tiers(connection, found, among) if sort == "relevance" else (among,)
        chosen: list[int] = []
        for tier in tiers:
            if first >= len(tier):
                first -= len(tier)
                continue
            chosen += islice(_newest_first(connection, found.sets, tier, first), size - len(chosen))
            if len(chosen) == size:
                break
            first = 0
        return chosen

    def _tiers(self, connection: sqlite3.Connection, found: Found, among: BitMap64) -> Iterator[BitMap64]:
        wanted, span = found.wanted, _span(found.sets, found.wanted)
        if not wanted.folded:
            yield among
            return
        exact = self._matching(connection, found.sets.mark, "articles_exact", wanted.exact, span) if wanted.exact else EMPTY
        titled = self._matching(connection, found.sets.mark, "articles_titles", wanted.folded, span)
        for tier in (among & exact, among - exact):
            yield tier & titled
            yield tier - titled

    def _articles(self, connection: sqlite3.Connection, now: Sets, wanted: Wanted) -> BitMap64:
        found = _filtered(connection, now, wanted)
        span = _span(now, wanted)
        if wanted.folded and not wanted.spelled:
            found = found & self._matching(connection, now.mark, "articles_fts", wanted.folded, span)
        if wanted.strict and found:
            found = found & self._spelled(connection, now.mark, wanted, span)
        for folded, strict in wanted.excluded:
            without = self._matching(connection, now.mark, "articles_fts", folded, span)
            if strict and without:
                without = without & self._matching(connection, now.mark, "articles_exact", strict, span)
            found = found - without
        return found

    def _spelled(self, connection: sqlite3.Connection, mark: Mark, wanted: Wanted, span: _Span) -> BitMap64:
        """What is spelled as it must be: the very words typed are asked for apart, since the order asks again."""
        asked = (wanted.exact, wanted.others) if wanted.others else (wanted.strict,)
        found = (self._matching(connection, mark, "articles_exact", part, span) for part in asked if part)
        return BitMap64().union(*found)

    def _matching(self, connection: sqlite3.Connection, mark: Mark, index: Index, expression: str, span: _Span) -> BitMap64:
        """What an index finds: kept, where it was asked before, and asked again only of what changed since."""
        # What all articles gave holds for some of them too.
        for asked in dict.fromkeys(((index, expression, None), (index, expression, span))):
            with self._lock:
                kept = self._kept.get(asked)
            found = _followed(connection, asked, *kept, mark) if kept else None
            if found is not None:
                return self._keep(asked, mark, found)
        return self._keep((index, expression, span), mark, BitMap64(search.matching(connection, index, expression, span)))

    def _keep(self, asked: _Asked, mark: Mark, found: BitMap64) -> BitMap64:
        with self._lock:
            self._kept[asked] = mark, found
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


finder_of = once_a_site(lambda _: Finder())
"""The one finder of a site."""


def _followed(connection: sqlite3.Connection, asked: _Asked, then: Mark, found: BitMap64, now: Mark) -> BitMap64 | None:
    """An answer of another moment brought to this one; None where too much lies between."""
    if then == now:
        return found
    ids = marks.changed(connection, then)
    if ids is None or len(ids) > FOLLOWED:
        return None
    index, expression, _ = asked
    return (found - BitMap64(ids)) | BitMap64(search.matching_of(connection, index, expression, ids))


def _window(now: Sets, wanted: Wanted) -> str | None:
    """The first day of the newest articles: a Monday, so that it moves seldom."""
    articles = now.any_of("relevance", ("0", "1", "2"))
    if not wanted.folded or wanted.since or wanted.until or len(articles) <= LARGE:
        return None
    seen = 0
    for day, members in reversed(now.values("week")):
        seen += len(members)
        if seen >= WINDOW:
            return day or None
    return None


def _filtered(connection: sqlite3.Connection, now: Sets, wanted: Wanted) -> BitMap64:
    """The articles that pass every filter."""
    found = now.any_of("relevance", [str(n) for n in range(wanted.relevance, 3)])
    for topic in wanted.topics:
        found &= now.of("topic", topic)
    for agency in wanted.agencies:
        found &= now.of("agency", agency)
    if wanted.outlets:
        found &= now.any_of("outlet", wanted.outlets)
    if wanted.languages:
        found &= now.any_of("lang", wanted.languages)
    if wanted.groups:
        topics = {topic for group in read_tallies.groups(connection) if group.id in wanted.groups for topic in group.topics}
        found &= now.any_of("topic", topics)
    if wanted.since or wanted.until:
        found &= now.between(wanted.since, wanted.until)
    return found


def _span(now: Sets, wanted: Wanted) -> _Span:
    """The first and last id that a question about some days can find: the indexes need not be read beyond."""
    if not (wanted.since or wanted.until):
        return None
    days = now.between(wanted.since, wanted.until)
    # Without a last day new articles keep coming: a span that grows with each would be asked for anew every time.
    return (days.min(), days.max() if wanted.until else search.LAST_ID) if days else (0, 0)


def _newest_first(connection: sqlite3.Connection, now: Sets, articles: BitMap64, skip: int = 0) -> Iterator[int]:
    """By day, and within one by time and id; undated ones at the end."""
    for _, members in reversed(now.values("day")):
        if not (n := articles.intersection_cardinality(members)):
            continue
        if skip >= n:
            skip -= n
            continue
        yield from search.newest_first(connection, (articles & members).to_array())[skip:]
        skip = 0
