"""Everything that a monthly report says, as records, and as the canonical JSON that is frozen and read back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import TypeAdapter

FORMAT = 1
"""The version of this structure; a later one must still read what was frozen under an earlier."""

Why = Literal["real", "confirmed", "source-back", "source-lost", "rule", "units", "correction", "found-late", "reported"]
"""Why a line differs from the month before; docs/report.md says how each is told."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence: where it is, what it is, who decided, and where its page is archived."""

    id: int
    url: str
    kind: str
    state: str
    decided_by: str
    decided_at: str
    published_on: str | None
    document: str | None
    issued_by: str | None
    archived: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was so of one unit on the last day of the period, and why."""

    target: str
    unit: str
    name: str
    verdict: str
    reason: str
    rule: str
    since: str | None
    last_item_on: str | None
    detail: str | None
    evidence: Proof | None
    beside: tuple[Proof, ...] = ()
    """Evidence that is shown and not counted, such as a plan for the Resolution itself."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target with its count: met + not_met + unknown = denominator, share = met / denominator."""

    id: str
    name: str
    due_on: str
    share_due: float
    unit: str
    measured_by: str
    met: int
    not_met: int
    unknown: int
    denominator: int
    share: float | None
    confirmed: int
    outcome: str
    """`met`, `not_met`, or `unknown` where what could not be checked may still decide it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A counted body and the coverage of the period that names it or one of its predecessors."""

    id: str
    name: str
    kind: str
    city: bool
    articles: int
    originals: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Relevant coverage: articles, stories (reprints count once), originals."""

    articles: int
    stories: int
    originals: int


@dataclass(frozen=True, slots=True)
class Example:
    """An article that a number stands for."""

    id: int
    url: str
    title: str
    source: str
    published_on: str


@dataclass(frozen=True, slots=True)
class Group:
    """One of the five task groups with its coverage, now and as the month before reported it."""

    id: str
    name: str
    counted: Counted
    before: int | None
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday; `groups` are the articles of each task group, of which one article may have several."""

    starts_on: str
    articles: int
    originals: int
    groups: dict[str, int]


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a source published: relevant articles, originals among them, and all its dated pages."""

    id: str
    name: str
    kind: str
    key_press: bool
    articles: int
    originals: int
    published: int
    share: float | None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty of the programme: how many owe it, how many have done it, are late, are waited for."""

    id: str
    name: str
    due_on: str
    owed: int
    done: int
    late: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Signal:
    """Something out of the ordinary, against the thing's own past."""

    kind: str
    dim: str
    key: str
    name: str
    on: str
    value: float | None
    expected: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed: a unit of a target, before and after, and why."""

    target: str
    unit: str
    name: str
    why: Why
    verdict_before: str | None
    reason_before: str | None
    verdict: str | None
    reason: str | None
    rule_before: str | None
    rule: str | None
    evidence: Proof | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A target that is measured by another version of its rule than the month before."""

    target: str
    before: str
    after: str
    units: int
    """How many units it gave another result."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A number of the month before as it was reported, and as it would be counted today."""

    what: str
    key: str
    name: str
    reported: int
    now: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A source that could not be read when it was last asked."""

    id: str
    name: str
    status: str
    reason: str | None
    last_success_at: str | None


@dataclass(frozen=True, slots=True)
class Quality:
    """How far the numbers can be trusted."""

    sources: dict[str, int]
    """Sources by their standing."""
    unread: tuple[Unread, ...]
    listed: int
    """Addresses first seen since the period began."""
    failed: int
    refused: int
    failed_share: float | None
    failures: dict[str, int]
    run: int | None
    run_command: str | None
    run_finished_at: str | None
    run_state: str | None
    corrected: int
    """Articles of the month before that people corrected after its report was frozen."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a month."""

    format: int
    month: str
    first_on: str
    last_on: str
    due_on: str
    frozen_at: str
    previous: str | None
    """The month that it is compared with; None for the first report."""
    coverage: Counted
    coverage_before: int | None
    groups: tuple[Group, ...]
    weeks: tuple[Week, ...]
    targets: tuple[TargetLine, ...]
    bodies: tuple[Body, ...]
    verdicts: tuple[Verdict, ...]
    duties: tuple[DutyLine, ...]
    outlets: tuple[Outlet, ...]
    signals: tuple[Signal, ...]
    decisions: tuple[Proof, ...]
    """Evidence that people confirmed or rejected, whenever they did."""
    changes: tuple[Change, ...]
    rules: tuple[RuleChange, ...]
    revisions: tuple[Revision, ...]
    quality: Quality

    def verdict(self, target: str, unit: str) -> Verdict | None:
        """The verdict of a unit on a target, or None where it is no unit of it."""
        return next((v for v in self.verdicts if (v.target, v.unit) == (target, unit)), None)


_REPORT = TypeAdapter(Report)


def as_json(report: Report) -> str:
    """The report as canonical JSON: keys in order, no spaces, a line break at the end."""
    return json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def from_json(content: str) -> Report:
    """The report of its JSON. Raises pydantic.ValidationError where it is none."""
    return _REPORT.validate_json(content)
