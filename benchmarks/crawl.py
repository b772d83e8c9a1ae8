"""The crawl beside Scrapy: CPU time a page of fetching alone, and of fetching, scanning and archiving where 1 % matter."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import yaml

from benchmarks.pages import SIZE
from benchmarks.peer import Peer, peers
from benchmarks.server import HOSTS, article, host
from benchmarks.turns import Result, in_turns

ARTICLES = 30
"""Of each host; the slow peer gets a part of them."""
EXTRACTED = 1
FETCHED = {"newspaper4k": 16, "news-please": 16}
"""Pages that these slower peers are given."""
SMALL = 4_000
"""Bytes of a page where only memory counts."""


def run() -> Iterator[Result]:
    """CPU time a page beside every peer, then the memory of a short and a long crawl."""
    with (
        _web(ARTICLES, SIZE, HOSTS) as port,
        tempfile.TemporaryDirectory() as place,
        peers(("newspaper4k", "news-please"), "fetching") as (found, absent),
    ):
        roster = _roster(Path(place), port)
        # A crawl of one source of the roster is what starting, the roster and the sitemaps cost.
        start = min(_crawl(roster, Path(place) / f"start-{n}", sources="host-0")[0] for n in range(2))
        pages = ARTICLES * HOSTS
        number = count()
        empty = _peer("plain", [])[0]
        first = _addresses(1, port)
        fresh = min(_fetching(roster, Path(place) / f"fresh-{n}.db", first)[0] for n in range(2))
        slow = {name: _addresses(1, port)[:few] for name, few in FETCHED.items()}
        ways = {
            "nq57 crawl": lambda: (_crawl(roster, Path(place) / str(next(number)))[0] - start) / (pages - ARTICLES),
            "Scrapy that stores nothing": lambda: (_peer("plain", _addresses(ARTICLES, port))[0] - empty) / pages,
            # Without starting, the roster and robots.txt, which the first page of each host needs.
            "fetching alone": lambda: (
                (_fetching(roster, Path(place) / f"{next(number)}.db", _addresses(ARTICLES, port))[0] - fresh) / (pages - HOSTS)
            ),
            "Scrapy + trafilatura": lambda: (_peer("extracting", _addresses(EXTRACTED, port))[0] - empty) / (EXTRACTED * HOSTS),
        }
        ways |= {name: (lambda name=name, peer=peer: _fetched(peer, slow[name])) for name, peer in found.items()}  # type: ignore[misc]
        least = in_turns(ways, 2)
    told = ", ".join(f"{way} {1000 * seconds:.1f} ms a page" for way, seconds in least.items())
    rates = tuple((way, 1 / seconds) for way, seconds in least.items())
    own = least["nq57 crawl"]
    extracting = least["Scrapy + trafilatura"] / own
    what = "Scrapy + trafilatura + metadata / nq57 crawl"
    yield Result("crawl", what, extracting, "times", 15, True, "; ".join([told, *absent]), "pages a second", rates)
    yield Result(
        "crawl", "Scrapy that stores nothing / nq57 crawl", least["Scrapy that stores nothing"] / own, "times", 1, True, ""
    )
    fetched = least["Scrapy that stores nothing"] / least["fetching alone"]
    yield Result("crawl", "Scrapy that stores nothing / nq57's fetching alone", fetched, "times", 2.2, True, "")
    for name, wanted in {"newspaper4k": 35, "news-please": 80}.items():
        ratio = least[name] / own if name in least else float("nan")
        yield Result("crawl", f"{name}, fetched and extracted / nq57 crawl", ratio, "times", wanted, True, "")
    yield from memory("crawl", 25, 250)


def _fetched(peer: Peer, addresses: list[str]) -> float:
    """CPU seconds a page. Raises RuntimeError when nothing was extracted: then nothing was measured."""
    got, cpu = peer.ask(addresses=addresses)
    if not got:
        raise RuntimeError(f"{peer.name} fetched nothing")
    return cpu / len(addresses)


def memory(benchmark: str, *sizes: int) -> Iterator[Result]:
    """The most memory of crawls that fetch so many small pages of each host, the largest beside the smallest."""
    grown: dict[int, float] = {}
    for articles in sizes:
        with _web(articles, SMALL, HOSTS) as port, tempfile.TemporaryDirectory() as place:
            grown[articles * HOSTS] = _crawl(_roster(Path(place), port), Path(place) / "db")[1]
    (few, low), *_, (many, high) = grown.items()
    yield Result(
        benchmark, f"most memory of a crawl of {many:,} pages", high, "MB", 400, False, f"{low:.0f} MB with {few:,} pages"
    )


def _addresses(count: int, port: int) -> list[str]:
    return [f"http://{host(h)}:{port}{article(n)}" for n in range(1, count + 1) for h in range(HOSTS)]


@contextlib.contextmanager
def _web(articles: int, size: int, hosts: int) -> Iterator[int]:
    """The port on which all its hosts listen."""
    command = [sys.executable, "-m", "benchmarks.server", str(articles), str(size), str(hosts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _roster(place: Path, port: int) -> Path:
    rows = [
        {
            "id": f"host-{n}",
            "name": f"Báo {n}",
            "kind": "press",
            "hosts": [host(n)],
            "home": f"http://{host(n)}:{port}/",
            "sitemaps": [{"url": f"http://{host(n)}:{port}/sitemap.xml", "verified": "2026-01-01"}],
        }
        for n in range(HOSTS)
    ]
    path = place / "sources.yaml"
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return path


def _crawl(roster: Path, place: Path, sources: str = "") -> tuple[float, float]:
    """CPU seconds and the most memory in MB of one `nq57 crawl`."""
    command = [
        sys.executable,
        "-c",
        "from monitor.cli import main; main()",
        "crawl",
        "--quiet",
        "--db",
        str(place / "nq57.db"),
        "--roster",
        str(roster),
    ]
    command += ["--delay", "0", "--allow-address", "127.0.0.0/8", *(("--source", sources) if sources else ())]
    return _measured(command, "")


def _fetching(roster: Path, db: Path, addresses: list[str]) -> tuple[float, float]:
    return _measured([sys.executable, "-m", "benchmarks.spiders", "fetching", str(roster), str(db)], "\n".join(addresses))


def _peer(spider: str, addresses: list[str]) -> tuple[float, float]:
    return _measured([sys.executable, "-m", "benchmarks.spiders", spider], "\n".join(addresses))


def _measured(command: list[str], given: str) -> tuple[float, float]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        assert process.stdin is not None
        process.stdin.write(given.encode())
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} exited {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
