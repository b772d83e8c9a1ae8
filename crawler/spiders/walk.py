"""The walk of one crawl: endpoints are asked, what they list is entered into the ledger, what is new is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

from scrapy import Spider
from scrapy.exceptions import CloseSpider

from crawler.extensions import Session
from crawler.items import EndpointKind
from crawler.spiders.articles import Articles
from crawler.spiders.steps import Step, Walk
from crawler.spiders.ways import Ways


class WalkingSpider(Spider):
    """What the spiders of this project have in common; each of them only says which ways it takes into which sources."""

    ways: ClassVar[frozenset[EndpointKind]]
    kinds: ClassVar[frozenset[str]] = frozenset({"press", "portal", "foreign"})
    only_look: ClassVar[bool] = False
    """Endpoints are asked and read, and nothing is fetched that they list or lead to."""

    def __init__(self, source: str = "", **kwargs: Any) -> None:
        """`source`: source ids separated by commas; empty for every source of the roster."""
        super().__init__(**kwargs)
        self._only = tuple(filter(None, source.split(",")))

    async def start(self) -> AsyncIterator[Step]:
        """Every endpoint that is to be visited, then what earlier runs left over."""
        session = Session.of(self.crawler)
        if missing := [name for name in self._only if name not in session.sources]:
            raise CloseSpider(f"unknown source: {', '.join(missing)}")
        chosen = [s for s in session.sources.values() if s.kind in self.kinds and (not self._only or s.id in self._only)]
        walk = Walk(session, self.settings)
        articles = Articles(walk)
        ways = Ways(walk, articles, self.ways, only_look=self.only_look)
        for source in chosen:
            for step in ways.of(source):
                yield step
        for source in chosen:
            for step in articles.left_over(source):
                yield step
