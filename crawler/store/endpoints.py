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
