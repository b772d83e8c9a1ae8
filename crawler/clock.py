"""The one clock: the present moment in Asia/Ho_Chi_Minh."""

from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has kept +07:00 without daylight saving since 1975, so a fixed offset needs no time zone database."""


def now() -> datetime:
    """Now, in Asia/Ho_Chi_Minh, to the second."""
    return datetime.now(VIETNAM).replace(microsecond=0)
