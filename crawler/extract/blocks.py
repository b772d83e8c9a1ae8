"""Parts of a parsed page in, its lines of text out as a reader sees them; and which parts are furniture rather than article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from classifier.text import clean

BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "button", "head", "object"}
)
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside"})
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:footer|foot|copyright|nav|navbar|menu|topbar|top-bar|toolbar|breadcrumbs?|clock|today|current|weather|"
    r"related?\w*|vc_?related\w*|\w*lien-?quan\w*|tin-khac|cung-chu-de|cung-chuyen-muc|other-?news|more-?(?:news"
    r"|from|stories|on)|"
    r"most-?(?:read|view(?:ed)?|popular)|doc-nhieu|xem-nhieu|read-?(?:more|next)|also-?(?:read|like)|you-?may|up-?next|next-?up|"
    r"sidebar|aside|comments?|binh-luan|tags?|tu-khoa|banner|ads?|adv|advert\w*|quang-cao|sponsor(?:ed)?|licen[cs]e|hot-?news|"
    r"social|share|sharing|sharedaddy|addthis|addtoany|rating|newsletter\w*|subscri(?:be|ption)\w*|sign-?up"
    r"|promo(?:tion|s)?|recirc\w*|"
    r"recommend(?:ed|ations?)|trending|popular|outbrain|taboola|mgid|rich-?link|cookies?|consent|gdpr|onetrust|didomi|qc-cmp2\S*|"
    r"popup|modal|dialog|polls?|binh-chon|tham-do(?:-y-kien)?|paging|pagination|pager|login|search|masthead|author-?(?:box|bio|card|info|mini-?bio|popup|profile)"
    r"|about-?(?:the-?)?author|"
    r"(?:author|writer)-?description|donate|donation|disclaimer|screen-reader-text|sr-only|visually-?hidden"
    r"|skip-link|jp-\w+)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HUMPED = re.compile(
    r"(?:^|[\s_a-z-])(?:[Aa]uthor(?:Box|Bio|Card|Info|Popup|Profile)|Related|Newsletter|Recirc|Recommend|Promo|Advert|Shar(?:e|ing)"
    r"|Social|Subscri|Sidebar|Breadcrumb)"
)
"""The same in camel case; `Comment` is missing, since it names columns of opinion as well."""
_NAMES = 500
"""Characters of an element's classes that are looked at and remembered: more are no names."""
_ANCHORED = frozenset({"h2", "h3", "h4", "p"})
"""Their ids are where a table of contents leads, not what they are."""
_FURNITURE_ROLES = frozenset({"navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "toolbar"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_TWO_FIGURES = re.compile(r"(?<=\d)\x1f+(?=\d)|(?<=[^\W\d_A-Z])\x1f+(?=[A-ZĐ][^\W\d_A-Z])")
"""Between two elements: figures, or a word's end and a capital, which would grow together."""


@dataclass(frozen=True, slots=True)
class Line:
    """One run of text between two block boundaries."""

    text: str
    element: HtmlElement
    """The block that holds it."""
    linked: int
    """How many of its characters are link text."""


def marks(element: HtmlElement | None) -> str:
    """Class, id and itemprop, by which sites name their parts."""
    return (
        f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}" if element is not None else ""
    )


def is_furniture(element: HtmlElement) -> bool:
    """Whether the element is a menu, a footer, a box of related items or the like, by its tag and its names."""
    if element.tag in _FURNITURE_TAGS:
        return True
    if element.tag in ("html", "body"):
        return False
    if element.get("role") in _FURNITURE_ROLES or _HIDDEN.search(element.get("style") or ""):
        return True
    own = element.get("class") or "" if element.tag in _ANCHORED else marks(element)
    names = f"{own} {element.get('type') or ''} {element.get('data-component') or ''} {element.get('data-testid') or ''}"
    return not names.isspace() and _names_furniture(names[:_NAMES])


@lru_cache(maxsize=10_000)
def _names_furniture(names: str) -> bool:
    """Remembered, since pages repeat their classes."""
    return bool(_FURNITURE.search(names) or _HUMPED.search(names))


def is_silent(element: HtmlElement) -> bool:
    """Whether the element never shows text of its own: scripts, forms' menus, comments and the like."""
    return not isinstance(element.tag, str) or element.tag in _SILENT


def lines_of(block: HtmlElement, skip: Callable[[HtmlElement], bool] = is_furniture, most: int | None = None) -> Iterator[Line]:
    """The lines of `block` and of its tail in reading order, without what `skip` says; at most `most` elements are visited."""
    parts: list[str] = []
    links = linked = seen = 0
    owner = block
    stack: list[tuple[HtmlElement, bool]] = [(block, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag
        if tag in BLOCKS:
            if parts and (line := _joined(parts)):
                yield Line(line, owner, linked)
            parts, linked, owner = [], 0, element
        if leaving:
            links -= tag == "a"
            if tag in BLOCKS and element is not block:
                owner = element.getparent()
            text = element.tail
        else:
            seen += 1
            if most is not None and seen > most:
                break
            links += tag == "a"
            stack.append((element, True))
            if is_silent(element) or (element is not block and skip(element)):
                continue
            text = element.text
            stack.extend([(child, False) for child in reversed(element)])
        if text:
            parts.append(text)
            linked += len(text) if links else 0
    if line := _joined(parts):
        yield Line(line, owner, linked)


def nothing(element: HtmlElement) -> bool:
    """For `lines_of`: skip nothing that shows."""
    return False


def _joined(parts: list[str]) -> str:
    """One line; figures of two elements never grow together, as a time with the count of views beside it would."""
    text = parts[0] if len(parts) == 1 else _TWO_FIGURES.sub(" ", "\x1f".join(parts)).replace("\x1f", "")
    return "" if text.isspace() else " ".join(clean(text).split())
