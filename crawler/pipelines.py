"""From a fetched page to its place: scanned, archived, and written into the ledger with exactly one outcome a URL."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from crawler.archive import Origin, origin_of
from crawler.clock import now
from crawler.extensions import Session
from crawler.extract.metadata import published_in
from crawler.items import Fetched, Outcome, State, Visit
from crawler.scan import Scanner
from crawler.store import endpoints, pages, revisits, runs

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Travelling = Fetched | Outcome | Visit


class ScanPipeline:
    """Lets only what can matter go on to the archive; the rest is counted as unrelated."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ScanPipeline:
        """Scrapy's way to make it."""
        return cls(Scanner(pages.watch_terms(Session.of(crawler).db)))

    def process_item(self, item: Travelling) -> Travelling:
        """Documents are compressed inside, so they are kept without a scan; so is what an article has become."""
        if not isinstance(item, Fetched) or item.again or item.page.is_document() or self._scanner.matches(item.page.body):
            return item
        # A column's newest item tells whether the column is alive, whatever the item speaks of.
        published = item.entry.published
        if published is None and item.entry.way == "column":
            published = published_in(item.page.body, item.page.url)
        return Outcome(
            item.url,
            item.source_id,
            State.UNRELATED,
            http_status=item.page.status,
            digest=_digest(item.page.body),
            published=published,
        )


class ArchivePipeline:
    """Writes candidates, and the endpoints that are evidence themselves, into the run's WARC file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._archive = session.archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        """Scrapy's way to make it."""
        return cls(Session.of(crawler))

    def process_item(self, item: Travelling) -> Outcome | Visit:
        """The record is whole on disk before the ledger names it."""
        if isinstance(item, Fetched):
            hint = pages.hint(self._session.db, item.url) or item.entry.published
            file, offset = self._archive.write(item.page, origin_of(item.source_id, item.url, item.entry, hint))
            (revisits.visited if item.again else revisits.plan)(self._session.db, item.url, item.page)
            return Outcome(
                item.url,
                item.source_id,
                State.CANDIDATE,
                http_status=item.page.status,
                digest=_digest(item.page.body),
                warc_file=file,
                warc_offset=offset,
                published=item.entry.published,
            )
        if isinstance(item, Visit) and item.page is not None:
            file, offset = self._archive.write(item.page, Origin(item.source_id, item.url, "endpoint"))
            return dataclasses.replace(item, page=None, warc_file=file, warc_offset=offset)
        return item


class LedgerPipeline:
    """Writes each outcome and visit in one short transaction, with its failure row where there is one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LedgerPipeline:
        """Scrapy's way to make it."""
        return cls(Session.of(crawler))

    def process_item(self, item: Outcome | Visit) -> Outcome | Visit:
        """One item, one transaction."""
        session = self._session
        moment = now()
        with session.db.atomic():
            if isinstance(item, Visit):
                self._visit(item)
            else:
                pages.record(session.db, item, moment)
                session.counts[item.state.value] += 1
                if item.reason is not None:
                    runs.fail(session.db, session.run_id, runs.failure(item, "fetch"), moment)
        return item

    def _visit(self, visit: Visit) -> None:
        session = self._session
        moment = now()
        unverified = endpoints.record(session.db, visit, moment)
        for failure in runs.failures_of_visit(visit, unverified=unverified):
            runs.fail(session.db, session.run_id, failure, moment)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
