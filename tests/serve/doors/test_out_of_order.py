"""Accounts that are out of order: the open pages stand, people are told, and no file passes for another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from crawler.store.accounts.db import NoAccounts, accounts_path, make_accounts
from crawler.store.db import BadDatabase, open_database
from monitor.site.keys import load_keys
from tests.serve.people import PASSWORD, Browser, Start


def gone(path: Path) -> None:
    for file in path.parent.glob("accounts.db*"):
        file.unlink()


def corrupt(path: Path) -> None:
    gone(path)
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)


def emptied(path: Path) -> None:
    gone(path)
    path.touch()


def no_key(path: Path) -> None:
    path.with_name("accounts.key").write_text("zz")


@pytest.mark.parametrize("damage", [gone, corrupt, emptied, no_key])
async def test_with_accounts_out_of_order_the_open_pages_stand(start: Start, db: Path, damage: Callable[[Path], None]) -> None:
    browser = Browser(await start())
    await browser.sign_in("lan", PASSWORD)
    damage(accounts_path(db))
    browser.site = await start()
    for path in ("/", "/tim?q=doi+moi", "/bai/1", "/nq57/sources.json", "/tim.csv"):
        assert (await browser.get(path)).status_code == 200, path
    assert (await browser.get("/tai-khoan")).status_code == 503
    assert (await browser.get("/nq57/sources")).status_code == 503
    stranger = Browser(browser.site)
    page = await stranger.get("/dang-nhap")
    answer = await stranger.post("/dang-nhap", {"username": "lan", "password": PASSWORD})
    assert answer.status_code == 503 and "tài khoản" in answer.text and answer.headers["retry-after"]
    assert "Traceback" not in answer.text + page.text and "accounts.db" not in answer.text


async def test_with_accounts_locked_by_somebody_people_are_told(
    browser: Browser, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.accounts.db.BUSY_S", 0.1)
    await browser.get("/dang-nhap")
    with closing(sqlite3.connect(accounts_path(db), isolation_level=None)) as connection:
        connection.execute("begin immediate")
        answer = await browser.post("/dang-nhap", {"username": "lan", "password": PASSWORD})
        assert answer.status_code == 503 and answer.headers["retry-after"]
        connection.execute("rollback")
    assert (await browser.post("/dang-nhap", {"username": "lan", "password": PASSWORD})).status_code == 303


async def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table songs (title)")
    with pytest.raises(NoAccounts, match="something else"):
        make_accounts(path)


async def test_neither_database_passes_for_the_other(db: Path) -> None:
    with pytest.raises(BadDatabase, match="something else"):
        open_database(accounts_path(db))
    with pytest.raises(NoAccounts, match="something else"):
        make_accounts(db)


async def test_the_files_are_their_owners_alone(db: Path, browser: Browser) -> None:
    await browser.get("/")
    for name in ("accounts.db", "accounts.key"):
        assert (db.parent / name).stat().st_mode & 0o777 == 0o600
    key = (db.parent / "accounts.key").read_text()
    assert load_keys(db.parent / "accounts.key").seal("x") and (db.parent / "accounts.key").read_text() == key
