"""Addresses: one key for the many addresses of one page, and what an address tells by itself."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls import (
    MAX_LENGTH,
    absolute,
    canonical,
    date_in_url,
    host_of,
    is_listing_url,
    looks_like_article,
    same_site,
    twins,
)

PAGE = "https://bao.vn/thoi-su/bai-viet-123456.html"


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://BAO.VN/thoi-su/bai-viet-123456.html",
        "https://bao.vn:443/thoi-su/bai-viet-123456.html",
        "https://bao.vn./thoi-su/bai-viet-123456.html",
        "https://m.bao.vn/thoi-su/bai-viet-123456.html",
        "https://amp.bao.vn/thoi-su/bai-viet-123456.html",
        "https://lite.bao.vn/thoi-su/bai-viet-123456.html",
        "\r\n  https://bao.vn/thoi-su/bai-viet-123456.html \n",
        "https://bao.vn//thoi-su/./x/../bai-viet-123456.html#binh-luan",
        "https://bao.vn/thoi%2Dsu/b%61i-viet-123456.html",
        "https://bao.vn/thoi-su/bai-viet-123456.html/amp",
        "https://bao.vn/thoi-su/bai-viet-123456.html/amp/",
        "https://bao.vn/thoi-su/bai-viet-123456.html?layout=amp",
        "https://bao.vn/thoi-su/bai-viet-123456.html?amp",
        "https://bao.vn/thoi-su/bai-viet-123456.html?tab=7",
        "https://bao.vn/thoi-su/bai-viet-123456.html?ac=emails",
        "https://bao.vn/print/thoi-su/bai-viet-123456.html",
        "https://bao.vn/savefile/thoi-su/bai-viet-123456.html",
        "https://bao.vn/thoi-su/bai-viet-123456.html;jsessionid=8A7F?utm_source=zalo&amp;utm_medium=x&fbclid=a&zarsrc=30&vn_source=home",
        "https://bao.vn/(S(abc123))/thoi-su/bai-viet-123456.html?PHPSESSID=1&gclid=2&_ga=3",
        "//bao.vn/thoi-su/bai-viet-123456.html",
        "../thoi-su/bai-viet-123456.html",
    ],
)
def test_one_page_has_one_key(url: str) -> None:
    assert canonical(url, "https://bao.vn/muc/") == PAGE


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.1.7:8190/a", "http://127.0.1.7:8190/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://bao.vn:443/a", "http://bao.vn:443/a"),
        ("http://bao.vn", "http://bao.vn/"),
        ("https://www.bao.vn/a/", "https://www.bao.vn/a/"),
        ("https://m.gov.vn/", "https://m.gov.vn/"),
        ("https://m.vn/", "https://m.vn/"),
        ("https://bao.vn/tin-tức?b=2&a=1&b=1", "https://bao.vn/tin-t%E1%BB%A9c?a=1&b=2&b=1"),
        ("https://x.gov.vn/?ItemID=5&cid=3&sid=12&gid=4&ref=zalo", "https://x.gov.vn/?ItemID=5&cid=3&gid=4&sid=12"),
        ("https://x.gov.vn/print/", "https://x.gov.vn/print/"),
        ("https://báo.vn/a", "https://xn--bo-mia.vn/a"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_what_tells_pages_apart_stays(url: str, key: str) -> None:
    assert canonical(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "tin-tuc.html",
        "javascript:alert(1)",
        "mailto:a@b.vn",
        "file:///etc/passwd",
        "ftp://bao.vn/a",
        "data:text/html,x",
        "https://user:secret@bao.vn/",
        "https://bao.vn@evil.example/",
        "https://bao.vn\\@evil.example/",
        "https://bao.vn/a\x00b",
        "https://bao.vn/a\nb",
        "https://bao.vn:99999/",
        "https://bao.vn:0/",
        "https://bao.vn:port/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://ba o.vn/",
        "https://" + "a" * 64 + ".vn/",
        "https:///a",
        "https://bao.vn/\ud800",
        "https://bao.vn/" + "a" * MAX_LENGTH,
        "https://bao.vn/" + "ế" * 600,
    ],
)
def test_hopeless_addresses_have_no_key(url: str) -> None:
    assert canonical(url) is None


_NASTY = "http:// https:// // / . .. % %2e %2F %25 ? & = # ; : @ [ ] a m. vn amp amp; amp. print/ 1.html ;sid=1 (S(a)) ế \\ 80"
_PIECES = st.sampled_from([*_NASTY.split(" "), "utm_source=1", "e\u0301", " ", "\t"])


@given(
    st.one_of(
        st.text(),
        st.lists(_PIECES, max_size=14).map("".join),
        st.lists(_PIECES, max_size=14).map(lambda p: "http://a.vn/" + "".join(p)),
    )
)
@example("http://a.vn/..;sid=1/..//amp/amp/")
@example("http://[")
def test_never_raises_and_is_idempotent(url: str) -> None:
    key = canonical(url)
    assert key is None or (canonical(key) == key and len(key) <= MAX_LENGTH)
    for answer in (host_of(url), same_site(url, ["a.vn", url]), looks_like_article(url), is_listing_url(url), date_in_url(url)):
        assert answer is None or isinstance(answer, (str, bool, date))


@given(st.text(max_size=50), st.text(max_size=50))
def test_never_raises_with_a_base(url: str, base: str) -> None:
    key = canonical(url, base)
    assert key is None or key.startswith(("http://", "https://"))


def test_absolute_changes_nothing_else() -> None:
    assert absolute(" ../a.html?utm_source=x&amp;b=1#c\n", "http://m.bao.vn/x/y") == "http://m.bao.vn/a.html?utm_source=x&b=1#c"
    assert absolute("javascript:void(0)", "http://bao.vn/") is None


@pytest.mark.parametrize(
    ("url", "hosts", "expected"),
    [
        ("https://bao.vn/a", ["bao.vn"], True),
        ("https://BAO.vn.:8080/a", ["Bao.vn"], True),
        ("https://img.bao.vn/a", ["bao.vn"], True),
        ("https://nbao.vn/a", ["bao.vn"], False),
        ("https://bao.vn.evil.example/", ["bao.vn"], False),
        ("https://evil.example/?bao.vn", ["bao.vn"], False),
        ("https://bao.vn@evil.example/", ["bao.vn", "evil.example"], False),
        ("http://127.0.0.1:8190/a", ["127.0.0.1"], True),
        ("http://1.127.0.0.1/a", ["127.0.0.1"], False),
        ("http://[::1]/a", ["::1"], True),
        ("http://bao.vn/", [], False),
        ("gopher://bao.vn/", ["bao.vn"], False),
    ],
)
def test_same_site(url: str, hosts: list[str], expected: bool) -> None:
    assert same_site(url, hosts) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://dantri.com.vn/cong-nghe/nghi-quyet-57-20250709101500123.htm", date(2025, 7, 9)),
        ("https://mst.gov.vn/tin-197260203172212789.htm", date(2026, 2, 3)),
        ("https://thanhnien.vn/bai-185250617152900456.htm", date(2025, 6, 17)),
        ("https://cafef.vn/bai-188250114091500321.chn", date(2025, 1, 14)),
        ("https://khoahocphattrien.vn/khoa-hoc/bai/20250709101500123p1c785.htm", date(2025, 7, 9)),
        ("https://thanhhoa.gov.vn/portal/Pages/2025-7-9/bai.aspx", date(2025, 7, 9)),
        ("https://bao.vn/2025/07/09/bai/", date(2025, 7, 9)),
        ("https://baodongnai.com.vn/202507/bai-1a2b3c4.html", None),
        ("https://bao.vn/bai-99999999999999999.htm", None),
        ("https://bao.vn/bai-20251332.htm", None),
        ("https://vietnamplus.vn/bai-post1068375.vnp", None),
        ("https://bao.vn/bai.html?d=20250709", None),
        ("no address", None),
    ],
)
def test_date_in_url(url: str, expected: date | None) -> None:
    assert date_in_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://dantri.com.vn/cong-nghe/nghi-quyet-57-20250709101500123.htm",
        "https://www.vietnamplus.vn/dot-pha-post1068375.vnp",
        "https://tienphong.vn/bai-viet-post1700000.tpo",
        "https://laodong.vn/thoi-su/bai-1471763.ldo",
        "https://baomoi.com/bai-c52778906.epi",
        "https://vtcnews.vn/bai-ar900123.html",
        "https://vneconomy.vn/dua-nghi-quyet-57-vao-cuoc-song-doanh-nghiep.htm",
        "https://duccqd.dongnai.vn/nghi-quyet-57-nq-tw/hoi-nghi-quan-triet-nghi-quyet-69.html",
        "https://x.gov.vn/Pages/chi-tiet.aspx?ItemID=1234",
        "https://moh.gov.vn/tin/-/asset_publisher/abc/content/hoi-nghi-chuyen-oi-so?inheritRedirect=false",
        "https://casti.vn/?nid=20746",
    ],
)
def test_articles_look_like_articles(url: str) -> None:
    assert looks_like_article(url)
    assert not is_listing_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/tag/nghi-quyet-57-123456.html",
        "https://bao.vn/tags/nghi-quyet-57",
        "https://bao.vn/tu-khoa/nghi-quyet-57.html",
        "https://bao.vn/hashtag/nq57",
        "https://bao.vn/topic/nghi-quyet-57-12345.html",
        "https://bao.vn/nghi-quyet-57-ptag.html",
        "https://bao.vn/tim-kiem?key=nghi+quyet",
        "https://bao.vn/?s=57",
        "https://bao.vn/tac-gia/nguyen-van-a-12345.html",
        "https://bao.vn/rss/home.rss",
        "https://bao.vn/thoi-su/trang-2.html",
        "https://bao.vn/thoi-su/page/3/",
        "https://bao.vn/chuyen-muc/khoa-hoc",
    ],
)
def test_listings_look_like_listings(url: str) -> None:
    assert is_listing_url(url)
    assert not looks_like_article(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/",
        "https://bao.vn/khoa-hoc-cong-nghe.htm",
        "https://bao.vn/anh/123456.jpg",
        "https://bao.vn/ke-hoach-2025.pdf",
    ],
)
def test_what_is_neither(url: str) -> None:
    assert not looks_like_article(url)
    assert not is_listing_url(url)


def test_hostile_addresses_cost_little() -> None:
    started = time.process_time()
    for unit in ("/..", "/./", "/amp", "/print/1.html", "&a=1", "m.", "(S(a))/", "%", ";sid=1"):
        canonical("http://a.vn/" + unit * 500)
        canonical("http://" + unit * 500 + "/")
        canonical(unit * 2_000_000)
    assert time.process_time() - started < 20  # it would be hours, were it quadratic


@pytest.mark.parametrize(
    ("key", "copies"),
    [
        (
            "http://bao.vn/a?b=1",
            {"http://bao.vn/a?b=1", "https://bao.vn/a?b=1", "http://www.bao.vn/a?b=1", "https://www.bao.vn/a?b=1"},
        ),
        ("http://bao.vn:8080/a", {"http://bao.vn:8080/a"}),
        ("https://203.0.113.9/a", {"https://203.0.113.9/a"}),
        ("https://[2001:db8::9]/a", {"https://[2001:db8::9]/a"}),
    ],
)
def test_the_copies_of_a_page_on_its_site(key: str, copies: set[str]) -> None:
    assert set(twins(key)) == copies and twins(key)[0].partition("//")[0] == key.partition("//")[0]


@given(st.sampled_from(["http", "https"]), st.sampled_from(["bao.vn", "www.bao.vn", "www.vn", "a.www.bao.vn"]), st.text("ab/?=:"))
def test_copies_are_keys_and_name_the_same_copies(scheme: str, host: str, rest: str) -> None:
    key = canonical(f"{scheme}://{host}/{rest}")
    assert key is not None and key in twins(key)
    for copy in twins(key):
        assert canonical(copy) == copy and set(twins(copy)) == set(twins(key))
