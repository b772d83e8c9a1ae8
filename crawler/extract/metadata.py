"""A parsed page in, what it says about itself out: title, summary, author, address, kind and publication date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement, HTMLParser, document_fromstring

from classifier.text import fold
from crawler.clock import VIETNAM
from crawler.dates import parse_date
from crawler.extract.authors import author_of
from crawler.extract.dating import choose, marked_dates, time_elements, visible_dates
from crawler.extract.encoding import decode
from crawler.extract.jsonld import Described, read_jsonld
from crawler.extract.titles import MAX_SUMMARY, SEPARATOR, heading_of, plain, sapo_of, title_of, titled_date
from crawler.items import Notice, PublishedAt
from crawler.urls import date_in_url

_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "published-date",
    "date.published",
    "dcterms.created",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "citation_publication_date",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "article:published-date",
    "article.published",
    "date_published",
    "publication_date",
    "publicationdate",
    "originalpublicationdate",
    "article_date_original",
    "rnews:datepublished",
    "bt:pubdate",
    "og:pubdate",
    "dcsext.articlefirstpublished",
    "shareaholic:article_published_time",
    "vr:published_time",
    "citation_online_date",
    "citation_date",
    "displaydate",
    "dc.created",
    "datecreated",
    "dc.date",
    "dcterms.date",
    "date",
)
"""Names under which pages state their publication, surest first; the last ones are often the day of the last change."""
_STATED = re.compile(
    r'\\?"(?:date_?published|published_?(?:at|on|date|time)?|publish_?(?:date|time)|publication_?date|first_?published?_?(?:at|date)?'
    r'|pub_?date)\\?"\s{0,4}:\s{0,4}\\?"((?:19|20)\d\d-\d\d-\d\d[^"\\]{0,25})',
    re.IGNORECASE,
)
_MAX_STATED = 50

# For published_in: only what bytes can show.
_JSONLD_OPENS = re.compile(rb"<script[^>]{0,200}application/ld\+json[^>]{0,200}>", re.IGNORECASE)
_MAX_BLOCKS, _MAX_BLOCK = 20, 200_000
_META_BYTES = re.compile(rb"<meta\s[^>]{1,600}>", re.IGNORECASE)
_TITLE_BYTES = re.compile(rb"<title[^>]{0,200}>([^<]{1,2000})", re.IGNORECASE)
_H1_BYTES = re.compile(rb"<h1[\s>]", re.IGNORECASE)
_BEFORE_H1, _AFTER_H1 = 1_500, 6_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says about itself; texts are clean, None where nothing was said."""

    title: str
    heading: HtmlElement | None
    """The element that shows the title."""
    summary: str | None
    sapo: str | None
    """The lead as it stands on the page, where it stands apart from the body."""
    author: str | None
    language: str | None
    canonical_url: str | None
    og_type: str | None
    described: Described
    published: PublishedAt | None
    warnings: tuple[Notice, ...]


def parse(text: str) -> HtmlElement:
    """The page's tree, shared by everything that reads it; raises ValueError (or lxml's ParserError) where there is none.

    libxml2 stops at 256 nested elements, which unclosed tags of old editors reach: then the layout tags are taken out.
    """
    parser = _parser()
    tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        flat = re.sub(r"</?(?:div|span|font|b|i|u|em|strong|center|section|o:p)\b[^<>]{0,1000}>", " ", text, flags=re.IGNORECASE)
        tree = document_fromstring(flat.encode("utf-8", "replace"), parser=_parser())
    return tree


def read_metadata(tree: HtmlElement, url: str, fetched_at: datetime | None, hint: PublishedAt | None) -> Metadata:
    """Read everything but the body; `hint` is the feed's date, which counts after the page and its address.

    Dates in order of trust: JSON-LD, meta tags, `<time>` near the title, the visible date line near the title, elements marked
    as the date, the address, the hint, the data of the page's scripts. Body, footer, related items and today's date at the top
    never count.
    """
    metas = _metas(tree)
    blocks = [s.text or "" for s in tree.iterfind(".//script[@type]") if "ld+json" in (s.get("type") or "").lower()]
    titled = heading_of(tree, [metas.get("og:title", ""), tree.findtext(".//title") or ""])
    shown = plain(titled.text_content()) if titled is not None else ""
    described = read_jsonld(blocks, shown)
    title = title_of(described, metas, shown, plain(tree.findtext(".//title") or ""))
    sapo = sapo_of(titled)
    claims = _claims(described, metas, titled, url, hint, tree)
    published, warnings = choose(claims, fetched_at)
    return Metadata(
        title=title,
        heading=titled,
        summary=_summary(sapo, described, metas, title),
        sapo=sapo,
        author=author_of(tree, described.author, metas, titled),
        language=described.language or tree.get("lang") or metas.get("og:locale") or metas.get("content-language"),
        canonical_url=_canonical(tree, metas, url),
        og_type=metas.get("og:type"),
        described=described,
        published=published,
        warnings=warnings,
    )


