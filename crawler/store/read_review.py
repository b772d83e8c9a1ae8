"""What waits for a person: detected evidence, borderline matches of tasks, proposed columns; counted, filtered, one by one."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Literal

from crawler.store.decisions import Subject

Queue = Literal["evidence", "tasks"]
_DECIDING = ("plan", "plan-report", "column", "special-page", "figure", "task-match")
"""The kinds of evidence on which a verdict can rest; the others are shown beside."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence with the verdict that it bears on."""

    id: int
    target_id: str
    unit_id: str
    unit_vi: str
    unit_en: str
    url: str
    article_id: int | None
    title: str | None
    kind: str
    state: str
    published_on: str | None
    passage: str | None
    document: str | None
    issued_by: str | None
    warc_file: str | None
    warc_offset: int | None
    rule: str
    verdict: str | None
    reason: str | None
    as_of: str | None
    decides: bool
    """The unit's latest verdict rests on it."""

    @property
    def subject(self) -> Subject:
        """What a decision on it is about."""
        return Subject("evidence", self.target_id, self.unit_id, self.url, self.kind)


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """A column that waits, with the source that it was found on."""

    id: int
    source_id: str
    source_name: str
    agency_id: str | None
    url: str
    state: str
    clear: bool
    why: str
    anchor: str | None
    title: str | None
    found_on: str
    found_at: str
    status: str | None
    items: int | None

    @property
    def subject(self) -> Subject:
        """What a decision on it is about."""
        return Subject("column", "", self.source_id, self.url, "")


# A match of a task counts as borderline while the task is not met by a better one.
_WAITING = f"""
    from evidence e join targets t on t.id = e.target_id
    left join target_verdicts v on v.target_id = e.target_id and v.unit_id = e.unit_id
        and v.as_of = (select max(as_of) from target_verdicts where target_id = e.target_id)
    left join agencies a on a.id = e.unit_id and t.unit = 'agency'
    left join sources s on s.id = e.unit_id and t.unit = 'source'
    left join channels c on c.id = e.unit_id and t.unit = 'channel'
    left join tasks k on k.id = e.unit_id and t.unit = 'task' and k.secret = 0
    left join articles x on x.id = e.article_id
    where (:only is not null and e.id = :only) or (:only is null and e.state = 'detected'
        and (e.kind = 'task-match' and coalesce(v.verdict, 'unknown') <> 'met') = (:queue = 'tasks')
        and (:beside or e.kind in ({", ".join(f"'{kind}'" for kind in _DECIDING)}))
        and (:target is null or e.target_id = :target)
        and (:agency is null or e.unit_id = :agency or s.agency_id = :agency or k.agency_id = :agency))"""  # noqa: S608 - the kinds above
_PROOF = """
    select e.id, e.target_id, e.unit_id, coalesce(a.name_vi, s.name, c.name, k.title, e.unit_id),
        coalesce(a.name_en, s.name, c.name, k.title, e.unit_id), e.url, e.article_id, x.title, e.kind, e.state, e.published_on,
        e.passage, e.document, e.issued_by, e.warc_file, e.warc_offset, e.rule, v.verdict, v.reason, v.as_of,
        coalesce(v.evidence_id = e.id, 0)"""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a queue is wanted; None: all. `beside`: also evidence on which no verdict can rest."""

    target: str | None = None
    agency: str | None = None
    beside: bool = False


def count_proofs(connection: sqlite3.Connection, queue: Queue, wanted: Filter) -> int:
    """How many pieces of evidence wait."""
    return int(connection.execute(f"select count(*) {_WAITING}", _values(queue, wanted)).fetchone()[0])


def proofs(connection: sqlite3.Connection, queue: Queue, wanted: Filter, limit: int, offset: int = 0) -> list[Proof]:
    """What waits: first what a verdict rests on, then the stronger kinds, then the newest."""
    rows = connection.execute(
        f"""{_PROOF} {_WAITING}
            order by coalesce(v.evidence_id = e.id, 0) desc,
                case e.kind when 'plan' then 0 when 'plan-report' then 1 when 'column' then 2 when 'special-page' then 3
                    when 'figure' then 4 when 'task-match' then 5 else 6 end,
                e.published_on desc, e.id limit :limit offset :offset""",
        {**_values(queue, wanted), "limit": limit, "offset": offset},
    )
    return [replace(Proof(*row), decides=bool(row[20])) for row in rows]


def proof(connection: sqlite3.Connection, evidence_id: int) -> Proof | None:
    """One piece of evidence, whatever people decided of it; None where there is none of that id."""
    values = _values("evidence", Filter(), evidence_id)
    row = connection.execute(f"{_PROOF} {_WAITING}", values).fetchone()
    return replace(Proof(*row), decides=bool(row[20])) if row else None


def _values(queue: Queue, wanted: Filter, only: int | None = None) -> dict[str, object]:
    beside = int(wanted.beside)
    return {"queue": queue, "target": wanted.target, "agency": wanted.agency, "beside": beside, "only": only}


def subject_of_evidence(connection: sqlite3.Connection, evidence_id: int) -> tuple[Subject, str] | None:
    """What a decision on it is about, and its state now; None where there is no such evidence any more."""
    row = connection.execute("select target_id, unit_id, url, kind, state from evidence where id = ?", (evidence_id,)).fetchone()
    return (Subject("evidence", *row[:4]), row[4]) if row else None


def subject_of_column(connection: sqlite3.Connection, proposal_id: int) -> tuple[Subject, str] | None:
    """What a decision on it is about, and its state now; None where there is no such proposal any more."""
    row = connection.execute("select source_id, url, state from column_proposals where id = ?", (proposal_id,)).fetchone()
    return (Subject("column", "", row[0], row[1], ""), row[2]) if row else None


_PROPOSED = """
    from column_proposals p join sources s on s.id = p.source_id
    left join endpoints e on e.source_id = p.source_id and e.url = p.url
    where p.state = 'proposed' and (:agency is null or s.agency_id = :agency)"""


def count_columns(connection: sqlite3.Connection, wanted: Filter) -> int:
    """How many proposed columns wait."""
    return int(connection.execute(f"select count(*) {_PROPOSED}", {"agency": wanted.agency}).fetchone()[0])


def proposals(connection: sqlite3.Connection, wanted: Filter, limit: int, offset: int = 0) -> list[ColumnProposal]:
    """The proposed columns that wait, the clear ones first: they count until somebody rejects them."""
    rows = connection.execute(
        f"""select p.id, p.source_id, s.name, s.agency_id, p.url, p.state, p.clear, p.why, p.anchor, coalesce(p.title, e.title),
                p.found_on, p.found_at, e.status, e.items {_PROPOSED}
            order by p.clear desc, p.found_at desc, p.id limit :limit offset :offset""",
        {"agency": wanted.agency, "limit": limit, "offset": offset},
    )
    return [replace(ColumnProposal(*row), clear=bool(row[6])) for row in rows]


def last_measured(connection: sqlite3.Connection) -> str:
    """When verdicts were last made, ISO 8601; empty where they never were."""
    row = connection.execute(
        "select max(finished_at) from runs where command in ('measure', 'weekly', 'demo') and state in ('ok', 'attention')"
    ).fetchone()
    return row[0] or ""
