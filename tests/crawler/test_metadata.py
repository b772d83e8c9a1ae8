"""The publication date of a page: right, or none; and the same from bytes alone."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import pytest

from crawler.clock import VIETNAM
from crawler.extract.article import read_page
from crawler.extract.metadata import published_in
from crawler.items import Page

FETCHED = datetime(2026, 10, 31, 9, 15, tzinfo=VIETNAM)
URL = "http://phuong-dong.vn.demo/xa-hoi/mot-bai-viet-dai-ve-doi-song-4411.html"
DAY = date(2026, 7, 9)

# How Vietnamese sites write 9 July 2026, 10:33 or without a time.
FORMS = (
    "Thứ Năm, 09/07/2026 10:33 (GMT+7)",
    "10:33 - 09/07/2026",
    "09/07/2026 | 10:33",
    "Cập nhật: 09/07/2026 | 10:33",
    "Thứ Năm, ngày 09/07/2026 10:33",
    "09-07-2026 10:33 GMT +7",
    "Hà Nội, ngày 9 tháng 7 năm 2026",
    "Đăng ngày 09 - 07 - 2026",
    "Thứ năm, 9 Tháng 7 2026 10:33",
    "10:33 09/07/2026",
    "9/7/26",
    "09/07/2026 10:33:00 AM",
)
LICENCE = "Giấy phép số 120/GP-BTTTT cấp ngày 01/09/2021. Bản quyền thuộc Báo Phương Đông."
BODY = (
    "<p>Ngày 22/12/2024, Bộ Chính trị ban hành Nghị quyết số 57-NQ/TW về đột phá phát triển khoa học, công nghệ, đổi mới "
    "sáng tạo và chuyển đổi số quốc gia.</p><p>Từ đó đến nay, tổ công nghệ số cộng đồng "
    "của phường đã mở mười một lớp học buổi tối, lớp "
    "gần nhất kết thúc ngày 15/06/2026 với ba mươi học viên trên sáu mươi tuổi.</p><p>Ảnh chụp ngày 20/06/2026.</p>"
)
RELATED = '<li><a href="/b">Khai mạc tuần lễ chuyển đổi số</a> <span>01/07/2026</span></li>'


def joomla(line: str) -> str:
    return (
        f'<div class="hd"><div>Thứ Bảy, 31/10/2026</div></div><div class="item-page"><h1>{TITLE}</h1>'
        f'<dl class="article-info"><dd>{line}</dd></dl>'
        f'{BODY}</div><div class="moduletable"><h3>Tin mới</h3><ul>{RELATED}</ul></div><div id="bottom">{LICENCE}</div>'
    )


def above_the_title(line: str) -> str:
    return (
        f'<header>Thứ Bảy, 31/10/2026</header><section class="detail"><div class="breadcrumb"><a href="/x">Xã hội</a></div>'
        f'<span class="date">{line}</span><h1>{TITLE}</h1>'
        f'<p class="lead">Lớp học buổi tối ở một phường ven sông có thêm học viên.</p>{BODY}</section>'
        f"<aside><ul>{RELATED}</ul></aside><footer><p>{LICENCE}</p></footer>"
    )


def sapo_between(line: str) -> str:
    return (
        f'<div class="top">Hôm nay, thứ Bảy 31/10/2026</div><div id="main"><div><h1>{TITLE}</h1>'
        f"<h2 class=sapo>Sau Nghị quyết số 57-NQ/TW ngày 22/12/2024, "
        f"lớp học buổi tối ở một phường ven sông có thêm học viên.</h2>"
        f"<div><b>Phạm Thu Hà</b> - {line} <a href=#>Chia sẻ</a> <a href=#>Bình luận</a></div><div>{BODY}</div></div>"
        f'<div class="box"><ul>{RELATED * 3}</ul></div></div><div class="f">{LICENCE}</div>'
    )


def tables(line: str) -> str:
    return (
        f"<table><tr><td>Thứ Bảy, 31/10/2026</td></tr><tr><td><table><tr><td><h1>{TITLE}</h1></td></tr><tr><td align=right>"
        f"<i>({line})</i></td></tr>"
        f"<tr><td>{BODY}</td></tr></table></td></tr><tr><td>{LICENCE}</td></tr></table>"
    )


def inline(line: str) -> str:
    return (
        f'<div class="clock">Thứ Bảy, 31/10/2026 09:14</div><article><h1>{TITLE}</h1>{line}<br>{BODY}</article>'
        f'<div class="tin-lien-quan"><ul>{RELATED}</ul></div><p>{LICENCE}</p>'
    )


TITLE = "Lớp học buổi tối của phường ven sông"
TEMPLATES = (joomla, above_the_title, sapo_between, tables, inline)


def fetch(body: str) -> Page:
    head = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{TITLE} - Báo Phương Đông</title></head>"
    whole = f"{head}<body>{body}</body></html>"
    return Page(URL, 200, (("Content-Type", "text/html"),), whole.encode(), FETCHED)


def read(body: str) -> tuple[date | None, str | None]:
    published = read_page(fetch(body)).published
    return (published.value.date(), published.source) if published else (None, None)


CASES = list(product(TEMPLATES, FORMS))


def test_there_are_sixty_pages() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize(("template", "form"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_the_date_line_wins_over_body_footer_related_and_today(template: object, form: str) -> None:
    assert callable(template)
    assert read(template(form)) == (DAY, "visible")


@pytest.mark.parametrize("template", TEMPLATES)
def test_without_a_date_line_there_is_no_date(template: object) -> None:
    assert callable(template)
    assert read(template("Phạm Thu Hà")) == (None, None)


@pytest.mark.parametrize(("template", "form"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_bytes_alone_never_give_a_wrong_date(template: object, form: str) -> None:
    assert callable(template)
    published = published_in(fetch(template(form)).body, URL)
    assert published is None or published.value.date() == DAY


def test_bytes_alone_find_nearly_all() -> None:
    found = [published_in(fetch(template(form)).body, URL) for template, form in CASES]
    assert sum(published is not None for published in found) >= 50


@pytest.mark.parametrize("template", TEMPLATES)
def test_bytes_alone_without_a_date_line(template: object) -> None:
    assert callable(template)
    assert published_in(fetch(template("Phạm Thu Hà")).body, URL) is None


@pytest.mark.parametrize(
    ("head", "stamp", "source"),
    [
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-07-09T03:33:00Z"}</script>',
            "2026-07-09T10:33:00+07:00",
            "jsonld",
        ),
        ('<meta property="article:published_time" content="2026-07-09T10:33:00+0700">', "2026-07-09T10:33:00+07:00", "meta"),
        ('<meta content="2026-07-09 10:33:00.0" name="pubdate">', "2026-07-09T10:33:00+07:00", "meta"),
        ('<meta itemprop="datePublished" content="2026-07-09">', "2026-07-09", "meta"),
        ('<meta name="DC.date.issued" content="2026-07-09">', "2026-07-09", "meta"),
    ],
)
def test_metadata_come_first(head: str, stamp: str, source: str) -> None:
    body = fetch(joomla("08/07/2026 11:11")).body.replace(b"</head>", head.encode() + b"</head>")
    published = read_page(Page(URL, 200, (), body, FETCHED)).published
    assert published is not None
    assert (published.iso(), published.source) == (stamp, source)
    assert published_in(body, URL) == published


def test_a_day_without_time_takes_the_time_of_the_same_day() -> None:
    body = fetch(joomla("09/07/2026 10:33")).body.replace(
        b"</head>", b'<meta itemprop="datePublished" content="2026-07-09"></head>'
    )
    published = read_page(Page(URL, 200, (), body, FETCHED)).published
    assert published is not None
    assert (published.iso(), published.source) == ("2026-07-09T10:33:00+07:00", "meta")


def test_time_elements_near_the_title_count_and_related_ones_do_not() -> None:
    near = '<article><h1>{}</h1><time datetime="2026-07-09T10:33:00+07:00" itemprop="datePublished">hôm qua</time>{}</article>'
    assert read(near.format(TITLE, BODY)) == (DAY, "time")
    far = '<article><h1>{}</h1>{}</article><div class="related"><time datetime="2026-07-01T00:00:00+07:00">1/7</time></div>'
    assert read(far.format(TITLE, BODY)) == (None, None)


def test_the_address_dates_a_silent_page() -> None:
    url = "http://phuong-dong.vn.demo/lop-hoc-buoi-toi-20260709103312345.htm"
    page = fetch(joomla("Phạm Thu Hà"))
    assert published_in(page.body, url) is not None
    published = read_page(Page(url, 200, page.headers, page.body, FETCHED)).published
    assert published is not None
    assert (published.value.date(), published.source) == (DAY, "url")


def test_published_comes_before_updated() -> None:
    lines = '<div class="x"><p>Cập nhật: 12/07/2026 08:00</p><p>Đăng: 09/07/2026 10:33</p></div>'
    assert read(f"<div><h1>{TITLE}</h1>{lines}{BODY}</div>") == (DAY, "visible")


def test_an_embedded_document_lends_no_date() -> None:
    head = "<p>ĐẢNG CỘNG SẢN VIỆT NAM</p><p>Hà Nội, ngày 5 tháng 7 năm 2026</p><p>Số 12-CV/BCĐ</p>"
    assert read(f"<div class=post><h1>{TITLE}</h1>{head}{BODY}</div>") == (None, None)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"<h1", b"<meta " * 1000, b"<h1>" * 10_000, b'<script type="application/ld+json">{</script>']
)
def test_published_in_never_raises(body: bytes) -> None:
    assert published_in(body, "not a url") is None
