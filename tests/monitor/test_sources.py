"""`nq57 sources check` and `discover`: each endpoint asked once, nothing kept; an entry that loads, no foreign host asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.roster import load_roster
from crawler.store import endpoints
from crawler.store.db import open_database
from crawler.store.roster import sync_roster

NQ57 = Path(sys.executable).with_name("nq57")
pytestmark = pytest.mark.slow

FEED = "<rss version='2.0'><channel><title>Tin mới</title>{}</channel></rss>"
ITEMS = "".join(f"<item><title>Bài {n}</title><link>http://bao.vn/bai-viet-so-{n}-10000{n}.html</link></item>" for n in range(4))
LINKS = "".join(f'<li><a href="/mot-bai-viet-rat-hay-20000{n}.html">Một bài viết rất hay số {n}</a></li>' for n in range(6))


def nq57(web: object, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    proxy: str = web.proxy  # type: ignore[attr-defined]
    given = [*map(str, arguments), "--proxy", proxy, "--delay", "0", "--timeout", "10"]
    return subprocess.run([NQ57, *given], capture_output=True, text=True, timeout=120)


def entry(**more: object) -> str:
    row = {"id": "bao", "name": "Báo", "kind": "press", "hosts": ["bao.vn"], "home": "http://bao.vn/", **more}
    return f"- {json.dumps(row)}\n"


def test_check_asks_every_endpoint_once_and_keeps_nothing(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        "http://bao.vn/rss": FEED.format(ITEMS),
        "http://bao.vn/rss2": "<html>Không tìm thấy</html>",
        "http://bao.vn/tin": f"<ul>{LINKS}</ul><a href='/tin?page=2'>2</a>",
        "http://bao.vn/nghi-quyet-57": f"<h1>Nghị quyết 57</h1><ul>{LINKS}</ul>",
    }
    roster = tmp_path / "sources.yaml"
    feeds = [
        {"url": "http://bao.vn/rss", "verified": "2026-01-01"},
        {"url": "http://bao.vn/rss2", "verified": "2026-01-01"},
        {"url": "http://bao.vn/rss3", "verified": None},
    ]
    roster.write_text(entry(feeds=feeds, listings=["http://bao.vn/tin"]), "utf-8")
    db = tmp_path / "x.db"
    known = open_database(db)
    sync_roster(known, load_roster(roster))
    endpoints.discovered(known, "bao", "http://bao.vn/nghi-quyet-57", "column")
    known.close()
    before = db.read_bytes()

    done = nq57(little_web, "--db", db, "sources", "check", "--roster", roster, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit"], told["failing"]) == (1, 1, 1), done.stderr
    assert done.stderr == "nq57 sources check: bao: http://bao.vn/rss2 failing (bad-feed)\n"
    assert {
        row["url"].removeprefix("http://bao.vn"): (row["status"], row["items"], row["reason"]) for row in told["endpoints"]
    } == {
        "/rss": ("ok", 4, None),
        "/rss2": ("failing", None, "bad-feed"),
        "/rss3": ("failing", None, "http"),
        "/tin": ("ok", 6, None),
        "/nghi-quyet-57": ("ok", 6, None),
    }
    assert sorted(set(little_web.asked)) == sorted(
        f"http://bao.vn{p}" for p in ("/robots.txt", "/rss", "/rss2", "/rss3", "/tin", "/nghi-quyet-57")
    )
    assert db.read_bytes() == before

    table = nq57(little_web, "--db", tmp_path / "none.db", "sources", "check", "--roster", roster)
    assert "http://bao.vn/rss2" in table.stdout and "bad-feed" in table.stdout
    assert not (tmp_path / "none.db").exists()


def test_check_is_content_where_only_unverified_endpoints_fail(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {"http://bao.vn/rss": FEED.format(ITEMS)}
    roster = tmp_path / "sources.yaml"
    roster.write_text(entry(feeds=["http://bao.vn/rss", {"url": "http://bao.vn/rss3", "verified": None}]), "utf-8")
    done = nq57(little_web, "--db", tmp_path / "x.db", "sources", "check", "--roster", roster, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


HOME = f"""<html lang="vi-VN"><head><title>Trang chủ - Báo "Ví dụ" # {{[&amp;]}}: 'x'\n- id: evil</title>
<link rel="alternate" type="application/rss+xml" href="/rss/tin-moi.rss"><link rel="alternate" type="application/rss+xml" href="http://khac.vn/rss">
</head><body><nav><a href="/khoa-hoc">Khoa học</a><a href="/thoi-su">Thời sự</a><a href="/lien-he">Liên hệ</a>
<a href="/chuyen-muc/nghi-quyet-57">Nghị quyết 57 vào cuộc sống</a><a href="/kenh-rss.html">RSS</a><a href="/tag/ai">AI</a></nav>
<ul>{LINKS}</ul></body></html>"""


def test_discover_proposes_what_it_has_read_and_the_entry_loads(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        "http://www.vidu.vn/": HOME,
        "http://www.vidu.vn/robots.txt": "User-agent: *\nAllow: /\nSitemap: http://www.vidu.vn/so-do.xml\nSitemap: http://khac.vn/s.xml",
        "http://www.vidu.vn/rss/tin-moi.rss": FEED.format(ITEMS),
        "http://www.vidu.vn/rss": (301, {"Location": "/rss/tin-moi.rss"}, ""),
        "http://www.vidu.vn/feed/": (301, {"Location": "http://khac.vn/feed/"}, ""),
        "http://www.vidu.vn/kenh-rss.html": '<a href="/rss/khoa-hoc.rss">Khoa học</a><a href="/rss/trong.rss">Trống</a>',
        "http://www.vidu.vn/rss/khoa-hoc.rss": FEED.format(ITEMS.replace("10000", "30000")),
        "http://www.vidu.vn/rss/trong.rss": FEED.format(""),
        "http://www.vidu.vn/so-do.xml": "<sitemapindex><sitemap><loc>http://www.vidu.vn/s-1.xml</loc></sitemap></sitemapindex>",
        "http://www.vidu.vn/khoa-hoc": f"<h1>Khoa học</h1><ul>{LINKS}</ul>",
        "http://www.vidu.vn/thoi-su": "<h1>Thời sự</h1>",
        "http://www.vidu.vn/chuyen-muc/nghi-quyet-57": f"<h1>NQ57: vào cuộc sống</h1><ul>{LINKS}</ul>",
    }
    done = nq57(little_web, "sources", "discover", "http://www.vidu.vn/")
    assert (done.returncode, done.stderr) == (0, "")
    file = tmp_path / "sources.yaml"
    file.write_text(done.stdout, "utf-8")
    (source,) = load_roster(file, strict=True).sources
    assert (source.id, source.name, source.kind, source.hosts) == ("vidu", "Báo \"Ví dụ\" # {[&]}: 'x'", "press", ("vidu.vn",))
    assert [(kind, endpoint.url.removeprefix("http://www.vidu.vn")) for kind, endpoint in source.endpoints()] == [
        ("feed", "/rss/tin-moi.rss"),
        ("feed", "/rss/khoa-hoc.rss"),
        ("sitemap", "/so-do.xml"),
        ("listing", "/khoa-hoc"),
        ("column", "/chuyen-muc/nghi-quyet-57"),
    ]
    assert all(endpoint.verified for _, endpoint in source.endpoints())
    assert "# 4 items · Tin mới" in done.stdout and "# 1 sitemaps" in done.stdout
    assert {urlsplit(url).hostname for url in little_web.asked} == {"www.vidu.vn"}
    assert not any("/tag/" in url or "/mot-bai" in url or "lien-he" in url for url in little_web.asked)


@pytest.mark.parametrize(
    ("url", "pages", "said"),
    [
        ("http://vidu.vn/", {}, "answered 404"),
        ("http://vidu.vn/", {"http://vidu.vn/robots.txt": "User-agent: *\nDisallow: /"}, "robots"),
        ("http://vidu.vn/", {"http://vidu.vn/": (301, {"Location": "http://khac.vn/"}, "")}, "khac.vn"),
        ("http://vidu.vn/", {"http://vidu.vn/": "<html><p>Xin chào</p></html>"}, "no feed, sitemap, section or column"),
        ("file:///etc/passwd", {}, "no web address"),
        ("http://127.0.0.1/", {"http://127.0.0.1/": HOME}, "127.0.0.1"),
    ],
)
def test_discover_says_why_there_is_nothing_to_propose(little_web, url: str, pages: dict[str, object], said: str) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = pages
    done = nq57(little_web, "sources", "discover", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and said in done.stderr
    assert not any("khac.vn" in asked or "127.0.0.1" in asked for asked in little_web.asked)
