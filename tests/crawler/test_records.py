"""Records as others write them: every form gives its page, and one that gives none costs no other."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.archive import ArchiveError, iter_pages

HTML = "<html><head><title>Tin</title></head><body><p>Nghị quyết số 57-NQ/TW.</p></body></html>".encode() * 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def chunked(body: bytes) -> bytes:
    pieces = (body[n : n + 300] for n in range(0, len(body), 300))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def record(
    content: bytes, *more: str, kind: str = "response", form: str = "application/http; msgtype=response", end: str = "\r\n"
) -> bytes:
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Date: 2026-09-29T03:04:05Z",
        "WARC-Target-URI: http://bao.vn/tin-1.html",
        f"Content-Type: {form}",
        f"Content-Length: {len(content)}",
        *more,
    ]
    return (end.join(head) + 2 * end).encode() + content + b"\r\n\r\n"


def digest(content: bytes) -> str:
    return "WARC-Block-Digest: sha1:" + base64.b32encode(hashlib.sha1(content).digest()).decode()


PLAIN = HEAD + b"\r\n" + HTML
FORMS = {
    "as it came": record(PLAIN),
    "with a digest": record(PLAIN, digest(PLAIN)),
    "with a digest in hexadecimal": record(PLAIN, f"WARC-Block-Digest: sha1:{hashlib.sha1(PLAIN).hexdigest()}"),
    "WARC 1.1 with fractions of a second": record(PLAIN).replace(b"WARC/1.0", b"WARC/1.1").replace(b"05Z", b"05.123456Z"),
    "WARC 0.18": record(PLAIN).replace(b"WARC/1.0", b"WARC/0.18"),
    "HTTP/2": record(PLAIN.replace(b"HTTP/1.1 200 OK", b"HTTP/2 200")),
    "a head of bare line feeds": record(PLAIN.replace(b"\r\n", b"\n")),
    "headers over two lines": record(PLAIN.replace(b"; charset", b";\r\n\tcharset")),
    "a length that is not its own": record(HEAD + b"Content-Length: 99999\r\n\r\n" + HTML),
    "chunks": record(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(HTML)),
    "gzip in chunks": record(
        HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(gzip.compress(HTML))
    ),
    "deflate": record(HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(HTML)),
    "says gzip, is decoded": record(HEAD + b"Content-Encoding: gzip\r\n\r\n" + HTML),
    "says br, is decoded": record(HEAD + b"Content-Encoding: br\r\n\r\n" + HTML),
    "says chunks, is whole": record(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + HTML),
    "says both, is gzip alone": record(
        HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + gzip.compress(HTML)
    ),
    "a file without a head of HTTP": record(HTML, kind="resource", form="text/html"),
    "a response without a head of HTTP": record(HTML, form="text/html"),
}
BROKEN = {
    "no date": record(PLAIN).replace(b"2026-09-29T03:04:05Z", b"hom qua"),
    "another text than its digest": record(PLAIN, digest(HTML)),
    "gzip that is none": record(HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"\x1f\x8b\x08" + b"\xff" * 80),
    "no HTTP": record(b"\x00\x01" * 40),
}
PACKINGS: dict[str, Callable[[list[bytes]], bytes]] = {
    "plain": b"".join,
    "one member a record": lambda records: b"".join(map(gzip.compress, records)),
}


@pytest.mark.parametrize("packed", PACKINGS.values(), ids=PACKINGS.keys())
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_gives_its_page(form: bytes, packed: Callable[[list[bytes]], bytes], tmp_path: Path) -> None:
    damage: list[ArchiveError] = []
    (tmp_path / "x.warc").write_bytes(packed([FORMS["as it came"], form]))
    found = [page for _, page in iter_pages(tmp_path / "x.warc", damage.append)]
    assert [(page.url, page.status, page.body) for page in found] == [("http://bao.vn/tin-1.html", 200, HTML)] * 2
    assert (found[1].header("content-type") or "").startswith("text/html") and not damage


@pytest.mark.parametrize("packed", PACKINGS.values(), ids=PACKINGS.keys())
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_record_that_holds_no_page_costs_itself_alone(
    broken: bytes, packed: Callable[[list[bytes]], bytes], tmp_path: Path
) -> None:
    damage: list[ArchiveError] = []
    (tmp_path / "x.warc").write_bytes(packed([FORMS["as it came"], broken, FORMS["chunks"]]))
    assert [page.body for _, page in iter_pages(tmp_path / "x.warc", damage.append)] == [HTML] * 2
    assert len(damage) == 1


def test_a_file_that_is_not_compressed_is_read_on_behind_a_broken_record(tmp_path: Path) -> None:
    damage: list[ArchiveError] = []
    broken = record(PLAIN, end="\n")
    (tmp_path / "x.warc").write_bytes(b"".join([FORMS["as it came"], broken, *FORMS.values()]))
    assert len(list(iter_pages(tmp_path / "x.warc", damage.append))) == 1 + len(FORMS)
    assert [error.offset for error in damage] == [len(FORMS["as it came"])]
