"""Articles that change after publication: each version is kept, a vanished page marks its article, none is fetched too often."""

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

ARTICLE = "http://bao.vn/tinh-day-manh-nghi-quyet-57-123456.html"


def story(told: str, days_ago: int = 0) -> str:
    day = (now() - timedelta(days=days_ago)).isoformat()
    text = "".join(f"<p>Tỉnh triển khai Nghị quyết số 57-NQ/TW của Bộ Chính trị tại xã thứ {n}: {told}.</p>" for n in range(8))
    return (
        f"<html><head><title>Tỉnh đẩy mạnh Nghị quyết 57</title><meta property='article:published_time' content='{day}'></head>"
        f"<body><article><h1>Tỉnh đẩy mạnh Nghị quyết 57</h1>{text}</article></body></html>"
    )


@pytest.fixture
def site(little_web, tmp_path: Path):  # type: ignore[no-untyped-def]
    row = {"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/"}
    (tmp_path / "sources.yaml").write_text(f"- {json.dumps(row | {'listings': ['http://bao.vn/tin']})}\n", "utf-8")
    link = "<ul><li><a href='/tinh-day-manh-nghi-quyet-57-123456.html'>Tỉnh đẩy mạnh Nghị quyết 57</a></li></ul>"
    little_web.pages["http://bao.vn/tin"] = f"<body>{link}</body>"
    little_web.pages[ARTICLE] = (200, {"ETag": '"1"'}, story("bản đầu"))
    return little_web


def week(place: Path, web) -> int:  # type: ignore[no-untyped-def]
    """Crawl and process; gives how often the article was asked for."""
    web.asked.clear()
    given = ["--roster", place / "sources.yaml", "--delay", "0", "--timeout", "10", "--proxy", web.proxy]
    for command in (["crawl", *given], ["process"]):
        done = subprocess.run([NQ57, "--db", place / "x.db", *command], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
    return web.asked.count(ARTICLE)


def a_day_later(place: Path) -> None:
    db = open_database(place / "x.db")
    with db.atomic():
        db.execute("update pages set next_fetch_at = ? where next_fetch_at is not null", [now().isoformat()])
    db.close()


def stored(place: Path) -> tuple[list[str], str | None, str]:
    """The versions of the text, when the article was gone, the state of its page."""
    db = open_database(place / "x.db")
    texts = [row[0] for row in db.execute("select text from article_versions order by n").fetchall()]
    row = db.execute("select gone_at, state, text from articles join pages using (url)").fetchone()
    db.close()
    assert row[2] == texts[-1]
    return [next(word for word in ("bản đầu", "bản sửa") if word in text) for text in texts], row[0], row[1]


def test_an_edited_article_gets_a_version_and_keeps_the_old_one(site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert week(tmp_path, site) == 1
    assert week(tmp_path, site) == 0  # a second crawl right away fetches nothing twice
    site.pages[ARTICLE] = story("bản sửa")
    a_day_later(tmp_path)
    assert week(tmp_path, site) == 1
    assert stored(tmp_path) == (["bản đầu", "bản sửa"], None, "article")
    for _ in range(2):
        a_day_later(tmp_path)
        assert week(tmp_path, site) == 1
    a_day_later(tmp_path)
    assert week(tmp_path, site) == 0  # three times, and no more
    assert stored(tmp_path) == (["bản đầu", "bản sửa"], None, "article")


@pytest.mark.parametrize("status", [404, 410])
def test_an_article_that_is_gone_stays_and_is_marked(status: int, site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    week(tmp_path, site)
    site.pages[ARTICLE] = status
    a_day_later(tmp_path)
    assert week(tmp_path, site) == 1
    versions, gone_at, state = stored(tmp_path)
    assert (versions, state) == (["bản đầu"], "article") and gone_at
    a_day_later(tmp_path)
    assert week(tmp_path, site) == 0


@pytest.mark.parametrize("answer", [503, (200, {}, "<html><body><p>Trang đang bảo trì.</p></body></html>"), (200, {}, " ")])
def test_what_is_no_article_unsays_nothing(answer: object, site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    week(tmp_path, site)
    site.pages[ARTICLE] = answer
    a_day_later(tmp_path)
    week(tmp_path, site)
    assert stored(tmp_path) == (["bản đầu"], None, "article")


def test_an_old_article_is_left_alone(site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    listing = site.pages["http://bao.vn/tin"]
    day = f"{now() - timedelta(days=5):%d/%m/%Y}"
    site.pages["http://bao.vn/tin"] = str(listing).replace("</a>", f"</a><span>{day}</span>")
    site.pages[ARTICLE] = story("bản đầu", days_ago=5)
    week(tmp_path, site)
    a_day_later(tmp_path)
    assert week(tmp_path, site) == 0
