"""Runs and their failures: what was started, how it ended, and what it could not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from crawler.items import Outcome, Reason, Visit

RunState = Literal["running", "ok", "attention", "failed", "interrupted"]
Severity = Literal["error", "warning"]
Stage = Literal["roster", "discover", "fetch", "archive", "process", "measure"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that a run could not do; the run itself went on."""

    stage: Stage
    severity: Severity
    reason: Reason
    detail: str
    source_id: str | None = None
    url: str | None = None


def start(db: Database, command: str, at: datetime) -> int:
    """Open a run and give its id. Runs that a killed process left open are closed as interrupted first."""
    with db.atomic():
        db.execute(
            "update runs set state = 'interrupted', finished_at = ? where state = 'running'", [at.isoformat(timespec="seconds")]
        )
        row = db.execute(
            "insert into runs (command, started_at, state) values (?, ?, 'running') returning id",
            [command, at.isoformat(timespec="seconds")],
        ).fetchone()
    return int(row[0])


def finish(db: Database, run_id: int, state: RunState, summary: dict[str, object], at: datetime) -> None:
    """Close a run with its summary (written as JSON)."""
    with db.atomic():
        db.execute(
            "update runs set state = ?, finished_at = ?, summary = ? where id = ?",
            [state, at.isoformat(timespec="seconds"), json.dumps(summary, ensure_ascii=False), run_id],
        )


def fail(db: Database, run_id: int, failure: Failure, at: datetime) -> None:
    """Write one failure; the caller's transaction decides when it is kept."""
    db.execute(
        "insert into failures (run_id, source_id, url, stage, severity, reason, detail, at) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run_id,
            failure.source_id,
            failure.url,
            failure.stage,
            failure.severity,
            failure.reason.value,
            failure.detail[:1_000],
            at.isoformat(timespec="seconds"),
        ],
    )


def failure(outcome: Outcome, stage: Stage) -> Failure:
    """The failure that an outcome with a reason stands for. Not asking (robots, foreign hosts) is a warning."""
    assert outcome.reason is not None
    severity: Severity = "warning" if outcome.state.value == "refused" else "error"
    return Failure(stage, severity, outcome.reason, outcome.detail, outcome.source_id, outcome.url)


def failures_of_visit(visit: Visit, *, unverified: bool) -> Iterator[Failure]:
    """What a visit to an endpoint could not do. An endpoint that nobody has seen work is only a warning."""
    if visit.reason is not None:
        severity: Severity = "warning" if unverified else "error"
        yield Failure("discover", severity, visit.reason, visit.detail, visit.source_id, visit.url)
    for notice in visit.notices:
        yield Failure("discover", "warning", notice.reason, notice.detail, visit.source_id, visit.url)


def reasons(db: Database, run_id: int) -> dict[str, int]:
    """How often each reason occurred in a run."""
    return dict(db.execute("select reason, count(*) from failures where run_id = ? group by 1 order by 1", [run_id]).fetchall())


def attention_of(db: Database) -> list[str]:
    """What the newest run that collected and has ended said needs a person."""
    row = db.execute(
        """select summary from runs where command in ('weekly', 'crawl', 'demo', 'backfill') and state != 'running'
           order by id desc limit 1"""
    ).fetchone()
    return [str(line) for line in json.loads(row[0]).get("attention", [])] if row and row[0] else []
