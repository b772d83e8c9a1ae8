"""The scan beside a full extraction, on pages that it has to read to the end."""

from __future__ import annotations

from collections.abc import Callable

import trafilatura

from benchmarks.pages import dense_pages, plain_pages
from benchmarks.turns import Result, cpu_of, in_turns
from crawler.scan import Scanner

PAGES = 12


def run() -> list[Result]:
    """How many times as long trafilatura takes, with and without metadata."""
    return [*_compared("plain pages", plain_pages(PAGES)), *_compared("pages dense with khoa, số and 57", dense_pages(PAGES))]


def _compared(kind: str, pages: list[bytes]) -> list[Result]:
    scanner = Scanner()

    def each(work: Callable[[bytes], object]) -> Callable[[], float]:
        return lambda: cpu_of(lambda: [work(page) for page in pages])

    ways = {
        "scan": each(scanner.matches),
        "full": each(lambda page: trafilatura.bare_extraction(page, with_metadata=True)),
        "text": each(trafilatura.extract),
    }
    least = in_turns(ways)
    per_page = {name: 1000 * seconds / len(pages) for name, seconds in least.items()}
    told = (
        f"scan {per_page['scan']:.2f} ms, extraction {per_page['full']:.1f} ms, its text alone {per_page['text']:.1f} ms a page"
    )
    kept = sum(map(scanner.matches, pages))
    return [
        Result(
            "scan", f"full extraction / scan, {kind}", least["full"] / least["scan"], "times", 100, True, f"{told}; {kept} kept"
        )
    ]
