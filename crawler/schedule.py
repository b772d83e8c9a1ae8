"""What is known of an endpoint and what its last visit brought in; its status and the time of its next visit out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.courtesy import seconds_of
from crawler.items import Health, Reason

FIRST_INTERVAL = timedelta(days=1)
SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=30)
"""Nothing is asked more often than hourly or less often than monthly, whatever it says of itself."""
MOSTLY_NEW = 0.5
HARDLY_NEW = 0.1
"""Shares of new entries between which the interval stays as it is; beyond them it is halved or doubled."""
QUIET_AFTER = timedelta(days=60)
"""An endpoint that answers and has shown nothing new for so long is quiet."""
BLOCKED_INTERVAL = timedelta(days=7)

HARD = frozenset({Reason.DNS})
"""A domain that is gone seldom comes back; everything else, a 404 on a feed too, passes more often than not."""
_GONE = 410
_HARD_DEATH = (4, timedelta(days=21))
_SOFT_DEATH = (8, timedelta(days=60))
"""Failures in a row and the time that they must span: Common Crawl's news-crawl gives a feed's 404 two months as well."""
LONG_FAILING = 4
"""Failures in a row after which a run that nobody watches waits for the endpoint's own time."""

BELIEVED_FOR = timedelta(days=13)
"""For so long "unchanged" is believed of an endpoint: with weekly runs every other answer is a whole one at the latest. There are
servers that say 304 for ever."""

_PLAUSIBLE_PACE = (timedelta(minutes=1), LONGEST)


@dataclass(frozen=True, slots=True)
class History:
    """An endpoint as its earlier visits left it; times are aware."""

    failures: int = 0
    """In a row."""
    interval: timedelta | None = None
    """Between two visits while it answered; None: it never did."""
    changed_at: datetime | None = None
    """The last visit that brought something new, or the first that was answered."""
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one visit brought."""

    at: datetime
    health: Health
    """`ok`, `failing` or `blocked`: the rest is decided here."""
    reason: Reason | None = None
    http_status: int | None = None
    items: int | None = None
    """Entries listed; None where the answer was unchanged or none."""
    new: int = 0
    every: timedelta | None = None
    """The endpoint's own word on how often it changes."""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the store keeps of it; `next_check_at` is when the endpoint is due again."""

    status: Health
    next_check_at: datetime
    history: History


def decide(history: History, seen: Seen, *, may_fall_silent: bool = True) -> Decision:
    """The endpoint's status after a visit, and its next one.

    The interval is halved when most of what is listed is new and doubled when hardly anything is, between an hour and 30 days,
    and never shorter than the endpoint's own ttl. A failure doubles the wait from a day on; Retry-After prolongs it.
    `may_fall_silent`: False for what lists no articles of its own, such as an index of sitemaps.
    """
    if seen.health == "ok":
        return _answered(history, seen, may_fall_silent)
    failures = history.failures + 1
    since = history.failing_since or seen.at
    after = History(failures, history.interval, history.changed_at, since)
    if seen.health == "blocked":
        # It answers, so the time until it counts as dead begins anew.
        barred = replace(after, failing_since=None)
        return Decision("blocked", seen.at + _at_least(BLOCKED_INTERVAL, seen.retry_after), barred)
    if _is_dead(failures, seen.at - since, seen):
        return Decision("dead", seen.at + LONGEST, after)
    wait = min(FIRST_INTERVAL * 2 ** min(failures - 1, 10), LONGEST)
    return Decision("failing", seen.at + _at_least(wait, seen.retry_after), after)


def _answered(history: History, seen: Seen, may_fall_silent: bool) -> Decision:
    interval = history.interval or FIRST_INTERVAL
    share = seen.new / seen.items if seen.items else 0.0
    if history.interval is not None:
        interval = interval / 2 if share >= MOSTLY_NEW else interval * 2 if share <= HARDLY_NEW else interval
    if seen.every is not None and _PLAUSIBLE_PACE[0] <= seen.every <= _PLAUSIBLE_PACE[1]:
        interval = max(interval, seen.every)
    interval = min(max(interval, SHORTEST), LONGEST)
    changed = seen.at if seen.new or history.changed_at is None else history.changed_at
    quiet = may_fall_silent and seen.at - changed >= QUIET_AFTER
    return Decision("quiet" if quiet else "ok", seen.at + interval, History(0, interval, changed, None))


def _is_dead(failures: int, span: timedelta, seen: Seen) -> bool:
    hard = seen.reason in HARD or seen.http_status == _GONE
    enough, long_enough = _HARD_DEATH if hard else _SOFT_DEATH
    return failures >= enough and span >= long_enough


def _at_least(wait: timedelta, retry_after: timedelta | None) -> timedelta:
    return min(max(wait, retry_after or wait), LONGEST)


def rests(status: Health, failures: int, next_check_at: datetime | None, at: datetime, *, unattended: bool) -> bool:
    """Whether an endpoint is left out of a run that starts at `at`.

    A dead one is, until it is due. So is, in a run that nobody watches, one that has been failing for long. Everything else is
    always asked: the weekly run comes more rarely than almost anything is due.
    """
    if next_check_at is None or next_check_at <= at:
        return False
    return status == "dead" or (unattended and status == "failing" and failures >= LONG_FAILING)


def is_believed(whole_at: datetime | None, at: datetime, *, lies: bool) -> bool:
    """Whether an endpoint is asked for changes only, rather than for everything; `whole_at`: its last answer with a body."""
    return not lies and whole_at is not None and at - whole_at < BELIEVED_FOR


def retry_after(value: str | None, at: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for, in seconds or as an HTTP date (RFC 9110 10.2.3); None for nonsense."""
    wait = seconds_of(value, at)
    return timedelta(seconds=wait) if wait else None
