"""Endpoints of one walk: each is asked conditionally and read; what it lists goes to the articles, what it names is followed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.clock import now
from crawler.discover.navigation import Navigation
from crawler.download import Interrupted, reason_of
from crawler.items import EndpointKind, Found, Notice, Page, Reason, Unreadable, Visit
from crawler.roster import Source
from crawler.schedule import is_believed, rests
from crawler.spiders.answers import health_of, refusal, visit_of
from crawler.spiders.articles import Articles
from crawler.spiders.column_search import ColumnSearch, seeks_columns
from crawler.spiders.depth import Depth
from crawler.spiders.obstacles import bot_wall
from crawler.spiders.reading import page_of, read_endpoint, read_menu
from crawler.spiders.steps import ENDPOINT_PRIORITY, Step, Walk
from crawler.store import endpoints
from crawler.store.endpoints import Endpoint
from crawler.urls import canonical

if TYPE_CHECKING:
    from twisted.python.failure import Failure


class Ways:
    """Asks and reads the endpoints of one crawl; every one that is asked ends with one visit."""

    def __init__(self, walk: Walk, articles: Articles, kinds: frozenset[EndpointKind], *, only_look: bool) -> None:
        """`kinds`: the endpoints that are asked; `only_look`: nothing is fetched that they list or lead to."""
        self._walk = walk
        self._session = walk.session
        self._articles = articles
        self._kinds = kinds
        self._only_look = only_look
        self._sitemaps: Counter[str] = Counter()
        self._depth = Depth(walk.session.since)
        self._columns = ColumnSearch(walk, self.ask)

    def of(self, source: Source) -> Iterator[Step]:
        """The requests to the endpoints of a source that are to be visited."""
        known = endpoints.of_source(self._session.db, source.id)
        self._columns.begin(source, known)
        for endpoint in known:
            wanted = endpoint.kind in self._kinds and (endpoint.kind != "home" or _needs_home(source, known))
            if wanted and not self._rests(endpoint):
                yield self.ask(endpoint)

    def _rests(self, endpoint: Endpoint) -> bool:
        unattended = self._walk.settings.getbool("NQ57_UNATTENDED")
        return rests(endpoint.status, endpoint.failures, endpoint.next_check_at, now(), unattended=unattended)

    def ask(self, endpoint: Endpoint) -> Request:
        """The request to an endpoint, conditional where an unchanged answer would bring nothing."""
        believed = is_believed(endpoint.whole_at, now(), lies=endpoint.lies)
        headers = _conditions(endpoint) if believed and not self._wants_all(endpoint) else {}
        self._walk.asked.add(endpoint.url)
        return Request(
            endpoint.url,
            callback=self.on_endpoint,
            errback=self.on_endpoint_failure,
            headers=headers,
            priority=ENDPOINT_PRIORITY,
            meta={"source_id": endpoint.source_id, **self._bounds(endpoint.kind)},
            cb_kwargs={"endpoint": endpoint, "n": 1},
        )

    def _wants_all(self, endpoint: Endpoint) -> bool:
        """Whether the first page is needed as well, unchanged or not.

        So it is for who goes back, after a crash between an endpoint's pages, and for a menu that is to be walked through.
        """
        searched = endpoint.kind == "home" and not self._only_look and self._columns.is_due(endpoint.source_id)
        return bool(self._session.since) or endpoint.unfinished or searched

    def _bounds(self, kind: EndpointKind) -> dict[str, Any]:
        big = kind == "sitemap"
        return {"download_maxsize": self._walk.settings.getint("NQ57_DOCUMENT_MAXSIZE")} if big else {}

    async def on_endpoint(self, response: Response, endpoint: Endpoint, n: int) -> AsyncIterator[Step]:
        """One answer of an endpoint; `n` counts the following pages of a listing from 1."""
        source = self._session.sources[endpoint.source_id]
        page = page_of(response)
        visit = visit_of(endpoint, page)
        steps = self._unread(source, endpoint, n, page, visit, response)
        if steps is None:
            try:
                found, menu = await self._read_apart(source, endpoint, n, page)
            except Unreadable as error:
                steps = self._unusable(endpoint, n, page, visit, error)
            else:
                # The visit comes last: once its ETag is kept, a crash could no longer bring back what was not yet entered.
                entered, news = await self._articles.enter(source, endpoint, found)
                steps = chain(entered, self._read(source, endpoint, n, page, visit, found, news, menu))
        for step in steps:
            if isinstance(step, Visit) or not self._only_look:
                yield step

    async def _read_apart(self, source: Source, endpoint: Endpoint, n: int, page: Page) -> tuple[Found, Navigation | None]:
        """What the answer lists, and where a column is sought, what its menus tell. Raises Unreadable."""
        apart, is_home = self._session.apart, endpoint.kind == "home"
        found = await apart.call(
            read_endpoint,
            endpoint.kind,
            page,
            selector=endpoint.selector,
            as_listing=_only_home(source),
            since=self._walk.earliest,
        )
        has_menu = endpoint.kind in ("home", "listing") and n == 1 and not self._only_look
        if not has_menu or not self._columns.wants(source, is_home=is_home):
            return found, None
        return found, await apart.call(read_menu, page)

    def _unread(
        self, source: Source, endpoint: Endpoint, n: int, page: Page, visit: Visit, response: Response
    ) -> Iterable[Step] | None:
        """What becomes of an answer that is not to be read; None for one that is."""
        same = n == 1 and page.status == 200 and visit.digest == endpoint.digest
        known = page.status == 304 and (endpoint.etag or endpoint.last_modified)
        if known or (same and not self._wants_all(endpoint)):
            return [visit]
        if (wall := bot_wall(page)) is not None:
            return self._unreadable(endpoint, visit, wall) if n == 1 else [_untold(endpoint, page.url, wall.reason, wall.detail)]
        if page.status != 200:
            if n > 1 and page.status in (404, 410):
                self._finish(endpoint, n)
                return []
            reason, detail = refusal(response)
            if n > 1:
                return [_untold(endpoint, page.url, reason, detail)]
            return [dataclasses.replace(visit, health="failing", reason=reason, detail=detail, digest=None)]
        if endpoint.kind == "column" and canonical(page.url) == canonical(source.home):
            told = "leads to the home page"
            return [dataclasses.replace(visit, health="failing", reason=Reason.REDIRECT, detail=told, digest=None)]
        return None

    def _unusable(self, endpoint: Endpoint, n: int, page: Page, visit: Visit, error: Unreadable) -> Iterator[Step]:
        """An empty or broken later page ends the paging and says nothing of the endpoint."""
        if n == 1:
            yield from self._unreadable(endpoint, visit, error)
        elif error.reason is not Reason.EMPTY:
            yield _untold(endpoint, page.url, error.reason, error.detail)
        self._finish(endpoint, n)

    def _unreadable(self, endpoint: Endpoint, visit: Visit, error: Unreadable) -> Iterator[Step]:
        if endpoint.kind == "column" and error.reason is Reason.EMPTY:
            # A link that looked like a column and lists nothing is none; one that the roster or a person names is empty.
            self._columns.withdraw(endpoint)
            yield dataclasses.replace(visit, items=0)
            return
        yield dataclasses.replace(visit, health=health_of(error.reason), reason=error.reason, detail=error.detail, digest=None)

    def _read(
        self,
        source: Source,
        endpoint: Endpoint,
        n: int,
        page: Page,
        visit: Visit,
        found: Found,
        news: int,
        menu: Navigation | None,
    ) -> Iterator[Step]:
        onward = list(self._follow(source, endpoint, found, n, news))
        if menu is not None:
            onward += self._columns.look(source, page, menu, is_home=endpoint.kind == "home")
        if n == 1:
            evidence = page if endpoint.kind in ("column", "home") else None
            told = dataclasses.replace(visit, title=found.title, items=len(found.entries), notices=found.warnings, page=evidence)
            yield dataclasses.replace(told, new=news, every=found.every)
        yield from onward

    def on_endpoint_failure(self, failure: Failure) -> Iterator[Step]:
        """An endpoint that could not be asked."""
        request: Request = failure.request  # type: ignore[attr-defined]
        endpoint: Endpoint = request.cb_kwargs["endpoint"]
        if isinstance(failure.value, Interrupted):
            return
        reason, detail = reason_of(failure.value, urlsplit(request.url).hostname or "")
        if request.cb_kwargs["n"] > 1:
            yield _untold(endpoint, request.url, reason, detail)
            return
        yield Visit(endpoint.source_id, endpoint.url, endpoint.kind, health_of(reason), reason, detail)

    def _follow(self, source: Source, endpoint: Endpoint, found: Found, n: int, news: int) -> Iterator[Step]:
        if endpoint.kind == "home":
            return
        if endpoint.kind == "sitemap":
            yield from self._into(source, found)
            return
        if not self._depth.goes_on(endpoint.url, found, news or endpoint.unfinished):
            self._finish(endpoint, n)
            return
        most = self._walk.bound("NQ57_MAX_LISTING_PAGES")
        for url in found.more:
            if url not in self._walk.asked and self._walk.reachable(source, url):
                if n >= most:
                    yield _untold(endpoint, url, Reason.TOO_MANY, f"more than {most} pages with something new")
                    break
                self._walk.asked.add(url)
                endpoints.mark_unfinished(self._session.db, endpoint.source_id, endpoint.url, unfinished=True)
                yield self.ask(endpoint).replace(
                    url=url, headers={}, cb_kwargs={"endpoint": endpoint, "n": n + 1}, priority=ENDPOINT_PRIORITY - 1
                )
                return
        self._finish(endpoint, n)

    def _into(self, source: Source, found: Found) -> Iterator[Step]:
        """The sitemaps that an index names."""
        most = self._walk.bound("NQ57_MAX_SITEMAPS")
        for url in found.more:
            if self._sitemaps[source.id] == most:
                self._sitemaps[source.id] += 1  # told once a run
                yield Visit(source.id, url, "sitemap", "unknown", Reason.TOO_MANY, f"more than {most} nested sitemaps")
            if url in self._walk.asked or not self._walk.reachable(source, url):
                continue
            self._sitemaps[source.id] += 1
            if self._sitemaps[source.id] <= most:
                endpoints.discovered(self._session.db, source.id, url, "sitemap")
                yield self.ask(Endpoint(source.id, url, "sitemap", None, None, None, None, "unknown"))

    def _finish(self, endpoint: Endpoint, n: int) -> None:
        """Nothing follows the page that was read last."""
        if n > 1 or endpoint.unfinished:
            endpoints.mark_unfinished(self._session.db, endpoint.source_id, endpoint.url, unfinished=False)


def _untold(endpoint: Endpoint, url: str, reason: Reason, detail: str) -> Visit:
    """A further page of an endpoint that could not be read: told, while the endpoint itself answered."""
    return Visit(endpoint.source_id, url, endpoint.kind, "unknown", notices=(Notice(reason, detail),))


def _conditions(endpoint: Endpoint) -> dict[str, str]:
    told = {"If-None-Match": endpoint.etag, "If-Modified-Since": endpoint.last_modified}
    return {name: value for name, value in told.items() if value}


def _only_home(source: Source) -> bool:
    return not (source.feeds or source.sitemaps or source.listings)


def _needs_home(source: Source, known: Iterable[Endpoint]) -> bool:
    """The home page is asked where a dedicated column is still sought, or where it is the only way in."""
    return _only_home(source) or seeks_columns(source, known)
