"""A listing page's tree in, the addresses of the pages that follow it out."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from classifier.text import fold
from crawler.discover.markup import Link, Tree
from crawler.urls import canonical, same_site

MAX_PAGES = 10
"""Following pages handed on; each of them names the next."""

_NUMBER = re.compile(
    r"(?P<query>(?<=[?&])(?:page|p|trang|paged|pageindex|pagenumber|pageno|cur|currentpage|_cur)=(?P<a>[0-9]{1,4})(?=&|$))"
    r"|(?P<path>[/-](?:trang|page)[-/]?(?P<b>[0-9]{1,4})(?=/?(?:\.[a-z]{2,5})?/?$|[/?])|[/.\-]p(?P<c>[0-9]{1,3})(?=(?:\.[a-z]{2,5})?/?$))",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?<=[?&])(?:start|offset|limitstart|skip)=(?P<a>[0-9]{1,6})(?=&|$)", re.IGNORECASE)
_FOLLOWING = frozenset(
    {"trang sau", "trang tiep", "trang ke", "tiep", "tiep theo", "sau", "cu hon", "tin cu hon", "xem them", "xem tiep"}
)
_FOLLOWING_SIGNS = frozenset(
    {"tai them", "them", "next", "next page", "older", "older posts", "more", "load more", ">", "»", "›", ">>", "→"}
)


def following(tree: Tree, url: str) -> tuple[str, ...]:
    """The next pages, nearest first: what `rel=next` names, then links that number a later page of the same listing.

    A link called "Trang sau" or "Xem thêm" counts only where its address is numbered too: calendars and "more" links to other
    sections look alike, and an endless calendar is a trap.
    """
    key = canonical(url) or url
    hosts = [(urlsplit(key).hostname or "").removeprefix("www.")]
    named: dict[str, str] = {}
    numbered: dict[str, tuple[int, str]] = {}
    stem, current = _stem(key)
    for link in (*tree.links("link[rel~=next]"), *tree.links("a[href]")):
        if link.key == key or not same_site(link.url, hosts):
            continue
        if "next" in (link.node.attributes.get("rel") or "").lower().split():
            named.setdefault(link.key, link.url)
            continue
        its_stem, number = _stem(link.key)
        if its_stem == stem and number > current and _is_pager(link):
            numbered.setdefault(link.key, (number, link.url))
    ordered = sorted((value, page) for page, value in numbered.items() if page not in named)
    return (*named.values(), *(found for (_, found), _ in ordered))[:MAX_PAGES]


def _is_pager(link: Link) -> bool:
    text = fold(link.text).strip(" .…")
    return text.isdigit() or text in _FOLLOWING or text in _FOLLOWING_SIGNS or not text


def _stem(key: str) -> tuple[str, int]:
    """The address without its page number, and the number: 1 for the first page, which carries none."""
    for pattern in (_NUMBER, _OFFSET):
        if match := pattern.search(key):
            number = int(next(value for name, value in match.groupdict().items() if name in "abc" and value))
            return _bare(key[: match.start()] + key[match.end() :]), number
    return _bare(key), 0 if _OFFSET.search(key) else 1


def _bare(key: str) -> str:
    """What the first and the following pages of a listing share: neither extension nor trailing separators."""
    address, _, query = key.partition("?")
    address = re.sub(r"\.[a-z]{2,5}$", "", address.rstrip("/"), flags=re.IGNORECASE).rstrip("/")
    return f"{address}?{query.strip('&')}".rstrip("?").removesuffix("/index")
