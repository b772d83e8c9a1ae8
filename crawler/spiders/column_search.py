"""The search for a dedicated column: from the home page through the site's own navigation, within a budget of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from crawler.clock import now
from crawler.discover.columns import speaks_of_it
from crawler.discover.navigation import MenuPage, Navigation
from crawler.download import Interrupted
from crawler.items import Entry, Page, Unreadable
from crawler.roster import Source
from crawler.spiders.obstacles import obstacle
from crawler.spiders.reading import page_of, read_menu_page
from crawler.spiders.steps import ENDPOINT_PRIORITY, Step, Walk
from crawler.store import columns
from crawler.store.columns import Search, Sighting
from crawler.store.endpoints import Endpoint
from crawler.urls import canonical, twins

if TYPE_CHECKING:
    from twisted.python.failure import Failure

MOST_PAGES = 12
"""Pages of a site's navigation that one search reads: at a request a second, a quarter of a minute for a portal."""
AGAIN_AFTER = timedelta(days=6)
"""A weekly run searches each time; a run on the day after one only where the menu of the home page has changed."""
_PRIORITY = ENDPOINT_PRIORITY - 5


@dataclass(slots=True)
class _Hunt:
    """One search that is under way."""

    menu: str
    waiting: list[MenuPage] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    asked: int = 0
    read: int = 0
    found: bool = False

    def add(self, pages: Iterable[MenuPage]) -> None:
        """Pages that were not met yet, the most promising first."""
        for page in pages:
            if not self.met.intersection(twins(page.key)):
                self.met.add(page.key)
                self.waiting.append(page)
        self.waiting.sort(key=lambda page: page.rank)


class ColumnSearch:
    """What the walk knows of the columns that it seeks; requests one page after the other, and ends with the first column."""

    def __init__(self, walk: Walk, ask: Callable[[Endpoint], Request]) -> None:
        """`ask` makes the request to an endpoint."""
        self._walk = walk
        self._db = walk.session.db
        self._ask = ask
        self._seeking: dict[str, Search | None] = {}
        self._hunts: dict[str, _Hunt] = {}

    def begin(self, source: Source, known: Iterable[Endpoint]) -> None:
        """Note, before anything of a source is asked, whether a column is sought there."""
        if seeks_columns(source, known):
            self._seeking[source.id] = columns.last_search(self._db, source.id)

    def is_due(self, source_id: str) -> bool:
        """Whether the site's navigation is to be walked through in this run, its home page changed or not."""
        if source_id not in self._seeking:
            return False
        last = self._seeking[source_id]
        return last is None or now() - last.searched_at >= AGAIN_AFTER

    def wants(self, source: Source, *, is_home: bool) -> bool:
        """Whether the menus of a home page or listing that was read anyway are of use."""
        return has_columns(source) and (is_home or source.id in self._seeking)

    def look(self, source: Source, page: Page, told: Navigation, *, is_home: bool) -> list[Step]:
        """What such a page links to; from a home page without a column the search sets out."""
        steps = self._named(source, page, told)
        if not is_home or source.id not in self._seeking:
            return steps
        last = self._seeking[source.id]
        if not steps and (self.is_due(source.id) or (last is not None and last.menu != told.digest)):
            hunt = self._hunts[source.id] = _Hunt(told.digest)
            hunt.met.update(filter(None, (canonical(page.url), canonical(source.home))))
            hunt.add(told.pages)
            steps += self._next(source, hunt)
        return steps

    def withdraw(self, endpoint: Endpoint) -> None:
        """What looked like a column lists nothing."""
        columns.withdraw(self._db, endpoint.source_id, endpoint.url)

    async def on_page(self, response: Response, source: Source) -> AsyncIterator[Step]:
        """One page of the navigation: the columns that it links to, whether it is one itself, and where to look next."""
        hunt = self._hunts[source.id]
        page = page_of(response)
        if response.status == 200 and not page.is_document() and obstacle(page) is None:
            hunt.read += 1
            try:
                told, listed = await self._walk.session.apart.call(read_menu_page, page)
            except Unreadable:
                pass  # a page on which the reader was stopped: the search goes on without it
            else:
                steps = self._named(source, page, told) or self._itself(source, page, told, listed)
                hunt.found = bool(steps)
                hunt.add(told.pages)
                for step in steps:
                    yield step
        for step in self._next(source, hunt):
            yield step

    def on_no_page(self, failure: Failure) -> Iterator[Step]:
        """A page of the navigation that could not be asked: no endpoint, hence no failure; the search goes on without it."""
        source: Source = failure.request.cb_kwargs["source"]  # type: ignore[attr-defined]
        if not isinstance(failure.value, Interrupted):
            yield from self._next(source, self._hunts[source.id])

    def _next(self, source: Source, hunt: _Hunt) -> Iterator[Step]:
        while hunt.waiting and not hunt.found and hunt.asked < MOST_PAGES:
            url = hunt.waiting.pop(0).url
            if url in self._walk.asked or not self._walk.reachable(source, url):
                continue
            self._walk.asked.add(url)
            hunt.asked += 1
            yield Request(
                url,
                callback=self.on_page,
                errback=self.on_no_page,
                priority=_PRIORITY,
                meta={"source_id": source.id},
                cb_kwargs={"source": source},
            )
            return
        if hunt.read or not hunt.asked:  # nobody answered: the next run tries again
            columns.searched(self._db, source.id, hunt.menu, hunt.read, now())

    def _named(self, source: Source, page: Page, told: Navigation) -> list[Step]:
        """Links under a column's name."""
        steps: list[Step] = []
        for link in told.columns:
            sighting = Sighting(source.id, link.url, True, link.why, page.url, link.anchor or None)
            steps += self._propose(source, sighting)
        return steps

    def _itself(self, source: Source, page: Page, told: Navigation, listed: tuple[Entry, ...]) -> list[Step]:
        """The page itself, where its heading is a column's name or nearly all that it lists is about the Resolution."""
        if not listed:
            return []
        if told.title is not None:
            return self._propose(source, Sighting(source.id, page.url, True, "title", page.url, title=told.title))
        if speaks_of_it(listed):
            return self._propose(source, Sighting(source.id, page.url, False, "items", page.url))
        return []

    def _propose(self, source: Source, sighting: Sighting) -> list[Step]:
        if sighting.why in ("anchor", "address") and sighting.url in self._walk.asked:
            return []  # a link to what was asked anyway; a page of the navigation itself was asked as such only
        if not self._walk.reachable(source, sighting.url) or not columns.propose(self._db, sighting, now()):
            return []
        return [self._ask(Endpoint(source.id, sighting.url, "column", None, None, None, None, "unknown"))]


def has_columns(source: Source) -> bool:
    """Whether the programme asks a column of this source: a body's portal, or the key press."""
    return source.kind == "portal" or source.key_press


def seeks_columns(source: Source, known: Iterable[Endpoint]) -> bool:
    """Whether a column is still sought: none is known, or those known are dead."""
    return has_columns(source) and not any(endpoint.kind == "column" and endpoint.status != "dead" for endpoint in known)
