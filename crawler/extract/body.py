"""A parsed page in, the article's text out: trafilatura finds where it stands, the page's own lines between give it whole."""

from __future__ import annotations

import logging
from collections.abc import Callable

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from classifier.text import fold
from crawler.extract.blocks import Line
from crawler.extract.clearing import without_links
from crawler.extract.language import language_of
from crawler.extract.regions import Places, begins_with_link, densest, has_another, is_prose, named
from crawler.extract.trim import squeezed, trimmed

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it discards, the caller asks others for

_SHORT = 250
"""Below this many characters the precise extraction is doubted and the others are asked."""
_MANY = 5_000
_CROWDED = 60_000
"""Lines and elements from which trafilatura is not asked: it would take half a minute."""
_ALIKE = 0.6
"""Share of all text named by either at which two witnesses agree."""
_SURE = 25
"""Characters from which a line that occurs in a text is meant by it."""
_LEAD_LINES = 4
"""Lines between a lead and the text: pictures' labels, buttons."""
_CELLS = frozenset({"li", "td", "th", "dt", "dd"})
_PARTS = _CELLS | {"h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}


def _lead(page: list[Line], chosen: set[int], heading: HtmlElement | None) -> set[int]:
    """The Vietnamese lead between title and text: newspapers here part it from the body, and count it as the first paragraph."""
    if not chosen or heading is None:
        return set()
    first = min(chosen)
    after = [number for number in range(first - 1, -1, -1) if page[number].element is heading][:1]
    prose = {number for number in range(after[0] + 1, first) if is_prose(page[number])} if after else set()
    one = len(prose) == 1 and first - min(prose) <= _LEAD_LINES
    return prose if one and language_of(page[min(prose)].text) == "vi" else set()


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

    `lines` are those of `article_lines`. A Vietnamese `sapo` is put first where it stands apart from the body. `described`,
    JSON-LD's articleBody, wins where it is much longer and contains what was found. The `title` itself is no part of the text.
    Headings, lists and tables between the paragraphs stay; captions, bylines and links to other articles go.
    """
    places = Places()
    page = without_links(lines, places)
    region = _region(page, heading, places)
    if region is not None:
        _isolate(region)
        page = [page[number] for number in places.within(page, region)]
    if not page or len(lines) > _MANY or tree.xpath("count(//*)") > _CROWDED:
        chosen = _own(page, places)
    else:
        chosen = _agreed(page, places, lambda precise: _trafilatura(tree, url, precise=precise))
    chosen |= _lead(page, chosen, heading)
    text = "\n".join(page[number].text for number in trimmed(page, chosen, title))
    if described and len(described) > 1.3 * len(text) + 200 and (len(text) < _SHORT or _contained(text, described) > 0.6):
        text = described
    if sapo and language_of(sapo) == "vi" and squeezed(sapo)[:60] not in squeezed(text[: 2 * len(sapo) + 1_000]):
        text = f"{sapo}\n{text}" if text else sapo
    return text


def _region(page: list[Line], heading: HtmlElement | None, places: Places) -> HtmlElement | None:
    """The smallest element that holds the heading and nearly all prose: columns of teasers stay outside it."""
    if heading is None:
        return None
    sizes = places.prose(page)
    whole = max(sizes.values(), default=0)
    for element in heading.iterancestors():
        size = sizes.get(element, 0)
        if not whole or element.tag in ("body", "html"):
            return None
        if size >= 0.9 * whole or (size >= 0.15 * whole and has_another(element, sizes)):
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


def _own(page: list[Line], places: Places) -> set[int]:
    """The lines of the element that the prose itself points to."""
    main = densest(page, places.prose(page), places)
    return set(places.within(page, main)) if main is not None else set()


def _agreed(page: list[Line], places: Places, others: Callable[[bool], list[str]]) -> set[int]:
    """The lines that two of three witnesses name: trafilatura, the densest part, the part whose names call it the body.

    Where the densest part and trafilatura have little in common, trafilatura is asked again, for recall.
    """
    sizes = places.prose(page)
    main = densest(page, sizes, places)
    called = named(sizes)
    dense = set(places.within(page, main)) if main is not None else set()
    within = set(places.within(page, called)) if called is not None else None
    found = _lines_found(page, others(True))
    if within is None and _overlap(page, found, dense) < _ALIKE:
        second = _lines_found(page, others(False))
        found = second if _overlap(page, second, dense) > _overlap(page, found, dense) or not found else found
    elif within is not None and _overlap(page, dense, within) < _ALIKE and _overlap(page, found, within) < _ALIKE:
        found = _lines_found(page, others(False))
    core = (found & dense) | ((found | dense) & within if within is not None else set())
    if _size(page, core) < 0.3 * max(_size(page, found), _size(page, dense)):
        core = max((found, dense), key=lambda lines: _size(page, lines))
    if not core:
        return within or set()
    return _filled(page, core, found, {e for e in (main, called) if e is not None}, places)


def _filled(page: list[Line], core: set[int], found: set[int], mains: set[HtmlElement], places: Places) -> set[int]:
    """The core with what belongs to it: what stands before it, and all text, headings, lists and short lines in between."""
    first, last = min(core), max(core)
    holders = {page[number].element.getparent() for number in core}
    rows = {(holder.getparent(), holder.tag) for holder in holders if holder is not None}
    shapes = {_shape(page[number].element, mains, places) for number in core if is_prose(page[number])} - {None}
    chosen = set(core) | {number for number in found if number < first}
    end = _end(page, last, places)
    for number in range(len(page)):
        element = page[number].element
        if number in chosen or mains.isdisjoint(places.path(element)) or (element.tag != "p" and begins_with_link(element)):
            continue
        holder = element.getparent()
        beside = holder in holders or (holder is not None and (holder.getparent(), holder.tag) in rows)
        alike = is_prose(page[number]) and (beside or _shape(element, mains, places) in shapes)
        if number == end and element.tag in _CELLS:
            end += 1
        if alike or (first < number < end and (beside or element.tag in _PARTS)):
            chosen.add(number)
    return chosen


def _shape(element: HtmlElement, mains: set[HtmlElement], places: Places) -> tuple[tuple[str, str], ...] | None:
    """The makes of the elements from a line up to the article's part: lines of one shape are of one kind."""
    path = places.path(element)
    depth = next((level for level, above in enumerate(path) if above in mains), None)
    return tuple((above.tag, above.get("class") or "") for above in path[:depth]) if depth is not None else None


def _end(page: list[Line], last: int, places: Places) -> int:
    """The end of the part that holds the last line: a list at the end of the article belongs to it."""
    holder = page[last].element.getparent()
    end = last
    for number in range(last + 1, min(last + 40, len(page))):
        element = page[number].element
        if holder is None or holder.tag in ("body", "html") or holder not in places.path(element):
            break
        if len(page[number].text) >= 25 or page[number].text.isupper() or element.tag in _CELLS:  # capitals: who signs
            end = number
    return end + 1


def _lines_found(page: list[Line], found: list[str]) -> set[int]:
    """The numbers of the page's lines that stand in a text."""
    wanted = squeezed("\n".join(found))
    whole = {squeezed(line) for line in found}
    hits = set()
    for number, line in enumerate(page):
        text = squeezed(line.text)
        if text in whole or (len(text) >= _SURE and text in wanted):
            hits.add(number)
    return hits


def _size(page: list[Line], numbers: set[int]) -> int:
    return sum(len(page[number].text) for number in numbers)


def _overlap(page: list[Line], one: set[int], other: set[int]) -> float:
    """What two witnesses share of all that either names."""
    return _size(page, one & other) / max(1, _size(page, one | other))


def _contained(part: str, whole: str) -> float:
    """Which share of the part's words the whole has."""
    words = set(fold(part).split())
    return len(words & set(fold(whole).split())) / len(words) if words else 1.0
