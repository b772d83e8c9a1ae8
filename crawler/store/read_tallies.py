"""What the pages show as counts and names: weekly curves, and the names of topics, agencies, outlets and task groups."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Week:
    """Relevant coverage of one week; `starts_on` is its Monday."""

    starts_on: str
    articles: int
    stories: int
    originals: int


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called in both languages, with its kind where it has one."""

    id: str
    vi: str
    en: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Province:
    """A province of today and how many articles of a time name it."""

    id: str
    vi: str
    en: str
    articles: int


@dataclass(frozen=True, slots=True)
class Group:
    """A task group of the programme with the topics that stand for it."""

    id: str
    vi: str
    en: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A body with its validity and successor."""

    id: str
    name_vi: str
    name_en: str
    kind: str
    city: int
    valid_from: str | None
    valid_to: str | None
    successor: str | None
    successor_vi: str | None
    successor_en: str | None
    portal: str | None
    articles: int = 0
    """Of relevant coverage that names it, where that was counted."""
    last_on: str | None = None


_AGENCIES = """
    select a.id, a.name_vi, a.name_en, a.kind, a.city, a.valid_from, a.valid_to, a.successor, b.name_vi, b.name_en, a.portal
    from agencies a left join agencies b on b.id = a.successor
"""


def weeks(connection: sqlite3.Connection, dim: str = "all", key: str = "", limit: int = 26) -> list[Week]:
    """The last `limit` weeks of all coverage as one dimension's value saw them, the oldest first.

    A week without coverage is a row of zeros, so that a silence shows as one; no rows where there never was any coverage.
    """
    of_value = "from tallies where dim = ? and key = ? and period = 'week'"
    first, last = connection.execute(f"select min(starts_on), max(starts_on) {of_value}", ("all", "")).fetchone()
    if last is None:
        return []
    end = date.fromisoformat(last)
    many = min(limit, (end - date.fromisoformat(first)).days // 7 + 1)
    mondays = [(end - timedelta(days=7 * back)).isoformat() for back in reversed(range(many))]
    columns = f"select starts_on, articles, stories, originals {of_value} and starts_on >= ?"
    known = {row[0]: Week(*row) for row in connection.execute(columns, (dim, key, mondays[0]))}
    if not any(week.articles for week in known.values()):
        return []
    return [known.get(monday) or Week(monday, 0, 0, 0) for monday in mondays]


def group_weeks(connection: sqlite3.Connection, since: str) -> dict[tuple[str, str], int]:
    """Articles of each task group in each week from the Monday `since`: by (group, Monday), weeks without any left out."""
    rows = connection.execute(
        "select key, starts_on, articles from tallies where dim = 'task-group' and period = 'week' and starts_on >= ?", (since,)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def provinces(connection: sqlite3.Connection, since: str) -> list[Province]:
    """The provinces of today with the articles of the weeks from the Monday `since` that name them."""
    rows = connection.execute(
        """select a.id, a.name_vi, a.name_en, coalesce(sum(t.articles), 0) from agencies a
           left join tallies t on t.dim = 'province' and t.period = 'week' and t.key = a.id and t.starts_on >= ?
           where a.kind = 'province' and a.successor is null and a.valid_to is null
           group by a.id order by a.city desc, a.name_vi""",
        (since,),
    )
    return [Province(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Share:
    """What a kind of source, or one source, published in some weeks, and how much of it is relevant and dated."""

    key: str
    articles: int
    published: int

    @property
    def share(self) -> float | None:
        """Relevant articles of everything published; None where nothing was."""
        return self.articles / self.published if self.published else None


def shares_by_kind(connection: sqlite3.Connection, monday: str) -> list[Share]:
    """What each kind of source published in the week of a Monday; kinds that published nothing are left out."""
    rows = connection.execute(
        """select s.kind, coalesce(t.articles, 0), sum(o.published) from outputs o join sources s on s.id = o.source_id
           left join tallies t on t.dim = 'source-kind' and t.key = s.kind and t.period = 'week' and t.starts_on = o.starts_on
           where o.starts_on = ? group by s.kind order by 3 desc, 1""",
        (monday,),
    )
    return [Share(*row) for row in rows]


def share_of_source(connection: sqlite3.Connection, source_id: str, since: str) -> Share:
    """What a source published in the weeks from a Monday on."""
    row = connection.execute(
        """select coalesce((select sum(articles) from tallies
               where dim = 'source' and key = :source and period = 'week' and starts_on >= :since), 0),
             coalesce((select sum(published) from outputs where source_id = :source and starts_on >= :since), 0)""",
        {"source": source_id, "since": since},
    ).fetchone()
    return Share(source_id, row[0], row[1])


def topics(connection: sqlite3.Connection) -> list[Name]:
    """All topics in their order; the kind is the facet."""
    return [Name(*row) for row in connection.execute("select id, name_vi, name_en, facet from topics order by position, id")]


def agency_names(connection: sqlite3.Connection) -> list[Name]:
    """All agencies by name."""
    return [Name(*row) for row in connection.execute("select id, name_vi, name_en, kind from agencies order by name_vi")]


def outlets(connection: sqlite3.Connection) -> list[Name]:
    """All sources by name."""
    return [Name(*row) for row in connection.execute("select id, name, name, kind from sources order by name")]


def languages(connection: sqlite3.Connection) -> list[str]:
    """The languages of the articles."""
    return [row[0] for row in connection.execute("select distinct language from articles where language is not null order by 1")]


def groups(connection: sqlite3.Connection) -> list[Group]:
    """The task groups in the programme's order."""
    rows = connection.execute("select id, name_vi, name_en, topics from task_groups order by position")
    return [Group(row[0], row[1], row[2], tuple(json.loads(row[3]))) for row in rows]


def agencies(connection: sqlite3.Connection) -> list[AgencyRow]:
    """All bodies; Đ comes after D, as in a dictionary."""
    order = """order by a.valid_to is not null, case a.kind when 'ministry' then 0 when 'ministerial' then 1
        when 'government' then 2 when 'province' then 3 else 4 end, a.city desc,
        replace(a.name_vi, 'Đ', 'Dz')"""
    return [AgencyRow(*row) for row in connection.execute(_AGENCIES + order)]


def agency(connection: sqlite3.Connection, agency_id: str) -> AgencyRow | None:
    """One body, or None."""
    row = connection.execute(_AGENCIES + "where a.id = ?", (agency_id,)).fetchone()
    return AgencyRow(*row) if row else None


def predecessors(connection: sqlite3.Connection, agency_id: str) -> list[Name]:
    """The bodies that this one succeeded."""
    rows = connection.execute(
        "select id, name_vi, name_en, kind from agencies where successor = ? order by name_vi", (agency_id,)
    )
    return [Name(*row) for row in rows]
