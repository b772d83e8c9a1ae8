"""Signing in and out: one-time links, guesses, forged cookies, sessions that end, and accounts that are out of order."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.clock import now
from crawler.store.accounts import attempts, people, sessions
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import NoAccounts, accounts_path, make_accounts, reading, writing
from crawler.store.db import BadDatabase, open_database
from monitor.serve import config_dir
from monitor.site.keys import Keys, load_keys
from monitor.site.passwords import HASHER, Passwords
from monitor.site.visitors import SESSION_COOKIE
from tests.serve.people import Browser

PASSWORD = "trời hôm nay trong xanh"
BY = By("test")


@pytest.fixture(scope="session")
def hashed() -> str:
    return HASHER.hash(PASSWORD)


@pytest.fixture
def db(database: Path, tmp_path: Path, hashed: str) -> Path:
    """A database with two accounts, `lan` of the staff and `binh`, administrator, with one password."""
    path = tmp_path / "nq57.db"
    shutil.copy(database, path)
    make_accounts(accounts_path(path))
    with writing(accounts_path(path)) as connection:
        people.create(connection, BY, "binh", "Lê Bình", "admin", hashed)
        people.create(connection, BY, "lan", "Nguyễn Thị Lan", "staff", hashed)
    return path


Start = Callable[[], Any]


@pytest_asyncio.fixture
async def start(db: Path) -> AsyncIterator[Start]:
    """Starts the site over the database, as often as it is called: each call is a restart."""
    running: list[Datasette] = []

    async def make() -> Datasette:
        site = Datasette(files=[str(db)], config_dir=config_dir())
        await site.invoke_startup()
        running.append(site)
        return site

    yield make
    for site in running:
        site.close()


@pytest_asyncio.fixture
async def browser(start: Start) -> Browser:
    return Browser(await start())


async def known(browser: Browser) -> bool:
    """Is the browser signed in? Its own account's page tells."""
    response = await browser.get("/tai-khoan")
    assert response.status_code in (200, 303)
    return bool(response.status_code == 200)


async def test_in_and_out(browser: Browser, db: Path) -> None:
    assert not await known(browser)
    response = await browser.sign_in(" LAN ", PASSWORD, next="/tim?q=a")
    assert (response.status_code, response.headers["location"]) == (303, "/tim?q=a")
    assert "Nguyễn Thị Lan" in (await browser.get("/")).text
    assert (await browser.get("/")).headers["cache-control"] == "private, no-store"
    old = dict(browser.cookies)
    await browser.get("/tai-khoan")
    assert (await browser.post("/dang-xuat", {})).status_code == 303
    assert not await known(browser)
    browser.cookies = old
    assert not await known(browser)
    with reading(accounts_path(db)) as connection:
        deeds = [row["deed"] for row in connection.execute("select deed from audit where actor = 'lan' order by id")]
    assert deeds == ["session.started", "session.ended"]


async def test_the_same_letters_are_the_same_password(browser: Browser) -> None:
    import unicodedata

    assert (await browser.sign_in("lan", unicodedata.normalize("NFD", PASSWORD))).status_code == 303


async def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(browser: Browser, start: Start) -> None:
    cookie = (await browser.sign_in("lan", PASSWORD)).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie and "secure" not in cookie
    site = await start()
    site._settings["force_https_urls"] = True
    assert "secure" in (await Browser(site).sign_in("lan", PASSWORD)).headers["set-cookie"].lower()


