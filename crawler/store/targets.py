"""Targets: what was seen of each unit, the evidence that it gives, and the verdicts of a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlite_utils import Database

from crawler.store import decisions

Verdict = Literal["met", "not_met", "unknown"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage, page or column that speaks for or beside a unit's verdict."""

    target_id: str
    unit_id: str
    url: str
    kind: str
    published_on: str | None
    rule: str
    article_id: int | None = None
    passage: str | None = None
    document: str | None = None
    issued_by: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """Evidence as it lies in the database: with its id, and with what a person said of it."""

    id: int
    unit_id: str
    kind: str
    state: Literal["detected", "confirmed", "rejected"]
    published_on: str | None


@dataclass(frozen=True, slots=True)
class UnitVerdict:
    """What is so of one unit on one day, why, and by which evidence."""

    target_id: str
    unit_id: str
    verdict: Verdict
    reason: str
    rule: str
    since: str | None = None
    last_item_on: str | None = None
    evidence_id: int | None = None
    detail: str | None = None
    """What stands behind a figure or a register (a fraction, a score); of a stale verdict, the day on which it was last seen."""


UNREAD = ("unreachable", "robots", "bot-wall")
"""Reasons of `unknown` that say nothing of the unit, only of the attempt to read it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A unit's verdict of the last day on which it could be checked."""

    verdict: Verdict
    day: str
    since: str | None
    last_item_on: str | None
    evidence_id: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A dedicated column as the last visit found it; `last_item_on` is its newest dated item on or before the day asked."""

    source_id: str
    url: str
    status: str
    reason: str | None
    http_status: int | None
    title: str | None
    items: int | None
    warc_file: str | None
    warc_offset: int | None
    last_item_on: str | None
    last_item_url: str | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A source as the last crawl left it."""

    id: str
    agency_id: str | None
    key_press: bool
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a body is named in an article: offsets in characters of the NFC form."""

    agency_id: str
    field: Literal["title", "text"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlanText:
    """An article or document that may report or be a plan."""

    article_id: int
    url: str
    source_id: str
    portal_agency: str | None
    kind: str
    title: str
    text: str
    published_on: str | None
    warc_file: str | None
    warc_offset: int | None
    named: tuple[Placed, ...]


def sources(db: Database) -> list[Watched]:
    """Every source of the database."""
    rows = db.execute("select id, agency_id, key_press, status, status_reason from sources order by id").fetchall()
    return [Watched(i, agency, bool(key), status, reason) for i, agency, key, status, reason in rows]


def columns(db: Database, as_of: date) -> list[Column]:
    """Every dedicated column and special page that the roster names or the crawl found."""
    rows = db.execute(
        """with items as (
               select i.source_id, i.column_url, p.url, coalesce(a.published_on, p.published_on) as published_on
               from column_items i join pages p on p.url = i.url
               left join articles a on a.url = coalesce(p.same_as, p.url)),
           newest as (
               select source_id, column_url, max(published_on) as published_on, url from items
               where published_on <= :day group by 1, 2)
           select e.source_id, e.url, e.status, e.reason, e.http_status, e.title, e.items, e.warc_file, e.warc_offset,
               n.published_on, n.url
           from endpoints e left join newest n on n.source_id = e.source_id and n.column_url = e.url
           where e.kind = 'column' order by e.source_id, e.url""",
        {"day": as_of.isoformat()},
    ).fetchall()
    return [Column(*row) for row in rows]


def plan_texts(db: Database, as_of: date) -> Iterable[PlanText]:
    """Relevant articles and documents up to the day that speak of a plan, a decision or a programme of action."""
    rows = db.execute(
        """select a.id, a.url, a.source_id, s.agency_id, a.kind, a.title, a.text, a.published_on, p.warc_file, p.warc_offset
           from articles a join sources s on s.id = a.source_id left join pages p on p.url = a.url
           where a.relevance > 0 and (a.published_on is null or a.published_on <= ?)
             and a.id in (select rowid from articles_fts
                 where articles_fts match '"ke hoach" OR "1169" OR "chuong trinh hanh dong"')
           order by a.published_on, a.url""",
        [as_of.isoformat()],
    )
    for row in rows:  # one at a time: all texts of years at once would fill the memory
        spans = db.execute(
            """select substr(tag, 8), field, start, "end" from article_spans
               where article_id = ? and tag like 'agency:%' order by field, start""",
            [row[0]],
        ).fetchall()
        named = tuple(Placed(*span) for span in spans)
        article_id, url, source_id, agency, kind, title, text, published_on, file, offset = row
        yield PlanText(article_id, url, source_id, agency, kind, title, text, published_on, file, offset, named)


def relevant_output(db: Database, since: date, until: date) -> dict[str, list[tuple[int, str, str]]]:
    """Relevant articles by source in a period, newest first: (id, URL, day)."""
    rows = db.execute(
        """select source_id, id, url, published_on from articles
           where relevance > 0 and published_on between ? and ? order by published_on desc, id desc""",
        [since.isoformat(), until.isoformat()],
    ).fetchall()
    found: dict[str, list[tuple[int, str, str]]] = {}
    for source_id, article_id, url, day in rows:
        found.setdefault(source_id, []).append((article_id, url, day))
    return found


def write_evidence(db: Database, target_id: str, found: Sequence[Evidence], at: str) -> list[Weighed]:
    """Replace a target's detected evidence by `found`; what a person confirmed or rejected keeps its word. All of it back."""
    keys = {(e.unit_id, e.url, e.kind) for e in found}
    for row in db.execute(
        "select id, unit_id, url, kind from evidence where target_id = ? and state = 'detected'", [target_id]
    ).fetchall():
        if (row[1], row[2], row[3]) not in keys:
            db.execute("delete from evidence where id = ?", [row[0]])
    db.conn.executemany(
        """insert into evidence (target_id, unit_id, url, article_id, kind, decided_at, published_on, passage, document,
               issued_by, warc_file, warc_offset, rule)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (target_id, unit_id, url, kind) do update set article_id = excluded.article_id,
               published_on = excluded.published_on, passage = excluded.passage, document = excluded.document,
               issued_by = excluded.issued_by, warc_file = excluded.warc_file, warc_offset = excluded.warc_offset,
               rule = excluded.rule""",
        [
            (
                e.target_id,
                e.unit_id,
                e.url,
                e.article_id,
                e.kind,
                at,
                e.published_on,
                e.passage,
                e.document,
                e.issued_by,
                e.warc_file,
                e.warc_offset,
                e.rule,
            )
            for e in found
        ],
    )
    decisions.settle_evidence(db.conn, target_id)
    rows = db.execute(
        "select id, unit_id, kind, state, published_on from evidence where target_id = ? order by published_on, id", [target_id]
    ).fetchall()
    return [Weighed(*row) for row in rows]


