"""The one door: `nq57 [--db PATH] COMMAND`. Each command reads its options, calls one function, and tells the result."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from monitor import say
from monitor.cli_data import export, import_
from monitor.cli_learn import evaluate, sample, train
from monitor.cli_report import digest, report
from monitor.cli_site import accounts, serve
from monitor.cli_sources import sources
from monitor.crawl_options import crawl_options, read_crawl_options
from monitor.options import database, flag, is_expected, reporting, silent, with_globals

if TYPE_CHECKING:
    from crawler.roster import Roster

F = TypeVar("F", bound=Callable[..., Any])

scheduler_option = click.option(
    "--scheduler", metavar="ADDRESS", help="Work on the workers of this Dask scheduler, which see the same files."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="nq57", prog_name="nq57")
@with_globals
def cli() -> None:
    """NQ57: collect, tag, measure and serve the coverage of Resolution 57-NQ/TW."""


# ── the chain ──────────────────────────────────────────────────────────────────────────────────
@cli.command()
@crawl_options
@click.option(
    "--shards", type=click.IntRange(min=1), metavar="N", help="Parts with --scheduler [default: as before, one a worker]."
)
@scheduler_option
@with_globals
def crawl(scheduler: str | None, shards: int | None, **given: Any) -> None:
    """Discover, fetch, scan and archive what the sources publish."""
    from monitor.channels import visit_channels
    from monitor.crawl import crawl as work

    if given["shard"] and scheduler:
        raise click.BadParameter("--shard and --scheduler: the workers of a scheduler take all shards")
    if shards and not scheduler:
        raise click.BadParameter("--shards: only with --scheduler; --shard I/N crawls one part")
    with reporting("crawl") as run:
        options, roster = read_crawl_options(**given)
        if scheduler is None:
            work(run, roster, options)
            visit_channels(run, options)
            return
        from monitor.fleet import crawl_shards

        with say.bar("Thu thập theo phần", quiet=silent()) as on_shard:
            crawl_shards(run, options, scheduler, shards, on_shard)
        visit_channels(run, options)


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Read every archived page again.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes [default: one a core].")
@scheduler_option
@with_globals
def process(everything: bool, workers: int | None, scheduler: str | None) -> None:
    """Turn archived pages into articles with tags."""
    from crawler.store.roster import sync_roster
    from monitor.process import process as work
    from monitor.weekly import reading_plan

    with reporting("process") as run, say.bar("Đọc trang lưu trữ", quiet=silent()) as on_read:
        roster = _roster(None)
        sync_roster(run.db, roster, sources=False)
        run.counts.update(
            work(
                run.db,
                reading_plan(run.path, roster),
                run.id,
                everything=everything,
                workers=workers,
                scheduler=scheduler,
                on_read=on_read,
            )
        )


@cli.command()
@click.argument("files", metavar="PATH_OR_URL...", nargs=-1, required=True)
@click.option("--any-host", is_flag=True, help="Pages of hosts too that are not in the roster.")
@click.option("--roster", type=click.Path(path_type=Path, exists=True), metavar="PATH", help="As for crawl.")
@click.option("--workers", type=click.IntRange(min=1), default=1, metavar="N", help="Processes that read and scan [default: 1].")
@scheduler_option
@with_globals
def backfill(files: tuple[str, ...], any_host: bool, roster: Path | None, workers: int, scheduler: str | None) -> None:
    """Take in WARC files, our own or anybody's: paths, http(s) and S3 addresses."""
    from crawler.store.roster import sync_roster
    from monitor.backfill import backfill as work
    from monitor.process import process as read
    from monitor.spread import spread
    from monitor.weekly import reading_plan

    with reporting("backfill") as run, spread(workers, scheduler) as workforce:
        loaded = _roster(roster)
        sync_roster(run.db, loaded)
        with say.bar("Đọc tệp lưu trữ", quiet=silent()) as on_part:
            work(run, loaded, files, workforce, any_host=any_host, on_part=on_part)
        with say.bar("Đọc trang lưu trữ", quiet=silent()) as on_read:
            plan = reading_plan(run.path, loaded)
            read_now = read(run.db, plan, run.id, workers=workers, scheduler=scheduler, on_read=on_read)
        run.counts.subtract({"candidate": min(run.counts["candidate"], read_now.total())})
        run.counts.update(read_now)


@cli.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day to measure for [default: today].")
@with_globals
def measure(as_of: datetime | None) -> None:
    """Measure targets, tallies and health, and store the day's verdicts."""
    from crawler.clock import now
    from crawler.store.roster import sync_roster
    from monitor.runs import running
    from monitor.targets import measure as work

    day = as_of.date() if as_of else now().date()
    roster = _roster(None)
    with running(database(), "measure") as run:
        sync_roster(run.db, roster, sources=False)
        progress = work(run.db, roster, day)
    if flag("as_json"):
        click.echo(json.dumps({"as_of": day.isoformat(), "targets": progress}, ensure_ascii=False))
    elif not flag("quiet"):
        say.targets(roster, progress, day)


@cli.command()
@crawl_options
@with_globals
def weekly(**given: Any) -> None:
    """The whole weekly job: crawl, process, the monthly report when it is due, measure, the digest where mail is set up."""
    from crawler.clock import now
    from monitor.weekly import weekly as work

    with reporting("weekly") as run:
        options, roster = read_crawl_options(**given)
        progress = work(run, roster, options)
        if not silent():
            say.targets(roster, progress, now().date())


