"""The exports hold exactly the result, and no spreadsheet computes a cell of them."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
import zipfile
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from monitor.site.cells import BOM, SafeCsv, safe_cell
from monitor.site.desk import Desk
from tests.serve.figures import as_read

ATOM = "{http://www.w3.org/2005/Atom}"
DANGEROUS = tuple("=+-@\t\r\n\x00＝＋－＠")


@pytest.mark.parametrize(
    "query",
    ["", "q=doi+moi", "q=%C4%91%E1%BB%95i+m%E1%BB%9Bi&sort=date", "topic=youth", "outlet=evil", "all=1", "q=khongcotunay"],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_all_exports_agree_with_the_page(client: Any, query: str) -> None:
    page = (await client.get(f"/tim?{query}")).text
    shown = re.search(r"<b>([\d.]+) bài</b>", as_read(page))
    count = int(shown[1].replace(".", "")) if shown else 0
    rows = (await client.get(f"/tim.json?{query}")).json()
    assert rows["count"] == len(rows["rows"]) == count
    table = list(csv.DictReader(io.StringIO((await client.get(f"/tim.csv?{query}")).text.removeprefix(BOM))))
    assert [int(row["id"]) for row in table] == [row["id"] for row in rows["rows"]]
    sheet = zipfile.ZipFile(io.BytesIO((await client.get(f"/tim.xlsx?{query}")).content)).read("xl/worksheets/sheet1.xml")
    assert len(ElementTree.fromstring(sheet).findall(".//{*}row")) == count + 1
    feed = ElementTree.fromstring((await client.get(f"/tim.atom?{query}")).content)
    assert len(feed.findall(f"{ATOM}entry")) == count


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="session")
async def test_two_hundred_filters_count_alike_on_the_page_and_in_every_export(client: Any) -> None:
    chance = random.Random(57)
    choices = {
        "q": ("", "", "doi moi", "đổi mới", "NQ57", '"nghị quyết"', "bán dẫn -Lào", "so* OR chip", "hòa bình"),
        "topic": ("", "", "youth", "enterprise"), "agency": ("", "", "da-nang", "bo-khcn"),
        "outlet": ("", "", "song-viet", "evil"),
        "lang": ("", "", "vi", "en"), "from": ("", "", "2026-09-01"), "to": ("", "", "2026-10-15"), "week": ("", "", "2026-W41"),
        "all": ("", "1"), "sort": ("", "date", "relevance"),
    }  # fmt: skip
    counts = set()
    for _ in range(200):
        query = urlencode({name: chosen for name, values in choices.items() if (chosen := chance.choice(values))})
        shown = re.search(r"<b>([\d.]+) bài</b>", as_read((await client.get(f"/tim?{query}")).text))
        count = int(shown[1].replace(".", "")) if shown else 0
        rows = (await client.get(f"/tim.json?{query}")).json()
        table = list(csv.DictReader(io.StringIO((await client.get(f"/tim.csv?{query}")).text.removeprefix(BOM))))
        book = zipfile.ZipFile(io.BytesIO((await client.get(f"/tim.xlsx?{query}")).content)).read("xl/worksheets/sheet1.xml")
        lines = len(ElementTree.fromstring(book).findall(".//{*}row")) - 1
        assert count == rows["count"] == len(rows["rows"]) == len(table) == lines, query
        counts.add(count)
    assert len(counts) > 5


@pytest.mark.asyncio(loop_scope="session")
async def test_too_many_exports_at_once_are_asked_to_come_back(site: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = asyncio.Semaphore(0)
    monkeypatch.setattr(Desk, "exports_busy", property(lambda self: busy.locked()))
    response = await client.get("/tim.csv")
    assert (response.status_code, response.headers["retry-after"]) == (503, "10")


@pytest.mark.asyncio(loop_scope="session")
async def test_json_has_the_fields_of_the_contract(client: Any) -> None:
    row = (await client.get("/tim.json?topic=youth&sort=date")).json()["rows"][0]
    assert {"id", "url", "title", "source_id", "published_at", "relevance", "topics", "agencies", "story_id"} <= set(row)
    assert row["topics"] == ["education", "youth"]
    assert row["agencies"] == ["bo-gddt", "lao-cai"]


@pytest.mark.asyncio(loop_scope="session")
async def test_no_cell_is_a_formula(client: Any) -> None:
    response = await client.get("/tim.csv?outlet=evil")
    assert response.text.startswith(BOM)
    assert response.headers["content-disposition"] == 'attachment; filename="nq57.csv"'
    cells = [cell for row in csv.reader(io.StringIO(response.text.removeprefix(BOM))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(DANGEROUS)]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    book = zipfile.ZipFile(io.BytesIO((await client.get("/tim.xlsx?outlet=evil")).content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert "=HYPERLINK" in sheet


@pytest.mark.asyncio(loop_scope="session")
async def test_the_stock_csv_is_safe_too(client: Any) -> None:
    response = await client.get("/nq57/articles.csv?_size=max&source_id=evil")
    assert response.status_code == 200
    assert response.text.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix(BOM))))
    assert len(rows) == 6
    assert not [cell for row in rows for cell in row.values() if cell.startswith(DANGEROUS)]


def test_numbers_stay_numbers_and_formulas_become_text() -> None:
    assert safe_cell(-1.5) == -1.5
    assert safe_cell("-1+cmd|' /C calc'!A0") == "'-1+cmd|' /C calc'!A0"
    assert safe_cell("bình thường") == "bình thường"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_csv_in_pieces_of_any_size_gives_the_same(size: int) -> None:
    source = 'a,b\r\n"=1\r\n""x""",-2.5\r\n"@y",z\r\n'
    safe = SafeCsv()
    pieces = [source[n : n + size] for n in range(0, len(source), size)]
    out = "".join(safe.feed(piece, last=n == len(pieces) - 1) for n, piece in enumerate(pieces))
    assert list(csv.reader(io.StringIO(out.removeprefix(BOM), newline=""))) == [["a", "b"], ['\'=1\r\n"x"', "-2.5"], ["'@y", "z"]]
