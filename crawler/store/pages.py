"""The ledger of URLs: every URL ever considered, canonical, with its one state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from crawler.clock import VIETNAM
from crawler.items import DateSource, Entry, Outcome, PublishedAt, State
from crawler.urls import twins

MAX_TRIES = 3
"""Runs in which a page that failed for a passing reason is tried again (after that it stays failed)."""
_PASSING = ("dns", "refused", "timeout", "http", "too-slow", "rate-limited", "robots", "worker-lost", "disk-full")
_OPEN = f"""(state = 'discovered' or (state in ('failed', 'refused') and tries < {MAX_TRIES}
    and reason in ({", ".join(map(repr, _PASSING))}) and (reason <> 'http' or coalesce(http_status, 0) not in (404, 410))))"""
"""What is still to be fetched. A page that says itself that it does not exist is not asked again."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A page in the archive, waiting to be read."""

    url: str
    source_id: str
    warc_file: str
    warc_offset: int
    hint: PublishedAt | None
    title: str | None


class Discovered(NamedTuple):
    """What the ledger makes of entries that were listed."""

    wanted: set[str]
    """URLs that need fetching."""
    redated: dict[str, PublishedAt]
    """Better dates of pages that are archived already: the archive must hear of them, or a ledger made from it differs."""


def discover(
    db: Database, source_id: str, entries: Iterable[tuple[str, Entry]], at: datetime, *, column: str | None = None
) -> Discovered:
    """Enter (canonical URL, entry) pairs that were never seen.

    The date of one that is known and not read yet is bettered where another endpoint gives an earlier day or a time.

    `column`: the dedicated column that listed them.
    """
    moment = at.isoformat(timespec="seconds")
    found = Discovered(set(), {})
    with db.atomic():
        for url, entry in entries:
            published = entry.published
            changed = db.execute(
                """insert into pages (url, source_id, state, title, published_on, published_hint, found_on, way, first_seen_at)
                   values (?, ?, 'discovered', ?, ?, ?, ?, ?, ?)
                   -- Of several dates the earliest day, and of that day the one with a time, whoever was asked first.
                   on conflict (url) do update set published_hint = excluded.published_hint, published_on =
                       iif(published_hint is null, coalesce(published_on, excluded.published_on), excluded.published_on)
                   where source_id = excluded.source_id and state in ('discovered', 'candidate')
                       and excluded.published_hint is not null
                       and (published_hint is null
                           or (substr(excluded.published_hint, 1, 10), -length(excluded.published_hint), excluded.published_hint)
                               < (substr(published_hint, 1, 10), -length(published_hint), published_hint))
                   returning state""",
                [
                    url,
                    source_id,
                    entry.title,
                    published.value.date().isoformat() if published else None,
                    published.iso() if published else None,
                    entry.found_on,
                    entry.way,
                    moment,
                ],
            ).fetchone()
            if published and changed == (State.CANDIDATE.value,):
                found.redated[url] = published
            if column is not None:
                db.execute(
                    "insert into column_items (source_id, column_url, url, seen_at) values (?, ?, ?, ?) on conflict do nothing",
                    [source_id, column, url, moment],
                )
            if is_wanted(db, url):
                found.wanted.add(url)
    return found


def known_as(db: Database, source_id: str, url: str) -> str:
    """The key under which the ledger has this page of the source: itself, or its copy under http or https, with or without www.

    Of several the one that is a page of its own, and of those the oldest; the URL itself where none is known.
    """
    keys = twins(url)
    row = db.execute(
        # the plus: looking a few URLs up takes microseconds, going through all of a source's pages takes milliseconds
        f"""select url from pages where +source_id = ? and url in ({", ".join("?" * len(keys))})
            order by same_as is not null, id limit 1""",  # noqa: S608
        [source_id, *keys],
    ).fetchone()
    return str(row[0]) if row else url


def is_wanted(db: Database, url: str) -> bool:
    """Is this URL still to be fetched: new, left over from an interrupted run, or failed for a passing reason?"""
    known = db.execute("select 1 from pages where url = ?", [url]).fetchone()
    return known is None or db.execute(f"select 1 from pages where url = ? and {_OPEN}", [url]).fetchone() is not None  # noqa: S608


