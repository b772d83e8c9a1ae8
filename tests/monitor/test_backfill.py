"""WARC files of others become the same rows whoever reads them, once, whatever is broken in them."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from crawler.archive import iter_stream
from crawler.roster import load_roster
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.backfill import backfill
from monitor.runs import running
from monitor.spread import spread

NQ57 = Path(sys.executable).with_name("nq57")
SYLLABLES = [
    "nông",
    "thôn",
    "hợp",
    "tác",
    "xã",
    "mạng",
    "lưới",
    "trường",
    "học",
    "bản",
    "làng",
    "tin",
    "cậy",
    "mùa",
    "vụ",
    "công",
    "việc",
]
Rows = Callable[[Path], dict[str, list[tuple[object, ...]]]]


def article(number: int, *, named: bool) -> str:
    rng = random.Random(number)
    prose = "</p><p>".join(" ".join(rng.choices(SYLLABLES, k=40)) + "." for _ in range(5))
    name = "<p>Nghị quyết số 57-NQ/TW của Bộ Chính trị được triển khai.</p>" if named else ""
    day = f"2026-09-{1 + number % 28:02d}T08:00:00+07:00"
    head = f"<title>Tin số {number}</title><meta property='article:published_time' content='{day}'>"
    return f"<html><head>{head}</head><body><h1>Tin số {number} hôm nay</h1>{name}<p>{prose}</p></body></html>"


def record(kind: str, headers: dict[str, str], block: bytes, version: str = "1.0") -> bytes:
    lines = {"WARC-Type": kind, "WARC-Date": "2026-09-29T03:04:05Z", "Content-Length": str(len(block)), **headers}
    head = f"WARC/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return head.encode() + block + b"\r\n\r\n"


PLAIN = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
FIELDS = {"Content-Type": "application/warc-fields"}


def response(url: str, body: bytes, http: str = PLAIN, **more: str) -> bytes:
    headers = {"WARC-Target-URI": url, "Content-Type": "application/http; msgtype=response", **more}
    return record("response", headers, http.encode() + b"\r\n" + body)


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))


def news() -> list[bytes]:
    """Records as Common Crawl's writer, warcio, Heritrix and Scrapy's tools have them, of our hosts and of others."""
    records = [record("warcinfo", FIELDS, b"software: StormCrawler\r\nisPartOf: CC-NEWS\r\n")]
    for number in range(60):
        host = ("bao.vn", "m.bao.vn", "khac.example", "cong.gov.vn")[number % 4]
        body = article(number, named=number % 5 == 0).encode()
        url = f"http://{host}/tin-bai-{number}-123456.html"
        asked = {"WARC-Target-URI": url, "Content-Type": "application/http; msgtype=request"}
        records.append(record("request", asked, b"GET / HTTP/1.1\r\n\r\n"))
        match number % 3:
            case 0:
                records.append(response(url, body))
            case 1:
                records.append(response(f"<{url}>", gzip.compress(body), f"{PLAIN}Content-Encoding: gzip\r\n"))
            case 2:
                digest = {"WARC-Payload-Digest": "sha1:X"}
                records.append(response(url, chunked(body), f"{PLAIN}Transfer-Encoding: chunked\r\n", **digest))
        records.append(record("metadata", {"WARC-Target-URI": url, **FIELDS}, b"fetchTimeMs: 12\r\n"))
    gone, picture = PLAIN.replace("200 OK", "404 Not Found"), PLAIN.replace("text/html", "image/png")
    records.append(response("http://bao.vn/mat-roi-123456.html", article(7, named=True).encode(), gone))
    records.append(response("http://bao.vn/anh-57.png", b"Nghi quyet 57", picture))
    records.append(response("dns:bao.vn", b"1.2.3.4"))
    return records


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rows = [
        {"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/"},
        {"id": "cong", "name": "Cổng", "kind": "press", "hosts": ["cong.gov.vn"], "home": "http://cong.gov.vn/"},
    ]
    (tmp_path / "sources.yaml").write_text("\n".join(f"- {json.dumps(row)}" for row in rows), "utf-8")
    (tmp_path / "news.warc.gz").write_bytes(b"".join(gzip.compress(one) for one in news()))
    return tmp_path


def nq57(db: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    given = ["--db", db, "backfill", *arguments, "--roster", db.parent.parent / "sources.yaml", "--json"]
    return subprocess.run([NQ57, *given], capture_output=True, text=True, timeout=180)


@pytest.fixture
def single(place: Path) -> Path:
    db = place / "single" / "x.db"
    result = nq57(db, place / "news.warc.gz")
    assert result.returncode == 0, result.stderr
    return db


@pytest.mark.slow
def test_the_rosters_pages_are_scanned_and_the_candidates_read(single: Path, place: Path, rows_of: Rows) -> None:
    rows = rows_of(single)
    ours = [n for n in range(60) if n % 4 != 2]
    assert len(rows["pages"]) == len(ours)  # no stranger, no picture, no 404, no DNS answer
    assert len(rows["articles"]) == sum(n % 5 == 0 for n in ours)
    assert {row[1] for row in rows["articles"]} == {"bao", "cong"}
    assert all(row[6] == 2 for row in rows["articles"])
    assert {row[2] for row in rows["pages"]} == {"article", "unrelated"}

    again = nq57(single, place / "news.warc.gz")
    assert json.loads(again.stdout)["counts"] == {}
    assert rows_of(single) == rows


@pytest.mark.slow
def test_any_host_brings_the_others_too(place: Path, rows_of: Rows) -> None:
    db = place / "any" / "x.db"
    assert nq57(db, place / "news.warc.gz", "--any-host").returncode == 0
    rows = rows_of(db)
    assert len(rows["pages"]) == 60
    assert {row[1] for row in rows["articles"]} == {"bao", "cong", "host-khac-example"}


@pytest.mark.slow
def test_our_own_archive_gives_the_same_articles(single: Path, place: Path, rows_of: Rows) -> None:
    db = place / "own" / "x.db"
    assert nq57(db, *sorted((single.parent / "archive").glob("*.warc.gz"))).returncode == 0
    assert rows_of(db)["articles"] == rows_of(single)["articles"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_broken_member_and_a_missing_file_cost_only_themselves(workers: str, single: Path, place: Path, rows_of: Rows) -> None:
    members = [gzip.compress(one) for one in news()]
    victim = next(n for n, one in enumerate(news()) if b"msgtype=response" in one and b"//bao.vn/tin-bai-0-" in one)
    members[victim] = members[victim][:60] + b"\xff" * 40 + members[victim][100:]
    (place / "broken.warc.gz").write_bytes(b"".join(members))
    (place / "text.warc").write_text("no archive at all")
    db = place / "broken" / "x.db"
    result = nq57(db, place / "missing.warc.gz", place / "text.warc", place / "broken.warc.gz", "--workers", workers)
    assert result.returncode == 1
    assert "missing.warc.gz" in result.stderr and "broken.warc.gz at byte" in result.stderr and "Traceback" not in result.stderr
    left = [row for row in rows_of(single)["articles"] if "tin-bai-0-" not in row[0]]
    assert [row[0] for row in rows_of(db)["articles"]] == [row[0] for row in left]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_parts_read_by_many_give_the_same_rows(workers: int, single: Path, place: Path, rows_of: Rows) -> None:
    path = place / f"parts{workers}" / "x.db"
    roster = load_roster(place / "sources.yaml")
    with running(path, "backfill") as run, spread(workers) as crew:
        sync_roster(run.db, roster)
        backfill(run, roster, [str(place / "news.warc.gz")], crew, part_bytes=3_000)
        assert run.counts["candidate"] == len(rows_of(single)["articles"])
    assert subprocess.run([NQ57, "--db", path, "process", "--workers", "1"], timeout=60).returncode == 0
    assert rows_of(path) == rows_of(single)


@pytest.mark.slow
def test_a_file_is_known_by_its_place_not_by_the_folder_it_was_named_from(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = load_roster(place / "sources.yaml")
    found = []
    for folder, number in (("a", 1), ("b", 2)):
        (place / folder).mkdir()
        body = article(1, named=True).encode()
        (place / folder / "same.warc").write_bytes(response(f"http://bao.vn/tin-bai-{number}-123456.html", body))
        monkeypatch.chdir(place / folder)
        with running(place / "places" / "x.db", "backfill") as run, spread(1) as crew:
            sync_roster(run.db, roster)
            backfill(run, roster, ["same.warc"], crew)
            found.append(run.counts["candidate"])
    assert found == [1, 1]


def test_every_record_is_in_exactly_one_part(place: Path) -> None:
    file = place / "news.warc.gz"
    size = file.stat().st_size
    with file.open("rb") as stream:
        whole = [(offset, page.url) for offset, page, _ in iter_stream(stream, "x")]
        for part in (500, 1_777, 10_000):
            cut = [
                (offset, page.url)
                for start in range(0, size, part)
                for offset, page, _ in iter_stream(stream, "x", None, start, min(start + part, size))
            ]
            assert cut == whole


@pytest.mark.slow
def test_an_interrupted_backfill_goes_on_where_it_stopped(single: Path, place: Path, rows_of: Rows) -> None:
    path = place / "stopped" / "x.db"
    roster = load_roster(place / "sources.yaml")
    file = str(place / "news.warc.gz")
    seen: list[int] = []

    def stop(done: int, total: int) -> None:
        seen.append(done)
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), running(path, "backfill") as run, spread(1) as crew:
        sync_roster(run.db, roster)
        backfill(run, roster, [file], crew, part_bytes=4_000, on_part=stop)
    with running(path, "backfill") as run, spread(1) as crew:
        backfill(run, roster, [file], crew, part_bytes=4_000, on_part=stop)
    assert seen[:4] == [1, 2, 3, 4]  # the first three parts are not read again
    assert subprocess.run([NQ57, "--db", path, "process", "--workers", "1"], timeout=60).returncode == 0
    assert rows_of(path)["articles"] == rows_of(single)["articles"]


@pytest.fixture
def served(place: Path) -> Iterator[str]:
    """The file behind a server that gives byte ranges."""
    body = (place / "news.warc.gz").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Accept-Ranges", "bytes")
            self.end_headers()

        def do_GET(self) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
            assert asked
            low, high = int(asked[1]), min(int(asked[2] or len(body) - 1), len(body) - 1)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {low}-{high}/{len(body)}")
            self.send_header("Content-Length", str(high - low + 1))
            self.end_headers()
            self.wfile.write(body[low : high + 1])

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/news.warc.gz"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_an_address_is_read_by_byte_ranges(single: Path, place: Path, served: str, rows_of: Rows) -> None:
    db = place / "remote" / "x.db"
    result = nq57(db, served)
    assert result.returncode == 0, result.stderr
    assert rows_of(db) == rows_of(single)


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as made:
        yield made


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows_also_when_a_worker_is_killed(
    single: Path, place: Path, cluster: LocalCluster, rows_of: Rows
) -> None:
    db = place / "dask" / "x.db"
    result = nq57(db, place / "news.warc.gz", "--scheduler", cluster.scheduler_address)
    assert result.returncode == 0, result.stderr
    assert rows_of(db) == rows_of(single)

    again = subprocess.Popen([NQ57, "--db", db, "process", "--all", "--scheduler", cluster.scheduler_address])
    time.sleep(4)
    with Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
    os.kill(victim, signal.SIGKILL)
    assert again.wait(120) == 0
    assert rows_of(db) == rows_of(single)


def test_a_scheduler_that_is_not_there_is_named(place: Path) -> None:
    result = nq57(place / "none" / "x.db", place / "news.warc.gz", "--scheduler", "tcp://127.0.0.1:9")
    assert result.returncode == 1
    assert "tcp://127.0.0.1:9" in result.stderr and "Traceback" not in result.stderr


def test_a_page_is_a_candidate_again_only_when_its_text_is_newer(place: Path) -> None:
    path = place / "newer" / "x.db"
    roster = load_roster(place / "sources.yaml")
    url = "http://bao.vn/tin-bai-1-123456.html"
    older, newer = article(1, named=True).encode(), article(2, named=True).encode()
    files = {}
    for name, body, date in (("a", older, "2026-09-02"), ("b", newer, "2026-09-03"), ("c", older, "2026-09-01")):
        files[name] = place / f"{name}.warc"
        files[name].write_bytes(response(url, body, **{"WARC-Date": f"{date}T00:00:00Z"}))
    for name, expected in (("a", 1), ("a", 0), ("b", 1), ("c", 0)):
        with running(path, "backfill") as run, spread(1) as crew:
            sync_roster(run.db, roster)
            backfill(run, roster, [f"{files[name]}"], crew)
            run.db.execute("delete from backfills")
            assert run.counts["candidate"] == expected, name
    db = open_database(path)
    assert db.execute("select count(*), max(fetched_at) from pages").fetchone() == (1, "2026-09-03T07:00:00+07:00")
    db.close()


def test_a_bomb_in_an_archive_is_skipped(place: Path) -> None:
    bomb = gzip.compress(b"0" * (70 << 20))
    packed = response(
        "http://bao.vn/bom-123456.html", bomb, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    )
    good = response("http://bao.vn/tot-123456.html", article(3, named=True).encode())
    file = place / "bomb.warc.gz"
    file.write_bytes(b"".join(zlib.compress(one, wbits=31) for one in (packed, good)))
    with running(place / "bomb" / "x.db", "backfill") as run, spread(1) as crew:
        roster = load_roster(place / "sources.yaml")
        sync_roster(run.db, roster)
        backfill(run, roster, [str(file)], crew)
        assert run.counts["candidate"] == 1
        assert any("too large" in line for line in run.attention)
