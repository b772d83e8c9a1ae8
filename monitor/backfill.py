"""WARC files of anybody in, candidates in our own archive and every page in the ledger out; then they are processed as always.

A file is read in parts, each by one worker, with the scan before anything costly; one writer enters what they found, in order,
and notes how far it is, so that an interrupted backfill goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

from crawler.archive import ArchiveError, ArchiveWriter, Origin, iter_stream
from crawler.clock import VIETNAM, now
from crawler.extensions import archive_directory
from crawler.items import Entry, Outcome, Page, PublishedAt, Reason, State
from crawler.roster import Roster
from crawler.scan import Scanner
from crawler.shards import registrable_domain
from crawler.store import backfills, pages, runs
from crawler.urls import canonical
from monitor.runs import Run
from monitor.spread import Spread
from monitor.warcs import located, opened, size_of

PART_BYTES = 32 << 20
"""Some 600 records: a few seconds of a worker, and bounded memory for what it sends back."""
KEPT_BYTES = 64 << 20
"""Of bodies at a time: 32 MB of a file may be gigabytes of pages, and a file that is not compressed is one part."""
_TEXTS = ("text/html", "application/xhtml", "application/pdf", "application/vnd.openxmlformats", "application/msword", "")


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, and which hosts are wanted of it."""

    file: str
    start: int
    end: int | None
    hosts: tuple[tuple[str, str], ...]
    """(host, id of its source)."""
    any_host: bool
    watch: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that may matter."""

    url: str
    """Canonical."""
    source: str
    page: Page
    origin: Origin | None
    """Where one of our own archives says that it comes from."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What the ledger keeps of a page that cannot matter."""

    outcome: Outcome
    at: datetime


@dataclass(slots=True)
class Findings:
    """What a part holds."""

    kept: list[Kept] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    """Those of hosts that are not in the roster."""
    damage: list[ArchiveError] = field(default_factory=list)
    rest: int | None = None
    """Where the record begins at which it was enough for once; None where the whole part was read."""


def read_part(part: Part) -> Findings:
    """Read and scan one part, or what of it holds KEPT_BYTES. Raises ArchiveError when the file cannot be opened."""
    found = Findings()
    scanner = _scanner(part.watch)
    hosts = dict(part.hosts)
    kept_bytes = 0
    with opened(part.file) as stream:
        for offset, page, origin in iter_stream(stream, part.file, found.damage.append, part.start, part.end):
            if kept_bytes > KEPT_BYTES:
                found.rest = offset
                return found
            if page.status != HTTPStatus.OK or not page.body or not _is_text(page) or (origin and origin.way == "endpoint"):
                continue
            url = origin.url if origin else canonical(page.url)
            host = urlsplit(url).hostname if url else None
            if url is None or host is None:
                continue
            source = _source_of(host, hosts)
            if source is None:
                if not part.any_host:
                    continue
                found.domains.add(domain := registrable_domain(host))
                source = backfills.host_source(domain)
            if page.is_document() or scanner.matches(page.body):
                found.kept.append(Kept(url, source, page, origin))
                kept_bytes += len(page.body)
            else:
                outcome = Outcome(url, source, State.UNRELATED, http_status=page.status, digest=_digest(page))
                found.passed.append(Passed(outcome, page.fetched_at))
    return found


def backfill(
    run: Run,
    roster: Roster,
    files: Iterable[str],
    spread: Spread,
    *,
    any_host: bool = False,
    part_bytes: int = PART_BYTES,
    on_part: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Enter what `files` hold of the roster's hosts (or of any); a file that cannot be read is named in `run`.

    Raises CannotRun when the workers are lost.
    """
    hosts = tuple((host, source.id) for source in roster.sources for host in source.hosts)
    watch = tuple(pages.watch_terms(run.db))
    with ArchiveWriter(archive_directory(run.path), run.id) as archive:
        for file in map(located, files):
            try:
                size = size_of(file)
                bounds = [*_bounds(file, size, part_bytes)]
                done = backfills.parts_done(run.db, file, size, part_bytes)
                parts = [Part(file, start, end, hosts, any_host, watch) for start, end in bounds]
                for number, found in enumerate(spread.map(read_part, parts[done:]), done + 1):
                    _enter(run, found, archive)
                    while found.rest is not None:
                        found = read_part(replace(parts[number - 1], start=found.rest))
                        _enter(run, found, archive)
                    archive.sync()
                    with run.db.atomic():
                        backfills.note(run.db, file, size, part_bytes, number, now() if number == len(parts) else None)
                    on_part(number, len(parts))
            except ArchiveError as error:
                run.attention.append(str(error))


def _enter(run: Run, found: Findings, archive: ArchiveWriter) -> None:
    with run.db.atomic():
        for damage in found.damage:
            run.attention.append(str(damage))
            runs.fail(run.db, run.id, runs.Failure("archive", "error", Reason.BAD_ENCODING, str(damage)[:500]), now())
        backfills.add_hosts(run.db, found.domains)
        for passed in found.passed:
            if backfills.is_news(run.db, passed.outcome, passed.at):
                pages.record(run.db, passed.outcome, passed.at)
                run.counts["unrelated"] += 1
        for kept in found.kept:
            _enter_candidate(run, kept, archive)


def _enter_candidate(run: Run, kept: Kept, archive: ArchiveWriter) -> None:
    page, origin = kept.page, kept.origin
    outcome = Outcome(kept.url, kept.source, State.CANDIDATE, http_status=page.status, digest=_digest(page))
    if not backfills.is_news(run.db, outcome, page.fetched_at):
        return
    if origin is not None:
        entry = Entry(kept.url, "listing", origin.found_on, origin.title, _published(origin.published))
        pages.discover(run.db, kept.source, [(kept.url, entry)], page.fetched_at)
    place, offset = archive.write(page, origin or Origin(kept.source, kept.url, "listing"))
    pages.record(run.db, replace(outcome, warc_file=place, warc_offset=offset), page.fetched_at)
    run.counts["candidate"] += 1


def _bounds(file: str, size: int, part_bytes: int) -> Iterator[tuple[int, int | None]]:
    """Where the parts begin and end; a file that is not made of gzip members can only be read whole."""
    with opened(file) as stream:
        if stream.read(2) != b"\x1f\x8b" or size <= part_bytes:
            yield 0, None
            return
    for start in range(0, size, part_bytes):
        yield start, min(start + part_bytes, size)


def _source_of(host: str, hosts: dict[str, str]) -> str | None:
    """The source whose host this is or lies below."""
    name = host
    while name and name not in hosts:
        _, _, name = name.partition(".")
    return hosts.get(name)


def _is_text(page: Page) -> bool:
    kind = (page.header("content-type") or "").strip().lower()
    return any(kind.startswith(text) if text else not kind for text in _TEXTS) or page.is_document()


def _digest(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()


def _published(iso: str | None) -> PublishedAt | None:
    if not iso:
        return None
    try:
        value = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return PublishedAt(value if value.tzinfo else value.replace(tzinfo=VIETNAM), "T" in iso, "feed")


@cache
def _scanner(watch: tuple[str, ...]) -> Scanner:
    """One a worker."""
    return Scanner(watch)
