"""A parsed page and what it says of itself in, who signed it out, or nobody: a site and its systems' users are no authors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from classifier.text import fold
from crawler.extract.blocks import is_furniture
from crawler.extract.titles import SEPARATOR, plain
from crawler.extract.trim import is_name

_MAX_AUTHOR = 120
_METAS = ("author", "article:author", "dc.creator", "citation_author", "parsely-author", "sailthru.author", "dable:author")
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|tac-?gia|byline|nguoi-?viet|writer|authorname|post-author)(?:$|[\s_-])", re.IGNORECASE
)
_LABEL = re.compile(r"^(?:tác giả|tác\s+giả bài viết|bài viết|bài|người viết|bởi|by|автор)\s*[:：]?\s+", re.IGNORECASE)
_OPENS = re.compile(r"\s*(?:tác giả(?: bài viết)?|người viết|автор)\s*[:：]", re.IGNORECASE)
"""A line that names the author wherever it stands."""
_DOES = re.compile(r"\s*\((?:thực hiện|lược ghi|ghi|tổng hợp|biên soạn|lược dịch|dịch)[^()]{0,30}\)$", re.IGNORECASE)
_BRACKETED = re.compile(r"^\(([^()]*)\)$")
_NOBODY = re.compile(r"^(?:admin|administrator|root|editor|webmaster|user|quan tri(?: vien)?|ban bien tap|bbt|https?:.*|.*@.*)$")
_PARTICLES = frozenset({"al", "ap", "bin", "da", "de", "del", "della", "der", "di", "du", "el", "la", "le", "ten", "van", "von"})
"""How names begin that do not begin with a capital."""
_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)
_LAST_SIGNED = 20
_OWN = 4
"""Letters from which an author who is called as the site is the site."""


def author_of(tree: HtmlElement, described: str | None, metas: Mapping[str, str], heading: HtmlElement | None) -> str | None:
    """The author: JSON-LD's (`described`), the meta tags', a byline, the signature under the text; None where nobody is named."""
    parts = [fold(plain(part)) for part in SEPARATOR.split(tree.findtext(".//title") or "")[1:]]
    sites = {name for name in (fold(metas.get("og:site_name", "")), *parts) if len(name) >= _OWN}
    for name in (
        described or "",
        *(metas.get(meta, "") for meta in _METAS),
        *_bylines(tree, heading),
        *_signatures(tree, heading),
    ):
        author = _DOES.sub("", _LABEL.sub("", _BRACKETED.sub(r"\1", plain(name)))).strip(" .,;:-–|")
        if 1 < len(author) <= _MAX_AUTHOR and _is_person(author) and fold(author) not in sites:
            return author
    return None


def _is_person(author: str) -> bool:
    first = re.split(r"[\s'’]", author, maxsplit=1)[0]
    small = first[:1].islower() and first not in _PARTICLES
    return not small and not _NOBODY.match(fold(author)) and not re.search(r"\d{2}", author)


def _bylines(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[str]:
    if heading is None:
        return
    for element in tree.iter("p", "div", "span", "a", "strong", "address"):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if _BYLINE.search(names) or element.get("rel") == "author":
            text = element.text_content()
            if len(text) <= _MAX_AUTHOR:
                yield text


def _signatures(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[str]:
    """Who stands under a Vietnamese text: a name at the right margin, or a line that says who the author is; the last first."""
    if heading is None:
        return
    signed = []
    for element in tree.iter("p", "div", "span"):
        right = element.get("align") == "right" or _RIGHT.search(element.get("style") or "")
        if right or _OPENS.match((element.text or "").strip() or (element[0].text if len(element) else None) or ""):
            text = plain(element.text_content()[: _MAX_AUTHOR + 1])
            if is_name(text) if right else len(text) <= _MAX_AUTHOR:
                signed.append((element, text))
    for element, text in signed[: -_LAST_SIGNED - 1 : -1]:
        parent = element.getparent()
        if parent is None or not is_furniture(parent):
            yield text
