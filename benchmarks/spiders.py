"""What the crawl is measured against: Scrapy that stores nothing, Scrapy that extracts every page, our own fetching alone."""

from __future__ import annotations

import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.extensions import Session
from monitor.crawl import CrawlOptions, scrapy_settings


class PlainSpider(Spider):
    """Fetches every address of its list and keeps nothing."""

    name = "plain"

    def __init__(self, addresses: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._addresses = addresses

    async def start(self) -> AsyncIterator[Request]:
        """Every address once."""
        for address in self._addresses:
            yield Request(address)

    def parse(self, response: Response) -> None:
        """Nothing is done with the page."""


class ExtractingSpider(PlainSpider):
    """Extracts text and metadata of every page in the callback."""

    name = "extracting"

    def parse(self, response: Response) -> None:
        """The text, its title and date."""
        trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)


class FetchingSpider(PlainSpider):
    """Fetches every address of its list as the crawl does, through the guard, robots.txt and courtesy, and keeps nothing."""

    name = "fetching"

    async def start(self) -> AsyncIterator[Request]:
        """Every address once, each as a page of its source."""
        owners = {host: source.id for source in Session.of(self.crawler).sources.values() for host in source.hosts}
        for address in self._addresses:
            yield Request(address, meta={"source_id": owners[urlsplit(address).hostname or ""]})


SPIDERS = {spider.name: spider for spider in (PlainSpider, ExtractingSpider, FetchingSpider)}


def main() -> None:
    """Run the spider named first over the addresses on standard input; print CPU seconds and the most memory in MB.

    For `fetching` a roster and a database follow its name.
    """
    name, *paths = sys.argv[1:]
    addresses = sys.stdin.read().split()
    if name == FetchingSpider.name:
        roster, db = map(Path, paths)
        settings: Any = scrapy_settings(db, 0, CrawlOptions(roster, delay=0, allow_addresses=("127.0.0.0/8",), progress=False))
    else:
        # As a new project has it, but for what would only make it wait.
        settings = {"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 64, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}
    process = AsyncCrawlerProcess(settings)
    process.crawl(SPIDERS[name], addresses=addresses)
    process.start()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
