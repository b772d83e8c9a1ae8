"""What one crawl works with (database, roster, archive, guard) and the progress that a terminal shows of it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.status import Status
from scrapy import signals

from crawler.apart import Apart, Ended
from crawler.archive import ArchiveWriter
from crawler.clock import now
from crawler.courtesy import Courtesy
from crawler.echoes import Echoes
from crawler.guard import Guard, Reach
from crawler.roster import Source, load_roster
from crawler.store import runs
from crawler.store.db import open_database
from crawler.store.roster import sync_roster

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

DEFAULT_DB = Path("data/nq57.db")

Handler = Callable[[int, FrameType | None], Any]

STOP = object()
"""Sent when a person or the machine ends the crawl: whoever waits for the network lets go."""


def archive_directory(db: Path) -> Path:
    """The archive lies beside the database."""
    return db.parent / "archive"


class Session:
    """Opened with the crawler, closed with the spider; spiders, middlewares and pipelines share it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stopping = False
        self._ending: asyncio.Future[None] | None = None
        settings = crawler.settings
        path = Path(settings["NQ57_DB"] or DEFAULT_DB)
        self.db = open_database(path)
        self.roster = load_roster(Path(settings["NQ57_ROSTER"]) if settings["NQ57_ROSTER"] else None)
        sync_roster(self.db, self.roster)
        self.sources: dict[str, Source] = {source.id: source for source in self.roster.sources}
        self.reach: dict[str, Reach] = {source.id: Reach.of(source) for source in self.roster.sources}
        self.guard = Guard(settings.getlist("NQ57_ALLOW_ADDRESSES"))
        self.courtesy = Courtesy(settings.getfloat("DOWNLOAD_DELAY"))
        self.echoes = Echoes()
        self.apart = Apart()
        self.since = date.fromisoformat(settings["NQ57_SINCE"]) if settings["NQ57_SINCE"] else None
        self._own_run = not settings.getint("NQ57_RUN")
        self.run_id = settings.getint("NQ57_RUN") or runs.start(self.db, f"scrapy crawl {crawler.spidercls.name}", now())
        self.archive = ArchiveWriter(archive_directory(path), self.run_id)
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        """What went wrong inside the crawler itself; Scrapy only logs it and ends as if all were well."""

    @classmethod
    def of(cls, crawler: Crawler) -> Session:
        """The session of a crawler that has started."""
        session = crawler.get_extension(cls)
        assert session is not None  # an extension of every crawl: see crawler/settings.py
        return session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Session:
        """Scrapy's way to make it."""
        session = cls(crawler)
        crawler.signals.connect(session.close, signal=signals.spider_closed)
        crawler.signals.connect(session.apart.close, signal=STOP)
        for failing in (signals.spider_error, signals.item_error):
            crawler.signals.connect(session.note_error, signal=failing)
        return session

    def note_error(self, failure: Failure) -> None:
        """Keep the first words of an exception; a store that cannot be written ends the crawl at once."""
        error = failure.value
        if isinstance(error, Ended):
            return
        self.broken.append(f"{type(error).__name__}: {error}"[:500])
        if isinstance(error, (sqlite3.OperationalError, OSError)) and not self._stopping:
            self._stopping = True
            assert self._crawler.engine is not None  # it runs, since a spider or a pipeline has just failed in it
            self._ending = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="storage"))

    def close(self, spider: Spider, reason: str) -> None:
        """Close the archive's file and end the children; a run that `nq57` started is finished by `nq57`."""
        self.apart.close()
        self.archive.close()
        if self._own_run:
            runs.finish(self.db, self.run_id, "ok" if reason == "finished" else "interrupted", dict(self.counts), now())
        self.db.close()


class Stopping:
    """SIGTERM and Ctrl-C end the crawl within seconds: Scrapy alone would wait for every answer that is under way."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Stopping:
        """Scrapy's way to make it."""
        stopping = cls(crawler)
        crawler.signals.connect(stopping.watch, signal=signals.engine_started)
        return stopping

    def watch(self) -> None:
        """Put ourselves before Scrapy's own handlers, where it has installed them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            scrapys = signal.getsignal(number)
            if callable(scrapys):
                signal.signal(number, partial(self._stop, loop, scrapys))

    def _stop(self, loop: asyncio.AbstractEventLoop, scrapys: Handler, number: int, frame: FrameType | None) -> None:
        scrapys(number, frame)  # installs its handler for a second signal, which kills
        loop.call_soon_threadsafe(lambda: self._crawler.signals.send_catch_log(STOP))


class Progress:
    """One line on a terminal while the crawl runs; nothing in a pipe."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._status: Status | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """Scrapy's way to make it."""
        progress = cls(crawler)
        if sys.stderr.isatty() and crawler.settings.getbool("NQ57_PROGRESS", True):
            crawler.signals.connect(progress.start, signal=signals.spider_opened)
            crawler.signals.connect(progress.show, signal=signals.item_scraped)
            crawler.signals.connect(progress.stop, signal=signals.spider_closed)
        return progress

    def start(self) -> None:
        """The spider has opened."""
        self._status = Console(stderr=True).status("Đang thu thập …")
        self._status.start()

    def show(self) -> None:
        """An outcome was written."""
        if self._status is not None:
            counts = Session.of(self._crawler).counts
            told = ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
            self._status.update(f"Đang thu thập … {told}")

    def stop(self) -> None:
        """The spider has closed."""
        if self._status is not None:
            self._status.stop()
