"""People's way in, in a real browser: the first start's link, a password, an account for a colleague, who signs in and out."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.serve.test_browser import FLAGS, ROOT, follow, wait_for

PASSWORD = "trời hôm nay trong xanh"


@pytest.fixture
def served(database: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a site that `nq57 serve` has started for the first time, and the link that it printed."""
    shutil.copy(database, tmp_path / "nq57.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "--db", str(tmp_path / "nq57.db"), "serve"]
    said = tmp_path / "said.txt"
    with said.open("w") as stderr:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=stderr
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/-/healthz")
        link = re.search(rf"http://127\.0\.0\.1:{port}/dang-nhap/[\w-]+", said.read_text(encoding="utf-8"))
        assert link
        yield f"http://127.0.0.1:{port}", link[0]
    finally:
        process.terminate()
        process.wait(timeout=20)


def looked_at(page: Page) -> None:
    """Both languages, 360 px and a desk's width: nothing is wider than the window, and axe finds nothing."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


@pytest.mark.slow
def test_from_the_first_start_to_a_colleague_who_signs_out(served: tuple[str, str]) -> None:
    address, link = served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        admin, colleague = browser.new_context(locale="vi-VN").new_page(), browser.new_context(locale="vi-VN").new_page()
        admin.goto(link)
        looked_at(admin)
        admin.get_by_label("Tên đăng nhập").fill("hoa")
        admin.get_by_label("Họ và tên").fill("Phạm Thị Hoa")
        admin.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
        admin.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
        follow(admin, admin.get_by_role("button", name="Lưu và đăng nhập"))
        looked_at(admin)
        follow(admin, admin.get_by_role("link", name="Quản trị"))
        admin.get_by_label("Tên đăng nhập").fill("nam")
        admin.get_by_label("Họ và tên").fill("Đỗ Văn Nam")
        follow(admin, admin.get_by_role("button", name="Tạo tài khoản"))
        looked_at(admin)
        invitation = admin.locator(".notice code").inner_text()

        colleague.goto(address + "/nq57/sources")
        assert "/dang-nhap" in colleague.url
        looked_at(colleague)
        colleague.goto(invitation)
        colleague.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD + " 2")
        colleague.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD + " 2")
        follow(colleague, colleague.get_by_role("button", name="Lưu và đăng nhập"))
        follow(colleague, colleague.get_by_role("button", name="Đăng xuất"))
        colleague.goto(address + "/nq57/sources?hl=vi")
        colleague.get_by_label("Tên đăng nhập").fill("nam")
        colleague.get_by_label("Mật khẩu").fill(PASSWORD)
        follow(colleague, colleague.get_by_role("button", name="Đăng nhập"))
        assert colleague.get_by_role("alert").is_visible()
        colleague.get_by_label("Mật khẩu").fill(PASSWORD + " 2")
        follow(colleague, colleague.get_by_role("button", name="Đăng nhập"))
        assert colleague.url == address + "/nq57/sources?hl=vi"
        colleague.goto(address + "/tai-khoan?hl=en")
        looked_at(colleague)
        follow(colleague, colleague.get_by_role("button", name="Sign out"))
        colleague.goto(address + "/tai-khoan")
        assert "/dang-nhap" in colleague.url

        for path in ("/quan-tri?hl=en", "/quan-tri/nhat-ky?hl=en", "/quan-tri/nhat-ky?hl=vi"):
            admin.goto(address + path)
            looked_at(admin)
        assert admin.get_by_role("cell", name="nam", exact=True).count() >= 3
        admin.goto(link)
        assert admin.get_by_role("heading", name="Liên kết không còn dùng được").is_visible()
        browser.close()
