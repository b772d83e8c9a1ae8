"""What a stranger may not do: write, run SQL, take the file, learn the machine's paths, frame or redirect."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.serve.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOCK = ["/nq57", "/nq57/articles", "/nq57/articles/1", "/nq57/target_verdicts", "/nq57/pages", "/nq57/articles?_search=doi+moi"]
JSON = [
    "/nq57.json",
    "/nq57/articles.json",
    "/nq57/articles/1.json",
    "/tim.json",
    "/nq57/sources.json?_extra=database,query,metadata",
]


async def test_headers(client: Any) -> None:
    for path in ("/", "/tim", "/bai/1", "/tim.json", "/static/nq57.css", "/khong-co", "/nq57/articles"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    own = (await client.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in own and "unsafe" not in own and "script-src" not in own


@pytest.mark.parametrize("path", STOCK)
async def test_raw_tables_can_be_read_by_those_who_are_signed_in(client: Any, staff: Person, path: str) -> None:
    assert (await staff.get(path)).status_code == 200
    response = await client.get(path)
    assert (response.status_code, response.headers["location"]) == (303, f"/dang-nhap?next={quote(path)}")


@pytest.mark.parametrize("path", ["/~6eq57/articles", "/nq57/-/schema", "/nq57/articles/1/-/x", "/%6eq57", "/nq57.", "/NQ57"])
async def test_no_way_of_writing_a_name_leads_strangers_to_stock_pages(client: Any, path: str) -> None:
    assert (await client.get(path)).status_code in (302, 303, 404)
    response = await client.get(path, follow_redirects=True)
    assert response.status_code == 404 or "/dang-nhap" in str(response.url)


async def test_indexes_are_hidden_and_columns_described(client: Any, staff: Person) -> None:
    tables = {table["name"]: table["hidden"] for table in (await client.get("/nq57.json")).json()["tables"]}
    assert not tables["articles"] and not tables["target_verdicts"]
    assert all(hidden for name, hidden in tables.items() if "fts" in name or "exact" in name or name.startswith(("doc_", "_")))
    assert "Its canonical address." in (await staff.get("/nq57/articles")).text


@pytest.mark.parametrize(
    "path",
    [
        "/nq57?sql=select+1",
        "/nq57.json?sql=select+1",
        "/nq57/-/query?sql=select+1",
        "/nq57/-/query.json?sql=select+zeroblob(400000000)",
        "/nq57/-/query.csv?sql=select+1",
        "/nq57.db",
        "/_memory",
        "/_internal.json",
    ],
)
async def test_no_sql_and_no_file(client: Any, path: str) -> None:
    response = await client.get(path, follow_redirects=True)
    assert response.status_code in (403, 404) or "/dang-nhap" in str(response.url)
    assert len(response.content) < 10_000


@pytest.mark.parametrize(
    "path",
    [
        "/nq57/articles/-/insert",
        "/nq57/articles/1/-/update",
        "/nq57/articles/1/-/delete",
        "/nq57/-/create",
        "/nq57/articles/-/drop",
        "/nq57/-/execute-write",
        "/nq57/-/queries/store",
        "/-/logout",
        "/tim",
    ],
)
async def test_no_writing(client: Any, path: str) -> None:
    for method in (client.post, client.put, client.patch, client.delete):
        assert (await method(path)).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/-/databases.json",
        "/-/plugins.json",
        "/-/config.json",
        "/-/settings",
        "/-/versions.json",
        "/-/threads",
        "/-/metadata.json",
        "/-/schema",
        "/-/api",
        "/-/jump.json",
        "/-",
        "/-/",
        "/-/allow-debug",
        "/-/create-token",
    ],
)
async def test_the_workings_are_not_shown(client: Any, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example/", "/%5cevil.example/", "//evil.example/%2e%2e/", "/%2f%2fevil.example/"]
)
async def test_nothing_redirects_off_the_site(client: Any, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert "location" not in response.headers


@pytest.mark.parametrize("path", JSON)
async def test_no_path_of_the_machine_in_json(client: Any, database: Path, path: str) -> None:
    text = (await client.get(path)).text
    assert str(database.parent) not in text and database.name not in text
    assert str(Path(__file__).parents[2]) not in text and "/home/" not in text


@pytest.mark.parametrize("search", ['"', "a%20OR", "NEAR(", "x:y", "*", "%C4%91%E1%BB%95i%20m%E1%BB%9Bi", "^", "%00"])
async def test_the_stock_search_box_takes_anything(client: Any, search: str) -> None:
    for mode in ("", "&_searchmode=raw"):
        response = await client.get(f"/nq57/articles.json?_search={search}{mode}")
        assert response.status_code == 200, response.text
    if "%C4" in search:
        assert len(response.json()["rows"]) > 10


async def test_facets_and_conditions_of_strangers_are_refused(client: Any) -> None:
    assert (await client.get("/nq57/articles.json?_facet=title")).status_code in (400, 403)
    whole = (await client.get("/nq57/articles.json?_extra=count")).json()["count"]
    assert (await client.get("/nq57/articles.json?_extra=count&_where=1%3D0")).json()["count"] == whole
    through = quote('{"table": "articles", "column": "text", "value": "x"}')
    sources = (await client.get("/nq57/sources.json")).json()["rows"]
    assert (await client.get(f"/nq57/sources.json?_through={through}")).json()["rows"] == sources


async def test_errors_are_ours_and_say_nothing_of_the_cause(client: Any) -> None:
    for path in ("/bai/999999", "/co-quan/x", "/khong-co", "/tuan/2026-W99", "/bai/1'"):
        response = await client.get(path)
        assert response.status_code in (400, 404), path
        assert '<main id="noi-dung"' in response.text
        assert "Traceback" not in response.text and "sqlite" not in response.text.lower()
    for path in ("/nq57/nope.json", "/nq57/articles.json?_sort=nope"):
        response = await client.get(path)
        assert response.status_code in (400, 404) and "sqlite" not in response.text.lower()


async def test_values_are_bounded_and_the_search_function_is_there(site: Any) -> None:
    database = site.get_database("nq57")
    expression = (await database.execute("select nq57_match(?)", ['đổi "mới'])).single_value()
    assert expression == (await database.execute("select escape_fts(?)", ['đổi "mới'])).single_value()
    with pytest.raises(Exception, match="too big"):
        await database.execute("select length(zeroblob(400000000))")
