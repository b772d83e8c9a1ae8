"""A WARC record in, the page that it holds out: as warcio, Scrapy's and Heritrix' tools write it, or our own archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fastwarc.warc import WarcRecord, WarcRecordType

from crawler.clock import VIETNAM
from crawler.items import Page

MAX_RECORD_BYTES = 64 << 20
"""Larger records are skipped when read: no page or document that we keep is larger than 50 MB."""
KEPT_PREFIX = "X-Crawler-"
"""Common Crawl's convention: headers that no longer describe the stored, decompressed body keep their value under this name."""
_DECODINGS: tuple[Literal["all", "transfer", "content", "none"], ...] = ("all", "transfer", "content", "none")
"""What is tried in turn: some tools store a body decoded under the head that it came with."""
_OPENINGS = (b"<", b"%PDF", b"PK")
"""How a body begins that is not encoded, whatever its head says."""
_WEB = ("http://", "https://")


def page_of(record: WarcRecord) -> Page | None:
    """The page of a record, None for one that holds none; raises ValueError when it is cut short or not what was written.

    A page is an HTTP response, or a file that stands in a record without any head of HTTP.
    """
    if record.record_type not in (WarcRecordType.response, WarcRecordType.resource):
        return None
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    kind = (record.headers.get("Content-Type") or "").lower()
    bare = not record.is_http and not kind.startswith("application/http") and url.lower().startswith(_WEB)
    if not bare and (not record.is_http or record.record_type != WarcRecordType.response):
        return None
    declared = record.content_length
    record.freeze()
    if record.content_length < declared:
        raise ValueError(f"record is cut short: {record.content_length} of {declared} bytes")
    if (record.headers.get("WARC-Block-Digest") or "").startswith("sha1:") and not record.verify_block_digest():
        raise ValueError("record does not match its digest")
    fetched_at = record.record_date
    if fetched_at is None:
        raise ValueError(f"record has no date that can be read: {(record.headers.get('WARC-Date') or '')[:40]!r}")
    raw = record.reader.read()
    status, headers, body = (200, (("Content-Type", kind),), raw) if bare else _answer(raw)
    if not url:
        raise ValueError("record holds no HTTP response")
    if len(body) > MAX_RECORD_BYTES:
        raise ValueError("body is too large once decompressed")
    return Page(url=url, status=status, headers=headers, body=body, fetched_at=fetched_at.astimezone(VIETNAM))


def _answer(raw: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers and body of an HTTP response, decoded as its head says, where it is so encoded. Raises ValueError."""
    cause = "record holds no HTTP response"
    for decoding in _DECODINGS:
        record = WarcRecord()
        record.set_bytes_content(raw)
        record.is_http = True
        try:
            record.parse_http(auto_decode=decoding, quirks_mode=_ends_lines_badly(raw))
            if not record.is_http_parsed or record.http_headers.status_code is None:
                raise ValueError(cause)
            headers = tuple(_headers_as_sent(record))
            body = record.reader.read(MAX_RECORD_BYTES + 1)
            if decoding == "all" or body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OPENINGS):
                return record.http_headers.status_code, headers, body
        except (OSError, ValueError) as error:
            cause = str(error)
    raise ValueError(cause)


def _ends_lines_badly(raw: bytes) -> bool:
    """Whether the head ends in an empty line without carriage returns."""
    bare = raw.find(b"\n\n")
    return bare >= 0 and raw.find(b"\r\n\r\n", 0, bare) < 0


def _headers_as_sent(record: WarcRecord) -> Iterator[tuple[str, str]]:
    for name, value in record.http_headers.items_bytes():
        header = name.decode("utf-8", "replace")
        if header.lower() == "content-length":
            continue  # ours; the server's own has the prefix
        yield header.removeprefix(KEPT_PREFIX), value.decode("utf-8", "replace")
