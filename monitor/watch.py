"""The tallies of a database and a day in, the signals of the weeks before it stored: what monitor/signals.py makes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from sqlite_utils import Database

from crawler.roster import Roster
from crawler.store import signals as store
from monitor.signals import (
    HISTORY,
    RULE,
    SPAN,
    Count,
    Dim,
    Signal,
    first_coverage,
    no_coverage,
    observed_weeks,
    weekly_signal,
)

LOOKED_BACK = timedelta(days=35)
"""Articles come in late, so the weeks of the last month are judged again each time."""


def watch(db: Database, roster: Roster, as_of: date) -> None:
    """Look for signals up to a day (Asia/Ho_Chi_Minh), whose tallies have been counted, and store them."""
    since = as_of - LOOKED_BACK + timedelta(days=1)
    found = (*_coverage(db, roster, as_of, since), *_absent(db, roster, as_of))
    store.replace(db, [_row(signal) for signal in found], since.isoformat(), as_of.isoformat())


def _coverage(db: Database, roster: Roster, as_of: date, since: date) -> Iterator[Signal]:
    whole = {date.fromisoformat(day): Count(articles, stories) for day, articles, stories in store.whole(db)}
    weeks = observed_weeks(whole, as_of)
    judged = [n for n, week in enumerate(weeks) if week + timedelta(days=6) >= since]
    oldest = weeks[max(0, judged[0] - HISTORY)] if judged else as_of
    series: dict[tuple[str, str], dict[date, Count]] = defaultdict(dict)
    for dim, key, day, articles, stories in store.weekly(db, oldest.isoformat(), as_of.isoformat()):
        series[dim, key][date.fromisoformat(day)] = Count(articles, stories)
    existing = {agency.id for agency in roster.agencies if agency.valid_on(as_of)}
    unread = store.unread_sources(db)
    for name, key, day, articles in store.firsts(db, as_of.isoformat()):
        dim, begun = _dim(name), date.fromisoformat(day)
        if dim == "agency" and key not in existing:
            continue
        if begun >= since and (first := first_coverage(dim, key, begun, articles, weeks)):
            yield first
        for n in judged if dim != "topic" else ():
            signal = weekly_signal(dim, key, series[dim, key], weeks[: n + 1], begun)
            if signal and not (signal.kind == "silence" and dim == "source" and key in unread):
                yield signal


def _absent(db: Database, roster: Roster, as_of: date) -> Iterator[Signal]:
    """The counted bodies that nothing named, where anything was collected at all."""
    covered, articles = store.covered(db, (as_of - SPAN + timedelta(days=1)).isoformat(), as_of.isoformat())
    for body in roster.bodies_on(as_of) if articles else ():
        if body.id not in covered:
            yield no_coverage(body.id, as_of)


def _dim(name: str) -> Dim:
    return "agency" if name == "agency" else "source" if name == "source" else "topic"


def _row(signal: Signal) -> store.NewSignal:
    since = signal.since.isoformat() if signal.since else None
    return (
        signal.kind, signal.dim, signal.key, signal.first_on.isoformat(), signal.last_on.isoformat(), signal.value,
        signal.expected, since, RULE,
    )  # fmt: skip
