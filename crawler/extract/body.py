"""A parsed page in, the article's text out: trafilatura finds where it stands, the page's own lines between give it whole."""

from __future__ import annotations

import logging
import re

from lxml.etree import strip_elements
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from classifier.text import fold
from crawler.extract.blocks import Line, is_furniture, lines_of, marks, nothing

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it discards, the caller asks others for

_SHORT = 250
"""Below this many characters the precise extraction is doubted and the others are asked."""
_FILLED = 1.7
"""How many times as long the lines in between may make the text before they are doubted."""
_MANY = 20_000
"""Lines from which a page is no article but an attack or a dump: trafilatura would take half a minute for it."""
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:caption|chu-?thich|photo-?desc|image-?desc|pcaption|imgcaption|avatar-?desc|wp-caption)", re.IGNORECASE
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|tac-?gia|byline|signature|source|nguon|post-?meta|date|time|publish)(?:$|[\s_-])", re.IGNORECASE
)
_PROMPT = re.compile(
    r"^(?:>>|xem them|doc them|(?:cac )?(?:tin|bai)(?: viet)? (?:moi hon|cu hon|khac|lien quan|da dua|cung )"
    r"|cung chuyen muc|moi ban doc|theo doi .{0,40}tren google"
    r"|source:|nguon:|anh:|comment \()"
)


def article_lines(tree: HtmlElement, heading: HtmlElement | None) -> list[Line]:
    """The page's lines without furniture, which is taken out of `tree`: menus, related boxes, captions, scripts.

    What holds the heading or much of the page's prose stays whatever it is called: sites name their main column `sidebar-1`.
    """
    strip_elements(tree, "script", "style", "noscript", "template", "svg", "iframe", with_tail=False)
    kept = set(heading.iterancestors()) if heading is not None else set()
    most = _prose(tree) // 4
    for element in list(tree.iter("nav", "footer", "aside", "div", "section", "ul", "table", "p", "figcaption", "h3", "h4")):
        doomed = is_furniture(element) or element.tag == "figcaption" or _CAPTION.search(marks(element))
        if doomed and element not in kept and element.getparent() is not None and _prose(element) <= most:
            element.drop_tree()
    return list(lines_of(tree, skip=nothing))


def body_of(
    tree: HtmlElement,
    lines: list[Line],
    url: str,
    *,
    heading: HtmlElement | None = None,
    title: str = "",
    sapo: str | None = None,
    described: str | None = None,
) -> str:
    """The article's text, paragraphs separated by newlines; empty where none was found. Changes `tree`.

    `lines` are those of `article_lines`. `sapo` is put first where it stands apart from the body. `described`, JSON-LD's
    articleBody, wins where it is much longer and contains what was found. The `title` itself is no part of the text.
    Headings, lists and tables between the paragraphs stay; captions, bylines and links to other articles go.
    """
    region = _region(lines, heading)
    if region is not None:
        _isolate(region)
        lines = [line for line in lines if line.element is region or region in line.element.iterancestors()]
    page = [line for line in lines if not _is_aside(line)]
    small = len(lines) <= _MANY
    text = _filled(page, _trafilatura(tree, url, precise=True)) if small else _densest(page)
    if len(text) < _SHORT and small:
        text = max((text, _filled(page, _trafilatura(tree, url, precise=False)), _densest(page)), key=len)
    if described and len(described) > 1.3 * len(text) + 200 and (len(text) < _SHORT or _contained(text, described) > 0.6):
        text = described
    first, _, rest = text.partition("\n")
    if title and fold(first) == fold(title):
        text = rest
    if sapo and fold(sapo)[:80] not in fold(text):
        text = f"{sapo}\n{text}" if text else sapo
    return text


def _prose(element: HtmlElement) -> int:
    """Characters in paragraphs of some length: what menus and lists of titles do not have."""
    return sum(size for paragraph in element.iter("p") if (size := len(paragraph.text_content())) >= 80)


