"""A report and a Word template in, the filled document out. The template is a document of its own: see docs/report.md."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from monitor.charts import png
from monitor.report.table import Table, linked, shown
from monitor.report.view import PRINTED_ROWS, SHORT, View
from monitor.runs import CannotRun

OWN = Path(__file__).with_name("template.docx")
"""The template that comes along; `python -m monitor.report.template` makes it."""
_PICTURE = Mm(160)
_ZOOM = 3
_LINK = "#0b4f6c"


def document(shown_view: View, template: Path | None) -> bytes:
    """Fill the template. Raises CannotRun naming the file where it is no document or asks for what there is not."""
    at = template or OWN
    try:
        book = DocxTemplate(at)
        book.init_docx()
        # A template comes from an office: it may lay out, not run anything.
        book.render(_fields(book, shown_view), SandboxedEnvironment(autoescape=True, undefined=StrictUndefined))
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise CannotRun(f"{at}: no Word document: {error}") from error
    except TemplateError as error:
        raise CannotRun(f"{at}: {error}") from error
    _keep_together(book.docx)
    _describe(book, shown_view)
    out = BytesIO()
    book.save(out)
    return _packed_at(out, datetime.fromisoformat(shown_view.report.frozen_at))


def _fields(book: Any, of: View) -> dict[str, object]:
    """What a template may name; docs/report.md lists it."""
    t, report = of.words, of.report
    return {
        "head": of.head,
        "date_line": of.date_line,
        "title": of.title,
        "subject": of.subject,
        "month": report.month,
        "intro": of.prose["intro"][0],
        "text": of.prose,
        "groups": [{"name": group.name, "text": of.prose[f"group-{group.id}"]} for group in report.groups],
        "section": {name: t(f"report.section.{name}") for name in _SECTIONS},
        "tables": {name: _rows(book, table) for name, table in of.tables.items()},
        "more": {name: _more(of, table) for name, table in of.tables.items()},
        "charts": {
            name: InlineImage(book, BytesIO(png(picture.svg, zoom=_ZOOM)), width=_PICTURE)
            for name, picture in of.pictures.items()
        },
        "captions": {name: f"{picture.title}. {picture.description}" for name, picture in of.pictures.items()},
    }


_SECTIONS = ("overview", "groups", "bodies", "press", "duties", "changes", "signals", "quality", "annexes")


def _rows(book: Any, table: Table) -> list[dict[str, RichText]]:
    """Each row by its columns' ids, a cell with its link."""
    rows = []
    for row in table.rows[:PRINTED_ROWS]:
        cells = {}
        for cell, column in zip(row, table.columns, strict=True):
            text, url = shown(cell, column.kind), linked(cell)
            link = {"url_id": book.build_url_id(url), "color": _LINK, "underline": True} if url and text else {}
            cells[column.id] = RichText(text, **link)
        rows.append(cells)
    return rows


def _more(of: View, table: Table) -> str:
    """What stands below a table that is longer than a printed form shows, or that is empty."""
    left = len(table.rows) - PRINTED_ROWS
    return of.words("report.more_rows", n=left) if left > 0 else "" if table.rows else of.words("report.none")


def _keep_together(book: Any) -> None:
    """A short table, and the block of the signature, stand on one page; a long table's heading with its first row."""
    for table in book.tables:
        rows = table.rows[:-1] if len(table.rows) <= SHORT + 1 else table.rows[:1]
        for paragraph in (paragraph for row in rows for cell in row.cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True
    for block in book.tables[1:]:
        if (len(block.rows), len(block.columns)) == (1, 2):
            _hold_before(block)


def _hold_before(signature: Any) -> None:
    """What stands before the signature goes with it: a signature alone on its page could be put under anything."""
    for before in signature._tbl.itersiblings(qn("w:p"), qn("w:tbl"), preceding=True):
        held = [Paragraph(before, signature)] if before.tag == qn("w:p") else _last_row(WordTable(before, signature))
        for paragraph in held:
            paragraph.paragraph_format.keep_with_next = True
        if any(paragraph.text.strip() for paragraph in held):
            return


def _last_row(table: Any) -> list[Any]:
    return [paragraph for cell in table.rows[-1].cells for paragraph in cell.paragraphs]


def _packed_at(book: BytesIO, moment: datetime) -> bytes:
    """The same document with the moment at which its report was frozen as its only time: the same report, the same bytes."""
    out = BytesIO()
    with ZipFile(book) as packed, ZipFile(out, "w", ZIP_DEFLATED) as again:
        for name in packed.namelist():
            again.writestr(ZipInfo(name, moment.timetuple()[:6]), packed.read(name), ZIP_DEFLATED)
    return out.getvalue()


def _describe(book: Any, of: View) -> None:
    """Properties, and what each picture says to whoever cannot see it."""
    about = book.docx.core_properties
    about.title, about.subject, about.author = of.subject, of.report.month, of.head.body
    about.language = "vi-VN"
    for shape, picture in zip(book.docx.inline_shapes, of.pictures.values(), strict=False):
        shape._inline.docPr.set("descr", f"{picture.title}. {picture.description}")
