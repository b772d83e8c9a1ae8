"""Endpoints: what is known of each way into a source, and what each visit to it brought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from crawler.items import EndpointKind, Health, Visit
from crawler.schedule import History, Seen, decide


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way into a source, as the last visit left it."""

    source_id: str
    url: str
    kind: EndpointKind
    selector: str | None
    etag: str | None
    last_modified: str | None
    digest: str | None
    status: Health
    failures: int = 0
    """In a row."""
    next_check_at: datetime | None = None
    unfinished: bool = False
    """Its later pages were still to be asked when a crawl ended."""
    whole_at: datetime | None = None
    """Its last answer with a body."""
    lies: bool = False
    """It named one ETag or Last-Modified for two bodies."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What the last visit to an endpoint brought."""

    source_id: str
    url: str
    kind: EndpointKind
    status: Health
    items: int | None
    http_status: int | None
    reason: str | None
    """Why it failed, or what was odd about an answer that could be read."""
    detail: str | None
    verified: bool = True
    """False where the roster says that nobody has seen it work."""


def of_source(db: Database, source_id: str) -> list[Endpoint]:
    """Every endpoint of a source, the roster's and the discovered ones."""
    rows = db.execute(
        """select source_id, url, kind, selector, etag, last_modified, digest, status, failures, next_check_at, unfinished,
               whole_at, lies
           from endpoints
           where source_id = ? order by kind = 'home' desc, url""",
        [source_id],
    )
    return [
        replace(
            Endpoint(*known), next_check_at=_moment(due), unfinished=bool(unfinished), whole_at=_moment(whole), lies=bool(lies)
        )
        for *known, due, unfinished, whole, lies in rows.fetchall()
    ]


def discovered(db: Database, source_id: str, url: str, kind: EndpointKind) -> None:
    """Remember an endpoint that the crawl found by itself: a column on a home page, a sitemap inside an index."""
    with db.atomic():
        db.execute(
            "insert into endpoints (url, source_id, kind, origin) values (?, ?, ?, 'discovered') on conflict do nothing",
            [url, source_id, kind],
        )


def found_by_themselves(db: Database) -> list[tuple[str, str, EndpointKind]]:
    """Source, URL and kind of every endpoint that is not the roster's."""
    return db.execute("select source_id, url, kind from endpoints where origin = 'discovered' order by 1, 2").fetchall()


def mark_unfinished(db: Database, source_id: str, url: str, *, unfinished: bool) -> None:
    """Remember while a listing is being followed that it is, so that a crash does not leave out its later pages for good."""
    with db.atomic():
        db.execute("update endpoints set unfinished = ? where source_id = ? and url = ?", [int(unfinished), source_id, url])


def forget(db: Database, source_id: str, url: str) -> None:
    """Drop a discovered endpoint that proved to be none; the roster's own stay."""
    with db.atomic():
        db.execute("delete from endpoints where source_id = ? and url = ? and origin = 'discovered'", [source_id, url])


def record(db: Database, visit: Visit, at: datetime) -> bool:
    """Write a visit; an unchanged or failed one keeps what the last whole answer said. True: nobody has seen it work."""
    row = db.execute(
        """select failures, interval_s, changed_at, failing_since, items, unverified and verified_on is null,
               etag, last_modified, digest from endpoints
           where source_id = ? and url = ?""",
        [visit.source_id, visit.url],
    ).fetchone()
    if row is None:
        return False
    failures, seconds, changed_at, failing_since, items, unverified, *told = row
    interval = None if seconds is None else timedelta(seconds=seconds)
    lists = visit.kind in ("feed", "listing", "column") or (visit.kind == "sitemap" and bool(visit.items or items))
    decision = decide(
        History(failures, interval, _moment(changed_at), _moment(failing_since)),
        Seen(at, visit.health, visit.reason, visit.http_status, visit.items, visit.new, visit.every, visit.retry_after),
        may_fall_silent=lists,
    )
    after = decision.history
    db.execute(
        """update endpoints set status = :status, reason = :reason, http_status = :http_status, checked_at = :at,
               success_at = case when :answered then :at else success_at end,
               next_check_at = :due, failures = :failures, failing_since = :failing_since,
               interval_s = :interval, changed_at = :changed_at,
               etag = coalesce(:etag, etag), last_modified = coalesce(:last_modified, last_modified),
               digest = coalesce(:digest, digest), title = coalesce(:title, title), items = coalesce(:items, items),
               whole_at = case when :digest is null then whole_at else :at end, lies = max(lies, :lies),
               new_items = case when :answered then :new else new_items end,
               warc_file = coalesce(:warc_file, warc_file), warc_offset = coalesce(:warc_offset, warc_offset)
           where source_id = :source_id and url = :url""",
        {
            "status": decision.status,
            "answered": int(visit.health == "ok"),
            "due": _iso(decision.next_check_at),
            "failures": after.failures,
            "failing_since": _iso(after.failing_since),
            "interval": None if after.interval is None else int(after.interval.total_seconds()),
            "changed_at": _iso(after.changed_at),
            "new": visit.new,
            "reason": visit.reason.value if visit.reason else None,
            "http_status": visit.http_status,
            "at": _iso(at),
            "etag": visit.etag,
            "last_modified": visit.last_modified,
            "digest": visit.digest,
            "lies": int(_lies(visit, *told)),
            "title": visit.title,
            "items": visit.items,
            "warc_file": visit.warc_file,
            "warc_offset": visit.warc_offset,
            "source_id": visit.source_id,
            "url": visit.url,
        },
    )
    return bool(unverified)


