"""Weekly counts of bodies and outlets in; spikes, silences and first coverage, each against the thing's own past, out. Pure.

A series of few or small counts says little, so what is asked of it is a probability: how likely is such a week, or such a run
of empty weeks, where the past says what is usual? Only what would come by chance less than once in RARE weeks is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from statistics import median
from typing import Literal

import numpy as np

RULE = "signals/1"
HISTORY = 26
"""Weeks of the past that are looked at: half a year."""
FEWEST_WEEKS = 8
"""Weeks of a past that says anything."""
LEVEL_WEEKS = 4
"""Weeks that a new level must last before it counts as what is usual."""
RARE = 1e-4
"""Some 250 series a week: at this chance a false alarm comes about once in a year."""
FEWEST_STORIES = 5
"""A spike has this many different texts: one agency text printed by forty papers is no event of its own."""
OBSERVED = 0.25
"""A week with less than this share of the usual whole coverage was not collected properly, and says nothing of anybody."""
SPAN = timedelta(days=30)
"""What `no-coverage` looks back on."""
_WEEK = timedelta(days=7)

Kind = Literal["spike", "silence", "no-coverage", "first-coverage"]
Dim = Literal["agency", "source", "topic"]
Weeks = Mapping[date, "Count"]


@dataclass(frozen=True, slots=True)
class Count:
    """Relevant articles of one week, and how many different texts they are."""

    articles: int
    stories: int


@dataclass(frozen=True, slots=True)
class Signal:
    """Something out of the ordinary; days are Asia/Ho_Chi_Minh and included."""

    kind: Kind
    dim: Dim
    key: str
    first_on: date
    last_on: date
    value: int
    expected: float | None = None
    since: date | None = None


def observed_weeks(whole: Weeks, until: date) -> list[date]:
    """The Mondays of all weeks that are over on `until` and were collected, the oldest first."""
    if not whole:
        return []
    first, last = min(whole), until - timedelta(days=until.weekday() + 7) if until.weekday() < 6 else until - timedelta(days=6)
    mondays = [first + n * _WEEK for n in range((last - first).days // 7 + 1)]
    kept: list[date] = []
    for monday in mondays:
        now = whole[monday].articles if monday in whole else 0
        usual = median([whole[week].articles for week in kept[-HISTORY:]]) if kept else 0
        if now and now >= OBSERVED * usual:
            kept.append(monday)
    return kept


def weekly_signal(dim: Dim, key: str, series: Weeks, weeks: Sequence[date], begun: date) -> Signal | None:
    """What the last of these weeks is, against those before it: a spike, a silence, or nothing worth telling.

    `begun` is the first day on which the thing was covered at all: weeks before it are no past of its own.
    """
    known = [week for week in weeks[-HISTORY - 1 :] if week + _WEEK > begun]
    counts = [series[week].articles if week in series else 0 for week in known]
    if len(counts) <= FEWEST_WEEKS:
        return None
    return _spike(dim, key, series, known, counts) if counts[-1] else _silence(dim, key, known, counts)


def first_coverage(dim: Dim, key: str, first: date, articles: int, weeks: Sequence[date]) -> Signal | None:
    """The day on which something was covered for the first time, where there had been weeks to cover it before."""
    before = sum(week + _WEEK <= first for week in weeks)
    return Signal("first-coverage", dim, key, first, first, articles) if before >= FEWEST_WEEKS else None


def no_coverage(key: str, until: date) -> Signal:
    """A body that nothing named in the 30 days up to `until`."""
    return Signal("no-coverage", "agency", key, until - SPAN + timedelta(days=1), until, 0)


def _spike(dim: Dim, key: str, series: Weeks, weeks: list[date], counts: list[int]) -> Signal | None:
    now, before = counts[-1], counts[:-1]
    if series[weeks[-1]].stories < FEWEST_STORIES:
        return None
    start = _level_start(before)
    mean, variance = _usual(before[start:], upwards=True)
    if now < 2 * mean or _at_least(now, mean, variance) >= RARE:
        return None
    return Signal("spike", dim, key, weeks[-1], weeks[-1] + timedelta(days=6), now, _plain_mean(before[start:]), weeks[start])


def _silence(dim: Dim, key: str, weeks: list[date], counts: list[int]) -> Signal | None:
    empty = sum(1 for _ in takewhile(lambda count: not count, reversed(counts)))
    before = counts[: len(counts) - empty]
    # Even Poisson's chance of no article, at the highest count there was, would not be rare: most series end here.
    if len(before) < FEWEST_WEEKS or np.exp(-max(before) * empty) >= RARE:
        return None
    level = before[_level_start(before) :]
    mean, variance = _usual(level, upwards=False)
    if _none_at_all(mean, variance) ** empty >= RARE:
        return None
    return Signal("silence", dim, key, weeks[-1], weeks[-1] + timedelta(days=6), 0, _plain_mean(level), weeks[-empty])


# ── what is usual ──────────────────────────────────────────────────────────────────────────────
def _level_start(counts: Sequence[int]) -> int:
    """Where the present level begins: the last change point of the counts, made even by Anscombe's root (variance 1)."""
    if len(counts) < 2 * LEVEL_WEEKS:
        return 0
    from ruptures import Pelt  # loads matplotlib's friends: only where there is a series to look at

    roots = 2 * np.sqrt(np.asarray(counts, dtype=float) + 3 / 8)
    steps = np.abs(np.diff(roots))
    noise = max(1.0, float((np.median(steps) * 1.4826) ** 2 / 2))
    found = Pelt(model="l2", min_size=LEVEL_WEEKS, jump=1).fit(roots.reshape(-1, 1)).predict(pen=3 * noise * np.log(len(roots)))
    return int(found[-2]) if len(found) > 1 else 0


def _usual(counts: Sequence[int], *, upwards: bool) -> tuple[float, float]:
    """Mean and variance of a week to come; few weeks make both worse, in the direction in which an alarm would be given."""
    n = len(counts)
    middle = float(median(counts))
    capped = np.minimum(counts, 3 * middle + 3)  # an earlier spike is no reason to expect the next
    mean = max(middle, float(capped.mean())) if upwards else min(middle, float(capped.mean()))
    variance = max(mean, float(capped.var(ddof=1)))
    error = float(np.sqrt(max(variance, 1.0) / n))
    if upwards:
        return mean + error, max(mean + error, variance * (1 + 1 / n))
    mean = max(0.0, mean - error)
    return mean, max(mean, variance)


def _plain_mean(counts: Sequence[int]) -> float:
    return round(sum(counts) / len(counts), 1)


def _at_least(count: int, mean: float, variance: float) -> float:
    """How likely a week has that many or more: Poisson, or negative binomial where the past varies more than that."""
    from scipy.stats import nbinom, poisson

    if variance <= mean * 1.01:
        return float(poisson.sf(count - 1, mean))
    return float(nbinom.sf(count - 1, mean**2 / (variance - mean), mean / variance))


def _none_at_all(mean: float, variance: float) -> float:
    if mean <= 0:
        return 1.0
    if variance <= mean * 1.01:
        return float(np.exp(-mean))
    return float((mean / variance) ** (mean**2 / (variance - mean)))
