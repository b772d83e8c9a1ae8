"""Articles and documents of one walk: what endpoints list is entered into the ledger, what is new is fetched, once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.archive import origin_of
from crawler.clock import now
from crawler.download import Interrupted, RefusedRequest, reason_of
from crawler.guard import Refused
from crawler.items import Entry, Fetched, Found, Outcome, Page, Reason, State, Unreadable
from crawler.roster import Source
from crawler.spiders.again import answered_again, ask_again
from crawler.spiders.answers import refusal, unusable
from crawler.spiders.obstacles import bot_wall
from crawler.spiders.reading import attachments, may_attach, page_of
from crawler.spiders.steps import Step, Walk
from crawler.store import pages, revisits
from crawler.store.endpoints import Endpoint
from crawler.store.revisits import Revisit
from crawler.traps import Permutations, trap_in
from crawler.urls import canonical, is_listing_url, twins

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_AT_ONCE = 200
"""Entries that are entered in one transaction."""
_MOST_WAITING = 100
"""Requests of one source that Scrapy holds at once; what a sitemap of 50,000 lists beyond them waits as a few words each."""
NOT_ASKED = frozenset({Reason.ROBOTS, Reason.OUTSIDE_HOSTS, Reason.PRIVATE_ADDRESS, Reason.TRAP})


class Articles:
    """Enters and fetches the pages of one crawl; every URL ends with one outcome."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._session = walk.session
        self._fetches: Counter[str] = Counter()
        self._permutations = Permutations()
        self._under_way: Counter[str] = Counter()
        self._backlog: defaultdict[str, deque[tuple[str, Entry]]] = defaultdict(deque)

    def left_over(self, source: Source) -> Iterator[Step]:
        """What earlier runs found and did not get, and the articles that may have been edited since."""
        for url, entry in pages.leftovers(self._session.db, source.id):
            yield from self._fetch(source, url, entry)
        for revisit in revisits.due(self._session.db, source.id, now()):
            self._walk.asked.add(revisit.url)
            yield ask_again(source.id, revisit, self.on_article_again, self.on_no_answer)

    async def enter(self, source: Source, endpoint: Endpoint, found: Found) -> tuple[list[Step], int]:
        """Enter what an endpoint listed; what is to be done with it, and how many of it was new.

        A sitemap may list 50,000 pages, so between some of them the other hosts have their turn.
        """
        steps: list[Step] = []
        listed: set[str] = set()
        news = 0
        for some in _batches(found.entries):
            wanted = self._enter(source, endpoint, some, listed, steps)
            news += len(wanted)
            for url, entry in wanted.items():
                steps += self._fetch(source, url, entry)
            await asyncio.sleep(0)
        return steps, news

    def _enter(
        self, source: Source, endpoint: Endpoint, entries: tuple[Entry, ...], listed: set[str], steps: list[Step]
    ) -> dict[str, Entry]:
        """What is to be fetched of these entries, by its key; `listed` are the keys of the entries before them."""
        keyed: dict[str, Entry] = {}
        for entry in entries:
            url = canonical(entry.url, base=endpoint.url)
            if url is None or is_listing_url(url) or self._too_old(entry):
                continue
            try:
                self._session.guard.check_url(entry.url, self._session.reach[source.id])
                self._check_trap(url)
            except Refused as refusal:
                if pages.is_wanted(self._session.db, url):
                    steps.append(Outcome(url, source.id, State.REFUSED, refusal.reason, refusal.detail))
                continue
            known = pages.known_as(self._session.db, source.id, url)
            if any(twin in listed for twin in twins(known)):
                continue
            listed.add(known)
            keyed[known] = dataclasses.replace(entry, found_on=endpoint.url)
        column = endpoint.url if endpoint.kind == "column" else None
        wanted = self._discover(source, keyed.items(), column)
        return {url: entry for url, entry in keyed.items() if url in wanted}

    def _discover(self, source: Source, entries: Iterable[tuple[str, Entry]], column: str | None = None) -> set[str]:
        """Enter what was found; the URLs that need fetching."""
        listed = dict(entries)
        found = pages.discover(self._session.db, source.id, listed.items(), now(), column=column)
        for url, published in found.redated.items():
            self._session.archive.note(origin_of(source.id, url, listed[url], published))
        return found.wanted

    def _too_old(self, entry: Entry) -> bool:
        return entry.published is not None and entry.published.value.date() < self._walk.earliest

    def _check_trap(self, url: str) -> None:
        """Raise Refused for an address that is part of a trap."""
        if (trap := trap_in(url, now().date()) or self._permutations.trap_in(url)) is not None:
            raise Refused(Reason.TRAP, trap)

    def _fetch(self, source: Source, url: str, entry: Entry) -> Iterator[Step]:
        bound = self._walk.settings.getint("NQ57_MAX_PAGES_PER_SOURCE")
        if url in self._walk.asked:
            return
        self._fetches[source.id] += 1
        if self._fetches[source.id] > bound:
            if self._fetches[source.id] == bound + 1:  # told once; all of them wait for the next run
                yield Outcome(url, source.id, State.DISCOVERED, Reason.TOO_MANY, f"more than {bound} pages in one run")
            return
        self._walk.asked.add(url)
        if self._under_way[source.id] >= _MOST_WAITING:
            self._backlog[source.id].append((url, entry))
            return
        yield self._request(source, url, entry)

    def _next(self, source: Source) -> Iterator[Request]:
        """One request has come to its end, so the next of its source sets out."""
        self._under_way[source.id] -= 1
        if backlog := self._backlog[source.id]:
            yield self._request(source, *backlog.popleft())

    def _request(self, source: Source, url: str, entry: Entry) -> Request:
        self._under_way[source.id] += 1
        meta: dict[str, Any] = {"source_id": source.id}
        if entry.way == "document":
            meta["download_maxsize"] = self._walk.settings.getint("NQ57_DOCUMENT_MAXSIZE")
        return Request(
            entry.url,
            callback=self.on_article,
            errback=self.on_article_failure,
            meta=meta,
            cb_kwargs={"source": source, "url": url, "entry": entry},
        )

    async def on_article(self, response: Response, source: Source, url: str, entry: Entry) -> AsyncIterator[Step]:
        """One article or document, whatever the server answered."""
        for request in self._next(source):
            yield request
        async for step in self._on_article(response, source, url, entry):
            yield step

    async def _on_article(self, response: Response, source: Source, url: str, entry: Entry) -> AsyncIterator[Step]:
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
            if final == canonical(source.home) or is_listing_url(final):
                yield Outcome(url, source.id, State.FAILED, Reason.SOFT_404, f"leads to {final[:200]}", response.status)
                return
            known = pages.known_as(self._session.db, source.id, final)
            final = final if known == url else known
            news = final not in self._walk.asked and bool(self._discover(source, [(final, entry)]))
            yield Outcome(url, source.id, State.UNRELATED, http_status=response.status, same_as=final)
            if not news:
                return
            self._walk.asked.add(final)
        if (why := unusable(page)) is not None:
            yield Outcome(final, source.id, State.FAILED, *why, response.status)
            return
        if (first := self._session.echoes.first(final, page.body)) is not None:
            yield Outcome(final, source.id, State.UNRELATED, http_status=response.status, same_as=first)
            return
        follow = source.kind == "portal" and not page.is_document()
        attached = await self._attached(source, entry, page) if follow and may_attach(page) else []
        yield Fetched(source.id, final, page, entry)
        for step in attached:
            yield step

    async def _attached(self, source: Source, entry: Entry, page: Page) -> list[Step]:
        """A portal often publishes a plan as a file behind a page of three lines."""
        try:
            listed = await self._session.apart.call(attachments, page)
        except Unreadable:
            return []  # the page itself is kept, and read where it can be stopped
        return list(self._attachments(source, entry, listed))

    def _attachments(self, source: Source, entry: Entry, listed: list[Entry]) -> Iterator[Step]:
        found = [
            (pages.known_as(self._session.db, source.id, key), item)
            for item in listed
            if (key := canonical(item.url)) and self._walk.reachable(source, item.url)
        ]
        wanted = self._discover(source, found)
        for key, item in found:
            if key in wanted:
                yield from self._fetch(source, key, dataclasses.replace(item, published=entry.published))

    def on_article_again(self, response: Response, source_id: str, revisit: Revisit) -> Iterator[Step]:
        """An article that was read before, and may have been edited since."""
        yield from answered_again(self._session.db, source_id, revisit, page_of(response))

    def on_no_answer(self, failure: Failure) -> None:
        """What is known of an article stays; it is asked for again in the next run."""

    def on_article_failure(self, failure: Failure) -> Iterator[Step]:
        """An article that could not be asked for."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Interrupted):
            return
        source: Source = request.cb_kwargs["source"]
        yield from self._next(source)
        reason, detail = reason_of(failure.value, urlsplit(request.url).hostname or "")
        state = State.REFUSED if reason in NOT_ASKED else State.FAILED
        if isinstance(failure.value, RefusedRequest) and failure.value.deferred:
            state = State.DISCOVERED
        yield Outcome(request.cb_kwargs["url"], source.id, state, reason, detail)


def _batches(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    rest = iter(entries)
    while some := tuple(islice(rest, _AT_ONCE)):
        yield some
