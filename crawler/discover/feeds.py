"""A feed's bytes in (RSS 0.9 to 2.0, RDF, Atom; well-formed or not), its entries out."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Iterator

import feedparser
from lxml import etree

from classifier.text import clean
from crawler.dates import parse_date
from crawler.discover.pace import pace
from crawler.discover.packed import unpacked
from crawler.discover.references import without_impossible
from crawler.discover.titles import plain, spaced
from crawler.extract.encoding import decode
from crawler.items import Entry, Found, Notice, PublishedAt, Reason, Unreadable, Way
from crawler.urls import absolute, canonical

MAX_ITEMS = 2_000
"""Items read of one feed, as Media Cloud's rss-fetcher; the largest Vietnamese feed known holds 1,000."""
MAX_BYTES = 10_000_000
"""What is read of a feed; the rest of a larger body is ignored."""

_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_ITEMS = frozenset({"item", "entry"})
_WANTED = frozenset({"title", "link", "guid", "id", "pubdate", "published", "date", "created", "issued", "updated", "modified"})
_FOREIGN = ("search.yahoo.com/mrss", "itunes.com", "opensearch")
_MAX_VALUE = 4_000
_MAX_NOTICES = 100
_DATE_KEYS = ("published", "created", "issued", "updated")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&+(?!#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_OPENING = re.compile(r"<(?:\?xml|rss|rdf:RDF|feed|channel)\b")
_BEFORE = 20_000
"""Characters in which a feed must open: what stands before it is a warning that the site's own program printed."""
_UNCLOSED = re.compile(r"<(br|hr|img|wbr)\b((?:[^<>/]|/(?!>)){0,2000})>", re.IGNORECASE)
"""Tags of HTML that nothing closes: in a feed they swallow what follows."""
_MARKUP = frozenset("<>&\"'")
_DECLARATION = re.compile(r"<\?xml[^<>]{0,200}\?>|<!ENTITY[^<>]{0,4000}>", re.IGNORECASE)
# libxml2 takes quadratic time over the attributes of one tag; no honest feed has hundreds.
_SWOLLEN_TAG = re.compile(r"""<[A-Za-z_](?:[^<>"']|"[^"<]*"|'[^'<]*'){2000,}+>?""")


def read_feed(body: bytes, url: str, headers: Iterable[tuple[str, str]] = (), *, way: Way = "feed") -> Found:
    """Every item with a usable address; `url` resolves relative ones and is what the entries name as `found_on`.

    Dates are read from the raw strings by `crawler.dates`, never by the feed library, which is seven hours off or silent on
    half of the Vietnamese forms. An item that cannot be used becomes a Notice and costs its neighbours nothing; a malformed
    feed that still gave items is one too. Raises Unreadable(BAD_FEED) for anything that is no feed, or broken without items.
    """
    content_type = next((value for name, value in headers if name.lower() == "content-type"), None)
    body, broken = unpacked(body, MAX_BYTES)
    decoded = decode(body[:MAX_BYTES], content_type)
    text, before = _from_opening(clean(decoded.text))
    root, flaw = _parse(text)
    if flaw and _UNCLOSED.search(text):
        root = _parse(_UNCLOSED.sub(r"<\1\2/>", text))[0]
    flaw = flaw or before or broken
    if root is None or _name(root) not in _ROOTS:
        raise Unreadable(
            Reason.BAD_FEED, "HTML instead of a feed" if "<html" in text[:5_000].lower() else f"no feed: {flaw or 'empty'}"
        )
    if flaw:
        _part(root)
    warnings = list(decoded.warnings)
    if flaw:
        warnings.append(Notice(Reason.BAD_FEED, f"malformed: {flaw}"))
    found = sum(1 for _ in _items(root))
    if found > MAX_ITEMS:
        warnings.append(Notice(Reason.TOO_MANY, f"{found} items, the first {MAX_ITEMS} read"))
    elif len(body) > MAX_BYTES:
        warnings.append(Notice(Reason.TOO_LARGE, f"{len(body)} bytes, the first {MAX_BYTES} read"))
    every, older = pace(_channel(root)), _older(root, url)
    parsed = feedparser.parse(
        io.BytesIO(_pruned(root)),  # never the bytes or a string: feedparser opens what looks like a path or an address
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries, unusable = _entries(parsed.entries, url, way)
    if flaw and not entries:
        raise Unreadable(Reason.BAD_FEED, f"malformed, no items: {flaw}")
    if not entries and not unusable:
        warnings.append(Notice(Reason.EMPTY, "no items"))
    title = plain(parsed.feed.get("title")) or None
    return Found(entries=entries, more=older, warnings=(*warnings, *unusable), title=title, every=every)


def _from_opening(text: str) -> tuple[str, str | None]:
    """The text from where the feed opens, and what was wrong with what stood before it."""
    opening = _OPENING.search(text, 0, _BEFORE)
    before = text[: opening.start()].strip().lstrip("\ufeff") if opening else ""
    if opening is None or not before or before.startswith("<!--") or "<html" in before.lower():
        return text, None
    return text[opening.start() :], f"{len(before)} characters before the feed: {spaced(before[:80])}"


def _parse(text: str) -> tuple[etree._Element | None, str | None]:
    """The root, mended where that was needed, and what was wrong."""
    text = _SWOLLEN_TAG.sub("", _DECLARATION.sub("", text))
    text = _BARE_AMPERSAND.sub("&amp;", _ENTITY.sub(_known_entity, text)).strip()
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(without_impossible(text.encode()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, spaced(str(error)[:200])
    flaws = parser.error_log.filter_from_errors()
    # Names of undeclared prefixes (media:, slash:) are common and harm nothing.
    flaw = next((entry for entry in flaws if entry.type_name != "NS_ERR_UNDEFINED_NAMESPACE"), None)
    return root, spaced(f"line {flaw.line}: {flaw.message}"[:200]) if flaw is not None else None


def _known_entity(match: re.Match[str]) -> str:
    """HTML's names as characters, since XML knows five only."""
    character = html.unescape(match[0])
    return match[0] if character in _MARKUP else character


def _items(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter(etree.Element) if _name(element) in _ITEMS)


def _part(root: etree._Element) -> None:
    """Put items that stand in other items behind them: what an item leaves open, the next ones would be taken for parts of."""
    within: dict[etree._Element, list[etree._Element]] = {item: [] for item in _items(root)}
    for item in within:
        outer = next((above for above in item.iterancestors() if above in within), None)
        if outer is not None:
            within[outer].append(item)
    for outer, inner in within.items():
        for item in reversed(inner):  # each right behind it, so that the first of them comes to stand first
            outer.addnext(item)


def _channel(root: etree._Element) -> etree._Element:
    return next((element for element in root.iter(etree.Element) if _name(element) == "channel"), root)


def _older(root: etree._Element, url: str) -> tuple[str, ...]:
    """The feed's further documents (RFC 5005: paged and archived feeds)."""
    links = (child for part in {_channel(root), root} for child in part if isinstance(child.tag, str) and _name(child) == "link")
    named = (child.get("href") or "" for child in links if (child.get("rel") or "").lower() in ("next", "prev-archive"))
    return tuple(dict.fromkeys(found for href in named if href and (found := absolute(href, url)) and found != url))[:1]


def _name(element: etree._Element) -> str:
    """The local name in lower case, also where the prefix was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _pruned(root: etree._Element) -> bytes:
    """The feed with nothing but what an Entry needs.

    feedparser's expression for authors is quadratic (33 s for 60 kB), its loose parser slower still: they never see the rest.
    """
    channel = _channel(root)
    items = [item for item, _ in zip(_items(root), range(MAX_ITEMS), strict=False)]
    for item in items:
        _prune(item)
    for parent in {root, channel}:
        for child in list(parent):
            if child is not channel and (not isinstance(child.tag, str) or _name(child) not in (_ITEMS | {"title"})):
                parent.remove(child)
            elif _name(child) == "title":
                _flatten(child)
    kept = set(items)
    for item in list(_items(root)):
        if item not in kept and (above := item.getparent()) is not None:
            above.remove(item)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _prune(item: etree._Element) -> None:
    for child in list(item):
        foreign = isinstance(child.tag, str) and any(part in child.tag for part in _FOREIGN)
        if not isinstance(child.tag, str) or foreign or _name(child) not in _WANTED:
            item.remove(child)
        else:
            _flatten(child)


def _flatten(element: etree._Element) -> None:
    """Only the text, bounded; a title in XHTML loses its tags here."""
    text = "".join(str(piece) for piece in element.itertext())[:_MAX_VALUE]
    for child in list(element):
        element.remove(child)
    element.text = text
    if element.get("type") == "xhtml":
        element.set("type", "text")


def _entries(items: list[feedparser.FeedParserDict], url: str, way: Way) -> tuple[tuple[Entry, ...], list[Notice]]:
    entries: dict[str, Entry] = {}
    unusable: list[Notice] = []
    for number, item in enumerate(items, 1):
        link = item.get("link") or item.get("id") or ""
        address = absolute(link, url) if link else None
        key = canonical(address) if address else None
        if address is None or key is None:
            if len(unusable) < _MAX_NOTICES:
                unusable.append(Notice(Reason.BAD_FEED, f"item {number}: no usable address: {link[:200]!r}"))
            continue
        entry = Entry(address, way, url, plain(item.get("title")) or None, _published(item))
        entries.setdefault(key, entry)
    return tuple(entries.values()), unusable


def _published(item: feedparser.FeedParserDict) -> PublishedAt | None:
    # dict.get: feedparser's own answers `updated` with `published` and a warning.
    raw = (dict.get(item, key) for key in _DATE_KEYS)
    return next((date for text in raw if text and (date := parse_date(str(text), source="feed"))), None)
