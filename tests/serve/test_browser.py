"""A person's way through the site in a real browser: home, search, article, and back to the evidence."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from monitor.serve import build_command

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    """The site as `serve` runs it, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = build_command(database, "127.0.0.1", port)
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/-/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer")


def follow(page: Page, target: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        target.click()


@pytest.mark.slow
def test_home_to_search_to_article(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 400, "height": 800}, locale="vi-VN")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        assert len(requests) <= 3 and all(url.startswith(address) for url in requests)
        page.get_by_role("searchbox").fill("chuyen doi so")
        follow(page, page.get_by_role("button", name="Tìm"))
        assert "chuyển đổi số" in [words.lower() for words in page.locator("mark").all_inner_texts()]
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        follow(page, page.locator(".hits a.title", has_text="Báo chí mở chuyên mục").first)
        assert page.locator(".text mark").count() >= 1
        follow(page, page.get_by_role("link", name="English"))
        assert page.locator("html").get_attribute("lang") == "en"
        follow(page, page.get_by_role("link", name="Overview"))
        assert page.get_by_role("heading", name="The eight targets of the communication programme").is_visible()
        follow(page, page.locator(".counts a").nth(0))
        assert "verdict=met" in page.url and page.locator("table.verdicts tbody tr").count() == 13
        browser.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280, 3840])
def test_no_page_is_wider_than_its_window(address: str, width: int) -> None:
    paths = [
        "/",
        "/tim?q=%22",
        "/bai/104",
        "/bao/evil",
        "/co-quan",
        "/muc-tieu/plans-2025",
        "/tinh-trang",
        "/du-lieu",
        "/khong-co",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        for path in paths:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        browser.close()
