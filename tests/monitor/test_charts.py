"""Charts: well-formed, light, without script or style, their text real text, each part as large as its number."""

import re
import struct
import zlib

import pytest
from lxml import etree

from monitor.charts import Row, Series, Words, bars, league, png, progress

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("tuan", "Số bài theo tuần & nhóm", "Cao nhất <12> bài")
WEEKS = [f"{day:02}/0{month}" for month in (5, 6, 7, 8, 9) for day in (1, 8, 15, 22, 29)]


def weekly(layers: int = 2) -> str:
    return bars(
        WEEKS, [Series(f"Nhóm {n}", [(place * (n + 1)) % 13 for place in range(len(WEEKS))]) for n in range(layers)], WORDS
    )


def rects(svg: str) -> list[dict[str, str]]:
    """The drawn parts with their fills, without those of the key (14 wide, 12 high) and the grounds."""
    groups = etree.fromstring(svg).iter(f"{SVG}g")
    found = [{**rect.attrib, "fill": group.attrib["fill"]} for group in groups for rect in group.iter(f"{SVG}rect")]
    return [rect for rect in found if (rect["width"], rect["height"]) != ("14.0", "12.0")]


@pytest.mark.parametrize(
    "svg",
    [
        weekly(5),
        progress([Row("Kế hoạch <b>", (1, 2, 3), "1/6", 0.8)], ["Đạt", "Chưa đạt", "Chưa kiểm tra được"], WORDS),
        league([Row("Báo & đài", (3, 1), "4")], ["Bài gốc", "Đăng lại"], WORDS),
        bars([], [], WORDS),
        league([], [], WORDS),
    ],
)
def test_a_chart_is_one_light_drawing_that_needs_nothing_else(svg: str) -> None:
    tree = etree.fromstring(svg)
    assert tree.findtext(f"{SVG}title") == WORDS.title and tree.findtext(f"{SVG}desc") == WORDS.description
    assert {element.tag.removeprefix(SVG) for element in tree.iter()} <= {
        *("svg", "title", "desc", "defs", "pattern", "path", "g", "rect", "text"),
    }
    assert not any(name in ("style", "class") or name.startswith("on") for e in tree.iterdescendants() for name in e.attrib)
    assert len(svg.encode()) < 14_000


def test_a_bar_is_as_high_as_its_number_and_stands_on_the_one_below() -> None:
    svg = bars(["01/05", "08/05"], [Series("Bài gốc", [3, 0]), Series("Đăng lại", [1, 2])], WORDS)
    parts = [(float(rect["x"]), float(rect["y"]), float(rect["height"])) for rect in rects(svg)]
    assert len(parts) == 3
    unit = parts[0][2] / 3
    assert [round(height / unit, 2) for _, _, height in parts] == [3, 1, 2]
    assert parts[1][1] + parts[1][2] == pytest.approx(parts[0][1])
    assert parts[0][1] + parts[0][2] == pytest.approx(parts[2][1] + parts[2][2])
    assert parts[0][0] == parts[1][0] < parts[2][0]


def test_progress_divides_each_row_and_a_league_compares_them() -> None:
    rows = [Row("a", (1, 2, 1), ""), Row("b", (1, 0, 0), "")]
    names = ["Đạt", "Chưa đạt", "Chưa rõ"]
    divided = [float(rect["width"]) for rect in rects(progress(rows, names, WORDS))]
    assert divided[3] == pytest.approx(sum(divided[:3]), abs=0.2)
    compared = [float(rect["width"]) for rect in rects(league(rows, names, WORDS))]
    assert compared[3] == pytest.approx(compared[0], abs=0.1)


def test_parts_are_told_apart_without_colour() -> None:
    fills = [rect["fill"] for rect in rects(weekly(5))]
    assert len(set(fills)) == 5
    ids = set(re.findall(r'pattern id="([^"]+)"', weekly(5)))
    assert {fill[5:-1] for fill in fills if fill.startswith("url(#")} == ids and len(ids) == 3


def test_the_last_week_has_its_date() -> None:
    assert WEEKS[-1] in [element.text for element in etree.fromstring(weekly()).iter(f"{SVG}text")]


def test_a_png_has_the_letters_of_vietnam_without_any_font_of_the_system() -> None:
    blank, drawn = (_pixels(png(league([Row(name, (1,), "")], [], WORDS), zoom=1)) for name in ("", "Đẩy mạnh truyền thông"))
    assert blank != drawn
    missing = _pixels(png(league([Row("\ue000" * 21, (1,), "")], [], WORDS), zoom=1))
    assert drawn != missing
    assert _pixels(png(league([Row("Day manh truyen thong", (1,), "")], [], WORDS), zoom=1)) != drawn


def _pixels(image: bytes) -> bytes:
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", image[16:24])
    assert width == 720 and height > 20
    at, data = 8, b""
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        if image[at + 4 : at + 8] == b"IDAT":
            data += image[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(data)
