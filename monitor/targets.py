"""What the programme asks for, measured from the rows: evidence and a verdict of three values for every unit of a target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlite_utils import Database

from crawler.clock import now
from crawler.roster import Agency, Roster
from crawler.store import sets, tallies
from crawler.store import targets as store
from crawler.store.targets import Column, Evidence, UnitVerdict, Verdict, Watched, Weighed
from monitor.duties import settle_duties
from monitor.plans import find_plan
from monitor.registers import measured
from monitor.stale import KEPT, keep_met
from monitor.tasks import match_tasks
from monitor.watch import watch

PLANS_RULE = "plans-2025/1"
COLUMNS_RULE = "columns-2025/1"
PRESS_RULE = "press-2025/1"

ALIVE = timedelta(days=30)
"""A column is alive with an item in the last 30 days; the press target counts articles of the same span."""
COUNTS = frozenset({"plan", "plan-report"})
"""The kinds of evidence that prove a plan for the programme; the others are shown beside."""
REACHED = frozenset({"ok", "quiet"})
_GONE = frozenset({404, 410})


def measure(db: Database, roster: Roster, as_of: date) -> list[dict[str, object]]:
    """Measure everything for a day (Asia/Ho_Chi_Minh), store it, and give the day's rows of target_progress."""
    tallies.refresh(db)
    tallies.rebuild_outputs(db)
    tallies.rebuild_ledger(db)
    watch(db, roster, as_of)
    sets.save(db)
    match_tasks(db)
    bodies = roster.bodies_on(as_of)
    watched = store.sources(db)
    with db.atomic():
        _write_kept(db, "plans-2025", as_of, _plans(db, roster, bodies, watched, as_of))
        _write_kept(db, "columns-2025", as_of, _columns(db, bodies, watched, as_of))
        _write_kept(db, "press-2025", as_of, _press(db, watched, as_of))
        for target in roster.programme.targets:
            if target.id not in ("plans-2025", "columns-2025", "press-2025"):
                _write(db, target.id, as_of, measured(db, target, bodies, as_of))
        settle_duties(db, roster, as_of)
    return store.progress(db, as_of)


def _write_kept(db: Database, target_id: str, as_of: date, verdicts: Sequence[UnitVerdict]) -> None:
    """Write what a crawl measured: what it could not reach never makes a number fall."""
    _write(db, target_id, as_of, keep_met(verdicts, store.last_checked(db, target_id, as_of, KEPT), as_of))


def _write(db: Database, target_id: str, as_of: date, verdicts: Sequence[UnitVerdict]) -> None:
    store.write_verdicts(db, target_id, as_of, verdicts)


# ── plans ──────────────────────────────────────────────────────────────────────────────────────
def _plans(db: Database, roster: Roster, bodies: Sequence[Agency], watched: Sequence[Watched], as_of: date) -> list[UnitVerdict]:
    """Met by the plan itself or the report of its issue; not met only where the body's own portal was read to the end."""
    units = {body.id for body in bodies}
    found: list[Evidence] = []
    for text in store.plan_texts(db, as_of):
        finding = find_plan(text)
        if finding is None:
            continue
        unit = roster.today_of(finding.agency_id, as_of).id
        if unit not in units:
            continue
        found.append(
            Evidence(
                "plans-2025",
                unit,
                text.url,
                finding.kind,
                text.published_on,
                PLANS_RULE,
                text.article_id,
                finding.passage,
                finding.document,
                finding.agency_id if finding.agency_id != unit else None,
                text.warc_file,
                text.warc_offset,
            )
        )
    evidence = _by_unit(store.write_evidence(db, "plans-2025", found, now().isoformat()), as_of)
    portals = _portals(watched)
    return [_plan_verdict(body.id, evidence[body.id], portals[body.id]) for body in bodies]


def _plan_verdict(unit: str, evidence: Sequence[Weighed], portals: Sequence[Watched]) -> UnitVerdict:
    counting = sorted((e for e in evidence if e.kind in COUNTS), key=lambda e: (e.state != "confirmed", e.kind != "plan"))
    if counting:
        since = min((e.published_on for e in counting if e.published_on), default=None)
        reason = "confirmed" if counting[0].state == "confirmed" else counting[0].kind
        return UnitVerdict("plans-2025", unit, "met", reason, PLANS_RULE, since, evidence_id=counting[0].id)
    verdict, reason = _absence(portals, "no-plan")
    return UnitVerdict("plans-2025", unit, verdict, reason, PLANS_RULE)


# ── columns and special pages ──────────────────────────────────────────────────────────────────
def _columns(db: Database, bodies: Sequence[Agency], watched: Sequence[Watched], as_of: date) -> list[UnitVerdict]:
    """Met by a column that is there and has an item of the last 30 days."""
    owner = {source.id: source.agency_id for source in watched}
    columns: dict[str, list[Column]] = defaultdict(list)
    for column in store.columns(db, as_of):
        if (agency := owner.get(column.source_id)) is not None:
            columns[agency].append(column)
    units = {body.id for body in bodies}
    found = [
        evidence
        for unit, own in columns.items()
        if unit in units
        for column in own
        for evidence in _column_evidence("columns-2025", unit, column, COLUMNS_RULE, "column")
    ]
    weighed = _by_unit(store.write_evidence(db, "columns-2025", found, now().isoformat()), as_of)
    portals = _portals(watched)
    return [
        _column_verdict("columns-2025", body.id, columns[body.id], portals[body.id], weighed[body.id], as_of, COLUMNS_RULE)
        for body in bodies
    ]


