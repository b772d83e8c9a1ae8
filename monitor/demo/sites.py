"""Read sites.yaml: what each host of the press web offers, repeats and breaks, as frozen records."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from monitor.demo.texts import VIETNAM, BadDemo, Labels

SITES = Path(__file__).parent / "sites.yaml"

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class Fault:
    """A named misbehaviour, of a whole site or of one page; the names are those of `monitor.demo.faults`."""

    name: Literal["drop", "reset", "hang", "delay", "partial", "status"]
    code: int = 500
    seconds: float = 0.2
    spare_robots: bool = False
    """robots.txt still answers, as where a file server stands before the broken application."""


@dataclass(frozen=True, config=_STRICT)
class Section:
    """A menu entry with its listing pages."""

    slug: str
    name: str
    match: str | None = None
    """Tags only: folded words; a text that has them carries the tag."""
    title: str | None = None
    """The heading of the page, where it differs from the menu entry."""


@dataclass(frozen=True, config=_STRICT)
class Feed:
    """A syndication feed and the way in which it is odd."""

    path: str
    kind: Literal["rss2", "rss1", "rss091", "atom"] = "rss2"
    section: str | None = None
    """Slug of the section or column that it carries; None: everything."""
    content_type: str = "application/rss+xml; charset=utf-8"
    dates: Literal["rfc822", "gmt", "gmt7", "vietnamese", "iso", "wrong"] = "rfc822"
    cdata: bool = False
    malformed: bool = False
    limit: int = 40


@dataclass(frozen=True, config=_STRICT)
class Sitemap:
    """A sitemap file, or an index over one compressed file a quarter."""

    path: str
    kind: Literal["plain", "index", "news"] = "plain"


@dataclass(frozen=True, config=_STRICT)
class Reprint:
    """A text that a site took over from another, with its own title and often without its end."""

    of: str
    title: str
    date: datetime
    cut: float = 1.0
    """Share of the paragraphs kept."""
    tampered: bool = False
    """Words were changed here and there, as rewriters do."""
    column: bool = False


@dataclass(frozen=True, config=_STRICT)
class Oddity:
    """A page that is there to break something: not one of the written texts."""

    id: str
    title: str
    date: datetime
    kind: Literal["gone", "error", "garbled", "undated", "empty", "broken-pdf", "script", "outside"]
    paragraphs: tuple[str, ...] = ()
    labels: Labels = Labels()


@dataclass(frozen=True, config=_STRICT)
class Site:
    """One host, what it looks like, and what it serves."""

    id: str
    host: str
    name: str
    template: str
    shape: str
    kind: Literal["press", "portal", "foreign"] = "press"
    key: bool = False
    agency: str | None = None
    language: Literal["vi", "en", "ru"] = "vi"
    motto: str = ""
    sections: tuple[Section, ...] = ()
    column: Section | None = None
    documents: Section | None = None
    tags: tuple[Section, ...] = ()
    tag_cloud: bool = False
    """The home page shows the tags, among them the Resolution's, which is no dedicated page."""
    feeds: tuple[Feed, ...] = ()
    sitemaps: tuple[Sitemap, ...] = ()
    page_size: int = 5
    robots: str = "User-agent: *\nDisallow: /tim-kiem\nDisallow: /quan-tri/\n"
    encoding: Literal["utf-8", "utf-8-nfd", "windows-1258"] = "utf-8"
    editions: tuple[Literal["m", "amp"], ...] = ()
    tracking: str = ""
    """A query that the most-read box appends to its links."""
    moved: bool = False
    """Listings still link the oldest text under its former address, which redirects."""
    listing_dates: bool = True
    fault: Fault | None = None
    reprints: tuple[Reprint, ...] = ()
    odd: tuple[Oddity, ...] = ()

    @property
    def home(self) -> str:
        """The address of the front page."""
        return f"http://{self.host}/"


@dataclass(frozen=True, config=_STRICT)
class Press:
    """All of sites.yaml."""

    today: datetime
    """The day on which the press web stands still, local time."""
    sites: tuple[Site, ...]

    @property
    def now(self) -> datetime:
        """The moment at which every page is served, aware, in Asia/Ho_Chi_Minh."""
        return self.today.replace(tzinfo=VIETNAM)


def load_sites(file: Path = SITES) -> Press:
    """The press web's data. Raises BadDemo naming the file and each entry that does not fit."""
    try:
        press = TypeAdapter(Press).validate_python(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BadDemo(f"{file}: {error}") from error
    for what in ("id", "host"):
        values = [getattr(site, what) for site in press.sites]
        if doubled := sorted({value for value in values if values.count(value) > 1}):
            raise BadDemo(f"{file}: {what} used twice: {', '.join(doubled)}")
    return press
