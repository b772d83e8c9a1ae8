"""The crawl over a little web: how far it goes back, one row for one page, and whom it leaves alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.clock import now
from crawler.store.db import open_database

NQ57 = Path(sys.executable).with_name("nq57")
pytestmark = pytest.mark.slow


def roster(place: Path, **more: object) -> Path:
    file = place / "sources.yaml"
    row = {"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/", **more}
    file.write_text(f"- {json.dumps(row)}\n", "utf-8")
    return file


def nq57(command: str, place: Path, web: object, *more: str) -> subprocess.CompletedProcess[str]:
    given = ["--db", str(place / "x.db"), command, "--roster", str(place / "sources.yaml"), "--delay", "0", "--timeout", "10"]
    proxy: str = web.proxy  # type: ignore[attr-defined]
    return subprocess.run([NQ57, *given, "--proxy", proxy, *more], capture_output=True, text=True, timeout=120)


def listing(days: list[str], following: str = "") -> str:
    items = "".join(
        f"<li><a href='/bai-viet-{day}-123456.html'>Bài viết của ngày hôm nay</a><span>{day}</span></li>" for day in days
    )
    return f"<body><ul>{items}</ul>{following}</body>"


def listed(place: Path) -> dict[str, str]:
    db = open_database(place / "x.db")
    found = dict(db.execute("select url, state from pages where same_as is null").fetchall())
    db.close()
    return found


def failures(place: Path) -> list[tuple[str, str]]:
    db = open_database(place / "x.db")
    found = db.execute("select url, reason from failures where url like '%/tin%' or url like '%nq57%'").fetchall()
    db.close()
    return [(str(url), str(reason)) for url, reason in found]


def test_since_goes_back_over_what_is_known_until_the_day(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    months = ["30-10-2026", "15-09-2026", "15-08-2026", "15-07-2026", "15-06-2026"]
    for n, day in enumerate(months, 1):
        address = "http://bao.vn/tin" + (f"?page={n}" if n > 1 else "")
        little_web.pages[address] = listing([day], f"<a href='/tin?page={n + 1}'>{n + 1}</a>")
        little_web.pages[f"http://bao.vn/bai-viet-{day}-123456.html"] = "<p>Không có gì</p>"
    little_web.pages["http://bao.vn/tin"] = (200, {"ETag": '"a"'}, little_web.pages["http://bao.vn/tin"])
    roster(tmp_path, listings=["http://bao.vn/tin"])

    assert nq57("crawl", tmp_path, little_web).returncode == 0
    first = set(little_web.asked)
    assert "http://bao.vn/tin?page=5" in first  # the first crawl follows as long as there is something new
    little_web.asked.clear()
    assert nq57("crawl", tmp_path, little_web).returncode == 0
    assert set(little_web.asked) == {"http://bao.vn/robots.txt", "http://bao.vn/tin"}
    little_web.asked.clear()
    assert nq57("crawl", tmp_path, little_web, "--since", "2026-09-01").returncode == 0
    assert set(little_web.asked) == {
        "http://bao.vn/robots.txt",
        "http://bao.vn/tin",
        "http://bao.vn/tin?page=2",
        "http://bao.vn/tin?page=3",  # older as a whole: the last
    }
    assert set(listed(tmp_path).values()) == {"unrelated"}


def test_a_page_listed_under_many_addresses_is_fetched_once(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    page = "//bao.vn/bai-viet-rat-hay-123456.html"
    copies = [
        f"http:{page}",
        f"https:{page}",
        f"http://www.{page[2:]}",
        f"https://www.{page[2:]}",
        f"http://m.{page[2:]}?utm_source=x",
    ]
    items = "".join(f"<item><link>{copy}</link></item>" for copy in copies)
    little_web.pages = {
        "http://bao.vn/rss": f"<rss version='2.0'><channel>{items}</channel></rss>",
        "http://bao.vn/tin": "".join(f"<a href='{copy}'>Một bài viết rất hay ở đây</a>" for copy in copies),
        f"http:{page}": (301, {"Location": f"http://www.{page[2:]}"}, ""),
        f"http://www.{page[2:]}": "<title>Bài viết</title><p>Nghị quyết 57-NQ/TW</p>",
    }
    roster(tmp_path, feeds=["http://bao.vn/rss"], listings=["http://bao.vn/tin"])
    for _ in range(2):
        assert nq57("crawl", tmp_path, little_web).returncode == 0
        assert listed(tmp_path) == {f"http://www.{page[2:]}": "candidate"}
    assert sum(f"http://www.{page[2:]}" == asked for asked in little_web.asked) == 1


def test_a_later_page_that_breaks_says_nothing_of_the_endpoint(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        "http://bao.vn/nq57": listing(["30-10-2026"], "<a href='/nq57?page=2'>2</a>"),
        "http://bao.vn/nq57?page=2": "<body><p>Hết</p></body>",
        "http://bao.vn/bai-viet-30-10-2026-123456.html": "<p>Không có gì</p>",
    }
    roster(tmp_path, columns=["http://bao.vn/nq57"])
    done = nq57("crawl", tmp_path, little_web)
    assert (done.returncode, done.stderr) == (0, "")
    assert "http://bao.vn/nq57?page=2" in little_web.asked
    assert failures(tmp_path) == []


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ((500, {}, ""), "http"),
        ((429, {"Retry-After": "9999"}, ""), "rate-limited"),
        ((403, {"cf-mitigated": "challenge"}, ""), "bot-wall"),
    ],
)
def test_a_later_page_that_could_not_be_read_is_told(  # type: ignore[no-untyped-def]
    second: tuple[int, dict[str, str], str], reason: str, little_web, tmp_path: Path
) -> None:
    little_web.pages = {
        "http://bao.vn/tin": listing(["30-10-2026"], "<a href='/tin?page=2'>2</a>"),
        "http://bao.vn/tin?page=2": second,
        "http://bao.vn/bai-viet-30-10-2026-123456.html": "<p>Không có gì</p>",
    }
    roster(tmp_path, listings=["http://bao.vn/tin"])
    assert nq57("crawl", tmp_path, little_web).returncode == 0
    assert ("http://bao.vn/tin?page=2", reason) in failures(tmp_path)


def test_where_a_listing_without_end_was_left_is_told(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for n in range(1, 13):
        address = "http://bao.vn/tin" + (f"?page={n}" if n > 1 else "")
        little_web.pages[address] = listing([f"{n + 10}-10-2026"], f"<a href='/tin?page={n + 1}'>{n + 1}</a>")
        little_web.pages[f"http://bao.vn/bai-viet-{n + 10}-10-2026-123456.html"] = "<p>Không có gì</p>"
    roster(tmp_path, listings=["http://bao.vn/tin"])
    assert nq57("crawl", tmp_path, little_web).returncode == 0
    assert len(listed(tmp_path)) == 10
    assert failures(tmp_path) == [("http://bao.vn/tin?page=11", "too-many")]


@pytest.mark.parametrize(
    ("page", "reason", "code"),
    [("<h1>404</h1><p>Không tìm thấy trang</p>", "soft-404", 1), ("<p>Trang đang soạn</p>", "empty", 0)],
)
def test_a_section_that_lists_nothing_is_told(page: str, reason: str, code: int, little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {"http://bao.vn/tin": page}
    roster(tmp_path, listings=["http://bao.vn/tin"])
    assert nq57("crawl", tmp_path, little_web).returncode == code
    assert failures(tmp_path) == [("http://bao.vn/tin", reason)]


def test_the_weekly_run_leaves_the_dead_and_the_long_sick_alone_until_they_are_due(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        "http://bao.vn/rss": "<rss version='2.0'><channel><item><link>http://bao.vn/1</link></item></channel></rss>"
    }
    roster(tmp_path, feeds=["http://bao.vn/rss", "http://bao.vn/rss-om", "http://bao.vn/rss-mat"])
    nq57("crawl", tmp_path, little_web)
    db = open_database(tmp_path / "x.db")

    def suffer(due: timedelta) -> None:
        with db.atomic():
            for name, status in (("rss-om", "failing"), ("rss-mat", "dead")):
                db.execute(
                    "update endpoints set status = ?, failures = 9, next_check_at = ? where url = ?",
                    [status, (now() + due).isoformat(), f"http://bao.vn/{name}"],
                )

    def asked(command: str) -> set[str]:
        little_web.asked.clear()
        nq57(command, tmp_path, little_web, "--json")
        return {url.removeprefix("http://bao.vn/") for url in little_web.asked if "/rss" in url}

    suffer(timedelta(days=5))
    assert asked("weekly") == {"rss"}
    assert asked("crawl") == {"rss", "rss-om"}
    suffer(timedelta(days=-1))
    assert asked("weekly") == {"rss", "rss-om", "rss-mat"}
    little_web.pages["http://bao.vn/rss-mat"] = little_web.pages["http://bao.vn/rss"]
    suffer(timedelta(days=-1))
    assert asked("weekly") == {"rss", "rss-om", "rss-mat"}
    status = db.execute("select status, failures from endpoints where url = 'http://bao.vn/rss-mat'").fetchone()
    assert tuple(status) == ("ok", 0)
    db.close()
