"""The crawl beside Scrapy: CPU time a page of fetching, scanning and archiving pages of 250 kB of which 1 % matter."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.pages import SIZE
from benchmarks.server import HOSTS, article, host
from benchmarks.turns import Result, in_turns

ARTICLES = 30
"""Of each host; the slow peer gets a part of them."""
EXTRACTED = 3
SMALL = 4_000
"""Bytes of a page where only memory counts."""


def run() -> Iterator[Result]:
    """CPU time a page beside both peers, then the memory of a short and a long crawl."""
    with _web(ARTICLES, SIZE, HOSTS), tempfile.TemporaryDirectory() as place:
        roster = _roster(Path(place), HOSTS)
        start = {way: _crawl(roster, Path(place) / f"start-{way}", sources="host-0")[0] for way in ("own",)}
        pages = ARTICLES * HOSTS
        turns = 0

        def own() -> float:
            nonlocal turns
            turns += 1
            # A crawl of one source of the roster is what starting, the roster and the sitemaps cost.
            return (_crawl(roster, Path(place) / str(turns))[0] - start["own"]) / (pages - ARTICLES)

        empty = _peer("plain", [])[0]
        least = in_turns(
            {
                "own": own,
                "plain": lambda: (_peer("plain", _addresses(ARTICLES))[0] - empty) / pages,
                "extracting": lambda: (_peer("extracting", _addresses(EXTRACTED))[0] - empty) / (EXTRACTED * HOSTS),
            },
            2,
        )
    each = {way: 1000 * seconds for way, seconds in least.items()}
    told = f"{each['own']:.1f} ms a page, Scrapy {each['plain']:.1f}, with trafilatura {each['extracting']:.1f}"
    yield Result(
        "crawl", "Scrapy + trafilatura + metadata / nq57 crawl", least["extracting"] / least["own"], "times", 15, True, told
    )
    yield Result("crawl", "Scrapy that stores nothing / nq57 crawl", least["plain"] / least["own"], "times", 1, True, told)
    yield from _memory()


def _memory() -> Iterator[Result]:
    grown: dict[int, float] = {}
    for articles in (25, 250):
        with _web(articles, SMALL, HOSTS), tempfile.TemporaryDirectory() as place:
            grown[articles * HOSTS] = _crawl(_roster(Path(place), HOSTS), Path(place) / "db")[1]
    (few, low), (many, high) = grown.items()
    yield Result("crawl", f"most memory of a crawl of {many:,} pages", high, "MB", 400, False, f"{low:.0f} MB with {few:,} pages")


def _addresses(count: int) -> list[str]:
    return [f"http://{host(h)}:8190{article(n)}" for n in range(1, count + 1) for h in range(HOSTS)]


@contextlib.contextmanager
def _web(articles: int, size: int, hosts: int) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.server", str(articles), str(size), str(hosts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield
        finally:
            server.terminate()


def _roster(place: Path, hosts: int) -> Path:
    rows = [
        {
            "id": f"host-{n}",
            "name": f"Báo {n}",
            "kind": "press",
            "hosts": [host(n)],
            "home": f"http://{host(n)}:8190/",
            "sitemaps": [{"url": f"http://{host(n)}:8190/sitemap.xml", "verified": "2026-01-01"}],
        }
        for n in range(hosts)
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


def _peer(spider: str, addresses: list[str]) -> tuple[float, float]:
    return _measured([sys.executable, "-m", "benchmarks.peers", spider], "\n".join(addresses))


def _measured(command: list[str], given: str) -> tuple[float, float]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        assert process.stdin is not None
        process.stdin.write(given.encode())
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} exited {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
