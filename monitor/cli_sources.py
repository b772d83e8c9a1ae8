"""The commands about the roster: list it, try every endpoint, propose an entry for a site."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import say
from monitor.crawl_options import read_crawl_options, some_crawl_options
from monitor.options import database, flag, with_globals

if TYPE_CHECKING:
    from crawler.store.columns import Proposal


@click.group()
def sources() -> None:
    """The roster: whom we watch."""


@sources.command("list")
@some_crawl_options("roster")
@with_globals
def sources_list(roster: Path | None) -> None:
    """Every source with its kind, body and ways in, and the columns that wait for a person; every mistake with its line."""
    from crawler.roster import load_roster

    loaded = load_roster(roster)
    waiting = _proposed_columns(database())
    if flag("as_json"):
        rows = [
            {**say.source_row(source), "proposed": [one.url for one in waiting if one.source_id == source.id]}
            for source in loaded.sources
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        say.sources(loaded.sources)
        if ours := [one for one in waiting if any(source.id == one.source_id for source in loaded.sources)]:
            say.proposals(ours)
    for problem in loaded.problems:
        click.echo(f"nq57 sources: {problem}", err=True)
    if loaded.problems:
        sys.exit(1)


@sources.command("check")
@some_crawl_options("roster", "sources", "allow", "proxy", "timeout", "delay")
@with_globals
def sources_check(**given: Any) -> None:
    """Try every endpoint now, without fetching what it lists; exit code 1 if one that was seen to work does not."""
    from monitor.sources import check, needs_somebody

    options, roster = read_crawl_options(**given)
    visits = check(database(), roster, options)
    failing = [visit for visit in visits if needs_somebody(visit)]
    if flag("as_json"):
        told = {"command": "sources check", "endpoints": [say.visit_row(visit) for visit in visits]}
        click.echo(json.dumps({**told, "failing": len(failing), "exit": int(bool(failing))}, ensure_ascii=False))
    elif not flag("quiet"):
        say.visits(visits)
    for visit in failing:
        click.echo(f"nq57 sources check: {visit.source_id}: {visit.url} {visit.status} ({visit.reason})", err=True)
    if failing:
        sys.exit(1)


@sources.command("discover")
@click.argument("url")
@some_crawl_options("allow", "proxy", "timeout", "delay")
@with_globals
def sources_discover(url: str, **given: Any) -> None:
    """Propose a roster entry for the site whose home page is URL: feeds, sitemaps, sections and columns that were read."""
    from monitor.sources import discover

    options, roster = read_crawl_options(**given)
    found = discover(url, roster, options)
    if flag("as_json"):
        proposed = [{"kind": one.kind, "url": one.url, "items": one.items, "title": one.title} for one in found.proposals]
        told = {"command": "sources discover", "id": found.id, "proposed": proposed, "entry": found.entry, "exit": 0}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(found.entry, nl=False)


def _proposed_columns(path: Path) -> list[Proposal]:
    """What crawls proposed and nobody has decided yet; nothing where there was no crawl."""
    from crawler.store import columns
    from crawler.store.db import open_database

    if not path.is_file():
        return []
    db = open_database(path)
    try:
        return columns.proposals(db, state="proposed")
    finally:
        db.close()
