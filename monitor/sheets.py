"""A CSV file as offices save it in (any of their encodings and separators), its rows by column name out, each with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from classifier.text import clean, fold

LARGEST_FILE = 200_000_000
"""Bytes; a register of a million lines stays below."""
HEADER_WITHIN = 20
"""Rows above the header that may hold a heading, as spreadsheets with merged cells leave them."""
DELIMITERS = ",;\t"
_LONGEST_CELL = 1_000_000
_NOT_1258 = re.compile(r"[^\W\d_]{1,20}[¡-¾][^\W\d_]{1,20}")
"""A sign within a word, as TCVN3 read as windows-1258 has them: its vowels with marks lie where the signs are."""


class SheetError(Exception):
    """The file cannot be read as a table; the message is `file:line: field: reason`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `line` counts from 1 and is where the row begins; cells are clean NFC text by column name."""

    line: int
    cells: Mapping[str, str]


def read_sheet(file: Path, columns: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """Read the rows below the header, whatever stands above it; blank rows are left out, further columns ignored.

    `columns` maps each column to the other names it may have; case, marks and spaces of a name do not count. Raises
    SheetError where the file is unreadable, no table or lacks a column.
    """
    text = _text(file)
    names = {_key(spelling): column for column, others in columns.items() for spelling in (column, *others)}
    found = [(_header(file, text, delimiter, names), delimiter) for delimiter in DELIMITERS]
    (place, header), delimiter = max(found, key=lambda it: len(set(it[0][1].values())))
    if missing := [column for column in columns if column not in header.values()]:
        raise SheetError(f"{file}:{place or 1}: header: no column {', '.join(missing)}")
    if doubled := [column for column in columns if list(header.values()).count(column) > 1]:
        raise SheetError(f"{file}:{place}: header: more than one column {', '.join(doubled)}")
    return list(_rows(file, text, delimiter, place, header))


def _rows(file: Path, text: str, delimiter: str, place: int, header: Mapping[int, str]) -> Iterator[Row]:
    for line, cells in _records(file, text, delimiter):
        if line > place and any(cell.strip() for cell in cells):
            yield Row(line, {name: clean(cells[n]).strip() if n < len(cells) else "" for n, name in header.items()})


def _header(file: Path, text: str, delimiter: str, names: Mapping[str, str]) -> tuple[int, dict[int, str]]:
    """The line of the row that names the most columns, and which column stands at which place of it."""
    best: tuple[int, dict[int, str]] = (0, {})
    try:
        for line, cells in islice(_records(file, text, delimiter), HEADER_WITHIN):
            here = {n: names[key] for n, cell in enumerate(cells) if (key := _key(cell)) in names}
            if len(here) > len(best[1]):
                best = (line, here)
    except SheetError:
        # With the wrong separator a quote may stay open; the right one is read to the end anyway.
        return best
    return best


def _records(file: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SheetError(f"{file}:{begin}: row: {error}") from error
        if cells is None:
            return
        yield begin, cells
        begin = reader.line_num + 1


def _key(name: str) -> str:
    return "".join(character for character in fold(clean(name)) if character.isalnum())


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise SheetError(f"{file}:1: file: larger than {LARGEST_FILE} bytes")
        raw = file.read_bytes()
    except OSError as error:
        raise SheetError(f"{file}:1: file: {error.strerror or error}") from error
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SheetError(f"{file}:1: file: a workbook; save it as CSV")
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SheetError(f"{file}:{line}: encoding: not {encoding.removesuffix('-sig').upper()} at byte {error.start}") from error
    if encoding == "windows-1258" and (found := _NOT_1258.search(text)):
        line = text.count("\n", 0, found.start()) + 1
        raise SheetError(f"{file}:{line}: encoding: {found[0]!r} is of a font of its own (TCVN3, .VnTime); save it as UTF-8")
    if "\x00" in text:
        raise SheetError(f"{file}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: encoding: holds NUL characters")
    return text


def _encoding(raw: bytes) -> str:
    """By the byte order mark; without one UTF-16 by its zero bytes, else UTF-8 where most is valid, else windows-1258."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = raw[:4000]
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        read = raw.decode("utf-8", "replace")
        broken = read.count("\ufffd")
        damaged = sum(not character.isascii() for character in read) - broken > broken
        return "utf-8-sig" if damaged or raw.startswith(b"\xef\xbb\xbf") else "windows-1258"
    return "utf-8-sig"
