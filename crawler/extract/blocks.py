"""Parts of a parsed page in, its lines of text out as a reader sees them; and which parts are furniture rather than article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    r"(?:^|[\s_-])(?:footer|foot|copyright|nav|navbar|menu|topbar|top-bar|toolbar|breadcrumbs?|clock|today|current|weather|related|relate|"
    r"lien-?quan|tin-khac|cung-chu-de|cung-chuyen-muc|other-?news|more-?news|most-?read|most-?view|doc-nhieu|xem-nhieu|read-?more|"
    r"sidebar|aside|comments?|binh-luan|tags?|tu-khoa|banner|ads?|adv|advert|quang-cao|licen[cs]e|hot-?news|social|share|sharing|"
    r"rating|newsletter|cookies?|popup|modal|paging|pagination|login|search)(?:$|[\s_-])",
    re.IGNORECASE,
)

_TWO_FIGURES = re.compile(r"(?<=\d)\x1f+(?=\d)")


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
    names = marks(element)
    return not names.isspace() and element.tag not in ("html", "body") and bool(_FURNITURE.search(names))


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
