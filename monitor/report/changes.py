"""Two months' verdicts in, what changed and why out, a line a unit; pure, so that each line can be checked by hand.

The first of these that holds says why: the unit came or went; the source could not be read, or can be read again; a person
decided; the rule has another version; a figure or register came in; the evidence is older than the month before, so only the
finding is new; else the world itself changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.store.targets import UNREAD
from monitor.report.content import Change, Proof, Report, RuleChange, Verdict, Why

_NO_SIGHT = frozenset({*UNREAD, "stale", "no-source", "unchecked"})
"""Reasons that say that the unit's source could not be read on the day, or that it has none."""
_FIGURES = frozenset({"no-figures", "figures-missing", "figure-reached", "figure-below"})


def changes(before: Report, verdicts: Sequence[Verdict], decisions: Sequence[Proof]) -> tuple[Change, ...]:
    """Every unit whose finding differs from the month before, in the order of the verdicts; those that are gone come last.

    `decisions` is all evidence that a person has confirmed or rejected by now.
    """
    was = {(v.target, v.unit): v for v in before.verdicts}
    decided = {proof.id: proof for proof in decisions}
    found = []
    for now in verdicts:
        then = was.pop((now.target, now.unit), None)
        why = "units" if then is None else _why(then, now, before, decided)
        if why is not None:
            found.append(_change(then, now, why, decided))
    return (*found, *(_change(gone, None, "units", decided) for gone in was.values()))


def rule_changes(before: Report, verdicts: Sequence[Verdict], found: Sequence[Change]) -> tuple[RuleChange, ...]:
    """The targets that are measured by another version of their rule, and how many units that gave another result."""
    was = {v.target: v.rule for v in before.verdicts}
    now = {v.target: v.rule for v in verdicts}
    return tuple(
        RuleChange(target, was[target], rule, sum(c.target == target and c.why == "rule" for c in found))
        for target, rule in now.items()
        if was.get(target, rule) != rule
    )


def _why(then: Verdict, now: Verdict, before: Report, decided: dict[int, Proof]) -> Why | None:
    if _told(then) == _told(now):
        return None
    if now.reason in _NO_SIGHT:
        return "source-lost" if then.reason not in _NO_SIGHT or now.verdict != then.verdict else None
    if then.reason in _NO_SIGHT:
        return "source-back"
    if _overruled(then, now, before, decided):
        return "correction"
    if _newly_confirmed(then, now):
        return "confirmed"
    return _by_itself(then, now, before.last_on)


def _by_itself(then: Verdict, now: Verdict, until: str) -> Why | None:
    """Nobody decided, and the source was read both times."""
    if now.reason in _FIGURES and then.reason in _FIGURES and then.detail != now.detail:
        return "reported"
    if (then.verdict, then.reason) == (now.verdict, now.reason):
        # The same finding under another version of its rule, or on other evidence, is no change of the unit.
        return None
    new = now.evidence is not None and (then.evidence is None or then.evidence.id != now.evidence.id)
    dated = now.evidence.published_on if new and now.evidence is not None else None
    if then.rule != now.rule and (dated is None or dated <= until):
        return "rule"
    if now.reason in _FIGURES:
        return "reported"
    return "found-late" if now.verdict == "met" and dated is not None and dated <= until else "real"


def _told(verdict: Verdict) -> tuple[object, ...]:
    proof = verdict.evidence
    return (verdict.verdict, verdict.reason, verdict.rule, verdict.detail, proof and (proof.id, proof.state))


def _overruled(then: Verdict, now: Verdict, before: Report, decided: dict[int, Proof]) -> bool:
    """Did a person reject what the finding rested on, or take a word back?"""
    if (then.verdict, then.reason) == (now.verdict, now.reason):
        return False
    if then.reason == "rejected" or (now.evidence is not None and _rejected(before.decisions, now.evidence.id)):
        return True
    if then.evidence is None:
        return now.reason == "rejected"
    after = decided.get(then.evidence.id)
    return (after.state if after is not None else "detected") != then.evidence.state and (
        after is None or after.state == "rejected"
    )


def _rejected(decisions: Sequence[Proof], evidence: int) -> bool:
    return any(proof.id == evidence and proof.state == "rejected" for proof in decisions)


def _newly_confirmed(then: Verdict, now: Verdict) -> bool:
    if now.reason == "confirmed":
        return then.reason != "confirmed"
    if now.evidence is None or now.evidence.state != "confirmed":
        return False
    # A column's reason stays what it is when a person confirms the column.
    return then.evidence is not None and then.evidence.id == now.evidence.id and then.evidence.state != "confirmed"


def _change(then: Verdict | None, now: Verdict | None, why: Why, decided: dict[int, Proof]) -> Change:
    shown = now or then
    assert shown is not None
    proof = now.evidence if now is not None and now.evidence is not None else then.evidence if then is not None else None
    return Change(
        target=shown.target,
        unit=shown.unit,
        name=shown.name,
        why=why,
        verdict_before=then.verdict if then else None,
        reason_before=then.reason if then else None,
        verdict=now.verdict if now else None,
        reason=now.reason if now else None,
        rule_before=then.rule if then else None,
        rule=now.rule if now else None,
        evidence=decided.get(proof.id, proof) if proof else None,
    )
