"""The bytes of an HTML page in, a tree that cannot hang the parser out, with its links and where on the page they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from classifier.text import fold, nfc
from crawler.discover.titles import plain
from crawler.extract.encoding import decode
from crawler.urls import absolute, canonical

MAX_BYTES = 10_000_000
"""What is read of a page; the rest of a larger body is ignored."""
MAX_LINKS = 5_000
"""Links looked at on one page; the longest Vietnamese home pages have some 1,500."""
MAX_DEPTH = 1_000
"""Open tags; real pages stay below 100. Lexbor takes quadratic time over depth: 3 s for 50,000, minutes for a million."""

_LEVELS = 25
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# Void tags, and those that their next sibling closes.
_NO_DEPTH = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    | {"p", "li", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead", "tfoot", "colgroup"}
)
_SWOLLEN_TAG = re.compile(r"""<[A-Za-z_](?:[^<>"']|"[^"<]*"|'[^'<]*'){2000,}+>?""")
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "menu"})  # never form: SharePoint wraps its whole page in one
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:menu|mainmenu|nav|navbar|navigation|topnav|breadcrumbs?|footer|bottom|sidebar|side-bar|aside|right-col|col-right"
    r"|related|tin-lien-quan|most-?read|most-?view|doc-nhieu|xem-nhieu|tin-moi-nhat|latest|hot-?news|tags?|social|share|banner"
    r"|advert|ads|copyright|language|lien-ket|weblink|links-web)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEAD_FURNITURE = re.compile(r"(?:^|\s)(?:site-|page-|main-|top-)?header(?:$|\s)", re.IGNORECASE)
_SIDE_HEADING = re.compile(
    r"(?:tin |bai )?(?:doc|xem) nhieu(?: nhat)?|duoc quan tam|(?:tin|bai|bai viet) lien quan|co the ban quan tam"
    r"|(?:cac )?tin khac|tin (?:cu|moi) hon|most (?:read|viewed|popular)|popular|trending|related(?: news| articles)?|read more"
    r"|самое читаемое|популярное|читайте также|по теме"
)
"""Folded headings of boxes that every page of a site repeats, whatever section it shows."""
_MAX_SIDE_HEADINGS = 40


@dataclass(frozen=True, slots=True)
class Link:
    """One address of a page: its anchor, the address as found and absolute, its key, its text and the title attribute."""

    node: LexborNode
    url: str
    key: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed page and the address against which its links are resolved."""

    parser: LexborHTMLParser
    base: str
    heading: frozenset[int]
    """What holds the page's own heading, by `mem_id`: never furniture, whatever it is called (VnExpress: `sidebar-1`)."""
    boxes: frozenset[int]
    """Boxes with a heading such as "Đọc nhiều", by `mem_id`."""

    def in_furniture(self, node: LexborNode) -> bool:
        """Whether the node stands in a menu, a side box, the footer or another part that every page of the site repeats."""
        above = node.parent
        for _ in range(_LEVELS):
            if above is None or above.tag in ("body", "html"):
                return False
            if above.mem_id in self.boxes or (above.mem_id not in self.heading and _is_furniture(above)):
                return True
            above = above.parent
        return False

    def title(self) -> str | None:
        """The page's heading, else the title of its head."""
        for selector in ("h1", "title"):
            for node in self.parser.css(selector)[:5]:
                if text := plain(node.text(separator=" ")):
                    return text
        return None

    def links(self, selector: str = "a[href]") -> Iterator[Link]:
        """The usable links that `selector` matches or that stand inside what it matches, in the page's order."""
        seen: set[int] = set()
        for match in self.parser.css(selector)[:MAX_LINKS]:
            for node in [match] if match.tag in ("a", "link") else match.css("a[href]")[:MAX_LINKS]:
                if node.mem_id in seen or len(seen) >= MAX_LINKS:
                    continue
                seen.add(node.mem_id)
                if link := self.link_to(node, node.attributes.get("href") or ""):
                    yield link

    def link_to(self, node: LexborNode, address: str) -> Link | None:
        """The link that `node` is if it leads to `address`; None where that is no usable address."""
        attributes = node.attributes
        url = absolute(address, self.base)
        key = canonical(url) if url else None
        if url is None or key is None:
            return None
        text = plain(node.text(separator=" ")[:4_000])
        if not text and (image := node.css_first("img[alt]")) is not None:
            text = plain(image.attributes.get("alt"))
        return Link(node, url, key, text, plain(attributes.get("title")))


def parse(body: bytes, url: str, charset: str | None = None) -> Tree:
    """Parse a page; never raises. Tags with thousands of attributes are left out, and what lies deeper than `MAX_DEPTH`."""
    text = decode(body[:MAX_BYTES], f"text/html; charset={charset}" if charset else None).text
    parser = LexborHTMLParser(_shallow(_SWOLLEN_TAG.sub("", text)))
    heading = _heading(parser)
    return Tree(parser, _base(parser, url), heading, _side_boxes(parser, heading))


def _base(parser: LexborHTMLParser, url: str) -> str:
    named = parser.css_first("base[href]")
    try:
        return urljoin(url, (named.attributes.get("href") or "").strip()) if named else url
    except ValueError:
        return url


def _is_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:300]
    if node.tag in _FURNITURE_TAGS or _FURNITURE.search(names):
        return True
    # An article has a header as well, and that one holds its title.
    return bool((node.tag == "header" or _HEAD_FURNITURE.search(names)) and not _in_article(node))


def _above(node: LexborNode | None) -> Iterator[LexborNode]:
    for _ in range(_LEVELS):
        node = node.parent if node else None
        if node is None or node.tag in ("body", "html"):
            return
        yield node


def _heading(parser: LexborHTMLParser) -> frozenset[int]:
    headings = [node for node in parser.css("h1")[:5] if plain(node.text(separator=" "))]
    return frozenset(node.mem_id for node in _above(headings[0] if headings else None))


def _side_boxes(parser: LexborHTMLParser, heading: frozenset[int]) -> frozenset[int]:
    """The smallest element round each side heading that has links in it."""
    boxes: set[int] = set()
    for node in parser.css("h2, h3, h4, h5, h6, p, div, span, strong, b, a, td, th, legend"):
        text = node.text(deep=False)
        if len(text) > 60 or not _SIDE_HEADING.fullmatch(fold(nfc(plain(text))).rstrip(" :")):
            continue
        box = next((above for above in _above(node) if above.css_first("a[href]") is not None), None)
        if box is not None and box.mem_id not in heading:
            boxes.add(box.mem_id)
        if len(boxes) >= _MAX_SIDE_HEADINGS:
            break
    return frozenset(boxes)


def _in_article(node: LexborNode) -> bool:
    above = node.parent
    for _ in range(_LEVELS):
        if above is None:
            return False
        if above.tag in ("article", "main", "section", "li"):
            return True
        above = above.parent
    return False


def _shallow(text: str) -> str:
    depth = 0
    for match in _TAG.finditer(text):
        if match[2].lower() not in _NO_DEPTH:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return text[: match.start()]
    return text
