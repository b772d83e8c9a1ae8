"""How dates, numbers and addresses are shown: stored values in, what a person reads out; bad values are shown as they are."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from markupsafe import Markup, escape

MISSING = "–"
_BROWSERS = (("Edge", r"Edg[A-Za-z]*/(\d+)"), ("Cốc Cốc", r"coc_coc_browser/(\d+)"), ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
             ("Chrome", r"(?:Chrome|CriOS)/(\d+)"), ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari/"))  # fmt: skip
"""In this order: each also says that it is those below."""
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)
_FIRST, _LAST = date.min + timedelta(days=7), date.max - timedelta(days=14)
"""Mondays whose week has both neighbours."""


def show_number(value: float | None, language: str) -> str:
    """1.234 in Vietnamese, 1,234 in English."""
    if value is None:
        return MISSING
    written = f"{value:,.0f}"
    return written if language == "en" else written.replace(",", ".")


def show_percent(share: float | None, language: str) -> str:
    """A share of 0..1 as whole per cent, with one decimal where that would hide something."""
    if share is None:
        return MISSING
    percent = share * 100
    written = f"{percent:.0f}" if abs(percent - round(percent)) < 0.05 else f"{percent:.1f}"
    return (written if language == "en" else written.replace(".", ",")) + "%"


def show_browser(agent: str) -> str:
    """What a browser calls itself, as people know it: `Chrome 131, Windows`; one that nobody knows as it is."""
    name = next((f"{name} {found[1]}" for name, pattern in _BROWSERS if (found := re.search(pattern, agent))), "")
    system = next((system for system, word in _SYSTEMS if word in agent), "")
    return ", ".join(part for part in (name, system) if part) if name else agent or MISSING


def show_figure(value: float | None, of: str, form: Literal["number", "share"] = "number", *, language: str) -> Markup:
    """A number as a person reads it, with what a program needs beside it: its value, and what it counts.

    `of` is written like an address: what is counted, then the filters of it as /tim has them, `articles?agency=ha-noi`. `within`,
    `copies`, `more` and `rest` are of the question that the page answers.
    """
    written = (show_percent if form == "share" else show_number)(value, language)
    plain = "" if value is None else str(value)
    # A page has hundreds of them, and digits need no escaping: this takes a fifth of what Markup's own ways to join take.
    return Markup(f'<data value="{plain}" data-figure="{escape(of)}">{written}</data>')  # noqa: S704 - all but numbers is escaped


def show_date(value: str | None) -> str:
    """dd/mm/yyyy of an ISO 8601 day or time, in the time zone that it was stored in."""
    day = read_day(value)
    return day.strftime("%d/%m/%Y") if day else (value or MISSING)


def show_time(value: str | None) -> str:
    """dd/mm/yyyy HH:MM, or the day alone where no time is known."""
    if not value or "T" not in value:
        return show_date(value)
    try:
        return datetime.fromisoformat(value).strftime("%d/%m/%Y %H:%M")
    except ValueError:
        return value


def read_day(value: str | None) -> date | None:
    """The day of an ISO 8601 day or time, or None."""
    try:
        return date.fromisoformat((value or "")[:10])
    except ValueError:
        return None


def week_name(monday: str | date) -> str:
    """YYYY-Www, the ISO week of that day."""
    day = monday if isinstance(monday, date) else date.fromisoformat(monday)
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_days(name: str) -> tuple[date, date] | None:
    """Monday and Sunday of YYYY-Www, or None where there is no such week, or none before or after it."""
    try:
        year, week = name.split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
        if monday < _FIRST or monday > _LAST:
            return None
        return monday, monday + timedelta(days=6)
    except (ValueError, OverflowError):
        return None


def safe_url(url: str | None) -> str | None:
    """The address where it may be linked to: http and https with a host, nothing else."""
    if not url or any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
