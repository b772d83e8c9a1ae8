"""What a crawl keeps in memory: the most of 10,000 pages beside the most of 100,000, pages small enough to be fetched by hand."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.crawl import memory
from benchmarks.server import HOSTS
from benchmarks.turns import Result


def run() -> Iterator[Result]:
    """Some ten minutes."""
    return memory("long_crawl", 10_000 // HOSTS, 100_000 // HOSTS)
