"""Counts and the reader's words in, the charts of our pages as SVG out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from markupsafe import Markup

from crawler.store import read_tallies
from monitor.charts import Series, Words, bars
from monitor.site.curve import CurveWords, weekly_curve
from monitor.site.formats import show_date, show_number
from monitor.site.strings import Strings
from monitor.site.tiles import Tile, steps, tile_grid

_SIGNS = {"met": "✓", "not_met": "✕", "unknown": "?"}


def draw_curve(weeks: Sequence[read_tallies.Week], link: str, t: Strings) -> Markup:
    """Articles by week, reprints told apart; `link` is the question that they answer."""
    number = partial(show_number, language=t.language)
    words = CurveWords(
        t("curve.title"),
        t(
            "curve.description",
            first=show_date(weeks[0].starts_on),
            last=show_date(weeks[-1].starts_on),
            most=number(max(week.articles for week in weeks)),
            now=number(weeks[-1].articles),
        ),
    )
    return weekly_curve(weeks, f"curve?{link}", words, lambda day: show_date(day)[:5], number)


def draw_groups(
    weeks: Sequence[read_tallies.Week], groups: Sequence[read_tallies.Group], counts: Mapping[tuple[str, str], int], t: Strings
) -> Markup:
    """Articles by week, stacked by task group; `counts` by group and Monday."""
    number = partial(show_number, language=t.language)
    series = [Series(t.code("group", g.id), [counts.get((g.id, week.starts_on), 0) for week in weeks]) for g in groups]
    most = max((sum(values) for values in zip(*(layer.values for layer in series), strict=True)), default=0)
    said = t(
        "groups.description",
        first=show_date(weeks[0].starts_on),
        last=show_date(weeks[-1].starts_on),
        most=number(most),
    )
    words = Words("nhom-tuan", t("groups.title"), said)
    return bars([show_date(week.starts_on)[:5] for week in weeks], series, words, number)


def draw_tiles(
    provinces: Sequence[read_tallies.Province],
    standings: Mapping[str, Mapping[str, str]],
    target: str | None,
    since: str,
    t: Strings,
    base: str,
) -> Markup:
    """The provinces by coverage since a Monday, or by what they reached of a target."""
    counts = {province.id: province.articles for province in provinces}
    fills = steps(counts)
    tiles = []
    for province in provinces:
        name = t.name(province.vi, province.en)
        if target is None:
            value, fill = show_number(province.articles, t.language), fills[province.id]
            of = f"articles?province={province.id}&from={since}"
            said = t("tiles.said", name=name, n=value)
        else:
            verdict, of = standings.get(province.id, {}).get(target, "unknown"), ""
            value, fill, said = _SIGNS[verdict], f"is-{verdict}", f"{name}: {t(f'verdict.{verdict}')}"
        tiles.append(Tile(province.id, name, value, fill, said, of))
    label = t("tiles.coverage") if target is None else t.code("target", target)
    return tile_grid(tiles, label, base)
