"""Figures, tasks and channels that people hand in as CSV: a file in, checked rows and one problem for each bad line out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from sqlite_utils import Database

from classifier.text import fold
from crawler.clock import now
from crawler.roster import COUNTED_KINDS, Roster
from crawler.store import duties, imports
from crawler.store.duties import State, Word
from crawler.store.imports import Channel, ChannelKind, Figure, Task
from crawler.urls import absolute
from monitor.duties import due_days, owed_by
from monitor.import_cells import BadCell, day_of, filled, id_of, no_formulas, number_of, year_of, yes_or_no
from monitor.periods import Period, read_period
from monitor.sheets import Row, read_sheet

Kind = Literal["figures", "tasks", "channels", "duties"]
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
    "duties": {
        "duty_id": ("duty", "nhiệm vụ", "mã nhiệm vụ"),
        "unit_id": ("unit", "agency_id", "đơn vị", "mã đơn vị", "cơ quan", "mã cơ quan"),
        "period": ("kỳ", "kỳ báo cáo"),
        "state": ("kết quả", "tình trạng"),
        "done_on": ("ngày", "ngày hoàn thành", "ngày thực hiện"),
        "document": ("văn bản", "tài liệu"),
    },
}
_STATES: Mapping[str, State] = {
    "done": "done", "xong": "done", "da lam": "done", "da thuc hien": "done", "hoan thanh": "done",
    "late": "late", "qua han": "late", "chua thuc hien": "late",
    "waiting": "waiting", "dang cho": "waiting", "cho": "waiting",
}  # fmt: skip
_CHANNEL_KINDS: Mapping[str, ChannelKind] = {
    "tv": "tv", "truyen hinh": "tv", "kenh truyen hinh": "tv",
    "publication": "publication", "an pham": "publication", "bao": "publication", "tap chi": "publication",
    "social": "social", "mang xa hoi": "social", "kenh mang xa hoi": "social",
}  # fmt: skip


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


def take_in(db: Database, roster: Roster, kind: Kind, file: Path, *, partial: bool) -> Taken:
    """Keep a file's rows if all of them are good, with `partial` the good ones whatever the others are.

    Raises monitor.sheets.SheetError where the file is no such table.
    """
    if kind == "figures":
        figures = read_figures(file, roster, imports.channel_ids(db))
        return _taken(figures, partial, lambda rows: imports.keep_figures(db, rows))
    if kind == "tasks":
        return _taken(read_tasks(file, roster), partial, lambda rows: imports.keep_tasks(db, rows))
    if kind == "duties":
        words = read_duties(file, roster, duties.key_press(db))
        return _taken(words, partial, lambda rows: duties.keep_words(db, rows, now().isoformat()))
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
        target = targets.get(filled(row, "target_id"))
        if target is None:
            raise BadCell("target_id", f"unknown target {row.cells['target_id']}")
        if target.measured_by != "figures" and target.unit != "channel":
            raise BadCell("target_id", f"{target.id} is measured by the {target.measured_by}, not by figures")
        period = read_period(filled(row, "period"))
        if period is None:
            raise BadCell("period", f"{row.cells['period']} is not YYYY, YYYY-MM or YYYY-Qn")
        unit = filled(row, "unit_id")
        if target.unit == "channel":
            if unit not in channels:
                raise BadCell("unit_id", f"unknown channel {unit}; import the register first")
        else:
            unit = bodies.counted(unit, period, provinces_only=target.unit == "programme")
        numerator, denominator = number_of(row, "numerator"), number_of(row, "denominator")
        if denominator == 0 or numerator > denominator:
            raise BadCell("numerator", f"impossible fraction {row.cells['numerator']}/{row.cells['denominator']}")
        return Figure(target.id, unit, period.name, numerator, denominator, filled(row, "document"))

    return _checked(file, "figures", figure, lambda f: (f.target_id, f.unit_id, f.period))


def read_tasks(file: Path, roster: Roster) -> Checked[Task]:
    """The register of state-funded science tasks. The title of a secret one is not taken up: nothing may show it."""
    bodies = _Bodies(roster)

    def task(row: Row) -> Task:
        secret = yes_or_no(row, "secret")
        agency = row.cells["agency_id"]
        first, last = year_of(row, "year_from"), year_of(row, "year_to")
        if first is not None and last is not None and last < first:
            raise BadCell("year_to", f"{last} is before {first}")
        title = filled(row, "title") if not secret else ""
        return Task(id_of(row), title, bodies.known(agency) if agency else None, first, last, secret)

    return _checked(file, "tasks", task, lambda t: t.id)


def read_channels(file: Path) -> Checked[Channel]:
    """The register of channels for science and technology."""

    def channel(row: Row) -> Channel:
        kind = _CHANNEL_KINDS.get(fold(filled(row, "kind")))
        if kind is None:
            raise BadCell("kind", f"{row.cells['kind']} is not tv, publication or social")
        url = row.cells["url"]
        # An address without a scheme would be taken for a path; with one it must be one that can be asked.
        address = absolute(url, "") if "://" in url else None
        if url and address is None:
            raise BadCell("url", f"{url} is not an http or https address")
        return Channel(id_of(row), filled(row, "name"), address, kind, row.cells["audience"] or None)

    return _checked(file, "channels", channel, lambda c: c.id)


def read_duties(file: Path, roster: Roster, key_press: list[str]) -> Checked[Word]:
    """What became of duties that a crawl does not see; `key_press` are the sources that owe the press's duties."""
    known, bodies, today = {duty.id: duty for duty in roster.programme.duties}, _Bodies(roster), now().date()

    def word(row: Row) -> Word:
        if (duty := known.get(filled(row, "duty_id"))) is None:
            raise BadCell("duty_id", f"unknown duty {row.cells['duty_id']}")
        due = dict(due_days(duty, today)).get(filled(row, "period"))
        if due is None:
            raise BadCell("period", f"{duty.id} has no period {row.cells['period']}")
        given = filled(row, "unit_id")
        unit = given if given in key_press else bodies.known(given, "unit_id")
        if unit not in owed_by(duty, roster, key_press, due):
            raise BadCell("unit_id", f"{unit} does not owe {duty.id} in {row.cells['period']}")
        if (state := _STATES.get(fold(filled(row, "state")))) is None:
            raise BadCell("state", f"{row.cells['state']} is not done, late or waiting")
        done_on = day_of(row, "done_on")
        if done_on is not None and (state != "done" or done_on > today.isoformat()):
            raise BadCell("done_on", f"{done_on} is in the future" if state == "done" else f"a day of what is {state}")
        return Word(duty.id, unit, row.cells["period"], state, done_on, filled(row, "document"))

    return _checked(file, "duties", word, lambda w: (w.duty_id, w.unit_id, w.period))