def latest_visits(db: Database) -> list[Visited]:
    """Every endpoint that was ever asked, by source, the home page first, with what the last visit to it could not do."""
    rows = db.execute(
        """select e.source_id, e.url, e.kind, e.status, e.items, e.http_status, coalesce(e.reason, f.reason), f.detail,
               not (e.unverified and e.verified_on is null)
           from endpoints e left join failures f on f.rowid =
               (select max(rowid) from failures where source_id = e.source_id and url = e.url and stage = 'discover')
           where e.checked_at is not null order by e.source_id, e.kind = 'home' desc, e.kind, e.url"""
    ).fetchall()
    return [replace(Visited(*row[:-1]), verified=bool(row[-1])) for row in rows]


def standings(db: Database) -> dict[tuple[str, str | None], Health]:
    """The present status of every source and of every endpoint that somebody has seen work."""
    found: dict[tuple[str, str | None], Health] = {}
    for source_id, url, status in db.execute(
        """select id, null, status from sources
           union all select source_id, url, status from endpoints
               where kind != 'home' and not (unverified and verified_on is null)"""
    ).fetchall():
        found[source_id, url] = status
    return found


def settle(db: Database, source_ids: list[str], at: datetime) -> None:
    """Give each visited source the status that its endpoints add up to: one answer is enough to be reachable.

    An unverified endpoint counts for a source, never against it.
    """
    with db.atomic():
        for source_id in source_ids:
            rows = db.execute(
                """select status, reason, unverified and verified_on is null, kind = 'home' from endpoints
                   where source_id = ? and checked_at is not null order by kind = 'home' desc, url""",
                [source_id],
            ).fetchall()
            status, reason = _settled(rows)
            db.execute(
                """update sources set status = ?, status_reason = ?,
                       last_success_at = case when ? in ('ok', 'quiet') then ? else last_success_at end,
                       last_new_at = coalesce((select max(first_seen_at) from pages where source_id = sources.id), last_new_at)
                   where id = ?""",
                [status, reason, status, _iso(at), source_id],
            )


def _settled(rows: list[tuple[Health, str | None, int, int]]) -> tuple[Health, str | None]:
    """`ok` where anything answers and shows something new; a home page says nothing of that where there is more to ask."""
    reached = [(status, home) for status, _, _, home in rows if status in ("ok", "quiet")]
    listing = [status for status, home in reached if not home]
    if reached:
        return ("quiet" if listing and "ok" not in listing else "ok"), None
    against = [(status, reason) for status, reason, unverified, _ in rows if not unverified]
    if not against:
        return "unknown", None
    order: tuple[Health, ...] = ("blocked", "failing", "dead", "unknown")
    return min(against, key=lambda found: order.index(found[0]))


def _lies(visit: Visit, etag: str | None, last_modified: str | None, digest: str | None) -> bool:
    """Whether the server now sends another body under what it said of the last; a weak ETag promises no equal bytes."""
    if visit.digest is None or digest is None or visit.digest == digest:
        return False
    if etag or visit.etag:
        return visit.etag == etag and not str(etag).startswith("W/")
    return last_modified is not None and visit.last_modified == last_modified


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def answered(db: Database, source_ids: list[str], since: datetime) -> int:
    """How many endpoints of these sources answered since a moment."""
    row = db.execute(
        f"select count(*) from endpoints where success_at >= ? and source_id in ({', '.join('?' * len(source_ids))})",  # noqa: S608
        [_iso(since), *source_ids],
    ).fetchone()
    return int(row[0])