def last_checked(db: Database, target_id: str, as_of: date, back: timedelta) -> dict[str, Checked]:
    """What was last seen of each unit, by its id, on a day up to `as_of` and no more than `back` before it."""
    rows = db.execute(
        f"""select unit_id, verdict, case reason when 'stale' then detail else as_of end, since, last_item_on, evidence_id,
                max(as_of)
            from target_verdicts
            where target_id = ? and as_of between ? and ? and reason not in ({", ".join("?" * len(UNREAD))})
            group by unit_id""",  # noqa: S608
        [target_id, (as_of - back).isoformat(), as_of.isoformat(), *UNREAD],
    ).fetchall()
    return {row[0]: Checked(*row[1:-1]) for row in rows}


def write_verdicts(db: Database, target_id: str, as_of: date, verdicts: Sequence[UnitVerdict]) -> None:
    """Store a target's verdicts of a day and its progress; `since` reaches back over equal verdicts.

    The target's units become those of the day, unless a later day has been measured.
    """
    day = as_of.isoformat()
    if db.execute("select 1 from target_progress where target_id = ? and as_of > ?", [target_id, day]).fetchone() is None:
        db.execute("delete from target_units where target_id = ?", [target_id])
        units = ((target_id, v.unit_id) for v in verdicts)
        db.conn.executemany("insert into target_units (target_id, unit_id) values (?, ?)", units)
    db.execute("delete from target_verdicts where target_id = ? and as_of = ?", [target_id, day])
    for v in verdicts:
        before = db.execute(
            """select verdict, reason, since from target_verdicts where target_id = ? and unit_id = ? and as_of < ?
               order by as_of desc limit 1""",
            [target_id, v.unit_id, day],
        ).fetchone()
        # What could not be reached for a while and is found again was so all the time.
        same = before and before[0] == v.verdict and (before[1] == v.reason or "stale" in (before[1], v.reason))
        since = before[2] if same else v.since or day
        db.execute(
            """insert into target_verdicts (target_id, unit_id, as_of, verdict, reason, since, rule, last_item_on, evidence_id,
                   detail)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [target_id, v.unit_id, day, v.verdict, v.reason, since, v.rule, v.last_item_on, v.evidence_id, v.detail],
        )
    _write_progress(db, target_id, day)


def _write_progress(db: Database, target_id: str, day: str) -> None:
    db.execute(
        """insert into target_progress (target_id, as_of, met, not_met, unknown, denominator, share, confirmed)
           select :target, :day, m, n, u, m + n + u, case when m + n + u > 0 then 1.0 * m / (m + n + u) end, c
           from (select count(*) filter (where verdict = 'met') as m, count(*) filter (where verdict = 'not_met') as n,
                     count(*) filter (where verdict = 'unknown') as u,
                     count(*) filter (where verdict = 'met' and evidence_id in
                         (select id from evidence where state = 'confirmed')) as c
                 from target_verdicts where target_id = :target and as_of = :day)
           where true
           on conflict (target_id, as_of) do update set met = excluded.met, not_met = excluded.not_met,
               unknown = excluded.unknown, denominator = excluded.denominator, share = excluded.share,
               confirmed = excluded.confirmed""",
        {"target": target_id, "day": day},
    )


def progress(db: Database, as_of: date) -> list[dict[str, object]]:
    """The rows of target_progress of a day, in the programme's order."""
    cursor = db.execute(
        """select p.target_id, p.as_of, p.met, p.not_met, p.unknown, p.denominator, p.share, p.confirmed
           from target_progress p join targets t on t.id = p.target_id where p.as_of = ? order by t.position""",
        [as_of.isoformat()],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
