"""What the archive promises: pages come back as they were, files stay readable after a kill, damage costs one record."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive import ArchiveError, ArchiveWriter, Origin, cut_torn_tail, iter_origins, iter_pages, read_record
from crawler.items import Page

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FETCHED = datetime(2026, 10, 31, 9, 30, 15, 123456, tzinfo=VIETNAM)


def page(n: int = 0, body: bytes = b"<html>Ngh\xe1\xbb\x8b quy\xe1\xba\xbft 57</html>") -> Page:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"), ("Content-Length", "41"))
    return Page(f"http://song-viet.vn.demo/bai-{n}.html", 200, headers, body, FETCHED)


def write(directory: Path, pages: list[Page], run_id: str = "run-1") -> list[tuple[str, int]]:
    with ArchiveWriter(directory, run_id) as writer:
        return [writer.write(p) for p in pages]


def test_a_page_comes_back_as_it_went_in(tmp_path: Path) -> None:
    places = write(tmp_path, [page(1), page(2, b""), page(3, os.urandom(70_000))])
    assert [read_record(tmp_path, *place).url for place in places] == [page(n).url for n in (1, 2, 3)]
    assert read_record(tmp_path, *places[0]) == page(1)
    assert read_record(tmp_path, *places[1]).body == b""


def test_places_equal_those_of_a_sequential_read(tmp_path: Path) -> None:
    places = write(tmp_path, [page(n) for n in range(5)])
    assert [offset for offset, _ in iter_pages(tmp_path / places[0][0])] == [offset for _, offset in places]


def test_a_note_is_told_to_those_who_ask_and_is_no_page(tmp_path: Path) -> None:
    origin = Origin("song-viet", page(1).url, "feed", "http://song-viet.vn.demo/rss", "Tin\nmới", "2025-09-11T11:10:00+07:00")
    with ArchiveWriter(tmp_path, "run-1") as writer:
        writer.note(origin)
        place = writer.write(page(1), origin)
        writer.note(replace(origin, published="2025-09-10"))
    told: list[Origin] = []
    assert [found for _, found, _ in iter_origins(tmp_path / place[0], on_note=told.append)] == [page(1)]
    assert [note.published for note in told] == ["2025-09-11T11:10:00+07:00", "2025-09-10"] and told[0].title == "Tin mới"
    damage: list[ArchiveError] = []
    assert [found for _, found in iter_pages(tmp_path / place[0], damage.append)] == [page(1)]
    assert (damage, cut_torn_tail(tmp_path / place[0])) == ([], 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    body=st.binary(max_size=300),
    status=st.integers(min_value=100, max_value=599),
    headers=st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True).filter(lambda n: not n.lower().startswith("x-crawler")),
            st.from_regex(r"[!-~À-ỹ]([ -~À-ỹ]{0,20}[!-~À-ỹ])?", fullmatch=True),
        ),
        max_size=5,
    ),
)
def test_any_response_survives_the_round_trip(tmp_path: Path, body: bytes, status: int, headers: list[tuple[str, str]]) -> None:
    original = Page("https://mst.gov.vn.demo/x?a=1", status, tuple(headers), body, FETCHED)
    ((file, offset),) = write(tmp_path, [original])
    assert read_record(tmp_path, file, offset) == original


def test_the_file_opens_with_warcinfo_and_is_one_member_a_record(tmp_path: Path) -> None:
    (file, _), (_, second) = write(tmp_path, [page(1), page(2)])
    with (tmp_path / file).open("rb") as stream:
        assert [str(r.record_type) for r in ArchiveIterator(stream)] == ["warcinfo", "response", "response"]
    assert gzip.decompress((tmp_path / file).read_bytes()[second:]).startswith(b"WARC/1.1\r\nWARC-Type: response")


def test_the_stored_head_describes_the_stored_body(tmp_path: Path) -> None:
    ((file, offset),) = write(tmp_path, [page(1)])
    stored = gzip.decompress((tmp_path / file).read_bytes()[offset:])
    assert b"X-Crawler-Content-Encoding: gzip\r\n" in stored
    assert b"\r\nContent-Encoding" not in stored
    assert b"\r\nContent-Length: %d\r\n\r\n<html>" % len(page().body) in stored


def test_a_header_cannot_forge_another(tmp_path: Path) -> None:
    hostile = Page("http://x.vn.demo/", 200, (("X-Note", "a\r\nSet-Cookie: b"),), b"", FETCHED)
    ((file, offset),) = write(tmp_path, [hostile])
    assert read_record(tmp_path, file, offset).headers == (("X-Note", "a Set-Cookie: b"),)


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    ((first, offset),) = write(tmp_path, [page(1)])
    ((second, _),) = write(tmp_path, [page(2)])
    assert first != second
    assert read_record(tmp_path, first, offset) == page(1)


def test_files_are_split_by_size(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, 7, max_file_bytes=4_000) as writer:
        files = {writer.write(page(n, os.urandom(4_000)))[0] for n in range(3)}
    assert files == {"7-00000.warc.gz", "7-00001.warc.gz", "7-00002.warc.gz"}


def test_a_run_that_keeps_nothing_leaves_nothing(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "archive", "r").close()
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_torn_tail_costs_the_last_record_only(tmp_path: Path, cut: int) -> None:
    places = write(tmp_path, [page(n, os.urandom(500)) for n in range(4)])
    path = tmp_path / places[0][0]
    path.write_bytes(path.read_bytes()[: places[3][1] + cut])
    damage: list[ArchiveError] = []
    assert [offset for offset, _ in iter_pages(path, damage.append)] == [offset for _, offset in places[:3]]
    assert len(damage) == 1
    with pytest.raises(ArchiveError, match=path.name):
        read_record(tmp_path, *places[3])


def test_damage_in_the_middle_costs_one_record(tmp_path: Path) -> None:
    places = write(tmp_path, [page(n, os.urandom(500)) for n in range(5)])
    path = tmp_path / places[0][0]
    content = bytearray(path.read_bytes())
    content[places[2][1] + 300] ^= 0xFF
    path.write_bytes(content)
    damage: list[ArchiveError] = []
    found = [p.url for _, p in iter_pages(path, damage.append)]
    assert found == [page(n).url for n in (0, 1, 3, 4)]
    assert [d.offset for d in damage] == [places[2][1]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(where=st.floats(0, 1, exclude_max=True), garbage=st.binary(min_size=1, max_size=60))
def test_no_damage_raises(tmp_path: Path, where: float, garbage: bytes) -> None:
    ((file, _), *_) = write(tmp_path, [page(n) for n in range(3)])
    path = tmp_path / file
    content = bytearray(path.read_bytes())
    at = int(where * len(content))
    content[at : at + len(garbage)] = garbage
    path.write_bytes(content)
    for offset, read in iter_pages(path, lambda damage: None):
        assert read == page(int(read.url[-6])), offset


def test_a_file_that_is_no_archive_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"this was never an archive" * 50)
    damage: list[ArchiveError] = []
    assert list(iter_pages(path, damage.append)) == []
    assert damage


@pytest.mark.parametrize(("file", "offset"), [("../../etc/passwd", 0), ("missing.warc.gz", 0), ("run-1-00000.warc.gz", 999_999)])
def test_a_place_that_is_none_is_an_archive_error(tmp_path: Path, file: str, offset: int) -> None:
    write(tmp_path / "archive", [page(1)])
    with pytest.raises(ArchiveError):
        read_record(tmp_path / "archive", file, offset)


def test_another_crawlers_archive_is_read(tmp_path: Path) -> None:
    """Plain WARC/1.0 with a body that is still gzipped, as Heritrix and wget write it."""
    body = gzip.compress("Nghị quyết 57".encode())
    http = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.vn.demo/>\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        b"WARC-Record-ID: <urn:uuid:6b1b9aa2-0a5c-4f0b-8f19-2f8b1d8e6f01>\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(http)
    )
    (tmp_path / "other.warc").write_bytes((record + http + b"\r\n\r\n") * 2)
    pages = list(iter_pages(tmp_path / "other.warc"))
    assert [p.body.decode() for _, p in pages] == ["Nghị quyết 57"] * 2
    assert pages[0][1].url == "http://a.vn.demo/"
    assert pages[0][1].fetched_at == datetime(2026, 1, 2, 10, 4, 5, tzinfo=VIETNAM)


def test_a_full_disk_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with ArchiveWriter(tmp_path, "r") as writer:
        place = writer.write(page(1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                writer.write(page(2, os.urandom(20_000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        after = writer.write(page(3))
    assert [p.url for _, p in iter_pages(tmp_path / place[0])] == [page(1).url, page(3).url]
    assert read_record(tmp_path, *after) == page(3)


@pytest.mark.slow
def test_kill_9_loses_at_most_the_record_in_flight(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import os, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from crawler.archive import ArchiveWriter
        from crawler.items import Page
        with ArchiveWriter(Path({str(tmp_path)!r}), "k") as writer:
            for n in range(1_000_000):
                file, offset = writer.write(Page(f"http://x/{{n}}", 200, (), os.urandom(9_000), datetime.now(UTC)))
                print(n, file, offset, flush=True)
    """)
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.2)
        child.kill()
        told = [line.split() for line in child.stdout.read().splitlines() if len(line.split()) == 3]
        child.wait()
        child.stdout.close()
        for n, file, offset in (told[0], told[-2]):
            assert read_record(tmp_path, file, int(offset)).url == f"http://x/{n}"
        assert len(list(iter_pages(tmp_path / told[0][1]))) >= len(told)


