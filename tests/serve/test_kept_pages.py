"""A page that strangers see is drawn once, and anew soon after anything was written; what one person sees is kept for nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from datasette.app import Datasette

from monitor.serve import config_dir
from monitor.site import desk, memory, reading
from monitor.site.desk import AGE
from monitor.site.strings import COOKIE
from tests.serve.conftest import seed
from tests.serve.people import sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module", autouse=True)
def old_pages(no_old_pages: None) -> Iterator[None]:
    """As outside of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "AGE", AGE)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "x.db"
    seed(path)
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(place: Path) -> AsyncIterator[Datasette]:
    """A site of its own, since the tests write to its database."""
    datasette = Datasette(files=[str(place)], config_dir=config_dir())
    await datasette.invoke_startup()
    yield datasette
    datasette.close()


def write(place: Path, name: str) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("update agencies set name_vi = ? where id = 'ha-noi'", [name])


@pytest.mark.parametrize("path", ["/co-quan/ha-noi", "/co-quan"])
async def test_what_was_written_shows_in_seconds_and_to_people_at_once(
    path: str, site: Datasette, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr(memory, "monotonic", lambda: clock[0])
    write(place, "Thành phố Một")
    assert "Thành phố Một" in (await site.client.get(path)).text
    write(place, "Thành phố Hai")
    clock[0] += AGE - 1
    assert "Thành phố Một" in (await site.client.get(path)).text
    assert "Thành phố Hai" in (await sign_in(site, "staff").get(path)).text
    clock[0] += 1
    assert "Thành phố Hai" in (await site.client.get(path)).text


async def test_nothing_is_read_twice_while_nothing_is_written(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    first = (await site.client.get("/tinh-trang")).text
    asked = []
    monkeypatch.setattr(reading, "health", lambda *given: asked.append(given))
    assert (await site.client.get("/tinh-trang")).text == first
    # A query, a person and another language are pages of their own.
    for path, cookies in (("/tinh-trang?hl=en", {}), ("/tinh-trang", {COOKIE: "en"}), ("/tinh-trang?x=1", {})):
        await site.client.get(path, cookies=cookies)
    await sign_in(site, "staff").get("/tinh-trang")
    assert len(asked) == 4


async def test_nobody_sees_the_page_of_another(site: Datasette, place: Path) -> None:
    lan = sign_in(site, "staff")
    for _ in range(2):
        write(place, "Thành phố Ba")
        own = (await lan.get("/co-quan/ha-noi")).text
        others = (await site.client.get("/co-quan/ha-noi")).text
        assert "/tai-khoan" in own and "/tai-khoan" not in others
        assert (await lan.get("/co-quan/ha-noi")).text == own


async def test_each_language_has_its_page_and_what_is_missing_stays_missing(site: Datasette) -> None:
    for _ in range(2):
        assert '<html lang="vi"' in (await site.client.get("/")).text
        assert '<html lang="en"' in (await site.client.get("/", cookies={COOKIE: "en"})).text
        assert (await site.client.get("/co-quan/khong-co-dau")).status_code == 404