def _region(lines: list[Line], heading: HtmlElement | None) -> HtmlElement | None:
    """The smallest element that holds the heading and nearly all unlinked prose: columns of teasers stay outside it."""
    if heading is None:
        return None
    sizes: dict[HtmlElement, int] = {}
    whole = 0
    for line in lines:
        if line.linked * 3 < len(line.text) and len(line.text) >= 80:
            whole += len(line.text)
            for element in (line.element, *line.element.iterancestors()):
                sizes[element] = sizes.get(element, 0) + len(line.text)
    for element in heading.iterancestors():
        if element.tag in ("body", "html"):
            return None
        if whole and sizes.get(element, 0) >= 0.9 * whole:
            return element
    return None


def _isolate(region: HtmlElement) -> None:
    """Take everything beside `region` out of its tree: trafilatura then has less to read and less to mistake."""
    element = region
    while (parent := element.getparent()) is not None:
        for sibling in list(parent):
            if sibling is not element and sibling.tag != "head":
                parent.remove(sibling)
        element = parent


def _trafilatura(tree: HtmlElement, url: str, *, precise: bool) -> list[str]:
    """The paragraphs that trafilatura sees."""
    found = bare_extraction(
        tree,
        url=url,
        fast=precise,
        favor_precision=precise,
        favor_recall=not precise,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    text: str = getattr(found, "text", None) or ""
    return [part for line in text.splitlines() if (part := line.strip("| ").strip()) and not set(part) <= set("-| ")]


def _filled(page: list[Line], found: list[str]) -> str:
    """The page's own lines from the first to the last that trafilatura found: it loses headings and lists in between."""
    plain = "\n".join(found)
    if not found:
        return ""
    wanted = _squeezed(plain)
    hits = [number for number, line in enumerate(page) if len(line.text) >= 25 and _squeezed(line.text) in wanted]
    if not hits:
        return plain
    first, last = hits[0], _end(page, hits)
    while first > 0 and _squeezed(page[first - 1].text) in wanted:
        first -= 1
    lines = [line.text for number, line in enumerate(page) if first <= number <= last]
    filled = "\n".join(lines)
    return filled if len(filled) <= _FILLED * len(plain) + 400 else plain


def _end(page: list[Line], hits: list[int]) -> int:
    """The last line of the part that holds the found lines: a list at the end of the article belongs to it."""
    holder = page[hits[-1]].element.getparent()
    last = hits[-1]
    for number in range(last + 1, min(last + 40, len(page))):
        element = page[number].element
        if holder is None or holder.tag in ("body", "html") or not any(above is holder for above in element.iterancestors()):
            break
        if len(page[number].text) >= 25 or page[number].text.isupper():  # capitals: who signs
            last = number
    return last


def _densest(page: list[Line]) -> str:
    """The unlinked lines of the element that directly holds most of them: for pages without any paragraph tag."""
    holders: dict[HtmlElement, list[str]] = {}
    for line in page:
        if len(line.text) >= 40 and line.linked * 3 < len(line.text):
            holder = line.element if line.element.tag in ("div", "td", "article", "section") else line.element.getparent()
            if holder is not None:
                holders.setdefault(holder, []).append(line.text)
    return "\n".join(max(holders.values(), key=lambda lines: sum(map(len, lines)), default=[]))


def _is_aside(line: Line) -> bool:
    """Links to other articles, with their dates or without; captions and bylines."""
    if line.linked * 10 > len(line.text) * 8 or (line.linked >= 15 and _letters(line.text) - line.linked <= 8):
        return True
    names = marks(line.element)
    if _CAPTION.search(names) or (len(line.text) < 100 and _BYLINE.search(names)):
        return True
    return bool(_PROMPT.match(fold(line.text[:80]))) and len(line.text) < 200


def _letters(text: str) -> int:
    """Characters but for figures and marks: what stands beside a link and is more than a date."""
    return sum(1 for c in text if c.isalpha() or c == " ")


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def _contained(part: str, whole: str) -> float:
    """Which share of the part's words the whole has."""
    words = set(fold(part).split())
    return len(words & set(fold(whole).split())) / len(words) if words else 1.0
