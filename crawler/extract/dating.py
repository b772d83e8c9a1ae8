"""The neighbourhood of a title and the dates a page claims in; the one publication date out, or none rather than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from lxml.html import HtmlElement

from classifier.text import fold, nfc
from crawler.dates import find_date, parse_date
from crawler.extract.blocks import BLOCKS, Line, is_furniture, is_silent, lines_of, marks
from crawler.items import Notice, PublishedAt, Reason

RESOLUTION_DAY = date(2024, 12, 22)
"""When Resolution 57-NQ/TW was signed: nothing about it is older, and texts quote this day more than any other."""
_AHEAD = timedelta(days=2)
"""How far a clock may be wrong before a publication lies in the future."""

_LEVELS = 5
_FORWARD, _BACKWARD = 1_500, 500
"""Characters looked at after and before the title: sapo and date line, no more."""
_LINE = 160
_BARE = 40
"""Characters of the longest date that is its own link: blogs link an article's day to the article."""
_PROSE = 100
_BODY = 2
"""Paragraphs after the title from which a line that nothing marks as a date belongs to the text: the first may be the lead."""
_ELEMENTS = 400
_LINKED_TITLE, _LINKED_ITEM = 28, 12
"""Characters from which a link is another article's title and no author or button; less is enough in a list."""
_MARKED = "//body//*[@itemprop='datePublished' or contains(@class,'pub') or contains(@class,'dat') or contains(@class,'time')]"
"""Where elements marked as the publication's date are looked for; `_PUBLISHED` says which of them are."""
_PUBLISHED = re.compile(
    r"(?:^|[\s_-])published(?:[_-]?(?:date|time|on|at))?(?:$|\s)"
    r"|(?:^|[\s_-])(?:pub(?:lish)?|article|post|entry|news|story|artikel|art)[_-]?(?:date|datum|time)(?:$|\s)"
)
"""Classes that name the day of an article, and not today's."""
_MOST_MARKED = 100
_DATED = re.compile(r"date|datum|time|publish|posted|ngay|meta|thoi-?gian", re.IGNORECASE)
_CONTAINER = re.compile(r"article|detail|chi-?tiet|content|post|entry|news|story|bai-?viet|noi-?dung", re.IGNORECASE)

# What may stand in a date line beside the date; all on folded text.
_LABELS = re.compile(
    r"\b(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn|t[2-7]|ngay|thang|nam|luc|hoi|vao|gio|phut|gmt|utc|am|pm|sa|ch|"
    r"cap nhat|lan cuoi|moi nhat|dang tai|dang luc|dang|xuat ban|phat hanh|thoi gian|tin|cua|boi|luot xem|luot|xem|doc|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|published|updated|posted|last|on|at|by|date|"
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*|опубликовано|обновлено|года|г)\b"
)
_UPDATED = re.compile(r"cap nhat|updated|modified|sua doi|обновлено")
_NOT_A_LINE = re.compile(
    r"giay phep|ban quyen|\bcap ngay|ky ngay|ban hanh|hieu luc|nghi quyet|quyet dinh|ket luan|cong van|nghi dinh|thong tu|-nq/"
    r"|/qd-|\banh\b|\bchup\b|su kien|dien ra|den ngay|tu ngay|het han|han nop|khai mac|hoi nghi"
    r"|\(c\)|copyright|issn|license|resolution"
)
_MOTTO = re.compile(r"doc lap\s*[-–—]\s*tu do|cong h[oa]+ xa hoi chu nghia|dang cong san viet nam")
_PLACE_AND_DAY = re.compile(r"(?:^|\s)[^\d,]{2,40}, ngay \d{1,2} thang \d{1,2} nam \d{4}\W*$")


@dataclass(frozen=True, slots=True)
class Near:
    """A line near the title, and whether it stands before it."""

    line: Line
    before: bool


