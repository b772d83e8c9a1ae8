"""The address of a listing in; the day, month or year that it names, and the address without it, out."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

_DAY = r"(?P<y>20[0-9]{2})(?:(?P<s>[-/._])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})|(?P<m1>[0-9]{2})(?P<d1>[0-9]{2}))"
_DAY_FIRST = r"(?P<d2>[0-9]{1,2})[-/._](?P<m2>[0-9]{1,2})[-/._](?P<y2>20[0-9]{2})"
_MONTH = r"(?P<y3>20[0-9]{2})[-/._](?P<m3>[0-9]{1,2})"
_MONTH_FIRST = r"(?P<m4>[0-9]{1,2})[-/._](?P<y4>20[0-9]{2})"
_NAMED = rf"(?:{_DAY}|{_DAY_FIRST}|{_MONTH}|{_MONTH_FIRST}|(?P<y5>20[0-9]{{2}}))"
_IN_PATH = re.compile(
    rf"(?:/(?:archives?|luu-tru|theo-ngay|ngay|thang|date|lich))?/(?:ngay-|thang-|nam-|date-)?{_NAMED}(?=/?(?:\.[a-z]{{2,5}})?/?$)",
    re.IGNORECASE,
)
_IN_VALUE = re.compile(_NAMED)
_WHOLE = frozenset({"date", "ngay", "day", "d", "ngaydang", "month", "thang", "archive", "m"})
"""Parameters that may hold a whole day or month."""
_YEARS, _MONTHS, _DAYS = frozenset({"year", "nam", "y"}), frozenset({"month", "thang", "m"}), frozenset({"day", "ngay", "d"})


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or a year, first and last day included."""

    first: date
    last: date


def period_of(key: str) -> tuple[str, Period | None]:
    """A canonical address without its period, and the period; the address itself and None where it names none.

    Known are `/2026/10/30/`, `/ngay-30-10-2026.html`, `/archive/2026/10`, `?date=30%2F10%2F2026`, `?thang=10&nam=2026`. A month
    without a year is none: such calendars have no end.
    """
    address, _, query = key.partition("?")
    path = address.find("/", address.find("://") + 3)
    if path >= 0 and (match := _IN_PATH.search(address, path)) and (found := _read(match)):
        return address[: match.start()] + address[match.end() :] + (f"?{query}" if query else ""), found
    pairs = [tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair]
    for name, value in pairs:
        whole = _IN_VALUE.fullmatch(unquote(value)) if name.lower() in _WHOLE else None
        if whole and (found := _read(whole)):
            return _without(address, pairs, {name}), found
    named = {name.lower(): (name, value) for name, value in pairs if value.isascii() and value.isdecimal() and len(value) <= 4}
    year, month, day = (next((named[n] for n in names if n in named), None) for names in (_YEARS, _MONTHS, _DAYS))
    if year and (found := _period(year[1], month and month[1], (month and day) and day[1])):
        return _without(address, pairs, {part[0] for part in (year, month, day) if part}), found
    return key, None


def _without(address: str, pairs: list[tuple[str, ...]], names: set[str]) -> str:
    rest = "&".join("=".join(pair) for pair in pairs if pair[0] not in names)
    return f"{address}?{rest}" if rest else address


def _read(match: re.Match[str]) -> Period | None:
    part = match.groupdict()
    year = part["y"] or part["y2"] or part["y3"] or part["y4"] or part["y5"]
    month = part["m"] or part["m1"] or part["m2"] or part["m3"] or part["m4"]
    return _period(year, month, part["d"] or part["d1"] or part["d2"])


def _period(year: str, month: str | None, day: str | None) -> Period | None:
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if not 2000 <= first.year <= 2060:
        return None
    if day:
        return Period(first, first)
    if month:
        return Period(first, first.replace(day=monthrange(first.year, first.month)[1]))
    return Period(first, date(first.year, 12, 31))
