"""Makes template.docx: `python -m monitor.report.template`. The form is that of Decree 30/2020/ND-CP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from monitor.report import tables as made
from monitor.report.docx import OWN
from monitor.report.table import Kind
from monitor.report.words import report_words

_FONT = "Times New Roman"
_DATE = datetime(2025, 6, 16)
"""The template's own date: a fixed one, so that making it again changes nothing."""
_WIDTH, _WIDE = 165, 267
"""Millimetres between the margins of an upright and of a lying A4 page."""
_TWIPS_A_MILLIMETRE = 57
Columns = Sequence[tuple[str, Kind, int]]


def make(file: Path) -> None:
    """Write the template to `file`."""
    book = Document()
    _styles(book)
    section = book.sections[0]
    _page(section)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    _head(book)
    _body(book)
    _sign(book)
    _annexes(book)
    properties = book.core_properties
    properties.created = properties.modified = _DATE
    properties.author, properties.comments, properties.title = "NQ57", "", report_words()("report.title")
    book.save(str(file))


def _styles(book: Any) -> None:
    normal = book.styles["Normal"]
    _font(normal, 13)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Heading 1", 13), ("Heading 2", 13), ("Caption", 11)):
        style = book.styles[name]
        _font(style, size)
        style.font.bold, style.font.italic = name == "Heading 1", name != "Heading 1"
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(8), Pt(4)
        style.paragraph_format.keep_with_next = name != "Caption"
    cell = book.styles.add_style("NQ57 Cell", 1)
    cell.base_style = normal
    _font(cell, 10)
    cell.paragraph_format.space_after = Pt(0)


def _font(style: Any, size: float) -> None:
    style.font.name, style.font.size = _FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if "Theme" in name]:
        del fonts.attrib[name]
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), _FONT)


def _page(section: Any, *, wide: bool = False) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = (Mm(15), Mm(15)) if wide else (Mm(30), Mm(15))


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


# ── the document's parts ───────────────────────────────────────────────────────────────────────
def _head(book: Any) -> None:
    left, right = _two(book, 60, 105)
    _line(left, "{{ head.parent }}", size=12)
    _line(left, "{{ head.body }}", bold=True, size=12, rule=True)
    _line(left, "{{ head.number }}", size=13)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12)
    _line(right, "Độc lập - Tự do - Hạnh phúc", bold=True, size=13, rule=True)
    _line(right, "{{ date_line }}", italic=True, size=13)
    book.add_paragraph()
    _line(book, "{{ title }}", bold=True, size=14)
    _line(book, "{{ subject }}", bold=True, size=14)
    _line(book, "{%p if head.recipient %}")
    _line(book, "Kính gửi: {{ head.recipient }}", size=14)
    _line(book, "{%p endif %}")
    _text(book, "{{ intro }}")


def _body(book: Any) -> None:
    _section(book, "I", "overview")
    _chart(book, "weeks")
    _table(book, "targets", made.TARGETS)
    _chart(book, "progress")
    _section(book, "II", "groups")
    _chart(book, "groups")
    _table(book, "groups", made.GROUPS)
    book.add_paragraph("{%p for group in groups %}")
    book.add_paragraph("{{ loop.index }}. {{ group.name }}", style="Heading 2")
    _paragraphs(book, "group.text")
    book.add_paragraph("{%p endfor %}")
    _table(book, "examples", made.EXAMPLES)
    _section(book, "III", "bodies")
    _section(book, "IV", "press")
    _table(book, "key_press", made.KEY_PRESS)
    _chart(book, "press")
    _table(book, "press", made.OUTLETS)
    _table(book, "portals", made.PORTALS)
    _section(book, "V", "duties")
    _table(book, "duties", made.DUTIES)
    _section(book, "VI", "changes")
    _table(book, "changes", made.CHANGES)
    book.add_paragraph("{%p if tables.revisions %}")
    _paragraphs(book, "text.revisions")
    _table(book, "revisions", made.REVISIONS)
    book.add_paragraph("{%p endif %}")
    _section(book, "VII", "signals")
    _table(book, "signals", made.SIGNALS)
    _section(book, "VIII", "quality")
    _table(book, "unread", made.UNREAD)


