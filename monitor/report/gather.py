"""A database, the roster and a month in, the month's report out: every number counted from the rows as they are now."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date, timedelta

from sqlite_utils import Database

from crawler.clock import now
from crawler.roster import Agency, Roster, Target
from crawler.store import read_report as store
from crawler.store import signals
from crawler.store.read_report import Count, Judged, Output, ProofRow, Span
from monitor.report import content
from monitor.report.changes import changes, rule_changes
from monitor.report.content import (
    Body,
    Counted,
    DutyLine,
    Group,
    Outlet,
    Proof,
    Quality,
    Report,
    Revision,
    Signal,
    TargetLine,
    Verdict,
    Week,
)
from monitor.report.months import Month
from monitor.site.strings import Strings

WEEKS = 13
"""How many weeks a report's curves reach back: a quarter."""
_EXAMPLES = 3
_EXACT = 1e-9


def gather(db: Database, roster: Roster, month: Month, previous: Report | None, words: Strings) -> Report:
    """Count everything for a month whose last day has been measured; `previous` is the frozen report of the month before."""
    span = (month.first, month.last)
    bodies = roster.bodies_on(month.last)
    verdicts = _verdicts(db, month.last, words)
    decisions = tuple(_proof(row) for row in store.decided(db))
    named = _bodies(db, roster, bodies, span)
    found = changes(previous, verdicts, decisions) if previous else ()
    return Report(
        format=content.FORMAT,
        month=str(month),
        first_on=month.first.isoformat(),
        last_on=month.last.isoformat(),
        due_on=month.due_on.isoformat(),
        frozen_at=now().isoformat(),
        previous=previous.month if previous else None,
        coverage=_counted(store.counted(db, span)),
        coverage_before=previous.coverage.articles if previous else None,
        groups=_groups(db, roster, span, previous, words),
        weeks=_weeks(db, roster, month.last),
        targets=tuple(_target(target, verdicts) for target in sorted(roster.programme.targets, key=lambda t: t.position)),
        bodies=named,
        verdicts=verdicts,
        duties=_duties(db, roster, month),
        outlets=tuple(_outlet(row) for row in store.outputs(db, span)),
        signals=_signals(db, named, span),
        decisions=decisions,
        changes=found,
        rules=rule_changes(previous, verdicts, found) if previous else (),
        revisions=_revisions(db, previous) if previous else (),
        quality=_quality(db, month, previous),
    )


# ── targets ────────────────────────────────────────────────────────────────────────────────────
def _verdicts(db: Database, day: date, words: Strings) -> tuple[Verdict, ...]:
    rows = store.judged(db, day)
    proofs = store.proofs(db, [row.evidence_id for row in rows if row.evidence_id is not None])
    beside: dict[str, list[Proof]] = {}
    for row in store.proofs_beside(db, "plans-2025", "resolution-plan", day):
        beside.setdefault(row.unit_id, []).append(_proof(row))
    return tuple(
        _verdict(
            replace(row, name=words("unit_name.programme")) if row.unit_id == "programme" else row,
            proofs.get(row.evidence_id or 0),
            tuple(beside.get(row.unit_id, ())) if row.target_id == "plans-2025" else (),
        )
        for row in rows
    )


def _verdict(row: Judged, proof: ProofRow | None, beside: tuple[Proof, ...]) -> Verdict:
    return Verdict(
        target=row.target_id,
        unit=row.unit_id,
        name=row.name,
        verdict=row.verdict,
        reason=row.reason,
        rule=row.rule,
        since=row.since,
        last_item_on=row.last_item_on,
        detail=row.detail,
        evidence=_proof(proof) if proof else None,
        beside=beside,
    )


def _proof(row: ProofRow) -> Proof:
    return Proof(**{name: value for name, value in asdict(row).items() if name not in ("target_id", "unit_id")})


def _target(target: Target, verdicts: tuple[Verdict, ...]) -> TargetLine:
    own = [verdict for verdict in verdicts if verdict.target == target.id]
    count = Counter(verdict.verdict for verdict in own)
    met, not_met, unknown = count["met"], count["not_met"], count["unknown"]
    return TargetLine(
        id=target.id,
        name=target.name_vi,
        due_on=target.due_on.isoformat(),
        share_due=target.share,
        unit=target.unit,
        measured_by=target.measured_by,
        met=met,
        not_met=not_met,
        unknown=unknown,
        denominator=len(own),
        share=met / len(own) if own else None,
        confirmed=sum(v.verdict == "met" and v.evidence is not None and v.evidence.state == "confirmed" for v in own),
        outcome=_outcome(target, met, unknown, len(own)),
    )


def _outcome(target: Target, met: int, unknown: int, whole: int) -> str:
    """Of figures and of the programme as a whole the verdicts already hold the share; of the others it is the share of units."""
    due = target.share if target.measured_by != "figures" else 1.0
    if whole and met / whole >= due - _EXACT:
        return "met"
    return "unknown" if not whole or (met + unknown) / whole >= due - _EXACT else "not_met"


