"""The bytes of a page in; the menu entries behind which a dedicated column may stand out, the most promising first."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from classifier.text import fold, nfc, syllables
from crawler.discover.columns import ColumnLink, calls_itself_column, column_links
from crawler.discover.markup import parse
from crawler.urls import canonical, looks_like_article, same_site

MAX_ENTRIES = 100
"""Menu entries taken from one page."""

_LONGEST_NAME = 12
_NO_SECTION = re.compile(
    r"/(?:tags?|tu-khoa|hashtag|tim-kiem|search|tac-gia|author|lien-he|contact|dang-nhap|dang-ky|log-?in|register|users?"
    r"|gioi-thieu|about|quang-cao|video|photo|anh|podcast|en|english|print|hoi-dap|gop-y)(?:[/.]|$)"
    r"|\.(?:pdf|docx?|xlsx?|jpe?g|png|zip|apk)$",
    re.IGNORECASE,
)
_PROMISES: tuple[re.Pattern[str], ...] = (
    re.compile(r"nghi quyet|chuyen (?:muc|de|trang)|so do|sitemap|site map|chien dich|tuyen truyen"),
    re.compile(r"khoa hoc|cong nghe|chuyen doi so|doi moi sang tao|kh ?& ?cn|dmst"),
    re.compile(r"tin tuc|su kien|thoi su|chinh tri|chi dao|dieu hanh|thong tin"),
)
"""Folded names of menu entries: columns stand under the first, and under the second where a body runs it with its own field."""


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A menu entry; `rank` 0 promises most."""

    rank: int
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """What one page tells of the site's columns."""

    columns: tuple[ColumnLink, ...]
    """Links that are named as columns."""
    pages: tuple[MenuPage, ...]
    title: str | None
    """What the page calls itself, where that is a column's own name."""
    digest: str
    """Of the menu: the same while its entries are the same, whatever news the page shows."""


def read_navigation(body: bytes, url: str, charset: str | None = None) -> Navigation:
    """The columns that a page links to and the entries of its menus on the same site; never raises."""
    tree = parse(body, url, charset)
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.")]
    columns = column_links(tree, url)
    own = {canonical(url), *(column.key for column in columns)}
    found: dict[str, MenuPage] = {}
    for link in tree.links():
        name = link.text or link.hint
        if link.key in own or link.key in found or not 1 <= len(syllables(name)) <= _LONGEST_NAME:
            continue
        path = urlsplit(link.key).path
        elsewhere = not same_site(link.url, hosts) or _NO_SECTION.search(path) or looks_like_article(link.key)
        if elsewhere or not tree.in_furniture(link.node):
            continue
        folded = fold(nfc(name))
        rank = next((rank for rank, promise in enumerate(_PROMISES) if promise.search(folded)), len(_PROMISES))
        found[link.key] = MenuPage(rank, link.url, link.key)
    pages = sorted(list(found.values())[:MAX_ENTRIES], key=lambda page: page.rank)
    menu = hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
    return Navigation(columns, tuple(pages), calls_itself_column(tree), menu)
