"""A search result in, the whole of it as JSON, CSV, XLSX or Atom out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

import xlsxwriter

from crawler.store.search import Hit
from monitor.site.cells import BOM, safe_cell
from monitor.site.formats import safe_url

COLUMNS = (
    "id", "url", "title", "source_id", "source", "published_at", "author", "language", "kind", "words", "relevance", "topics",
    "agencies", "story_id", "original", "summary",
)  # fmt: skip
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What an Atom feed says of itself; addresses are absolute."""

    title: str
    address: str
    page: str
    site: str
    """Where the site's own pages begin, without the last slash."""


def as_json(hits: Iterable[Hit]) -> str:
    """`{"count", "rows"}` as the contract names the fields."""
    rows = [
        {
            "id": hit.id,
            "url": hit.url,
            "title": hit.title,
            "source_id": hit.source_id,
            "published_at": hit.published_at,
            "relevance": hit.relevance,
            "topics": hit.topics,
            "agencies": hit.agencies,
            "story_id": hit.story_id,
            "language": hit.language,
            "original": hit.original,
        }
        for hit in hits
    ]
    return json.dumps({"count": len(rows), "rows": rows}, ensure_ascii=False)


def as_csv(hits: Iterable[Hit]) -> str:
    """With a byte order mark for Excel, and no cell that a spreadsheet would compute."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(value) for value in row] for row in _rows(hits))
    return out.getvalue()


def as_xlsx(hits: Iterable[Hit]) -> bytes:
    """One sheet; text stays text, whatever it begins with."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("NQ57")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 2, 50)
    sheet.set_column(3, len(COLUMNS) - 1, 18)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(_rows(hits), start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, _xml_text(value)[:32_767])
            elif value is not None:
                sheet.write_number(line, column, value)
    book.close()
    return out.getvalue()


def as_atom(hits: Iterable[Hit], head: FeedHead) -> bytes:
    """An Atom feed (RFC 4287); an entry links to the article's page here and to where it was published."""
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    entries = list(hits)
    _child(feed, "id", head.address)
    _child(feed, "title", head.title)
    _child(feed, "updated", max((_moment(hit) for hit in entries), default="1970-01-01T00:00:00+00:00"))
    _child(feed, "link", rel="self", href=head.address)
    _child(feed, "link", rel="alternate", href=head.page)
    for hit in entries:
        entry = _child(feed, "entry")
        _child(entry, "id", f"{head.site}/bai/{hit.id}")
        _child(entry, "title", hit.title)
        _child(entry, "updated", _moment(hit))
        _child(entry, "link", rel="alternate", href=f"{head.site}/bai/{hit.id}")
        if safe_url(hit.url):
            _child(entry, "link", rel="via", href=hit.url)
        _child(_child(entry, "author"), "name", hit.author or hit.source_name)
        _child(entry, "summary", hit.summary or hit.title)
        for topic in hit.topics:
            _child(entry, "category", term=topic)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _rows(hits: Iterable[Hit]) -> Iterator[tuple[str | int | None, ...]]:
    for hit in hits:
        yield (
            hit.id, hit.url, hit.title, hit.source_id, hit.source_name, hit.published_at, hit.author, hit.language, hit.kind,
            hit.words, hit.relevance, " ".join(hit.topics), " ".join(hit.agencies), hit.story_id, int(hit.original), hit.summary,
        )  # fmt: skip


def _moment(hit: Hit) -> str:
    try:
        moment = datetime.fromisoformat(hit.published_at or "")
    except ValueError:
        return "1970-01-01T00:00:00+00:00"
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", {key: _xml_text(value) for key, value in attributes.items()})
    if text is not None:
        child.text = _xml_text(text)
    return child


def _xml_text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