# ── coverage ───────────────────────────────────────────────────────────────────────────────────
def _counted(count: Count) -> Counted:
    return Counted(count.articles, count.stories, count.originals)


def _groups(db: Database, roster: Roster, span: Span, previous: Report | None, words: Strings) -> tuple[Group, ...]:
    counts = store.groups(db, span)
    before = {group.id: group.counted.articles for group in previous.groups} if previous else {}
    return tuple(
        Group(
            group.id,
            words.code("group", group.id),
            _counted(counts.get(group.id, Count(0, 0, 0))),
            before.get(group.id),
            tuple(content.Example(*row) for row in store.newest(db, span, _EXAMPLES, group.id)),
        )
        for group in sorted(roster.programme.task_groups, key=lambda g: g.position)
    )


def _weeks(db: Database, roster: Roster, last: date) -> tuple[Week, ...]:
    span = (last - timedelta(days=last.weekday() + 7 * (WEEKS - 1)), last)
    by_group = store.group_weeks(db, span)
    groups = [group.id for group in roster.programme.task_groups]
    return tuple(
        Week(monday, articles, originals, {group: by_group.get((group, monday), 0) for group in groups})
        for monday, articles, originals in store.weeks(db, span)
    )


def _bodies(db: Database, roster: Roster, bodies: tuple[Agency, ...], span: Span) -> tuple[Body, ...]:
    """The counted bodies with the articles that name them; what names a predecessor names the body of today."""
    today = {agency.id: roster.today_of(agency.id, span[1]).id for agency in roster.agencies}
    named = {(article, today.get(agency, agency)): original for article, agency, original in store.named_bodies(db, span)}
    articles = Counter(body for _, body in named)
    originals = Counter(body for (_, body), original in named.items() if original)
    return tuple(Body(body.id, body.name_vi, body.kind, body.city, articles[body.id], originals[body.id]) for body in bodies)


def _outlet(row: Output) -> Outlet:
    share = row.articles / row.published if row.published else None
    return Outlet(row.id, row.name, row.kind, row.key_press, row.articles, row.originals, row.published, share)


# ── duties, corrections, quality ───────────────────────────────────────────────────────────────
def _duties(db: Database, roster: Roster, month: Month) -> tuple[DutyLine, ...]:
    """Every duty with the latest time at which it was due; what nobody told is waited for."""
    rows = store.duty_rows(db, month.due_on)
    lines = []
    for duty in roster.programme.duties:
        own = [row for row in rows if row[0] == duty.id]
        states = Counter(row[4] for row in own)
        due_on = own[0][3] if own else ""
        lines.append(DutyLine(duty.id, duty.name_vi, due_on, len(own), states["done"], states["late"], states["waiting"]))
    return tuple(lines)


def _signals(db: Database, bodies: tuple[Body, ...], span: Span) -> tuple[Signal, ...]:
    """The signals that ended in the period, then the bodies that the whole period has no coverage of."""
    found = signals.between(db.conn, span[0].isoformat(), span[1].isoformat())
    told = tuple(Signal(s.kind, s.dim, s.key, s.name_vi, s.first_on, float(s.value), s.expected) for s in found)
    absent = [body for body in bodies if not body.articles] if any(body.articles for body in bodies) else []
    return (*told, *(Signal("no-coverage", "agency", b.id, b.name, span[0].isoformat(), 0.0, None) for b in absent))


def _revisions(db: Database, previous: Report) -> tuple[Revision, ...]:
    """Numbers of the month before that would be others if they were counted today."""
    span = (date.fromisoformat(previous.first_on), date.fromisoformat(previous.last_on))
    counts, outputs = store.groups(db, span), {row.id: row for row in store.outputs(db, span)}
    lines = [
        Revision("articles", "", "", previous.coverage.articles, store.counted(db, span).articles),
        *(
            Revision("group", group.id, group.name, group.counted.articles, counts.get(group.id, Count(0, 0, 0)).articles)
            for group in previous.groups
        ),
        *(
            Revision("outlet", outlet.id, outlet.name, outlet.articles, outputs[outlet.id].articles)
            for outlet in previous.outlets
            if outlet.id in outputs
        ),
    ]
    return tuple(line for line in lines if line.reported != line.now)


def _quality(db: Database, month: Month, previous: Report | None) -> Quality:
    states = store.page_states(db, month.first)
    listed, failed = sum(states.values()), states.get("failed", 0)
    run = store.last_run(db)
    before = (date.fromisoformat(previous.first_on), date.fromisoformat(previous.last_on)) if previous else None
    return Quality(
        sources=store.standings(db),
        unread=tuple(content.Unread(**asdict(row)) for row in store.unreadable(db)),
        listed=listed,
        failed=failed,
        refused=states.get("refused", 0),
        failed_share=failed / listed if listed else None,
        failures=store.failures(db, month.first),
        run=run.id if run else None,
        run_command=run.command if run else None,
        run_finished_at=run.finished_at if run else None,
        run_state=run.state if run else None,
        corrected=store.corrections(db, before, previous.frozen_at) if before and previous else 0,
    )
