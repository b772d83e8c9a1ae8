"""Counts in, light SVG out, and the same drawing as PNG: bars by week, progress, league tables; readable without colour.

An SVG holds its fills, patterns and text itself, needs no style sheet and no script, and so serves a page, a printed report and
the PNG of a document alike. docs/decisions/ says why no chart library draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

from markupsafe import Markup

WIDTH = 720
"""Units of a drawing; a page scales it."""
_LEFT, _TOP, _BOTTOM, _PLOT = 44, 10, 24, 170
_ROW, _NAME, _VALUE = 26, 272, 64
_LETTER = 6.1
"""Mean width of a letter at the size of the labels, for cutting names and placing the key."""
INK, SOFT, LINE = "#17232b", "#51606b", "#d5dde2"
_Fills = tuple[tuple[str, str], ...]
_FILLS: _Fills = (
    ("#0b4f6c", ""),
    ("#cfe0e8", ""),
    ("#e8b04a", "M0 6L6 0"),
    ("#ffffff", "M3 3h.01"),
    ("#8fb8a8", "M0 3H6M3 0V6"),
    ("#5f6b73", ""),
)
"""A ground and the lines of its pattern: told apart by lightness and texture, not by colour alone."""
_VERDICTS: _Fills = (("#1b7a4b", ""), ("#f4b8b3", "M0 6L6 0"), ("#ffffff", "M3 3h.01"))
"""Met, not met, could not be checked."""

Number = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture says, in the reader's language; `id` tells several drawings of one page apart."""

    id: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Series:
    """One layer of the bars: its name for the key and a value for each label."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a progress or league chart: parts side by side; `mark` is where a target stands, as a share of the whole."""

    name: str
    parts: Sequence[int]
    value: str
    mark: float | None = None


def bars(labels: Sequence[str], series: Sequence[Series], words: Words, number: Number = str) -> Markup:
    """One bar a label, the series stacked from the first at the bottom, with a key below."""
    totals = [sum(layer.values[place] for layer in series) for place in range(len(labels))]
    top = round_up(max(totals, default=0))
    step = (WIDTH - _LEFT) / max(len(labels), 1)
    width = min(step * 0.72, 44)
    layers: list[list[str]] = [[] for _ in series]
    for place in range(len(labels)):
        edges = list(accumulate((layer.values[place] for layer in series), initial=0))
        left = _LEFT + place * step + (step - width) / 2
        for layer, (low, high) in zip(layers, pairwise(edges), strict=True):
            if high > low:
                layer.append(_box(left, _TOP + _PLOT * (1 - high / top), width, _PLOT * (high - low) / top))
    body = [_grid(top, number), *(_filled(words.id, _FILLS, n, boxes) for n, boxes in enumerate(layers))]
    body.append(_dates(labels, step))
    key, below = _key(words.id, _FILLS, [layer.name for layer in series], _TOP + _PLOT + _BOTTOM + 8)
    return drawing(words, below, [*body, key], _FILLS[: len(series)])


def progress(rows: Sequence[Row], names: Sequence[str], words: Words) -> Markup:
    """One full bar a row, divided into met, not met and unknown (`names` in the reader's language make the key)."""
    return _lines(rows, names, words, _VERDICTS, [sum(row.parts) for row in rows])


def league(rows: Sequence[Row], names: Sequence[str], words: Words) -> Markup:
    """Bars of one common scale, in the order given: who has how many, and of what."""
    most = max((sum(row.parts) for row in rows), default=0)
    return _lines(rows, names, words, _FILLS, [most] * len(rows))


def png(svg: str, *, zoom: float = 3) -> bytes:
    """The drawing as PNG, `zoom` pixels a unit, with the letters of the font that comes along: the same on every machine."""
    # Only whoever makes pictures pays for loading these.
    import fontpkg_noto_sans
    from resvg_py import svg_to_bytes

    fonts = [str(file) for file in (fontpkg_noto_sans.ROOT / "files").glob("NotoSans?wdth,wght?.ttf")]
    return bytes(
        svg_to_bytes(
            svg_string=svg, background="#ffffff", skip_system_fonts=True, font_files=fonts, font_family="Noto Sans", zoom=zoom
        )
    )


def _lines(rows: Sequence[Row], names: Sequence[str], words: Words, fills: _Fills, wholes: Sequence[int]) -> Markup:
    room = WIDTH - _NAME - _VALUE
    body = []
    for line, (row, whole) in enumerate(zip(rows, wholes, strict=True)):
        y = _TOP + line * _ROW
        body.append(lettering(_NAME - 8, y + 14, "end", _cut(row.name, int((_NAME - 8) / _LETTER)), INK))
        body.append(lettering(WIDTH, y + 14, "end", row.value, INK))
        body.append(_frame(_NAME, y + 2, room))
        left = float(_NAME)
        for n, part in enumerate(row.parts):
            if part and whole:
                width = room * part / whole
                body.append(_rect(words.id, fills, n, left, y + 2, width, _ROW - 10))
                left += width
        if row.mark is not None:
            body.append(_mark(_NAME + room * row.mark, y))
    key, below = _key(words.id, fills, names, _TOP + len(rows) * _ROW + 6)
    return drawing(words, below, [*body, key], fills[: len(names)])


