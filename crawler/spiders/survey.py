"""One site in, from its home page; the feeds, sitemaps, sections and columns that it really has out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.discover import proposals
from crawler.discover.proposals import MAX_FEEDS, USUAL_FEEDS, USUAL_SITEMAPS, HomePage
from crawler.download import reason_of
from crawler.extensions import Session
from crawler.guard import Refused
from crawler.items import EndpointKind, Found, Page, Unreadable
from crawler.spiders.reading import page_of, read_feed_links, read_home, read_proposal
from crawler.urls import canonical, twins

if TYPE_CHECKING:
    from twisted.python.failure import Failure

FEWEST_ENTRIES = 3
"""Entries that make a menu's page a listing; a page about the site itself has none outside its furniture."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An endpoint that was fetched and read; `rank` is the order in which it was found."""

    kind: EndpointKind
    url: str
    items: int
    children: int
    title: str | None
    rank: int


class SurveySpider(Spider):
    """`scrapy crawl survey` with a roster of one source; yields no items: what it found is in `proposals`."""

    name = "survey"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.home: HomePage | None = None
        self.trouble = "no answer"
        """Why there is no home page."""
        self.proposals: list[Proposal] = []
        self._asked: set[str] = set()
        self._shown: dict[tuple[str, ...], int] = {}

    @property
    def session(self) -> Session:
        """The crawl's roster of one, and its guard."""
        return Session.of(self.crawler)

    async def start(self) -> AsyncIterator[Request]:
        """The home page; everything else comes from it."""
        for source in self.session.sources.values():
            yield self._request(source.home, "home")

    def _request(self, url: str, kind: EndpointKind, **more: Any) -> Request:
        (source_id,) = self.session.sources
        limit = {"download_maxsize": self.settings.getint("NQ57_DOCUMENT_MAXSIZE")} if kind == "sitemap" else {}
        return Request(
            url,
            callback=self.on_home if kind == "home" else self.on_answer,
            errback=self.on_failure,
            meta={"source_id": source_id, **limit},
            cb_kwargs={"kind": kind, "rank": len(self._asked), **more},
        )

    def _ask(self, urls: Iterable[str], kind: EndpointKind) -> Iterator[Request]:
        (reach,) = self.session.reach.values()
        for url in urls:
            key = canonical(url)
            if key is None or self._asked.intersection(twins(key)):
                continue
            try:
                self.session.guard.check_url(url, reach)
            except Refused:
                continue
            self._asked.add(key)
            yield self._request(url, kind)

    async def on_home(self, response: Response, kind: EndpointKind, rank: int) -> AsyncIterator[Request]:
        """What the home page offers, and what such sites usually have."""
        page = page_of(response)
        if response.status != 200:
            self.trouble = f"answered {response.status}"
            return
        try:
            self.home = home = await self.session.apart.call(read_home, page)
        except Unreadable as error:
            self.trouble = str(error)
            return
        self._asked.add(canonical(page.url) or page.url)
        robots = urljoin(page.url, "/robots.txt")
        for request in (
            *self._ask(home.columns, "column"),
            *self._ask((*home.feeds, *proposals.usual(USUAL_FEEDS, page.url)), "feed"),
            self._request(robots, "sitemap").replace(
                callback=self.on_robots, meta={"is_robots": True, "source_id": response.meta["source_id"]}
            ),
            *self._ask(home.sections, "listing"),
        ):
            yield request

    def on_robots(self, response: Response, kind: EndpointKind, rank: int) -> Iterator[Request]:
        """The sitemaps that robots.txt names, else the usual ones."""
        named = proposals.sitemaps_in(response.body, response.url) if response.status == 200 else ()
        yield from self._ask(named or proposals.usual(USUAL_SITEMAPS, response.url), "sitemap")

    async def on_answer(self, response: Response, kind: EndpointKind, rank: int) -> AsyncIterator[Request]:
        """One address that may be an endpoint: a proposal if it is one, its own links if it lists feeds."""
        page = page_of(response)
        if response.status != 200 or self._is_home(page):
            return
        try:
            found = await self.session.apart.call(read_proposal, kind, page)
        except Unreadable:
            if kind == "feed" and len(self._asked) < 2 * MAX_FEEDS:
                for request in self._ask(await self._feeds_on(page), "feed"):
                    yield request
            return
        enough = FEWEST_ENTRIES if kind == "listing" else 1
        if len(found.entries) < enough and not (kind == "sitemap" and found.more):
            return
        self._propose(Proposal(kind, page.url, len(found.entries), len(found.more), found.title, rank), found)

    async def _feeds_on(self, page: Page) -> tuple[str, ...]:
        try:
            return await self.session.apart.call(read_feed_links, page)
        except Unreadable:
            return ()

    def _propose(self, proposal: Proposal, found: Found) -> None:
        """Of several addresses that list the very same, the one found first stays."""
        shown = (proposal.kind, *(entry.url for entry in found.entries), *found.more)
        if shown not in self._shown:
            self._shown[shown] = len(self.proposals)
            self.proposals.append(proposal)
        elif proposal.rank < self.proposals[self._shown[shown]].rank:
            self.proposals[self._shown[shown]] = proposal

    def _is_home(self, page: Page) -> bool:
        (source,) = self.session.sources.values()
        return canonical(page.url) in twins(canonical(source.home) or source.home)

    def on_failure(self, failure: Failure) -> None:
        """An address that could not be asked is no proposal; without a home page there is none at all."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if request.cb_kwargs["kind"] == "home":
            reason, detail = reason_of(failure.value, urlsplit(request.url).hostname or "")
            self.trouble = f"{reason.value}: {detail}"
