"""A database and a month in, the report's files out: frozen when first made, each file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from crawler.roster import Roster
from crawler.store import months, read_report
from crawler.store.db import open_database
from crawler.store.months import DamagedMonth, Frozen
from monitor.report.content import as_json, from_json
from monitor.report.docx import document
from monitor.report.gather import gather
from monitor.report.html import page
from monitor.report.letterhead import Letterhead, read_letterhead
from monitor.report.months import Month, due_month
from monitor.report.view import View, view
from monitor.report.words import report_words
from monitor.report.xlsx import workbook
from monitor.runs import CannotRun
from monitor.targets import measure
from monitor.whole import whole_files

Form = Literal["docx", "xlsx", "html", "json"]
FORMS: tuple[Form, ...] = ("docx", "xlsx", "html", "json")


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is dressed: whose letterhead, which Word template (None: the one that comes along)."""

    head: Letterhead
    template: Path | None = None


def frozen(path: Path, month: Month) -> Frozen | None:
    """The frozen report of a month in the database at `path`. Raises CannotRun where there is none to ask, or it is damaged."""
    if not path.is_file():
        raise CannotRun(f"{path}: no such database")
    with closing(open_database(path)) as db:
        return _frozen(db, month)


def freeze(db: Database, roster: Roster, month: Month) -> Frozen:
    """The frozen report of a month, made now where it is not there. Raises CannotRun where the month has nothing to report."""
    if (found := _frozen(db, month)) is not None:
        return found
    if not has_data(db, month):
        raise CannotRun(f"report {month}: no data from {month.first} to {month.last}")
    measure_end(db, roster, month)
    earlier = [name for name in months.frozen_months(db) if name < str(month)]
    before = months.frozen(db, earlier[-1]) if earlier else None
    report = gather(db, roster, month, from_json(before.content) if before else None, report_words())
    made = Frozen(report.month, report.first_on, report.last_on, report.frozen_at, as_json(report))
    months.freeze(db, made)
    return made


def report_due(db: Database, roster: Roster, today: date, directory: Path) -> list[Path]:
    """Write the latest report whose period is over on `today`, where its files are missing; gives those that were written.

    A period in which nothing ran yet is not due: what was so on its last day nobody saw.
    NQ57_LETTERHEAD and NQ57_REPORT_TEMPLATE say how the report is dressed. Raises CannotRun.
    """
    month = due_month(today)
    missing = [form for form in FORMS if not file_of(directory, str(month), form).exists()]
    if not missing or (_frozen(db, month) is None and not (read_report.ran_by(db, month.last) and has_data(db, month))):
        return []
    return write(
        freeze(db, roster, month), directory, missing, style_of(_named("NQ57_LETTERHEAD"), _named("NQ57_REPORT_TEMPLATE"))
    )


def style_of(letterhead: Path | None, template: Path | None) -> Style:
    """How a report is dressed. Raises CannotRun naming the letterhead that cannot be read."""
    return Style(read_letterhead(letterhead), template)


def reports_directory(db: Path) -> Path:
    """Where reports lie unless somebody says otherwise: beside the database."""
    return db.parent / "reports"


def _named(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def has_data(db: Database, month: Month) -> bool:
    """Is there anything to report of a month: relevant articles, or verdicts of its last day?"""
    return read_report.has_articles(db, (month.first, month.last)) or read_report.measured_on(db, month.last)


def measure_end(db: Database, roster: Roster, month: Month) -> None:
    """Measure the last day of a month's period, unless it was: what was measured stays as it was."""
    if not read_report.measured_on(db, month.last):
        measure(db, roster, month.last)


def write(made: Frozen, directory: Path, forms: Sequence[Form], style: Style) -> list[Path]:
    """Write a frozen report's files into `directory`, all of them whole or none. Raises CannotRun naming the file."""
    shown = view(from_json(made.content), report_words(), style.head)
    # Drawn first: what cannot be drawn leaves the folder alone.
    drawn = {file_of(directory, made.month, form): _draw(made, shown, form, style.template) for form in dict.fromkeys(forms)}
    with whole_files(directory) as files:
        for file, content in drawn.items():
            files.part_of(file.name).write_bytes(content)
    return list(drawn)


def file_of(directory: Path, month: str, form: Form) -> Path:
    """Where a month's report lies."""
    return directory / f"nq57-{month}.{form}"


def _frozen(db: Database, month: Month) -> Frozen | None:
    try:
        return months.frozen(db, str(month))
    except DamagedMonth as error:
        raise CannotRun(str(error)) from error


def _draw(made: Frozen, shown: View, form: Form, template: Path | None) -> bytes:
    if form == "json":
        return made.content.encode()
    if form == "html":
        return page(shown).encode()
    if form == "docx":
        return document(shown, template)
    about = [shown.subject, *(text for name in _TOLD for text in shown.prose[name])]
    return workbook(about, made.frozen_at, shown.tables.values(), shown.pictures.values(), shown.words)


_TOLD = ("intro", "overview", "groups", "bodies", "press", "duties", "changes", "revisions", "signals", "quality")
