"""The lines of a page in, where its article stands out: prose weighed up the tree, teasers and remarks left aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.blocks import Line, marks

_PROSE, _SENTENCE = 80, 40
"""Characters that make a line prose: fewer are enough where it ends as a sentence does."""
_DENSE_SCRIPT = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_WORTH = 3
"""One character of scripts without spaces says as much as so many letters."""
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_TITLE = 20
"""Characters from which a line that is all link is another article's title."""
_ALIKE = 3
"""So many neighbours of one make are cards: teasers, remarks, products."""
_CLIMB = 12
"""Levels that the densest part may be widened by."""
TEASED = 300
"""Characters of prose that a teaser has at most: more beside a linked heading is the text itself."""
_BODY = re.compile(
    r"(?:^|[\s_-])(?:article-?_*(?:body|content|text)|articlebody|(?:entry|post|story|news|page|detail|main|body|rich)-?_*"
    r"(?:content|body|text|copy)|story-?body|bodytext|fck_detail|maincontent|noi-?dung|noidungtin|chi-?tiet|cms-body|e-content)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_HOLDERS = frozenset({"div", "td", "article", "section", "main", "body", "center", "form", "blockquote", "li", "ul", "ol", "dd"})


def is_prose(line: Line) -> bool:
    """Whether the line is a piece of running text rather than a label, a title or a menu."""
    size = len(line.text) * (_WORTH if _DENSE_SCRIPT.search(line.text[:_SENTENCE]) else 1)
    return line.linked * 3 < len(line.text) and (size >= _PROSE or (size >= _SENTENCE and bool(_ENDS.search(line.text))))


def is_title_of_another(line: Line) -> bool:
    """Whether the line is the linked title of something else."""
    return len(line.text) >= _TITLE and line.linked * 10 > len(line.text) * 8


def begins_with_link(element: HtmlElement) -> bool:
    """Whether the element opens with a link long enough to be a title."""
    current = element
    while not (current.text or "").strip() and len(current):
        current = current[0]
        if current.tag == "a":
            return len(current.text_content().strip()) >= _TITLE
    return False


class Places:
    """Where lines stand: the elements round each, looked up once."""

    def __init__(self) -> None:
        self._paths: dict[HtmlElement, tuple[HtmlElement, ...]] = {}

    def path(self, element: HtmlElement) -> tuple[HtmlElement, ...]:
        """The element and everything round it, innermost first."""
        found = self._paths.get(element)
        if found is None:
            chain = [element, *element.iterancestors()]
            found = self._paths[element] = tuple(chain)
        return found

    def prose(self, lines: Iterable[Line]) -> dict[HtmlElement, int]:
        """How many characters of prose each element holds."""
        sizes: dict[HtmlElement, int] = {}
        for line in lines:
            if is_prose(line):
                for element in self.path(line.element):
                    sizes[element] = sizes.get(element, 0) + len(line.text)
        return sizes

    def within(self, lines: Sequence[Line], element: HtmlElement) -> list[int]:
        """The numbers of the lines that stand in `element`."""
        return [number for number, line in enumerate(lines) if element in self.path(line.element)]


def cards(lines: Sequence[Line], places: Places) -> set[int]:
    """The numbers of the lines in rows of teasers: neighbours of one make, each a linked title with a little text beside."""
    titles: dict[HtmlElement, int] = {}
    texts: dict[HtmlElement, int] = {}
    sizes = places.prose(lines)
    for line in lines:
        counted = titles if is_title_of_another(line) else texts if is_prose(line) else None
        if counted is not titles and line.linked >= _TITLE and line.element.tag != "p" and begins_with_link(line.element):
            counted = titles
        if counted is not None:
            for element in places.path(line.element):
                counted[element] = counted.get(element, 0) + 1
    rows: dict[tuple[HtmlElement, str, str], list[HtmlElement]] = {}
    for element, count in titles.items():
        parent = element.getparent()
        if parent is not None and count <= 2 and texts.get(element, 0) <= 2 and element.tag != "p":
            rows.setdefault((parent, element.tag, element.get("class") or ""), []).append(element)
    found = {
        element
        for row in rows.values()
        if len(row) >= _ALIKE and sum(sizes.get(element, 0) for element in row) <= TEASED * len(row)
        for element in row
    }
    return (
        {n for n, line in enumerate(lines) if any(element in found for element in places.path(line.element))} if found else set()
    )


def named(sizes: dict[HtmlElement, int]) -> HtmlElement | None:
    """The innermost element that its names call the article's body and that holds half of the prose of all so called."""
    called: dict[HtmlElement, int] = {}
    for element, size in sizes.items():
        if element.tag in _HOLDERS and (element.get("itemprop") == "articleBody" or _BODY.search(marks(element))):
            called[element] = size
    if not called:
        return None
    most = max(called.values())
    return next(element for element, size in called.items() if size >= 0.8 * most)


def densest(lines: Sequence[Line], sizes: dict[HtmlElement, int], places: Places) -> HtmlElement | None:
    """The element that holds the article by its prose alone: weighed at the parent, less so further up, then widened.

    It is widened to the parent where that holds more prose of the same make: bodies that come in several parts.
    """
    weights: dict[HtmlElement, float] = {}
    for line in lines:
        if is_prose(line):
            weight = 1 + line.text.count(",") + min(len(line.text) / 100, 3)
            for level, element in enumerate(_holders(places.path(line.element))):
                weights[element] = weights.get(element, 0) + weight / (1, 2, 6, 9)[level]
    if not weights:
        return None
    best = at = max(weights, key=lambda element: weights[element])
    for parent in islice(best.iterancestors(), _CLIMB):
        if parent.tag in ("body", "html") or parent not in sizes:
            break
        wider = sizes[parent] > sizes[best]
        if _comes_in_parts(at, parent, sizes) or (wider and _is_of_blocks(best, parent, sizes)):
            best = parent
        elif wider:
            break
        at = parent
    return best


def has_another(element: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether another article of the same make stands beside `element`, as on pages that scroll without end."""
    parent = element.getparent()
    return parent is not None and any(
        child is not element
        and child.tag == element.tag
        and _make(child) == _make(element)
        and sizes.get(child, 0) > 0
        and child.find(".//h1") is not None
        for child in parent
    )


def _comes_in_parts(best: HtmlElement, parent: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether siblings of the same make, or a good share of bare paragraphs, stand beside `best`."""
    alike = sum(
        sizes.get(child, 0)
        for child in parent
        if child is not best
        and child.tag == best.tag
        and (child.tag == "section" or _make(child) == _make(best))
        and child.find(".//h1") is None
    )
    paragraphs = sum(
        sizes.get(child, 0) for child in parent if child is not best and child.tag in ("p", "blockquote", "ul", "ol")
    )
    return alike > 0 or paragraphs > 0.15 * sizes[best]


def _is_of_blocks(best: HtmlElement, parent: HtmlElement, sizes: dict[HtmlElement, int]) -> bool:
    """Whether all prose of `parent` stands in blocks of the make of `best`, wrapped in whatever: what page builders write."""
    name = _make(best)
    blocks = [child for child in parent.iter("div") if _make(child) == name] if name and best.tag == "div" else []
    return sum(sizes.get(block, 0) for block in blocks) == sizes[parent]


def _make(element: HtmlElement) -> str:
    return (element.get("class") or "").split(" ")[0]


def _holders(path: tuple[HtmlElement, ...]) -> Iterator[HtmlElement]:
    """Up to four elements round a line that hold blocks: from the parent of its paragraph on."""
    count = 0
    for number, element in enumerate(path):
        if number == 0 and element.tag not in ("div", "td", "article", "section", "body"):
            continue
        if element.tag in _HOLDERS and element.tag != "html":
            yield element
            count += 1
            if count == 4:
                return
