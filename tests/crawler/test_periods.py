"""Date archives: what an address says of the days that it lists."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.listings import read_listing
from crawler.discover.periods import Period, period_of

DAY = Period(date(2026, 10, 30), date(2026, 10, 30))
MONTH = Period(date(2026, 10, 1), date(2026, 10, 31))
BASE = "http://bao.vn/tin-tuc"


@pytest.mark.parametrize(
    ("key", "stem", "period"),
    [
        (f"{BASE}/2026/10/30/", BASE, DAY),
        (f"{BASE}/2026-10-30", BASE, DAY),
        (f"{BASE}/20261030.html", f"{BASE}.html", DAY),
        (f"{BASE}/ngay-30-10-2026.html", f"{BASE}.html", DAY),
        (f"{BASE}/archive/2026/10", BASE, MONTH),
        (f"{BASE}/thang-10-2026", BASE, MONTH),
        (f"{BASE}/2026/12", BASE, Period(date(2026, 12, 1), date(2026, 12, 31))),
        (f"{BASE}/2026/", BASE, Period(date(2026, 1, 1), date(2026, 12, 31))),
        (f"{BASE}?date=30%2F10%2F2026", BASE, DAY),
        (f"{BASE}?cat=3&ngay=2026-10-30", f"{BASE}?cat=3", DAY),
        (f"{BASE}?nam=2026&thang=10", BASE, MONTH),
        (f"{BASE}?day=30&month=10&year=2026", BASE, DAY),
        (f"{BASE}?thang=10", f"{BASE}?thang=10", None),
        (f"{BASE}/2026/13", f"{BASE}/2026/13", None),
        (f"{BASE}/31-02-2026", f"{BASE}/31-02-2026", None),
        (f"{BASE}/2026/10/30/mot-bai-viet", f"{BASE}/2026/10/30/mot-bai-viet", None),
        (f"{BASE}/qd-1169-2026", f"{BASE}/qd-1169-2026", None),
        ("http://2026.vn/", "http://2026.vn/", None),
    ],
)
def test_the_period_of_an_address(key: str, stem: str, period: Period | None) -> None:
    found, named = period_of(key)
    assert named == period
    assert found.rstrip("/") == stem.rstrip("/")


@given(st.text("0123456789/-.?=&%ngaydthmonyer", max_size=60))
def test_any_address_has_a_period_or_none(rest: str) -> None:
    stem, period = period_of(f"http://bao.vn/{rest}")
    assert stem.startswith("http://bao.vn") and (period is None or period.first <= period.last)


@pytest.mark.parametrize(
    ("url", "anchors", "more"),
    [
        # a calendar on the section's own page: the latest days first, none to come, none before the day asked for
        (
            BASE,
            [f"{BASE}/2026-{month:02}-{day:02}" for month, day in ((10, 29), (10, 30), (11, 1), (5, 1), (10, 28))],
            [f"{BASE}/2026-10-30", f"{BASE}/2026-10-29", f"{BASE}/2026-10-28"],
        ),
        # on an archive's page only what is earlier
        (
            f"{BASE}?thang=10&nam=2026",
            [f"{BASE}?thang={n}&nam=2026" for n in (11, 9, 8)],
            [f"{BASE}?thang=9&nam=2026", f"{BASE}?thang=8&nam=2026"],
        ),
        (f"{BASE}/2026/09", [f"{BASE}/2026/09/03", "http://bao.vn/giai-tri/2026/08", f"{BASE}/2026/08"], [f"{BASE}/2026/08"]),
        # page numbers come before days
        (BASE, [f"{BASE}/2026-10-30", f"{BASE}?page=2"], [f"{BASE}?page=2", f"{BASE}/2026-10-30"]),
    ],
)
def test_archive_pages_follow_a_listing(url: str, anchors: list[str], more: list[str]) -> None:
    body = "".join(f'<a href="{address}">{n}</a>' for n, address in enumerate(anchors, 1))
    found = read_listing(body.encode(), url, since=date(2026, 8, 1), until=date(2026, 10, 31))
    assert list(found.more) == more


@pytest.mark.parametrize(
    ("button", "more"),
    [
        ('<button class="btn-load-more" data-url="/tin-tuc?page=2">Tải thêm</button>', [f"{BASE}?page=2"]),
        ('<a class="xem-them" data-href="/tin-tuc/trang-2.html">…</a>', [f"{BASE}/trang-2.html"]),
        (
            '<a href="javascript:void(0)" data-next="/ajax/list?cate=12&amp;page=2">Xem thêm</a>',
            ["http://bao.vn/ajax/list?cate=12&page=2"],
        ),
        ('<link rel="next" href="/tin-tuc?page=2">', [f"{BASE}?page=2"]),
        ('<button data-url="/mot-bai-viet-123456.html">Chia sẻ</button>', []),
        ('<button class="load-more" data-url="/ajax/list?cate=12">Xem thêm</button>', []),
        ('<button class="load-more" data-url="/ajax/list?page=900">Xem thêm</button>', []),
        ('<button class="load-more" data-url="http://khac.vn/tin-tuc?page=2">Xem thêm</button>', []),
        ('<button class="load-more" data-url="javascript:more(2)">Xem thêm</button>', []),
    ],
)
def test_a_load_more_button_counts_where_it_names_the_next_page(button: str, more: list[str]) -> None:
    assert list(read_listing(f"<body>{button}</body>".encode(), BASE).more) == more
