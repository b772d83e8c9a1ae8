"""Who decided, and what they noted, is for those who are signed in: strangers find it on no page, in no table, by no question."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.store.db import open_database
from monitor.serve import config_dir
from monitor.site.veil import VEILED
from tests.serve.people import sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAME = "nguyenthilan"
"""The name of somebody who decided; their notes have it too."""
TABLES = ("corrections", "decisions", "evidence", "column_proposals", "corrections_in_force", "decisions_in_force")
PAGES = ("/", "/bai/2", "/muc-tieu/plans-2025", "/co-quan/bo-khcn", "/bao/song-viet", "/du-lieu", "/tinh-trang")
NOBODY = f"corrections?actor={NAME}", f"evidence?note__contains={NAME}", f"decisions?actor__startswith={NAME[:4]}"
"""Questions that would tell by the number of rows."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def decided(database: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Datasette]:
    """A site whose evidence, tags and columns were decided by one person."""
    path = tmp_path_factory.mktemp("veil") / "nq57.db"
    shutil.copy(database, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            """insert into decisions (about, target_id, unit_id, url, kind, state, actor, at, note)
               select 'evidence', target_id, unit_id, url, kind, 'confirmed', :n, '2026-11-01T08:00+07:00', :n from evidence""",
            {"n": NAME},
        )
        db.execute(
            "update evidence set state = 'confirmed', decided_by = 'person', actor = :n, note = :n, decided_at = '2026-11-01'",
            {"n": NAME},
        )
        db.execute(
            """insert into corrections (article_id, field, value, actor, at, note)
               values (2, 'topic:innovation', '1', :n, '2026-11-01', :n)""",
            {"n": NAME},
        )
        db.execute("insert into article_topics values (2, 'innovation', 1, 'person', 'x')")
        db.execute(
            """insert into column_proposals (source_id, url, clear, why, found_on, found_at, seen_at, state, decided_by, note)
               values ('song-viet', 'https://c.example/', 1, 'title', 'x', '2026-11-01', '2026-11-01', 'accepted', :n, :n)""",
            {"n": NAME},
        )
    site = Datasette(files=[str(path)], config_dir=config_dir())
    await site.invoke_startup()
    yield site
    site.close()


async def test_strangers_find_no_name(decided: Datasette) -> None:
    for page in PAGES:
        response = await decided.client.get(page)
        assert response.status_code == 200 and NAME not in response.text, page
    assert "cán bộ" in (await decided.client.get("/muc-tieu/plans-2025")).text
    for table in TABLES:
        rows = (await decided.client.get(f"/nq57/{table}.json?_shape=array&_size=max")).json()
        assert rows and NAME not in str(rows), table
        for asked in (f"{table}.csv?_size=max", f"{table}.json?_size=1&_sort=at", f"{table.upper()}.json"):
            assert NAME not in (await decided.client.get(f"/nq57/{asked}")).text, asked
    for table in ("corrections", "decisions", "column_proposals", "evidence"):
        assert NAME not in (await decided.client.get(f"/nq57/{table}/1.json")).text, table
    for question in NOBODY:
        table, _, asked = question.partition("?")
        assert (await decided.client.get(f"/nq57/{table}.json?_shape=array&{asked}")).json() == [], question


async def test_staff_see_who_decided_also_right_after_a_stranger_asked(decided: Datasette) -> None:
    lan, asked = sign_in(decided, "staff"), "/nq57/corrections.json?_shape=array"
    for _ in range(2 * int(decided.setting("num_sql_threads"))):
        assert [row["actor"] for row in (await decided.client.get(asked)).json()] == [None]
        assert [row["actor"] for row in (await lan.get(asked)).json()] == [NAME]
    for page in ("/bai/2", "/muc-tieu/plans-2025", "/duyet/quyet-dinh"):
        assert NAME in (await lan.get(page)).text, page
    for question in NOBODY:
        table, _, how = question.partition("?")
        assert (await lan.get(f"/nq57/{table}.json?_shape=array&{how}")).json(), question


async def test_every_column_with_a_name_or_a_note_of_somebody_is_behind_the_veil(tmp_path: Path) -> None:
    db = open_database(tmp_path / "new.db")
    columns = db.execute(
        """select m.name, c.name, m.sql like '%' || c.name || ' text%check (' || c.name || ' in (%'
           from sqlite_master m, pragma_table_info(m.name) c
           where m.type = 'table' and c.name in ('actor', 'decided_by', 'note', 'by', 'username', 'reviewer')"""
    ).fetchall()
    db.close()
    assert {(table, column) for table, column, is_listed in columns if not is_listed} == VEILED
