"""One cell of an imported table in, its value out, or BadCell with the field and what is wrong with it."""

from __future__ import annotations

import math
import re
from datetime import date

from classifier.text import fold
from monitor.sheets import Row
from monitor.site.cells import safe_cell

_YES = frozenset({"1", "x", "true", "yes", "co", "mat"})
_NO = frozenset({"", "0", "false", "no", "khong"})
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?\Z")
_GROUPED_NUMBER = re.compile(r"[1-9]\d{0,2}(?:(?: \d{3})+|(?:\.\d{3}){2,}|(?:,\d{3}){2,})\Z")
_AMBIGUOUS_NUMBER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z")
_LONGEST = 2000
"""Characters of one cell; a task's title has some hundred."""
_LONGEST_ID = 200


class BadCell(Exception):
    """What is wrong in one cell: its field and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(reason)


def no_formulas(row: Row) -> None:
    """Refuse a row with a cell that a spreadsheet would compute, or that is too long. Raises BadCell."""
    for field, cell in row.cells.items():
        # A sign before a number is no formula; whether the number may be negative is the field's own affair.
        if safe_cell(cell) != cell and not _PLAIN_NUMBER.match(cell[1:]):
            raise BadCell(field, "a formula is not taken; write its value")
        if len(cell) > _LONGEST:
            raise BadCell(field, f"longer than {_LONGEST} characters")


def filled(row: Row, field: str) -> str:
    """A cell that must not be empty. Raises BadCell."""
    if not row.cells[field]:
        raise BadCell(field, "is empty")
    return row.cells[field]


def id_of(row: Row) -> str:
    """The id of a row, on one line. Raises BadCell."""
    value = filled(row, "id")
    if len(value) > _LONGEST_ID or "\n" in value:
        raise BadCell("id", f"one line of at most {_LONGEST_ID} characters is expected")
    return value


def number_of(row: Row, field: str) -> float:
    """A number as Vietnamese and English offices write it; where the two would differ, it is not guessed."""
    value = filled(row, field)
    if _AMBIGUOUS_NUMBER.match(value):
        raise BadCell(field, f"{value} can be read in two ways; write {re.sub('[.,]', '', value)} if thousands are meant")
    if _GROUPED_NUMBER.match(value):
        return float(re.sub("[., ]", "", value))
    if not value.isascii() or not _PLAIN_NUMBER.match(value):
        raise BadCell(field, f"{value} is not a number of 0 or more")
    number = float(value.replace(",", "."))
    if not math.isfinite(number):
        raise BadCell(field, f"{value[:40]} is too large")
    return number


def year_of(row: Row, field: str) -> int | None:
    """A year, or None where the cell is empty. Raises BadCell."""
    value = row.cells[field]
    if not value:
        return None
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", value):
        raise BadCell(field, f"{value} is not a year")
    return int(value)


def yes_or_no(row: Row, field: str) -> bool:
    """Whether a mark was put into the cell. Raises BadCell."""
    value = fold(row.cells[field])
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadCell(field, f"{row.cells[field]} is neither 1 nor 0")


def day_of(row: Row, field: str) -> str | None:
    """A day written YYYY-MM-DD or dd/mm/yyyy, as YYYY-MM-DD; None where the cell is empty. Raises BadCell."""
    value = row.cells[field]
    if not value:
        return None
    written = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]((?:19|20)[0-9]{2})", value)
    try:
        return (date(int(written[3]), int(written[2]), int(written[1])) if written else date.fromisoformat(value)).isoformat()
    except ValueError as error:
        raise BadCell(field, f"{value} is not a day; write YYYY-MM-DD or dd/mm/yyyy") from error
