"""The walk of one crawl: endpoints are asked, what they list is entered into the ledger, what is new is fetched."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawler.clock import now
from crawler.download import Interrupted, RefusedRequest, reason_of
from crawler.extensions import Session
from crawler.guard import Refused
from crawler.items import EndpointKind, Entry, Fetched, Found, Outcome, Page, Reason, State, Unreadable, Visit
from crawler.roster import Source
from crawler.schedule import rests
from crawler.spiders.again import answered_again, ask_again
from crawler.spiders.answers import health_of, refusal, unusable, visit_of
from crawler.spiders.depth import Depth
from crawler.spiders.obstacles import bot_wall
from crawler.spiders.reading import attachments, page_of, read_endpoint
from crawler.store import endpoints, pages, revisits
from crawler.store.endpoints import Endpoint
from crawler.store.revisits import Revisit
from crawler.traps import Permutations, trap_in
from crawler.urls import canonical, is_listing_url, twins

if TYPE_CHECKING:
    from twisted.python.failure import Failure

Step = Request | Outcome | Visit | Fetched

RESOLUTION_ON = date(2024, 12, 22)
"""Nothing published before the Resolution can be about it (Resolution 57-NQ/TW is dated 22 December 2024)."""
ENDPOINT_PRIORITY = 10
NOT_ASKED = frozenset({Reason.ROBOTS, Reason.OUTSIDE_HOSTS, Reason.PRIVATE_ADDRESS, Reason.TRAP})


class WalkingSpider(Spider):
    """What the spiders of this project have in common; each of them only says which ways it takes into which sources."""

    ways: ClassVar[frozenset[EndpointKind]]
    kinds: ClassVar[frozenset[str]] = frozenset({"press", "portal", "foreign"})

    def __init__(self, source: str = "", **kwargs: Any) -> None:
        """`source`: source ids separated by commas; empty for every source of the roster."""
        super().__init__(**kwargs)
        self._only = tuple(filter(None, source.split(",")))
        self._asked: set[str] = set()
        self._fetches: Counter[str] = Counter()
        self._sitemaps: Counter[str] = Counter()
        self._permutations = Permutations()

    @property
    def session(self) -> Session:
        """The crawl's database, roster, archive and guard."""
        return Session.of(self.crawler)

    async def start(self) -> AsyncIterator[Step]:
        """Every endpoint that is to be visited, then what earlier runs left over."""
        sources = self.session.sources
        if missing := [name for name in self._only if name not in sources]:
            raise CloseSpider(f"unknown source: {', '.join(missing)}")
        chosen = [s for s in sources.values() if s.kind in self.kinds and (not self._only or s.id in self._only)]
        for source in chosen:
            known = endpoints.of_source(self.session.db, source.id)
            for endpoint in known:
                wanted = endpoint.kind in self.ways and (endpoint.kind != "home" or _needs_home(source, known))
                if wanted and not self._rests(endpoint):
                    yield self._ask(endpoint)
        for source in chosen:
            for url, entry in pages.leftovers(self.session.db, source.id):
                for step in self._fetch(source, url, entry):
                    yield step
            for revisit in revisits.due(self.session.db, source.id, now()):
                self._asked.add(revisit.url)
                yield ask_again(source.id, revisit, self.on_article_again, self.on_no_answer)

    # ── endpoints ──────────────────────────────────────────────────────────────────────────────
    def _rests(self, endpoint: Endpoint) -> bool:
        unattended = self.settings.getbool("NQ57_UNATTENDED")
        return rests(endpoint.status, endpoint.failures, endpoint.next_check_at, now(), unattended=unattended)

    def _ask(self, endpoint: Endpoint) -> Request:
        # Who wants to go back needs the first page as well, unchanged or not.
        asked_before = None if self.session.since else endpoint
        if endpoint.unfinished:  # a crash came between its pages: those behind the first are still to be asked
            asked_before = None
        headers = {
            "If-None-Match": asked_before and asked_before.etag,
            "If-Modified-Since": asked_before and asked_before.last_modified,
        }
        self._asked.add(endpoint.url)
        return Request(
            endpoint.url,
            callback=self.on_endpoint,
            errback=self.on_endpoint_failure,
            headers={name: value for name, value in headers.items() if value},
            priority=ENDPOINT_PRIORITY,
            meta={"source_id": endpoint.source_id, **self._bounds(endpoint.kind)},
            cb_kwargs={"endpoint": endpoint, "n": 1},
        )

    def _bounds(self, kind: EndpointKind) -> dict[str, Any]:
        big = kind == "sitemap"
        return {"download_maxsize": self.settings.getint("NQ57_DOCUMENT_MAXSIZE")} if big else {}

    def on_endpoint(self, response: Response, endpoint: Endpoint, n: int) -> Iterator[Step]:
        """One answer of an endpoint; `n` counts the following pages of a listing from 1."""
        source = self.session.sources[endpoint.source_id]
        page = page_of(response)
        visit = visit_of(endpoint, page)
        same = n == 1 and response.status == 200 and visit.digest == endpoint.digest
        known = response.status == 304 and (endpoint.etag or endpoint.last_modified)
        if known or (same and not self.session.since and not endpoint.unfinished):
            yield visit
            return
        if (wall := bot_wall(page)) is not None:
            if n == 1:
                yield from self._unreadable(endpoint, visit, wall)
            return
        if response.status != 200:
            if n > 1 and response.status in (404, 410):
                self._finish(endpoint, n)
            if n == 1:
                reason, detail = refusal(response)
                yield dataclasses.replace(visit, health="failing", reason=reason, detail=detail, digest=None)
            return
        if endpoint.kind == "column" and canonical(page.url) == canonical(source.home):
            yield dataclasses.replace(
                visit, health="failing", reason=Reason.REDIRECT, detail="leads to the home page", digest=None
            )
            return
        try:
            found = read_endpoint(
                endpoint, page, seek_columns=_seeks_columns(source), as_listing=_only_home(source), since=self._earliest
            )
        except Unreadable as error:
            if n == 1:  # an empty or broken later page ends the paging and says nothing of the endpoint
                yield from self._unreadable(endpoint, visit, error)
            self._finish(endpoint, n)
            return
        # The visit comes last: once its ETag is kept, a crash could no longer bring back what was not yet entered.
        news = yield from self._enter(source, endpoint, found)
        onward = list(self._follow(source, endpoint, found, n, news))
        if n == 1:
            evidence = page if endpoint.kind in ("column", "home") else None
            told = dataclasses.replace(visit, title=found.title, items=len(found.entries), notices=found.warnings, page=evidence)
            yield dataclasses.replace(told, new=news, every=found.every)
        yield from onward

    def _unreadable(self, endpoint: Endpoint, visit: Visit, error: Unreadable) -> Iterator[Step]:
        if endpoint.kind == "column" and error.reason is Reason.EMPTY:
            # A link that looked like a column and lists nothing is none; one that the roster names is empty.
            endpoints.forget(self.session.db, endpoint.source_id, endpoint.url)
            yield dataclasses.replace(visit, items=0)
            return
        yield dataclasses.replace(visit, health=health_of(error.reason), reason=error.reason, detail=error.detail, digest=None)

    def on_endpoint_failure(self, failure: Failure) -> Iterator[Step]:
        """An endpoint that could not be asked."""
        request: Request = failure.request  # type: ignore[attr-defined]
        endpoint: Endpoint = request.cb_kwargs["endpoint"]
        if request.cb_kwargs["n"] > 1 or isinstance(failure.value, Interrupted):
            return
        reason, detail = reason_of(failure.value, urlsplit(request.url).hostname or "")
        yield Visit(endpoint.source_id, endpoint.url, endpoint.kind, health_of(reason), reason, detail)

    def _follow(self, source: Source, endpoint: Endpoint, found: Found, n: int, news: int) -> Iterator[Step]:
        if endpoint.kind in ("home", "sitemap"):
            kind: EndpointKind = "column" if endpoint.kind == "home" else "sitemap"
            for url in found.more:
                if kind == "sitemap" and self._sitemaps[source.id] == self._bound("NQ57_MAX_SITEMAPS"):
                    self._sitemaps[source.id] += 1  # told once a run
                    detail = f"more than {self._bound('NQ57_MAX_SITEMAPS')} nested sitemaps"
                    yield Visit(source.id, url, kind, "unknown", Reason.TOO_MANY, detail)
                if self._may_ask(source, url, kind):
                    endpoints.discovered(self.session.db, source.id, url, kind)
                    yield self._ask(Endpoint(source.id, url, kind, None, None, None, None, "unknown"))
            return
        if n >= self._most_pages() or not self._depth.goes_on(endpoint.url, found, news or endpoint.unfinished):
            self._finish(endpoint, n)
            return
        for url in found.more:
            if self._may_ask(source, url, endpoint.kind):
                self._asked.add(url)
                endpoints.mark_unfinished(self.session.db, endpoint.source_id, endpoint.url, unfinished=True)
                yield self._ask(endpoint).replace(
                    url=url, headers={}, cb_kwargs={"endpoint": endpoint, "n": n + 1}, priority=ENDPOINT_PRIORITY - 1
                )
                return

        self._finish(endpoint, n)

    def _finish(self, endpoint: Endpoint, n: int) -> None:
        """Nothing follows the page that was read last."""
        if n > 1 or endpoint.unfinished:
            endpoints.mark_unfinished(self.session.db, endpoint.source_id, endpoint.url, unfinished=False)

    def _may_ask(self, source: Source, url: str, kind: EndpointKind) -> bool:
        if url in self._asked or not self._reachable(source, url):
            return False
        if kind == "sitemap":
            self._sitemaps[source.id] += 1
            return self._sitemaps[source.id] <= self._bound("NQ57_MAX_SITEMAPS")
        return True

    def _most_pages(self) -> int:
        return self._bound("NQ57_MAX_LISTING_PAGES")

    def _bound(self, name: str) -> int:
        return int(self.settings.getint(f"{name}_SINCE" if self.session.since else name))

    # ── articles ───────────────────────────────────────────────────────────────────────────────
    def _enter(self, source: Source, endpoint: Endpoint, found: Found) -> Generator[Step, None, int]:
        """Enter what an endpoint listed; returns (as a generator does) how many of it was new."""
        keyed: dict[str, Entry] = {}
        for entry in found.entries:
            url = canonical(entry.url, base=endpoint.url)
            if url is None or is_listing_url(url) or self._too_old(entry):
                continue
            try:
                self.session.guard.check_url(entry.url, self.session.reach[source.id])
                self._check_trap(url)
            except Refused as refusal:
                if pages.is_wanted(self.session.db, url):
                    yield Outcome(url, source.id, State.REFUSED, refusal.reason, refusal.detail)
                continue
            known = pages.known_as(self.session.db, source.id, url)
            listed = next((twin for twin in twins(known) if twin in keyed), known)
            keyed.setdefault(listed, dataclasses.replace(entry, found_on=endpoint.url))
        column = endpoint.url if endpoint.kind == "column" else None
        wanted = pages.discover(self.session.db, source.id, keyed.items(), now(), column=column)
        for url, entry in keyed.items():
            if url in wanted:
                yield from self._fetch(source, url, entry)
        return len(wanted)

    @functools.cached_property
    def _depth(self) -> Depth:
        return Depth(self.session.since)

    @property
    def _earliest(self) -> date:
        return self.session.since or RESOLUTION_ON

    def _too_old(self, entry: Entry) -> bool:
        return entry.published is not None and entry.published.value.date() < self._earliest

    def _check_trap(self, url: str) -> None:
        """Raise Refused for an address that is part of a trap."""
        if (trap := trap_in(url, now().date()) or self._permutations.trap_in(url)) is not None:
            raise Refused(Reason.TRAP, trap)

    def _fetch(self, source: Source, url: str, entry: Entry) -> Iterator[Step]:
        bound = self.settings.getint("NQ57_MAX_PAGES_PER_SOURCE")
        if url in self._asked:
            return
        self._fetches[source.id] += 1
        if self._fetches[source.id] > bound:
            if self._fetches[source.id] == bound + 1:  # told once; all of them wait for the next run
                yield Outcome(url, source.id, State.DISCOVERED, Reason.TOO_MANY, f"more than {bound} pages in one run")
            return
        self._asked.add(url)
        meta: dict[str, Any] = {"source_id": source.id}
        if entry.way == "document":
            meta["download_maxsize"] = self.settings.getint("NQ57_DOCUMENT_MAXSIZE")
        yield Request(
            entry.url,
            callback=self.on_article,
            errback=self.on_article_failure,
            meta=meta,
            cb_kwargs={"source": source, "url": url, "entry": entry},
        )

    def on_article(self, response: Response, source: Source, url: str, entry: Entry) -> Iterator[Step]:
        """One article or document, whatever the server answered."""
        page = page_of(response)
        final = canonical(page.url) or url
        if response.status != 200:
            wall = bot_wall(page)
            reason, detail = (wall.reason, wall.detail) if wall else refusal(response)
            state = State.DISCOVERED if reason is Reason.RATE_LIMITED else State.FAILED
            yield Outcome(url, source.id, state, reason, detail, response.status)
            return
        if not page.body.strip():
            yield Outcome(url, source.id, State.FAILED, Reason.EMPTY, "no content", response.status)
            return
        if final != url:
            if final == canonical(source.home):
                yield Outcome(url, source.id, State.FAILED, Reason.SOFT_404, "leads to the home page", response.status)
                return
            known = pages.known_as(self.session.db, source.id, final)
            final = final if known == url else known
            news = final not in self._asked and bool(pages.discover(self.session.db, source.id, [(final, entry)], now()))
            yield Outcome(url, source.id, State.UNRELATED, http_status=response.status, same_as=final)
            if not news:
                return
            self._asked.add(final)
        if (why := unusable(page)) is not None:
            yield Outcome(final, source.id, State.FAILED, *why, response.status)
            return
        follow = source.kind == "portal" and not page.is_document()
        attached = list(self._attachments(source, entry, page)) if follow else []
        yield Fetched(source.id, final, page, entry)
        yield from attached

    def _attachments(self, source: Source, entry: Entry, page: Page) -> Iterator[Step]:
        """A portal often publishes a plan as a file behind a page of three lines."""
        found = [
            (pages.known_as(self.session.db, source.id, key), item)
            for item in attachments(page)
            if (key := canonical(item.url)) and self._reachable(source, item.url)
        ]
        wanted = pages.discover(self.session.db, source.id, found, now())
        for key, item in found:
            if key in wanted:
                yield from self._fetch(source, key, dataclasses.replace(item, published=entry.published))

    def on_article_again(self, response: Response, source_id: str, revisit: Revisit) -> Iterator[Step]:
        """An article that was read before, and may have been edited since."""
        yield from answered_again(self.session.db, source_id, revisit, page_of(response))

    def on_no_answer(self, failure: Failure) -> None:
        """What is known of an article stays; it is asked for again in the next run."""

    def on_article_failure(self, failure: Failure) -> Iterator[Step]:
        """An article that could not be asked for."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Interrupted):
            return
        source: Source = request.cb_kwargs["source"]
        reason, detail = reason_of(failure.value, urlsplit(request.url).hostname or "")
        state = State.REFUSED if reason in NOT_ASKED else State.FAILED
        if isinstance(failure.value, RefusedRequest) and failure.value.deferred:
            state = State.DISCOVERED
        yield Outcome(request.cb_kwargs["url"], source.id, state, reason, detail)

    def _reachable(self, source: Source, url: str) -> bool:
        try:
            self.session.guard.check_url(url, self.session.reach[source.id])
        except Refused:
            return False
        return trap_in(url, now().date()) is None


def _seeks_columns(source: Source) -> bool:
    return source.kind == "portal" or source.key_press


def _only_home(source: Source) -> bool:
    return not (source.feeds or source.sitemaps or source.listings)


def _needs_home(source: Source, known: Iterable[Endpoint]) -> bool:
    """The home page is asked where a dedicated column is still sought, or where it is the only way in."""
    return _only_home(source) or (_seeks_columns(source) and not any(endpoint.kind == "column" for endpoint in known))
