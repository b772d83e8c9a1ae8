"""Which parser reads which endpoint: an endpoint and its page in, what it lists out."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

from scrapy.http import Response

from crawler.clock import now
from crawler.discover.columns import read_column
from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.discover.sitemaps import read_sitemap
from crawler.items import Entry, Found, Page, Unreadable
from crawler.store.endpoints import Endpoint

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


def read_endpoint(endpoint: Endpoint, page: Page, *, as_listing: bool, since: date | None = None) -> Found:
    """Read one answer of an endpoint; what can list nothing of `since` or later is not among its further pages.

    A home page's articles are listed only with `as_listing`. Raises Unreadable.
    """
    match endpoint.kind:
        case "feed":
            return read_feed(page.body, page.url, page.headers)
        case "sitemap":
            return read_sitemap(page.body, page.url, since=since)
        case "listing":
            until = page.fetched_at.date()
            return read_listing(
                page.body, page.url, article=endpoint.selector, charset=charset_of(page), since=since, until=until
            )
        case "column":
            feed = _FEED_ROOT.match(page.body[:_PROLOGUE])
            found = read_feed(page.body, page.url, page.headers) if feed else _read_column(page, since)
            return dataclasses.replace(found, entries=tuple(_in_column(entry) for entry in found.entries))
        case "home":
            return dataclasses.replace(read_listing(page.body, page.url), more=()) if as_listing else Found()


def attachments(page: Page) -> list[Entry]:
    """The PDF and DOCX files that a page links to."""
    if b".pdf" not in page.body and b".doc" not in page.body:
        return []
    try:
        found = read_listing(page.body, page.url)
    except Unreadable:
        return []
    return [entry for entry in found.entries if entry.way == "document"]


def _read_column(page: Page, since: date | None) -> Found:
    return read_column(page.body, page.url, charset=charset_of(page), since=since, until=page.fetched_at.date())


def charset_of(page: Page) -> str | None:
    """The charset that the Content-Type header names, or None."""
    found = _CHARSET.search(page.header("Content-Type") or "")
    return found[1] if found else None


def _in_column(entry: Entry) -> Entry:
    return entry if entry.way == "document" else dataclasses.replace(entry, way="column")
