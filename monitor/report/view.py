"""A report with its words, letterhead, sentences, tables and charts, ready to be drawn by any format."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.report.content import Report
from monitor.report.letterhead import Letterhead
from monitor.report.pictures import Picture, pictures
from monitor.report.prose import month_name, prose
from monitor.report.table import Table
from monitor.report.tables import tables
from monitor.site.strings import Strings

PRINTED_ROWS = 300
"""The longest table that a printed form shows whole; the workbook has all rows."""

SHORT = 12
"""A table of so many rows is not parted by the end of a page."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a format draws."""

    report: Report
    head: Letterhead
    words: Strings
    title: str
    subject: str
    prose: dict[str, list[str]]
    tables: dict[str, Table]
    pictures: dict[str, Picture]

    @property
    def date_line(self) -> str:
        """Place and day, as they stand at the head of a document."""
        year, month, day = self.report.due_on.split("-")
        place = f"{self.head.place}, " if self.head.place else ""
        # Numbers below 10, and months 1 and 2, are written with a leading zero (Decree 30/2020/ND-CP).
        return f"{place}ngày {day} tháng {month if month in ('01', '02') else int(month)} năm {year}"


def view(report: Report, words: Strings, head: Letterhead) -> View:
    """Prepare a report for drawing."""
    month = month_name(report.month)
    return View(
        report=report,
        head=head,
        words=words,
        title=words("report.title"),
        subject=words("report.subject", month=month),
        prose=prose(report, words, head),
        tables=tables(report, words, head),
        pictures=pictures(report, words),
    )
