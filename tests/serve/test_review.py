"""Deciding through the site: the queues, an article's forms, two people at once, taking back, the list, and who may."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.store.accounts import audit
from crawler.store.accounts.db import accounts_path, reading
from crawler.store.db import open_database
from monitor.serve import config_dir
from tests.serve.conftest import SCRIPT, seed
from tests.serve.people import Person, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
AT = "2026-10-31T06:00:00+07:00"


def seed_queues(path: Path) -> None:
    """The database of the other tests, with something in each of the five queues."""
    seed(path)
    with closing(open_database(path)) as db, db.atomic():
        db.execute("insert into article_scores values (3, 'research', 0.48, 0, 0.95, 'm'), (3, 'youth', 0.52, 1, 0.9, 'm')")
        db.execute("insert into article_scores values (101, 'innovation', 0.5, 1, 1.0, 'm')")
        db.execute("insert into samples (id, topic_id, model, seed, size, drawn_at) values (1, 'education', 'm', 1, 2, ?)", [AT])
        db.execute("insert into sample_strata values (1, 0, 1, 0, 2, 9)")
        db.execute("insert into sample_articles values (1, 1, 3, 0), (1, 2, 8, 0)")
        db.execute("insert into tasks (id, title) values ('t1', ?)", [f"Đề tài {SCRIPT}"])
        db.execute(
            """insert into evidence (target_id, unit_id, url, article_id, kind, decided_at, passage, rule)
               values ('tasks-2030', 't1', 'https://song-viet.example/bai-4.html', 4, 'task-match', ?, ?, 'tasks-2030/1 0.60')""",
            [AT, SCRIPT],
        )
        db.execute(
            """insert into column_proposals (source_id, url, clear, why, anchor, title, found_on, found_at, seen_at)
               values ('evil', 'javascript:alert(1)', 0, 'anchor', ?, ?, 'https://evil.example/', ?, ?)""",
            [SCRIPT, SCRIPT, AT, AT],
        )


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queues") / "x.db"
    seed_queues(path)
    return path


@pytest.fixture
def path(seeded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeded, tmp_path / "x.db"))


@pytest_asyncio.fixture(loop_scope="module")
async def site(path: Path) -> AsyncIterator[Datasette]:
    """A site of its own for each test: they write."""
    datasette = Datasette(files=[str(path)], config_dir=config_dir())
    await datasette.invoke_startup()
    yield datasette
    datasette.close()


@pytest.fixture
def an(site: Datasette) -> Person:
    return sign_in(site, "staff", "an")


@pytest.fixture
def binh(site: Datasette) -> Person:
    return sign_in(site, "staff", "binh")


@pytest.fixture
def chi(site: Datasette) -> Person:
    return sign_in(site, "admin", "chi")


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the form that decides on the item shown."""
    form = html[html.index('<form class="decide"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("answers")]))
    return {name: value.replace("&amp;", "&") for name, value in found.items() if name != "form_token"}


async def answer(person: Person, page: str, value: str, note: str = "") -> Any:
    """Open a queue's page and answer its question."""
    shown = await person.get(page)
    assert shown.status_code == 200
    return await person.post("/duyet/ghi", {**hidden(shown.text), "value": value, "note": note})


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def tabs(html: str) -> dict[str, int]:
    listed = html[html.index('<nav class="filter"') : html.index('<form class="search')]
    return {kind: int(n) for kind, n in re.findall(r'href="/duyet\?kind=(\w+)[^"]*"[^>]*>[^<\d]*(\d+)</a>', listed)}


QUEUES = [
    ("evidence", "confirmed", "select state, decided_by, actor, note from evidence where id = 1", ("confirmed", "person")),
    ("tags", "0", "select value, field, actor, note from corrections", ("0", "topic:research")),
    ("samples", "1", "select value, field, actor, note from corrections", ("1", "topic:education")),
    (
        "tasks",
        "rejected",
        "select state, decided_by, actor, note from evidence where kind = 'task-match'",
        ("rejected", "person"),
    ),
    ("columns", "accepted", "select state, 'x', decided_by, note from column_proposals", ("accepted", "x")),
]


@pytest.mark.parametrize(("kind", "value", "sql", "written"), QUEUES, ids=[row[0] for row in QUEUES])
async def test_each_queue_decides_counts_down_and_undoes(
    an: Person, path: Path, kind: str, value: str, sql: str, written: tuple[str, str]
) -> None:
    page = f"/duyet?kind={kind}"
    before = tabs((await an.get(page)).text)
    assert before == {"evidence": 1, "tags": 3, "samples": 2, "tasks": 1, "columns": 1}
    done = await answer(an, page, value, f"vì {SCRIPT} =1+1")
    assert done.status_code == 303
    assert rows(path, sql) == [(*written, "an", f"vì {SCRIPT} =1+1")]
    after = await an.get(done.headers["location"])
    assert tabs(after.text)[kind] == before[kind] - 1
    assert "<script>alert" not in after.text and 'href="javascript:' not in after.text
    mark = re.search(r'name="mark" value="(\w+)"', after.text)
    assert mark
    undone = await an.post("/duyet/rut-lai", {"mark": mark[1], "back": page})
    assert (undone.status_code, undone.headers["location"]) == (303, f"{page}&done={mark[1][0]}2")
    assert tabs((await an.get(undone.headers["location"])).text) == before


async def test_the_evidence_shows_who_confirmed_it_and_that_the_verdict_does_not_know_yet(
    an: Person, site: Datasette, path: Path
) -> None:
    await answer(an, "/duyet?kind=evidence", "confirmed", "đã xem văn bản")
    for reader in (site.client, an):
        page = (await reader.get("/muc-tieu/plans-2025")).text
        assert "chưa tính tới quyết định này" in page
        assert ("an quyết định lúc" in page, "đã xem văn bản" in page) == ((True, True) if reader is an else (False, False))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into runs values (99, 'measure', '2999-01-01', '2999-01-01', 'ok', null, null)")
    page = (await an.get("/muc-tieu/plans-2025")).text
    assert "an quyết định lúc" in page and "chưa tính tới quyết định này" not in page


async def test_the_second_person_sees_what_the_first_decided(an: Person, binh: Person, path: Path) -> None:
    shown = hidden((await binh.get("/duyet?kind=evidence")).text)
    await answer(an, "/duyet?kind=evidence", "rejected", f"không phải {SCRIPT}")
    late = await binh.post("/duyet/ghi", {**shown, "value": "confirmed"})
    assert late.status_code == 409
    assert "an đã quyết định lúc" in late.text and "bác bỏ" in late.text and "không phải &lt;script&gt;" in late.text
    assert rows(path, "select state, actor from evidence where id = 1") == [("rejected", "an")]
    again = re.search(r'href="(/duyet\?kind=evidence&amp;item=1)"', late.text)
    assert again
    # Having seen it, the second may still decide otherwise.
    assert (await answer(binh, "/duyet?kind=evidence&item=1", "confirmed")).status_code == 303
    assert rows(path, "select state, actor from evidence where id = 1") == [("confirmed", "binh")]
    history = (await an.get("/duyet?kind=evidence&item=1")).text
    assert history.index("binh: xác nhận") < history.index("an: bác bỏ")


async def test_tags_are_corrected_on_the_article_s_page(an: Person, binh: Person, site: Datasette, path: Path) -> None:
    found = "/tim.json?topic=enterprise"
    before = (await site.client.get(found)).json()["count"]
    page = (await an.get("/bai/2")).text
    assert 'action="/bai/2/sua"' in page and "/sua" not in (await site.client.get("/bai/2")).text
    seen = re.search(r'name="field" value="topic:enterprise"><input type="hidden" name="seen" value="([^"]+)"', page)
    assert seen
    fields = {"field": "topic:enterprise", "seen": seen[1], "value": "0"}
    done = await an.post("/bai/2/sua", fields)
    assert done.status_code == 303 and done.headers["location"] == "/bai/2?done=c1"
    assert rows(path, "select topic_id from article_topics where article_id = 2") == [("science-technology",)]
    assert (await site.client.get(found)).json()["count"] == before - 1
    choice = {"which": "agency:lao-cai 0/0", "value": "actor", "note": "nêu ở cuối bài"}
    assert (await an.post("/bai/2/sua", choice)).status_code == 303
    assert (await an.post("/bai/2/sua", choice)).status_code == 409
    shown = (await an.get("/bai/2?done=c1")).text
    assert "nêu ở cuối bài" in shown and shown.count('name="mark" value="c1"') == 2
    assert "c1" not in re.findall(r'name="mark" value="(\w+)"', (await binh.get("/bai/2")).text)
    assert (await binh.post("/duyet/rut-lai", {"mark": "c1", "back": "/bai/2"})).status_code == 403
    back = await an.post("/duyet/rut-lai", {"mark": "c1", "back": "/bai/2"})
    assert back.headers["location"] == "/bai/2?done=c3"
    assert ("enterprise", 0.91, "model") in rows(
        path, "select topic_id, score, decided_by from article_topics where article_id = 2"
    )
    assert (await an.post("/duyet/rut-lai", {"mark": "c1", "back": "/bai/2"})).status_code == 409


async def test_a_reprint_is_split_off_and_a_day_is_set(an: Person, path: Path) -> None:
    together = rows(path, "select story_id from articles where id = 10")
    assert (await an.post("/bai/10/sua", {"field": "story", "seen": "/0", "value": "alone"})).status_code == 303
    assert rows(path, "select story_id, original from articles where id in (9, 10)") == [(9, 1), (10, 1)]
    assert together == [(9,)]
    day = rows(path, "select published_on from articles where id = 10")[0][0]
    assert (await an.post("/bai/10/sua", {"field": "published_on", "seen": f"{day}/0", "value": ""})).status_code == 303
    assert rows(path, "select published_on, date_source from articles where id = 10") == [(None, "person")]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"value": "3"}, 400, "Giá trị không hợp lệ"),
        ({"value": "1", "note": "x" * 10_000}, 400, "Ghi chú quá dài"),
        ({"value": "1", "field": "topic:none"}, 404, "Không còn nữa"),
        ({"value": "1", "field": "text"}, 404, "Không còn nữa"),
        ({}, 400, "Giá trị không hợp lệ"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_writes_nothing(
    an: Person, path: Path, fields: dict[str, str], status: int, words: str
) -> None:
    refused = await an.post("/bai/2/sua", {"field": "relevance", "seen": "2/0", **fields})
    assert refused.status_code == status and words in refused.text
    refused = await an.post("/duyet/ghi", {"what": "tag", "id": "2", "field": "relevance", "seen": "2/0", **fields})
    assert refused.status_code == status
    assert rows(path, "select count(*) from corrections") == [(0,)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"what": "evidence", "id": "999"},
        {"what": "column", "id": "-1"},
        {"what": "x", "id": "9" * 30},
        {"what": "tag", "id": "a"},
    ],
)
async def test_forms_made_up_by_hand_are_refused(an: Person, fields: dict[str, str]) -> None:
    assert (await an.post("/duyet/ghi", {"value": "confirmed", "seen": "x", **fields})).status_code == 404
    assert (await an.post("/duyet/rut-lai", {"mark": fields.get("id", "")})).status_code == 404
    for page in ("/duyet/ghi", "/duyet/rut-lai", "/bai/2/sua"):
        assert (await an.get(page)).status_code == 405


