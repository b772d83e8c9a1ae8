"""A report in, its charts out as SVG by their names; every format shows these drawings."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from monitor.charts import Row, Series, Words, bars, league, progress
from monitor.report.content import Report
from monitor.site.formats import show_date, show_number, show_percent
from monitor.site.strings import Strings

_OUTLETS = 12
"""The longest league table that is still a picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its title and what it says in words."""

    title: str
    description: str
    svg: Markup


def pictures(report: Report, words: Strings) -> dict[str, Picture]:
    """Coverage by week, by week and task group, the targets' progress, and the outlets with the most articles."""
    made = {"weeks": _weeks(report, words), "groups": _groups(report, words), "progress": _progress(report, words)}
    return made | ({"press": press} if (press := _press(report, words)) else {})


def _weeks(report: Report, words: Strings) -> Picture:
    most = max((week.articles for week in report.weeks), default=0)
    said = _said(words, "weeks", last=show_date(report.last_on), most=most)
    originals = [week.originals for week in report.weeks]
    reprints = [week.articles - week.originals for week in report.weeks]
    series = [Series(words("curve.originals"), originals), Series(words("curve.reprints"), reprints)]
    return _picture(said, bars(_mondays(report), series, said, _number))


def _groups(report: Report, words: Strings) -> Picture:
    series = [Series(group.name, [week.groups[group.id] for week in report.weeks]) for group in report.groups]
    most = max((sum(week.groups.values()) for week in report.weeks), default=0)
    said = _said(words, "groups", last=show_date(report.last_on), most=most)
    return _picture(said, bars(_mondays(report), series, said, _number))


def _progress(report: Report, words: Strings) -> Picture:
    said = _said(words, "progress")
    rows = [
        Row(
            words.code("target", line.id),
            (line.met, line.not_met, line.unknown),
            show_percent(line.share if line.met + line.not_met else None, "vi"),
            line.share_due if line.measured_by != "figures" else 1.0,
        )
        for line in report.targets
    ]
    return _picture(said, progress(rows, [words(f"verdict.{verdict}") for verdict in ("met", "not_met", "unknown")], said))


def _press(report: Report, words: Strings) -> Picture | None:
    chosen = [outlet for outlet in report.outlets if outlet.kind != "portal" and outlet.articles][:_OUTLETS]
    said = _said(words, "press")
    rows = [Row(o.name, (o.originals, o.articles - o.originals), _number(o.articles)) for o in chosen]
    return _picture(said, league(rows, [words("curve.originals"), words("curve.reprints")], said)) if rows else None


def _said(words: Strings, name: str, **values: object) -> Words:
    return Words(f"chart-{name}", words(f"report.chart.{name}"), words(f"report.chart.{name}_about", **values))


def _picture(said: Words, svg: Markup) -> Picture:
    return Picture(said.title, said.description, svg)


def _mondays(report: Report) -> list[str]:
    return [f"{week.starts_on[8:]}/{week.starts_on[5:7]}" for week in report.weeks]


def _number(value: float) -> str:
    return show_number(value, "vi")
