"""Files larger than the memory that a process is allowed are read whole, whatever they hold."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

NQ57 = Path(sys.executable).with_name("nq57")
GIGABYTE = 1 << 30
BODY = 8 << 20
"""A page this long is too much for none of the limits on one page."""
RECORDS = 260
"""Two gigabytes of them."""


def head(number: int) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    warc = [
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Date: 2026-09-29T03:04:05Z",
        f"WARC-Target-URI: http://bao.vn/tin-bai-{number}-123456.html",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(http) + BODY}",
    ]
    return "\r\n".join(warc).encode() + b"\r\n\r\n" + http


def records(*, named: bool) -> Iterator[tuple[bytes, bytes]]:
    name = "<p>Nghị quyết số 57-NQ/TW của Bộ Chính trị.</p>".encode() if named else b"<p>Tin trong ng\xc3\xa0y.</p>"
    body = name + b" " * (BODY - len(name))
    for number in range(RECORDS):
        yield head(number), body + b"\r\n\r\n"


def plain(place: Path) -> Path:
    path = place / "large.warc"
    with path.open("wb") as file:
        for opening, body in records(named=False):
            file.write(opening + body)
    assert path.stat().st_size > 2 * GIGABYTE
    return path


def packed(place: Path) -> Path:
    """Some megabytes that are two gigabytes of pages which all have to be kept, and so one part."""
    path = place / "large.warc.gz"
    with path.open("wb") as file:
        for opening, body in records(named=True):
            file.write(zlib.compress(opening + body, 1, 31))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("make", "state", "count"), [(plain, "unrelated", RECORDS), (packed, "candidate", RECORDS)])
def test_two_gigabytes_are_read_within_one(make, state: str, count: int, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    roster = tmp_path / "sources.yaml"
    roster.write_text(json.dumps([{"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/"}]))
    file = make(tmp_path)
    code = (
        "import sys; from pathlib import Path; from crawler.roster import load_roster\n"
        "from crawler.store.roster import sync_roster\n"
        "from monitor.backfill import backfill; from monitor.runs import running; from monitor.spread import spread\n"
        "roster = load_roster(Path(sys.argv[1]))\n"
        "with running(Path(sys.argv[2]), 'backfill') as run, spread(1) as crew:\n"
        "    sync_roster(run.db, roster); backfill(run, roster, [sys.argv[3]], crew); print(dict(run.counts), run.attention)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, roster, tmp_path / "x.db", file],
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{ {state: count} } []"
