"""A moment in, the ways in which content systems and feeds write it out: right, odd and wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_RUSSIAN_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def weekday(when: datetime) -> str:
    """The Vietnamese name of the day."""
    return _DAYS[when.weekday()]


def today_line(now: datetime, language: str) -> str:
    """Today's date as mastheads print it: the day of the visit, never the article's."""
    if language == "en":
        return f"{now:%A, %B} {now.day}, {now.year}"
    if language == "ru":
        return f"{now.day} {_RUSSIAN_MONTHS[now.month - 1]} {now.year}"
    return f"{weekday(now)}, {now:%d/%m/%Y}"


def visible(when: datetime, shape: str, language: str) -> str:
    """The date line of an article page as that content system prints it."""
    if language == "en":
        return f"{when:%B} {when.day}, {when.year} | {when:%H:%M}"
    if language == "ru":
        return f"{when.day} {_RUSSIAN_MONTHS[when.month - 1]} {when.year}, {when:%H:%M}"
    day = weekday(when)
    return {
        "nukeviet": f"{day.capitalize()} - {when:%d/%m/%Y %H:%M}",
        "liferay": f"{when:%Y-%m-%d %H:%M:%S}.0",
        "sharepoint": f"{day}, ngày {when:%d/%m/%Y %H:%M}",
        "sharepoint-item": f"{when:%d/%m/%Y %I:%M:%S %p}",
        "joomla": f"{day.capitalize()}, {when.day:02} Tháng {when.month} {when.year} {when:%H:%M}",
        "vnexpress": f"{day.capitalize()}, {when.day}/{when.month}/{when.year}, {when:%H:%M} (GMT+7)",
        "query-page": f"{when:%H:%M}, {when:%d/%m/%Y}",
        "vccorp": f"{when:%H:%M} | {when:%d/%m/%Y}",
        "wordpress": f"{when:%d/%m/%Y}, {when:%H:%M}",
        "onecms": f"{day}, {when:%d/%m/%Y %H:%M} GMT +7",
    }[shape]


def short_day(when: datetime, language: str) -> str:
    """The date beside a link in a list."""
    return f"{when:%b} {when.day}, {when.year}" if language == "en" else f"{when:%d/%m/%Y}"


def feed_date(when: datetime, style: str, position: int) -> str:
    """A feed's date. `wrong` turns through the epoch, a far future, no date at all and one month too early, by position."""
    if style == "wrong":
        month_early = (when - timedelta(days=30)).isoformat()
        return ("1970-01-01T00:00:00Z", "2036-02-30T25:61:00Z", "vừa xong", month_early)[position % 4]
    return {
        "rfc822": format_datetime(when),
        "gmt": format_datetime(when.astimezone(UTC), usegmt=True),
        "gmt7": f"{format_datetime(when)[:-6]} GMT+7",
        "vietnamese": f"{weekday(when)}, {when:%d/%m/%Y %H:%M} (GMT+7)",
        "iso": when.isoformat(),
    }[style]
