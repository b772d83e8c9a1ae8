"""A report in, its sentences out, by the section that they stand in; the same for every printed form."""

from __future__ import annotations

from collections import Counter

from monitor.report.content import Report
from monitor.report.letterhead import Letterhead
from monitor.site.formats import show_date, show_number, show_percent, show_time
from monitor.site.strings import Strings

_READABLE = ("ok", "quiet")


def month_name(month: str) -> str:
    """2026-11 as 11/2026."""
    year, _, number = month.partition("-")
    return f"{number}/{year}"


def prose(report: Report, words: Strings, head: Letterhead) -> dict[str, list[str]]:
    """The paragraphs of each section; `group-ID` those of a task group."""
    written = _Prose(report, words)
    return {
        "intro": [written.say("intro", body=head.body, first=show_date(report.first_on), last=show_date(report.last_on))],
        "overview": [written.coverage(), written.targets(), written.say("three")],
        "groups": [written.say("groups_overlap")],
        **{f"group-{group.id}": [written.group(n)] for n, group in enumerate(report.groups)},
        "bodies": [written.bodies()],
        "press": [written.press()],
        "duties": [written.say("duties")],
        "changes": written.changes(),
        "revisions": written.revisions(),
        "signals": written.signals(),
        "quality": written.quality(),
    }


class _Prose:
    """The sentences of one report."""

    def __init__(self, report: Report, words: Strings) -> None:
        self.report, self.words = report, words

    def say(self, key: str, **values: object) -> str:
        """A sentence with its numbers written as Vietnamese readers write them."""
        shown = {name: show_number(value, "vi") if isinstance(value, int) else value for name, value in values.items()}
        return self.words(f"report.prose.{key}", **shown)

    def coverage(self) -> str:
        """How much there was, and against the month before."""
        count, before = self.report.coverage, self.report.coverage_before
        said = self.say(
            "coverage",
            articles=count.articles,
            originals=count.originals,
            reprints=count.articles - count.originals,
            stories=count.stories,
        )
        if before is None or self.report.previous is None:
            return f"{said} {self.say('coverage_first')}"
        key = "coverage_same" if count.articles == before else "coverage_more" if count.articles > before else "coverage_less"
        difference = abs(count.articles - before)
        return f"{said} {self.say(key, month=month_name(self.report.previous), before=before, n=difference)}"

    def targets(self) -> str:
        """How many of the targets are reached."""
        outcomes = Counter(line.outcome for line in self.report.targets)
        return self.say(
            "targets",
            all=len(self.report.targets),
            met=outcomes["met"],
            not_met=outcomes["not_met"],
            unknown=outcomes["unknown"],
            last=show_date(self.report.last_on),
        )

    def group(self, place: int) -> str:
        """The coverage of one task group."""
        group = self.report.groups[place]
        count = group.counted
        said = self.say("group", articles=count.articles, originals=count.originals, reprints=count.articles - count.originals)
        return said if group.before is None else f"{said} {self.say('group_before', before=group.before)}"

    def bodies(self) -> str:
        """Plans and columns of all counted bodies."""
        found = Counter((v.target, v.verdict) for v in self.report.verdicts)
        silent = sum(v.target == "columns-2025" and v.reason == "silent" for v in self.report.verdicts)
        return self.say(
            "bodies",
            all=len(self.report.bodies),
            plans=found["plans-2025", "met"],
            plans_unknown=found["plans-2025", "unknown"],
            columns=found["columns-2025", "met"],
            silent=silent,
            columns_unknown=found["columns-2025", "unknown"],
        )

    def press(self) -> str:
        """The key press, and what a share means."""
        found = Counter(v.verdict for v in self.report.verdicts if v.target == "press-2025")
        return self.say("press", keys=found.total(), met=found["met"])

    def changes(self) -> list[str]:
        """How many units changed and why, and which rules did."""
        report = self.report
        if report.previous is None:
            return [self.say("first")]
        month, kinds = month_name(report.previous), Counter(line.why for line in report.changes)
        told = "; ".join(f"{self.words(f'report.why.{why}').lower()} {n}" for why, n in kinds.most_common())
        said = (
            self.say("changes", n=len(report.changes), month=month, kinds=told) if told else self.say("no_changes", month=month)
        )
        rules = (
            self.say("rule", target=self.words.code("target", r.target), before=r.before, after=r.after, n=r.units)
            for r in report.rules
        )
        return [said, *rules]

    def signals(self) -> list[str]:
        """How many there are; the bodies without any coverage by their names."""
        absent = [line.name for line in self.report.signals if line.kind == "no-coverage"]
        told = len(self.report.signals) - len(absent)
        said = [self.say("signals", n=told) if told else self.say("no_signals")]
        return [*said, *([self.say("absent", n=len(absent), names=", ".join(absent))] if absent else [])]

    def revisions(self) -> list[str]:
        """What became of the numbers of the month before."""
        said = [self.say("revisions")] if self.report.revisions else []
        return [*said, *([self.say("corrected", n=self.report.quality.corrected)] if self.report.quality.corrected else [])]

    def quality(self) -> list[str]:
        """How far the numbers can be trusted."""
        quality = self.report.quality
        readable = sum(quality.sources.get(status, 0) for status in _READABLE)
        pages = self.say(
            "pages",
            listed=quality.listed,
            failed=quality.failed,
            refused=quality.refused,
            share=show_percent(quality.failed_share, "vi"),
        )
        run = self.say("no_run")
        if quality.run is not None:
            state = self.words(f"run.{quality.run_state}").lower()
            run = self.say("run", run=quality.run, at=show_time(quality.run_finished_at), state=state)
        return [
            self.say("sources", readable=readable, all=sum(quality.sources.values()), unread=len(quality.unread)),
            pages,
            run,
            self.say("counts"),
            self.say("social"),
            self.say("frozen", at=show_time(self.report.frozen_at)),
        ]
