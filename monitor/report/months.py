"""A month in, the period of its report out: due on the 20th, from the 20th of the month before to the 19th."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

DUE_DAY = 20
"""The day of the month on which the programme's reports are due (programme.yaml, reporting_cycle)."""
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """The month in which a report is due. All days are of Asia/Ho_Chi_Minh."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def due_on(self) -> date:
        """The day on which the report is due, the first after its period."""
        return date(self.year, self.month, DUE_DAY)

    @property
    def last(self) -> date:
        """The last day of the period; verdicts are those of its end."""
        return self.due_on - timedelta(days=1)

    @property
    def first(self) -> date:
        """The first day of the period."""
        return self.before.due_on

    @property
    def before(self) -> Month:
        """The month before."""
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)


def read_month(text: str) -> Month | None:
    """The month written YYYY-MM, or None where it is none."""
    found = _MONTH.match(text)
    return Month(int(found[1]), int(found[2])) if found else None


def due_month(today: date) -> Month:
    """The latest month whose period is over on the day."""
    month = Month(today.year, today.month)
    return month if today >= month.due_on else month.before
