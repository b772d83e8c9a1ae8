"""The bytes of a listing page in; its articles, documents and following pages out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode, SelectolaxError

from classifier.text import syllables
from crawler.dates import find_date, parse_date
from crawler.discover.markup import Link, Tree, parse
from crawler.discover.paging import following
from crawler.discover.titles import plain
from crawler.items import Entry, Found, Notice, PublishedAt, Reason, Way
from crawler.urls import is_listing_url, looks_like_article, same_site

MAX_ENTRIES = 500
"""Entries taken from one page."""

_DOCUMENT = re.compile(r"\.(?:pdf|docx?)(?:$|[?&])", re.IGNORECASE)
_CSS = re.compile(
    r"(?:a|h[1-6]|div|li|article|section|main|ul|ol|p|span|td|tr|table|dl|dt|dd|\*|[.#][A-Za-z_-][\w-]*$|[.#][\w-]+[ >.:#\[,])"
)
_REGEX_SIGNS = re.compile(r"[\\^$\[(+|]|\.\*")
_ITEM_TAGS = frozenset({"li", "article", "tr", "dd"})
_PAGE_TAGS = frozenset({"body", "main", "html", "section", "ul", "ol", "table", "tbody"})
_DATE_ELEMENTS = "time, [class*=date], [class*=time], [class*=ngay], [class*=publish], [class*=meta]"
_SHORT_LINE = 60
_MAX_CONTEXT = 2_000


@dataclass(frozen=True, slots=True)
class _Item:
    link: Link
    way: Way
    title: str
    box: LexborNode


def read_listing(
    body: bytes,
    url: str,
    *,
    article: str | None = None,
    charset: str | None = None,
    way: Way = "listing",
    since: date | None = None,
    until: date | None = None,
) -> Found:
    """What a section page, column or document list links to, in the page's order, with the dates that stand beside the links.

    `article` says which links are articles: a CSS selector (of the anchors or of what holds them), a regular expression, or
    a part of the address in which `*` stands for anything. Without it they are the links of the page's own part, to the same
    site, with the address or the text of an article; never tag, search, topic or author pages. PDF and Word documents have
    way `document`. `charset` is the HTTP header's; archive pages of days outside `since` to `until` are no following pages.
    Never raises: a page that lists nothing gives no entries.
    """
    tree = parse(body, url, charset)
    warnings: list[Notice] = []
    links, fits = _rule(tree, url, article, warnings)
    items = _items(tree, links, fits, way)
    entries = tuple(
        Entry(item.link.url, item.way, url, item.title or None, _date_beside(item)) for item in list(items.values())[:MAX_ENTRIES]
    )
    if len(items) > MAX_ENTRIES:
        warnings.append(Notice(Reason.TOO_MANY, f"{len(items)} links, the first {MAX_ENTRIES} taken"))
    more = following(tree, url, since=since, until=until)
    return Found(entries=entries, more=more, warnings=tuple(warnings), title=tree.title())


def _rule(tree: Tree, url: str, article: str | None, warnings: list[Notice]) -> tuple[list[Link], Callable[[Link], bool]]:
    """The links to look at, and which of them are articles."""
    links = list(tree.links())
    if article and _CSS.match(article) and "/" not in re.sub(r"\[[^\]]*\]", "", article):
        try:
            chosen = {link.node.mem_id for link in tree.links(article)}
            return links, lambda link: link.node.mem_id in chosen
        except SelectolaxError:
            warnings.append(Notice(Reason.EMPTY, f"{article!r} is no CSS selector; the usual signs are used instead"))
    elif article:
        pattern = _pattern(article)
        return links, lambda link: bool(pattern.search(link.url))
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.")]
    return links, lambda link: same_site(link.url, hosts) and _is_article(link) and not tree.in_furniture(link.node)


def _pattern(article: str) -> re.Pattern[str]:
    if _REGEX_SIGNS.search(article):
        try:
            return re.compile(article)
        except re.error:
            pass
    return re.compile("[^?#]*".join(map(re.escape, article.split("*"))))


def _is_article(link: Link) -> bool:
    words = len(syllables(link.text or link.hint))
    path = urlsplit(link.key).path
    if is_listing_url(link.key) or path == "/":
        return False
    # A picture has no words; its address alone decides, and the text comes from the headline with the same address.
    return (looks_like_article(link.key) and (words >= 3 or words == 0)) or words >= 7


def _items(tree: Tree, links: list[Link], fits: Callable[[Link], bool], way: Way) -> dict[str, _Item]:
    """One item for each address; of several links to it (picture, headline, "read on") the longest text is the title."""
    chosen: dict[str, tuple[Link, Way]] = {}
    for link in links:
        its_way: Way
        if _DOCUMENT.search(link.key):
            its_way = "document"
            if tree.in_furniture(link.node):
                continue
        elif fits(link):
            its_way = way
        else:
            continue
        known = chosen.get(link.key)
        if known is None or len(link.text) > len(known[0].text):
            chosen[link.key] = (link, its_way)
    boxes = _boxes([link for link, _ in chosen.values()])
    return {key: _Item(link, its_way, _title(link, boxes[key]), boxes[key]) for key, (link, its_way) in chosen.items()}


def _boxes(links: list[Link]) -> dict[str, LexborNode]:
    """For each link the largest element round it that holds no other item."""
    holds: dict[int, set[str]] = {}
    for link in links:
        node: LexborNode | None = link.node
        for _ in range(8):
            if node is None:
                break
            holds.setdefault(node.mem_id, set()).add(link.key)
            node = node.parent
    return {link.key: _box(link.node, holds) for link in links}


def _box(node: LexborNode, holds: dict[int, set[str]]) -> LexborNode:
    for _ in range(5):
        above = node.parent
        if above is None or above.tag in _PAGE_TAGS or len(holds.get(above.mem_id, ())) != 1:
            break
        node = above
        if node.tag in _ITEM_TAGS:
            break
    return node


def _title(link: Link, box: LexborNode) -> str:
    text = max(link.text, link.hint, key=len)
    if len(syllables(text)) >= 4 or not _DOCUMENT.search(link.key):
        return text
    # "Tải về", "PDF": the document's name stands beside the link.
    return max([text, *(plain(line) for line in _context(box))], key=len)


def _context(box: LexborNode) -> list[str]:
    return [line for line in box.text(separator="\n")[:_MAX_CONTEXT].split("\n") if line.strip()]


def _date_beside(item: _Item) -> PublishedAt | None:
    for node in item.box.css(_DATE_ELEMENTS)[:5]:
        stamp = node.attributes.get("datetime")
        if stamp and (found := parse_date(stamp, source="time")):
            return found
        if found := find_date(node.text(separator=" ")[:200]):
            return found
    lines = [line for line in _context(item.box) if len(line) <= _SHORT_LINE and plain(line) not in item.title]
    sibling = item.box.next
    for _ in range(4):  # a flat list: <h3>title</h3><span>date</span><h3>next title</h3>
        if (
            sibling is None
            or (sibling.tag not in ("-text", "span", "p", "em", "i", "small", "time", "font", "div"))
            or _has_link(sibling)
        ):
            break
        lines += [line for line in _context(sibling) if len(line) <= _SHORT_LINE]
        sibling = sibling.next
    return next((found for line in lines if (found := find_date(line))), None)


def _has_link(node: LexborNode) -> bool:
    return node.tag != "-text" and node.css_first("a[href]") is not None
