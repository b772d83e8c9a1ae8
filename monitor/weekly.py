"""The steps of the weekly job in order, each told apart, so that one that fails does not take the others along."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from classifier.model_file import ModelError
from crawler.clock import now
from crawler.extensions import archive_directory
from crawler.roster import Roster
from monitor.channels import visit_channels
from monitor.crawl import CrawlOptions, crawl
from monitor.model import agency_names, model_path
from monitor.process import Plan, process
from monitor.runs import CannotRun, Interrupted, Run
from monitor.targets import measure

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the weekly job."""

    name: str
    work: Callable[[], None]


def reading_plan(path: Path, roster: Roster) -> Plan:
    """What processing needs for the database at `path`."""
    return Plan(archive_directory(path), model_path(path), agency_names(roster))


def weekly(
    run: Run, roster: Roster, options: CrawlOptions, *, as_of: date | None = None, on_read: Progress = lambda done, total: None
) -> list[dict[str, object]]:
    """Crawl, process, report when due, measure, tell. A stage that fails is recorded and the next one works with what there is.

    Gives the rows of target_progress of `as_of` (today by default, Asia/Ho_Chi_Minh).
    """
    progress: list[dict[str, object]] = []

    def read() -> None:
        read_now = process(run.db, reading_plan(run.path, roster), run.id, on_read=on_read)
        # Every URL is counted once, under what became of it in the end.
        run.counts.subtract({"candidate": min(run.counts["candidate"], read_now.total())})
        run.counts.update(read_now)

    def count() -> None:
        progress.extend(measure(run.db, roster, as_of or now().date()))

    def report() -> None:
        from monitor.report.make import report_due, reports_directory  # what draws documents is slow to load

        report_due(run.db, roster, as_of or now().date(), reports_directory(run.path))

    def tell() -> None:
        from monitor.digest.send import send_digest  # as slow to load as the report

        if sent := send_digest(run.path, run.db, os.environ, tuple(run.attention)):
            run.attention += [f"digest: {line}" for line in sent.trouble]

    for stage in (
        Stage("crawl", lambda: crawl(run, roster, replace(options, unattended=True))),
        Stage("channels", lambda: visit_channels(run, replace(options, unattended=True))),
        Stage("process", read),
        # The report measures the last day of its period: before today, so that today stays what was measured last.
        Stage("report", report),
        Stage("measure", count),
        Stage("digest", tell),
    ):
        try:
            stage.work()
        except Interrupted:
            raise  # whoever stops the crawl stops the job
        except (CannotRun, ModelError) as error:
            run.attention.append(f"{stage.name}: {error}")
    return progress
