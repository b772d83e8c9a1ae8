"""Figures, tasks and channels that people hand in as CSV: a file in, checked rows and one problem for each bad line out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from sqlite_utils import Database

from classifier.text import fold
from crawler.roster import COUNTED_KINDS, Roster
from crawler.store import imports
from crawler.store.imports import Channel, ChannelKind, Figure, Task
from crawler.urls import absolute
from monitor.periods import Period, read_period
from monitor.sheets import Row, read_sheet
from monitor.site.cells import safe_cell

Kind = Literal["figures", "tasks", "channels"]
T = TypeVar("T")

COLUMNS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "figures": {
        "target_id": ("target", "mục tiêu", "mã mục tiêu", "chỉ tiêu", "mã chỉ tiêu"),
        "unit_id": ("unit", "agency_id", "đơn vị", "mã đơn vị", "cơ quan", "mã cơ quan"),
        "period": ("kỳ", "kỳ báo cáo", "thời kỳ"),
        "numerator": ("tử số", "số đạt", "số người đạt"),
        "denominator": ("mẫu số", "tổng số"),
        "document": ("văn bản", "tài liệu", "văn bản báo cáo"),
    },
    "tasks": {
        "id": ("mã", "mã nhiệm vụ", "mã số"),
        "title": ("tên", "tên nhiệm vụ", "tiêu đề"),
        "agency_id": ("agency", "cơ quan", "mã cơ quan", "cơ quan chủ trì"),
        "year_from": ("từ năm", "năm bắt đầu"),
        "year_to": ("đến năm", "năm kết thúc"),
        "secret": ("mật", "bí mật", "bí mật nhà nước"),
    },
    "channels": {
        "id": ("mã", "mã kênh"),
        "name": ("tên", "tên kênh"),
        "url": ("địa chỉ", "liên kết", "đường dẫn"),
        "kind": ("loại", "loại kênh"),
        "audience": ("đối tượng",),
    },
}
_CHANNEL_KINDS: Mapping[str, ChannelKind] = {
    "tv": "tv", "truyen hinh": "tv", "kenh truyen hinh": "tv",
    "publication": "publication", "an pham": "publication", "bao": "publication", "tap chi": "publication",
    "social": "social", "mang xa hoi": "social", "kenh mang xa hoi": "social",
}  # fmt: skip
_YES = frozenset({"1", "x", "true", "yes", "co", "mat"})
_NO = frozenset({"", "0", "false", "no", "khong"})
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?\Z")
_GROUPED_NUMBER = re.compile(r"[1-9]\d{0,2}(?:(?: \d{3})+|(?:\.\d{3}){2,}|(?:,\d{3}){2,})\Z")
_AMBIGUOUS_NUMBER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z")
_LONGEST = 2000
"""Characters of one cell; a task's title has some hundred."""
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line of a file; `line` counts from 1."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """The good rows of a file, and what is wrong with the others."""

    rows: tuple[T, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: how many rows were kept, and what is wrong with the others."""

    kept: int
    problems: tuple[Problem, ...]