def choose(claims: Iterable[PublishedAt], fetched_at: datetime | None = None) -> tuple[PublishedAt | None, tuple[Notice, ...]]:
    """The first plausible claim decides the day; where it names no time, a later claim of the same day adds it.

    Dates more than two days after `fetched_at` are passed over: nothing is published in the future. What is wrong, or older than
    the Resolution, is told as a BAD_DATE notice.
    """
    chosen: PublishedAt | None = None
    notices: dict[str, Notice] = {}
    for claim in claims:
        if fetched_at is not None and claim.value > fetched_at + _AHEAD:
            detail = f"{claim.iso()} ({claim.source}) lies in the future"
            notices[detail] = Notice(Reason.BAD_DATE, detail)
        elif chosen is None:
            chosen = claim
        elif claim.has_time and claim.value.date() == chosen.value.date():
            chosen = PublishedAt(claim.value, has_time=True, source=chosen.source)
        if chosen is not None and chosen.has_time:
            break
    if chosen is not None and chosen.value.date() < RESOLUTION_DAY:
        detail = f"{chosen.iso()} ({chosen.source}) is older than the Resolution"
        notices[detail] = Notice(Reason.BAD_DATE, detail)
    return chosen, tuple(notices.values())


def time_elements(title: HtmlElement) -> Iterator[PublishedAt]:
    """The `<time datetime>` elements near the title, the one marked as published first."""
    found: list[tuple[bool, bool, int, PublishedAt]] = []
    for block, _ in _around(title):
        for element in _elements(block):
            stamp = element.get("datetime") if element.tag == "time" else None
            if stamp and not _in_furniture(element, block) and (claim := parse_date(stamp, source="time")):
                marks = f"{element.get('itemprop')} {element.get('class')}".lower()
                found.append(("updated" in marks or "modified" in marks, "publish" not in marks, len(found), claim))
    yield from (claim for *_, claim in sorted(found, key=lambda item: item[:3]))


def marked_dates(tree: HtmlElement, *, month_first: bool = False) -> list[PublishedAt]:
    """What the elements marked as the publication's date say, wherever they stand; nothing where they name several days."""
    claims = []
    for element in islice(filter(_is_marked, tree.xpath(_MARKED)), _MOST_MARKED):
        shown = " ".join(element.text_content()[: 2 * _LINE].split())
        stamp = element.get("datetime") or element.get("content") or element.get("title") or (is_date_line(shown) and shown)
        if stamp and (claim := parse_date(stamp, source="time", month_first=month_first)):
            claims.append(claim)
    return claims if len({claim.value.date() for claim in claims}) == 1 else []


def _is_marked(element: HtmlElement) -> bool:
    return element.get("itemprop") == "datePublished" or bool(_PUBLISHED.search(element.get("class")))


def visible_dates(title: HtmlElement, *, month_first: bool = False) -> list[PublishedAt]:
    """The dates of the lines round the title that are date lines and nothing else, likeliest first.

    A sentence that mentions a date, a licence, a caption, a related item, the head of an embedded document and the Resolution's
    own day are none. Behind the lead a date line counts only where its element is marked as one. Nothing above the article
    counts: there sites show today's date.
    """
    near = list(lines_near(title))
    if any(_MOTTO.search(fold(place.line.text)) for place in near):
        near = [place for place in near if not _PLACE_AND_DAY.search(fold(place.line.text))]
    container = _container(title)
    above = set(title.iterancestors())
    found = []
    prose = 0
    for number, place in enumerate(near):
        prose += not place.before and len(place.line.text) >= _PROSE and not place.line.linked
        for text, element in _parts(place.line):
            claim = find_date(text, source="visible", month_first=month_first) if is_date_line(text) else None
            if claim is None or claim.value.date() == RESOLUTION_DAY or is_of_another(element, above):
                continue
            if place.before and not _is_within(element, container):
                continue
            late = bool(_UPDATED.search(fold(text)))
            unmarked = not _DATED.search(marks(element)) and not _DATED.search(marks(element.getparent()))
            if unmarked and prose >= _BODY:
                continue
            found.append((unmarked and prose > 0, late, unmarked, not claim.has_time, number, claim))
            break
    return [claim for *_, claim in sorted(found, key=lambda item: item[:5])]


def document_day(text: str) -> PublishedAt | None:
    """The day in the head of an administrative document: the line "Hà Nội, ngày 9 tháng 7 năm 2025"."""
    for line in text[:3_000].splitlines():
        for part in (line, *line.split("|")):
            words = " ".join(part.split())
            if len(words) <= _LINE and _PLACE_AND_DAY.search(fold(words)):
                return find_date(words, source="visible")
    return None


