"""The bytes of a home page in, the columns dedicated to the Resolution out; and a column's own bytes in, its items out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import unquote, urlsplit

from classifier.naming import column_name, find_names
from classifier.text import syllables
from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.discover.markup import Link, Tree, parse
from crawler.discover.titles import plain
from crawler.items import Entry, Found, Reason, Unreadable
from crawler.urls import canonical, date_in_url, is_listing_url, looks_like_article, same_site

MAX_COLUMNS = 20
"""Proposals taken from one page."""

_FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[^>]{0,2000}-->\s*)?<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE
)
_FEED_LINKS = "link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom]"
_MAX_WORDS = 14
_BETWEEN = re.compile(r"\s+[|–—-]\s+")
_OWN_NAMES = frozenset({"code", "number", "title", "foreign", "decision"})
_FEWEST_TITLES = 4
_MOST_OF_THEM = 0.6
_FILE = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_OTHER = re.compile(
    r"/(?:tags?|tu-khoa|tim-kiem|search|hashtag|tac-gia|author)(?:/|$|\?)|\.(?:pdf|docx?|jpe?g|png)$", re.IGNORECASE
)


Why = Literal["anchor", "address", "title", "items"]


@dataclass(frozen=True, slots=True)
class ColumnLink:
    """A link that leads to a column, and by what it is known as one: its own words, or its address."""

    url: str
    key: str
    why: Why
    anchor: str


def find_columns(body: bytes, url: str) -> tuple[str, ...]:
    """The addresses of `column_links`."""
    return tuple(link.url for link in column_links(parse(body, url), url))


def column_links(tree: Tree, url: str) -> tuple[ColumnLink, ...]:
    """Links of a page to columns of the Resolution on the same site, feeds announced in the head last; absolute addresses.

    A column is known by the text of its link, its title attribute, the last part of its address or a host of its own. An
    article that names the Resolution in its headline is none: where the address is an article's, only a menu entry counts.
    """
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.")]
    found: dict[str, ColumnLink] = {}
    for link in tree.links():
        if same_site(link.url, hosts) and link.key != canonical(url) and _is_column(tree, link):
            found.setdefault(link.key, _told(link))
    for link in tree.links(_FEED_LINKS):
        if same_site(link.url, hosts) and (_names(link.hint) or column_name(_slug(link.key))):
            found.setdefault(link.key, _told(link))
    return tuple(found.values())[:MAX_COLUMNS]


def calls_itself_column(tree: Tree) -> str | None:
    """What a page calls itself, where that is a column's name: its heading, or a part of the title in its head."""
    heads = [plain(node.text(separator=" ")) for selector in ("h1", "title") for node in tree.parser.css(selector)[:5]]
    parts = (part.strip() for head in heads for part in _BETWEEN.split(head))
    return next((part[:200] for part in parts if _names(part)), None)


def speaks_of_it(entries: Sequence[Entry]) -> bool:
    """Whether most of what a page lists names the Resolution in its headline: a column under another name, perhaps."""
    titles = [entry.title for entry in entries if entry.title]
    about = sum(any(name.kind in _OWN_NAMES for name in find_names(title)) for title in titles)
    return len(titles) >= _FEWEST_TITLES and about >= _MOST_OF_THEM * len(titles)


def read_column(
    body: bytes,
    url: str,
    *,
    article: str | None = None,
    charset: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Found:
    """The items of a column's page or feed, in the page's order; its title tells what it calls itself.

    The options are those of `read_listing`. Raises Unreadable(EMPTY) for a page that lists nothing, such as an empty
    column or a shell that needs scripts, and Unreadable(BAD_FEED) for a broken feed.
    """
    if _FEED.match(body[:5_000]):
        found = read_feed(body, url, way="column")
    else:
        found = read_listing(body, url, article=article, charset=charset, way="column", since=since, until=until)
    if not found.entries:
        raise Unreadable(Reason.EMPTY, f"nothing listed on {found.title or url}")
    return found


def _told(link: Link) -> ColumnLink:
    named = next((text for text in (link.text, link.hint) if _names(text)), None)
    return ColumnLink(link.url, link.key, "anchor" if named else "address", (named or link.text or link.hint)[:200])


def _is_column(tree: Tree, link: Link) -> bool:
    if _OTHER.search(link.key) or date_in_url(link.key) is not None:
        return False
    named = any(_names(text) for text in (link.text, link.hint))
    if looks_like_article(link.key):
        return named and tree.in_furniture(link.node)
    slug = _slug(link.key)
    return named or (column_name(slug) and len(syllables(slug)) <= _MAX_WORDS and not _is_search(link.key)) or _own_host(link.key)


def _names(text: str) -> bool:
    return bool(text) and len(syllables(text)) <= _MAX_WORDS and column_name(text)


def _slug(key: str) -> str:
    path = unquote(urlsplit(key).path)
    return _FILE.sub("", path.rstrip("/").rsplit("/", 1)[-1])


def _is_search(key: str) -> bool:
    return is_listing_url(key) and bool(urlsplit(key).query)


def _own_host(key: str) -> bool:
    parts = urlsplit(key)
    return parts.path == "/" and column_name((parts.hostname or "").split(".")[0])
