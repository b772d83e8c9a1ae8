"""Which parser reads which page: an endpoint's kind and its page in, what it lists out.

Scrapy calls these functions in a child process (`crawler.apart`), where nothing of Scrapy or of the store is loaded.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from typing import TYPE_CHECKING

from crawler.clock import now
from crawler.discover import proposals
from crawler.discover.columns import read_column
from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.discover.navigation import Navigation, read_navigation
from crawler.discover.sitemaps import read_sitemap
from crawler.items import EndpointKind, Entry, Found, Notice, Page, Reason, Unreadable
from crawler.spiders.obstacles import obstacle

if TYPE_CHECKING:
    from scrapy.http import Response

_PROLOGUE = 4_096
_FEED_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*+<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE)
"""The first element tells a feed from a page: XHTML too begins with an XML declaration."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def page_of(response: Response) -> Page:
    """Scrapy's response as the record that the archive and the parsers take."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in (values if isinstance(values, list) else [values])
    )
    return Page(response.url, response.status, headers, response.body, now())


def read_endpoint(
    kind: EndpointKind, page: Page, *, selector: str | None = None, as_listing: bool, since: date | None = None
) -> Found:
    """Read one answer of an endpoint; what can list nothing of `since` or later is not among its further pages.

    `selector` says which links of a listing are articles; a home page's are listed only with `as_listing`. Raises Unreadable.
    """
    match kind:
        case "feed":
            return read_feed(page.body, page.url, page.headers)
        case "sitemap":
            return read_sitemap(page.body, page.url, since=since)
        case "listing":
            until = page.fetched_at.date()
            found = read_listing(page.body, page.url, article=selector, charset=charset_of(page), since=since, until=until)
            return found if found.entries else _blank(page, found)
        case "column":
            feed = _FEED_ROOT.match(page.body[:_PROLOGUE])
            found = read_feed(page.body, page.url, page.headers) if feed else _read_column(page, since)
            return dataclasses.replace(found, entries=tuple(_in_column(entry) for entry in found.entries))
        case "home":
            return dataclasses.replace(read_listing(page.body, page.url), more=()) if as_listing else Found()


def read_home(page: Page) -> proposals.HomePage:
    """What a home page offers to whoever looks for endpoints."""
    return proposals.read_home(page.body, page.url, charset_of(page))


def read_feed_links(page: Page) -> tuple[str, ...]:
    """The links of a page that lists a site's feeds."""
    return proposals.feeds_on(page.body, page.url, charset_of(page))


def read_proposal(kind: EndpointKind, page: Page) -> Found:
    """Read what may be an endpoint of that kind, for nothing else than to see whether it is one. Raises Unreadable."""
    match kind:
        case "feed":
            return read_feed(page.body, page.url, page.headers)
        case "sitemap":
            return read_sitemap(page.body, page.url)
        case "column":
            return read_column(page.body, page.url, charset=charset_of(page))
        case _:
            return read_listing(page.body, page.url, charset=charset_of(page))


def may_attach(page: Page) -> bool:
    """Whether a page may link to files at all; most do not, and need not be parsed."""
    return b".pdf" in page.body or b".doc" in page.body


def attachments(page: Page) -> list[Entry]:
    """The PDF and DOCX files that a page links to."""
    return [entry for entry in read_listing(page.body, page.url).entries if entry.way == "document"]


def read_menu(page: Page) -> Navigation:
    """What a page's menus tell of the site's columns."""
    return read_navigation(page.body, page.url, charset_of(page))


def read_menu_page(page: Page) -> tuple[Navigation, tuple[Entry, ...]]:
    """What its menus tell, and what the page itself lists, were it a column."""
    try:
        listed = read_column(page.body, page.url, charset=charset_of(page)).entries
    except Unreadable:
        listed = ()
    return read_menu(page), listed


def _read_column(page: Page, since: date | None) -> Found:
    return read_column(page.body, page.url, charset=charset_of(page), since=since, until=page.fetched_at.date())


def charset_of(page: Page) -> str | None:
    """The charset that the Content-Type header names, or None."""
    found = _CHARSET.search(page.header("Content-Type") or "")
    return found[1] if found else None


def _blank(page: Page, found: Found) -> Found:
    """A listing that lists nothing: told, and where something stands in its place, told as what it is. Raises Unreadable."""
    if (why := obstacle(page)) is not None:
        raise why
    return dataclasses.replace(found, warnings=(*found.warnings, Notice(Reason.EMPTY, "no links to articles")))


def _in_column(entry: Entry) -> Entry:
    return entry if entry.way == "document" else dataclasses.replace(entry, way="column")
