"""The roster's endpoints, or one home page, in; how each endpoint does now, or an entry for the roster, out. Keeps nothing."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from scrapy.crawler import Crawler

from classifier.text import fold, nfc
from crawler.clock import now
from crawler.discover.proposals import HomePage
from crawler.items import EndpointKind
from crawler.roster import Agency, Roster, RosterError, load_roster
from crawler.spiders.survey import Proposal, SurveySpider
from crawler.store import endpoints
from crawler.store.db import open_database
from crawler.store.endpoints import Visited
from crawler.store.roster import sync_roster
from crawler.urls import canonical
from monitor.crawl import CrawlOptions, scrapy_settings, walk
from monitor.runs import CannotRun

_FIELDS: tuple[tuple[str, EndpointKind], ...] = (
    ("feeds", "feed"),
    ("sitemaps", "sitemap"),
    ("listings", "listing"),
    ("columns", "column"),
)


# ── check ──────────────────────────────────────────────────────────────────────────────────────
def check(db: Path, roster: Roster, options: CrawlOptions) -> list[Visited]:
    """Ask every endpoint of the roster, and those that earlier crawls found by themselves, once and now.

    What it sees is kept nowhere: an ETag kept here would hide from the next crawl what was not entered. Raises CannotRun when
    it was interrupted.
    """
    with tempfile.TemporaryDirectory(prefix="nq57-check-") as folder:
        path = Path(folder) / "check.db"
        store = open_database(path)
        sync_roster(store, roster)
        if db.is_file():
            known = open_database(db, migrate=False)
            for source_id, url, kind in endpoints.found_by_themselves(known):
                if any(source.id == source_id for source in roster.sources):
                    endpoints.discovered(store, source_id, url, kind)
            known.close()
        store.close()
        _finished(walk("check", scrapy_settings(path, 0, options), source=",".join(options.sources)), "check")
        store = open_database(path)
        visits = endpoints.latest_visits(store)
        store.close()
    return visits


def needs_somebody(visit: Visited) -> bool:
    """Whether an endpoint that somebody has seen work does not work now."""
    return visit.verified and visit.status != "ok"


# ── discover ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Discovered:
    """A source as proposed: its roster entry as YAML, and the endpoints in it, each fetched and read."""

    id: str
    entry: str
    proposals: tuple[Proposal, ...]


def discover(url: str, roster: Roster, options: CrawlOptions) -> Discovered:
    """Look round a site from its home page and propose an entry for the roster; the requests reach only the site's own host.

    Raises CannotRun when `url` is no web address, the home page cannot be read, or nothing was found that lists anything.
    """
    home = canonical(url if "://" in url else f"https://{url}")
    if home is None:
        raise CannotRun(f"{url}: no web address")
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    with tempfile.TemporaryDirectory(prefix="nq57-discover-") as folder:
        file = Path(folder) / "sources.yaml"
        file.write_text(
            f"- {json.dumps({'id': 'site', 'name': host, 'kind': 'press', 'hosts': [host], 'home': home})}\n", "utf-8"
        )
        _load(file, home)
        asked = dataclasses.replace(options, roster=file)
        crawler = _finished(walk("survey", scrapy_settings(Path(folder) / "survey.db", 0, asked)), "survey")
        spider = crawler.spider
        assert isinstance(spider, SurveySpider)
        if spider.home is None:
            raise CannotRun(f"{home}: {spider.trouble}")
        found = tuple(sorted(spider.proposals, key=lambda proposal: proposal.rank))
        if not found:
            raise CannotRun(f"{home}: no feed, sitemap, section or column was found")
        source_id, entry = _entry(home, host, spider.home, found, roster)
        file.write_text(entry, "utf-8")
        _load(file, home)
    return Discovered(source_id, entry, found)


def _load(file: Path, home: str) -> None:
    try:
        load_roster(file, strict=True)
    except RosterError as error:
        raise CannotRun(f"{home}: makes no roster entry: {'; '.join(problem.message for problem in error.problems)}") from error


def _entry(home: str, host: str, page: HomePage, found: tuple[Proposal, ...], roster: Roster) -> tuple[str, str]:
    agency = _agency_at(host, roster) or (_agency_named(page.name, roster) if ".gov.vn" in host else None)
    known = next((source for source in roster.sources if host in source.hosts), None)
    kind = "portal" if agency else "press" if host.endswith(".vn") or page.language in (None, "vi") else "foreign"
    source_id = known.id if known else f"portal-{agency.id}" if agency else _slug(host)
    lines = [f"# Proposed on {now():%Y-%m-%d} from {home}; each endpoint below was fetched and read. Review before use."]
    if known:
        lines.append(f"# The roster has {host} already, as {known.id}.")
    if not agency and ".gov.vn" in host:
        lines.append("# A body's portal is of kind portal and names its agency.")
    lines += [
        f"- id: {_id(source_id)}",
        f"  name: {_text(page.name)}",
        f"  kind: {kind}",
        "  key_press: false",
        f"  agency: {agency.id if agency else 'null'}",
        f"  languages: [{_text(page.language or 'vi')}]",
        f"  hosts: [{_text(host)}]",
        f"  home: {_text(home)}",
    ]
    for field, wanted in _FIELDS:
        chosen = [proposal for proposal in found if proposal.kind == wanted]
        lines.append(f"  {field}:" if chosen else f"  {field}: []")
        lines += [f"    - {{url: {_text(one.url)}, verified: {now():%Y-%m-%d}}}  # {_told(one)}" for one in chosen]
    return source_id, "\n".join(lines) + "\n"


def _told(proposal: Proposal) -> str:
    counts = [f"{proposal.children} sitemaps"] if proposal.children and proposal.kind == "sitemap" else []
    if proposal.items or not counts:
        counts.append(f"{proposal.items} items")
    return " · ".join([*counts, *([proposal.title[:80]] if proposal.title else [])])


def _agency_at(host: str, roster: Roster) -> Agency | None:
    today = roster.bodies_on(now().date())
    named = next((agency for agency in today if agency.portal and agency.portal.removeprefix("www.") == host), None)
    if named is None:
        owner = next((source.agency for source in roster.sources if source.kind == "portal" and host in source.hosts), None)
        named = next((agency for agency in roster.agencies if agency.id == owner), None)
    return named


def _agency_named(name: str, roster: Roster) -> Agency | None:
    """The body whose whole name the page's own name holds: the longest, since a ministry's name may hold a province's."""
    spoken = f" {fold(nfc(name))} "
    today = roster.bodies_on(now().date())
    named = [
        (len(words), agency)
        for agency in today
        for words in filter(None, (agency.name_vi, agency.short, *agency.body_forms))
        if f" {fold(words)} " in spoken
    ]
    return max(named, key=lambda found: found[0])[1] if named else None


def _slug(host: str) -> str:
    words = host.split(".")
    while len(words) > 1 and (len(words[-1]) <= 3 or words[-1] in ("demo", "info")):
        words.pop()
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in "-".join(words).lower())
    return "-".join(filter(None, plain.split("-")))[:60].strip("-") or "site"


def _id(source_id: str) -> str:
    """Bare as people write it, in quotes where YAML would read a number or a yes out of it: 247.vn, no.vn."""
    return source_id if isinstance(yaml.safe_load(source_id), str) else _text(source_id)


def _text(value: str) -> str:
    """A YAML scalar in double quotes; what JSON escapes YAML reads alike."""
    return json.dumps(value, ensure_ascii=False)


def _finished(crawler: Crawler, what: str) -> Crawler:
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason != "finished":
        raise CannotRun(f"the {what} was interrupted ({reason})")
    return crawler
