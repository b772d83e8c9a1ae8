"""JSON-LD blocks of a page in, what schema.org says of its article out; a broken block costs only itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

Json = object

_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)+|(?:-->|//\s*\]\]>|\]\]>)+\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:/p|/div|/h[1-6]|/li|br)\b[^<>]{0,200}>", re.IGNORECASE)
_ARTICLE_TYPE = re.compile(r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|SocialMediaPosting|OpinionNewsArticle)$")
_PAGE_TYPE = re.compile(r"^(?:WebPage|ItemPage|VideoObject|CreativeWork|AboutPage)$")
_LISTING_TYPE = re.compile(r"^(?:CollectionPage|SearchResultsPage|ItemList|Blog)$")
_MAX_NODES = 2_000
_MAX_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Described:
    """What the page's own JSON-LD says; None where it says nothing."""

    is_article: bool = False
    is_listing: bool = False
    headline: str | None = None
    published: str | None = None
    """As written: zone and form are for `crawler.dates` to judge."""
    modified: str | None = None
    author: str | None = None
    description: str | None = None
    body: str | None = None
    url: str | None = None
    language: str | None = None
    free: bool = True
    """False where isAccessibleForFree says so: a paywall."""


def read_jsonld(blocks: Iterable[str], title: str | None = None) -> Described:
    """Describe the page from its `<script type="application/ld+json">` texts; never raises.

    Of several articles the one whose headline is `title` counts, else the first; articles inside lists of related items are
    never looked at. Pages without an article node fall back to WebPage and the like for dates and titles.
    """
    nodes = [node for block in blocks for node in _nodes(_loaded(block))]
    articles = [node for node in nodes if _is(node, _ARTICLE_TYPE)]
    pages = [node for node in nodes if _is(node, _PAGE_TYPE)]
    wanted = " ".join((title or "").split()).casefold()
    chosen = next((node for node in articles if wanted and (_text(node.get("headline")) or "").casefold() == wanted), None)
    node = chosen or next(iter(articles or pages), None)
    listing = not articles and any(_is(other, _LISTING_TYPE) for other in nodes)
    if node is None:
        return Described(is_listing=listing)
    return Described(
        is_article=bool(articles),
        is_listing=listing,
        headline=_text(node.get("headline")) or (_text(node.get("name")) if articles else None),
        published=_text(node.get("datePublished")) or _text(node.get("dateCreated")) or _text(node.get("uploadDate")),
        modified=_text(node.get("dateModified")),
        author=_author(node.get("author") or node.get("creator"), _text(node.get("publisher"))),
        description=_text(node.get("description")),
        body=_body(node.get("articleBody")),
        url=_text(node.get("url")) or _address(node.get("mainEntityOfPage")),
        language=_text(node.get("inLanguage")),
        free=str(node.get("isAccessibleForFree", "true")).strip().lower() not in ("false", "http://schema.org/false"),
    )


def _loaded(block: str) -> Json:
    text = _WRAPPING.sub("", block[:_MAX_BLOCK]).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text), unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Json) -> Iterator[dict[str, Json]]:
    """The block's own nodes, through lists, @graph and mainEntity; not through item lists, which hold other articles."""
    waiting = [value]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting[:0] = current
        elif isinstance(current, dict):
            yield current
            waiting[:0] = [current[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in current]


def _is(node: dict[str, Json], pattern: re.Pattern[str]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(kind, str) and pattern.search(kind.rsplit("/", 1)[-1]) for kind in _listed(kinds))


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _text(value: Json) -> str | None:
    """The first string of a value; @value and name of objects count too."""
    for item in _listed(value):
        found = item.get("@value") or item.get("name") if isinstance(item, dict) else item
        if isinstance(found, str) and found.strip():
            return " ".join(_TAG.sub(" ", unescape(found)).split()) or None
    return None


def _address(value: Json) -> str | None:
    for item in _listed(value):
        found = item.get("@id") or item.get("url") if isinstance(item, dict) else item
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def _author(value: Json, publisher: str | None) -> str | None:
    """The names; the publisher's own is none, systems put it there when nobody signed."""
    names = [name for item in _listed(value) if (name := _text(item)) and name != publisher]
    return ", ".join(dict.fromkeys(names)) or None


def _body(value: Json) -> str | None:
    """articleBody as paragraphs; some sites put (escaped) HTML into it."""
    if not isinstance(value, str):
        return None
    text = unescape(value)
    if _TAG.search(text):
        text = unescape(_TAG.sub(" ", _BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line) or None
