"""Figures of an evaluation in, their drawings out: F1 of each label with its interval, and probabilities beside what was true."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from markupsafe import Markup

from classifier.evaluate import Score
from classifier.reliability import Bin
from monitor.charts import INK, LINE, WIDTH, Words, drawing, lettering

_NAME, _VALUE, _ROW, _TOP = 190, 150, 20, 26
_SIDE, _LEFT, _LARGEST = 300, 60, 16
_DOT = "#0b4f6c"


def intervals(scores: Sequence[Score], words: Words) -> Markup:
    """One line a label: F1 as a dot, its 95 % interval as a bar; the figures beside it for those who want them exactly."""
    room = WIDTH - _NAME - _VALUE
    height = _TOP + len(scores) * _ROW + 8
    body = []
    for tenth in range(0, 11, 2):
        x = _NAME + room * tenth / 10
        body.append(Markup('<path d="M{:.1f} {}V{}" stroke="{}"/>').format(x, _TOP - 6, height - 6, LINE))
        body.append(lettering(x, _TOP - 10, "middle", f"{tenth / 10:.1f}"))
    for line, score in enumerate(scores):
        y = _TOP + line * _ROW + 10
        low, middle, high = (_NAME + room * value for value in (score.low, score.f1, score.high))
        body.append(lettering(_NAME - 10, y + 4, "end", score.label, INK))
        body.append(Markup('<path d="M{:.1f} {}H{:.1f}" stroke="{}" stroke-width="3"/>').format(low, y, high, "#8fb8c9"))
        body.append(Markup('<circle cx="{:.1f}" cy="{}" r="4" fill="{}"/>').format(middle, y, _DOT))
        figures = f"{score.f1:.3f} ({score.low:.2f} – {score.high:.2f})"
        body.append(lettering(WIDTH, y + 4, "end", figures, INK))
    return drawing(words, height, body)


def reliability_curve(bins: Sequence[Bin], words: Words, axes: tuple[str, str]) -> Markup:
    """Predicted probability to the right, share that was true upwards; the diagonal is a model that can be taken at its word.

    The dots grow with the number of decisions; `axes` names both in the reader's language.
    """
    most = max((row.decisions for row in bins), default=1)
    top, bottom = 12, 12 + _SIDE
    body = []
    for tenth in range(0, 11, 2):
        x, y = _LEFT + _SIDE * tenth / 10, bottom - _SIDE * tenth / 10
        body.append(
            Markup('<path d="M{x:.1f} {a}V{b}M{l} {y:.1f}H{r}" stroke="{line}"/>').format(
                x=x, y=y, a=top, b=bottom, l=_LEFT, r=_LEFT + _SIDE, line=LINE
            )
        )
        body += [
            lettering(x, bottom + 16, "middle", f"{tenth / 10:.1f}"),
            lettering(_LEFT - 6, y + 4, "end", f"{tenth / 10:.1f}"),
        ]
    body.append(
        Markup('<path d="M{} {}L{} {}" stroke="{}" stroke-dasharray="4 4"/>').format(_LEFT, bottom, _LEFT + _SIDE, top, INK)
    )
    for row in bins:
        x, y = _LEFT + _SIDE * row.predicted, bottom - _SIDE * row.observed
        radius = max(3.0, _LARGEST * sqrt(row.decisions / most))
        body.append(
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" fill-opacity=".55" stroke="{}"/>').format(
                x, y, radius, _DOT, INK
            )
        )
    body.append(lettering(_LEFT + _SIDE / 2, bottom + 36, "middle", axes[0], INK))
    body.append(lettering(_LEFT + _SIDE + 14, top + 12, "start", axes[1], INK))
    return drawing(words, bottom + 44, body)
