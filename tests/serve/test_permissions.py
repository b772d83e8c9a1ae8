"""Who may do what: each role, each deed, each setting for people who are not signed in, through the site itself."""

from __future__ import annotations

import html
import io
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from datasette.app import Datasette

from crawler.store.accounts import audit
from crawler.store.accounts.db import accounts_path, reading
from monitor.serve import DATABASE_NAME, config_dir
from monitor.site import bounded
from monitor.site.desk import Desk
from monitor.site.forms import FIELD
from monitor.site.openness import WITH_TEXT, WITHOUT_TEXT
from monitor.site.roles import Deed, may
from monitor.site.visitors import SCOPE, Visitor
from tests.serve.people import Person, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

SQL = "/nq57/-/query.json?sql=select+count(*)+as+n+from+articles&_shape=array"
TEXT = "Bai viet khong dau"
"""Words of an article's text, in letters that JSON writes as they are; no title has them."""
DEEDS: dict[Deed, set[str]] = {
    "read": {"staff", "analyst", "admin"},
    "read-text": {"staff", "analyst", "admin"},
    "correct": {"staff", "analyst", "admin"},
    "review": {"staff", "analyst", "admin"},
    "sql": {"analyst", "admin"},
    "accounts": {"admin"},
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_role_may_do_its_deeds_and_no_others(deed: Deed) -> None:
    for role in ("staff", "analyst", "admin", "root", ""):
        assert may({"id": "x", "name": "X", "role": role}, deed) is (role in DEEDS[deed])


@pytest.mark.parametrize(
    ("setting", "allowed"),
    [("all", {"read", "read-text"}), ("no-text", {"read"}), ("nothing", set()), ("", {"read", "read-text"}), ("al", set())],
)
async def test_strangers_may_what_the_setting_says(setting: str, allowed: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NQ57_ANONYMOUS", setting)
    assert {deed for deed in DEEDS if may(None, deed)} == allowed


async def test_analysts_run_sql_and_nobody_below_them(client: Any, staff: Person, analyst: Person, admin: Person) -> None:
    for person in (analyst, admin):
        assert (await person.get(SQL)).json() == [{"n": 70}]
    for stranger in (client, staff):
        assert (await stranger.get(SQL)).status_code == 403


async def test_sql_reaches_the_coverage_alone(analyst: Person) -> None:
    for sql in ("select * from accounts", "select * from accounts.accounts", "attach 'accounts.db' as a", "pragma database_list"):
        response = await analyst.get("/nq57/-/query.json", params={"sql": sql})
        assert response.status_code in (400, 403), sql
    for path in ("/_internal/-/query.json?sql=select+1", "/_memory/-/query.json?sql=select+1", "/accounts.json", "/nq57.db"):
        assert (await analyst.get(path)).status_code in (403, 404), path


COUNTING = "with recursive c(x) as (select 1 union all select x + 1 from c{}) "


@pytest.mark.parametrize("way", ["json", "csv"])
@pytest.mark.parametrize(
    "sql",
    [
        COUNTING.format(" limit 60") + "select zeroblob(15000000) from c",
        COUNTING.format(" limit 1000") + "select printf('%100000s', x) from c",
        COUNTING.format("") + "select max(x) from c",
        COUNTING.format("") + "select group_concat(x) from c",
        "with recursive t(x) as (select 'a' union all select x || x from t limit 30) select x from t",
        f"select {', '.join(['1'] * 101)}",
        f"select {', '.join(['zeroblob(900000)'] * 40)}",
    ],
)
async def test_no_question_of_an_analyst_fills_the_memory_or_goes_on_for_ever(analyst: Person, sql: str, way: str) -> None:
    response = await analyst.get(f"/nq57/-/query.{way}", params={"sql": sql})
    assert response.status_code == 400 and len(response.content) < 10_000


async def test_an_analyst_gets_the_first_thousand_rows(analyst: Person) -> None:
    sql = COUNTING.format(" limit 5000") + "select x from c"
    answer = (await analyst.get("/nq57/-/query.json", params={"sql": sql})).json()
    assert len(answer["rows"]) == 1000 and answer["truncated"]


async def test_a_table_of_long_texts_comes_in_pieces_that_can_be_read(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST", 4_000)
    assert (await client.get("/nq57/articles.json?_size=2")).status_code == 200
    assert (await client.get("/nq57/articles.json?_size=max")).status_code == 400


async def test_every_table_is_either_with_or_without_text(database: Path) -> None:
    described = yaml.safe_load((config_dir() / "metadata.yaml").read_text(encoding="utf-8"))["databases"][DATABASE_NAME]["tables"]
    named = {name for name, table in described.items() if table.get("columns")}
    assert named == set(WITH_TEXT) | set(WITHOUT_TEXT) and not set(WITH_TEXT) & set(WITHOUT_TEXT)
    with closing(sqlite3.connect(database)) as connection:
        for table in WITHOUT_TEXT:
            columns = {row[1] for row in connection.execute(f"pragma table_info({table})")}
            assert columns and not columns & {"text", "passage", "note", "content"}, table


async def test_without_the_text_setting_no_table_gives_texts(
    client: Any, staff: Person, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    monkeypatch.setenv("NQ57_ANONYMOUS", "no-text")
    with closing(sqlite3.connect(database)) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
    for table in tables:
        response = await client.get(f"/nq57/{table}.json?_size=max")
        assert response.status_code == (200 if table in WITHOUT_TEXT else 403), table
        assert TEXT not in response.text, table
        again = await client.get(f"/nq57/{table.upper()}.csv?_size=max")
        assert again.status_code in (response.status_code, 404) and TEXT not in again.text
    assert (await client.get("/nq57/articles/2.json")).status_code == 403
    assert TEXT not in (await client.get("/nq57.json")).text
    assert TEXT in (await staff.get("/nq57/articles.json?_size=max")).text


async def test_without_the_text_setting_no_page_and_no_export_gives_texts(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are put wherever the press's or reviewers' sentences are kept; then everything that can be reached is read."""
    path = tmp_path / "nq57.db"
    shutil.copy(database, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "update articles set text = 'Kimcuong đổi mới. ' || text, summary = case id % 2 when 1 then 'Kimcuong tóm tắt' end"
        )
        connection.execute(
            """insert into decisions (about, target_id, unit_id, url, kind, state, actor, at, note)
               select 'evidence', target_id, unit_id, url, kind, 'confirmed', 'c', '2026-11-01T08:00:00+07:00', 'Kimcuong'
               from evidence"""
        )
        connection.execute("update evidence set passage = 'Kimcuong', note = 'Kimcuong'")
        connection.execute(
            """insert into corrections (article_id, field, value, actor, at, note)
               values (1, 'relevance', '2', 'c', '2026-11-01', 'Kimcuong')"""
        )
        connection.execute(
            "insert into article_versions select id, 1, 'x', 'y', 'Kimcuong', fetched_at, null, null from articles"
        )
        connection.execute(
            "insert into report_months values ('2026-11', '2026-10-20', '2026-11-19', '2026-11-20', 'x', 'Kimcuong')"
        )
    site = Datasette(files=[str(path)], config_dir=config_dir())
    await site.invoke_startup()
    try:
        staff = sign_in(site, "staff")
        monkeypatch.setenv("NQ57_ANONYMOUS", "no-text")
        seen = await reachable(site.client, TELLING)
        assert {path for path, text in seen.items() if "kimcuong" in text.lower()} == set()
        assert len(seen) == 90 and "/nq57/articles_public.json?_size=max" in seen
        for setting, who in (("no-text", staff), ("all", site.client)):
            monkeypatch.setenv("NQ57_ANONYMOUS", setting)
            for path in TELLING:
                assert "kimcuong" in (await reachable(who, [path], follow=0))[path].lower(), path
    finally:
        site.close()


TELLING = ["/tim?q=doi+moi", "/bai/1", "/bai/2", "/muc-tieu/plans-2025", "/co-quan/bo-khcn", "/tim.csv?q=doi+moi",
           "/tim.atom?q=doi+moi", "/tim.xlsx?q=doi+moi"]  # fmt: skip
"""Pages that show texts to those who may read them."""


async def reachable(who: Any, start: list[str], follow: int = 12) -> dict[str, str]:
    """The text of some pages and of 90 that links on the first of them lead to, by address."""
    seen: dict[str, str] = {}
    queue = [*start, *(["/nq57/articles_public.json?_size=max", "/nq57.json", "/", "/du-lieu"] if follow else [])]
    while queue and len(seen) < 90:
        path = queue.pop(0)
        if path in seen:
            continue
        response = await who.get(path)
        text, kind = response.text, response.headers.get("content-type", "")
        if kind.startswith("application/vnd"):
            book = zipfile.ZipFile(io.BytesIO(response.content))
            text = " ".join(book.read(name).decode() for name in book.namelist())
        seen[path] = text
        if len(seen) <= follow and "text/html" in kind:
            queue += [html.unescape(link) for link in re.findall(r'href="(/(?!/)[^"#]*)', text)]
    return seen


async def test_with_nothing_open_strangers_get_the_way_in_and_no_more(
    client: Any, staff: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NQ57_ANONYMOUS", "nothing")
    for path in ("/", "/tim?q=a", "/bai/1", "/du-lieu", "/tinh-trang", "/nq57/sources", "/khong-co", "/tuan/2026-W43"):
        response = await client.get(path)
        assert response.status_code == 303 and response.headers["location"].startswith("/dang-nhap?next="), path
        assert (await staff.get(path)).status_code == (404 if "khong-co" in path else 200)
    for path in (
        "/tim.json",
        "/tim.csv",
        "/tim.xlsx",
        "/tim.atom",
        "/nq57/sources.json",
        "/nq57/sources/evil.json",
        "/nq57.json",
    ):
        response = await client.get(path)
        assert response.status_code == 401 and "location" not in response.headers, path
        assert set(response.json()) == {"ok", "error"}
    for path in ("/static/nq57.css", "/-/healthz"):
        assert (await client.get(path)).status_code == 200


async def test_the_workings_are_for_administrators(client: Any, staff: Person, analyst: Person, admin: Person) -> None:
    assert (await admin.get("/-/versions.json")).status_code == 200
    for stranger in (client, staff, analyst):
        assert (await stranger.get("/-/versions.json")).status_code == 404


async def test_the_data_page_says_what_its_reader_can_use(
    client: Any, staff: Person, analyst: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    anonymous, known, querying = [(await who.get("/du-lieu")).text for who in (client, staff, analyst)]
    assert 'href="/nq57/articles.json"' in anonymous and 'href="/nq57/articles"' not in anonymous
    assert 'href="/nq57/articles"' in known and "/nq57/-/query" not in known
    assert 'href="/nq57/-/query"' in querying
    monkeypatch.setenv("NQ57_ANONYMOUS", "no-text")
    closed = (await client.get("/du-lieu")).text
    assert 'href="/nq57/articles_public.json"' in closed and 'href="/nq57/articles.json"' not in closed


FORM = "/duyet/khong/co/o/sau/nay"


async def test_a_form_without_the_token_of_its_browser_is_refused(staff: Person, admin: Person) -> None:
    assert (await staff.post(FORM)).status_code == 404  # let through: there is no such page
    for token in ("", "0" * 64, admin.form_token, "ế"):
        assert (await staff.post(FORM, {FIELD: token})).status_code == 403
    assert (await staff.site.client.post(FORM, data={FIELD: staff.form_token})).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://localhost"}, 404),
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, 404),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 404),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://localhost.evil.example"}, 403),
        ({"origin": "http://localhost:81"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[bad"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
    ],
)
async def test_a_form_from_another_site_is_refused(staff: Person, headers: dict[str, str], status: int) -> None:
    assert (await staff.post(FORM, headers=headers)).status_code == status


async def test_only_forms_of_a_reasonable_size_are_read(staff: Person) -> None:
    assert (await staff.post(FORM, {"note": "x" * 60_000})).status_code == 404
    assert (await staff.post(FORM, {"note": "x" * 70_000})).status_code == 413
    client, cookies = staff.site.client, staff.cookies
    assert (await client.post(FORM, json={FIELD: staff.form_token}, cookies=cookies)).status_code == 415
    many = "&".join(f"a{n}=1" for n in range(3_000))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (
        await client.post(FORM, content=f"{FIELD}={staff.form_token}&{many}", headers=headers, cookies=cookies)
    ).status_code == 400
    assert (await client.post(FORM, content=b"\xff=1", headers=headers, cookies=cookies)).status_code == 400


async def test_a_write_and_its_entry_in_the_log_are_kept_together_or_not_at_all(site: Any, staff: Person, database: Path) -> None:
    request = SimpleNamespace(scope={SCOPE: Visitor(None, "10.0.0.9", "")})
    desk = Desk(site)

    def work(connection: sqlite3.Connection) -> int:
        connection.execute("insert into corrections (article_id, field, value, actor, at) values (1, 'x', 'y', 'staff', '2026')")
        return 7

    def fails(connection: sqlite3.Connection) -> None:
        work(connection)
        raise ValueError

    assert await desk.write(request, "test.done", "bai/1", work, note="một") == 7
    with pytest.raises(ValueError):
        await desk.write(request, "test.failed", "bai/1", fails)
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute("delete from corrections where field = 'x'").rowcount == 1
    with reading(accounts_path(database)) as connection:
        entry, *_ = audit.entries(connection)
        assert (entry.deed, entry.subject, entry.detail, entry.address) == ("test.done", "bai/1", {"note": "một"}, "10.0.0.9")
        assert entry.at.endswith("+07:00")
