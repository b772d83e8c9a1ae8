"""What a monthly report counts: a period of days in, rows out. Everything is counted from the rows, nothing from the tallies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

Span = tuple[date, date]
"""First and last day, both included (Asia/Ho_Chi_Minh)."""


@dataclass(frozen=True, slots=True)
class Count:
    """Relevant, dated articles: all, as stories (reprints of one text count once), and those that are first of their story."""

    articles: int
    stories: int
    originals: int


@dataclass(frozen=True, slots=True)
class Output:
    """What one source published in a period, and how much of it was relevant; `published` counts its dated pages."""

    id: str
    name: str
    kind: str
    key_press: bool
    agency_id: str | None
    articles: int
    originals: int
    published: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A unit's verdict of a day with the evidence that it rests on."""

    target_id: str
    unit_id: str
    name: str
    verdict: str
    reason: str
    rule: str
    since: str | None
    last_item_on: str | None
    detail: str | None
    evidence_id: int | None


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One row of evidence, as far as a report shows it."""

    id: int
    target_id: str
    unit_id: str
    url: str
    kind: str
    state: str
    decided_by: str
    decided_at: str
    published_on: str | None
    document: str | None
    issued_by: str | None
    archived: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A source that could not be read when it was last asked."""

    id: str
    name: str
    status: str
    reason: str | None
    last_success_at: str | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """One run as it ended."""

    id: int
    command: str
    started_at: str
    finished_at: str | None
    state: str


_COUNT = "count(*), count(distinct story_id), coalesce(sum(original), 0)"


def counted(db: Database, span: Span) -> Count:
    """All relevant coverage of a period."""
    return Count(*db.execute(f"select {_COUNT} from articles where {_WITHIN}", _days(span)).fetchone())  # noqa: S608


def groups(db: Database, span: Span) -> dict[str, Count]:
    """Coverage of each task group; an article may belong to several."""
    rows = db.execute(
        f"""select g.id, {_COUNT} from task_groups g join articles a on a.id in
                (select article_id from article_topics where topic_id in (select value from json_each(g.topics)))
            where {_WITHIN} group by g.id""",  # noqa: S608
        _days(span),
    ).fetchall()
    return {row[0]: Count(*row[1:]) for row in rows}


def weeks(db: Database, span: Span) -> list[tuple[str, int, int]]:
    """Weeks of a period by their Monday: articles and originals; weeks without coverage are rows of zeros."""
    rows = db.execute(
        f"""select {_MONDAY} as monday, count(*), sum(original) from articles where {_WITHIN} group by monday""",  # noqa: S608
        _days(span),
    ).fetchall()
    found = {row[0]: (row[1], row[2]) for row in rows}
    return [(monday, *found.get(monday, (0, 0))) for monday in _mondays(span)]


def group_weeks(db: Database, span: Span) -> dict[tuple[str, str], int]:
    """Articles of each task group in each week, by (group, Monday)."""
    rows = db.execute(
        f"""select g.id, {_MONDAY} as monday, count(*) from task_groups g join articles a on a.id in
                (select article_id from article_topics where topic_id in (select value from json_each(g.topics)))
            where {_WITHIN} group by g.id, monday""",  # noqa: S608
        _days(span),
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}


def named_bodies(db: Database, span: Span) -> list[tuple[int, str, int]]:
    """Which relevant article of a period names which body, by the name that it had: (article, agency, original)."""
    rows = db.execute(
        f"""select a.id, g.agency_id, a.original from articles a join article_agencies g on g.article_id = a.id
            where {_WITHIN} order by 1, 2""",  # noqa: S608
        _days(span),
    ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def outputs(db: Database, span: Span) -> list[Output]:
    """Every source's output in a period, the most relevant coverage first. Pages without a date are in no period."""
    rows = db.execute(
        """with dated as (
               select p.source_id, coalesce(a.published_on, p.published_on) as day from pages p
               left join articles a on a.url = p.url
               where p.state in ('unrelated', 'candidate', 'article', 'document') and p.same_as is null),
           own as (select source_id, count(*) as n from dated where day between :first and :last group by 1),
           relevant as (
               select source_id, count(*) as n, sum(original) as originals from articles
               where relevance > 0 and published_on between :first and :last group by 1)
           select s.id, s.name, s.kind, s.key_press, s.agency_id, coalesce(r.n, 0), coalesce(r.originals, 0), coalesce(o.n, 0)
           from sources s left join relevant r on r.source_id = s.id left join own o on o.source_id = s.id
           order by 6 desc, s.key_press desc, s.id""",
        _days(span),
    ).fetchall()
    return [Output(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6], row[7]) for row in rows]


def newest(db: Database, span: Span, limit: int, group: str) -> list[tuple[int, str, str, str, str]]:
    """A task group's newest originals of a period, mainly about the Resolution first: (id, URL, title, source, day)."""
    rows = db.execute(
        f"""select a.id, a.url, a.title, s.name, a.published_on from articles a join sources s on s.id = a.source_id
            where {_WITHIN} and a.original = 1 and a.id in (select article_id from article_topics where topic_id in
                (select value from task_groups g, json_each(g.topics) where g.id = :group))
            order by a.relevance desc, a.published_on desc, a.url limit :limit""",  # noqa: S608
        {**_days(span), "group": group, "limit": limit},
    ).fetchall()
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def measured_on(db: Database, day: date) -> bool:
    """Have the targets been measured for that day?"""
    row = db.execute("select 1 from target_progress where as_of = ? limit 1", [day.isoformat()]).fetchone()
    return row is not None


def ran_by(db: Database, day: date) -> bool:
    """Had any run begun by the end of that day?"""
    until = (day + timedelta(days=1)).isoformat()
    return db.execute("select 1 from runs where started_at < ? limit 1", [until]).fetchone() is not None


