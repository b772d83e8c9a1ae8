"""The day's verdicts and what was last seen of each unit in; verdicts in which a failed fetch takes no `met` away out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from crawler.store.targets import UNREAD, Checked, UnitVerdict

KEPT = timedelta(days=30)
"""How long a `met` outlives the last time it was seen. An outage of a portal lasts days; a column may be silent for as long."""


def keep_met(verdicts: Iterable[UnitVerdict], last: Mapping[str, Checked], as_of: date) -> list[UnitVerdict]:
    """Let a unit that could not be read today, and was met when it last could, stay met with the reason `stale`.

    `detail` is then the day on which it was seen. After KEPT it is unknown, as the rule says. `last` comes from `last_checked`.
    """
    return [_kept(verdict, last.get(verdict.unit_id), as_of) for verdict in verdicts]


def _kept(verdict: UnitVerdict, last: Checked | None, as_of: date) -> UnitVerdict:
    unread = verdict.verdict == "unknown" and verdict.reason in UNREAD
    if not unread or last is None or last.verdict != "met" or as_of - date.fromisoformat(last.day) > KEPT:
        return verdict
    return replace(
        verdict,
        verdict="met",
        reason="stale",
        since=last.since,
        last_item_on=last.last_item_on,
        evidence_id=last.evidence_id,
        detail=last.day,
    )
