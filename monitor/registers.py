"""Targets that a crawl alone cannot see, measured from reported figures and from registers: evidence and verdicts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from crawler.clock import now
from crawler.roster import Agency, Target
from crawler.store import channels as seen
from crawler.store import registers as store
from crawler.store import task_matches
from crawler.store.channels import ChannelVisit
from crawler.store.imports import Figure
from crawler.store.registers import Asked, Listed, Mark, PublicTask
from crawler.store.targets import Evidence, UnitVerdict, write_evidence
from crawler.store.task_matches import Match
from crawler.urls import canonical
from monitor.periods import Period, read_period

ALIVE = timedelta(days=30)
"""A channel is alive with an item in the last 30 days, as a column is."""
PROGRAMME = "programme"
"""The one unit of a target of the programme as a whole."""
_REACHED = frozenset({"ok", "quiet"})
_GONE = frozenset({404, 410})
_KEPT_MATCHES = 5
"""Matches of a task that are kept as evidence, the best first."""
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class _Reported:
    """A body's newest figure that counts, and where its evidence lies."""

    figure: Figure
    period: Period
    address: str

    @property
    def fraction(self) -> str:
        """Numerator over denominator, as they were reported."""
        return f"{_plain(self.figure.numerator)}/{_plain(self.figure.denominator)}"


def measured(db: Database, target: Target, bodies: Sequence[Agency], as_of: date) -> list[UnitVerdict]:
    """The verdict on every unit of a target that waits for figures or a register."""
    if target.unit == "agency":
        return _agencies(db, target, bodies, as_of)
    if target.unit == "programme":
        return _programme(db, target, bodies, as_of)
    return _channels(db, target, as_of) if target.unit == "channel" else _tasks(db, target, as_of)


# ── figures ────────────────────────────────────────────────────────────────────────────────────
def _agencies(db: Database, target: Target, bodies: Sequence[Agency], as_of: date) -> list[UnitVerdict]:
    """Met where a body's newest figure reaches the target's share; what nobody reported is unknown."""
    rule = f"{target.id}/1"
    newest = _newest(db, target, bodies, as_of, lambda body: body.id)
    marks = _write_figures(db, target, newest, rule, lambda body: body)
    verdicts = []
    for body in bodies:
        if (reported := newest.get(body.id)) is None:
            verdicts.append(UnitVerdict(target.id, body.id, "unknown", "no-figures", rule))
            continue
        figure = reported.figure
        verdicts.append(
            _reach(target, body.id, rule, figure.numerator, figure.denominator, marks[body.id, reported.address],
                   reported.period.last)
        )  # fmt: skip
    return verdicts


def _programme(db: Database, target: Target, bodies: Sequence[Agency], as_of: date) -> list[UnitVerdict]:
    """The provinces' people reached over their population, once every province has reported."""
    rule = f"{target.id}/1"
    provinces = [body for body in bodies if body.kind == "province"]
    newest = _newest(db, target, provinces, as_of, lambda body: PROGRAMME)
    marks = _write_figures(db, target, newest, rule, lambda body: PROGRAMME)
    if len(newest) < len(provinces):
        reason = "figures-missing" if newest else "no-figures"
        return [UnitVerdict(target.id, PROGRAMME, "unknown", reason, rule, detail=f"{len(newest)}/{len(provinces)}")]
    proofs = [marks[PROGRAMME, reported.address] for reported in newest.values()]
    # The sum is confirmed when each of its parts is.
    weakest = next((mark for mark in proofs if mark.state != "confirmed"), proofs[0])
    reached = sum(reported.figure.numerator for reported in newest.values())
    people = sum(reported.figure.denominator for reported in newest.values())
    last = max(reported.period.last for reported in newest.values())
    return [_reach(target, PROGRAMME, rule, reached, people, weakest, last)]


def _reach(target: Target, unit: str, rule: str, part: float, whole: float, mark: Mark, since: date) -> UnitVerdict:
    met = part / whole >= target.share - _EXACT
    reason = "confirmed" if met and mark.state == "confirmed" else "figure-reached" if met else "figure-below"
    detail = f"{_plain(part)}/{_plain(whole)}"
    return UnitVerdict(
        target.id, unit, "met" if met else "not_met", reason, rule, since.isoformat(), evidence_id=mark.id, detail=detail
    )


