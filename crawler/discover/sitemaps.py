"""A sitemap's bytes in (urlset, news sitemap, index or a list of addresses, plain or gzip), its pages and child sitemaps out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml import etree

from crawler.clock import VIETNAM
from crawler.dates import parse_date
from crawler.discover.packed import unpacked
from crawler.discover.periods import period_of
from crawler.discover.references import without_impossible
from crawler.discover.titles import plain, spaced
from crawler.items import Entry, Found, Notice, PublishedAt, Reason, Unreadable
from crawler.urls import absolute, canonical, date_in_url

MAX_BYTES = 50_000_000
"""Bytes read after decompression: the bound of sitemaps.org for one file (50 MB)."""
MAX_ENTRIES = 50_000
"""Pages read of one sitemap, as sitemaps.org allows."""
MAX_CHILDREN = 1_000
"""Child sitemaps read of one index; the most a backfill visits."""

_PROLOGUE = 4_096
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_MAX_ELEMENTS = 1_000_000
_MAX_CHILD_ELEMENTS = 1_000
_MAX_NOTICES = 100
_UNKNOWN = date(1990, 1, 1)
_NAMED_AFTER = re.compile(r"[-_/.](20[0-9]{2}(?:[-_/.][0-9]{1,2}){0,2})(?:\.xml)?(?:\.gz)?$", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(rb"&+(?!#?[0-9A-Za-z]{1,31};)")
# libxml2 takes quadratic time over the attributes of one tag; no honest sitemap has hundreds.
_SWOLLEN_TAG = re.compile(rb"""<[A-Za-z_](?:[^<>"']|"[^"<]*"|'[^'<]*'){2000,}+>?""")


def read_sitemap(body: bytes, url: str, *, since: date | None = None) -> Found:
    """Pages as entries, child sitemaps in `more`, the latest first since a run visits only some of them.

    With `since`, child sitemaps are left out that cannot list a page of that day or later: last changed before it, or named
    after a month or year before it.

    The date is the news sitemap's publication date, else the one in the address; `lastmod` says when a page was touched, not
    when it was published, and is not used for it. Raises Unreadable: TOO_LARGE for more than 50 MB decompressed, BAD_FEED for
    what is no sitemap or declares a document type (entities are refused, not expanded).
    """
    data, flaw = unpacked(body, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise Unreadable(Reason.TOO_LARGE, f"{len(data)} bytes")
    if (found := _listed(data, url)) is not None:
        return found
    if _DECLARATION.search(data):
        raise Unreadable(
            Reason.BAD_FEED, "HTML instead of a sitemap" if b"<html" in data[:5_000].lower() else "declares entities"
        )
    pages: dict[str, Entry] = {}
    children: dict[str, str] = {}
    warnings = [Notice(Reason.BAD_FEED, flaw)] if flaw else []
    try:
        for element in _elements(_mended(data), warnings):
            address = absolute(_text(element, "loc"), url)
            key = canonical(address) if address else None
            if address is None or key is None:
                if len(warnings) < _MAX_NOTICES:
                    warnings.append(Notice(Reason.BAD_FEED, f"no usable address: {_text(element, 'loc')[:200]!r}"))
            elif _local(element) == "sitemap":
                children.setdefault(address, _text(element, "lastmod"))
            else:
                pages.setdefault(key, Entry(address, "sitemap", url, _title(element), _published(element, address)))
            if len(pages) >= MAX_ENTRIES or len(children) >= MAX_CHILDREN:
                warnings.append(Notice(Reason.TOO_MANY, f"only the first {len(pages)} pages and {len(children)} sitemaps read"))
                break
    except etree.XMLSyntaxError as error:
        if not pages and not children:
            raise Unreadable(Reason.BAD_FEED, spaced(str(error)[:200])) from error
        warnings.append(Notice(Reason.BAD_FEED, spaced(str(error)[:200])))
    if not pages and not children:
        warnings.append(Notice(Reason.EMPTY, "no pages"))
    wanted = [child for child in children if since is None or _may_hold(child, children[child], since)]
    newest_first = sorted(wanted, key=lambda child: _recency(child, children[child]), reverse=True)
    return Found(entries=tuple(pages.values()), more=tuple(newest_first), warnings=tuple(warnings))


def _listed(data: bytes, url: str) -> Found | None:
    """The pages of a sitemap that is a text file with an address on each line, as sitemaps.org allows; None for any other."""
    if b"<" in data[:_PROLOGUE] or not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"http"):
        return None
    pages: dict[str, Entry] = {}
    unusable = 0
    lines = data.decode("utf-8-sig", "replace").splitlines()
    for line in filter(None, map(str.strip, lines[: 2 * MAX_ENTRIES])):
        if len(pages) == MAX_ENTRIES:
            break
        if (key := canonical(line)) is None:
            unusable += 1
        else:
            pages.setdefault(key, Entry(line, "sitemap", url, None, _day_in(line)))
    notices = (Notice(Reason.BAD_FEED, f"{unusable} lines without a usable address"),) if unusable else ()
    return Found(entries=tuple(pages.values()), warnings=notices)


def _mended(data: bytes) -> bytes:
    """What libxml2 would not get over, or would misread: an address that breaks off is none."""
    if not data.rstrip(b"\0 \t\r\n").endswith(b">"):
        data = data[: data.rfind(b">") + 1]
    return without_impossible(_BARE_AMPERSAND.sub(b"&amp;", _SWOLLEN_TAG.sub(b"", data.lstrip())))


def _elements(data: bytes, warnings: list[Notice]) -> Iterator[etree._Element]:
    """Each `url` and `sitemap`, freed once it was used; a letter that is none costs its neighbours nothing."""
    events = etree.iterparse(io.BytesIO(data), ("end",), resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    for number, (_, element) in enumerate(events):
        if number == 0 and _local(root := element.getroottree().getroot()) not in ("urlset", "sitemapindex"):
            raise Unreadable(Reason.BAD_FEED, f"no sitemap: <{_local(root)[:40]}>")
        if number >= _MAX_ELEMENTS:
            warnings.append(Notice(Reason.TOO_MANY, f"only the first {_MAX_ELEMENTS} elements read"))
            return
        if (parent := element.getparent()) is not None and parent.getparent() is None:
            if _local(element) in ("url", "sitemap"):
                yield element
            parent.remove(element)
    if flaw := next(iter(events.error_log.filter_from_errors()), None):
        warnings.append(Notice(Reason.BAD_FEED, spaced(f"malformed: line {flaw.line}: {flaw.message}"[:200])))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _text(element: etree._Element, name: str) -> str:
    """A child's text, of the sitemap's own namespace: `image:loc` is no address of a page."""
    own = str(element.tag).rpartition("}")[0]
    for child, _ in zip(element, range(_MAX_CHILD_ELEMENTS), strict=False):
        if isinstance(child.tag, str) and _local(child) == name and child.tag.rpartition("}")[0] == own:
            return (child.text or "").strip()
    return ""


def _title(element: etree._Element) -> str | None:
    return plain(element.findtext(f"{_NEWS}news/{_NEWS}title")) or None


def _published(element: etree._Element, address: str) -> PublishedAt | None:
    stated = element.findtext(f"{_NEWS}news/{_NEWS}publication_date")
    if stated and (found := parse_date(str(stated), source="feed")):
        return found
    return _day_in(address)


def _day_in(address: str) -> PublishedAt | None:
    day = date_in_url(address)
    return PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), has_time=False, source="url") if day else None


def _may_hold(address: str, lastmod: str, since: date) -> bool:
    named = _named_after(address)
    return not (_UNKNOWN < _changed(lastmod) < since or _UNKNOWN < named < since)


def _recency(address: str, lastmod: str) -> tuple[date, date]:
    changed, named = _changed(lastmod), _named_after(address)
    return (changed if changed > _UNKNOWN else named), named


def _changed(lastmod: str) -> date:
    found = parse_date(lastmod, source="feed")
    return found.value.date() if found else _UNKNOWN


def _named_after(address: str) -> date:
    """The last day of the month or year that a child sitemap's file name ends with: `sitemap-2026-10.xml.gz`."""
    match = _NAMED_AFTER.search(urlsplit(address).path)
    _, period = period_of(f"http://sitemap/{match[1]}") if match else ("", None)
    return period.last if period else _UNKNOWN