def drawing(words: Words, height: float, body: Sequence[Markup], fills: _Fills = ()) -> Markup:
    """The whole drawing, with its title and description for those who do not see it."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {w} {h:.0f}" role="img"'
        ' aria-labelledby="{id}-t {id}-d" font-family="Noto Sans, system-ui, sans-serif" font-size="12">'
        '<title id="{id}-t">{t}</title><desc id="{id}-d">{d}</desc><defs>{defs}</defs>{body}</svg>'
    ).format(
        w=WIDTH,
        h=height,
        id=words.id,
        t=words.title,
        d=words.description,
        defs=Markup("").join(_pattern(words.id, n, *fill) for n, fill in enumerate(fills)),
        body=Markup("").join(body),
    )


def _pattern(name: str, n: int, ground: str, lines: str) -> Markup:
    if not lines:
        return Markup("")
    return Markup(
        '<pattern id="{}-{}" width="6" height="6" patternUnits="userSpaceOnUse"><path fill="{}" d="M0 0H6V6H0z"/>'
        '<path d="{}" stroke="{}" stroke-width="1.3" stroke-linecap="round"/></pattern>'
    ).format(name, n, ground, lines, INK)


def _rect(name: str, fills: _Fills, n: int, left: float, top: float, width: float, height: float) -> Markup:
    return _filled(name, fills, n, [_box(left, top, width, height)])


def _box(left: float, top: float, width: float, height: float) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _filled(name: str, fills: _Fills, n: int, boxes: Sequence[str]) -> Markup:
    """Boxes of one part: the fill is said once for all of them."""
    ground, lines = fills[n % len(fills)]
    fill = f"url(#{name}-{n % len(fills)})" if lines else ground
    drawn = Markup("".join(boxes))  # noqa: S704 - nothing but numbers; a page has hundreds, and escaping each takes a third of it
    return Markup('<g fill="{}" stroke="{}" stroke-width=".6">{}</g>').format(fill, INK, drawn)


def _frame(left: float, top: float, width: float) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="#f5f7f8"/>').format(left, top, width, _ROW - 10)


def _mark(x: float, y: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}v{}" stroke="#b3261e" stroke-width="3"/>').format(x, y - 1, _ROW - 4)


def lettering(x: float, y: float, anchor: str, text: str, fill: str = SOFT) -> Markup:
    """A word at a place; `anchor` is start, middle or end."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>').format(x, y, anchor, fill, text)


def _dates(labels: Sequence[str], step: float) -> Markup:
    """As many labels as there is room for, counted from the newest, so that the last one always stands there."""
    every = max(1, ceil(len(labels) * max(map(len, labels), default=1) * (_LETTER + 2) / (WIDTH - _LEFT)))
    y = _TOP + _PLOT + 16
    shown = [n for n in range(len(labels)) if (len(labels) - 1 - n) % every == 0]
    last = len(labels) - 1 if len(labels) > 1 else -1
    return Markup("").join(
        lettering(WIDTH, y, "end", labels[n]) if n == last else lettering(_LEFT + (n + 0.5) * step, y, "middle", labels[n])
        for n in shown
    )


def _grid(top: int, number: Number) -> Markup:
    lines = []
    for value in (0, top // 2, top) if top % 2 == 0 else (0, top):
        y = _TOP + _PLOT * (1 - value / top)
        lines.append(Markup('<path d="M{} {:.1f}H{}" stroke="{}"/>').format(_LEFT, y, WIDTH, LINE))
        lines.append(lettering(_LEFT - 6, y + 4, "end", number(value)))
    return Markup("").join(lines)


def _key(name: str, fills: _Fills, names: Sequence[str], top: float) -> tuple[Markup, float]:
    """The key in as many lines as it needs, and where the drawing ends."""
    body, x, y = [], 0.0, top
    for n, label in enumerate(names):
        width = 22 + len(label) * (_LETTER + 0.5) + 16
        if x and x + width > WIDTH:
            x, y = 0.0, y + 20
        body += [_rect(name, fills, n, x + 1, y, 14, 12), lettering(x + 22, y + 10.5, "start", label, INK)]
        x += width
    return Markup("").join(body), y + 18


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"


def round_up(value: int) -> int:
    """The next 2, 4 or 10 times a power of ten, so that the scale has whole numbers and a middle."""
    scale = 1
    while True:
        for factor in (2, 4, 10):
            if value <= factor * scale:
                return factor * scale
        scale *= 10
