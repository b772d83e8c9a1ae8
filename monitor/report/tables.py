"""A report in, its tables out: one list for every format, so that a number is the same wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import urlencode

from monitor.report.content import Outlet, Proof, Report, Verdict
from monitor.report.letterhead import Letterhead
from monitor.report.table import Cell, Column, Kind, Table
from monitor.site.strings import Strings

Row = tuple[Cell, ...]
_PAGES = {"agency": "/co-quan/", "source": "/bao/", "topic": "/chu-de/"}
_OUTSIDE = frozenset({"press", "foreign"})


def tables(report: Report, words: Strings, head: Letterhead) -> dict[str, Table]:
    """Every table of the report by its id, in the order of the report."""
    made = _Tables(report, words, head)
    return {table.id: table for table in made.all()}


class _Tables:
    """What all tables share: the report, the words and where links lead."""

    def __init__(self, report: Report, words: Strings, head: Letterhead) -> None:
        self.report, self.words, self.head = report, words, head
        self.plans = {v.unit: v for v in report.verdicts if v.target == "plans-2025"}
        self.columns = {v.unit: v for v in report.verdicts if v.target == "columns-2025"}

    def all(self) -> Iterator[Table]:
        """Every table of the report, in its order."""
        yield self._table("targets", TARGETS, self._targets())
        yield self._table("groups", GROUPS, self._groups())
        yield self._table("examples", EXAMPLES, self._examples())
        yield self._table("weeks", [*_WEEKS, *((g.id, "number", 12) for g in self.report.groups)], self._weeks())
        yield self._table("ministries", BODIES, self._bodies(lambda kind: kind != "province"))
        yield self._table("provinces", BODIES, self._bodies(lambda kind: kind == "province"))
        yield self._table("key_press", KEY_PRESS, self._key_press())
        yield self._table("press", OUTLETS, self._outlets(lambda outlet: outlet.kind in _OUTSIDE))
        yield self._table("portals", PORTALS, self._portals())
        yield self._table("duties", DUTIES, self._duties())
        yield self._table("changes", CHANGES, self._changes())
        yield self._table("revisions", REVISIONS, self._revisions())
        yield self._table("signals", SIGNALS, self._signals())
        yield self._table("unread", UNREAD, self._unread())
        yield self._table("failures", _FAILURES, self._failures())
        yield self._table("verdicts", _VERDICTS, self._verdicts())
        yield self._table("evidence", EVIDENCE, self._evidence())

    def _table(self, id: str, columns: Sequence[tuple[str, Kind, int]], rows: Iterable[Row]) -> Table:
        t = self.words
        names = {group.id: group.name for group in self.report.groups}
        made = tuple(Column(key, names.get(key) or t(f"report.column.{key}"), kind, width) for key, kind, width in columns)
        return Table(id, t(f"report.table.{id}"), made, tuple(rows))

    def _targets(self) -> Iterator[Row]:
        t = self.words
        for n, line in enumerate(self.report.targets, 1):
            page = self.head.page(f"/muc-tieu/{line.id}")
            counts = ((line.met, "met"), (line.not_met, "not_met"), (line.unknown, "unknown"))
            yield (
                Cell(n), Cell(t.code("target", line.id), page), Cell(line.due_on), Cell(line.share_due),
                *(Cell(count, f"{page}?verdict={verdict}") for count, verdict in counts),
                Cell(line.denominator, page), Cell(line.share if line.met + line.not_met else None),
                Cell(line.confirmed), Cell(t(f"report.outcome.{line.outcome}")),
            )  # fmt: skip

    def _groups(self) -> Iterator[Row]:
        for group in self.report.groups:
            count = group.counted
            yield (
                Cell(group.name, self.head.page(f"/nhom/{group.id}")), Cell(count.articles, self._search(group=group.id)),
                Cell(count.stories), Cell(count.originals), Cell(count.articles - count.originals), Cell(group.before),
                Cell(None if group.before is None else count.articles - group.before),
            )  # fmt: skip

    def _examples(self) -> Iterator[Row]:
        for group in self.report.groups:
            for example in group.examples:
                yield Cell(group.name), Cell(example.title, example.url), Cell(example.source), Cell(example.published_on)

    def _weeks(self) -> Iterator[Row]:
        for week in self.report.weeks:
            yield (
                Cell(week.starts_on), Cell(week.articles), Cell(week.originals), Cell(week.articles - week.originals),
                *(Cell(week.groups[group.id]) for group in self.report.groups),
            )  # fmt: skip

    def _bodies(self, wanted: Callable[[str], bool]) -> Iterator[Row]:
        chosen = {body.id: body for body in self.report.bodies if wanted(body.kind)}
        # The verdicts stand in the order of a directory: by kind, cities first, Đ after D.
        for n, body in enumerate((chosen[unit] for unit in self.plans if unit in chosen), 1):
            plan, column = self.plans[body.id], self.columns.get(body.id)
            yield (
                Cell(n), Cell(body.name, self.head.page(f"/co-quan/{body.id}")),
                *self._judged(plan), *self._judged(column), Cell(body.articles, self.head.page(f"/co-quan/{body.id}")),
            )  # fmt: skip

    def _judged(self, verdict: Verdict | None) -> tuple[Cell, Cell, Cell]:
        if verdict is None:
            return Cell(), Cell(), Cell()
        t = self.words
        return Cell(t(f"verdict.{verdict.verdict}")), Cell(self._reason(verdict)), _mark(verdict.evidence)

    def _reason(self, verdict: Verdict) -> str:
        t, proof = self.words, verdict.evidence
        said = [t.code("reason", verdict.reason)]
        if proof is not None and proof.document:
            said.append(proof.document + (f", {t('report.issued_by', name=proof.issued_by)}" if proof.issued_by else ""))
        if verdict.last_item_on:
            said.append(t("standing.last_item", day=_vietnamese(verdict.last_item_on)))
        if verdict.verdict != "met" and verdict.beside:
            said.append(t("report.beside", ids=", ".join(f"#{p.id}" for p in verdict.beside)))
        return "; ".join(said)

    def _key_press(self) -> Iterator[Row]:
        chosen = [verdict for verdict in self.report.verdicts if verdict.target == "press-2025"]
        for n, verdict in enumerate(chosen, 1):
            yield Cell(n), Cell(verdict.name, self.head.page(f"/bao/{verdict.unit}")), *self._judged(verdict)

    def _outlets(self, wanted: Callable[[Outlet], bool]) -> Iterator[Row]:
        t = self.words
        for outlet in filter(wanted, self.report.outlets):
            yield (
                Cell(outlet.name, self.head.page(f"/bao/{outlet.id}")), Cell(t(f"source_kind.{outlet.kind}")),
                Cell(t("report.mark") if outlet.key_press else None), *self._output(outlet),
            )  # fmt: skip

    def _portals(self) -> Iterator[Row]:
        for outlet in self.report.outlets:
            if outlet.kind not in _OUTSIDE:
                yield Cell(outlet.name, self.head.page(f"/bao/{outlet.id}")), *self._output(outlet)

    def _output(self, outlet: Outlet) -> Row:
        articles = Cell(outlet.articles, self._search(outlet=outlet.id))
        reprints = outlet.articles - outlet.originals
        return articles, Cell(outlet.originals), Cell(reprints), Cell(outlet.published), Cell(outlet.share)

    def _duties(self) -> Iterator[Row]:
        for duty in self.report.duties:
            counts = (duty.owed, duty.done, duty.late, duty.waiting)
            yield Cell(self.words.code("duty.name", duty.id)), Cell(duty.due_on), *map(Cell, counts)

    def _changes(self) -> Iterator[Row]:
        t = self.words
        for n, line in enumerate(self.report.changes, 1):
            yield (
                Cell(n), Cell(line.name), Cell(t.code("target_short", line.target)),
                Cell(self._finding(line.verdict_before, line.reason_before)), Cell(self._finding(line.verdict, line.reason)),
                Cell(t(f"report.why.{line.why}")), _mark(line.evidence),
            )  # fmt: skip

    def _finding(self, verdict: str | None, reason: str | None) -> str:
        return f"{self.words(f'verdict.{verdict}')}: {self.words.code('reason', reason)}" if verdict else ""

    def _revisions(self) -> Iterator[Row]:
        for line in self.report.revisions:
            name = " ".join(filter(None, (self.words(f"report.revision.{line.what}"), line.name)))
            yield Cell(name), Cell(line.reported), Cell(line.now), Cell(line.now - line.reported)

    def _signals(self) -> Iterator[Row]:
        for line in self.report.signals:
            if line.kind == "no-coverage":
                continue  # the text names these bodies, and their tables say 0
            said = self.words.code("report.signal", line.kind)
            page = self.head.page(_PAGES[line.dim] + line.key)
            yield Cell(said), Cell(line.name, page), Cell(line.on), Cell(line.value), Cell(line.expected)

    def _unread(self) -> Iterator[Row]:
        t = self.words
        for line in self.report.quality.unread:
            reason = t.code("failure", line.reason) if line.reason else None
            page = self.head.page(f"/bao/{line.id}")
            yield Cell(line.name, page), Cell(t(f"status.{line.status}")), Cell(reason), Cell(line.last_success_at)

    def _failures(self) -> Iterator[Row]:
        for reason, times in self.report.quality.failures.items():
            yield Cell(self.words.code("failure", reason)), Cell(times)

    def _verdicts(self) -> Iterator[Row]:
        t = self.words
        for v in self.report.verdicts:
            yield (
                Cell(v.target), Cell(v.unit), Cell(v.name), Cell(t(f"verdict.{v.verdict}")), Cell(t.code("reason", v.reason)),
                Cell(v.since), Cell(v.last_item_on), Cell(v.detail), _mark(v.evidence), Cell(v.rule),
            )  # fmt: skip

    def _evidence(self) -> Iterator[Row]:
        t, shown = self.words, {}
        for verdict in self.report.verdicts:
            for proof in (*((verdict.evidence,) if verdict.evidence else ()), *verdict.beside):
                shown[proof.id] = proof
        shown |= {line.evidence.id: line.evidence for line in self.report.changes if line.evidence}
        for id, proof in sorted(shown.items()):
            state = f"{t.code('state', proof.state)} ({t.code('decided', proof.decided_by)})"
            yield (
                Cell(f"#{id}"), Cell(t.code("evidence", proof.kind)), _where(proof), Cell(proof.published_on),
                Cell(state), Cell(proof.decided_at), Cell(proof.archived),
            )  # fmt: skip

    def _search(self, **more: str) -> str:
        return self.head.page("/tim?" + urlencode({"from": self.report.first_on, "to": self.report.last_on, **more}))


def _mark(proof: Proof | None) -> Cell:
    return Cell(f"#{proof.id}", proof.url) if proof else Cell()


def _where(proof: Proof) -> Cell:
    """Its address, or of a reported figure its document: a figure has no page."""
    return Cell(proof.document) if proof.url.startswith("urn:") else Cell(proof.url, proof.url)


def _vietnamese(day: str) -> str:
    year, month, rest = day.split("-")
    return f"{rest}/{month}/{year}"


TARGETS: list[tuple[str, Kind, int]] = [
    ("n", "number", 6), ("target", "text", 29), ("due", "day", 14), ("share_due", "share", 9), ("met", "number", 8),
    ("not_met", "number", 10), ("unknown", "number", 10), ("denominator", "number", 8), ("share", "share", 10),
    ("confirmed", "number", 9), ("outcome", "text", 13),
]  # fmt: skip
GROUPS: list[tuple[str, Kind, int]] = [
    ("group", "text", 40), ("articles", "number", 9), ("stories", "number", 11), ("originals", "number", 9),
    ("reprints", "number", 9), ("before", "number", 9), ("difference", "signed", 9),
]  # fmt: skip
EXAMPLES: list[tuple[str, Kind, int]] = [
    ("group", "text", 26),
    ("title", "text", 46),
    ("source", "text", 18),
    ("day", "day", 13),
]
_WEEKS: list[tuple[str, Kind, int]] = [
    ("week", "day", 12), ("articles", "number", 9), ("originals", "number", 9), ("reprints", "number", 9),
]  # fmt: skip
BODIES: list[tuple[str, Kind, int]] = [
    ("n", "number", 4), ("body", "text", 24), ("plan", "text", 11), ("plan_reason", "text", 26), ("plan_evidence", "text", 7),
    ("column", "text", 11), ("column_reason", "text", 26), ("column_evidence", "text", 7), ("articles", "number", 7),
]  # fmt: skip
KEY_PRESS: list[tuple[str, Kind, int]] = [
    ("n", "number", 6), ("outlet", "text", 26), ("verdict", "text", 16), ("reason", "text", 42), ("evidence", "text", 10),
]  # fmt: skip
OUTLETS: list[tuple[str, Kind, int]] = [
    ("outlet", "text", 28), ("kind", "text", 14), ("key_press", "text", 8), ("articles", "number", 9), ("originals", "number", 9),
    ("reprints", "number", 9), ("published", "number", 11), ("share", "share", 8),
]  # fmt: skip
PORTALS: list[tuple[str, Kind, int]] = [("portal", "text", 42), *OUTLETS[3:]]
DUTIES: list[tuple[str, Kind, int]] = [
    ("duty", "text", 42), ("due", "day", 13), ("owed", "number", 10), ("done", "number", 10), ("late", "number", 10),
    ("waiting", "number", 10),
]  # fmt: skip
CHANGES: list[tuple[str, Kind, int]] = [
    ("n", "number", 6), ("unit", "text", 18), ("target", "text", 12), ("was", "text", 24), ("now", "text", 24),
    ("why", "text", 17), ("evidence", "text", 8),
]  # fmt: skip
REVISIONS: list[tuple[str, Kind, int]] = [
    ("what", "text", 46), ("reported", "number", 14), ("counted_now", "number", 14), ("difference", "signed", 12),
]  # fmt: skip
SIGNALS: list[tuple[str, Kind, int]] = [
    ("signal", "text", 32), ("of", "text", 34), ("day", "day", 13), ("value", "number", 10), ("expected", "number", 10),
]  # fmt: skip
UNREAD: list[tuple[str, Kind, int]] = [
    ("source", "text", 36), ("status", "text", 18), ("reason", "text", 28), ("last_success", "moment", 20),
]  # fmt: skip
_FAILURES: list[tuple[str, Kind, int]] = [("failure", "text", 40), ("times", "number", 10)]
_VERDICTS: list[tuple[str, Kind, int]] = [
    ("target", "text", 14), ("id", "text", 18), ("unit", "text", 34), ("verdict", "text", 16), ("reason", "text", 40),
    ("since", "day", 12), ("last_item", "day", 12), ("detail", "text", 14), ("evidence", "text", 10), ("rule", "text", 16),
]  # fmt: skip
EVIDENCE: list[tuple[str, Kind, int]] = [
    ("id", "text", 7), ("kind", "text", 16), ("url", "text", 40), ("day", "day", 11), ("state", "text", 16),
    ("decided_at", "moment", 14), ("archived", "text", 20),
]  # fmt: skip
