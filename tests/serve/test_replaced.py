"""The database is replaced, taken away, locked or of another shape while the site serves: a clear page, never a wrong figure."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest_asyncio
from datasette.app import Datasette

from crawler.store.db import open_database
from monitor.serve import config_dir
from tests.serve.figures import as_read

PATHS = ("/", "/tim", "/tim?q=doi+moi", "/co-quan", "/chu-de/youth", "/tim.json", "/tuan/2026-W43")


@pytest_asyncio.fixture
async def place(database: Path, tmp_path: Path) -> Path:
    """A database of this test alone."""
    copy = tmp_path / "nq57.db"
    _copy(database, copy)
    return copy


@pytest_asyncio.fixture
async def own(place: Path) -> AsyncIterator[Any]:
    """A client of a site over it."""
    site = Datasette(files=[str(place)], config_dir=config_dir())
    await site.invoke_startup()
    yield site.client
    site.close()


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as db:
        db.execute(f"vacuum into '{target}'")
    open_database(target).close()


async def _count(client: Any, query: str = "") -> int:
    page = (await client.get(f"/tim?{query}")).text
    shown = re.search(r"<b>([\d.]+) bài</b>", as_read(page))
    count = int(shown[1].replace(".", "")) if shown else 0
    assert (await client.get(f"/tim.json?{query}")).json()["count"] == count
    return count


async def test_another_file_in_its_place_is_what_is_shown(own: Any, place: Path, database: Path) -> None:
    before = await _count(own), await _count(own, "topic=youth")
    other = place.with_name("other.db")
    _copy(database, other)
    with closing(sqlite3.connect(other)) as db, db:
        db.execute("update articles set relevance = 0 where id % 2 = 0")
        db.execute("delete from article_topics where topic_id = 'youth'")
    with closing(sqlite3.connect(other)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        half = db.execute("select count(*) from articles where relevance > 0").fetchone()[0]
    other.replace(place)
    for end in ("-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    assert before[0] > half and before[1]
    assert (await _count(own), await _count(own, "topic=youth")) == (half, 0)


async def test_a_file_that_is_taken_away_and_comes_back(own: Any, place: Path) -> None:
    count = await _count(own)
    away = place.with_name("away.db")
    place.rename(away)
    for path in PATHS:
        response = await own.get(path)
        assert (response.status_code, "retry-after" in response.headers) == (503, True), path
        assert "Traceback" not in response.text
    away.rename(place)
    assert await _count(own) == count


async def test_a_database_that_somebody_holds_for_himself_says_to_come_back(place: Path) -> None:
    """Only without WAL may anybody shut readers out: a tool that switched it off, a network drive."""
    with closing(sqlite3.connect(place)) as holder:
        holder.execute("pragma journal_mode = delete")
        site = Datasette(files=[str(place)], config_dir=config_dir())
        await site.invoke_startup()
        count = await _count(site.client)
        holder.execute("begin exclusive")
        for path in ("/", "/tim?q=doi+moi", "/tim.json"):
            response = await site.client.get(path)
            assert (response.status_code, "retry-after" in response.headers) == (503, True), path
        holder.rollback()
        assert await _count(site.client) == count
        site.close()


async def test_a_database_of_another_shape_says_to_come_back(own: Any, place: Path) -> None:
    assert await _count(own)
    with closing(sqlite3.connect(place)) as db, db:
        db.execute("alter table article_marks rename to article_signs")
    for path in PATHS:
        assert (await own.get(path)).status_code == 503, path
    with closing(sqlite3.connect(place)) as db, db:
        db.execute("alter table article_signs rename to article_marks")
    assert await _count(own)


async def test_what_is_no_database_at_all_is_a_clear_page(own: Any, place: Path) -> None:
    for end in ("-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    junk = place.with_name("junk")
    junk.write_bytes(b"<html>not a database</html>" * 400)
    junk.replace(place)
    for path in PATHS:
        response = await own.get(path)
        assert response.status_code == 503 and "Traceback" not in response.text, path
