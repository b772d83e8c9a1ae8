"""A served site and its database in, how it bears a crowd out: heavy searches at once, a crawl that writes, memory a request."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count, pairwise
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

from benchmarks.served import Served
from benchmarks.turns import Result

AT_ONCE = 8
LOOKS = 60
"""Times that the dashboard is looked at meanwhile."""
REMEMBERED = 300
"""Search pages that are asked for again, for the rate."""
_WRITTEN = 20
"""Articles in one transaction of the crawl."""
_PAUSE_S = 0.2
"""Between two of its transactions: some hundred articles a second, more than polite crawling brings."""


def run(site: Served, path: Path, terms: Sequence[str]) -> Iterator[Result]:
    """What is wanted of the site when many come at once, all on one database that is written to."""
    yield from _remembered(site, terms)
    yield from _memory(site, terms)
    yield from _crowded(site, path, terms)


def _remembered(site: Served, terms: Sequence[str]) -> Iterator[Result]:
    pages = [f"/tim?q={quote(term)}" for term in terms]
    for page in pages:
        site.get(page)
    before = site.cpu()
    for n in range(REMEMBERED):
        site.get(pages[n % len(pages)])
    rate = REMEMBERED / (site.cpu() - before)
    yield Result("search", "search pages a CPU second, remembered", rate, "", 70, True, f"{REMEMBERED} pages of {len(pages)}")


def _memory(site: Served, terms: Sequence[str]) -> Iterator[Result]:
    asked = [
        *("/", "/tim", "/co-quan", "/tinh-trang", "/muc-tieu", "/tim.json?all=1", "/tim.csv?all=1", "/tim.atom?all=1"),
        *(f"/tim?q={quote(one)}+OR+{quote(other)}&time=all&sort=date" for one, other in pairwise(terms)),
        *(f"/nq57/{table}.json?_size=max" for table in ("articles", "evidence", "pages")),
    ]
    added = {page: site.added(page) for page in asked}
    worst = max(added, key=lambda page: added[page])
    yield Result("search", "most memory that one request adds", added[worst], "MB", 50, False, f"{len(asked)} requests; {worst}")


def _crowded(site: Served, path: Path, terms: Sequence[str]) -> Iterator[Result]:
    number, stop = count(), threading.Event()
    statuses: list[int] = []

    def search() -> None:
        while not stop.is_set():
            n = next(number)
            # Each question is a new one, so that none is answered from memory.
            asked = f"{terms[n % len(terms)]} OR {terms[n * 7 % len(terms)]} -{n}"
            statuses.append(site.get(f"/tim?q={quote(asked)}&time=all").status)

    def look() -> float:
        begun = time.monotonic()
        if (status := site.get("/").status) != 200:
            raise RuntimeError(f"the dashboard answers {status}")
        return time.monotonic() - begun

    with _crawling(path, stop) as written, ThreadPoolExecutor(AT_ONCE) as crowd:
        busy = [crowd.submit(search) for _ in range(AT_ONCE)]
        try:
            time.sleep(1)
            took = [look() for _ in range(LOOKS)]
        finally:
            stop.set()
        for one in busy:
            one.result()
    shed = statuses.count(503)
    other = len(statuses) - shed - statuses.count(200)
    of = f"{len(statuses)} searches, {shed} of them asked to come back, {other} failed; {written()} articles written"
    p95 = quantiles(took, n=20)[-1] * 1e3
    yield Result("search", f"dashboard beside {AT_ONCE} searches and a crawl, 95 of 100", p95, "ms by the clock", 100, False, of)


@contextmanager
def _crawling(path: Path, stop: threading.Event) -> Iterator[Callable[[], int]]:
    """Articles whose words change, a transaction after the other, as a crawl that finds them again would write them."""
    done = 0

    def write() -> None:
        nonlocal done
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.execute("pragma synchronous = normal")
            last = connection.execute("select max(id) from articles").fetchone()[0]
            while not stop.wait(_PAUSE_S):
                connection.execute("begin immediate")
                first = last - (done + _WRITTEN) % 10_000
                connection.execute(
                    "update articles set title = title || ' ·' where id between ? and ?", (first, first + _WRITTEN - 1)
                )
                connection.execute("commit")
                done += _WRITTEN

    writer = threading.Thread(target=write, name="crawl")
    writer.start()
    try:
        yield lambda: done
    finally:
        stop.set()
        writer.join()