async def test_taking_back_leads_nowhere_else(an: Person) -> None:
    for n, elsewhere in enumerate(
        ("https://evil.example/", "//evil.example", "/duyet?x=\r\nSet-Cookie: a", "/duyet/../-/logout"), 1
    ):
        await an.post("/bai/2/sua", {"which": f"agency:ha-noi 0/{2 * n - 2}", "value": "named"})
        done = await an.post("/duyet/rut-lai", {"mark": f"c{2 * n - 1}", "back": elsewhere})
        assert done.headers["location"].startswith("/duyet/quyet-dinh?done=")


async def test_strangers_are_shown_the_way_in_and_decide_nothing(site: Datasette, path: Path) -> None:
    for page in ("/duyet", "/duyet/quyet-dinh"):
        response = await site.client.get(page)
        assert response.status_code == 303 and response.headers["location"].startswith("/dang-nhap?next=/duyet")
    assert (await site.client.get("/duyet/quyet-dinh.csv")).status_code == 401
    for page in ("/duyet/ghi", "/duyet/rut-lai", "/bai/2/sua"):
        assert (await site.client.post(page, data={"field": "relevance", "value": "0"})).status_code == 403
    assert '"/duyet"' not in (await site.client.get("/")).text
    assert rows(path, "select count(*) from corrections") == [(0,)]


