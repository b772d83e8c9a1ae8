"""Addresses in, the number of articles that each peer fetched and extracted out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lines import serve

THREADS = 4
Fetch = Callable[[list[str]], int]


def _newspaper4k() -> Fetch:
    import newspaper

    settings = newspaper.Config()
    settings.fetch_images = False
    settings.memorize_articles = False

    def one(address: str) -> bool:
        article = newspaper.Article(address, config=settings)
        article.download()
        article.parse()
        return bool(article.text)

    def fetch(addresses: list[str]) -> int:
        with ThreadPoolExecutor(THREADS) as pool:
            return sum(pool.map(one, addresses))

    return fetch


def _news_please() -> Fetch:
    from newsplease import NewsPlease

    def fetch(addresses: list[str]) -> int:
        found = NewsPlease.from_urls(addresses, {"timeout": 60}, fetch_images=False)
        return sum(bool(article and article.maintext) for article in found.values())

    return fetch


def main() -> None:
    """Serve the peer named."""
    fetch = {"newspaper4k": _newspaper4k, "news-please": _news_please}[sys.argv[1]]()

    def work(question: dict[str, Any]) -> int:
        return fetch(question["addresses"])

    serve(work)


if __name__ == "__main__":
    main()