def has_articles(db: Database, span: Span) -> bool:
    """Is there any relevant, dated article in the period?"""
    return db.execute(f"select 1 from articles where {_WITHIN} limit 1", _days(span)).fetchone() is not None  # noqa: S608


def judged(db: Database, day: date) -> list[Judged]:
    """Every verdict of a day in the order of the targets, then of the units' kind and name."""
    rows = db.execute(
        """select v.target_id, v.unit_id, coalesce(a.name_vi, s.name, c.name, k.title, v.unit_id), v.verdict, v.reason, v.rule,
               v.since, v.last_item_on, v.detail, v.evidence_id
           from target_verdicts v join targets t on t.id = v.target_id
           left join agencies a on a.id = v.unit_id and t.unit = 'agency'
           left join sources s on s.id = v.unit_id and t.unit = 'source'
           left join channels c on c.id = v.unit_id and t.unit = 'channel'
           left join tasks k on k.id = v.unit_id and t.unit = 'task' and k.secret = 0
           where v.as_of = ?
           order by t.position, case a.kind when 'ministry' then 0 when 'ministerial' then 1 when 'government' then 2 else 3 end,
               a.city desc, replace(coalesce(a.name_vi, s.name, c.name, k.title, v.unit_id), 'Đ', 'Dz'), v.unit_id""",
        [day.isoformat()],
    ).fetchall()
    return [Judged(*row) for row in rows]


def proofs(db: Database, ids: Sequence[int]) -> dict[int, ProofRow]:
    """Evidence by its id."""
    rows = db.execute(f"{_PROOF} where e.id in (select value from json_each(?))", [json.dumps(list(ids))]).fetchall()  # noqa: S608
    return {row[0]: ProofRow(*row) for row in rows}


def proofs_beside(db: Database, target_id: str, kind: str, until: date) -> list[ProofRow]:
    """Evidence of a kind that is shown beside a verdict, published up to a day and not rejected."""
    rows = db.execute(
        _PROOF
        + """where e.target_id = ? and e.kind = ? and e.state != 'rejected' and (e.published_on is null or e.published_on <= ?)
             order by e.unit_id, e.published_on, e.id""",
        [target_id, kind, until.isoformat()],
    ).fetchall()
    return [ProofRow(*row) for row in rows]


def decided(db: Database) -> list[ProofRow]:
    """All evidence that a person confirmed or rejected."""
    rows = db.execute(_PROOF + "where e.state != 'detected' order by e.id").fetchall()
    return [ProofRow(*row) for row in rows]


def corrections(db: Database, span: Span, after: str) -> int:
    """How many articles of a period a person corrected after a moment (ISO 8601)."""
    row = db.execute(
        """select count(distinct c.article_id) from corrections c join articles a on a.id = c.article_id
           where c.at > :after and a.published_on between :first and :last""",
        {**_days(span), "after": after},
    ).fetchone()
    return int(row[0])


def duty_rows(db: Database, until: date) -> list[tuple[str, str, str, str, str]]:
    """What is owed and due in the latest period that began by the day: (duty, who, period, due day, state)."""
    rows = db.execute(
        """select id, agency_id, period, due_on, state from duties d
           where due_on = (select max(due_on) from duties where id = d.id and due_on <= ?) order by id, agency_id""",
        [until.isoformat()],
    ).fetchall()
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def standings(db: Database) -> dict[str, int]:
    """How many sources stand how."""
    return dict(db.execute("select status, count(*) from sources group by 1 order by 1").fetchall())


def unreadable(db: Database) -> list[Standing]:
    """Sources that the last visit could not read."""
    rows = db.execute(
        """select id, name, status, status_reason, last_success_at from sources
           where status in ('failing', 'dead', 'blocked') order by key_press desc, kind, name"""
    ).fetchall()
    return [Standing(*row) for row in rows]


def page_states(db: Database, since: date) -> dict[str, int]:
    """What became of the addresses that were first seen on or after a day."""
    return dict(
        db.execute(
            "select state, count(*) from pages where first_seen_at >= ? group by 1 order by 1", [since.isoformat()]
        ).fetchall()
    )


def failures(db: Database, since: date) -> dict[str, int]:
    """How often each reason occurred in the runs since a day."""
    return dict(
        db.execute("select reason, count(*) from failures where at >= ? group by 1 order by 1", [since.isoformat()]).fetchall()
    )


def last_run(db: Database) -> LastRun | None:
    """The newest run that collected and has ended."""
    row = db.execute(
        """select id, command, started_at, finished_at, state from runs
           where command in ('weekly', 'crawl', 'demo', 'backfill') and state != 'running' order by id desc limit 1"""
    ).fetchone()
    return LastRun(*row) if row else None


_WITHIN = "relevance > 0 and published_on between :first and :last"
_MONDAY = "date(published_on, 'weekday 0', '-6 days')"
_PROOF = """
    select e.id, e.target_id, e.unit_id, e.url, e.kind, e.state, e.decided_by, e.decided_at, e.published_on, e.document,
        coalesce(i.name_vi, e.issued_by), case when e.warc_file is not null then e.warc_file || ':' || e.warc_offset end
    from evidence e left join agencies i on i.id = e.issued_by
"""


def _days(span: Span) -> dict[str, object]:
    return {"first": span[0].isoformat(), "last": span[1].isoformat()}


def _mondays(span: Span) -> list[str]:
    monday = span[0] - timedelta(days=span[0].weekday())
    return [(monday + timedelta(days=7 * n)).isoformat() for n in range((span[1] - monday).days // 7 + 1)]
