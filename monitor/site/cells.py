"""Cells of a table in, cells that no spreadsheet takes for a formula out; and the same for a CSV that streams by."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

BOM = "\ufeff"
"""Excel reads a CSV as UTF-8 only when it begins with this."""
_DANGEROUS = frozenset("=+-@\t\r\n\x00＝＋－＠")
"""First characters after which a spreadsheet computes: OWASP ASVS 5, 1.2.10, and their full-width forms."""


def safe_cell(value: object) -> object:
    """Text that begins like a formula gets a single quote before it; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _DANGEROUS else value


def safe_column(values: Sequence[object]) -> Sequence[object]:
    """The cells of one column made safe: looked at one by one only where any of them begins like a formula."""
    if _DANGEROUS.isdisjoint([value[:1] for value in values if isinstance(value, str)]):
        return values
    return [safe_cell(value) for value in values]


class SafeCsv:
    """Rewrites a CSV text that arrives in pieces: cut where no quote is open, each cell made safe."""

    def __init__(self) -> None:
        self._pending = ""
        self._begun = False

    def feed(self, piece: str, *, last: bool = False) -> str:
        """The safe text of all rows that `piece` completes."""
        self._pending += piece
        cut = len(self._pending) if last else self._end_of_rows()
        rows, self._pending = self._pending[:cut], self._pending[cut:]
        out = io.StringIO()
        writer = csv.writer(out)
        for row in csv.reader(io.StringIO(rows.removeprefix(BOM), newline="")):
            writer.writerow([_safe_text(cell) for cell in row])
        head = "" if self._begun else BOM
        self._begun = True
        return head + out.getvalue()

    def _end_of_rows(self) -> int:
        cut = self._pending.rfind("\n") + 1
        while cut and self._pending.count('"', 0, cut) % 2:
            cut = self._pending.rfind("\n", 0, cut - 1) + 1
        return cut


def _safe_text(cell: str) -> str:
    """In a finished CSV a negative number is text too: it stays as it is."""
    try:
        float(cell)
    except ValueError:
        return str(safe_cell(cell))
    return cell if cell[0] in "-+0123456789." else str(safe_cell(cell))
