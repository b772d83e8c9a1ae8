"""The review queue in a real browser: by keys alone, by buttons without scripts, on a small telephone."""

# ruff: noqa: E501 - statements stay on one line each.

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from monitor.serve import build_command
from tests.serve.people import Person, sign_in
from tests.serve.test_browser import FLAGS, ROOT, follow, wait_for
from tests.serve.test_review import seed_queues

pytestmark = pytest.mark.slow


class Site:
    """What `sign_in` needs of a site that runs in another process."""

    client = None

    def __init__(self, path: Path, address: str) -> None:
        self.path, self.address = str(path), address

    def get_database(self, name: str) -> Site:
        return self

    def setting(self, name: str) -> bool:
        return False


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "x.db"
    seed_queues(path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = build_command(path, "127.0.0.1", port)
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/-/healthz")
        yield Site(path, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        started.close()


def opened(browser: Browser, site: Site, person: Person, path: str, **how: object) -> Page:
    context = browser.new_context(**how)  # type: ignore[arg-type]
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in person.cookies.items()])
    page = context.new_page()
    page.goto(site.address + path)
    return page


def states(site: Site) -> list[tuple[str, str | None, str | None]]:
    with closing(sqlite3.connect(site.path)) as connection:
        return connection.execute("select state, actor, note from evidence where id = 1").fetchall()


def test_a_person_reviews_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    page = opened(browser, site, sign_in(site, "staff", "an"), "/duyet")  # type: ignore[arg-type]
    page.keyboard.press("g")
    page.keyboard.type("bản 10, ub")  # no key of a note decides anything
    assert states(site) == [("detected", None, None)]
    page.keyboard.press("Escape")
    page.keyboard.press("Control+0")
    page.keyboard.press("1")
    page.wait_for_url("**done=d1**")
    assert states(site) == [("confirmed", "an", "bản 10, ub")]
    page.keyboard.press("u")
    page.wait_for_url("**done=d2**")
    assert states(site) == [("detected", None, None)]
    page.goto(f"{site.address}/duyet?kind=tags")
    first = page.locator("#cau-hoi").inner_text()
    page.keyboard.press("b")
    page.wait_for_url("**skip=1**")
    assert page.locator("#cau-hoi").inner_text() != first
    follow(page, page.get_by_role("link", name="Tắt phím tắt"))
    page.keyboard.press("1")
    page.reload()
    with closing(sqlite3.connect(site.path)) as connection:
        assert connection.execute("select count(*) from corrections").fetchone() == (0,)


def test_everything_works_without_scripts(browser: Browser, site: Site) -> None:
    page = opened(browser, site, sign_in(site, "staff", "an"), "/duyet", java_script_enabled=False)  # type: ignore[arg-type]
    follow(page, page.get_by_role("button", name="Bác bỏ"))
    assert states(site) == [("rejected", "an", None)]
    follow(page, page.get_by_role("button", name="Hoàn tác"))
    assert states(site) == [("detected", None, None)]
    page.goto(f"{site.address}/bai/2")
    follow(page, page.get_by_role("button", name="Sai: bỏ “Doanh nghiệp” khỏi bài này"))
    assert page.get_by_role("link", name="Doanh nghiệp", exact=True).count() == 0
    follow(page, page.get_by_role("button", name="Rút lại").first)
    assert page.get_by_role("link", name="Doanh nghiệp", exact=True).count() == 1


@pytest.mark.parametrize("width", [360, 3840])
def test_the_pages_fit_their_window_whatever_is_in_them(browser: Browser, site: Site, width: int) -> None:
    with closing(sqlite3.connect(site.path)) as connection, connection:
        long = "x" * 3000
        connection.execute(
            "update evidence set passage = ?, document = ?, url = 'https://a.example/' || ? where id = 1", [long] * 3
        )
        connection.execute("insert into decisions values (1, 'column', '', ?, ?, '', 'rejected', 'an', ?, ?, null)",
                           [long, long, "2026-11-01T08:00:00+07:00", long])  # fmt: skip
        connection.execute("insert into corrections (article_id, field, value, actor, at, note) values (104, 'story', 'alone', 'an', '2026-11-01', ?)",
                           [long])  # fmt: skip
    page = opened(browser, site, sign_in(site, "admin", "chi"), "/duyet", viewport={"width": width, "height": 800})  # type: ignore[arg-type]
    for path in ("/duyet", "/duyet?kind=tags", "/duyet?kind=samples", "/duyet?kind=tasks", "/duyet?kind=columns",
                 "/duyet?item=1&done=d1", "/duyet/quyet-dinh", "/bai/104", "/bai/104?done=c1&hl=en"):  # fmt: skip
        page.goto(site.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing(browser: Browser, site: Site, language: str) -> None:
    person = sign_in(site, "admin", "chi")  # type: ignore[arg-type]
    page = opened(browser, site, person, f"/duyet?hl={language}", viewport={"width": 360, "height": 800})
    page.keyboard.press("1")
    page.wait_for_url("**done=d1**")
    for path in ("/duyet?done=d1", "/duyet?item=1", "/duyet?kind=tags", "/duyet?kind=tasks", "/duyet?kind=columns",
                 "/duyet/quyet-dinh", "/bai/10"):  # fmt: skip
        page.goto(site.address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    # The page for the second of two people.
    page.goto(f"{site.address}/bai/2")
    with closing(sqlite3.connect(site.path)) as connection, connection:
        connection.execute(
            "insert into corrections (article_id, field, value, actor, at, note) values (2, 'relevance', '1', 'an', '2026-11-01', 'x')"
        )
    follow(page, page.locator("form", has=page.locator("input[value=relevance]")).get_by_role("button"))
    assert page.title().startswith("Đã có người" if language == "vi" else "Somebody has")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
