"""What each host has asked of us in this run: answers in, how long to wait before the next request out."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.items import Reason

LONGEST_SLEEP = 60.0
"""Seconds. A host that asks for more is left alone for the rest of the run; its pages stay `discovered`."""
LONGEST_INTERVAL = 30.0
"""Seconds between two requests to a host, whatever it or its robots.txt asks for: more would make a run endless."""
FIRST_BACKOFF = 2.0
"""Seconds to stay away from a host that says 429 or 503 and names no time; doubled each time in a row."""
REFUSALS = 3
"""429 answers in a row after which a host is left alone for the run."""
FAILURES = 5
"""Addresses in a row without any answer after which a host is left alone: not thirty seconds for each of its pages. One broken
page that is tried three times counts once."""
FAR_FUTURE = 30 * 86_400.0

_SECONDS = re.compile(r"\s*([0-9]{1,64})\s*")


@dataclass(frozen=True, slots=True)
class Deferral:
    """A host is left alone for the rest of the run, and why."""

    reason: Reason
    detail: str


@dataclass(slots=True)
class _Host:
    quiet_until: float = 0.0
    interval: float = 0.0
    asked_at: float = float("-inf")
    refusals: int = 0
    silent: set[str] = field(default_factory=set)
    deferral: Deferral | None = None


class Courtesy:
    """The memory of one run, by host name. Everything else that paces requests (slots, AutoThrottle) only adds to it."""

    def __init__(self, delay: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`delay`: seconds usually left between two requests; `clock`: seconds that never go back."""
        self._delay = delay
        self._clock = clock
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    def wait(self, host: str) -> float:
        """Seconds until the host may be asked again; 0 for now."""
        state = self._hosts[host]
        return max(0.0, max(state.quiet_until, state.asked_at + state.interval) - self._clock())

    def deferral(self, host: str) -> Deferral | None:
        """Why the host is not asked again in this run, or None."""
        return self._hosts[host].deferral

    def asked(self, host: str) -> None:
        """A request goes out now."""
        self._hosts[host].asked_at = self._clock()

    def slow(self, host: str, seconds: float) -> None:
        """Leave at least so many seconds between two requests (robots.txt's Crawl-delay), up to the bound."""
        state = self._hosts[host]
        state.interval = max(state.interval, min(seconds, LONGEST_INTERVAL))

    def failed(self, host: str, url: str, reason: Reason, detail: str) -> None:
        """A request brought no answer at all."""
        state = self._hosts[host]
        state.silent.add(url)
        if len(state.silent) >= FAILURES and state.deferral is None:
            state.deferral = Deferral(reason, f"left alone after {FAILURES} addresses in a row without an answer: {detail}")

    def answered(self, host: str, status: int, retry_after: str | None, now: datetime) -> None:
        """An answer came; 429 and 503 slow the host down for the run and are obeyed."""
        state = self._hosts[host]
        state.silent.clear()
        if status not in (429, 503):
            state.refusals = 0
            return
        state.refusals += 1
        state.interval = min(max(2 * state.interval, 2 * self._delay, 1.0), LONGEST_INTERVAL)
        asked = seconds_of(retry_after, now)
        pause = FIRST_BACKOFF * 2 ** min(state.refusals - 1, 5) if asked is None else asked
        state.quiet_until = max(state.quiet_until, self._clock() + pause)
        if asked is not None and asked > LONGEST_SLEEP:
            state.deferral = Deferral(Reason.RATE_LIMITED, f"answered {status}, Retry-After {asked:.0f} s")
        elif status == 429 and state.refusals >= REFUSALS:
            state.deferral = Deferral(Reason.RATE_LIMITED, f"answered 429 {state.refusals} times in a row")


def seconds_of(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After as seconds from `now` (aware): a number or an HTTP date (RFC 9110 10.2.3); None where it says neither.

    The past is 0, and nothing is longer than 30 days.
    """
    if retry_after is None:
        return None
    if (number := _SECONDS.fullmatch(retry_after)) is not None:
        return min(float(number[1]), FAR_FUTURE)
    try:
        moment = parsedate_to_datetime(retry_after[:100])
        # A date without a zone (-0000) is meant in GMT, as every HTTP date is.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((aware - now).total_seconds(), 0.0), FAR_FUTURE)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
