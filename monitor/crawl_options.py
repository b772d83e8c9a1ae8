"""The options of every command that goes out to the sources, and what they mean: a roster and CrawlOptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from monitor.options import silent

if TYPE_CHECKING:
    from crawler.roster import Roster
    from monitor.crawl import CrawlOptions

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = {
    "proxy": click.option("--proxy", metavar="URL", help="Send every request through this HTTP proxy."),
    "allow": click.option(
        "--allow-address", "allow", multiple=True, metavar="CIDR", help="A non-public network that may be reached. Repeatable."
    ),
    "timeout": click.option(
        "--timeout", type=click.FloatRange(min=0.1), metavar="S", help="Seconds for one whole response [default: 30]."
    ),
    "delay": click.option(
        "--delay", type=click.FloatRange(min=0), metavar="S", help="Seconds between requests to a host [default: 1]."
    ),
    "since": click.option(
        "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Go back to this day as far as a site lets."
    ),
    "shard": click.option(
        "--shard", metavar="I/N", help="Only the I-th of N parts of the roster; one host is always one part's. See merge."
    ),
    "sources": click.option("--source", "sources", multiple=True, metavar="ID", help="Only this source. Repeatable."),
    "roster": click.option(
        "--roster",
        type=click.Path(path_type=Path, exists=True),
        metavar="PATH",
        help="A directory of roster files, or one sources file.",
    ),
}


def crawl_options(command: F) -> F:
    """What `crawl` takes, and `weekly` too."""
    return some_crawl_options(*_OPTIONS)(command)


def some_crawl_options(*names: str) -> Callable[[F], F]:
    """Those of `crawl`'s options that another command takes as well."""

    def decorate(command: F) -> F:
        for name, option in _OPTIONS.items():
            command = option(command) if name in names else command
        return command

    return decorate


def read_crawl_options(
    *,
    roster: Path | None = None,
    sources: tuple[str, ...] = (),
    since: datetime | None = None,
    delay: float | None = None,
    timeout: float | None = None,
    allow: tuple[str, ...] = (),
    proxy: str | None = None,
    shard: str | None = None,
) -> tuple[CrawlOptions, Roster]:
    """The options as given, checked. Raises click.BadParameter naming the one that cannot be used, RosterError for the roster."""
    from crawler.guard import Guard
    from crawler.roster import load_roster
    from crawler.shards import Shard
    from monitor.crawl import CrawlOptions

    try:
        Guard(allow)
        part = Shard.parse(shard) if shard else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if proxy is not None and not _is_proxy(proxy):
        raise click.BadParameter(f"--proxy {proxy}: http://HOST:PORT is expected")
    loaded = load_roster(roster)
    known = {source.id for source in loaded.sources}
    if missing := [name for name in sources if name not in known]:
        raise click.BadParameter(f"--source {missing[0]}: no such source in the roster")
    day = since.date() if since else None
    return CrawlOptions(roster, sources, part, day, delay, timeout, allow, proxy, progress=not silent()), loaded


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