async def test_an_unknown_name_a_wrong_password_and_a_locked_account_look_alike(browser: Browser, db: Path) -> None:
    def plain(text: str) -> str:
        return re.sub(r'value="[^"]*"', "", text)

    with writing(accounts_path(db)) as connection:
        people.create(connection, BY, "khoa", "Khóa", "staff", HASHER.hash(PASSWORD))
        people.lock(connection, BY, "khoa")
    answers = [
        await browser.sign_in(name, password)
        for name, password in (("lan", "sai"), ("khong-ai", PASSWORD), ("khoa", PASSWORD), ("", ""), ("' or 1=1 --", "x"))
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({plain(answer.text) for answer in answers[:3]}) == 1
    assert "<" not in answers[0].text.split('name="username" value="')[1].split('"')[0]


async def test_the_same_work_is_done_for_a_name_that_nobody_has(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.site import passwords

    checked: list[str] = []
    real = passwords._fits
    monkeypatch.setattr(passwords, "_fits", lambda kept, typed: checked.append(kept.rsplit("$", 2)[0]) or real(kept, typed))
    for name in ("lan", "khong-ai"):
        await browser.sign_in(name, "sai hoàn toàn")
    assert len(checked) == 2 and checked[0] == checked[1]


async def test_guesses_at_a_name_end_soon_and_a_restart_does_not_help(browser: Browser, start: Start) -> None:
    for name in ("lan", "khong-ai"):
        answers = [await browser.sign_in(name, f"sai {n}") for n in range(attempts.PER_NAME)]
        assert {answer.status_code for answer in answers} == {403}
        browser = Browser(await start())
        answer = await browser.sign_in(name, PASSWORD)
        assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= attempts.WINDOW_S + 1
    assert (await browser.sign_in("binh", PASSWORD)).status_code == 303


async def test_guesses_made_at_once_are_no_more_than_guesses_made_one_by_one(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, db: Path
) -> None:
    tried: list[str] = []

    async def count(self: Passwords, kept: str | None, password: str) -> bool:
        tried.append(password)
        await asyncio.sleep(0.005)
        return False

    monkeypatch.setattr(Passwords, "fits", count)
    await browser.get("/dang-nhap")
    guesses = (browser.post("/dang-nhap", {"username": "lan", "password": f"sai {n}"}) for n in range(60))
    home = asyncio.create_task(browser.site.client.get("/"))
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (await home).status_code == 200
    assert len(tried) <= attempts.PER_NAME and set(statuses) <= {403, 429, 503} and 503 in statuses
    for n in range(attempts.PER_NAME + 2):
        await browser.sign_in("lan", f"lại {n}")
    assert len(tried) == attempts.PER_NAME


async def test_a_flood_of_forms_is_turned_away_before_any_work(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.site.flood.PER_MINUTE", 3)
    monkeypatch.setattr("monitor.site.flood.time", SimpleNamespace(monotonic=lambda: 600.0))
    answers = [await browser.sign_in(f"ai-{n}", "sai") for n in range(5)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429, 429]
    assert answers[-1].headers["retry-after"] and len(answers[-1].content) < 500
    assert (await browser.get("/")).status_code == 200


async def test_an_address_has_its_measure_too(db: Path) -> None:
    with writing(accounts_path(db)) as connection:
        waits = [attempts.reserve(connection, f"tên {n}".encode(), "10.0.0.1")[1] for n in range(attempts.PER_ADDRESS + 1)]
        assert not any(waits[:-1]) and waits[-1] > 0
        assert attempts.reserve(connection, b"khac", "10.0.0.2")[1] == 0


async def test_the_window_passes(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(accounts_path(db)) as connection:
        for _ in range(attempts.PER_NAME):
            attempts.reserve(connection, b"lan", "10.0.0.1")
        wait = attempts.reserve(connection, b"lan", "10.0.0.1")[1]
        later = attempts.time.time() + wait
        monkeypatch.setattr(attempts.time, "time", lambda: later)
        assert attempts.reserve(connection, b"lan", "10.0.0.1")[1] == 0


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


async def test_forged_cookies_are_nobodys(browser: Browser, db: Path) -> None:
    await browser.sign_in("lan", PASSWORD)
    good = browser.cookies[SESSION_COOKIE]
    token, _, mac = good.rpartition(".")
    keys = load_keys(accounts_path(db).with_name("accounts.key"))
    forged = [
        "", ".", "x", mac, token, f"{token}.", f".{mac}", f"{token}.{mac[:-1]}", f"{token}x.{mac}", f"{token}.{'0' * 64}",
        Keys(b"0" * 32).seal(token), keys.seal("x" * 43), keys.seal(token + "\x00"), f"{token}.{keys.form_token(token)}",
        "ế" * 30, "a" * 8_000,
    ]  # fmt: skip
    for cookie in forged:
        response = await browser.site.client.get("/tai-khoan", headers={"cookie": f"{SESSION_COOKIE}={cookie}".encode()})
        assert response.status_code == 303, cookie
    assert await known(browser)


async def test_datasettes_own_ways_of_signing_in_are_closed(browser: Browser) -> None:
    site, root = browser.site, {"id": "root", "name": "Root", "role": "admin"}
    assert (await site.client.get("/quan-tri", actor=root)).status_code == 303
    assert (await site.client.get("/nq57/-/query.json?sql=select+1", actor=root)).status_code == 403
    site._settings["allow_signed_tokens"] = True
    token = await site.create_token("root")
    assert (await site.client.get("/quan-tri", headers={"authorization": f"Bearer {token}"})).status_code == 303


async def test_a_session_is_never_taken_over(browser: Browser) -> None:
    attacker = Browser(browser.site)
    await attacker.sign_in("binh", PASSWORD)
    planted = attacker.cookies[SESSION_COOKIE]
    browser.cookies[SESSION_COOKIE] = planted
    await browser.get("/tai-khoan")
    await browser.post("/dang-nhap", {"username": "lan", "password": PASSWORD})
    assert browser.cookies[SESSION_COOKIE] != planted
    assert "Nguyễn Thị Lan" in (await browser.get("/tai-khoan")).text
    assert not await known(attacker)  # and what was planted is worth nothing any longer


async def test_signing_in_leads_nowhere_else(browser: Browser) -> None:
    for wanted in (
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
        "/a\r\nSet-Cookie: x=1", "/\t/evil.example", "/dang-xuat", "/ a", "/é", "",
    ):  # fmt: skip
        response = await browser.sign_in("lan", PASSWORD, next=wanted)
        assert response.headers["location"] == "/", wanted
        assert (await browser.get("/dang-nhap", params={"next": wanted})).headers["location"] == "/", wanted
        browser.cookies.clear()


async def test_signing_in_needs_the_form_of_this_browser(browser: Browser) -> None:
    await browser.get("/dang-nhap")
    other = Browser(browser.site)
    await other.get("/dang-nhap")
    other.token = browser.token
    assert (await other.post("/dang-nhap", {"username": "lan", "password": PASSWORD})).status_code == 403
    headers = {"origin": "https://evil.example"}
    assert (await browser.post("/dang-nhap", {"username": "lan", "password": PASSWORD}, headers=headers)).status_code == 403
    assert not await known(browser) and not await known(other)


# ── one-time links ─────────────────────────────────────────────────────────────────────────────
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
