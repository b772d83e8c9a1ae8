"""The bytes of a home page, a feed index or robots.txt in; the addresses where a site may list what it publishes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from classifier.text import fold, syllables
from crawler.discover.columns import find_columns
from crawler.discover.markup import Link, Tree, parse
from crawler.discover.titles import plain
from crawler.urls import absolute, canonical, looks_like_article, same_site

USUAL_FEEDS = (
    "/rss",
    "/rss.html",
    "/rss.htm",
    "/rss.xml",
    "/rss/home.rss",
    "/rss/tin-moi-nhat.rss",
    "/feed/",
    "/vi/news/rss/",
    "/atom.xml",
)
"""Where Vietnamese sites keep feeds and the pages that list them (VCCorp, VnExpress, NukeViet, WordPress)."""
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/news-sitemap.xml", "/sitemap-news.xml")
MAX_FEEDS = 60
MAX_SITEMAPS = 20
MAX_SECTIONS = 15

_FEED = re.compile(
    r"\.(?:rss|atom)$|/(?:rss|feeds?|atom)(?:/|\.|$)|[?&](?:rss|feed|format|type)=(?:1|rss2?|atom|feed)", re.IGNORECASE
)
_FEED_LINKS = "link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom], link[rel~=alternate][type*='/xml']"
_NO_SECTION = re.compile(
    r"/(?:tags?|tu-khoa|hashtag|tim-kiem|search|tac-gia|author|rss|feeds?|lien-he|contact|dang-nhap|dang-ky|log-?in|register|users?"
    r"|gioi-thieu|about|so-do|sitemap|quang-cao|video|photo|anh|podcast|en|english)(?:[/.]|$)|\.(?:pdf|docx?|jpe?g|png|zip|apk)$",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"khoa hoc|cong nghe|chuyen doi so|doi moi|tin tuc|su kien|thoi su|chinh tri|van ban|ke hoach|chi dao|giao duc"
)
_BETWEEN = re.compile(r"\s+[|–—-]\s+")
_NO_NAMES = frozenset({"trang chu", "home", "homepage", "tin tuc", "default", "index"})
_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2048})", re.IGNORECASE | re.MULTILINE)
_MAX_ROBOTS = 1_000_000


@dataclass(frozen=True, slots=True)
class HomePage:
    """What a home page says of its site; all addresses are absolute and on the site itself."""

    name: str
    language: str | None
    feeds: tuple[str, ...]
    """Feeds, and pages that may list feeds; announced ones first."""
    columns: tuple[str, ...]
    sections: tuple[str, ...]
    """Entries of its menus, those first whose name promises news or documents."""


def read_home(body: bytes, url: str, charset: str | None = None) -> HomePage:
    """Everything that a home page offers, bounded; never raises."""
    tree = parse(body, url, charset)
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.")]
    own = [link for link in tree.links() if same_site(link.url, hosts) and link.key != canonical(url)]
    columns = tuple(link for link in find_columns(body, url) if not _FEED.search(link))
    return HomePage(_name(tree, hosts[0]), _language(tree), _feeds(tree, hosts), columns, _sections(tree, own, set(columns)))


def feeds_on(body: bytes, url: str, charset: str | None = None) -> tuple[str, ...]:
    """The links of a page that lists a site's feeds."""
    return _feeds(parse(body, url, charset), [(urlsplit(url).hostname or "").removeprefix("www.")])


def sitemaps_in(robots: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (sitemaps.org: a line of its own, outside the groups)."""
    text = robots[:_MAX_ROBOTS].decode("utf-8-sig", errors="replace").replace("\r", "\n")
    found = (absolute(match[1], url) for match in _LINE.finditer(text))
    return tuple(dict.fromkeys(address for address in found if address))[:MAX_SITEMAPS]


def usual(paths: tuple[str, ...], url: str) -> tuple[str, ...]:
    """These paths on the site of `url`."""
    return tuple(urljoin(url, path) for path in paths)


def _feeds(tree: Tree, hosts: list[str]) -> tuple[str, ...]:
    announced = [link.url for link in tree.links(_FEED_LINKS)]
    linked = [link.url for link in tree.links() if _FEED.search(link.key) or fold(link.text or link.hint) == "rss"]
    return tuple(dict.fromkeys(url for url in (*announced, *linked) if same_site(url, hosts)))[:MAX_FEEDS]


def _sections(tree: Tree, links: list[Link], columns: set[str]) -> tuple[str, ...]:
    found: dict[str, tuple[bool, str]] = {}
    for link in links:
        path = urlsplit(link.key).path
        text = link.text or link.hint
        is_name = 1 <= len(syllables(text)) <= 8
        if not is_name or path == "/" or link.url in columns or _NO_SECTION.search(path) or looks_like_article(link.key):
            continue
        if tree.in_furniture(link.node):
            found.setdefault(link.key, (not _WANTED.search(fold(text)), link.url))
    return tuple(url for _, url in sorted(found.values(), key=lambda section: section[0]))[:MAX_SECTIONS]


def _name(tree: Tree, host: str) -> str:
    node = tree.parser.css_first("meta[property='og:site_name']")
    heading = tree.parser.css_first("title")
    stated = plain(node.attributes.get("content")) if node else ""
    parts = [part.strip() for part in _BETWEEN.split(stated or (plain(heading.text()) if heading else ""))]
    return next((part[:120].strip() for part in parts if part and fold(part) not in _NO_NAMES), host)


def _language(tree: Tree) -> str | None:
    node = tree.parser.css_first("html[lang]")
    code = (node.attributes.get("lang") or "").strip().lower().split("-")[0] if node else ""
    return code if re.fullmatch(r"[a-z]{2,3}", code) else None
