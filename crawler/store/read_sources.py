"""What the pages show of the sources and the runs: who is well, who is not and why, and how the last run went."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its health and what came of the URLs it listed."""

    id: str
    name: str
    kind: str
    key_press: int
    agency_id: str | None
    agency_vi: str | None
    agency_en: str | None
    home: str
    languages: tuple[str, ...]
    status: str
    reason: str | None
    last_success_at: str | None
    last_new_at: str | None
    pages: int
    failed: int
    articles: int = 0
    """Of relevant coverage, where that was counted."""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A feed, sitemap, listing, column or home page of a source."""

    url: str
    kind: str
    origin: str
    status: str
    reason: str | None
    title: str | None
    items: int | None
    checked_at: str | None
    success_at: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command; failures are counted by severity."""

    id: int
    command: str
    started_at: str
    finished_at: str | None
    state: str
    summary: str | None
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often something failed for one reason, with one example."""

    reason: str
    severity: str
    count: int
    sources: int
    example_url: str | None
    example_detail: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a source."""

    at: str
    stage: str
    severity: str
    reason: str
    url: str | None
    detail: str | None


_SOURCES = """
    select s.id, s.name, s.kind, s.key_press, s.agency_id, a.name_vi, a.name_en, s.home, s.languages, s.status,
        s.status_reason, s.last_success_at, s.last_new_at,
        (select coalesce(sum(pages), 0) from page_counts where source_id = s.id),
        (select coalesce(sum(pages), 0) from page_counts where source_id = s.id and state = 'failed')
    from sources s left join agencies a on a.id = s.agency_id
"""


def sources(connection: sqlite3.Connection) -> list[SourceRow]:
    """All sources, those that need attention first."""
    order = """order by case s.status when 'failing' then 0 when 'dead' then 1 when 'blocked' then 2 when 'unknown' then 3
        when 'quiet' then 4 else 5 end, s.key_press desc, s.kind, s.name"""
    return [_source(row) for row in connection.execute(_SOURCES + order)]


def source(connection: sqlite3.Connection, source_id: str) -> SourceRow | None:
    """One source, or None."""
    row = connection.execute(_SOURCES + "where s.id = ?", (source_id,)).fetchone()
    return _source(row) if row else None


def portals_of(connection: sqlite3.Connection, agency_id: str) -> list[SourceRow]:
    """The portals of an agency."""
    return [_source(row) for row in connection.execute(_SOURCES + "where s.agency_id = ? order by s.name", (agency_id,))]


def endpoints(connection: sqlite3.Connection, source_id: str) -> list[EndpointRow]:
    """The endpoints of a source."""
    rows = connection.execute(
        """select url, kind, origin, status, reason, title, items, checked_at, success_at from endpoints
           where source_id = ? order by kind, url limit 500""",
        (source_id,),
    )
    return [EndpointRow(*row) for row in rows]


def latest_runs(connection: sqlite3.Connection, limit: int = 10, run: int | None = None) -> list[Run]:
    """The last runs, the newest first; or only the one asked for."""
    rows = connection.execute(
        """select r.id, r.command, r.started_at, r.finished_at, r.state, r.summary,
               (select count(*) from failures f where f.run_id = r.id and f.severity = 'error'),
               (select count(*) from failures f where f.run_id = r.id and f.severity = 'warning')
           from runs r where ?2 is null or r.id = ?2 order by r.id desc limit ?1""",
        (limit, run),
    )
    return [Run(*row) for row in rows]


def last_collecting(connection: sqlite3.Connection) -> Run | None:
    """The last run that collected, or None."""
    return next((run for run in latest_runs(connection, 1, last_collection(connection))), None)


def last_collection(connection: sqlite3.Connection) -> int:
    """The last run that collected; 0 where none ever did."""
    sql = "select coalesce(max(id), 0) from runs where command in ('crawl', 'weekly', 'demo')"
    return int(connection.execute(sql).fetchone()[0])


def failures_by_reason(connection: sqlite3.Connection, since: int) -> list[FailureCount]:
    """The failures of that run and all later ones by severity and reason, the most frequent first."""
    rows = connection.execute(
        # SQLite takes the bare `detail` from the row that min() found: address and detail are of one failure.
        """select reason, severity, count(*), count(distinct source_id), min(url), detail from failures
           where run_id >= ? group by reason, severity order by severity, count(*) desc, reason""",
        (since,),
    )
    return [FailureCount(*row) for row in rows]


def latest_failures(connection: sqlite3.Connection, source_id: str, limit: int = 20) -> list[Failure]:
    """The last failures of a source, the newest first."""
    rows = connection.execute(
        """select at, stage, severity, reason, url, detail from failures where source_id = ? order by at desc, rowid desc
           limit ?""",
        (source_id, limit),
    )
    return [Failure(*row) for row in rows]


def _source(row: sqlite3.Row) -> SourceRow:
    values = list(row)
    values[8] = tuple(json.loads(values[8]))
    return SourceRow(*values)