def _checked(file: Path, kind: Kind, read: Callable[[Row], T], key: Callable[[T], object]) -> Checked[T]:
    good: list[T] = []
    problems: list[Problem] = []
    seen: dict[object, int] = {}
    for row in read_sheet(file, COLUMNS[kind]):
        try:
            no_formulas(row)
            value = read(row)
        except BadCell as bad:
            problems.append(Problem(str(file), row.line, bad.field, bad.reason))
            continue
        first = seen.setdefault(key(value), row.line)
        if first != row.line:
            field = "period" if kind in ("figures", "duties") else "id"
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

    def known(self, given: str, field: str = "agency_id") -> str:
        """The id of the body that an id or a full name means."""
        if given in self._by_id:
            return given
        if (found := self._by_name.get(fold(given))) is not None:
            return found
        raise BadCell(field, f"unknown agency {given}")

    def counted(self, given: str, period: Period, *, provinces_only: bool) -> str:
        """The id of a body that the targets count and that existed in the period."""
        body = self._by_id[self.known(given, "unit_id")]
        if body.kind not in COUNTED_KINDS or (provinces_only and body.kind != "province"):
            raise BadCell("unit_id", f"{body.id} is not a {'province' if provinces_only else 'body that the target counts'}")
        if not any(map(body.valid_on, (period.first, period.last))):
            raise BadCell("unit_id", f"{body.id} did not exist in {period.name}")
        return body.id
