"""A parsed page in, its lines without what is no article out: menus, boxes, remarks, teasers, and the headings over nothing."""

from __future__ import annotations

import re
from itertools import islice

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from crawler.extract.blocks import Line, is_furniture, lines_of, marks, nothing
from crawler.extract.regions import TEASED, Places, cards
from crawler.extract.trim import HEADINGS, is_aside, is_caption, is_label, is_link, talk_of

MAX_LINES = 20_000
"""Lines of a page that are read: the longest article has some thousand, what goes on is an attack or a dump."""
_ARTICLE = 700
"""Characters of prose beside an `<aside>` without the title that are the article, however long the aside."""
_PICTURES = re.compile(
    r"(?:^|[\s_-])(?:(?:photo|image|picture)?-?galler(?:y|ies)|slide-?show|carousel)(?:$|[\s_-])", re.IGNORECASE
)
"""Rows of pictures whose captions are long enough to pass for text."""
_FLASH = 150
"""Characters of the shortest article that remarks stand under: with less beside them they are the article."""
_FORMS, _FORM, _FORM_LEVELS = 200, 250, 4
"""Characters round a form that are no more than its invitation."""
_LABELS = 2
"""Short lines in a row that announce a list of links; with more they are a list themselves."""


def article_lines(tree: HtmlElement, heading: HtmlElement | None) -> list[Line]:
    """The page's lines without furniture, which is taken out of `tree`: menus, related boxes, captions, scripts.

    What holds the heading or much of the page's prose stays whatever it is called: sites name their main column `sidebar-1`.
    Remarks of readers go however long they are. No more than MAX_LINES are read.
    """
    strip_elements(tree, "script", "style", "noscript", "template", "svg", "iframe", with_tail=False)
    every = list(islice(lines_of(tree, skip=nothing), MAX_LINES))
    places = Places()
    sizes = places.prose(every)
    kept = set(heading.iterancestors()) if heading is not None else set()
    most = sizes.get(tree, 0) // 4
    rows = _rows(sizes)
    doomed = {
        box
        for form in islice(tree.iter("form", "input"), _FORMS)
        if (box := _small_form(form, sizes)) is not None and box not in kept
    }
    for element in tree.iter(
        "nav", "footer", "aside", "div", "section", "ul", "ol", "table", "p", "figcaption", "h3", "h4", "dl"
    ):
        if element in kept or element.getparent() is None:
            continue
        size = sizes.get(element, 0)
        rest = sizes.get(tree, 0) - size
        talk = talk_of(element)
        box = talk or is_furniture(element) or is_caption(element)
        pictures = bool(_PICTURES.search(marks(element))) and rest >= size
        apart = (element.tag == "aside" or pictures) and heading is not None and rest >= _ARTICLE
        small = bool(box) and size <= most and rows.get(_row(element), 0) <= 2 * most
        if small or apart or (talk == "sure" and rest >= _FLASH):
            doomed.add(element)
    lines = [line for line in every if doomed.isdisjoint(places.path(line.element))] if doomed else every
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()
    return lines


def _row(element: HtmlElement) -> tuple[HtmlElement | None, str, str]:
    return element.getparent(), element.tag, (element.get("class") or "").split(" ")[0]


def _rows(sizes: dict[HtmlElement, int]) -> dict[tuple[HtmlElement | None, str, str], int]:
    """How much prose neighbours of one make hold together, where each holds more than a teaser: an article's own sections."""
    rows: dict[tuple[HtmlElement | None, str, str], int] = {}
    for element, size in sizes.items():
        if size > TEASED:
            rows[_row(element)] = rows.get(_row(element), 0) + size
    return rows


def _small_form(element: HtmlElement, sizes: dict[HtmlElement, int]) -> HtmlElement | None:
    """The largest box round a form that holds little else: an invitation to leave one's address."""
    box = None
    for above in islice((element, *element.iterancestors()), _FORM_LEVELS):
        if above.tag in ("body", "html") or sizes.get(above, 0) > _FORM or len(above.text_content()) > _FORM:
            break
        box = above
    return box


def without_links(lines: list[Line], places: Places) -> list[Line]:
    """The lines but for teasers, asides, and the headings that stand over nothing else."""
    teased = cards(lines, places)
    page: list[Line] = []
    below = labels = 0
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        linked = (number in teased or is_link(line)) and not _is_row(line)
        if linked or (is_aside(line) and not is_link(line)):
            below = below + 1 if linked else 0
            labels = 0
            continue
        own = below == 1 and bool(page) and page[-1].element.getparent() is line.element.getparent()
        heads = below and not own and is_label(line)
        labels += bool(heads) and line.element.tag not in HEADINGS
        if not heads or labels > _LABELS:
            page.append(line)
            below = labels = 0
    return page[::-1]


def _is_row(line: Line) -> bool:
    """Whether the line is a cell of a table with headed columns: its links are names in a table, not ways out of the article."""
    cell = next((part for part in (line.element, *islice(line.element.iterancestors(), 2)) if part.tag in ("td", "th")), None)
    table = next((above for above in cell.iterancestors() if above.tag == "table"), None) if cell is not None else None
    return table is not None and bool(table.xpath("./tr/th|./thead/tr/th|./tbody/tr/th"))
