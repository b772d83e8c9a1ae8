"""What every command shares: the global options, where the database is, and how a run is told and left."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor import say

if TYPE_CHECKING:
    from monitor.runs import Run

DEFAULT_DB = Path("data/nq57.db")
F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    # Global options may stand before or after the command, so the later one wins only when it was given.
    if value is not None and value is not False:
        context.find_root().ensure_object(dict)[parameter.name] = value
    return value


def with_globals(command: F) -> F:
    """--db, --quiet and --json, on the group and on every command."""
    for option in (
        click.option("--json", "as_json", is_flag=True, expose_value=False, callback=_keep, help="One JSON object on stdout."),
        click.option("--quiet", is_flag=True, expose_value=False, callback=_keep, help="Say nothing unless something is wrong."),
        click.option(
            "--db",
            type=click.Path(path_type=Path, dir_okay=False),
            expose_value=False,
            callback=_keep,
            help="The database [default: $NQ57_DB, then data/nq57.db].",
        ),
    ):
        command = option(command)
    return command


def database() -> Path:
    """Where the database of this call is."""
    given: Path | None = click.get_current_context().find_root().ensure_object(dict).get("db")
    return given or Path(os.environ.get("NQ57_DB") or DEFAULT_DB)


def flag(name: str) -> bool:
    """Whether a global option was given: `quiet` or `as_json`."""
    return bool(click.get_current_context().find_root().ensure_object(dict).get(name))


def silent() -> bool:
    """Whether nothing but an object or nothing at all goes to stdout."""
    return flag("quiet") or flag("as_json")


@contextmanager
def reporting(command: str, *, quiet: bool = False) -> Iterator[Run]:
    """Run a command under the lock, tell its summary, and leave with the exit code that it earned.

    `quiet`: the command tells people itself what it did.
    """
    from monitor.runs import running

    try:
        with running(database(), command) as run:
            yield run
            summary, attention = run.summary(), list(run.attention)
    except (Exception, KeyboardInterrupt) as error:
        # Whoever reads the one object on stdout gets it even when the run could not start or finish.
        if flag("as_json") and (isinstance(error, KeyboardInterrupt) or is_expected(error)):
            click.echo(json.dumps({"run": None, "command": command, "state": "failed", "counts": {}, "failures": {}, "exit": 1}))
        raise
    if flag("as_json"):
        click.echo(json.dumps(summary, ensure_ascii=False))
    elif not flag("quiet") and not quiet:
        say.summary(summary)
    for line in attention:
        click.echo(f"nq57 {command}: {line}", err=True)
    if run.exit_code:
        sys.exit(run.exit_code)


def is_expected(error: Exception) -> bool:
    """Errors that a user can cause, each with a message that names the input."""
    from classifier.corpus import CorpusError
    from classifier.model_file import ModelError
    from crawler.roster import RosterError
    from crawler.store.accounts.db import NoAccounts
    from crawler.store.db import BadDatabase
    from monitor.runs import CannotRun
    from monitor.sheets import SheetError

    return isinstance(error, (CorpusError, ModelError, RosterError, BadDatabase, NoAccounts, CannotRun, SheetError))
