"""What the web may write into every name, title, address and message is shown as text on every page and in every export."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.store.db import open_database
from monitor.serve import config_dir
from tests.serve.people import sign_in
from tests.serve.test_review import seed_queues

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "=pwn()<script>pwn()</script><img src=x onerror=pwn()>\"'><svg/onload=pwn()>{{7*7}}\u202e"
LONG = "x" * 10_000
HARM = (
    "update sources set name = :evil, home = 'javascript:pwn()' where id = 'song-viet'",
    "update sources set name = :long where id = 'tan-tin'",
    "update articles set author = :evil, summary = :evil, language = '\"><script>pwn()</script>' where id = 2",
    "update articles set title = :evil || :long where id = 3",
    "update evidence set document = :evil, issued_by = :evil, passage = :evil || :long, note = :evil",
    "update failures set detail = :evil || :long, url = 'javascript:pwn()'",
    "update agencies set name_vi = :evil, name_en = :evil where id = 'bo-khcn'",
    "update runs set command = :evil",
    "update target_verdicts set reason = :evil where unit_id = 'song-viet'",
    "update endpoints set title = :evil, url = url || '\"><script>pwn()</script>'",
    "update column_proposals set anchor = :evil, title = :long, found_on = 'javascript:pwn()'",
)
PAGES = (
    "/", f"/?o={EVIL}", f"/tim?q={EVIL}", f"/tim?topic={EVIL}&from={EVIL}&sort={EVIL}", "/tim?q=chuyen+doi+so",
    "/bai/2", "/bai/3", "/bao/song-viet", "/bao/tan-tin", "/co-quan", "/co-quan/bo-khcn", "/muc-tieu", "/muc-tieu/plans-2025",
    f"/muc-tieu/press-2025?verdict={EVIL}", "/tinh-trang", "/du-lieu", "/tuan/2026-W43", "/nhom/education", "/chu-de/innovation",
    f"/dang-nhap?next={EVIL}", f"/khong-co/{EVIL}",
)  # fmt: skip
DESK = ("/duyet", "/duyet?kind=columns", "/duyet?kind=tasks", f"/duyet?topic={EVIL}", f"/duyet/quyet-dinh?actor={EVIL}",
        f"/quan-tri/nhat-ky?nguoi={EVIL}", "/nq57", "/nq57/articles", "/nq57/articles/3",
        f"/nq57/sources?_search={EVIL}")  # fmt: skip
LIVE = re.compile(r"<script>pwn|<img src=x|<svg/onload|href=[\"']?javascript:|49\u202e")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Datasette]:
    """A site over what a hostile web has left."""
    path: Path = tmp_path_factory.mktemp("hostile") / "nq57.db"
    seed_queues(path)
    with closing(open_database(path)) as db, db.atomic():
        for harm in HARM:
            assert db.execute(harm, {"evil": EVIL, "long": LONG}).rowcount > 0, harm
    datasette = Datasette(files=[str(path)], config_dir=config_dir())
    await datasette.invoke_startup()
    yield datasette
    datasette.close()


def harmless(response: Any, path: str) -> None:
    assert response.status_code < 500, path
    assert not (live := LIVE.search(response.text)), (path, live and response.text[live.start() - 80 : live.end() + 40])


async def test_pages_show_it_as_text(site: Datasette) -> None:
    for path in PAGES:
        for language in ("vi", "en"):
            harmless(await site.client.get(path, cookies={"nq57_hl": language}), path)
    assert "&lt;script&gt;pwn()" in (await site.client.get("/bao/song-viet")).text


async def test_pages_of_those_who_are_signed_in_show_it_as_text(site: Datasette) -> None:
    admin = sign_in(site, "admin")
    for path in (*PAGES, *DESK):
        harmless(await admin.get(path), path)


@pytest.mark.parametrize("path", ["/tim.csv?all=1&time=all", "/nq57/evidence.csv", "/nq57/sources.csv", "/nq57/failures.csv"])
async def test_no_cell_of_a_table_begins_a_formula(site: Datasette, path: str) -> None:
    text = (await site.client.get(path)).text
    assert "pwn()" in text and not re.search(r'(?:^|,)"?[=+@\t]pwn', text, re.M)


async def test_no_cell_of_a_workbook_is_a_formula_or_a_link(site: Datasette) -> None:
    book = zipfile.ZipFile(io.BytesIO((await site.client.get("/tim.xlsx?all=1&time=all")).content))
    parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    assert "=pwn()&lt;script&gt;" in "".join(parts.values()), "what the web wrote is there, as text"
    for name, part in parts.items():
        ElementTree.fromstring(part)
        assert not re.search(r"<f>|<hyperlink|<script", part), name


async def test_the_feed_is_whole_and_holds_no_markup_of_theirs(site: Datasette) -> None:
    text = (await site.client.get(f"/tim.atom?q={EVIL}&all=1")).text + (await site.client.get("/tim.atom?all=1")).text
    assert "<script" not in text and "<img" not in text and 'href="javascript:' not in text