def _newest(
    db: Database, target: Target, bodies: Sequence[Agency], as_of: date, unit_of: Callable[[Agency], str]
) -> dict[str, _Reported]:
    """Each body's newest figure: of a period that was over by the day and not before the body had its present territory.

    Of several periods that end on one day the longest speaks; a figure that a person rejected does not.
    """
    marks = store.marks(db, target.id)
    known = {body.id: body for body in bodies}
    newest: dict[str, _Reported] = {}
    for figure in store.figures(db, target.id):
        body, period = known.get(figure.unit_id), read_period(figure.period)
        if body is None or period is None or not _formed(body, as_of) <= period.last <= as_of:
            continue
        reported = _Reported(figure, period, _address(figure))
        mark = marks.get((unit_of(body), reported.address))
        before = newest.get(body.id)
        if (mark is None or mark.state != "rejected") and (before is None or _later(period, before.period)):
            newest[body.id] = reported
    return newest


def _later(period: Period, than: Period) -> bool:
    return (period.last, than.first) > (than.last, period.first)


def _formed(body: Agency, as_of: date) -> date:
    """Since when the body is what it is on the day: a figure of a smaller province says nothing of the merged one."""
    begun = [part.valid_from for part in body.territory if part.valid_from is not None and part.valid_from <= as_of]
    return max([*begun, body.valid_from or date.min])


def _write_figures(
    db: Database, target: Target, newest: dict[str, _Reported], rule: str, unit_of: Callable[[str], str]
) -> dict[tuple[str, str], Mark]:
    found = [
        Evidence(
            target.id,
            unit_of(body),
            reported.address,
            "figure",
            reported.period.last.isoformat(),
            rule,
            passage=f"{body} {reported.period.name}: {reported.fraction}",
            document=reported.figure.document,
        )
        for body, reported in newest.items()
    ]
    write_evidence(db, target.id, found, now().isoformat())
    return store.marks(db, target.id)


def _address(figure: Figure) -> str:
    """Where the document is, told apart by body and period; a document without an address has a name of its own kind."""
    part = f"{figure.unit_id}/{figure.period}"
    if figure.document.startswith(("http://", "https://")) and canonical(figure.document) is not None:
        return f"{figure.document.partition('#')[0]}#{part}"
    return f"urn:nq57:figure:{figure.target_id}/{part}"


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(round(number, 6))


# ── channels ───────────────────────────────────────────────────────────────────────────────────
def _channels(db: Database, target: Target, as_of: date) -> list[UnitVerdict]:
    """Met where the channel's address is alive: as a source of the roster, or by a visit of its own; else it is unknown."""
    rule = f"{target.id}/1"
    asked = {canonical(endpoint.url): endpoint for endpoint in store.asked(db)}
    listed = [(channel, _endpoint_of(channel, asked)) for channel in store.channels(db)]
    found = [
        Evidence(target.id, channel.id, endpoint.url, "special-page", None, rule, passage=endpoint.title,
                 warc_file=endpoint.warc_file, warc_offset=endpoint.warc_offset)
        for channel, endpoint in listed
        if endpoint is not None and endpoint.status in _REACHED
    ]  # fmt: skip
    visits = seen.visits(db)
    found += [
        Evidence(target.id, channel.id, channel.url, "special-page", None, rule, passage=visits[channel.id].title)
        for channel, endpoint in listed
        if endpoint is None and channel.url and channel.id in visits and visits[channel.id].status in _REACHED
    ]
    weighed = {proof.unit_id: proof for proof in write_evidence(db, target.id, found, now().isoformat())}
    store.write_channel_states(db, {channel.id: endpoint.status for channel, endpoint in listed if endpoint})
    verdicts = []
    for channel, endpoint in listed:
        proof = weighed.get(channel.id)
        if proof is not None and proof.state == "rejected":
            verdicts.append(UnitVerdict(target.id, channel.id, "not_met", "rejected", rule))
        else:
            visit = visits.get(channel.id) if endpoint is None else None
            verdicts.append(_channel(db, target, channel, endpoint or visit, proof.id if proof else None, as_of, rule))
    return verdicts


def _endpoint_of(channel: Listed, asked: dict[str | None, Asked]) -> Asked | None:
    key = canonical(channel.url) if channel.url else None
    endpoint = asked.get(key) if key is not None and channel.kind != "social" else None
    return endpoint if endpoint is not None and endpoint.status != "unknown" else None