def published_in(body: bytes, url: str) -> PublishedAt | None:
    """The publication date of a page that was scanned away, from its bytes alone, in about a millisecond; None over a guess.

    The same order of trust as `read_metadata`, without a parse of the whole page: JSON-LD, meta tags, the neighbourhood of the
    title, the address. Never raises.
    """
    opens = islice(_JSONLD_OPENS.finditer(body), _MAX_BLOCKS)
    blocks = (body[tag.end() : max(0, body.find(b"</script", tag.end(), tag.end() + _MAX_BLOCK))] for tag in opens)
    described = read_jsonld(block.decode("utf-8", "replace") for block in blocks)
    metas: dict[str, str] = {}
    for tag in _META_BYTES.findall(body[:200_000]):
        if b"date" in tag or b"time" in tag or b"Date" in tag:
            element = _fragment(tag)
            for meta in element.iter("meta") if element is not None else ():
                _keep(metas, meta)
    claims = _claims(described, metas, _heading_in(body), url, None)
    return choose(claims)[0]


def address_date(url: str) -> PublishedAt | None:
    """The day that the address names."""
    day = date_in_url(url)
    return PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), has_time=False, source="url") if day else None


def _claims(
    described: Described,
    metas: dict[str, str],
    heading: HtmlElement | None,
    url: str,
    hint: PublishedAt | None,
    tree: HtmlElement | None = None,
) -> Iterator[PublishedAt]:
    """Every date that may be the publication's, surest first; later ones are only looked for when they are needed."""
    american = tree is not None and _is_american(tree, metas, url)
    if described.published and (claim := parse_date(described.published, source="jsonld")):
        yield claim
    for name in _DATE_METAS:
        if name in metas and (claim := parse_date(metas[name], source="meta", month_first=american)):
            yield claim
    if heading is not None:
        yield from time_elements(heading)
        yield from visible_dates(heading, month_first=american)
    if tree is not None:
        yield from marked_dates(tree, month_first=american)
        if day := titled_date(plain(tree.findtext(".//title") or "")):
            yield day
    if day := address_date(url):
        yield day
    if hint is not None:
        yield hint
    if tree is not None:
        yield from _in_data(tree)


def _is_american(tree: HtmlElement, metas: dict[str, str], url: str) -> bool:
    """Whether the page writes the month first: it calls its English American, and no Vietnamese site says so by mistake."""
    named = (tree.get("lang") or metas.get("og:locale") or "").replace("_", "-").lower()
    host = urlsplit(url).hostname or ""
    return named == "en-us" and not host.endswith(".vn") and "vietnam" not in host


def _in_data(tree: HtmlElement) -> list[PublishedAt]:
    """The publication's day in the data that the page gives its scripts, where that names one day only: a guess."""
    said = (m[1] for script in tree.iter("script") if script.text for m in _STATED.finditer(script.text))
    found = [claim for stamp in islice(said, _MAX_STATED) if (claim := parse_date(stamp, source="guess"))]
    return found if len({claim.value.date() for claim in found}) == 1 else []


def _parser() -> HTMLParser:
    return HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)


def _fragment(piece: bytes) -> HtmlElement | None:
    try:
        return parse(decode(piece).text)
    except (ValueError, SyntaxError):  # lxml's ParserError is a SyntaxError
        return None


def _heading_in(body: bytes) -> HtmlElement | None:
    """The element that shows the title, parsed with its surroundings alone: where its words come again, or the first h1."""
    title = _TITLE_BYTES.search(body)
    words = SEPARATOR.split(decode(title[1]).text)[0].strip() if title else ""
    place = body.find(title[1].strip()[: len(words.encode())] or b"\0", title.end()) if title and len(words) >= 8 else -1
    if place < 0:
        found = _H1_BYTES.search(body)
        if found is None:
            return None
        place = found.start()
    tree = _fragment(body[max(0, place - _BEFORE_H1) : place + _AFTER_H1])
    return heading_of(tree, [words]) if tree is not None else None


def _metas(tree: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        _keep(metas, meta)
    return metas


def _keep(metas: dict[str, str], meta: HtmlElement) -> None:
    """The first non-empty content of each name counts."""
    content = plain(meta.get("content") or "")
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = (meta.get(attribute) or "").strip().lower()
        if name and content:
            metas.setdefault(name, content)


def _summary(sapo: str | None, described: Described, metas: dict[str, str], title: str) -> str | None:
    for found in (sapo, metas.get("og:description"), metas.get("description"), described.description):
        text = plain(found or "")
        if len(text) >= 20 and fold(text) != fold(title) and not text.lower().startswith("savefile"):
            return text[:MAX_SUMMARY]
    return None


def _canonical(tree: HtmlElement, metas: dict[str, str], url: str) -> str | None:
    """What the page names as its address; not the home page, which some systems name on every page."""
    links = [link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for named in (*links, metas.get("og:url", "")):
        try:
            absolute = urljoin(url, named.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if (
            named.strip()
            and parts.scheme in ("http", "https")
            and parts.netloc
            and (parts.path.strip("/") or not urlsplit(url).path.strip("/"))
        ):
            return str(absolute)
    return None
