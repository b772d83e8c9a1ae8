"""A feed's tree in, how often the feed says of itself that it changes out."""

from __future__ import annotations

from datetime import timedelta

from lxml import etree

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_MAX_CHILDREN = 1_000
_MOST = 10_000_000


def pace(channel: etree._Element) -> timedelta | None:
    """The longer of `ttl` (RSS 2.0, minutes) and `updatePeriod` / `updateFrequency` (RSS 1.0 syndication); None where neither
    makes sense: words, signs, zero."""
    said = dict(_children(channel))
    found = []
    if minutes := _positive(said.get("ttl")):
        found.append(timedelta(minutes=minutes))
    if period := _PERIODS.get(said.get("updateperiod", "").lower()):
        found.append(period / (_positive(said.get("updatefrequency", "1")) or 1))
    return max(found, default=None)


def _children(channel: etree._Element) -> list[tuple[str, str]]:
    return [
        (str(child.tag).rpartition("}")[2].rpartition(":")[2].lower(), (child.text or "").strip())
        for child, _ in zip(channel, range(_MAX_CHILDREN), strict=False)
        if isinstance(child.tag, str)
    ]


def _positive(text: str | None) -> int | None:
    return min(int(text), _MOST) if text and text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else None
