"""Every page answers in both languages, shows what it should, and shows hostile text as text."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from crawler.store import read_targets
from monitor.site import reading
from tests.serve.figures import as_read
from tests.serve.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = [
    "/",
    "/tim",
    "/tim?q=doi+moi",
    "/tim?q=%22",
    "/bai/1",
    "/bai/101",
    "/bai/104",
    "/co-quan",
    "/co-quan/bo-khcn",
    "/co-quan/bac-kan",
    "/bao/song-viet",
    "/bao/evil",
    "/chu-de/education",
    "/nhom/education",
    "/tuan/2026-W43",
    "/muc-tieu/plans-2025",
    "/muc-tieu/press-2025",
    "/muc-tieu/channels-2025",
    "/muc-tieu/training-2030",
    "/tinh-trang",
    "/du-lieu",
    "/khong-co-trang-nay",
]
VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "line", "circle", "path"}


class Page(HTMLParser):
    """Collects what the tests look at, and fails on tags that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_stands(client: Any, path: str, language: str) -> None:
    response = await client.get(f"{path}{'&' if '?' in path else '?'}hl={language}")
    assert response.status_code == (404 if "khong-co" in path else 200)
    page = Page(response.text)
    assert page.all("html")[0]["lang"] == language
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert not page.all("script")
    assert not [tag for tag, attributes in page.tags if any(name.startswith("on") or name == "style" for name in attributes)]
    for link in page.all("a"):
        assert (link["href"] or "").startswith(("/", "#", "?", "http://", "https://"))
        if (link["href"] or "").startswith("http"):
            assert link["rel"] == "noopener noreferrer nofollow"
    assert all("caption" in response.text.split("<table")[n] for n in range(1, len(page.all("table")) + 1))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {attributes["for"] for attributes in page.all("label") if "for" in attributes}
    assert all(i.get("type") in ("hidden", "checkbox") or i.get("id") in labelled for i in page.all("input") + page.all("select"))


async def test_links_within_the_site_lead_somewhere(client: Any, staff: Person) -> None:
    seen: set[str] = set()
    for path in PAGES[:-1]:
        page = Page((await client.get(path)).text)
        seen |= {link["href"].split("#")[0] for link in page.all("a") if (link["href"] or "").startswith("/")}
    assert len(seen) > 150
    for href in sorted(seen):
        assert (await (staff if href.startswith("/nq57/") else client).get(href)).status_code == 200, href