def hint(db: Database, url: str) -> PublishedAt | None:
    """The best date that an endpoint has given for this URL so far."""
    row = db.execute("select published_hint from pages where url = ?", [url]).fetchone()
    return _published(row[0]) if row else None


def leftovers(db: Database, source_id: str) -> Iterator[tuple[str, Entry]]:
    """What earlier runs found for a source and did not get, newest first."""
    rows = db.execute(
        f"""select url, way, found_on, title, published_hint from pages
            where source_id = ? and {_OPEN} order by published_on desc nulls last, id desc""",  # noqa: S608
        [source_id],
    ).fetchall()
    for url, way, found_on, title, hint in rows:
        yield url, Entry(url, way or "listing", found_on or url, title, _published(hint))


def record(db: Database, outcome: Outcome, at: datetime) -> None:
    """Write what became of a URL; the caller's transaction decides when it is kept."""
    moment = at.isoformat(timespec="seconds")
    published_on = outcome.published.value.date().isoformat() if outcome.published else None
    db.execute(
        """insert into pages (url, source_id, state, reason, http_status, digest, published_on, same_as, first_seen_at,
               fetched_at, tries, warc_file, warc_offset)
           values (:url, :source_id, :state, :reason, :http_status, :digest, :published_on, :same_as, :at, :fetched_at, 1,
               :warc_file, :warc_offset)
           on conflict (url) do update set state = excluded.state, reason = excluded.reason,
               http_status = coalesce(excluded.http_status, http_status), digest = coalesce(excluded.digest, digest),
               published_on = coalesce(published_on, excluded.published_on), same_as = excluded.same_as,
               fetched_at = coalesce(excluded.fetched_at, fetched_at), tries = tries + (excluded.state != 'discovered'),
               warc_file = coalesce(excluded.warc_file, warc_file), warc_offset = coalesce(excluded.warc_offset, warc_offset)""",
        {
            "url": outcome.url,
            "source_id": outcome.source_id,
            "state": outcome.state.value,
            "reason": outcome.reason.value if outcome.reason else None,
            "http_status": outcome.http_status,
            "digest": outcome.digest,
            "published_on": published_on,
            "same_as": outcome.same_as,
            "at": moment,
            "fetched_at": moment if outcome.digest else None,
            "warc_file": outcome.warc_file,
            "warc_offset": outcome.warc_offset,
        },
    )


def archived(db: Database, *, everything: bool = False) -> list[Archived]:
    """The archived pages to be read: those still waiting, or everything that was ever kept."""
    states = "('candidate', 'article', 'document', 'failed', 'unrelated')" if everything else "('candidate')"
    rows = db.execute(
        f"""select url, source_id, warc_file, warc_offset, published_hint, title from pages
            where state in {states} and warc_file is not null and same_as is null order by warc_file, warc_offset"""  # noqa: S608
    ).fetchall()
    return [Archived(url, source, file, offset, _published(hint), title) for url, source, file, offset, hint, title in rows]


def watch_terms(db: Database) -> list[str]:
    """Titles of imported tasks and names of channels: a page that has one is kept, whatever else it says."""
    rows = db.execute("select title from tasks where not secret union select name from channels").fetchall()
    return [row[0] for row in rows]


def states(db: Database) -> dict[str, int]:
    """How many URLs are in each state."""
    return dict(db.execute("select state, count(*) from pages group by 1 order by 1").fetchall())


def _published(iso: str | None) -> PublishedAt | None:
    if iso is None:
        return None
    source: DateSource = "feed"
    value = datetime.fromisoformat(iso)
    return PublishedAt(value if value.tzinfo else value.replace(tzinfo=VIETNAM), "T" in iso, source)


def is_archived(db: Database, source_id: str, url: str) -> bool:
    """Is this page of the same source in the archive?"""
    row = db.execute(
        "select 1 from pages where url = ? and source_id = ? and warc_file is not null and same_as is null", [url, source_id]
    ).fetchone()
    return row is not None


def settled(db: Database) -> set[str]:
    """Every URL of which the ledger knows what became of it."""
    return {row[0] for row in db.execute("select url from pages where state != 'discovered'").fetchall()}
