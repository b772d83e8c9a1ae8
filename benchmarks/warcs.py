"""The whole way from WARC records to rows, at 1, 10 and 100 % relevant pages, beside pipelines that extract every page."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.pages import plain_pages, related_pages
from benchmarks.peer import Peer, peers
from benchmarks.turns import Result, in_turns
from crawler.archive import ArchiveWriter
from crawler.clock import now
from crawler.items import Page

KINDS = 20
"""Different pages of each kind; an address each, whoever shows the same page."""
SHARES = {0.01: (500, 25.0), 0.1: (150, 7.5), 1.0: (80, 1.0)}
"""Pages of a file for each share of relevant ones, and how many times the extract-everything pipeline is wanted."""
EXTRACTED = {"own": 16, "news-please": 6}
"""Pages that each peer is given; what is not relevant costs them as much."""


def run() -> Iterator[Result]:
    """CPU time a page, starting left out; then what a second worker costs."""
    plain, related = plain_pages(KINDS), related_pages(KINDS)
    with tempfile.TemporaryDirectory() as folder, peers(("own", "news-please"), "warcs") as (found, absent):
        place = Path(folder)
        one = _file(place / "one", plain, related, 1, 1.0)
        two = _file(place / "two", plain, related, 2, 1.0)
        small = {name: _file(place / f"small-{name}", plain, related, EXTRACTED[name], 0.5) for name in found}
        files = {share: _file(place / f"{share}", plain, related, count, share) for share, (count, _) in SHARES.items()}
        start, start_two = min(_ours(one, 1) for _ in range(2)), _ours(two, 2)
        ways = {f"{share:.0%}": (lambda share=share: _ours(files[share], 1)) for share in SHARES}  # type: ignore[misc]
        ways |= {name: (lambda name=name, peer=peer: _theirs(peer, small[name])) for name, peer in found.items()}  # type: ignore[misc]
        ways["two workers"] = lambda: _ours(files[1.0], 2)
        least = in_turns(ways, 2)
    each = {f"{share:.0%}": (least[f"{share:.0%}"] - start) / (count - 1) for share, (count, _) in SHARES.items()}
    each |= {name: least[name] / EXTRACTED[name] for name in found}
    names = {"own": "FastWARC + trafilatura + SQLite"}
    rates = tuple((names.get(name, name if name in found else f"nq57, {name} relevant"), 1 / cost) for name, cost in each.items())
    told = ", ".join(f"{names.get(name, name)} {1000 * cost:.1f} ms a page" for name, cost in each.items())
    for share, (_, wanted) in SHARES.items():
        what = f"WARC to rows, {share:.0%} relevant: an extract-everything pipeline / nq57"
        first = share == min(SHARES)
        yield Result(
            "warcs", what, each["own"] / each[f"{share:.0%}"], "times", wanted, True,
            "; ".join([told, *absent]) if first else "", "pages a second" if first else "", rates if first else (),
        )  # fmt: skip
        if "news-please" in each:
            what = f"WARC to rows, {share:.0%} relevant: news-please's CC-NEWS reader / nq57"
            yield Result("warcs", what, each["news-please"] / each[f"{share:.0%}"], "times", None, True, "")
    told = f"a page; starting takes {start:.1f} s with one and {start_two:.1f} s with two"
    cost = (least["two workers"] - start_two) / (SHARES[1.0][0] - 2)
    yield Result("warcs", "CPU of two workers / of one", cost / each["100%"], "times", 1.11, False, told)


def _file(place: Path, plain: list[bytes], related: list[bytes], count: int, share: float) -> Path:
    every = round(1 / share)
    with ArchiveWriter(place, 1) as archive:
        for n in range(count):
            body = related[n // every % len(related)] if n % every == 0 else plain[n % len(plain)]
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            archive.write(Page(f"https://bao-{n % 50}.demo/tin-bai-{100_000 + n}.html", 200, headers, body, now()))
    return place / "1-00000.warc.gz"


def _ours(file: Path, workers: int) -> float:
    """CPU seconds of one `nq57 backfill`, with the processes that it starts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-c",
            "from monitor.cli import main; main()",
            "--db",
            f"{folder}/x.db",
            "backfill",
            "--any-host",
        ]
        command += ["--quiet", "--workers", str(workers), str(file)]
        with subprocess.Popen(command) as process:  # noqa: S603 - our own
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} exited {process.returncode}")
    return used.ru_utime + used.ru_stime


def _theirs(peer: Peer, file: Path) -> float:
    count, cpu = peer.ask(file=str(file))
    if not count:
        raise RuntimeError(f"{peer.name} read nothing of {file}")
    return cpu
