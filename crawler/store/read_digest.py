"""What the digest of a run tells: rows of the run and of the days measured last in, counts and short lists out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CollectingRun:
    """The newest run that collected, or is doing so; times ISO 8601 with +07:00."""

    id: int
    command: str
    started_at: str
    finished_at: str | None
    state: str


@dataclass(frozen=True, slots=True)
class NewArticle:
    """A relevant article that came in with the run."""

    id: int
    url: str
    title: str
    source: str
    published_on: str | None
    relevance: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A unit whose verdict is another than on the day measured before."""

    target_id: str
    unit_id: str
    name: str
    before: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A source that could not be read."""

    id: str
    name: str
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, by what it is."""

    evidence: int
    tasks: int
    columns: int


def run(db: sqlite3.Connection) -> CollectingRun | None:
    """The newest run that collected."""
    row = db.execute(
        """select id, command, started_at, finished_at, state from runs
           where command in ('weekly', 'crawl', 'demo', 'backfill') order by id desc limit 1"""
    ).fetchone()
    return CollectingRun(*row) if row else None


def new_articles(db: sqlite3.Connection, since: str, limit: int) -> tuple[int, list[NewArticle]]:
    """How many relevant articles were first fetched since a moment, and the most telling of them: originals mainly about it."""
    # Articles are fetched once and again while they are young: the ledger knows when an address was first seen.
    fresh = """from articles a join pages p on p.url = a.url join sources s on s.id = a.source_id
        where a.relevance > 0 and p.first_seen_at >= ?"""
    count = db.execute(f"select count(*) {fresh}", (since,)).fetchone()[0]
    rows = db.execute(
        f"""select a.id, a.url, a.title, s.name, a.published_on, a.relevance {fresh}
            order by a.relevance desc, a.original desc, a.published_on desc nulls last, a.id limit ?""",
        (since, limit),
    )
    return int(count), [NewArticle(*row) for row in rows]


def days(db: sqlite3.Connection) -> tuple[str | None, str | None]:
    """The day that was measured last, and the one before it."""
    found = [row[0] for row in db.execute("select distinct as_of from target_progress order by 1 desc limit 2")]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def turned(db: sqlite3.Connection, before: str, now: str) -> list[Turned]:
    """Every unit whose verdict is not what it was on the day before, in the order of the targets."""
    rows = db.execute(
        """select v.target_id, v.unit_id, coalesce(a.name_vi, s.name, c.name, k.title, v.unit_id), b.verdict, v.verdict, v.reason
           from target_verdicts v join target_verdicts b on b.target_id = v.target_id and b.unit_id = v.unit_id and b.as_of = ?
           join targets t on t.id = v.target_id
           left join agencies a on a.id = v.unit_id and t.unit = 'agency'
           left join sources s on s.id = v.unit_id and t.unit = 'source'
           left join channels c on c.id = v.unit_id and t.unit = 'channel'
           left join tasks k on k.id = v.unit_id and t.unit = 'task' and k.secret = 0
           where v.as_of = ? and v.verdict != b.verdict order by t.position, v.verdict, 3""",
        (before, now),
    )
    return [Turned(*row) for row in rows]


def broken(db: sqlite3.Connection) -> list[Broken]:
    """The sources that the last visit could not read, the key press first."""
    rows = db.execute(
        """select id, name, status, status_reason from sources where status in ('failing', 'dead', 'blocked')
           order by key_press desc, kind, name"""
    )
    return [Broken(*row) for row in rows]


def failures(db: sqlite3.Connection, run_id: int) -> list[tuple[str, int]]:
    """What the run could not do: (reason, how often), the most frequent first."""
    rows = db.execute("select reason, count(*) from failures where run_id = ? group by 1 order by 2 desc, 1", (run_id,))
    return [(row[0], row[1]) for row in rows]


def waiting(db: sqlite3.Connection) -> Waiting:
    """What nobody has decided yet: evidence that counts, borderline task matches, proposed columns."""
    row = db.execute(
        """select
             (select count(*) from evidence
                where state = 'detected' and kind in ('plan', 'plan-report', 'column', 'special-page')),
             (select count(*) from target_verdicts where target_id = 'tasks-2030' and reason = 'borderline'
                and as_of = (select max(as_of) from target_verdicts where target_id = 'tasks-2030')),
             (select count(*) from column_proposals where state = 'proposed')"""
    ).fetchone()
    return Waiting(*row)
