"""Counts per week in, a light SVG out: bars for all coverage, the share of originals hatched, readable without colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

from crawler.store.read_tallies import Week
from monitor.charts import round_up

WIDTH, HEIGHT = 720, 200
_LEFT, _TOP, _BOTTOM = 40, 12, 26
_WIDEST = 44


@dataclass(frozen=True, slots=True)
class CurveWords:
    """What the picture says, in the reader's language."""

    title: str
    description: str


def weekly_curve(
    weeks: Sequence[Week], of: str, words: CurveWords, label: Callable[[str], str], number: Callable[[float], str]
) -> Markup:
    """An SVG of `weeks`, named for what it counts: a bar a week, filled below for originals, hollow above for reprints."""
    top = round_up(max((week.articles for week in weeks), default=0))
    step = (WIDTH - _LEFT) / max(len(weeks), 1)
    width = min(step * 0.72, _WIDEST)
    body = [_grid(top, number)]
    for kind, values in (("all", [week.articles for week in weeks]), ("original", [week.originals for week in weeks])):
        body.append(Markup('<path class="bar-{}" d="{}"/>').format(kind, _bars(values, step, width, top)))
    every = max(1, ceil(len(weeks) / 9))
    for place, week in enumerate(weeks):
        left = _LEFT + place * step
        # Counted from the newest, so that the last week always has its date.
        if (len(weeks) - 1 - place) % every == 0:
            anchor = "end" if place == len(weeks) - 1 and len(weeks) > 1 else "middle"
            x = WIDTH if anchor == "end" else left + step / 2
            body.append(
                Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
                    x, HEIGHT - 8, anchor, label(week.starts_on)
                )
            )
    return Markup(
        '<svg class="curve" data-figure="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="curve-title curve-desc">'
        '<title id="curve-title">{}</title><desc id="curve-desc">{}</desc>{}</svg>'
    ).format(of, WIDTH, HEIGHT, words.title, words.description, Markup("").join(body))


def _bars(values: Sequence[int], step: float, width: float, top: int) -> str:
    """All bars as one path: a tenth of the bytes of as many rectangles."""
    base = HEIGHT - _BOTTOM
    heights = ((place, _height(value, top)) for place, value in enumerate(values) if value)
    return "".join(
        f"M{_LEFT + place * step + (step - width) / 2:.1f} {base}v{-high:.1f}h{width:.1f}v{high:.1f}z" for place, high in heights
    )


def _grid(top: int, number: Callable[[float], str]) -> Markup:
    lines = []
    for value in (0, top / 2, top):
        if value != int(value):
            continue
        y = HEIGHT - _BOTTOM - _height(value, top)
        lines.append(
            Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/><text class="tick" x="{3}" y="{4:.1f}"'
                   ' text-anchor="end">{5}</text>').format(_LEFT, WIDTH, y, _LEFT - 6, y + 4, escape(number(value)))
        )  # fmt: skip
    return Markup("").join(lines)


def _height(value: float, top: int) -> float:
    return (HEIGHT - _BOTTOM - _TOP) * value / top
