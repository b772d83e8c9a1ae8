"""Run the spiders over the roster: options in; archived candidates, a settled ledger and what needs a person out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.clock import now
from crawler.extensions import Session
from crawler.items import Reason
from crawler.roster import Roster
from crawler.shards import Shard
from crawler.store import endpoints, runs
from crawler.store.roster import sync_roster
from monitor.runs import CannotRun, Interrupted, Run

SICK = frozenset({"failing", "dead", "blocked"})


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What `nq57 crawl` and `nq57 weekly` take; None leaves a setting as crawler/settings.py has it."""

    roster: Path | None = None
    sources: tuple[str, ...] = ()
    shard: Shard | None = None
    """Only the sources of this shard; others are left untouched."""
    since: date | None = None
    delay: float | None = None
    """Seconds between two requests to one host."""
    timeout: float | None = None
    """Seconds for one whole response."""
    allow_addresses: tuple[str, ...] = ()
    proxy: str | None = None
    proxy_names: tuple[str, ...] = ()
    """Names that the proxy plays itself, so that nobody here need resolve them: the press web's."""
    progress: bool = True
    unattended: bool = False
    """A run that nobody watches leaves out what has been failing for long, until it is due."""


def crawl(run: Run, roster: Roster, options: CrawlOptions) -> None:
    """Discover, fetch, scan, archive. Counts and what needs a person go to `run`. Once a process: Twisted cannot restart.

    Raises CannotRun when the crawl was interrupted or could not be written.
    """
    with run.db.atomic():
        for problem in roster.problems:
            run.attention.append(f"roster: {problem}")
            runs.fail(run.db, run.id, runs.Failure("roster", "error", Reason.BAD_DOCUMENT, str(problem)), now())
    sync_roster(run.db, roster)
    ours = options.shard.of(roster.sources) if options.shard else tuple(source.id for source in roster.sources)
    chosen = [source for source in ours if not options.sources or source in options.sources]
    if not chosen and roster.sources:
        return  # fewer hosts than shards: the others have them all
    before = endpoints.standings(run.db)
    started = now()
    crawler = walk(
        "outlet", scrapy_settings(run.path, run.id, options), source=",".join(chosen if options.shard else options.sources)
    )
    session: Session | None = crawler.get_extension(Session) if crawler.extensions else None
    if session is None:
        raise CannotRun(f"{run.path}: the crawl could not start")
    run.counts.update(session.counts)
    endpoints.settle(run.db, chosen, now())
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if session.broken:
        raise CannotRun(f"{run.path}: {session.broken[0]}")
    if reason != "finished":
        raise Interrupted(f"{run.path}: the crawl was interrupted ({reason}); run it again to go on")
    if chosen and not endpoints.answered(run.db, chosen, started):
        run.attention.append("no endpoint answered at all")
    _note_newly_failing(run, before)


def walk(spider: str, settings: Settings, **arguments: str) -> Crawler:
    """Run one spider to its end and give its crawler. Once a process: Twisted cannot restart."""
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **arguments)
    with _signals_kept():
        process.start()
    return crawler


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Scrapy leaves its own handlers behind; with them nothing could interrupt what follows the crawl."""
    ours = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


def _note_newly_failing(run: Run, before: dict[tuple[str, str | None], Any]) -> None:
    after = endpoints.standings(run.db)
    for (source_id, url), status in after.items():
        if status in SICK and before.get((source_id, url)) not in SICK:
            run.attention.append(f"{source_id}: {url or 'the source'} newly {status}")


def scrapy_settings(path: Path, run_id: int, options: CrawlOptions) -> Settings:
    """The project's settings with these options, for the database at `path`; run 0: the crawl opens and closes one of its own."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    chosen: dict[str, Any] = {
        "NQ57_DB": str(path),
        "NQ57_RUN": run_id,
        "NQ57_ROSTER": str(options.roster) if options.roster else "",
        "NQ57_SINCE": options.since.isoformat() if options.since else "",
        "NQ57_ALLOW_ADDRESSES": list(options.allow_addresses),
        "NQ57_PROXY": options.proxy or "",
        "NQ57_PROXY_NAMES": list(options.proxy_names),
        "NQ57_PROGRESS": options.progress,
        "NQ57_UNATTENDED": options.unattended,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
    if contact := os.environ.get("NQ57_CONTACT"):
        chosen["USER_AGENT"] = f"NQ57-coverage-monitor/0.1 (+{contact})"
    if options.delay is not None:
        chosen |= {"DOWNLOAD_DELAY": options.delay, "AUTOTHROTTLE_START_DELAY": options.delay}
    if options.timeout is not None:
        chosen["DOWNLOAD_TIMEOUT"] = options.timeout
    settings.setdict(chosen, priority="cmdline")
    return settings
