"""The records that travel through the crawler: Entry (found), Page (fetched), Article (read), Outcome (what became of a URL)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Way = Literal["feed", "sitemap", "listing", "column", "document"]
DateSource = Literal["jsonld", "meta", "time", "visible", "url", "feed", "pdf", "docx", "guess", "none"]


class State(StrEnum):
    """What became of a URL; every URL ever considered has exactly one."""

    DISCOVERED = "discovered"
    UNRELATED = "unrelated"
    CANDIDATE = "candidate"
    ARTICLE = "article"
    DOCUMENT = "document"
    FAILED = "failed"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why something failed: the shared list that the failures table, the health page and the reports use."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    HTTP = "http"
    ROBOTS = "robots"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    REDIRECT = "redirect"
    OUTSIDE_HOSTS = "outside-hosts"
    PRIVATE_ADDRESS = "private-address"
    BAD_FEED = "bad-feed"
    BAD_ENCODING = "bad-encoding"
    NO_TEXT = "no-text"
    BAD_DATE = "bad-date"
    TRAP = "trap"
    SOFT_404 = "soft-404"
    PAYWALL = "paywall"
    NEEDS_SCRIPT = "needs-script"
    BOT_WALL = "bot-wall"
    RATE_LIMITED = "rate-limited"
    BAD_DOCUMENT = "bad-document"
    EMPTY = "empty"
    TOO_MANY = "too-many"
    DISK_FULL = "disk-full"
    WORKER_LOST = "worker-lost"


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """A publication date: an aware datetime in Asia/Ho_Chi_Minh, or only the day where no time is known."""

    value: datetime
    has_time: bool
    source: DateSource

    def iso(self) -> str:
        """ISO 8601 with +07:00, or YYYY-MM-DD where no time is known."""
        return self.value.isoformat(timespec="seconds") if self.has_time else self.value.date().isoformat()


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to an article or document that an endpoint listed; nothing has been fetched yet."""

    url: str
    """Absolute and as found; `crawler.urls.canonical` makes the key."""
    way: Way
    found_on: str
    """The endpoint's URL."""
    title: str | None = None
    published: PublishedAt | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an endpoint's parser could not use: recorded, and nothing else is lost."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Found:
    """All that one endpoint's bytes gave: entries, further endpoints to visit, and warnings."""

    entries: tuple[Entry, ...] = ()
    more: tuple[str, ...] = ()
    """Child sitemaps, following pages of a listing: absolute URLs."""
    warnings: tuple[Notice, ...] = ()
    title: str | None = None
    """The endpoint's own title, e.g. the feed's, or the page's h1."""
    every: timedelta | None = None
    """How often the endpoint says of itself that it changes (ttl, sy:updatePeriod)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched response: exactly what the archive keeps and what extraction reads."""

    url: str
    """The URL that answered, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Decompressed bytes."""
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitive, or None."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def is_document(self) -> bool:
        """PDF and the zip or OLE containers of DOCX and DOC, told by their first bytes."""
        return self.body[:1024].lstrip()[:5] == b"%PDF-" or self.body[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Article:
    """One archived page, read. Text is NFC, paragraphs separated by a newline."""

    url: str
    title: str
    summary: str | None
    text: str
    author: str | None
    language: str | None
    """ISO 639-1."""
    published: PublishedAt | None
    kind: Literal["article", "document", "listing"] = "article"
    """A listing (section, tag, search or home page) is never an article, however much text it carries."""
    canonical_url: str | None = None
    """What the page itself names as its address, absolute, or None."""
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one URL in one step; written exactly once a step."""

    url: str
    source_id: str
    state: State
    reason: Reason | None = None
    detail: str = ""
    http_status: int | None = None
    digest: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    published: PublishedAt | None = None
    same_as: str | None = None
    """The canonical URL that this one turned out to be, where it redirects or names another."""


EndpointKind = Literal["home", "feed", "sitemap", "listing", "column"]
Health = Literal["ok", "quiet", "failing", "dead", "blocked", "unknown"]


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit to an endpoint brought; `page` is kept in the archive where the endpoint is itself evidence."""

    source_id: str
    url: str
    kind: EndpointKind
    health: Health
    reason: Reason | None = None
    detail: str = ""
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    title: str | None = None
    items: int | None = None
    """How many entries the answer listed; None where it was not read (unchanged, or failed)."""
    new: int = 0
    """How many of them were still to be fetched."""
    every: timedelta | None = None
    """How often the endpoint says of itself that it changes."""
    retry_after: timedelta | None = None
    """How long the server asks to be left alone."""
    page: Page | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One article or document as it came from the net, on its way to the scan and the archive."""

    source_id: str
    url: str
    """Canonical, after redirects: the key in the ledger."""
    page: Page
    entry: Entry
    again: bool = False
    """A later visit to an article that was read before."""


class Unreadable(Exception):
    """Bytes that cannot become what they should be; carries the reason that goes into the failures table."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
