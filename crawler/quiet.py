"""What Scrapy would log of every page in, nothing out: the ledger says it, and making a line that nobody reads takes time."""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter


class Quiet(LogFormatter):
    """Scrapy's messages without the two that come with every page; it makes them whatever the level is."""

    def crawled(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # Scrapy takes None for silence
        """A page was fetched."""

    def scraped(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """An item went through the pipelines."""
