"""Reporting periods: `2026`, `2026-10`, `2026-Q3` in, their first and last day out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_PERIOD = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?\Z")


@dataclass(frozen=True, slots=True)
class Period:
    """A year, quarter or month (Asia/Ho_Chi_Minh), both days included."""

    name: str
    first: date
    last: date


def read_period(text: str) -> Period | None:
    """The period of that name, or None where it is none."""
    found = _PERIOD.match(text)
    if found is None:
        return None
    year = int(found[1])
    month, months = (int(found[2]), 1) if found[2] else (3 * int(found[3]) - 2, 3) if found[3] else (1, 12)
    after = year * 12 + month - 1 + months
    return Period(text, date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))
