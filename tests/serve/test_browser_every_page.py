"""Every page in a real browser, in both languages and at three widths: axe finds nothing, nothing overflows, nothing is heavy."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from crawler.store.accounts import people, sessions
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, make_accounts, writing
from monitor.serve import build_command
from monitor.site.keys import load_keys
from monitor.site.strings import COOKIE
from monitor.site.visitors import SESSION_COOKIE
from tests.serve.test_browser import FLAGS, ROOT, wait_for
from tests.serve.test_review import seed_queues

pytestmark = pytest.mark.slow

WIDTHS = (360, 1280, 3840)
MOST_BYTES, MOST_REQUESTS = 25_000, 3
OPEN = (
    "/", "/?o=plans-2025", "/tim", "/tim?q=chuyen+doi+so", "/tim?q=khong-co-gi", "/bai/2", "/bai/101", "/bai/104", "/co-quan",
    "/co-quan/bo-khcn", "/co-quan/gia-lai", "/bao/song-viet", "/bao/portal-bo-khcn", "/bao/evil", "/chu-de/innovation",
    "/muc-tieu", "/muc-tieu/plans-2025", "/muc-tieu/press-2025", "/muc-tieu/tasks-2030", "/nhom/education", "/tuan/2026-W43",
    "/tinh-trang", "/du-lieu", "/dang-nhap", "/khong-co",
)  # fmt: skip
SIGNED_IN = {
    "staff": ("/bai/3", "/tai-khoan", "/duyet", "/duyet?kind=tags", "/duyet?kind=samples", "/duyet?kind=tasks",
              "/duyet?kind=columns", "/duyet/quyet-dinh", "/quan-tri"),
    "admin": ("/quan-tri", "/quan-tri/nhat-ky"),
}  # fmt: skip
STOCK = ("/nq57", "/nq57/articles", "/nq57/articles/2", "/nq57/evidence?state=detected", "/nq57/-/query?sql=select+1")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a site with something in every queue, and the cookie of a browser of each role."""
    path = tmp_path_factory.mktemp("every-page") / "nq57.db"
    seed_queues(path)
    make_accounts(accounts_path(path))
    keys = load_keys(accounts_path(path).with_name("accounts.key"))
    cookies = {}
    with writing(accounts_path(path)) as connection:
        for role in people.ROLES:
            account = people.create(connection, By("nq57"), role, f"Người {role}", role, "$argon2id$none")
            cookies[role] = keys.seal(sessions.start(connection, account.id, "127.0.0.1", "Chrome/131.0"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(build_command(path, "127.0.0.1", port), env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/-/healthz")
        yield f"http://127.0.0.1:{port}", cookies
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


def opened(chromium: Browser, place: tuple[str, dict[str, str]], role: str, language: str = "vi", **how: Any) -> BrowserContext:
    address, cookies = place
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, **how)
    context.add_cookies([{"name": COOKIE, "value": language, "url": address}])
    if role:
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookies[role], "url": address}])
    return context


WHO_AND_WHERE = [("", path) for path in OPEN] + [(role, path) for role, paths in SIGNED_IN.items() for path in paths]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("role", "path"), WHO_AND_WHERE)
def test_a_page_of_ours(chromium: Browser, place: tuple[str, dict[str, str]], role: str, path: str, language: str) -> None:
    address = place[0]
    context = opened(chromium, place, role, language)
    page = context.new_page()
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(address + path)
    assert page.locator("html").get_attribute("lang") == language and not refused
    # The keys of the review desk are one file more, which everything works without.
    scripts = [url for url in asked if url.endswith(".js")]
    assert all(url.startswith(address) for url in asked) and len(asked) - len(scripts) <= MOST_REQUESTS, asked
    assert bool(scripts) is path.startswith("/duyet") or path == "/duyet/quyet-dinh"
    assert page.evaluate(WEIGHT) <= MOST_BYTES
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    context.close()


WEIGHT = """performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
            .reduce((sum, entry) => sum + entry.transferSize, 0)"""


@pytest.mark.parametrize("path", STOCK)
def test_a_page_of_datasettes_for_an_analyst(chromium: Browser, place: tuple[str, dict[str, str]], path: str) -> None:
    context = opened(chromium, place, "analyst")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(place[0] + path, wait_until="load")
    assert all(url.startswith((place[0], "data:")) for url in asked)
    page.wait_for_selector("section.content[role=main]")
    # Without selectors, which axe cannot make of what lies in Datasette's own element for jumping.
    found = Axe().run(page, options={"selectors": False})
    told = [(row["id"], [node["html"][:120] for node in row["nodes"][:2]]) for row in found.response["violations"]]
    assert told == [], told
    assert page.get_by_role("link", name="Tổng quan").get_attribute("href") == "/"
    context.close()


def test_the_keyboard_alone_suffices_without_scripts(chromium: Browser, place: tuple[str, dict[str, str]]) -> None:
    """From the home page by Tab and Enter: past the menu, a search, a result; and an answer in the review queue."""
    context = opened(chromium, place, "staff", java_script_enabled=False)
    page = context.new_page()
    page.goto(place[0])
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Tới nội dung chính"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("chuyen doi so")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/tim?q=chuyen+doi+so" in page.url
    tab_to(page, ".hits a.title")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".text mark").count() >= 1
    page.goto(place[0] + "/duyet?kind=columns")
    tab_to(page, ".answers button.no")
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert page.locator(".done").is_visible()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on one of these, and shows it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(f"{selector}:focus-visible")
        if focused.count():
            return
    pytest.fail(f"Tab never came to {selector}")
