"""What targets measured by figures and registers are decided from: figures, tasks and channels beside what the crawl saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from crawler.store.imports import Figure


@dataclass(frozen=True, slots=True)
class Mark:
    """A row of evidence and what a person said of it: `detected`, `confirmed` or `rejected`."""

    id: int
    state: str
    published_on: str | None


@dataclass(frozen=True, slots=True)
class PublicTask:
    """A task that is no secret, to be looked for in the coverage."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel of the register."""

    id: str
    url: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An address that the crawl asks, as its last visit left it."""

    source_id: str
    url: str
    kind: str
    status: str
    reason: str | None
    http_status: int | None
    items: int | None
    title: str | None
    warc_file: str | None
    warc_offset: int | None


def figures(db: Database, target_id: str) -> list[Figure]:
    """All figures that were reported for a target."""
    rows = db.execute(
        """select target_id, unit_id, period, numerator, denominator, document from figures where target_id = ?
           order by unit_id, period""",
        [target_id],
    ).fetchall()
    return [Figure(*row) for row in rows]


def marks(db: Database, target_id: str) -> dict[tuple[str, str], Mark]:
    """A target's evidence of figures and tasks by unit and address."""
    rows = db.execute(
        """select unit_id, url, id, state, published_on from evidence
           where target_id = ? and kind in ('figure', 'task-match') order by id""",
        [target_id],
    ).fetchall()
    return {(unit, url): Mark(number, state, day) for unit, url, number, state, day in rows}


def public_tasks(db: Database, year: int) -> list[PublicTask]:
    """The tasks that are no secret and have begun by that year."""
    rows = db.execute(
        "select id, title from tasks where not secret and coalesce(year_from, ?) <= ? order by id", [year, year]
    ).fetchall()
    return [PublicTask(*row) for row in rows]


def has_articles(db: Database, as_of: date) -> bool:
    """Whether there is any coverage up to the day at all."""
    return bool(db.execute("select exists (select 1 from articles where published_on <= ?)", [as_of.isoformat()]).fetchone()[0])


def channels(db: Database) -> list[Listed]:
    """The register of channels."""
    return [Listed(*row) for row in db.execute("select id, url, kind from channels order by id").fetchall()]


def asked(db: Database) -> list[Asked]:
    """Every address that the crawl asks."""
    rows = db.execute(
        """select source_id, url, kind, status, reason, http_status, items, title, warc_file, warc_offset from endpoints
           order by source_id, url"""
    ).fetchall()
    return [Asked(*row) for row in rows]


def newest_item(db: Database, endpoint: Asked, as_of: date, *, whole_source: bool) -> str | None:
    """The day of the newest item, up to `as_of`, that the endpoint listed, or that its whole source published."""
    found = db.execute(
        """select max(coalesce(a.published_on, p.published_on)) from pages p
           left join articles a on a.url = coalesce(p.same_as, p.url)
           where p.source_id = :source and coalesce(a.published_on, p.published_on) <= :day
             and (:whole or p.found_on = :url or p.url in
                 (select url from column_items where source_id = :source and column_url = :url))""",
        {"source": endpoint.source_id, "url": endpoint.url, "day": as_of.isoformat(), "whole": int(whole_source)},
    ).fetchone()
    return str(found[0]) if found[0] is not None else None


def write_channel_states(db: Database, states: Mapping[str, str]) -> None:
    """Keep what the last visit of each channel's address was like."""
    db.conn.executemany("update channels set status = ? where id = ?", [(state, channel) for channel, state in states.items()])