async def test_the_list_is_by_person_and_day_and_as_csv(an: Person, binh: Person, chi: Person, path: Path) -> None:
    await answer(an, "/duyet?kind=evidence", "confirmed", "=cmd|' /C calc'!A0")
    await answer(binh, "/duyet?kind=columns", "rejected")
    await answer(binh, "/duyet?kind=tags", "1")
    day = rows(path, "select substr(at, 1, 10) from decisions")[0][0]
    page = (await binh.get("/duyet/quyet-dinh")).text
    assert page.count("<tr><td") == 3 and page.count('name="mark"') == 2
    only = (await binh.get(f"/duyet/quyet-dinh?actor=an&day={day}")).text
    assert only.count("<tr><td") == 1 and 'name="mark"' not in only
    assert (await binh.get("/duyet/quyet-dinh?actor=an&day=2001-01-01")).text.count("<tr><td") == 0
    sheet = await binh.get("/duyet/quyet-dinh.csv?actor=an")
    (row,) = csv.DictReader(io.StringIO(sheet.text.lstrip("\ufeff")))
    assert (row["actor"], row["value"], row["target_id"], row["unit_id"]) == ("an", "confirmed", "plans-2025", "bo-khcn")
    assert row["note"] == "'=cmd|' /C calc'!A0" and row["at"].endswith("+07:00")
    # An administrator takes back what others decided.
    assert (await chi.get("/duyet/quyet-dinh")).text.count('name="mark"') == 3
    back = await chi.post("/duyet/rut-lai", {"mark": "d1", "back": "/duyet/quyet-dinh?actor=an"})
    assert back.headers["location"] == "/duyet/quyet-dinh?actor=an&done=d3"
    assert rows(path, "select state, actor from evidence where id = 1") == [("detected", None)]


