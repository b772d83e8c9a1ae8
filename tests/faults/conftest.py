"""The whole bed, crawled by the real command in one run, with its memory watched."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bed import Bed, Serve, Wire
from tests.faults.more import ALL
from tests.faults.scenarios import FORBIDDEN, Scenario, article, bomb, feed, host

NQ57 = Path(sys.executable).with_name("nq57")
GOOD = 8
"""Sources without any fault beside the others."""
ARTICLES = 12


@dataclass(slots=True)
class Crawl:
    """What one `nq57 crawl` did and took."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int
    """Bytes of resident memory, the whole process tree at its largest."""
    own: int
    """The same of the crawl process alone."""
    db: Path
    rows: list[dict[str, Any]] = field(default_factory=list)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the crawl's database."""
        with sqlite3.connect(self.db) as db:
            return db.execute(sql, values).fetchall()


def crawl(roster: Path, db: Path, *more: str, stop: tuple[float, signal.Signals] | None = None, command: str = "crawl") -> Crawl:
    """Run the command; `stop`: a signal after so many seconds."""
    line = [NQ57, "--db", db, "--json", command, "--roster", roster, *more]
    began = time.monotonic()
    with subprocess.Popen(list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        peak = [0, 0]
        watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watch.start()
        if stop is not None:
            time.sleep(stop[0])
            process.send_signal(stop[1])
            began = time.monotonic()
        try:
            out, err = process.communicate(timeout=350)
        finally:
            process.kill()
        watch.join(5)
    return Crawl(process.returncode, out, err, time.monotonic() - began, peak[0], peak[1], db)


def loopback(*more: str) -> tuple[str, ...]:
    """The options with which the bed is crawled."""
    return ("--allow-address", "127.0.0.0/8", "--delay", "0", "--timeout", "5", *more)


def source(name: str, address: str, port: int, **more: object) -> dict[str, object]:
    """A roster entry of one host; YAML reads JSON."""
    base = f"http://{f'[{address}]' if ':' in address else address}:{port}"
    entry: dict[str, object] = {
        "id": name,
        "name": name,
        "kind": "press",
        "key_press": False,
        "agency": None,
        "languages": ["vi"],
    }
    return entry | {"hosts": [address], "home": f"{base}/", "feeds": [f"{base}/feed.xml"]} | more


def write_roster(path: Path, entries: list[dict[str, object]]) -> Path:
    """The sources file of a crawl."""
    path.write_text(json.dumps(entries, ensure_ascii=False), "utf-8")
    return path


def good_host(wire: Wire) -> Any:
    """A host where everything is as it should be."""
    scheme = "https" if wire.writer.get_extra_info("ssl_object") else "http"
    base = f"{scheme}://{wire.ask.host}:{wire.ask.port}"
    if wire.ask.path == "/feed.xml":
        return wire.answer(
            feed([f"{base}/tin/nghi-quyet-57-{100000 + n}.html" for n in range(ARTICLES)]), kind="application/rss+xml"
        )
    if wire.ask.path.startswith("/tin/"):
        return wire.answer(article())
    return wire.answer("không có", "404 Not Found")


def address_of(number: int) -> str:
    """The host of the numbered scenario."""
    return f"127.0.{20 + number // 200}.{number % 200 + 1}"


@dataclass(slots=True)
class Whole:
    """The bed after the run."""

    bed: Bed
    crawl: Crawl


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Every scenario and every good source in one run."""
    for encoding in ("gzip", "deflate", "br", "zstd"):
        bomb(encoding)  # made beforehand, so that the bed never stops to think
    hosts: dict[str, Serve] = {address_of(n): host(scenario) for n, scenario in enumerate(ALL)}
    hosts |= {f"127.0.50.{n + 1}": good_host for n in range(GOOD)}
    with Bed(hosts, traps=(FORBIDDEN, "127.0.0.1")) as bed:
        entries = [_entry(n, scenario, bed.port) for n, scenario in enumerate(ALL)]
        entries += [source(f"good-{n}", f"127.0.50.{n + 1}", bed.port) for n in range(GOOD)]
        entries += [
            source("roster-private", "10.1.2.3", bed.port),
            source("roster-metadata", "169.254.169.254", bed.port),
            source("roster-ipv6", "::1", bed.port),
            source("roster-unknown-name", "khong-co-ten-nay.invalid", bed.port),
        ]
        place = tmp_path_factory.mktemp("bed")
        # Time enough for a busy machine to take in what is too large before it is too slow.
        yield Whole(bed, crawl(write_roster(place / "sources.yaml", entries), place / "x.db", *loopback("--timeout", "15")))


def _entry(number: int, scenario: Scenario, port: int) -> dict[str, object]:
    address = address_of(number)
    more = {"sitemaps": [f"http://{address}:{port}/sitemap.xml"]} if scenario.place == "sitemap" else {}
    return source(scenario.name, address, port, **more)


def _watch(process: subprocess.Popen[str], peak: list[int]) -> None:
    while process.poll() is None:
        sizes = [_resident(pid) for pid in _tree(process.pid)]
        peak[:] = max(peak[0], sum(sizes)), max(peak[1], sizes[0])
        time.sleep(0.05)


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
