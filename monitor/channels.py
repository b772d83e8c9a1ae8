"""The register of channels in; each address that can be asked visited, by the crawl's own guard, robots.txt and pace."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from crawler.bounds import die_with
from crawler.clock import now
from crawler.extensions import Session
from crawler.roster import load_roster
from crawler.store import channels as store
from crawler.store import registers
from crawler.store.channels import Address
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from crawler.urls import canonical
from monitor.crawl import CrawlOptions, scrapy_settings, walk
from monitor.runs import CannotRun, Run

_VIDEO = re.compile(r"https?://(?:www\.|m\.)?youtube\.com/channel/(UC[\w-]{22})(?:[/?#].*)?\Z")
_VIDEO_FEED = "https://www.youtube.com/feeds/videos.xml?channel_id={}"
_FEED = re.compile(r"(?:\brss\b|\batom\b|\bfeeds?\b|\.xml\b)", re.IGNORECASE)
_DB = "channels.db"


def visit_channels(run: Run, options: CrawlOptions) -> None:
    """Ask every address that no source of the roster has, in a process of its own: Twisted cannot start twice in one.

    Nothing is fetched that an address lists, and nothing of it becomes an article. Raises CannotRun.
    """
    if options.sources or (options.shard is not None and options.shard.index != 1):
        return
    known = {canonical(endpoint.url) for endpoint in registers.asked(run.db)}
    chosen = [address for address in store.addresses(run.db) if canonical(address.url) not in known]
    if not chosen:
        return
    with tempfile.TemporaryDirectory(prefix="nq57-channels-") as folder:
        file = Path(folder) / "sources.yaml"
        file.write_text("".join(_entry(n, address) for n, address in enumerate(chosen)), "utf-8")
        asked = replace(options, roster=file, sources=(), shard=None, since=None, progress=False, unattended=False)
        # No daemon: the walk has children of its own, which read what it fetches.
        child = multiprocessing.get_context("spawn").Process(target=_walk, args=(Path(folder), asked, os.getpid()))
        child.start()
        try:
            child.join()
        finally:
            if child.is_alive():
                child.terminate()
                child.join()
        if child.exitcode:
            raise CannotRun(f"{run.path}: the channels could not be visited (code {child.exitcode})")
        opened = open_database(Path(folder) / _DB)
        found = store.found(opened)
        opened.close()
    visits = [(address.id, found[f"channel-{n}"]) for n, address in enumerate(chosen) if f"channel-{n}" in found]
    store.keep_visits(run.db, visits, now().isoformat())


def asked_address(url: str) -> str:
    """Where a channel's output can be read: of a video channel its feed, else the address itself."""
    video = _VIDEO.match(url)
    return _VIDEO_FEED.format(video[1]) if video else url


def _entry(number: int, address: Address) -> str:
    """A roster entry of one endpoint. JSON is YAML, so that no address can say more than an address."""
    url = asked_address(address.url)
    parts = urlsplit(url)
    endpoint = "feeds" if _FEED.search(f"{parts.path}?{parts.query}") else "listings"
    home = f"{parts.scheme}://{parts.netloc}/"
    row = {
        "id": f"channel-{number}",
        "name": "channel",
        "kind": "press",
        "hosts": [parts.hostname],
        "home": home,
        endpoint: [url],
    }
    return f"- {json.dumps(row)}\n"


def _walk(folder: Path, options: CrawlOptions, parent: int) -> None:
    """The child: a walk over the made-up roster into a database of its own; exit code 1 where the walk itself failed."""
    die_with(parent)
    assert options.roster is not None
    path = folder / _DB
    db = open_database(path)
    sync_roster(db, load_roster(options.roster))
    db.close()
    session = walk("check", scrapy_settings(path, 0, options)).get_extension(Session)
    if session is None or session.broken:
        sys.exit(session.broken[0] if session else "the walk could not start")