class _Bad(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(reason)


def take_in(db: Database, roster: Roster, kind: Kind, file: Path, *, partial: bool) -> Taken:
    """Keep a file's rows if all of them are good, with `partial` the good ones whatever the others are.

    Raises monitor.sheets.SheetError where the file is no such table.
    """
    if kind == "figures":
        figures = read_figures(file, roster, imports.channel_ids(db))
        return _taken(figures, partial, lambda rows: imports.keep_figures(db, rows))
    if kind == "tasks":
        return _taken(read_tasks(file, roster), partial, lambda rows: imports.keep_tasks(db, rows))
    return _taken(read_channels(file), partial, lambda rows: imports.keep_channels(db, rows))


def _taken(checked: Checked[T], partial: bool, keep: Callable[[Sequence[T]], None]) -> Taken:
    rows = checked.rows if partial or not checked.problems else ()
    keep(rows)
    return Taken(len(rows), checked.problems)


def read_figures(file: Path, roster: Roster, channels: set[str]) -> Checked[Figure]:
    """Reported figures of the targets that a crawl cannot see; `channels` are the ids of the register.

    Raises monitor.sheets.SheetError where the file is no such table.
    """
    targets = {target.id: target for target in roster.programme.targets}
    bodies = _Bodies(roster)

    def figure(row: Row) -> Figure:
        target = targets.get(_filled(row, "target_id"))
        if target is None:
            raise _Bad("target_id", f"unknown target {row.cells['target_id']}")
        if target.measured_by != "figures" and target.unit != "channel":
            raise _Bad("target_id", f"{target.id} is measured by the {target.measured_by}, not by figures")
        period = read_period(_filled(row, "period"))
        if period is None:
            raise _Bad("period", f"{row.cells['period']} is not YYYY, YYYY-MM or YYYY-Qn")
        unit = _filled(row, "unit_id")
        if target.unit == "channel":
            if unit not in channels:
                raise _Bad("unit_id", f"unknown channel {unit}; import the register first")
        else:
            unit = bodies.counted(unit, period, provinces_only=target.unit == "programme")
        numerator, denominator = _number(row, "numerator"), _number(row, "denominator")
        if denominator == 0 or numerator > denominator:
            raise _Bad("numerator", f"impossible fraction {row.cells['numerator']}/{row.cells['denominator']}")
        return Figure(target.id, unit, period.name, numerator, denominator, _filled(row, "document"))

    return _checked(file, "figures", figure, lambda f: (f.target_id, f.unit_id, f.period))


def read_tasks(file: Path, roster: Roster) -> Checked[Task]:
    """The register of state-funded science tasks. The title of a secret one is not taken up: nothing may show it."""
    bodies = _Bodies(roster)

    def task(row: Row) -> Task:
        secret = _yes(row, "secret")
        agency = row.cells["agency_id"]
        first, last = _year(row, "year_from"), _year(row, "year_to")
        if first is not None and last is not None and last < first:
            raise _Bad("year_to", f"{last} is before {first}")
        title = _filled(row, "title") if not secret else ""
        return Task(_id(row), title, bodies.known(agency) if agency else None, first, last, secret)

    return _checked(file, "tasks", task, lambda t: t.id)


def read_channels(file: Path) -> Checked[Channel]:
    """The register of channels for science and technology."""

    def channel(row: Row) -> Channel:
        kind = _CHANNEL_KINDS.get(fold(_filled(row, "kind")))
        if kind is None:
            raise _Bad("kind", f"{row.cells['kind']} is not tv, publication or social")
        url = row.cells["url"]
        # An address without a scheme would be taken for a path; with one it must be one that can be asked.
        address = absolute(url, "") if "://" in url else None
        if url and address is None:
            raise _Bad("url", f"{url} is not an http or https address")
        return Channel(_id(row), _filled(row, "name"), address, kind, row.cells["audience"] or None)

    return _checked(file, "channels", channel, lambda c: c.id)


def _checked(file: Path, kind: Kind, read: Callable[[Row], T], key: Callable[[T], object]) -> Checked[T]:
    good: list[T] = []
    problems: list[Problem] = []
    seen: dict[object, int] = {}
    for row in read_sheet(file, COLUMNS[kind]):
        try:
            _no_formulas(row)
            value = read(row)
        except _Bad as bad:
            problems.append(Problem(str(file), row.line, bad.field, bad.reason))
            continue
        first = seen.setdefault(key(value), row.line)
        if first != row.line:
            field = "period" if kind == "figures" else "id"
            problems.append(Problem(str(file), row.line, field, f"the same key as in line {first}"))
            continue
        good.append(value)
    return Checked(tuple(good), tuple(problems))


class _Bodies:
    """The bodies of the roster by id and by full name."""

    def __init__(self, roster: Roster) -> None:
        self._by_id = {body.id: body for body in roster.agencies}
        named: dict[str, set[str]] = {}
        for row in roster.agency_names():
            if not row.short:
                named.setdefault(fold(row.name), set()).add(row.agency_id)
        self._by_name = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}

    def known(self, given: str) -> str:
        """The id of the body that an id or a full name means."""
        if given in self._by_id:
            return given
        if (found := self._by_name.get(fold(given))) is not None:
            return found
        raise _Bad("agency_id", f"unknown agency {given}")

    def counted(self, given: str, period: Period, *, provinces_only: bool) -> str:
        """The id of a body that the targets count and that existed in the period."""
        try:
            body = self._by_id[self.known(given)]
        except _Bad as bad:
            raise _Bad("unit_id", bad.reason) from None
        if body.kind not in COUNTED_KINDS or (provinces_only and body.kind != "province"):
            raise _Bad("unit_id", f"{body.id} is not a {'province' if provinces_only else 'body that the target counts'}")
        if not any(map(body.valid_on, (period.first, period.last))):
            raise _Bad("unit_id", f"{body.id} did not exist in {period.name}")
        return body.id


def _no_formulas(row: Row) -> None:
    for field, cell in row.cells.items():
        # A sign before a number is no formula; whether the number may be negative is the field's own affair.
        if safe_cell(cell) != cell and not _PLAIN_NUMBER.match(cell[1:]):
            raise _Bad(field, "a formula is not taken; write its value")
        if len(cell) > _LONGEST:
            raise _Bad(field, f"longer than {_LONGEST} characters")


def _filled(row: Row, field: str) -> str:
    if not row.cells[field]:
        raise _Bad(field, "is empty")
    return row.cells[field]


def _id(row: Row) -> str:
    value = _filled(row, "id")
    if len(value) > _LONGEST_ID or "\n" in value:
        raise _Bad("id", f"one line of at most {_LONGEST_ID} characters is expected")
    return value


def _number(row: Row, field: str) -> float:
    """A number as Vietnamese and English offices write it; where the two would differ, it is not guessed."""
    value = _filled(row, field)
    if _AMBIGUOUS_NUMBER.match(value):
        raise _Bad(field, f"{value} can be read in two ways; write {re.sub('[.,]', '', value)} if thousands are meant")
    if _GROUPED_NUMBER.match(value):
        return float(re.sub("[., ]", "", value))
    if not value.isascii() or not _PLAIN_NUMBER.match(value):
        raise _Bad(field, f"{value} is not a number of 0 or more")
    number = float(value.replace(",", "."))
    if not math.isfinite(number):
        raise _Bad(field, f"{value[:40]} is too large")
    return number


def _year(row: Row, field: str) -> int | None:
    value = row.cells[field]
    if not value:
        return None
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", value):
        raise _Bad(field, f"{value} is not a year")
    return int(value)


def _yes(row: Row, field: str) -> bool:
    value = fold(row.cells[field])
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise _Bad(field, f"{row.cells[field]} is neither 1 nor 0")
