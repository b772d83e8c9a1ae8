"""A listing page's tree in, the addresses of the pages that follow it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from classifier.text import fold
from crawler.discover.markup import Link, Tree
from crawler.discover.periods import Period, period_of
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


_LOAD_MORE = re.compile(r"(?:load|view|show|see)[-_]?more|xem-?them|tai-?them|(?:^|[\s_-])next(?:$|[\s_-])", re.IGNORECASE)
_DATA = ("data-href", "data-url", "data-next", "data-next-url", "data-next-page", "data-link", "data-ajax-url")
_MAX_BUTTONS = 500


def following(tree: Tree, url: str, *, since: date | None = None, until: date | None = None) -> tuple[str, ...]:
    """The next pages, nearest first: what `rel=next` names, links that number a later page of the same listing, "load more"
    buttons that carry an address with a page number, then the same listing's pages of earlier days or months.

    A link called "Trang sau" or "Xem thêm" counts only where its address is numbered too: calendars and "more" links to other
    sections look alike, and an endless calendar is a trap. So an archive's page must name its year, and lie between `since` and
    `until` where these are given.
    """
    key = canonical(url) or url
    hosts = [(urlsplit(key).hostname or "").removeprefix("www.")]
    named: dict[str, str] = {}
    numbered: dict[str, tuple[int, str]] = {}
    dated: dict[str, tuple[Period, str]] = {}
    stem, current = _stem(key)
    undated, shown = period_of(key)
    plain = [(link, False) for selector in ("link[rel~=next]", "a[href]") for link in tree.links(selector)]
    for link, is_button in (*plain, *((link, True) for link in _buttons(tree))):
        if link.key == key or not same_site(link.url, hosts):
            continue
        if "next" in (link.node.attributes.get("rel") or "").lower().split():
            named.setdefault(link.key, link.url)
            continue
        its_stem, number = _stem(link.key)
        in_pager = its_stem == stem and number > current and _is_pager(link)
        if in_pager or (is_button and number == current + 1 and _is_more(link)):
            numbered.setdefault(link.key, (number, link.url))
        its_undated, period = period_of(link.key)
        if period and _bare(its_undated) == _bare(undated) and _is_earlier(period, shown, since, until):
            dated.setdefault(link.key, (period, link.url))
    ordered = sorted((value, page) for page, value in numbered.items() if page not in named)
    latest = sorted(dated.items(), key=lambda found: found[1][0].last, reverse=True)
    pages = (*named.values(), *(found for (_, found), _ in ordered), *(found for _, (_, found) in latest))
    return tuple(dict.fromkeys(pages))[:MAX_PAGES]


def _buttons(tree: Tree) -> Iterator[Link]:
    """What a script would load next, where the page itself says from where."""
    for node in tree.parser.css(", ".join(f"[{name}]" for name in _DATA))[:_MAX_BUTTONS]:
        address = next((value for name in _DATA if (value := node.attributes.get(name))), "")
        if (link := tree.link_to(node, address)) is not None:
            yield link


def _is_more(link: Link) -> bool:
    text = fold(link.text).strip(" .…")
    named = f"{link.node.attributes.get('class') or ''} {link.node.attributes.get('id') or ''}"[:300]
    return text in _FOLLOWING or text in _FOLLOWING_SIGNS or bool(_LOAD_MORE.search(named))


def _is_pager(link: Link) -> bool:
    text = fold(link.text).strip(" .…")
    return text.isdigit() or text in _FOLLOWING or text in _FOLLOWING_SIGNS or not text


def _is_earlier(period: Period, shown: Period | None, since: date | None, until: date | None) -> bool:
    if (since and period.last < since) or (until and period.first > until):
        return False
    return shown is None or period.last < shown.first


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