async def test_every_decision_is_in_the_audit_log_and_a_refused_one_is_not(an: Person, site: Datasette, path: Path) -> None:
    await answer(an, "/duyet?kind=evidence", "confirmed", "đúng")
    await an.post("/bai/2/sua", {"field": "relevance", "seen": "2/0", "value": "7"})
    with reading(accounts_path(path)) as connection:
        (entry,) = [entry for entry in audit.entries(connection) if entry.actor == "an" and "session" not in entry.deed]
    assert (entry.deed, entry.subject, entry.detail["state"], entry.detail["note"]) == (
        "evidence.judged",
        "plans-2025 bo-khcn",
        "confirmed",
        "đúng",
    )


async def test_the_queue_is_filtered_skipped_through_and_comes_to_an_end(an: Person) -> None:
    first = (await an.get("/duyet?kind=tags")).text
    second = (await an.get("/duyet?kind=tags&skip=1")).text
    assert hidden(first)["field"] != hidden(second)["field"]
    youth = (await an.get("/duyet?kind=tags&topic=youth")).text
    assert hidden(youth)["field"] == "topic:youth" and tabs(youth)["tags"] == 1
    assert "Đã xem hết" in (await an.get("/duyet?kind=tags&skip=50")).text
    assert "Không còn gì chờ" in (await an.get("/duyet?kind=evidence&agency=ha-noi")).text
    assert "không còn nữa" in (await an.get("/duyet?kind=evidence&item=12345")).text
    for odd in (
        "kind=%00",
        "skip=-1&item=x",
        "agency=%27%22<b>",
        "target=" + "9" * 500,
        "stay=" + "9" * 30,
        "done=c0",
        "done=d777",
    ):
        response = await an.get(f"/duyet?{odd}")
        assert response.status_code == 200 and "<b>'" not in response.text


async def test_only_the_queue_loads_a_script_and_only_from_here(an: Person) -> None:
    page = await an.get("/duyet")
    assert (
        "script-src 'self'" in page.headers["content-security-policy"] and "unsafe" not in page.headers["content-security-policy"]
    )
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/static/duyet.js" defer>']
    assert "script" not in (await an.get("/bai/2")).headers["content-security-policy"]
    without = await an.get("/duyet?keys=off")
    assert "<script" not in without.text and "nq57_keys=off" in without.headers["set-cookie"]
