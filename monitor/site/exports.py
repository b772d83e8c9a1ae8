"""A search result in, the whole of it as JSON, CSV, XLSX or Atom out, piece by piece: no result is too long."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from xml.etree import ElementTree

from crawler.clock import VIETNAM
from crawler.store.export import Column, Table
from crawler.store.search import COLUMNS, Hit
from monitor.site.cells import BOM, safe_column
from monitor.site.formats import safe_url
from monitor.workbook import write_workbook

_TABLE = Table("NQ57", tuple(Column(name, "text") for name in COLUMNS), ("id",))
_SUMMARY = COLUMNS.index("summary")
_PIECE = 1 << 16
_LINES = 100
"""Rows that are written at once."""
Line = tuple[str | int | None, ...]
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


def without_texts(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The same articles for readers to whom the settings do not open what the press wrote: titles and facts alone."""
    return (replace(hit, summary=None) for hit in hits)


def lines_without_texts(lines: Iterable[Line]) -> Iterator[Line]:
    """The same as rows of a table."""
    return ((*line[:_SUMMARY], None, *line[_SUMMARY + 1 :]) for line in lines)


def as_json(count: int, hits: Iterable[Hit]) -> Iterator[bytes]:
    """`{"count", "rows"}` as the contract names the fields."""
    yield b'{"count": %d, "rows": [' % count
    between = ""
    for hit in hits:
        row = {
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
        yield (between + json.dumps(row, ensure_ascii=False)).encode()
        between = ", "
    yield b"]}"


def as_csv(lines: Iterable[Line]) -> Iterator[bytes]:
    """With a byte order mark for Excel, and no cell that a spreadsheet would compute."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    rows = iter(lines)
    while True:
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
        if not (batch := list(islice(rows, _LINES))):
            return
        writer.writerows(zip(*map(safe_column, zip(*batch, strict=True)), strict=True))


def as_xlsx(lines: Iterable[Line]) -> Iterator[bytes]:
    """A workbook with real numbers and times, on as many sheets as it needs; text stays text, whatever it begins with."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "nq57.xlsx"
        write_workbook(file, [(_TABLE, lines)])
        with file.open("rb") as made:
            yield from iter(partial(made.read, _PIECE), b"")


def as_atom(hits: Iterator[Hit], head: FeedHead) -> Iterator[bytes]:
    """An Atom feed (RFC 4287) of articles, the newest first; an entry links to the article here and to where it appeared."""
    newest = next(hits, None)
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _child(feed, "id", head.address)
    _child(feed, "title", head.title)
    _child(feed, "updated", _moment(newest.published_at if newest else None))
    _child(feed, "link", rel="self", href=head.address)
    _child(feed, "link", rel="alternate", href=head.page)
    opening, closing = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True), b"</feed>"
    yield opening.removesuffix(closing)
    for hit in chain([newest] if newest else [], hits):
        entry = ElementTree.Element("entry")
        _plain(entry, "id", f"{head.site}/bai/{hit.id}")
        _plain(entry, "title", hit.title)
        _plain(entry, "updated", _moment(hit.published_at))
        _plain(entry, "link", rel="alternate", href=f"{head.site}/bai/{hit.id}")
        if safe_url(hit.url):
            _plain(entry, "link", rel="via", href=hit.url)
        _plain(_plain(entry, "author"), "name", hit.author or hit.source_name)
        _plain(entry, "summary", hit.summary or hit.title)
        for topic in hit.topics:
            _plain(entry, "category", term=topic)
        yield ElementTree.tostring(entry, encoding="utf-8")
    yield closing


def _moment(published: str | None) -> str:
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return "1970-01-01T00:00:00+00:00"
    return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).isoformat()


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    return _plain(parent, f"{{{_ATOM}}}{name}", text, **attributes)


def _plain(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """A child whose namespace the element around it has said already."""
    child = ElementTree.SubElement(parent, name, {key: _xml_text(value) for key, value in attributes.items()})
    if text is not None:
        child.text = _xml_text(text)
    return child


def _xml_text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
