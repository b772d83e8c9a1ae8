"""Pages in, WARC files (ISO 28500) out, and back: one gzip member a record, readable to the last whole record after any kill."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.items import Entry, Page, PublishedAt
from crawler.members import first_record, is_plain, member_end, next_member, next_plain, torn_tail
from crawler.records import KEPT_PREFIX, MAX_RECORD_BYTES, page_of

MAX_FILE_BYTES = 1 << 30
"""A new file is begun past this size: the 1 GB that the WARC guidelines recommend."""
COMPRESSION = 6

OWN_PREFIX = "NQ57-"
"""Named fields of ours, which ISO 28500 allows: what the ledger knew of a page, so that it can be made again from here."""
_ABOUT_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_ORIGIN_FIELDS = {
    f"{OWN_PREFIX}Source": "source_id",
    f"{OWN_PREFIX}URL": "url",
    f"{OWN_PREFIX}Way": "way",
    f"{OWN_PREFIX}Found-On": "found_on",
    f"{OWN_PREFIX}Title": "title",
    f"{OWN_PREFIX}Published": "published",
}


class ArchiveError(Exception):
    """A record that cannot be read (or an archive that cannot be); names file, offset and cause."""

    def __init__(self, file: Path | str, offset: int, detail: str) -> None:
        super().__init__(f"{file} at byte {offset}: {detail}")
        self.file = str(file)
        self.offset = offset
        self.detail = detail

    def __reduce__(self) -> tuple[type[ArchiveError], tuple[str, int, str]]:
        """Workers send what was damaged home."""
        return type(self), (self.file, self.offset, self.detail)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the ledger knew of a page when it was archived; travels in the record's own header."""

    source_id: str
    url: str
    """The key in the ledger; the record's target URI is the address as it was asked for."""
    way: str
    """An Entry's way, or `endpoint` for a page that is itself evidence."""
    found_on: str = ""
    title: str | None = None
    published: str | None = None
    """The endpoint's own date, ISO 8601."""


def origin_of(source_id: str, url: str, entry: Entry, published: PublishedAt | None) -> Origin:
    """What is to be archived with a page that `entry` led to, under its key in the ledger and with the best date known of it."""
    return Origin(source_id, url, entry.way, entry.found_on, entry.title, published.iso() if published else None)


