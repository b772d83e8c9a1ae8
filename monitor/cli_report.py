"""The commands `report` and `digest`: a month's report as files, and what the last run has to tell as a mail."""

from __future__ import annotations

import json
import os
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


@click.command("digest")
@click.option(
    "--write", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.eml", help="Write it, send nothing."
)
@click.option("--to", envvar="NQ57_SMTP_TO", metavar="ADDRESSES", help="Who gets it, separated by commas [NQ57_SMTP_TO].")
@click.option(
    "--from", "sender", envvar="NQ57_SMTP_FROM", metavar="ADDRESS", help="Who sends it [NQ57_SMTP_FROM, then the first of --to]."
)
@click.option("--host", envvar="NQ57_SMTP_HOST", metavar="HOST", help="The mail server [NQ57_SMTP_HOST].")
@click.option("--port", envvar="NQ57_SMTP_PORT", metavar="N", help="Its port [NQ57_SMTP_PORT, then 587, 465 or 25].")
@click.option(
    "--security", envvar="NQ57_SMTP_SECURITY", type=click.Choice(["starttls", "tls", "none"]), help="[default: starttls]"
)
@with_globals
def digest(
    file: Path | None, to: str | None, sender: str | None, host: str | None, port: str | None, security: str | None
) -> None:
    """Mail what the last run found, what broke and what waits for review; what cannot be sent is kept and sent next time.

    NQ57_SMTP_USER and NQ57_SMTP_PASSWORD log in. `nq57 weekly` does this by itself where NQ57_SMTP_HOST is set.
    """
    from monitor.digest.outbox import keep
    from monitor.digest.send import send_digest, write_digest

    named = {"TO": to, "FROM": sender, "HOST": host, "PORT": port, "SECURITY": security}
    given = {**os.environ, **{f"NQ57_SMTP_{name}": value for name, value in named.items() if value is not None}}
    if file is not None:
        keep(write_digest(database(), given), file)
        if not silent():
            click.echo(str(file))
        return
    if not host:
        raise click.UsageError("no mail server: --host or NQ57_SMTP_HOST names one, --write FILE.eml needs none")
    if not database().is_file():
        raise click.UsageError(f"{database()}: no such database")
    with reporting("digest", quiet=True) as run:
        sent = send_digest(run.path, run.db, given)
        run.attention += sent.trouble if sent else ()
        run.more["sent"], run.more["kept"] = (sent.sent, sent.kept) if sent else (0, 0)
        if not silent() and sent:
            click.echo(f"Đã gửi {sent.sent} thư, còn giữ {sent.kept} thư")
