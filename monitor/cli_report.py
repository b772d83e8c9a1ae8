"""The command `report`: a month's report as files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.options import database, flag, reporting, silent, with_globals

if TYPE_CHECKING:
    from monitor.report.make import Form
    from monitor.report.months import Month

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("report")
@click.option("--month", "asked", metavar="YYYY-MM", help="The month in which it is due [default: the latest that is over].")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="[default: reports/ beside the database]"
)
@click.option("--format", "forms", multiple=True, type=click.Choice(["docx", "xlsx", "html", "json"]), help="[default: all four]")
@click.option(
    "--letterhead", type=_FILE, envvar="NQ57_LETTERHEAD", metavar="FILE.yaml", help="Who sends it, to whom, signed by whom."
)
@click.option("--template", type=_FILE, envvar="NQ57_REPORT_TEMPLATE", metavar="FILE.docx", help="Your own Word template.")
@with_globals
def report(asked: str | None, out: Path | None, forms: tuple[Form, ...], letterhead: Path | None, template: Path | None) -> None:
    """Write the report due on the 20th of a month: from the 20th of the month before to the 19th, frozen when first made."""
    from crawler.clock import now
    from crawler.roster import load_roster
    from crawler.store.roster import sync_roster
    from monitor.report.make import FORMS, freeze, frozen, reports_directory, style_of, write

    month = _month(asked, now().date())
    path, style = database(), style_of(letterhead, template)
    directory, wanted = out or reports_directory(path), forms or FORMS
    if not asked and not silent():
        click.echo(f"Báo cáo tháng {month}: từ {month.first:%d/%m/%Y} đến {month.last:%d/%m/%Y}")
    made = frozen(path, month)
    if made is None:
        with reporting("report") as run:
            roster = load_roster()
            sync_roster(run.db, roster, sources=False)
            made = freeze(run.db, roster, month)
            files = write(made, directory, wanted, style)
    else:
        files = write(made, directory, wanted, style)
        if flag("as_json"):
            told: dict[str, object] = {"run": None, "command": "report", "state": "ok", "counts": {}, "failures": {}, "exit": 0}
            click.echo(json.dumps(told))
    if not silent():
        for file in files:
            click.echo(str(file))


def _month(asked: str | None, today: date) -> Month:
    """The month asked for, or the latest whose period is over. A month that is none, or not over yet, is wrong use."""
    from monitor.report.months import due_month, read_month

    month = read_month(asked) if asked else due_month(today)
    if month is None:
        raise click.BadParameter(f"{asked!r} is no month; write YYYY-MM", param_hint="--month")
    if month > due_month(today):
        raise click.BadParameter(f"{month}: its period ends on {month.last}, which is not over yet", param_hint="--month")
    return month
