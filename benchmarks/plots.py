"""Results in, one HTML page out that needs nothing else: a drawing for each group of sides, and all figures below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from benchmarks.turns import Result
from monitor.charts import Row, Words, league

_STYLE = """body{font:16px/1.5 "Noto Sans",system-ui,sans-serif;color:#17232b;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}h2{font-size:1.1rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #d5dde2}td.no{font-weight:700}
p.small{color:#51606b;font-size:.85rem}svg{width:100%;height:auto}"""
_FINE = 10_000
"""Bars are drawn in whole parts of this."""


def page_with_plots(results: Sequence[Result], days: Mapping[str, str], used: Mapping[str, str]) -> str:
    """The page; figures that are no number are told, not drawn."""
    told = ", ".join(f"{name} {found}" for name, found in used.items())
    when = ", ".join(f"{name} {day}" for name, day in days.items())
    return str(
        Markup(
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<title>NQ57: benchmarks</title><style>{style}</style></head><body><h1>NQ57 beside its peers</h1>"
            "<p>Each group was measured in turns in one run, in CPU time. Longer is better in every drawing.</p>"
            "{drawings}<h2>All figures</h2><table><tr><th>benchmark<th>measured<th>value<th>wanted<th>reached</tr>{rows}</table>"
            '<p class="small">With {told}.</p><p class="small">Measured: {when}.</p></body></html>\n'
        ).format(
            style=Markup(_STYLE),  # noqa: S704 - ours, above
            drawings=Markup("").join(_drawing(n, r) for n, r in enumerate(results) if len(r.sides) > 1),
            rows=Markup("").join(map(_row, results)),
            told=told,
            when=when,
        )
    )


def _drawing(number: int, result: Result) -> Markup:
    heading = f"{result.benchmark}: {result.sides_in} ({result.what})"
    drawn = [(name, value) for name, value in result.sides if math.isfinite(value)]
    most = max(value for _, value in drawn)
    rows = [Row(name, (round(_FINE * value / most),), f"{value:,.4g}") for name, value in drawn]
    described = ", ".join(f"{name} {value:.4g}" for name, value in drawn)
    return Markup("<h2>{}</h2>{}").format(heading, league(rows, (), Words(f"plot{number}", heading, described)))


def _row(r: Result) -> Markup:
    wanted = "" if r.wanted is None else f"{'≥' if r.at_least else '≤'} {r.wanted:g}"
    reached = {True: "yes", False: "no", None: ""}[r.reached]
    value = "–" if math.isnan(r.value) else f"{r.value:.4g} {r.unit}"
    return Markup('<tr><td>{}<td>{}<td>{}<td>{}<td class="{}">{}</tr>').format(
        r.benchmark, r.what, value, wanted, reached, reached
    )
