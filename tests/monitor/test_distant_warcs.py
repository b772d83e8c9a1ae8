"""A WARC file behind an address is read whole, however its server stumbles; an outage is told, and never taken for damage."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from crawler.archive import ArchiveError
from crawler.roster import load_roster
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor import warcs
from monitor.backfill import backfill
from monitor.runs import running
from monitor.spread import spread
from monitor.warcs import opened, size_of

PAGES = 24


def record(number: int) -> bytes:
    text = f"<h1>Tin số {number} hôm nay</h1><p>Nghị quyết số 57-NQ/TW của Bộ Chính trị, bản tin thứ {number}.</p>"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + text.encode()
    head = [
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Date: 2026-09-29T03:04:05Z",
        f"WARC-Target-URI: http://bao.vn/tin-bai-{number}-123456.html",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(http)}",
    ]
    return gzip.compress("\r\n".join(head).encode() + b"\r\n\r\n" + http + b"\r\n\r\n")


BODY = b"".join(map(record, range(PAGES)))


@dataclass
class Server:
    """Gives byte ranges of BODY; `fault` says what becomes of a request, by its number."""

    fault: Callable[[int], str | None] = lambda number: None
    asked: Iterator[int] = field(default_factory=count)
    address: str = ""


@pytest.fixture(params=["http", "s3"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.send_header("Accept-Ranges", "bytes")
            self.end_headers()

        def do_GET(self) -> None:
            fault = made.fault(next(made.asked))
            if fault and fault.isdigit():
                self.send_response(int(fault))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
            assert asked
            low, high = int(asked[1]), min(int(asked[2]), len(BODY) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {low}-{high}/{len(BODY)}")
            self.send_header("Content-Length", str(high - low + 1))
            self.end_headers()
            self.wfile.write(BODY[low : high + 1 if fault is None else low + 1])

        def log_message(self, format: str, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    place = f"http://127.0.0.1:{http.server_port}"
    made.address = f"{place}/news.warc.gz?version=2" if request.param == "http" else "s3://bucket/news.warc.gz"
    for name, value in (("ENDPOINT", place), ("ALLOW_HTTP", "true"), ("SKIP_SIGNATURE", "true"), ("REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    yield made
    http.shutdown()
    http.server_close()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warcs, "_BLOCK", 1_000)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(json.dumps([{"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/"}]))
    return path


@pytest.mark.parametrize("fault", ["503", "429", "cut"])
def test_what_passes_is_waited_for(fault: str, server: Server) -> None:
    server.fault = lambda number: fault if number in (1, 3) else None
    with opened(server.address) as stream:
        assert stream.read() == BODY
    assert size_of(server.address) == len(BODY)


@pytest.mark.parametrize(("fault", "says"), [("403", "403"), ("404", "not found there")])
def test_what_does_not_pass_is_told(fault: str, says: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    if server.address.startswith("s3:"):  # its library does not tell a refusal from a failure by its kind
        monkeypatch.setattr(warcs, "_TRIES", 1)
    server.fault = lambda number: fault
    with pytest.raises(ArchiveError, match=says) as told, opened(server.address) as stream:
        stream.read()
    assert server.address in str(told.value) and next(server.asked) == 1


def test_an_outage_is_no_damage_and_the_next_run_goes_on(
    server: Server, roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warcs, "_TRIES", 1)
    server.fault = lambda number: "503" if number > 5 else None
    taken = []
    for _ in range(2):
        with running(tmp_path / "x.db", "backfill") as run, spread(1) as crew:
            sync_roster(run.db, load_roster(roster))
            backfill(run, load_roster(roster), [server.address], crew, part_bytes=2_000)
            taken.append(run.counts["candidate"])
            told = [line for line in run.attention if server.address in line and "503" in line]
            assert len(told) == len(run.attention) == (1 if len(taken) == 1 else 0)
            assert not run.failures()
        server.fault = lambda number: None
    assert 0 < taken[0] < PAGES and sum(taken) == PAGES
    with closing(open_database(tmp_path / "x.db")) as db:
        assert db.execute("select count(*) from pages where state = 'candidate'").fetchone() == (PAGES,)