def _sign(book: Any) -> None:
    book.add_paragraph()
    left, right = _two(book, 80, 85)
    first = left.paragraphs[0]
    first.add_run("Nơi nhận:").bold = True
    first.runs[0].italic, first.runs[0].font.size = True, Pt(12)
    left.add_paragraph("{%p for copy in head.copies %}")
    left.add_paragraph("- {{ copy }}{{ '.' if loop.last else ';' }}").runs[0].font.size = Pt(11)
    left.add_paragraph("{%p endfor %}")
    _line(right, "{{ head.signer_title }}", bold=True, size=13)
    for _ in range(4):
        right.add_paragraph()
    _line(right, "{{ head.signer }}", bold=True, size=13)


def _annexes(book: Any) -> None:
    _page(book.add_section(WD_SECTION.NEW_PAGE), wide=True)
    for number, (name, columns) in enumerate(
        (("ministries", made.BODIES), ("provinces", made.BODIES), ("evidence", made.EVIDENCE)), 1
    ):
        heading = book.add_paragraph("{{ section.annexes }} " + "I" * number, style="Heading 1")
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading.paragraph_format.page_break_before = number > 1
        _table(book, name, columns, _WIDE)


# ── pieces ─────────────────────────────────────────────────────────────────────────────────────
def _section(book: Any, number: str, name: str) -> None:
    book.add_paragraph(f"{number}. {{{{ section.{name} }}}}", style="Heading 1")
    _paragraphs(book, f"text.{name}")


def _paragraphs(book: Any, name: str) -> None:
    book.add_paragraph(f"{{%p for line in {name} %}}")
    _text(book, "{{ line }}")
    book.add_paragraph("{%p endfor %}")


def _text(book: Any, text: str) -> None:
    paragraph = book.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _chart(book: Any, name: str) -> None:
    book.add_paragraph(f"{{%p if '{name}' in charts %}}")
    paragraph = book.add_paragraph(f"{{{{ charts.{name} }}}}")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    book.add_paragraph(f"{{{{ captions.{name} }}}}", style="Caption")
    book.add_paragraph("{%p endif %}")


def _table(book: Any, name: str, columns: Columns, width: int = _WIDTH) -> None:
    """A title, then a table whose one row is repeated for each row of the report; its heading stands on every page."""
    t = report_words()
    title = book.add_paragraph(t(f"report.table.{name}"))
    title.runs[0].bold = True
    title.paragraph_format.keep_with_next = True
    table = book.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _margins(table)
    whole = sum(part for _, _, part in columns)
    for place, (key, kind, part) in enumerate(columns):
        number = kind not in ("text", "day", "moment")
        for row, text in enumerate((t(f"report.column.{key}"), "", f"{{{{r row.{key} }}}}", "")):
            cell = table.cell(row, place)
            cell.width = Mm(width * part / whole)
            paragraph = cell.paragraphs[0]
            paragraph.style = "NQ57 Cell"
            paragraph.add_run(text).bold = row == 0
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if row == 0 else WD_ALIGN_PARAGRAPH.RIGHT
        table.columns[place].width = Mm(width * part / whole)
    table.cell(1, 0).paragraphs[0].runs[0].text = f"{{%tr for row in tables.{name} %}}"
    table.cell(3, 0).paragraphs[0].runs[0].text = "{%tr endfor %}"
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    book.add_paragraph(f"{{%p if more.{name} %}}")
    book.add_paragraph(f"{{{{ more.{name} }}}}")
    book.add_paragraph("{%p endif %}")
    book.add_paragraph().paragraph_format.space_after = Pt(0)


def _margins(table: Any) -> None:
    """A millimetre beside each cell's text instead of Word's two: a day fits on its line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_TWIPS_A_MILLIMETRE))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _two(book: Any, left: int, right: int) -> tuple[Any, Any]:
    """Two blocks side by side, without lines."""
    table = book.add_table(rows=1, cols=2)
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, width in enumerate((left, right)):
        table.cell(0, place).width = table.columns[place].width = Mm(width)
    return table.cell(0, 0), table.cell(0, 1)


def _line(where: Any, text: str, *, bold: bool = False, italic: bool = False, size: float = 13, rule: bool = False) -> None:
    """A centred line; a cell's first one takes the paragraph that every cell has."""
    paragraphs = where.paragraphs
    cell = hasattr(where, "width")
    paragraph = paragraphs[0] if cell and len(paragraphs) == 1 and not paragraphs[0].text else where.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, rule, Pt(size)


if __name__ == "__main__":
    make(OWN)