def test_a_record_says_what_the_ledger_knew_of_it(tmp_path: Path) -> None:
    known = Origin("bao", page(1).url, "feed", "http://song-viet.vn.demo/rss", "Đưa Nghị quyết 57\nvào cuộc sống", "2026-10-30")
    with ArchiveWriter(tmp_path, "1") as writer:
        writer.write(page(1), known)
        writer.write(page(2))
    found = [origin for _, _, origin in iter_origins(tmp_path / "1-00000.warc.gz")]
    assert found == [replace(known, title="Đưa Nghị quyết 57 vào cuộc sống"), None]


@pytest.mark.parametrize("rest", [b"", b"\x1f\x8b\x08", b"\xff" * 4_000])
@pytest.mark.parametrize("lost", [1, 100])
def test_a_torn_tail_is_cut_and_kept_beside(lost: int, rest: bytes, tmp_path: Path) -> None:
    (file, _), (_, second) = write(tmp_path, [page(1), page(2)])
    path = tmp_path / file
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost] + rest)
    assert cut_torn_tail(path) == len(whole) - lost + len(rest) - second
    assert path.read_bytes() == whole[:second]
    assert path.with_name(f"{file}.torn").read_bytes() == whole[second:-lost] + rest
    assert cut_torn_tail(path) == 0


def test_damage_before_whole_records_is_never_cut(tmp_path: Path) -> None:
    places = write(tmp_path, [page(1), page(2), page(3)])
    path = tmp_path / places[0][0]
    data = bytearray(path.read_bytes())
    data[places[1][1] + 30 : places[1][1] + 60] = b"x" * 30
    path.write_bytes(data)
    assert cut_torn_tail(path) == 0
    assert path.read_bytes() == data


def test_places_behind_damage_are_where_the_records_are(tmp_path: Path) -> None:
    places = write(tmp_path, [page(n) for n in range(4)])
    file = tmp_path / places[0][0]
    content = bytearray(file.read_bytes())
    content[places[1][1] + 40 : places[1][1] + 80] = b"\xff" * 40
    file.write_bytes(content)
    found = [offset for offset, _ in iter_pages(file)]
    assert found == [places[n][1] for n in (0, 2, 3)]
    assert [read_record(tmp_path, file.name, offset).url for offset in found] == [page(n).url for n in (0, 2, 3)]
