"""A value for each province in, a grid of tiles as SVG out: where a province lies, roughly, without drawing any boundary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

PLACES: Mapping[str, tuple[int, int]] = {
    "lai-chau": (0, 0), "lao-cai": (1, 0), "tuyen-quang": (2, 0), "cao-bang": (3, 0),
    "dien-bien": (0, 1), "son-la": (1, 1), "phu-tho": (2, 1), "thai-nguyen": (3, 1), "lang-son": (4, 1),
    "ha-noi": (2, 2), "bac-ninh": (3, 2), "quang-ninh": (4, 2),
    "ninh-binh": (2, 3), "hung-yen": (3, 3), "hai-phong": (4, 3),
    "thanh-hoa": (2, 4), "nghe-an": (2, 5), "ha-tinh": (2, 6), "quang-tri": (3, 6),
    "hue": (3, 7), "da-nang": (4, 7), "quang-ngai": (4, 8), "gia-lai": (4, 9), "dak-lak": (4, 10),
    "dong-nai": (2, 11), "lam-dong": (3, 11), "khanh-hoa": (4, 11),
    "tay-ninh": (1, 12), "tphcm": (2, 12),
    "an-giang": (0, 13), "dong-thap": (1, 13), "vinh-long": (2, 13),
    "can-tho": (1, 14), "ca-mau": (1, 15),
}  # fmt: skip
"""Column and row of each of the 34 provinces and cities since 1 July 2025 (Resolution 202/2025/QH15)."""
_WIDE, _HIGH, _GAP = 72, 36, 3
_SHORT = {"Thành phố Hồ Chí Minh": "TP.HCM", "Ho Chi Minh City": "HCMC"}
_PREFIXES = ("Thành phố ", "Tỉnh ")
_SUFFIXES = (" Province", " City")


@dataclass(frozen=True, slots=True)
class Tile:
    """One province: its id and name, what its tile says, how it is filled (a class of the sheet), and its whole sentence."""

    id: str
    name: str
    value: str
    fill: str
    said: str
    of: str = ""
    """What its number counts, as `show_figure` takes it; empty where it has none."""


def tile_grid(tiles: list[Tile], label: str, base: str) -> Markup:
    """The grid; each tile leads to the body's page under `base`. A province that has no place on the grid is left out."""
    placed = [(tile, PLACES[tile.id]) for tile in tiles if tile.id in PLACES]
    rows = 1 + max(row for _, row in PLACES.values())
    columns = 1 + max(column for column, _ in PLACES.values())
    # Links are read in the order in which they stand: from the north.
    drawn = Markup("").join(_tile(tile, *place, base) for tile, place in sorted(placed, key=lambda pair: pair[1][::-1]))
    return Markup('<svg class="tiles" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        columns * _WIDE, rows * _HIGH, label, drawn
    )


def steps(counts: Mapping[str, int]) -> dict[str, str]:
    """The fill of each count: 0 for none, then four steps up to the largest."""
    most = max(counts.values(), default=0)
    return {key: f"step-{-(-4 * count // most) if count else 0}" for key, count in counts.items()}


def short_name(name: str) -> str:
    """A province's name without its rank, as it fits into a tile."""
    if name in _SHORT:
        return _SHORT[name]
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def _tile(tile: Tile, column: int, row: int, base: str) -> Markup:
    x, y, middle = column * _WIDE, row * _HIGH, column * _WIDE + (_WIDE - _GAP) / 2
    # As figures are (monitor/site/formats.py): Markup's own ways to join take five times as long.
    named = f' data-figure="{escape(tile.of)}"' if tile.of else ""
    return Markup(  # noqa: S704 - all but numbers is escaped
        f'<a href="{escape(base)}{escape(tile.id)}" aria-label="{escape(tile.said)}"><g class="{escape(tile.fill)}">'
        f'<rect x="{x}" y="{y}" width="{_WIDE - _GAP}" height="{_HIGH - _GAP}" rx="3"/>'
        f'<text x="{middle}" y="{y + 13}">{escape(short_name(tile.name))}</text>'
        f'<text class="v"{named} x="{middle}" y="{y + 28}">{escape(tile.value)}</text></g></a>'
    )