def _channel(
    db: Database,
    target: Target,
    channel: Listed,
    endpoint: Asked | ChannelVisit | None,
    proof: int | None,
    as_of: date,
    rule: str,
) -> UnitVerdict:
    if channel.kind == "social":
        return UnitVerdict(target.id, channel.id, "unknown", "not-crawled", rule)
    if endpoint is None:
        return UnitVerdict(target.id, channel.id, "unknown", "unchecked", rule)
    if endpoint.status not in _REACHED:
        if endpoint.http_status in _GONE:
            return UnitVerdict(target.id, channel.id, "not_met", "gone", rule)
        why = endpoint.reason if endpoint.reason in ("robots", "bot-wall") else "unreachable"
        return UnitVerdict(target.id, channel.id, "unknown", why, rule)
    if isinstance(endpoint, ChannelVisit):
        return _visited(target, channel, endpoint, proof, as_of, rule)
    own = store.newest_item(db, endpoint, as_of, whole_source=endpoint.kind == "home")
    if own is not None and date.fromisoformat(own) >= as_of - ALIVE:
        return UnitVerdict(target.id, channel.id, "met", "channel-alive", rule, None, own, proof)
    # An item that two addresses list is written down under one of them: only a source without any new item is silent for sure.
    whole = store.newest_item(db, endpoint, as_of, whole_source=True)
    if whole is not None and date.fromisoformat(whole) < as_of - ALIVE:
        return UnitVerdict(target.id, channel.id, "not_met", "channel-silent", rule, None, own or whole, proof)
    return UnitVerdict(target.id, channel.id, "unknown", "channel-undated", rule, None, own, proof)


def _visited(target: Target, channel: Listed, visit: ChannelVisit, proof: int | None, as_of: date, rule: str) -> UnitVerdict:
    """A channel whose address answered a visit of its own: its newest dated entry says how alive it is."""
    last = visit.last_item_on
    if last is None or last > as_of.isoformat():
        # An entry of a later day says nothing of what was there on the day.
        return UnitVerdict(target.id, channel.id, "unknown", "channel-undated", rule, None, None, proof)
    if date.fromisoformat(last) >= as_of - ALIVE:
        return UnitVerdict(target.id, channel.id, "met", "channel-alive", rule, None, last, proof)
    return UnitVerdict(target.id, channel.id, "not_met", "channel-silent", rule, None, last, proof)


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────
def _tasks(db: Database, target: Target, as_of: date) -> list[UnitVerdict]:
    """Met where a text speaks of the task beyond doubt or a person said so; a doubtful match waits for a person."""
    rule = f"{target.id}/1"
    matches: dict[str, list[Match]] = defaultdict(list)
    for match in task_matches.best(db, as_of, _KEPT_MATCHES):
        matches[match.task_id].append(match)
    tasks = store.public_tasks(db, as_of.year)
    found = [
        Evidence(target.id, task.id, match.url, "task-match", match.published_on, f"{rule} {match.score:.2f}",
                 match.article_id, match.passage, None, None, match.warc_file, match.warc_offset)
        for task in tasks
        for match in matches[task.id]
    ]  # fmt: skip
    write_evidence(db, target.id, found, now().isoformat())
    marks: dict[str, dict[str, Mark]] = defaultdict(dict)
    for (unit, url), mark in store.marks(db, target.id).items():
        if mark.published_on is None or mark.published_on <= as_of.isoformat():
            marks[unit][url] = mark
    covered = store.has_articles(db, as_of)
    return [_task(target, task, matches[task.id], marks[task.id], rule, covered=covered) for task in tasks]


def _task(
    target: Target, task: PublicTask, matches: Sequence[Match], marks: dict[str, Mark], rule: str, *, covered: bool
) -> UnitVerdict:
    # A person's word stands also where the text would not be found today.
    if confirmed := next((mark for mark in marks.values() if mark.state == "confirmed"), None):
        return UnitVerdict(target.id, task.id, "met", "confirmed", rule, confirmed.published_on, evidence_id=confirmed.id)
    open_ones = [(match, mark) for match in matches if (mark := marks[match.url]).state != "rejected"]
    if open_ones:
        match, mark = open_ones[0]
        detail = f"{match.score:.2f}"
        if match.strong:
            since = match.published_on
            return UnitVerdict(target.id, task.id, "met", "task-match", rule, since, evidence_id=mark.id, detail=detail)
        return UnitVerdict(target.id, task.id, "unknown", "borderline", rule, evidence_id=mark.id, detail=detail)
    if not covered:
        return UnitVerdict(target.id, task.id, "unknown", "unchecked", rule)
    return UnitVerdict(target.id, task.id, "not_met", "rejected" if matches else "no-coverage", rule)
