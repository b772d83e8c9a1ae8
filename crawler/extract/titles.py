"""A parsed page in, its title and lead out: the element that shows the title, the title's words, the sapo below it."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from classifier.text import clean, fold
from crawler.dates import find_date
from crawler.extract.blocks import is_furniture, marks
from crawler.extract.dating import is_date_line, is_of_another, lines_near
from crawler.extract.jsonld import Described
from crawler.items import PublishedAt

MAX_SUMMARY = 2_000
MAX_TITLE = 1_000
_SAPO = re.compile(
    r"(?:^|[\s_-])(?:sapo|lead|summary|chapeau|tom-?tat|trich-?(?:yeu|dan)|intro|excerpt|hometext|intro-?text|desc|description|mo-?ta)(?:$|[\s_-])",
    re.I,
)
_TELLING = 15
"""Characters from which a text is a title by being the page's own."""
_TEASER = 1_200
"""Characters of the largest teaser: a link further off, in the body itself, says nothing of the lead."""
_TITLED_DAY = 40
_TRAIL = 5
"""Levels above a heading at which a menu or trail shows."""
_MARKS = re.compile(r"[\W_]+")
SEPARATOR = re.compile(r"\s+[-–—|»:]{1,2}\s+|\s*[|»]\s*")
"""What sites put between a title and their own name."""
_SITE_WORDS = re.compile(
    r"^(?:bao|cong|tap chi|dai|trang|so|bo|ubnd|uy ban|hang tin|tin tuc|chi tiet|home|trang chu|truyen hinh)\b|\.vn\b|\.com\b"
)


def plain(text: str) -> str:
    """One clean line."""
    return " ".join(clean(text).split())


def heading_of(tree: HtmlElement, titles: list[str]) -> HtmlElement | None:
    """The element that shows the title: the h1 (or h2, or element classed as title) that the page's own title agrees with."""
    known = [fold(plain(title)) for title in titles if title]
    sites = {parts[-1].strip() for title in known if len(parts := SEPARATOR.split(title)) > 1 and len(parts[-1]) < len(parts[0])}
    said = [_words(title) for title in known]
    best: tuple[float, HtmlElement] | None = None
    for weight, path in ((1.0, ".//h1"), (0.8, ".//h2"), (0.7, ".//*[contains(@class,'title')]")):
        for element in tree.xpath(path)[:40]:
            shown = fold(plain(element.text_content()))
            if not shown or len(shown) > MAX_TITLE or shown in sites:
                continue
            agreement = _agreement(_words(shown), said)
            score = weight + agreement - (0.5 if element.find(".//a") is not None else 0)
            if agreement and any(is_furniture(above) for above in islice(element.iterancestors(), _TRAIL)):
                score -= 0.8  # the last step of a breadcrumb trail, a site's name
            if (agreement or path == ".//h1") and (best is None or score > best[0]):
                best = (score, element)
        if best is not None and best[0] > 2.7:
            break
    unsure = _shows(tree, known) if best is None or best[0] < 1.5 else None
    return unsure if unsure is not None or best is None else best[1]


def _agreement(text: str, said: list[str]) -> float:
    """How well a heading agrees with what the page calls itself: 0 not at all, up to 3.5 where both are one."""
    begins = len(text) >= 4 and any(title.startswith(text) for title in said)
    shared = [
        min(len(text), len(title)) / max(len(text), len(title))
        for title in said
        if (begins and title.startswith(text)) or (len(text) > 8 and (text in title or (len(title) > 15 and title in text)))
    ]
    return 2 + max(shared) + (0.5 if begins else 0) if shared else 0


def _words(folded: str) -> str:
    """Without the marks, which a page writes in one way in its head and in another above the text."""
    return " ".join(_MARKS.split(folded)).strip()


def _shows(tree: HtmlElement, known: list[str]) -> HtmlElement | None:
    """The first element whose text is one of the titles, whatever it is called: pages of tables and fonts."""
    wanted = {part for title in known for part in (title, SEPARATOR.split(title)[0]) if len(part) >= _TELLING}
    sizes = {len(part) for part in wanted}
    for element in tree.iterfind("body//*") if wanted else ():
        text = (
            (element.text or "").strip() if isinstance(element.tag, str) and element.tag not in ("a", "script", "option") else ""
        )
        if len(text) in sizes and fold(plain(text)) in wanted:
            return element
    return None


def title_of(described: Described, metas: dict[str, str], shown: str, head: str) -> str:
    """JSON-LD headline, og:title, h1, `<title>` without the site's name; a cut headline gives way to the whole one."""
    site = fold(metas.get("og:site_name", ""))
    candidates = [
        plain(described.headline or ""),
        _without_site(metas.get("og:title", ""), site, shown),
        shown,
        _without_site(head, site, shown),
    ]
    named = [candidate for candidate in candidates if candidate and fold(candidate) != site]
    if not named:
        return ""
    title = named[0]
    if shown and title is not shown and _overlap(shown, head) > 0.8 and not _overlap(title, f"{shown} {head}"):
        title = shown  # what one field says, and the page nowhere shows: a file's name, a library's description
    start = fold(title.rstrip(". …"))
    if title.endswith(("...", "…")) or len(title) >= 105:
        title = next((other for other in named if fold(other).startswith(start) and not other.endswith(("...", "…"))), title)
    return title[:MAX_TITLE]


def titled_date(title: str) -> PublishedAt | None:
    """The day with which the page's own title ends, behind a separator: `A headline | DW | 19.01.2020`."""
    last = SEPARATOR.split(title)[-1]
    return find_date(last) if last is not title and len(last) <= _TITLED_DAY and is_date_line(last) else None


def _overlap(text: str, other: str) -> float:
    """Which share of a text's words the other has."""
    words = set(_words(fold(text)).split())
    return len(words & set(_words(fold(other)).split())) / len(words) if words else 0.0


def _without_site(title: str, site: str, shown: str) -> str:
    """`Title - Báo Ví dụ` without the last part where that is the site's name."""
    parts = SEPARATOR.split(title)
    if shown and fold(title).startswith(fold(shown)) and SEPARATOR.match(f"{title[len(shown) :]} | "):
        return shown
    while len(parts) > 1:
        last = fold(parts[-1])
        if last == site or (site and last in site) or _SITE_WORDS.search(last):
            title = title[: title.rindex(parts[-1])].rstrip(" -–—|»:")
            parts = parts[:-1]
        else:
            break
    if not site and not shown and len(parts) > 1 and len(parts[0]) >= 20 and len(parts[-1].split()) <= 4:
        title = title[: title.rindex(parts[-1])].rstrip(" -–—|»:")
    return title


def sapo_of(heading: HtmlElement | None) -> str | None:
    """The lead that follows the title, by its class; leads of teasers have the same class but stand beside their links."""
    if heading is None:
        return None
    above = set(heading.iterancestors())
    passed = 0
    for place in lines_near(heading):
        line = place.line
        if place.before:
            continue
        if passed > 400:
            return None
        names = f"{marks(line.element)} {marks(line.element.getparent()) if line.element.tag == 'p' else ''}"
        if (
            _SAPO.search(names)
            and 40 <= len(line.text) <= MAX_SUMMARY
            and not line.linked
            and not is_of_another(line.element, above, _TEASER)
        ):
            return line.text
        passed += len(line.text)
    return None