def is_date_line(text: str) -> bool:
    """A date, its labels, perhaps an author and a place: names are capitalised, sentences are not."""
    text = nfc(text)
    folded = fold(text)
    if len(text) > _LINE or not re.search(r"\d", text) or _NOT_A_LINE.search(folded):
        return False
    rest = "".join(" " if masked == " " else c for c, masked in zip(text, _blanked(folded), strict=True))
    words = re.findall(r"[^\W\d_]{2,}", rest)
    return len(words) <= 8 and sum(1 for word in words if word[0].islower()) <= 2


def _blanked(folded: str) -> str:
    return _LABELS.sub(lambda found: " " * len(found[0]), folded)


def lines_near(title: HtmlElement) -> Iterator[Near]:
    """The text lines after the title, then those before it, nearest first, within the bounds."""
    budget = {False: _FORWARD, True: _BACKWARD}
    if title.tail and title.tail.strip():
        yield Near(Line(" ".join(title.tail.split()), title, 0), before=False)
    for block, before in _around(title):
        if budget[before] <= 0:
            continue
        lines = list(lines_of(block, most=_ELEMENTS))
        if before and sum(len(line.text) for line in lines) > _BACKWARD:
            lines = lines[-3:]
        for line in lines:
            if budget[before] > 0:
                budget[before] -= len(line.text)
                yield Near(line, before)


def _around(title: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """The siblings of the title and of its ancestors, each with whether it stands before the title."""
    element: HtmlElement | None = title
    for _ in range(_LEVELS):
        if element is None or element.tag in ("body", "html"):
            return
        for before in (False, True):
            for number, sibling in enumerate(element.itersiblings(preceding=before)):
                if number == 12:
                    break
                if not is_silent(sibling) and not is_furniture(sibling):
                    yield sibling, before
        element = element.getparent()


def _parts(line: Line) -> Iterator[tuple[str, HtmlElement]]:
    """The line, then the elements inside it one by one: a date may share its line with buttons."""
    if line.linked <= len(line.text) // 2 or (len(line.text) <= _BARE and _DATED.search(marks(line.element))):
        yield line.text, line.element
    for element in _elements(line.element):
        if element is not line.element and element.tag not in BLOCKS and not is_silent(element) and element.tag != "a":
            text = " ".join(element.text_content().split())
            if 6 <= len(text) <= _LINE and text in line.text and not element.xpath("ancestor::a"):
                yield text, element


def _elements(block: HtmlElement) -> Iterator[HtmlElement]:
    for number, element in enumerate(block.iter()):
        if number >= _ELEMENTS:
            return
        if isinstance(element.tag, str):
            yield element


def is_of_another(element: HtmlElement, above: set[HtmlElement], largest: int | None = None) -> bool:
    """Whether the element stands beside a linked title, and so belongs to that article; `above` are our title's ancestors.

    `largest`: parts with more characters are not looked at.
    """
    current: HtmlElement | None = element
    for _ in range(4):
        if current is None or current in above or _is_article(current) or (largest and len(current.text_content()) > largest):
            return False
        enough = _LINKED_ITEM if current.tag == "li" else _LINKED_TITLE
        if any(len(link.text_content().strip()) >= enough for link in islice(current.iter("a"), 30)):
            return True
        current = current.getparent()
    return False


def _is_article(element: HtmlElement) -> bool:
    """Whether the element is a whole article, with its text: links in that belong to it."""
    if element.tag not in ("article", "main") and "hentry" not in (element.get("class") or ""):
        return False
    return sum(1 for paragraph in islice(element.iter("p"), _ELEMENTS) if len(paragraph.text_content()) >= _PROSE) >= 2


def _in_furniture(element: HtmlElement, top: HtmlElement) -> bool:
    current: HtmlElement | None = element
    if top.tag == "blockquote":
        return True  # a quoted post has a time of its own
    while current is not None and current is not top:
        if is_furniture(current) or current.tag in ("a", "li", "blockquote"):
            return True
        current = current.getparent()
    return False


def _container(title: HtmlElement) -> HtmlElement:
    """The article that the title heads: the nearest element marked as one, else the title's parent."""
    for element in title.iterancestors():
        if element.tag in ("body", "html"):
            break
        if element.tag in ("article", "main") or _CONTAINER.search(marks(element)):
            return element
    parent = title.getparent()
    return parent if parent is not None else title


def _is_within(element: HtmlElement, container: HtmlElement) -> bool:
    return element is container or any(ancestor is container for ancestor in element.iterancestors())
