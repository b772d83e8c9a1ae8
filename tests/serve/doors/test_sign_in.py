"""Signing in and out: guesses that end soon, forged cookies, and forms that lead nowhere else."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler.store.accounts import attempts, people
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, reading, writing
from monitor.site.keys import Keys, load_keys
from monitor.site.passwords import HASHER, Passwords
from monitor.site.visitors import SESSION_COOKIE
from tests.serve.people import PASSWORD, Browser, Start, known

BY = By("test")


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
