"""Tables in, one XLSX workbook out: a sheet each, real numbers and days, frozen headings with filters, text that stays text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from crawler.store.export import Table

MOST_ROWS = 1_048_575
"""Rows below the heading of a sheet; a longer table goes on in a further sheet."""
LONGEST_CELL = 32_767
"""Characters that a cell of a workbook can hold; what is longer is cut there, and whole in CSV and Parquet."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY_COLUMN = re.compile(r"(_on|^valid_from|^valid_to)\Z|^as_of\Z")
_MOMENT_COLUMN = re.compile(r"_at\Z")
_MADE = datetime(2025, 6, 16)
"""The workbook's own date of making: a fixed one, so that two exports do not differ by the clock."""


def write_workbook(file: Path, sheets: Iterable[tuple[Table, Iterable[Sequence[str | int | float | None]]]]) -> None:
    """Write the tables to `file`, a row at a time. Raises OSError where it cannot be written."""
    # Not by the library's own hand: on a full disk it leaves the file open, and complains again when that is cleared away.
    with TemporaryFile() as made:
        _write_book(made, sheets)
        made.seek(0)
        with file.open("wb") as written:
            shutil.copyfileobj(made, written)


def _write_book(made: IO[bytes], sheets: Iterable[tuple[Table, Iterable[Sequence[str | int | float | None]]]]) -> None:
    book = xlsxwriter.Workbook(
        made,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": _MADE})
    styles = {
        "heading": book.add_format({"bold": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    for table, rows in sheets:
        _write_table(book, styles, table, rows)
    try:
        book.close()
    except XlsxWriterException as error:
        # The library wraps what the system said of the file.
        raise OSError(str(error)) from error


def _write_table(
    book: xlsxwriter.Workbook,
    styles: dict[str, object],
    table: Table,
    rows: Iterable[Sequence[str | int | float | None]],
) -> None:
    sheet, line, number = None, MOST_ROWS, 0
    kinds = ["day" if _DAY_COLUMN.search(c.name) else "moment" if _MOMENT_COLUMN.search(c.name) else "" for c in table.columns]
    for row in rows:
        if sheet is None or line == MOST_ROWS:
            _close(sheet, table, line)
            number += 1
            sheet, line = _open(book, styles, table, number), 0
        line += 1
        for column, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            _write_cell(sheet, styles, line, column, value, kind)
    if sheet is None:
        sheet, line = _open(book, styles, table, 1), 0
    _close(sheet, table, line)


def _open(book: xlsxwriter.Workbook, styles: dict[str, object], table: Table, number: int) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.columns) - 1, 18)
    for column, declared in enumerate(table.columns):
        sheet.write_string(0, column, declared.name, styles["heading"])
    return sheet


def _close(sheet: xlsxwriter.worksheet.Worksheet | None, table: Table, line: int) -> None:
    if sheet is not None:
        sheet.autofilter(0, 0, line, len(table.columns) - 1)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    styles: dict[str, object],
    line: int,
    column: int,
    value: str | int | float | None,
    kind: str,
) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        sheet.write_number(line, column, value)
    elif kind == "day" and (day := _day(value)) is not None:
        sheet.write_datetime(line, column, day, styles["day"])
    elif kind == "moment" and (moment := _moment(value)) is not None:
        sheet.write_datetime(line, column, moment, styles["moment"])
    else:
        sheet.write_string(line, column, _NOT_XML.sub("", value)[:LONGEST_CELL])


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _moment(value: str) -> datetime | None:
    """The time in Vietnam; None for a mere day and for what is no time."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None) if "T" in value else None
    except ValueError:
        return None
