"""Every endpoint asked and read once, nothing fetched that it lists: what `nq57 sources check` runs."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import Response

from crawler.items import Visit
from crawler.spiders.walk import Step, WalkingSpider
from crawler.store.endpoints import Endpoint


class CheckSpider(WalkingSpider):
    """`scrapy crawl check -a source=ID[,ID]`; its database should be a new one, for what it sees is no crawl."""

    name = "check"
    ways = frozenset({"home", "feed", "sitemap", "listing", "column"})

    def on_endpoint(self, response: Response, endpoint: Endpoint, n: int) -> Iterator[Step]:
        """One answer of an endpoint: the visit alone."""
        return (step for step in super().on_endpoint(response, endpoint, n) if isinstance(step, Visit))
