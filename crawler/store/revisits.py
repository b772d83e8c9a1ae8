"""Articles that are young enough to be edited: when each is fetched again, and what that visit found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from crawler.clock import VIETNAM
from crawler.items import Page

YOUNG = timedelta(days=3)
"""Newsrooms correct and complete a text within hours, rarely after three days."""
BETWEEN = timedelta(days=1)
MOST = 3
"""Visits to one article after the first."""


@dataclass(frozen=True, slots=True)
class Revisit:
    """An article that is due, with what makes the request conditional."""

    url: str
    etag: str | None
    last_modified: str | None
    digest: str | None
    """SHA-256 of the body as it was last fetched."""


def due(db: Database, source_id: str, at: datetime) -> list[Revisit]:
    """The articles of a source that are to be fetched again by now."""
    rows = db.execute(
        """select url, etag, last_modified, digest from pages
           where source_id = ? and next_fetch_at <= ? and state in ('article', 'document') order by next_fetch_at, id""",
        [source_id, at.isoformat(timespec="seconds")],
    ).fetchall()
    return [Revisit(*row) for row in rows]


def plan(db: Database, url: str, page: Page) -> None:
    """After a first visit: come again tomorrow, if the article is young; without a date of its own, if it was found lately."""
    row = db.execute("select coalesce(published_on, first_seen_at) from pages where url = ?", [url]).fetchone()
    if row is not None:
        _set(db, url, page, _next(row[0], 0, page.fetched_at), 0)


def visited(db: Database, url: str, page: Page) -> None:
    """After another visit that was answered: come again tomorrow while it is young, and no more than MOST times."""
    row = db.execute("select coalesce(published_on, first_seen_at), revisits + 1 from pages where url = ?", [url]).fetchone()
    if row is not None:
        _set(db, url, page, _next(row[0], row[1], page.fetched_at), row[1])


def gone(db: Database, url: str, at: datetime) -> None:
    """The page answers 404 or 410: its article stays, marked with the day on which that was found."""
    with db.atomic():
        moment = at.isoformat(timespec="seconds")
        db.execute("update articles set gone_at = coalesce(gone_at, ?) where url = ?", [moment, url])
        db.execute("update pages set next_fetch_at = null, revisits = revisits + 1 where url = ?", [url])


def _next(since: str, visits: int, at: datetime) -> datetime | None:
    born = datetime.fromisoformat(since)
    born = born if born.tzinfo else born.replace(tzinfo=VIETNAM)
    return at + BETWEEN if at - born <= YOUNG and visits < MOST else None


def _set(db: Database, url: str, page: Page, due_at: datetime | None, visits: int) -> None:
    with db.atomic():
        db.execute(
            """update pages set etag = coalesce(?, etag), last_modified = coalesce(?, last_modified), next_fetch_at = ?,
                   revisits = ? where url = ?""",
            [
                page.header("ETag"),
                page.header("Last-Modified"),
                due_at.isoformat(timespec="seconds") if due_at else None,
                visits,
                url,
            ],
        )
