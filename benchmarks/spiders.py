"""What the crawl is measured against: a Scrapy spider that stores nothing, and one that extracts every page."""

from __future__ import annotations

import resource
import sys
from collections.abc import AsyncIterator
from typing import Any

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


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


def main() -> None:
    """Run the spider named first over the addresses on standard input; print CPU seconds and the most memory in MB."""
    addresses = sys.stdin.read().split()
    spider = {"plain": PlainSpider, "extracting": ExtractingSpider}[sys.argv[1]]
    # As a new project has it, but for what would only make it wait.
    process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 64, "CONCURRENT_REQUESTS_PER_DOMAIN": 8})
    process.crawl(spider, addresses=addresses)
    process.start()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
