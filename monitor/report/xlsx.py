"""The tables of a report in, a workbook out: a sheet a table, real numbers and days, frozen headings, filters, no formula."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter

from monitor.charts import png
from monitor.report.pictures import Picture
from monitor.report.table import Cell, Column, Kind, Table, as_day, linked, shown
from monitor.site.strings import Strings
from monitor.workbook import LONGEST_CELL

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "#,##0.##",
    "signed": "+#,##0;-#,##0;0",
    "share": "0.0%",
    "day": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
}
_ZOOM = 2
_A_PAGE = 2
"""Pictures on a printed page."""
_LINE = 15
"""Points from one line of text to the next."""
_MOST_LINES = 12
_ALIGNED = {"text": "left", "number": "right", "signed": "right", "share": "right", "day": "center", "moment": "center"}
_MOST_LINKED = 90
"""Characters of a link that stand on one line: LibreOffice does not break it."""
_ROOM = 1.3
"""A screen has more room for a column than a printed page."""
_MOST_LINKS = 60_000
"""A sheet of a workbook may hold 65,530 links."""


def workbook(about: Sequence[str], made: str, tables: Iterable[Table], pictures: Iterable[Picture], words: Strings) -> bytes:
    """The workbook of a report that was frozen at `made` (ISO 8601), which is its only date: the same report, the same bytes.

    `about` stands on the first sheet, its first line as the title.
    """
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": about[0], "created": datetime.fromisoformat(made).replace(tzinfo=None)})
    _tell(book, about, words("report.sheet.about"))
    for table in tables:
        _Sheet(book, table, words(f"report.sheet.{table.id}")).write()
    _draw(book, pictures, words("report.sheet.charts"))
    book.close()
    return out.getvalue()


class _Sheet:
    """One table on its sheet."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table, name: str) -> None:
        self.table = table
        self.sheet = book.add_worksheet(name)
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef2f4"}
        self.heading = {kind: book.add_format({**head, "align": side}) for kind, side in _ALIGNED.items()}
        base = {"valign": "top", "text_wrap": True, "bottom": 4, "bottom_color": "#b8c4cc"}
        link = {**base, "font_color": "#0b4f6c", "underline": 1}
        forms = [(kind, {"num_format": form, "align": _ALIGNED[kind]}) for kind, form in _FORMATS.items()]
        self.plain = {kind: book.add_format({**base, **form}) for kind, form in forms}
        self.link = {kind: book.add_format({**link, **form}) for kind, form in forms}

    def write(self) -> None:
        """Fill the sheet: headings, rows, and how it prints."""
        sheet, columns = self.sheet, self.table.columns
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(self.table.rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(f"&C{self.table.title.replace('&', '&&')}")
        sheet.set_footer("&C&P/&N")
        widths = [_width(column, [row[place] for row in self.table.rows]) for place, column in enumerate(columns)]
        sheet.set_row(0, _LINE * max(2, *(_lines(c.heading, width - 2) for c, width in zip(columns, widths, strict=True))))
        for place, column in enumerate(columns):
            sheet.set_column(place, place, widths[place])
            sheet.write_string(0, place, column.heading, self.heading[column.kind])
        links = 0
        for line, row in enumerate(self.table.rows, 1):
            # Said here: not every program makes room for a wrapped text by itself.
            texts = (shown(cell, column.kind) for cell, column in zip(row, columns, strict=True))
            sheet.set_row(line, _LINE * max(map(_lines, texts, widths)))
            for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
                links += self._write(line, place, cell, column, may_link=links < _MOST_LINKS)

    def _write(self, line: int, place: int, cell: Cell, column: Column, *, may_link: bool) -> bool:
        """Write one cell; gives whether it became a link. A link is set first: it would write over the value."""
        url = linked(cell) if may_link else None
        url = url if url is not None and len(url) <= 2_000 else None
        style = (self.link if url else self.plain)[column.kind]
        if url is not None:
            self.sheet.write_url(line, place, url, style, string=shown(cell, column.kind)[:LONGEST_CELL])
        self._value(line, place, cell, column.kind, style)
        return url is not None

    def _value(self, line: int, place: int, cell: Cell, kind: Kind, style: object) -> None:
        value = cell.value
        if value is None:
            self.sheet.write_blank(line, place, None, style)
            return
        if not isinstance(value, str):
            self.sheet.write_number(line, place, value, style)
        elif kind == "day" and (day := as_day(value)) is not None:
            self.sheet.write_datetime(line, place, day, style)
        elif kind == "moment" and "T" in value:
            self.sheet.write_datetime(line, place, datetime.fromisoformat(value).replace(tzinfo=None), style)
        else:
            self.sheet.write_string(line, place, shown(cell, "text")[:LONGEST_CELL], style)


def _width(column: Column, cells: Sequence[Cell]) -> float:
    """In characters; at least what the days, moments and links of the column need on one line."""
    least = {"day": 11.0, "moment": 17.0}.get(column.kind, 8.0)
    links = max((len(shown(cell, column.kind)) for cell in cells if linked(cell)), default=0)
    return max(column.width * _ROOM, least, min(links, _MOST_LINKED))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in so many characters."""
    return min(max(len(textwrap.wrap(text[: int(_MOST_LINES * width)], int(width))), 1), _MOST_LINES)


def _tell(book: xlsxwriter.Workbook, about: Sequence[str], name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    styles = [book.add_format({"bold": True, "font_size": 14, "text_wrap": True}), book.add_format({"text_wrap": True})]
    for line, text in enumerate(about):
        sheet.set_row(line, (_LINE + (_LINE // 3 if line == 0 else 0)) * len(textwrap.wrap(text, 90 if line == 0 else 105)))
        sheet.write_string(line, 0, text, styles[min(line, 1)])


def _draw(book: xlsxwriter.Workbook, pictures: Iterable[Picture], name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    bold, wrapped, line = book.add_format({"bold": True}), book.add_format({"text_wrap": True}), 0
    sheet.set_landscape()
    sheet.set_paper(9)
    breaks = []
    for n, picture in enumerate(pictures):
        if n and n % _A_PAGE == 0:
            breaks.append(line)
        image = png(picture.svg, zoom=_ZOOM)
        sheet.write_string(line, 0, picture.title, bold)
        # Broken where the column ends: what runs over would print a page of its own.
        sheet.set_row(line + 1, _LINE * len(textwrap.wrap(picture.description, 100)))
        sheet.write_string(line + 1, 0, picture.description, wrapped)
        scale = {"x_scale": 1 / _ZOOM, "y_scale": 1 / _ZOOM, "description": picture.description}
        sheet.insert_image(line + 2, 0, f"{picture.title}.png", {"image_data": BytesIO(image), **scale})
        # Rows are 20 pixels high; the drawing says how high it is.
        height = int(int.from_bytes(image[20:24], "big") / _ZOOM)
        line += 4 + height // 20 + 1
    sheet.set_h_pagebreaks(breaks)
