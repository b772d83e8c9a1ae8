"""Accounts and their sessions: new passwords, browsers signed out, one-time links, administrators and the log of it all."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from datasette.app import Datasette

from crawler.clock import now
from crawler.store.accounts import people, sessions
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, make_accounts, reading, writing
from monitor.serve import config_dir
from tests.serve.people import PASSWORD, Browser, Start, known

BY = By("test")


async def test_a_new_password_is_no_guess(browser: Browser) -> None:
    await browser.sign_in("lan", PASSWORD)
    await browser.get("/tai-khoan")
    for new in ("ngắn", "aaaaaaaaaaaaaaaaaa", "lan lan lan lan lan 1", "x" * 300, "khác nhau hoàn toàn"):
        again = "khác" if new.startswith("khác") else new
        response = await browser.post("/tai-khoan/mat-khau", {"old": PASSWORD, "password": new, "again": again})
        assert response.status_code == 400 and 'role="alert"' in response.text
    assert (await Browser(browser.site).sign_in("lan", PASSWORD)).status_code == 303


async def test_a_new_password_signs_other_browsers_out(browser: Browser) -> None:
    other = Browser(browser.site)
    await browser.sign_in("lan", PASSWORD)
    await other.sign_in("lan", PASSWORD)
    await browser.get("/tai-khoan")
    wrong = await browser.post("/tai-khoan/mat-khau", {"old": "sai", "password": PASSWORD + " 2", "again": PASSWORD + " 2"})
    assert wrong.status_code == 403
    done = await browser.post("/tai-khoan/mat-khau", {"old": PASSWORD, "password": PASSWORD + " 2", "again": PASSWORD + " 2"})
    assert done.status_code == 303
    assert await known(browser) and not await known(other)
    assert (await other.sign_in("lan", PASSWORD)).status_code == 403
    assert (await other.sign_in("lan", PASSWORD + " 2")).status_code == 303


async def test_a_person_signs_out_their_other_browsers_and_nobody_elses(browser: Browser, db: Path) -> None:
    second, third, stranger = (Browser(browser.site) for _ in range(3))
    for one in (browser, second, third):
        await one.sign_in("lan", PASSWORD)
    await stranger.sign_in("binh", PASSWORD)
    with reading(accounts_path(db)) as connection:
        ids = {row["token"]: row["id"] for row in connection.execute("select id, token from sessions order by id")}
    _, of_second, _, of_stranger = ids.values()
    await browser.get("/tai-khoan")
    for session in (of_second, of_stranger):
        await browser.post("/tai-khoan/phien", {"session": str(session)})
    assert [await known(one) for one in (browser, second, third, stranger)] == [True, False, True, True]
    await browser.post("/tai-khoan/phien", {})
    assert [await known(one) for one in (browser, third, stranger)] == [True, False, True]


@pytest.mark.parametrize("act", ["lock", "role", "link"])
async def test_what_is_done_to_an_account_counts_at_once(browser: Browser, db: Path, act: str) -> None:
    await browser.sign_in("lan", PASSWORD)
    with writing(accounts_path(db)) as connection:
        if act == "lock":
            people.lock(connection, BY, "lan")
        elif act == "role":
            people.change_role(connection, BY, "lan", "analyst")
        else:
            code = people.make_link(connection, BY, "lan")
    if act == "link":
        assert await known(browser)  # a link that was only made changes nothing yet
        other = Browser(browser.site)
        await other.get(f"/dang-nhap/{code}")
        await other.post(f"/dang-nhap/{code}", {"password": PASSWORD + " 3", "again": PASSWORD + " 3"})
        assert await known(other)
    assert not await known(browser)


async def test_a_restart_keeps_people_signed_in(browser: Browser, start: Start) -> None:
    await browser.sign_in("lan", PASSWORD)
    browser.site = await start()
    assert await known(browser)


@pytest.mark.parametrize(("later", "still"), [(sessions.IDLE - timedelta(minutes=1), True), (sessions.IDLE, False)])
async def test_a_session_that_is_not_used_ends(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, later: timedelta, still: bool
) -> None:
    await browser.sign_in("lan", PASSWORD)
    moment = now() + later
    monkeypatch.setattr(sessions, "now", lambda: moment)
    assert await known(browser) is still


async def test_a_session_that_is_used_ends_after_a_week(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    await browser.sign_in("lan", PASSWORD)
    moment = now()
    monkeypatch.setattr(sessions, "now", lambda: moment)
    for _ in range(24):
        assert await known(browser)
        moment += timedelta(hours=7)
    assert not await known(browser)


async def test_the_first_link_makes_one_administrator_once(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    shutil.copy(database, path)
    make_accounts(accounts_path(path))
    with writing(accounts_path(path)) as connection:
        stale = people.make_first_link(connection)
        code = people.make_first_link(connection)
    site = Datasette(files=[str(path)], config_dir=config_dir())
    await site.invoke_startup()
    try:
        fields = {"name": "Chị Hoa\u202e <b>", "password": PASSWORD, "again": PASSWORD}
        first, second = Browser(site), Browser(site)
        assert (await first.get(f"/dang-nhap/{stale}")).status_code == 404
        for one in (first, second):
            assert (await one.get(f"/dang-nhap/{code}")).status_code == 200
        bad = await first.post(f"/dang-nhap/{code}", {**fields, "username": "Tên Có Dấu"})
        assert bad.status_code == 400
        answers = await asyncio.gather(
            first.post(f"/dang-nhap/{code}", {**fields, "username": "hoa"}),
            second.post(f"/dang-nhap/{code}", {**fields, "username": "ke-gian"}),
        )
        assert sorted(answer.status_code for answer in answers) == [303, 404]
        with reading(accounts_path(path)) as connection:
            (only,) = people.everybody(connection)
        assert only.role == "admin" and only.name == "Chị Hoa <b>"
        winner = first if only.username == "hoa" else second
        assert "Chị Hoa &lt;b&gt;" in (await winner.get("/quan-tri")).text
        assert (await second.get(f"/dang-nhap/{code}")).status_code == 404
        with writing(accounts_path(path)) as connection:
            assert people.make_first_link(connection) is None
    finally:
        site.close()


async def test_an_invitation_works_once_and_not_for_ever(browser: Browser, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await browser.sign_in("binh", PASSWORD)
    await browser.get("/quan-tri")
    made = await browser.post("/quan-tri/tao", {"username": "Minh", "name": "Trần Văn Minh", "role": "analyst"})
    link = re.search(r"<code>http://localhost(/dang-nhap/[\w-]+)</code>", made.text)
    assert link
    guest = Browser(browser.site)
    page = await guest.get(link[1])
    assert "Trần Văn Minh" in page.text and 'name="name"' not in page.text
    fields = {"password": PASSWORD, "again": PASSWORD, "username": "binh", "role": "admin"}
    assert (await guest.post(link[1], fields)).status_code == 303
    assert "Trần Văn Minh" in (await guest.get("/")).text
    assert (await guest.get("/quan-tri")).status_code == 403
    for one in (guest, Browser(browser.site)):
        assert (await one.get(link[1])).status_code == 404
    await guest.get("/tai-khoan")
    assert (await guest.post(link[1], fields)).status_code == 404
    assert (await Browser(browser.site).sign_in("minh", PASSWORD)).status_code == 303
    await browser.get("/quan-tri")
    again = await browser.post("/quan-tri/lien-ket", {"username": "minh"})
    late = re.search(r"<code>http://localhost(/dang-nhap/[\w-]+)</code>", again.text)
    moment = now() + people.LINK_LIFE
    monkeypatch.setattr(people, "now", lambda: moment)
    assert late and (await guest.get(late[1])).status_code == 404


async def test_administrators_manage_accounts_and_nobody_else(browser: Browser) -> None:
    staff = Browser(browser.site)
    await staff.sign_in("lan", PASSWORD)
    await staff.get("/tai-khoan")
    for path in ("tao", "vai-tro", "khoa", "mo-khoa", "lien-ket"):
        assert (await staff.post(f"/quan-tri/{path}", {"username": "lan", "role": "admin"})).status_code == 403
    for path in ("/quan-tri", "/quan-tri/nhat-ky"):
        assert (await staff.get(path)).status_code == 403
    await browser.sign_in("binh", PASSWORD)
    await browser.get("/quan-tri")
    for path in ("khoa", "vai-tro"):
        refused = await browser.post(f"/quan-tri/{path}", {"username": "binh", "role": "staff"})
        assert refused.status_code == 400 and "cuối cùng" in refused.text
    for path, fields in (
        ("vai-tro", {"username": "lan", "role": "root"}),
        ("khoa", {"username": "khong-ai"}),
        ("tao", {"username": "lan", "role": "staff"}),
    ):
        assert (await browser.post(f"/quan-tri/{path}", fields)).status_code == 400
    assert (await browser.post("/quan-tri/vai-tro", {"username": "lan", "role": "admin"})).status_code == 303
    assert (await browser.post("/quan-tri/khoa", {"username": "binh"})).status_code == 303
    assert not await known(browser)


async def test_the_log_tells_all_and_is_only_added_to(browser: Browser, db: Path) -> None:
    await browser.sign_in("binh", PASSWORD)
    await browser.get("/quan-tri")
    await browser.post("/quan-tri/vai-tro", {"username": "lan", "role": "analyst"})
    log = await browser.get("/quan-tri/nhat-ky")
    assert "Đổi vai trò" in log.text and "Trước: Cán bộ truyền thông; Sau: Người phân tích" in log.text
    today = now().date()
    shown, hidden = (
        ("nguoi=binh", f"ngay={today}", "truoc=x"),
        ("nguoi=lan", f"ngay={today - timedelta(1)}", "truoc=1", "ngay=%27--"),
    )
    for query in shown + hidden:
        page = await browser.get(f"/quan-tri/nhat-ky?{query}")
        assert page.status_code == 200 and ("Cán bộ truyền thông; Sau" in page.text) is (query in shown), query
    with writing(accounts_path(db)) as connection:
        for sql in ("delete from audit", "update audit set actor = 'x'"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(sql)


# ── out of order ───────────────────────────────────────────────────────────────────────────────