def _column_evidence(target: str, unit: str, column: Column, rule: str, kind: str) -> Iterable[Evidence]:
    if not _exists(column) and not _was_seen(column):
        return
    yield Evidence(
        target,
        unit,
        column.url,
        kind,
        None,
        rule,
        passage=column.title,
        warc_file=column.warc_file,
        warc_offset=column.warc_offset,
    )
    if column.last_item_url is not None and kind == "column":
        yield Evidence(target, unit, column.last_item_url, "column-item", column.last_item_on, rule)


def _column_verdict(
    target: str,
    unit: str,
    columns: Sequence[Column],
    sources: Sequence[Watched],
    evidence: Sequence[Weighed],
    as_of: date,
    rule: str,
) -> UnitVerdict:
    """The best of a unit's columns speaks for it; what could not be asked is never taken for a no."""
    there = [column for column in columns if _exists(column)]
    if there:
        newest = max((column.last_item_on for column in there if column.last_item_on), default=None)
        proof = next((e.id for e in evidence if e.kind in ("column", "special-page")), None)
        if proof is None:
            return UnitVerdict(target, unit, "not_met", "rejected", rule, last_item_on=newest)
        if newest is not None and date.fromisoformat(newest) >= as_of - ALIVE:
            return UnitVerdict(target, unit, "met", "alive", rule, None, newest, proof)
        if newest is None and any(column.items for column in there):
            return UnitVerdict(target, unit, "unknown", "undated", rule, None, None, proof)
        return UnitVerdict(target, unit, "not_met", "silent", rule, None, newest, proof)
    unanswered = [column for column in columns if column.http_status not in _GONE]
    if unanswered:
        return UnitVerdict(target, unit, "unknown", _why_unread(unanswered[0].reason), rule)
    verdict, reason = _absence(sources, "missing" if target == "columns-2025" else "no-page")
    return UnitVerdict(target, unit, verdict, reason, rule)


def _exists(column: Column) -> bool:
    return column.status in REACHED


def _was_seen(column: Column) -> bool:
    """Does its archived page still speak for a column that merely does not answer now?"""
    return column.warc_file is not None and column.http_status not in _GONE


def _press(db: Database, watched: Sequence[Watched], as_of: date) -> list[UnitVerdict]:
    """Met by a special page that is alive, and relevant articles in the last 30 days."""
    outlets = [source for source in watched if source.key_press]
    columns: dict[str, list[Column]] = defaultdict(list)
    for column in store.columns(db, as_of):
        columns[column.source_id].append(column)
    output = store.relevant_output(db, as_of - ALIVE, as_of)
    found: list[Evidence] = []
    for outlet in outlets:
        for column in columns[outlet.id]:
            found += _column_evidence("press-2025", outlet.id, column, PRESS_RULE, "special-page")
        for article_id, url, day in output.get(outlet.id, [])[:20]:
            found.append(Evidence("press-2025", outlet.id, url, "article", day, PRESS_RULE, article_id))
    weighed = _by_unit(store.write_evidence(db, "press-2025", found, now().isoformat()), as_of)
    verdicts = []
    for outlet in outlets:
        verdict = _column_verdict("press-2025", outlet.id, columns[outlet.id], [outlet], weighed[outlet.id], as_of, PRESS_RULE)
        if verdict.verdict == "met" and not output.get(outlet.id):
            verdict = UnitVerdict("press-2025", outlet.id, "not_met", "no-output", PRESS_RULE, None, verdict.last_item_on)
        verdicts.append(verdict)
    return verdicts


# ── shared ─────────────────────────────────────────────────────────────────────────────────────
def _portals(watched: Sequence[Watched]) -> dict[str, list[Watched]]:
    portals: dict[str, list[Watched]] = defaultdict(list)
    for source in watched:
        if source.agency_id is not None:
            portals[source.agency_id].append(source)
    return portals


def _by_unit(weighed: Sequence[Weighed], as_of: date) -> dict[str, list[Weighed]]:
    """Evidence that counts on a day: published on or before it, and not rejected by a person."""
    day = as_of.isoformat()
    units: dict[str, list[Weighed]] = defaultdict(list)
    for evidence in weighed:
        if evidence.state != "rejected" and (evidence.published_on is None or evidence.published_on <= day):
            units[evidence.unit_id].append(evidence)
    return units


def _absence(sources: Sequence[Watched], reason: str) -> tuple[Verdict, str]:
    """What it means that nothing was found: a no only where the unit's own source was read."""
    if not sources:
        return "unknown", "no-source"
    if any(source.status in REACHED for source in sources):
        return "not_met", reason
    return "unknown", _why_unread(sources[0].reason)


def _why_unread(reason: str | None) -> str:
    return reason if reason in ("robots", "bot-wall") else "unreachable"
