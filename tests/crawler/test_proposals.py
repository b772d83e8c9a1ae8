"""Where a site may list what it publishes: told from its home page, a page of feeds, robots.txt; bounded whatever they hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.proposals import (
    MAX_FEEDS,
    MAX_SECTIONS,
    MAX_SITEMAPS,
    USUAL_FEEDS,
    HomePage,
    feeds_on,
    read_home,
    sitemaps_in,
    usual,
)

URL = "http://www.bao.vn/"


@pytest.mark.parametrize(
    ("head", "name", "language"),
    [
        ("<title>Trang chủ - Cổng thông tin điện tử tỉnh Lào Cai</title>", "Cổng thông tin điện tử tỉnh Lào Cai", None),
        ("<meta property='og:site_name' content=' Báo Mới '><title>Khác</title>", "Báo Mới", None),
        ("<title>Báo A | Báo A</title>", "Báo A", None),
        ("<title>Home</title>", "bao.vn", None),
        ("<html lang='vi-VN'><title></title>", "bao.vn", "vi"),
        ("<html lang='x;y'>", "bao.vn", None),
    ],
)
def test_name_and_language(head: str, name: str, language: str | None) -> None:
    home = read_home(head.encode(), URL)
    assert (home.name, home.language) == (name, language)


@pytest.mark.parametrize(
    ("address", "is_feed"),
    [
        ("/rss/tin-moi.rss", True),
        ("/rss/khoa-hoc", True),
        ("/feed/", True),
        ("/vi/news/rss/trien-khai-nghi-quyet-57/", True),
        ("/tin.atom", True),
        ("/?feed=rss2", True),
        ("/index.php?format=feed&type=atom", True),
        ("/feedback", False),
        ("/khoa-hoc", False),
        ("http://khac.vn/rss", False),
        ("javascript:rss", False),
    ],
)
def test_addresses_that_look_like_feeds(address: str, is_feed: bool) -> None:
    assert bool(feeds_on(f'<a href="{address}">Kênh</a>'.encode(), URL)) is is_feed


def test_sections_are_menu_entries_the_promising_first_and_columns_stand_apart() -> None:
    menu = [
        ("/giai-tri", "Giải trí"),
        ("/khoa-hoc-cong-nghe", "Khoa học - Công nghệ"),
        ("/lien-he", "Liên hệ"),
        ("/tag/ai", "AI"),
        ("/dua-nghi-quyet-57-vao-cuoc-song", "Đưa Nghị quyết 57 vào cuộc sống"),
        ("/mot-bai-viet-rat-dai-ve-khoa-hoc-123456.html", "Bài mới"),
        ("http://khac.vn/tin", "Tin khác"),
    ]
    nav = "".join(f'<a href="{address}">{text}</a>' for address, text in menu)
    home = read_home(f'<nav>{nav}</nav><main><a href="/ngoai-menu">Ngoài menu</a></main>'.encode(), URL)
    assert home.sections == ("http://www.bao.vn/khoa-hoc-cong-nghe", "http://www.bao.vn/giai-tri")
    assert home.columns == ("http://www.bao.vn/dua-nghi-quyet-57-vao-cuoc-song",)


def test_robots_names_sitemaps_in_any_case_and_line_end() -> None:
    robots = b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\rSITEMAP:/s1.xml\r\n  Sitemap : http://bao.vn/s2.xml # x\n"
    robots += b"#Sitemap: /s3.xml\nSitemap:\n"
    assert sitemaps_in(robots, "http://bao.vn/robots.txt") == ("http://bao.vn/s1.xml", "http://bao.vn/s2.xml")


def test_usual_places_are_on_the_site() -> None:
    assert usual(USUAL_FEEDS[:1], "http://bao.vn/vi/trang-chu") == ("http://bao.vn/rss",)


def test_everything_is_bounded() -> None:
    many = "".join(f'<a href="/rss/{n}.rss">Kênh</a><nav><a href="/muc-{n}">Mục</a></nav>' for n in range(3_000))
    home = read_home(many.encode(), URL)
    assert (len(home.feeds), len(home.sections)) == (MAX_FEEDS, MAX_SECTIONS)
    assert len(sitemaps_in(b"".join(b"Sitemap: /s%d.xml\n" % n for n in range(50_000)), URL)) == MAX_SITEMAPS


@pytest.mark.slow
@pytest.mark.parametrize(
    "robots", [b"Sitemap:" + b" " * 5_000_000, b" " * 5_000_000, b"Sitemap: /a\n" * 500_000, b"\r" * 5_000_000]
)
def test_hostile_robots_end_soon(robots: bytes) -> None:
    started = time.process_time()
    sitemaps_in(robots, URL)
    assert time.process_time() - started < 5


@given(st.binary(max_size=400))
def test_any_bytes_give_a_home_page(body: bytes) -> None:
    assert isinstance(read_home(body, URL), HomePage)
    assert isinstance(sitemaps_in(body, URL), tuple)
