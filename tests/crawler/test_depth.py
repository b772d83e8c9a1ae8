"""How far listings, sitemaps and feeds are followed."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.dates import parse_date
from crawler.discover.feeds import read_feed
from crawler.discover.sitemaps import read_sitemap
from crawler.items import Entry, Found
from crawler.spiders.depth import Depth

LISTING = "http://bao.vn/tin"


def page(*items: tuple[int, str | None]) -> Found:
    return Found(
        tuple(
            Entry(f"http://bao.vn/bai-{n}.html", "listing", LISTING, None, parse_date(day, source="feed") if day else None)
            for n, day in items
        )
    )


def test_a_page_of_known_entries_ends_a_listing() -> None:
    depth = Depth(None)
    assert depth.goes_on(LISTING, page((1, None)), news=1)
    assert not depth.goes_on(LISTING, page((2, None)), news=0)


def test_going_back_passes_over_what_is_known_and_stops_at_the_day() -> None:
    depth = Depth(date(2026, 9, 1))
    assert depth.goes_on(LISTING, page((1, "2026-10-01"), (2, "2026-09-15")), news=0)
    # A headline pinned on top is no reason to stop, nor is one old entry.
    assert depth.goes_on(LISTING, page((1, "2026-10-01"), (3, "2026-08-31"), (4, None)), news=0)
    assert not depth.goes_on(LISTING, page((5, "2026-08-30"), (6, "2026-08-29"), (7, None)), news=3)


def test_going_back_ends_where_the_site_repeats_itself() -> None:
    depth = Depth(date(2026, 9, 1))
    assert depth.goes_on(LISTING, page((1, None), (2, None)), news=0)
    assert not depth.goes_on(LISTING, page((1, None), (2, None)), news=0)
    assert not depth.goes_on(LISTING, page(), news=0)
    assert depth.goes_on("http://bao.vn/khac", page((1, None)), news=0)


@pytest.mark.parametrize(
    ("since", "left"),
    [
        (
            None,
            ["sitemap-2026-10.xml", "news.xml", "sitemap-2026-9.xml.gz", "sitemap-2019.xml", "archive/2018/12.xml", "other.xml"],
        ),
        (date(2026, 9, 30), ["sitemap-2026-10.xml", "news.xml", "sitemap-2026-9.xml.gz", "other.xml"]),
        (date(2026, 10, 1), ["sitemap-2026-10.xml", "news.xml", "other.xml"]),
    ],
)
def test_of_an_index_the_latest_comes_first_and_what_is_too_old_not_at_all(since: date | None, left: list[str]) -> None:
    children = {
        "other.xml": "",
        "archive/2018/12.xml": "",
        "sitemap-2019.xml": "",
        "news.xml": "<lastmod>2026-10-30T08:00:00+07:00</lastmod>",
        "sitemap-2026-10.xml": "<lastmod>2026-10-30T09:00:00+07:00</lastmod>",
        "sitemap-2026-9.xml.gz": "",
    }
    body = "".join(f"<sitemap><loc>http://bao.vn/{name}</loc>{more}</sitemap>" for name, more in children.items())
    found = read_sitemap(f"<sitemapindex>{body}</sitemapindex>".encode(), "http://bao.vn/sitemap.xml", since=since)
    assert [url.removeprefix("http://bao.vn/") for url in found.more] == left


@pytest.mark.parametrize(
    ("link", "more"),
    [
        ('<atom:link rel="next" href="/rss?page=2"/>', ("http://bao.vn/rss?page=2",)),
        ('<atom:link rel="prev-archive" href="http://bao.vn/rss/2026-09"/>', ("http://bao.vn/rss/2026-09",)),
        ('<atom:link rel="self" href="http://bao.vn/rss"/>', ()),
        ('<atom:link rel="next" href="http://bao.vn/rss"/>', ()),
        ('<atom:link rel="next" href="javascript:x"/><atom:link rel="next"/>', ()),
    ],
)
def test_a_feed_in_parts_names_the_next(link: str, more: tuple[str, ...]) -> None:
    body = (
        f"<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel>{link}<item><link>http://bao.vn/1</link></item></channel></rss>"
    )
    assert read_feed(body.encode(), "http://bao.vn/rss").more == more
