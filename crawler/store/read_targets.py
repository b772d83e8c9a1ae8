"""What the pages show of the targets: progress, every unit's latest verdict, and the evidence under it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A target with its latest count; the counts are None where it has never been measured."""

    id: str
    name_vi: str
    name_en: str
    due_on: str
    share_due: float
    unit: str
    measured_by: str
    rule: str
    as_of: str | None
    met: int | None
    not_met: int | None
    unknown: int | None
    denominator: int | None
    share: float | None
    confirmed: int | None
    before_on: str | None
    """The day that it is compared with: the last one measured at least a month before."""
    before_met: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one unit's latest verdict on one target is; `page` says which kind of page the unit has."""

    target_id: str
    target_vi: str
    target_en: str
    unit_id: str
    unit_vi: str
    unit_en: str
    page: str | None
    verdict: str
    reason: str
    since: str | None
    last_item_on: str | None
    rule: str
    evidence_id: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: where it is, what it says, where it is archived, who decided."""

    id: int
    unit_id: str
    url: str
    article_id: int | None
    kind: str
    state: str
    decided_by: str
    decided_at: str
    published_on: str | None
    passage: str | None
    document: str | None
    issued_by: str | None
    """The name of the body that issued it, where that was a predecessor."""
    warc_file: str | None
    warc_offset: int | None
    note: str | None
    actor: str | None
    """The person who confirmed or rejected it."""
    measured: int
    """0: it was decided after the last measure began, so that no verdict knows of it yet."""


_PROGRESS = """
    select t.id, t.name_vi, t.name_en, t.due_on, t.share, t.unit, t.measured_by, t.rule,
        p.as_of, p.met, p.not_met, p.unknown, p.denominator, p.share, p.confirmed, b.as_of, b.met
    from targets t left join target_progress p on p.target_id = t.id
        and p.as_of = (select max(as_of) from target_progress where target_id = t.id)
    left join target_progress b on b.target_id = t.id
        and b.as_of = (select max(as_of) from target_progress where target_id = t.id and as_of <= date(p.as_of, '-1 month'))
"""
_VERDICTS = """
    select v.target_id, t.name_vi, t.name_en, v.unit_id,
        coalesce(a.name_vi, s.name, c.name, k.title, v.unit_id), coalesce(a.name_en, s.name, c.name, k.title, v.unit_id),
        case when a.id is not null then 'agency' when s.id is not null then 'outlet' end,
        v.verdict, v.reason, v.since, v.last_item_on, v.rule, v.evidence_id, v.detail
    from target_verdicts v join targets t on t.id = v.target_id
    left join agencies a on a.id = v.unit_id and t.unit = 'agency'
    left join sources s on s.id = v.unit_id and t.unit = 'source'
    left join channels c on c.id = v.unit_id and t.unit = 'channel'
    left join tasks k on k.id = v.unit_id and t.unit = 'task' and k.secret = 0
    where v.as_of = (select max(as_of) from target_verdicts where target_id = v.target_id)
"""
_EVIDENCE = """
    select e.id, e.unit_id, e.url, e.article_id, e.kind, e.state, e.decided_by, e.decided_at, e.published_on, e.passage,
        e.document, coalesce(i.name_vi, e.issued_by), e.warc_file, e.warc_offset, e.note,
        e.actor, e.decided_at <= (select coalesce(max(started_at), '') from runs
            where command in ('measure', 'weekly', 'demo') and state in ('ok', 'attention'))
    from evidence e left join agencies i on i.id = e.issued_by
"""


def progress(connection: sqlite3.Connection) -> list[Progress]:
    """All targets in the programme's order."""
    return [Progress(*row) for row in connection.execute(_PROGRESS + "order by t.position")]


def progress_of(connection: sqlite3.Connection, target_id: str) -> Progress | None:
    """One target, or None."""
    row = connection.execute(_PROGRESS + "where t.id = ?", (target_id,)).fetchone()
    return Progress(*row) if row else None


def verdicts(connection: sqlite3.Connection, target_id: str, only: str = "", limit: int = 2000) -> list[Verdict]:
    """The latest verdict of units of a target, or those that are `only`: by verdict, then by kind of body, then by name."""
    rows = connection.execute(
        _VERDICTS
        + """ and v.target_id = ?1 and ?2 in ('', v.verdict)
            order by case v.verdict when 'not_met' then 0 when 'unknown' then 1 else 2 end,
            case a.kind when 'ministry' then 0 when 'ministerial' then 1 when 'government' then 2 else 3 end, 5 limit ?3""",
        (target_id, only, limit),
    )
    return [Verdict(*row) for row in rows]


def verdicts_of_unit(connection: sqlite3.Connection, unit_id: str) -> list[Verdict]:
    """The latest verdicts on one agency or outlet, in the order of the targets."""
    rows = connection.execute(_VERDICTS + " and v.unit_id = ? and t.unit in ('agency', 'source') order by t.position", (unit_id,))
    return [Verdict(*row) for row in rows]


def evidence(connection: sqlite3.Connection, target_id: str, unit_id: str | None = None, limit: int = 4000) -> list[Evidence]:
    """The evidence for a target, of one unit or of all; the strongest kind and the oldest first."""
    rows = connection.execute(
        _EVIDENCE
        + """where e.target_id = ?1 and (?2 is null or e.unit_id = ?2)
             order by e.unit_id, e.state = 'rejected', e.kind in ('mention', 'resolution-plan', 'column-item'),
                 e.published_on, e.id limit ?3""",
        (target_id, unit_id, limit),
    )
    return [Evidence(*row) for row in rows]


def verdicts_by_agency(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """For every agency that is a unit: its latest verdict on each target."""
    table: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        """select v.unit_id, v.target_id, v.verdict from target_verdicts v join targets t on t.id = v.target_id
           where t.unit = 'agency' and v.as_of = (select max(as_of) from target_verdicts where target_id = v.target_id)"""
    )
    for unit_id, target_id, verdict in rows:
        table.setdefault(unit_id, {})[target_id] = verdict
    return table
