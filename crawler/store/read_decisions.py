"""What people decided, from both logs, the latest first, of a person, a day or one proof; and how many each made each day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, or the taking back of one; `mark` is `c` or `d` and its id in corrections or decisions."""

    mark: str
    at: str
    actor: str
    about: str
    """`tag`, `evidence` or `column`."""
    field: str
    """Of a tag as in corrections; the kind of evidence; empty for a column."""
    value: str | None
    """The tag's value, or the new state."""
    note: str | None
    takes_back: int | None
    in_force: int
    article_id: int | None
    evidence_id: int | None
    title: str | None
    url: str
    target_id: str
    unit_id: str
    unit_vi: str
    unit_en: str


@dataclass(frozen=True, slots=True)
class Day:
    """How much a person decided on a day, and how much of it was taking back."""

    day: str
    actor: str
    decisions: int
    taken_back: int


_BOTH = """
    select 'c' || c.id as mark, c.id as number, c.at, c.actor, 'tag' as about, c.field, c.value, c.note, c.takes_back,
        c.id is (select f.id from corrections_in_force f where f.article_id = c.article_id and f.field = c.field
                 order by f.at desc, f.id desc limit 1) as in_force,
        c.article_id, null as evidence_id, a.title, a.url, '' as target_id, '' as unit_id, '' as unit_vi, '' as unit_en
    from corrections c join articles a on a.id = c.article_id
    where (:actor is null or c.actor = :actor) and (:day is null or (c.at >= :day and c.at < :day || '~'))
    union all
    select 'd' || d.id, d.id, d.at, d.actor, d.about, d.kind, d.state, d.note, d.takes_back,
        exists (select 1 from decisions_in_force f where f.id = d.id), e.article_id, e.id,
        coalesce(x.title, p.title, p.anchor), d.url, d.target_id, d.unit_id,
        coalesce(b.name_vi, s.name, n.name, k.title, d.unit_id), coalesce(b.name_en, s.name, n.name, k.title, d.unit_id)
    from decisions d
    left join evidence e on d.about = 'evidence' and e.target_id = d.target_id and e.unit_id = d.unit_id and e.url = d.url
        and e.kind = d.kind
    left join articles x on x.id = e.article_id
    left join column_proposals p on d.about = 'column' and p.source_id = d.unit_id and p.url = d.url
    left join targets t on t.id = d.target_id
    left join agencies b on b.id = d.unit_id and t.unit = 'agency'
    left join sources s on s.id = d.unit_id and (d.about = 'column' or t.unit = 'source')
    left join channels n on n.id = d.unit_id and t.unit = 'channel'
    left join tasks k on k.id = d.unit_id and t.unit = 'task' and k.secret = 0
    where (:actor is null or d.actor = :actor) and (:day is null or (d.at >= :day and d.at < :day || '~'))
        and (:evidence is null or e.id = :evidence)"""
_SHOWN = (
    "mark, at, actor, about, field, value, note, takes_back, in_force, article_id, evidence_id, title, url, target_id, unit_id"
)


def decided(
    connection: sqlite3.Connection, actor: str | None = None, day: str | None = None, limit: int = -1
) -> Iterator[Decided]:
    """The decisions of a person (username) and a day (YYYY-MM-DD, Asia/Ho_Chi_Minh), or of all; at most `limit`, -1: all."""
    rows = connection.execute(
        f"select {_SHOWN}, unit_vi, unit_en from ({_BOTH}) order by at desc, number desc, mark limit :limit",  # noqa: S608
        {"actor": actor, "day": day, "evidence": None, "limit": limit},
    )
    return (Decided(*row) for row in rows)


def of_evidence(connection: sqlite3.Connection, evidence_id: int) -> list[Decided]:
    """What was decided of a piece of evidence."""
    rows = connection.execute(
        f"select {_SHOWN}, unit_vi, unit_en from ({_BOTH}) where about = 'evidence' order by at desc, number desc limit 100",  # noqa: S608
        {"actor": None, "day": None, "evidence": evidence_id},
    )
    return [Decided(*row) for row in rows]


def marked(connection: sqlite3.Connection, mark: str) -> Decided | None:
    """The decision of that mark, or None."""
    rows = connection.execute(
        f"select {_SHOWN}, unit_vi, unit_en from ({_BOTH}) where mark = :mark",  # noqa: S608
        {"actor": None, "day": None, "evidence": None, "mark": mark},
    )
    row = rows.fetchone()
    return Decided(*row) if row else None


def days(connection: sqlite3.Connection, limit: int = 60) -> list[Day]:
    """How many decisions each person made on each day, the latest days first."""
    rows = connection.execute(
        """select substr(at, 1, 10) as day, actor, count(*), count(takes_back) from (
               select at, actor, takes_back from corrections union all select at, actor, takes_back from decisions)
           group by 1, 2 order by 1 desc, 2 limit ?""",
        (limit,),
    )
    return [Day(*row) for row in rows]