class ArchiveWriter:
    """Writes one run's pages into `<directory>/<run_id>-<n>.warc.gz`; never touches a file that is already there."""

    def __init__(self, directory: Path, run_id: str | int, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        """Open nothing yet: a run that keeps no page leaves no file behind."""
        self.directory = directory
        self.run_id = str(run_id)
        self._max_file_bytes = max_file_bytes
        self._file: io.FileIO | None = None
        self._name = ""
        self._number = 0
        self._size = 0

    def write(self, page: Page, origin: Origin | None = None) -> tuple[str, int]:
        """Append one page as a response record, with where it comes from in its header.

        Returns the file's name relative to the directory and the record's offset in bytes, which `read_record` takes.
        Raises OSError naming the file when the disk refuses; the file then still ends with its last whole record.
        """
        return self._add(_response(page, origin))

    def note(self, origin: Origin) -> None:
        """Append what the ledger has learnt since about a page that was archived: a metadata record, which readers of pages skip.

        Raises OSError as `write` does.
        """
        self._add(_note(origin))

    def sync(self) -> None:
        """Force what was written to the disk; call before committing rows that point at it."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync and close; a later write begins a new file."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _add(self, record: WarcRecord) -> tuple[str, int]:
        if self._file is None or self._size >= self._max_file_bytes:
            self._next_file()
        offset = self._append(record)
        return self._name, offset

    def _next_file(self) -> None:
        self.close()
        self.directory.mkdir(parents=True, exist_ok=True)
        while self._file is None:
            self._name = f"{self.run_id}-{self._number:05d}.warc.gz"
            self._number += 1
            try:
                self._file = (self.directory / self._name).open("xb", buffering=0)
            except FileExistsError:
                continue
        self._size = 0
        self._append(_warcinfo(self._name))

    def _append(self, record: WarcRecord) -> int:
        """One write call for one whole record; a short write is taken back, so that later records stay findable."""
        assert self._file is not None
        data = memoryview(_member(record))
        offset = self._size
        written = 0
        try:
            while written < len(data):
                written += self._file.write(data[written:]) or 0
        except OSError as error:
            self._file.truncate(offset)
            self._file.seek(offset)
            raise OSError(error.errno, error.strerror, str(self.directory / self._name)) from error
        self._size = offset + written
        return offset


def read_record(directory: Path, file: str, offset: int) -> Page:
    """Read back the page that `ArchiveWriter.write` put there.

    Raises ArchiveError when the file is missing, lies outside the directory, or has no whole response record at that offset.
    """
    path = (directory / file).resolve()
    if not path.is_relative_to(directory.resolve()):
        raise ArchiveError(file, offset, "lies outside the archive directory")
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            record = next(_records(stream), None)
            page = page_of(record) if record is not None else None
    except (OSError, ValueError) as error:
        raise ArchiveError(file, offset, str(error)) from error
    if page is None:
        raise ArchiveError(file, offset, "no HTTP response is stored here")
    return page


def iter_pages(path: Path, on_damage: Callable[[ArchiveError], None] | None = None) -> Iterator[tuple[int, Page]]:
    """Yield every whole HTTP response of a WARC file, plain or gzipped, ours or anybody's, as (offset, page).

    Damage never raises: `on_damage` is told of each broken place, and reading goes on at the next whole gzip member, or record.
    Responses above MAX_RECORD_BYTES are left out. Raises OSError only when the file cannot be opened at all.
    """
    for offset, page, _ in iter_origins(path, on_damage):
        yield offset, page


def iter_origins(
    path: Path,
    on_damage: Callable[[ArchiveError], None] | None = None,
    on_note: Callable[[Origin], None] | None = None,
) -> Iterator[tuple[int, Page, Origin | None]]:
    """As `iter_pages`, with what the ledger knew of each page; None in archives that are not ours.

    `on_note` is told what `ArchiveWriter.note` wrote, which may be about a page of another file.
    """
    with path.open("rb") as stream:
        yield from iter_stream(stream, str(path), on_damage, on_note=on_note)


def iter_stream(
    stream: BinaryIO,
    name: str,
    on_damage: Callable[[ArchiveError], None] | None = None,
    start: int = 0,
    end: int | None = None,
    on_note: Callable[[Origin], None] | None = None,
) -> Iterator[tuple[int, Page, Origin | None]]:
    """As `iter_origins`, for the records that begin from `start` up to `end` in a stream that can seek; `name` is for messages.

    `start` may lie anywhere in a file of gzip members, so that one file can be read in parts: a record is the part's in which it
    begins. In a file that is not compressed it must be where a record begins.
    """
    report = on_damage or (lambda damage: None)
    here: int | None = first_record(stream, start) if start else 0
    broken = -1
    while here is not None and (end is None or here < end):
        last: int | None = None  # where the last record began that could be opened
        try:
            stream.seek(here)
            for record in _records(stream):
                last = record.stream_pos
                if end is not None and last >= end:
                    return
                try:
                    page = page_of(record)
                except ValueError as error:
                    broken = last
                    report(ArchiveError(name, last, str(error)))
                    continue
                if page is not None:
                    yield last, page, _origin(record)
                elif on_note and record.record_type == WarcRecordType.metadata and (origin := _origin(record)) is not None:
                    on_note(origin)
            torn = torn_tail(stream, here if last is None else last)
            if torn is not None and torn != broken:
                report(ArchiveError(name, torn, "the file ends inside a record"))
            return
        except OSError as error:
            begin = here if last is None else (member_end(stream, last) or last)
            search = next_plain if is_plain(stream, begin) else next_member
            here = search(stream, begin if begin != last and last is not None else begin + 1)
            if here != begin:  # else it is begun with again, and says for itself what is wrong
                report(ArchiveError(name, begin, str(error)))


def cut_torn_tail(path: Path) -> int:
    """Cut off what a killed writer left after the last whole record; gives the number of bytes, 0 where there are none.

    What was cut is kept beside it as `<file>.torn`. Damage before the tail is left alone: every whole record behind it can
    still be read. Raises OSError.
    """
    last = max((offset for offset, _, _ in iter_origins(path)), default=0)
    with path.open("rb") as stream:
        torn = torn_tail(stream, last)
        if torn is None or next_member(stream, torn + 1) is not None:
            return 0
        stream.seek(torn)
        tail = stream.read()
    path.with_name(f"{path.name}.torn").write_bytes(tail)
    os.truncate(path, torn)
    return len(tail)


def _records(stream: BinaryIO) -> Iterator[WarcRecord]:
    return iter(ArchiveIterator(stream, parse_http=False, max_content_length=MAX_RECORD_BYTES, strict_mode=False))


def _member(record: WarcRecord) -> bytes:
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=COMPRESSION)
    record.write(writer, checksum_data=True)
    writer.finish()  # ends the gzip member; without it other readers refuse the file
    writer.flush()
    return buffer.getvalue()


def _warcinfo(name: str) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.warcinfo)
    record.headers["WARC-Filename"] = name
    record.headers["Content-Type"] = "application/warc-fields"
    record.set_bytes_content(b"software: nq57\r\nformat: WARC File Format 1.1\r\n")
    return record


def _response(page: Page, origin: Origin | None) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = _one_line(page.url)
    record.record_date = page.fetched_at
    for name, value in _told(origin):
        record.headers[name] = _one_line(value)
    phrase = HTTPStatus(page.status).phrase if page.status in HTTPStatus._value2member_map_ else "Unknown"
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    for name, value in page.headers:
        kept = KEPT_PREFIX + name if name.lower() in _ABOUT_THE_WIRE else name
        lines.append(f"{_one_line(kept)}: {_one_line(value)}")
    lines.append(f"Content-Length: {len(page.body)}")
    head = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n"
    record.set_bytes_content(head + page.body)
    record.is_http = True
    return record


def _note(origin: Origin) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.metadata)
    record.headers["WARC-Target-URI"] = _one_line(origin.url)
    record.headers["Content-Type"] = "application/warc-fields"
    for name, value in _told(origin):
        record.headers[name] = _one_line(value)
    record.set_bytes_content(b"")
    return record


def _told(origin: Origin | None) -> Iterator[tuple[str, str]]:
    if origin is not None:
        for name, key in _ORIGIN_FIELDS.items():
            if value := getattr(origin, key):
                yield name, value


def _origin(record: WarcRecord) -> Origin | None:
    told = {key: record.headers.get(name) for name, key in _ORIGIN_FIELDS.items()}
    source_id, url = told["source_id"], told["url"]
    if not source_id or not url:
        return None
    return Origin(source_id, url, told["way"] or "listing", told["found_on"] or "", told["title"], told["published"])


def _one_line(text: str) -> str:
    """A header value cannot hold line ends: they would forge further headers."""
    return " ".join(text.split()) if any(c in text for c in "\r\n\0") else text