async def test_a_long_list_is_cut_and_its_number_is_not(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = as_read((await client.get("/muc-tieu/plans-2025?hl=vi")).text)
    monkeypatch.setattr(reading.read_targets, "verdicts", partial(read_targets.verdicts, limit=3))
    cut = as_read((await client.get("/muc-tieu/plans-2025?hl=vi")).text)
    count = re.compile(r'<span class="soft">([0-9.]+)( · đang hiện 3 mục đầu)?</span></caption>')
    assert count.findall(whole) == [("56", "")] and count.findall(cut) == [("56", " · đang hiện 3 mục đầu")]
    assert cut.count('<th scope="row">') == 3


async def test_home_shows_the_eight_targets_with_their_denominators(client: Any) -> None:
    page = Page((await client.get("/")).text)
    links = [link["href"] for link in page.all("a")]
    for target in ("plans", "columns", "officials", "press", "channels"):
        assert f"/muc-tieu/{target}-2025" in links
    for target in ("tasks", "grassroots", "training"):
        assert f"/muc-tieu/{target}-2030" in links
    text = " ".join(page.text.split())
    assert "13 trên 56 cơ quan" in text
    assert "1 trên 3 cơ quan báo chí" in text
    assert "/muc-tieu/plans-2025?verdict=unknown" in links
    assert page.all("svg")


async def test_home_says_what_a_target_gained_since_a_month_before(client: Any, database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("insert into target_progress values ('plans-2025', '2026-09-28', 10, 46, 0, 56, 10 / 56.0, 0)")
    assert "+3 so với ngày 28/09/2026" in " ".join(Page((await client.get("/")).text).text.split())
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("delete from target_progress where as_of = '2026-09-28'")


async def test_every_province_has_a_tile_that_leads_to_it(client: Any, database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        provinces = {
            row[0]
            for row in db.execute("select id from agencies where kind = 'province' and valid_to is null and successor is null")
        }
        verdict = dict(db.execute("select unit_id, verdict from target_verdicts where target_id = 'plans-2025'").fetchall())
    for path in ("/", "/?o=plans-2025", "/?o=%3Cscript%3E"):
        text = (await client.get(path)).text
        tiles = dict(re.findall(r'<a href="/co-quan/([a-z-]+)" aria-label="[^"]+"><g class="([a-z0-9_-]+)"', text))
        assert set(tiles) == provinces and len(tiles) == 34
        if path == "/?o=plans-2025":
            assert tiles == {province: f"is-{verdict[province]}" for province in provinces}


@pytest.mark.parametrize("path", ["/", "/tim.json?q=nghi+quyet", "/nq57/articles.csv?_size=max", "/static/nq57.css"])
async def test_what_is_sent_packed_is_the_same(client: Any, path: str) -> None:
    packed, plain = [await client.get(path, headers={"Accept-Encoding": way}) for way in ("gzip", "identity")]
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.text == plain.text
    assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 2


async def test_a_target_lists_every_unit_and_filters_by_verdict(client: Any) -> None:
    whole = await client.get("/muc-tieu/plans-2025")
    assert len(re.findall(r"<tr id=", whole.text)) == 56
    for shown in ("https://bo-khcn.example/ke-hoach", "Kế hoạch số 12/KH-BKHCN", "NQ57-20261031-0001.warc.gz", "02/07/2025"):
        assert shown in whole.text
    met = await client.get("/muc-tieu/plans-2025?verdict=met")
    assert len(re.findall(r"<tr id=", met.text)) == 13
    assert len(re.findall(r"<tr id=", (await client.get("/muc-tieu/plans-2025?verdict=x'--")).text)) == 56


async def test_an_article_shows_what_made_it_relevant(client: Any) -> None:
    response = await client.get("/bai/10")
    assert "<mark>Nghị quyết số 57-NQ/TW</mark>" in response.text
    assert "NQ57-20261031-0001.warc.gz" in response.text and "10000" in response.text
    assert '/bai/9"' in response.text, "the story's other article"
    assert "91%" in response.text
    proof = await client.get("/bai/2")
    assert "/muc-tieu/plans-2025#bo-khcn" in proof.text


async def test_hostile_text_is_text(client: Any) -> None:
    for path in ("/bai/101", "/tim?q=chuyen+doi+so", "/bao/evil", "/tinh-trang", "/muc-tieu/plans-2025", "/tim?q=%3Cscript%3E"):
        html = (await client.get(path)).text
        assert "<script" not in html and "<img" not in html, path
    assert "&lt;script&gt;" in (await client.get("/bai/101")).text
    article = Page((await client.get("/bai/102")).text)
    assert not [link for link in article.all("a") if "javascript" in (link["href"] or "")]
    assert "javascript:alert(document.domain)" in article.text
    quoted = Page((await client.get("/bai/103")).text)
    assert not [link for link in quoted.all("a") if "onmouseover" in link]


async def test_a_snippet_marks_the_original_spelling(client: Any) -> None:
    html = (await client.get("/tim?q=doi+moi")).text
    assert "<mark>đổi mới</mark>" in html
    assert "\x02" not in html and "\x03" not in html.replace("&#", "")


async def test_facets_filter_and_count(client: Any) -> None:
    html = (await client.get("/tim?topic=education")).text
    count = int(re.search(r"<b>(\d+) bài</b>", as_read(html))[1])  # type: ignore[index]
    assert count == 12
    both = (await client.get("/tim?topic=education&outlet=song-viet&lang=vi&week=2026-W43")).text
    narrowed = (await client.get("/tim.json?topic=education&outlet=song-viet&lang=vi&week=2026-W43")).json()
    assert f"<b>{narrowed['count']} bài</b>" in as_read(both) or narrowed["count"] == 0
    assert (await client.get("/tim.json?topic=education&agency=lao-cai")).json()["count"] == 12
    assert (await client.get("/tim.json?topic=education&agency=vast")).json()["count"] == 0


async def test_marks_that_nobody_wrote_are_left_aside_and_said_so(client: Any) -> None:
    html = (await client.get("/tim?q=l%E1%BA%ADp+tr%C4%ABnh")).text
    assert "Không có bài nào viết đúng dấu" in html
    assert "<mark>lập trình</mark>" in html


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-99-99",
        "to=hôm+nay",
        "page=-1",
        "page=9999999999",
        "page=x",
        "week=2026-W99",
        "sort=%00",
        "topic=%27%22",
        "outlet=../..",
        "q=" + "%C4%91" * 4000,
        "from=31/10/2026&to=01/01/2020",
    ],
)
async def test_no_parameter_breaks_the_search(client: Any, query: str) -> None:
    assert (await client.get(f"/tim?{query}")).status_code == 200
    assert (await client.get(f"/tim.json?{query}")).status_code == 200


async def test_pages_of_a_result_do_not_overlap(client: Any) -> None:
    ids: list[str] = []
    for page in range(1, 5):
        text = (await client.get(f"/tim?page={page}&sort=date")).text
        ids += re.findall(r'<(?:h2><a class="title"|li><a) href="/bai/(\d+)"', text)
    assert len(ids) == len(set(ids)) == (await client.get("/tim.json")).json()["count"] == 69


async def test_the_language_is_remembered(client: Any) -> None:
    assert 'lang="vi"' in (await client.get("/")).text
    english = await client.get("/?hl=en")
    assert "nq57_hl=en" in english.headers["set-cookie"]
    assert '<html lang="en">' in (await client.get("/tim", cookies={"nq57_hl": "en"})).text
    assert '<html lang="vi">' in (await client.get("/tim", cookies={"nq57_hl": "xx"})).text


async def test_healthz(client: Any) -> None:
    assert (await client.get("/-/healthz")).status_code == 200


async def test_a_target_without_any_figure_shows_no_share(client: Any) -> None:
    for path in ("/", "/muc-tieu/training-2030"):
        text = " ".join(Page((await client.get(path)).text).text.split())
        assert "– Chờ số liệu" in text and "0 trên 56 cơ quan" not in text, path


async def test_counts_lead_to_their_rows(client: Any) -> None:
    page = Page((await client.get("/tinh-trang")).text)
    links = {str(link["href"]) for link in page.all("a")}
    assert "/nq57/sources?status=failing" in links
    assert "/nq57/failures?run_id__gte=1&reason=dns&severity=error" in links
    assert "/nq57/pages?state=failed&source_id=song-viet" in links
    group = Page((await client.get("/nhom/education")).text)
    links = {str(link["href"]) for link in group.all("a")}
    assert {"/tim?group=education", "/tim?group=education&topic=youth"} <= links
    shown = re.search(r"(\d+) bài liên quan", as_read(group.text))
    found = await client.get("/tim.json?group=education")
    assert shown and found.json()["count"] == int(shown[1]) > 0
    assert len({row["id"] for row in found.json()["rows"]}) == found.json()["count"]
    both = (await client.get("/tim.json?group=education&group=enterprises")).json()["count"]
    assert both > found.json()["count"] and (await client.get("/tim.json?group=none")).json()["count"] == 0


async def test_bodies_stand_in_the_order_of_a_dictionary(client: Any) -> None:
    html = (await client.get("/co-quan")).text
    places = [html.index(f">{name}</a>") for name in ("Tỉnh Cà Mau", "Tỉnh Đắk Lắk", "Tỉnh Đồng Tháp", "Tỉnh Gia Lai")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("week", "status"),
    [("0001-W01", 404), ("0001-W03", 200), ("9999-W50", 200), ("9999-W52", 404), ("2026-W53", 200), ("2025-W53", 404)],
)
async def test_a_week_at_the_end_of_the_calendar_is_no_error(client: Any, week: str, status: int) -> None:
    assert (await client.get(f"/tuan/{week}")).status_code == status
    assert (await client.get(f"/tim?week={week}")).status_code == 200


async def test_a_missing_page_costs_no_drawn_traceback(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(Console, "print_exception", lambda *given, **how: drawn.append(given))
    for path in ("/khong-co", "/nq57/khong-co.json", "/bai/999999", "/-/khong-co-gi"):
        assert (await client.get(path)).status_code == 404
    assert drawn == []


async def test_a_name_that_is_typed_suggests_its_filter(client: Any) -> None:
    for typed, suggested in (
        ("khoa hoc", True),
        ("Khoa học", True),
        ("khóa học", False),
        ("chuyen doi so", True),
        ("x" * 9, False),
    ):
        page = (await client.get("/tim", params={"q": typed, "hl": "vi"})).text
        assert ("Ý bạn là" in page) == suggested, typed
    page = (await client.get("/tim?q=da+nang&hl=vi")).text
    assert '<a href="/tim?agency=da-nang">' in page


async def test_reprints_fold_beneath_their_story_and_the_curve_counts_both(client: Any) -> None:
    page = as_read((await client.get("/tim?sort=date&hl=vi")).text)
    assert "<b>69 bài</b> · 63 bài gốc" in page
    assert page.count('<details class="reprints">') >= 1 and "1 bài đăng lại cùng nội dung" in page
    assert 'class="bar-all"' in page and 'class="bar-original"' in page
