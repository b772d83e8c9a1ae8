"""The commands that take data in and give it out: `import` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.options import database, flag, reporting, silent, with_globals

if TYPE_CHECKING:
    from monitor.export import Format
    from monitor.imports import Kind


@click.command("import")
@click.argument("kind", type=click.Choice(["figures", "tasks", "channels", "duties"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.csv")
@click.option("--partial", is_flag=True, help="Keep the good lines also when others are bad.")
@with_globals
def import_(kind: Kind, file: Path, partial: bool) -> None:
    """Take in figures, the registers of science tasks and channels, or what became of duties; every bad line is named."""
    from crawler.roster import load_roster
    from crawler.store.roster import sync_roster
    from monitor.imports import take_in

    with reporting("import") as run:
        roster = load_roster()
        sync_roster(run.db, roster, sources=False)
        taken = take_in(run.db, roster, kind, file, partial=partial)
        run.counts.update(kept=taken.kept, rejected=len(taken.problems))
        for problem in taken.problems:
            click.echo(str(problem), err=True)
        if taken.problems:
            fate = f"{taken.kept} lines were kept" if partial else "nothing was kept"
            run.attention.append(f"{file}: {len(taken.problems)} bad lines; {fate}")


@click.command("export")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "parquet"]), default="csv", show_default=True)
@click.option("--public", is_flag=True, help="Without the articles' texts and the reviewers' notes.")
@with_globals
def export(directory: Path, form: Format, public: bool) -> None:
    """Write articles, tags, tallies, targets and evidence into DIR, with a data dictionary (columns)."""
    from monitor.export import export as work

    written = work(database(), directory, form, public=public)
    if flag("as_json"):
        told = {"run": None, "command": "export", "state": "ok", "counts": written.rows, "failures": {}, "exit": 0}
        click.echo(json.dumps(told))
    elif not silent():
        for file in written.files:
            click.echo(str(file))
