"""A table of the report as every format draws it: typed cells with their links, and how a person reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.site.formats import MISSING, safe_url, show_date, show_number, show_percent, show_time

Kind = Literal["text", "number", "signed", "share", "day", "moment"]
Value = str | int | float | None
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its id, heading, what its cells hold, and its width as a part of the table's."""

    id: str
    heading: str
    kind: Kind = "text"
    width: int = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is stored (days and moments in ISO 8601) and where it leads."""

    value: Value = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table. `appendix` tables are too wide or too long for the report's body."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as Vietnamese readers write it; what no document can hold is left out."""
    value = cell.value
    if value is None:
        return MISSING if kind != "text" else ""
    if isinstance(value, str):
        return {"day": show_date, "moment": show_time}.get(kind, _plain)(value)
    if kind == "share":
        return show_percent(value, "vi")
    return ("+" if kind == "signed" and value > 0 else "") + show_number(value, "vi").replace("-", "−")


def linked(cell: Cell) -> str | None:
    """The cell's address where it may be linked to."""
    return safe_url(cell.link)


def as_day(value: Value) -> date | None:
    """The day of a stored value, or None."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _plain(value: str) -> str:
    return _NOT_XML.sub("", value)
