"""Addresses that lead nowhere without end: a URL in, the trap it belongs to or None out; no network, no clock of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

MAX_SEGMENTS = 20
"""Path segments, as Heritrix's TooManyPathSegmentsDecideRule."""
MAX_REPEATS = 2
"""How often a run of segments may follow itself, as Heritrix's PathologicalPathDecideRule."""
MAX_PARAMETERS = 20
"""Liferay's own article addresses, the longest seen on a portal, have twelve."""
MAX_SAME_PARAMETER = 5
AHEAD = timedelta(days=62)
"""An address dated later than this is a calendar's page; events are announced for the next month at most."""
MAX_VARIANTS = 60
"""Query strings of one path that a site may offer before they must look like numbered articles rather than permutations."""

_SESSION = re.compile(
    r"(?:^|[/;?&(])(?:sid|sess|session|session_?id|phpsessid|jsessionid|aspsessionid[a-z]*|token|zenid|oscsid)[=_/-]"
    r"[0-9a-z]*(?:[0-9][a-z]|[a-z][0-9])[0-9a-z]{12,}",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2}|2[1-9][0-9]{2}|[3-9][0-9]{3})[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?(?![0-9])")
_CALENDAR = re.compile(
    r"(?:^|[/_.?&=-])(?:calendar|lich|events?|su-kien|archives?|luu-tru|ngay|thang|date|month|year|nam)(?:[/_.?&=-]|$)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:^|&)(?:year|nam|y)=([0-9]{4,5})(?:&|$)", re.IGNORECASE)


def trap_in(url: str, today: date) -> str | None:
    """What makes one address alone a trap: depth, repetition, sessions, too many parameters, a calendar's far future."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return f"path of {len(segments)} segments"
    if (repeated := _repeated(segments)) is not None:
        return f"path repeats {repeated[:100]!r}"
    if _SESSION.search(parts.path) or _SESSION.search(f"?{parts.query}"):
        return "session id in the address"
    names = [pair.partition("=")[0] for pair in parts.query.split("&") if pair]
    if len(names) > MAX_PARAMETERS:
        return f"{len(names)} parameters"
    if names and max(names.count(name) for name in set(names)) > MAX_SAME_PARAMETER:
        return "one parameter over and over"
    return _calendar(parts.path, parts.query, today)


def _repeated(segments: list[str]) -> str | None:
    """The first run of up to four segments that follows itself more than MAX_REPEATS times; numbers alone are dates or ids."""
    for size in range(1, 5):
        again = 1
        for start in range(size, len(segments) - size + 1):
            same = segments[start] == segments[start - size]
            again = again + 1 if same else 1
            if again > MAX_REPEATS * size and not all(part.isdigit() for part in segments[start - size + 1 : start + 1]):
                return "/".join(segments[start - size + 1 : start + 1])
    return None


def _calendar(path: str, query: str, today: date) -> str | None:
    if not _CALENDAR.search(f"{path}?{query}"):
        return None
    for match in _DAY.finditer(f"{path}?{query}"):
        year, month = int(match[1]), int(match[2])
        if 1 <= month <= 12 and (year, month) > _month(today + AHEAD):
            return f"calendar page of {year}-{month:02}"
    for match in _YEAR.finditer(query):
        if int(match[1]) > (today + AHEAD).year:
            return f"calendar page of {match[1]}"
    return None


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


@dataclass(slots=True)
class _Variants:
    count: int = 0
    values: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class Permutations:
    """Remembers the query strings of each path, to tell numbered articles from the permutations of a few parameters.

    Among articles one parameter, the id, differs nearly every time; permutations combine few values of several.
    """

    def __init__(self) -> None:
        self._paths: defaultdict[tuple[str, str], _Variants] = defaultdict(_Variants)

    def trap_in(self, url: str) -> str | None:
        """Count a new address (canonical, each once); the trap, once its path has offered too many permutations."""
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)
        if len(pairs) < 2:
            return None
        seen = self._paths[parts.netloc, parts.path]
        seen.count += 1
        for name, value in pairs:
            known = seen.values[name[:50]]
            if len(known) <= 2 * MAX_VARIANTS:
                known.add(value[:50])
        most = max(len(values) for values in seen.values.values())
        if seen.count > MAX_VARIANTS and most < min(seen.count, 2 * MAX_VARIANTS) / 2:
            return f"{seen.count} permutations of {len(seen.values)} parameters"
        return None
