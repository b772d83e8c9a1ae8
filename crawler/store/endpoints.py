"""Endpoints: what is known of each way into a source, and what each visit to it brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.items import EndpointKind, Health, Visit


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


def of_source(db: Database, source_id: str) -> list[Endpoint]:
    """Every endpoint of a source, the roster's and the discovered ones."""
    rows = db.execute(
        """select source_id, url, kind, selector, etag, last_modified, digest, status from endpoints
           where source_id = ? order by kind = 'home' desc, url""",
        [source_id],
    )
    return [Endpoint(*row) for row in rows.fetchall()]


def discovered(db: Database, source_id: str, url: str, kind: EndpointKind) -> None:
    """Remember an endpoint that the crawl found by itself: a column on a home page, a sitemap inside an index."""
    with db.atomic():
        db.execute(
            "insert into endpoints (url, source_id, kind, origin) values (?, ?, ?, 'discovered') on conflict do nothing",
            [url, source_id, kind],
        )


def forget(db: Database, source_id: str, url: str) -> None:
    """Drop a discovered endpoint that proved to be none; the roster's own stay."""
    with db.atomic():
        db.execute("delete from endpoints where source_id = ? and url = ? and origin = 'discovered'", [source_id, url])


def record(db: Database, visit: Visit, at: datetime) -> bool:
    """Write a visit; an unchanged or failed one keeps what the last whole answer said. True: nobody has seen it work."""
    moment = at.isoformat(timespec="seconds")
    row = db.execute(
        """update endpoints set status = :health, reason = :reason, http_status = :http_status, checked_at = :at,
               success_at = case when :health = 'ok' then :at else success_at end,
               failures = case when :health = 'ok' then 0 else failures + 1 end,
               etag = coalesce(:etag, etag), last_modified = coalesce(:last_modified, last_modified),
               digest = coalesce(:digest, digest), title = coalesce(:title, title), items = coalesce(:items, items),
               warc_file = coalesce(:warc_file, warc_file), warc_offset = coalesce(:warc_offset, warc_offset)
           where source_id = :source_id and url = :url
           returning unverified and verified_on is null""",
        {
            "health": visit.health,
            "reason": visit.reason.value if visit.reason else None,
            "http_status": visit.http_status,
            "at": moment,
            "etag": visit.etag,
            "last_modified": visit.last_modified,
            "digest": visit.digest,
            "title": visit.title,
            "items": visit.items,
            "warc_file": visit.warc_file,
            "warc_offset": visit.warc_offset,
            "source_id": visit.source_id,
            "url": visit.url,
        },
    ).fetchone()
    return bool(row and row[0])


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
    moment = at.isoformat(timespec="seconds")
    with db.atomic():
        for source_id in source_ids:
            rows = db.execute(
                """select status, reason, unverified and verified_on is null from endpoints
                   where source_id = ? and checked_at is not null order by kind = 'home' desc""",
                [source_id],
            ).fetchall()
            status, reason = _settled(rows)
            db.execute(
                """update sources set status = ?, status_reason = ?,
                       last_success_at = case when ? = 'ok' then ? else last_success_at end,
                       last_new_at = coalesce((select max(first_seen_at) from pages where source_id = sources.id), last_new_at)
                   where id = ?""",
                [status, reason, status, moment, source_id],
            )


def _settled(rows: list[tuple[Health, str | None, int]]) -> tuple[Health, str | None]:
    if any(status == "ok" for status, _, _ in rows):
        return "ok", None
    against = [(status, reason) for status, reason, unverified in rows if not unverified]
    if not against:
        return "unknown", None
    blocked = next((found for found in against if found[0] == "blocked"), None)
    return blocked or against[0]


def answered(db: Database, source_ids: list[str], since: datetime) -> int:
    """How many endpoints of these sources answered since a moment."""
    row = db.execute(
        f"select count(*) from endpoints where success_at >= ? and source_id in ({', '.join('?' * len(source_ids))})",  # noqa: S608
        [since.isoformat(timespec="seconds"), *source_ids],
    ).fetchone()
    return int(row[0])
