"""Listings beyond the fixtures: pagers, article rules, bounds, hostile HTML."""

from __future__ import annotations

import time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.listings import MAX_ENTRIES, read_listing
from crawler.items import Found, Reason

URL = "http://bao.vn/khoa-hoc.html"
ARTICLE = '<a href="/mot-bai-viet-rat-hay-123456.html">Một bài viết rất hay</a>'


@pytest.mark.parametrize(
    ("url", "anchors", "more"),
    [
        (
            "http://bao.vn/muc",
            '<a href="?page=2">2</a><a href="?page=3">3</a>',
            ["http://bao.vn/muc?page=2", "http://bao.vn/muc?page=3"],
        ),
        ("http://bao.vn/muc?page=2", '<a href="?page=1">1</a><a href="?page=3">»</a>', ["http://bao.vn/muc?page=3"]),
        ("http://bao.vn/muc.html", '<a href="/muc/trang-2.html">Trang sau</a>', ["http://bao.vn/muc/trang-2.html"]),
        ("http://bao.vn/muc.html", '<a href="/muc-p2.html">2</a>', ["http://bao.vn/muc-p2.html"]),
        ("http://bao.vn/muc", '<a href="/muc/page/2/">Xem thêm</a>', ["http://bao.vn/muc/page/2/"]),
        ("http://bao.vn/muc", '<a href="/muc?start=20">Tiếp</a>', ["http://bao.vn/muc?start=20"]),
        ("http://bao.vn/muc", '<a rel="next" href="/cu-hon/abc">older</a>', ["http://bao.vn/cu-hon/abc"]),
        ("http://bao.vn/lich?month=10", '<a href="/lich?month=11">&gt;</a>', []),
        ("http://bao.vn/muc", '<a href="http://khac.vn/muc?page=2">2</a><a href="/khac?page=2">2</a>', []),
        ("http://bao.vn/muc?page=3", '<a href="?page=3">3</a><a href="?page=2">2</a>', []),
    ],
)
def test_following_pages(url: str, anchors: str, more: list[str]) -> None:
    assert list(read_listing(f"<body>{anchors}</body>".encode(), url).more) == more


@pytest.mark.parametrize(
    ("article", "fits"),
    [
        ("a.story", False),
        ("h3 a", True),
        ("h3", True),
        ("-123456.html", True),
        (r"-\d{6}\.html$", True),
        ("/mot-*.html", True),
        ("^http://bao\\.vn/mot", True),
        ("/khac/", False),
        ("a[[", True),
        ("(mot", False),
    ],
)
def test_the_roster_may_say_what_an_article_is(article: str, fits: bool) -> None:
    found = read_listing(f"<h3>{ARTICLE}</h3>".encode(), URL, article=article)
    assert bool(found.entries) is fits


def test_dates_in_a_flat_list_belong_to_the_headline_before() -> None:
    body = "".join(
        f'<h3><a href="/bai-viet-so-{n}-12345{n}.html">Bài viết số {n}</a></h3><span>0{n}/10/2026</span>' for n in (1, 2, 3)
    )
    found = read_listing(f"<body><div>Hôm nay 31/10/2026</div><div>{body}</div></body>".encode(), URL)
    assert [entry.published and entry.published.iso() for entry in found.entries] == ["2026-10-01", "2026-10-02", "2026-10-03"]


def test_entries_are_bounded_and_said_so() -> None:
    body = "".join(f'<li><a href="/bai-{n + 100000}.html">Một bài viết khác nữa</a></li>' for n in range(MAX_ENTRIES + 1))
    found = read_listing(body.encode(), URL)
    assert len(found.entries) == MAX_ENTRIES
    assert [warning.reason for warning in found.warnings] == [Reason.TOO_MANY]


def windows_1258(text: str) -> bytes:
    """As that encoding writes Vietnamese: the letter with its shape, then the tone as a mark of its own."""
    out = ""
    for letter in text:
        parts = normalize("NFD", letter)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        out += normalize("NFC", "".join(mark for mark in parts if mark not in tones)) + tones
    return out.encode("cp1258")


def test_header_charset_and_base_count() -> None:
    title = "Nghị quyết của Bộ Chính trị được triển khai với các tỉnh"
    body = f'<base href="http://bao.vn/muc/"><a href="bai-viet-123456.html">{title}</a>'
    found = read_listing(windows_1258(body), URL, charset="windows-1258")
    assert found.entries[0].url == "http://bao.vn/muc/bai-viet-123456.html"
    assert found.entries[0].title == title


HOSTILE = {
    "nested": "<div>" * 1_500_000 + ARTICLE,
    "nested anchors": '<a href="/bai-123456.html">' * 300_000,
    "many anchors": ARTICLE * 120_000,
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(900_000)) + ">",
    "brackets": "<" * 9_000_000,
    "long text": f"<li>{ARTICLE}" + "1/" * 4_500_000,
    "dates": f"<li>{ARTICLE}<p>" + "31/02/2025 " * 800_000,
    "comment": "<!--" * 2_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_soon(name: str) -> None:
    started = time.process_time()
    found = read_listing(HOSTILE[name].encode(), URL)
    assert time.process_time() - started < 10
    assert len(found.entries) <= MAX_ENTRIES


_PIECES = st.sampled_from(
    [
        ARTICLE,
        "<ul>",
        "<li>",
        "</li>",
        "<a href=",
        "//[",
        "javascript:x",
        ">",
        "<base href='http://['>",
        "17/06/2025",
        "<p>",
        "ế",
        "\x00",
    ]
)


@given(st.one_of(st.binary(), st.lists(_PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_give_a_listing(body: bytes) -> None:
    assert isinstance(read_listing(body, URL), Found)
