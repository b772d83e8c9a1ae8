"""A parsed page in, its title and lead out: the element that shows the title, the title's words, the sapo below it."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from classifier.text import clean, fold
from crawler.extract.blocks import marks
from crawler.extract.dating import is_of_another, lines_near
from crawler.extract.jsonld import Described

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
    best: tuple[float, HtmlElement] | None = None
    for weight, path in ((1.0, ".//h1"), (0.8, ".//h2"), (0.7, ".//*[contains(@class,'title')]")):
        for element in tree.xpath(path)[:40]:
            text = fold(plain(element.text_content()))
            if not text or len(text) > MAX_TITLE or text in sites:
                continue
            begins = len(text) >= 4 and any(title.startswith(text) for title in known)
            agreed = begins or (len(text) > 8 and any(text in title or (len(title) > 15 and title in text) for title in known))
            score = weight + (2 if agreed else 0) + (0.5 if begins else 0) - (0.5 if element.find(".//a") is not None else 0)
            if (agreed or path == ".//h1") and (best is None or score > best[0]):
                best = (score, element)
        if best is not None and best[0] > 2:
            break
    shown = _shows(tree, known) if best is None or best[0] < 2 else None
    return shown if shown is not None or best is None else best[1]


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
    start = fold(title.rstrip(". …"))
    if title.endswith(("...", "…")) or len(title) >= 105:
        title = next((other for other in named if fold(other).startswith(start) and not other.endswith(("...", "…"))), title)
    return title[:MAX_TITLE]


def _without_site(title: str, site: str, shown: str) -> str:
    """`Title - Báo Ví dụ` without the last part where that is the site's name."""
    parts = SEPARATOR.split(title)
    if shown and fold(title).startswith(fold(shown)):
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