@cli.command()
@click.option("--serve/--no-serve", default=True, help="Serve the result afterwards [default: serve].")
@click.option("--port", type=click.IntRange(0, 65535), default=8057, show_default=True, metavar="N", help="Datasette's port.")
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where to work.")
@with_globals
def demo(serve: bool, port: int, directory: Path | None) -> None:
    """Run the whole weekly job against the bundled press web, compare with its truth, and serve the result."""
    from monitor.demo.show import show
    from monitor.serve import serve as start

    outcome = show(directory or Path("data/demo"), quiet=silent())
    if flag("as_json"):
        click.echo(json.dumps(outcome.summary, ensure_ascii=False))
    if outcome.differences:
        for difference in outcome.differences:
            click.echo(f"nq57 demo: {difference}", err=True)
        sys.exit(1)
    if serve:
        sys.exit(start(outcome.db, "127.0.0.1", port))


# ── without a database ─────────────────────────────────────────────────────────────────────────
@cli.command()
@with_globals
def tag() -> None:
    """Tag texts: JSON Lines on stdin {"id","url","title","text"}, one line of labels each on stdout."""
    from monitor.model import agency_names, trained_path
    from monitor.tagging import tag_lines

    sys.exit(1 if tag_lines(sys.stdin, sys.stdout, agency_names(_roster(None)), trained_path(database())) else 0)


@cli.command()
@with_globals
def extract() -> None:
    """Extract files: JSON Lines on stdin {"id","url","path"}, one line of text and facts each on stdout."""
    from monitor.extracting import extract_lines

    sys.exit(1 if extract_lines(sys.stdin, sys.stdout) else 0)


# ── keeping ────────────────────────────────────────────────────────────────────────────────────
@cli.command()
@click.argument("others", metavar="DB...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@with_globals
def merge(others: tuple[Path, ...]) -> None:
    """Join databases of shards, with their archives, to this one; the same call again changes nothing."""
    from monitor.merge import join

    with reporting("merge") as run, say.busy("Đang gộp …", quiet=silent()):
        join(run, others)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_globals
def snapshot(file: Path) -> None:
    """Write a consistent copy of the database to FILE and of the accounts beside it, also while a run is at work."""
    from monitor.keep import snapshot as work

    for copy, size in work(database(), file).items():
        if not silent():
            click.echo(f"{copy}: {size:,} bytes".replace(",", "."))


@cli.command()
@click.option("--repair", is_flag=True, help="Repair what can be repaired first: nothing is thrown away that can still be read.")
@click.option("--roster", type=click.Path(path_type=Path, exists=True), metavar="PATH", help="As for crawl.")
@with_globals
def doctor(repair: bool, roster: Path | None) -> None:
    """Check roster, model, accounts, database and archive, and name what is wrong."""
    from monitor.keep import doctor as work

    if repair:
        _repair(roster)
    checks = list(work(database()))
    if flag("as_json"):
        click.echo(json.dumps({check.name: check.problem for check in checks}, ensure_ascii=False))
    for check in checks:
        if check.problem:
            click.echo(f"nq57 doctor: {check.name}: {check.problem}", err=True)
        elif not silent():
            click.echo(f"{check.name}: ok")
    sys.exit(1 if any(check.problem for check in checks) else 0)


def _repair(roster: Path | None) -> None:
    from monitor.repair import bring_back_decisions, mend, set_aside
    from monitor.runs import running

    loaded = _roster(roster)
    damaged = list(set_aside(database()))
    for done in damaged:
        click.echo(done, err=True)
    with running(database(), "doctor") as run:
        for done in mend(run, loaded):
            click.echo(done, err=True)
        for done in bring_back_decisions(run) if damaged else ():
            click.echo(done, err=True)
        for left in run.attention:
            click.echo(f"nq57 doctor: {left}", err=True)


cli.add_command(train)
cli.add_command(evaluate)
cli.add_command(sample)
cli.add_command(import_)
cli.add_command(export)
cli.add_command(report)
cli.add_command(digest)
cli.add_command(sources)
cli.add_command(serve)
cli.add_command(accounts)


# ── shared ─────────────────────────────────────────────────────────────────────────────────────
def _roster(path: Path | None) -> Roster:
    from crawler.roster import load_roster

    return load_roster(path)


def _refuse(message: str, code: int) -> NoReturn:
    click.echo(f"nq57: {' '.join(message.split())}", err=True)
    sys.exit(code)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    # Not by way of SIGINT: a shell that starts us in the background has that ignored.
    raise KeyboardInterrupt


def main() -> NoReturn:
    """The console script. Errors are one line on stderr that names the input; exit codes 0, 1 and 2 are the contract's."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = cli.main(prog_name="nq57", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        _refuse("interrupted; run it again to go on", 1)
    except click.exceptions.NoArgsIsHelpError as error:
        path = error.ctx.command_path if error.ctx else "nq57"
        _refuse(f"a command is missing; `{path} --help` lists them", 2)
    except click.ClickException as error:
        _refuse(error.format_message(), 2)
    except KeyboardInterrupt:
        _refuse("interrupted; run it again to go on", 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        if not is_expected(error):
            raise
        _refuse(str(error), 1)
    sys.exit(code if isinstance(code, int) else 0)
