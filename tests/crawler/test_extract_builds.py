"""How sites build their pages, one habit a test: the article is read, what stands round it is not, who signed is named."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.clock import VIETNAM
from crawler.extract.article import read_page
from crawler.items import Article, Page

FETCHED = datetime(2026, 10, 31, 9, 15, tzinfo=VIETNAM)
TITLE = "Trạm đo mặn giá rẻ giúp nông dân giữ vườn"
TEXT = tuple(
    f"Trạm thứ {number} đặt ở cống {place}, {what}, cứ mười phút lại gửi số liệu về trung tâm để cán bộ thủy nông biết khi nào "
    "cần đóng cửa ngăn mặn, khi nào lấy nước ngọt cho vườn cây mà không phải chèo xuồng đi đo từng nơi như mùa khô trước."
    for number, place, what in (
        ("nhất", "Cái Xép", "nơi nước mặn đến sớm nhất trong vùng"),
        ("hai", "Rạch Gốc", "do nhóm sinh viên trường nghề lắp ráp"),
        ("ba", "Ông Tà", "chạy bằng tấm pin mặt trời cỡ quyển vở"),
        ("tư", "Bà Hiền", "được bà con góp tiền mua thêm cảm biến"),
    )
)
NOISE = (
    "Hội thi ẩm thực miệt vườn năm nay quy tụ hơn sáu mươi đầu bếp, khai mạc vào tối thứ Bảy tại công viên bờ sông của thành phố."
)


def read(body: str, head: str = "", title: str = TITLE) -> Article:
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return read_page(Page("http://song-viet.vn.demo/tram-do-man-123.html", 200, (), html.encode(), FETCHED))


def paragraphs(texts: tuple[str, ...] = TEXT) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_sections_that_are_named_after_their_adverts_are_the_article() -> None:
    sections = "".join(f"<section class='Report__Part Report--Has-Ads'><p>{one}</p><p>{one[6:]}</p></section>" for one in TEXT)
    found = read(f"<article><h1>{TITLE}</h1>{sections}</article>")
    assert all(text in found.text for text in TEXT)


def test_a_heading_is_no_menu_for_the_anchor_that_leads_to_it() -> None:
    body = f"{paragraphs(TEXT[:2])}<h3 id='nav_chi_phi_0'>Chi phí chỉ bằng một phần mười</h3>{paragraphs(TEXT[2:])}"
    assert "Chi phí chỉ bằng một phần mười" in read(f"<div class=post><h1>{TITLE}</h1>{body}</div>").text


def test_a_long_aside_is_not_the_article() -> None:
    aside = "".join(f"<p>{number}. {NOISE}</p>" for number in range(40))
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}</div><aside><div class=text>{aside}</div></aside>")
    assert found.text == "\n".join(TEXT)


def test_a_page_called_a_discussion_is_still_read() -> None:
    found = read(f"<div class='new-discussion-timeline'><div><h2>Mục lục</h2></div><div>{paragraphs()}</div></div>")
    assert all(text in found.text for text in TEXT)


def test_names_that_are_links_stay_in_a_table_with_headed_columns() -> None:
    rows = "".join(f"<tr><td><a href='/{n}'>Cống ngăn mặn số {n}</a></td><td>{n} phần nghìn</td></tr>" for n in range(1, 5))
    table = f"<table><tr><th>Tên công trình</th><th>Độ mặn</th></tr>{rows}</table>"
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs(TEXT[:2])}{table}{paragraphs(TEXT[2:])}</div>")
    assert "Tên công trình\nĐộ mặn\nCống ngăn mặn số 1\n1 phần nghìn" in found.text


def test_short_paragraphs_above_a_list_of_links_are_not_its_heading() -> None:
    short = ("Kích thước: 20 x 12 cm", "Trọng lượng: 300 gram", "Giá bán: 450 nghìn đồng", "Bảo hành: hai năm")
    links = "".join(f"<li><a href='/{n}'>Một bài viết khác về vườn cây ăn trái số {n}</a></li>" for n in range(4))
    body = (
        f"{paragraphs()}{''.join(f'<p>{one}</p>' for one in short)}<p>Cùng chuyên mục</p><ul>{links}</ul>{paragraphs((NOISE,))}"
    )
    text = read(f"<div class=post><h1>{TITLE}</h1><div class=content>{body}</div></div>").text
    assert short[0] in text and short[1] in text
    assert "Một bài viết khác" not in text and "Cùng chuyên mục" not in text


def test_blocks_of_a_page_builder_are_one_article() -> None:
    blocks = "".join(
        f"<section class='el-{n}'><div class=row><div class=col-{n}><div class=wrap><div class='text-editor x'><p>{one}</p></div>"
        "</div></div></div></section>"
        for n, one in enumerate(TEXT)
    )
    teasers = "".join(
        f"<article class=teaser><a href='/{n}'><h3>Tin vườn số {n} trong tuần qua</h3></a><p>{NOISE}</p></article>"
        for n in range(3)
    )
    found = read(f"<div class=wrap><h2>{TITLE}</h2><div>{blocks}</div><div>{teasers}</div></div>")
    assert found.text == "\n".join(TEXT)


@pytest.mark.parametrize(
    "caption",
    [
        "<p style='text-align:center'><img src=a.jpg></p><p style='text-align:center'><em>{}</em></p>",
        "<p style='text-align:center'><img src=a.jpg><br><em>{}</em></p>",
    ],
)
def test_italics_under_a_picture_are_its_caption(caption: str) -> None:
    words = "Nông dân xem số liệu trên điện thoại ở đầu cống"
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs(TEXT[:2])}{caption.format(words)}{paragraphs(TEXT[2:])}</div>")
    assert found.text == "\n".join(TEXT)


def test_italics_of_the_text_stay() -> None:
    words = "Lời tòa soạn: mùa khô này nước mặn về sớm hơn mọi năm gần hai tháng."
    assert words in read(f"<div class=post><h1>{TITLE}</h1><p><em>{words}</em></p>{paragraphs()}</div>").text


def test_a_poll_and_a_quotation_pulled_out_are_no_text() -> None:
    pulled = f"<div class=quote-box><p>“{TEXT[1][:-1]}”</p></div>"
    poll = "<div class=poll><p>Theo bạn, giải pháp nào là quan trọng nhất hiện nay?</p><ul><li>Vốn</li><li>Người</li></ul></div>"
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs(TEXT[:3])}{pulled}{paragraphs(TEXT[3:])}{poll}</div>")
    assert found.text == "\n".join(TEXT)


def test_a_title_is_found_whatever_its_quotation_marks() -> None:
    title = "Nông dân nói về trạm đo: 'Rẻ mà bền'"
    shown = "Nông dân nói về trạm đo: ‘Rẻ mà bền’"
    page = (
        f"<div class=logo><h1>Báo Sông Việt</h1></div><div class=post><h2>{shown}</h2><p>Ngày 05/06/2025</p>{paragraphs()}</div>"
    )
    found = read(page, title=f"{title} | Báo Sông Việt")
    assert found.title in (title, shown)
    assert found.published is not None and found.published.iso() == "2025-06-05"


def test_the_last_step_of_a_trail_is_not_the_heading() -> None:
    trail = f"<div class=breadcrumb><span>01/02/2025</span><h1>{TITLE}</h1></div>"
    found = read(f"{trail}<div class=post><h2>{TITLE}</h2><p>Thứ Năm, 05/06/2025 07:30</p>{paragraphs()}</div>")
    assert found.published is not None and found.published.iso() == "2025-06-05T07:30:00+07:00"


def test_a_field_that_the_page_nowhere_shows_is_not_the_title() -> None:
    head = '<script type="application/ld+json">{"@type":"Article","headline":"chuyen-muc-2-final"}</script>'
    assert read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}</div>", head).title == TITLE


def test_a_short_heading_is_not_the_beginning_of_a_longer_title() -> None:
    title = "Lúa mùa's thắng lợi sau ba vụ liên tiếp mất trắng"
    head = f'<meta property="og:title" content="{title}">'
    assert read(f"<div class=post><h2>Lúa mùa</h2>{paragraphs()}</div>", head, title).title == title


def test_the_time_of_a_quoted_post_is_no_publication() -> None:
    post = "<blockquote class=media><p>Ảnh đẹp quá!</p><time datetime='2024-12-30T08:00:00+07:00'>30/12</time></blockquote>"
    assert read(f"<div class=post><h1>{TITLE}</h1>{post}{paragraphs()}</div>").published is None


@pytest.mark.parametrize(
    ("signed", "author"),
    [
        ("<p style='text-align:right;'><strong>Thu Trang - Quốc Bảo</strong></p>", "Thu Trang - Quốc Bảo"),
        ("<p align=right><b>Lê Na</b></p>", "Lê Na"),
        ("<p class=h5><strong>Tác giả: </strong>Nguyễn Tuấn Anh</p>", "Nguyễn Tuấn Anh"),
        ("<p class=author>Minh Hằng (thực hiện)</p>", "Minh Hằng"),
        ("<span class=byline>bởi <a href=#>admin</a></span>", None),
        ("<span class=author>so Artikel empfehlen</span>", None),
        ("<p style='text-align:right'>Trung tâm Truyền thông khoa học</p>", None),
    ],
)
def test_who_signs_is_the_author_and_no_text(signed: str, author: str | None) -> None:
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}{signed}</div>")
    assert found.author == author
    assert found.text == "\n".join(TEXT)


def test_the_site_is_not_its_own_author() -> None:
    head = "<meta name=author content='Báo Sông Việt Online'>"
    assert read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}</div>", head, f"{TITLE} | Báo Sông Việt Online").author is None


def test_a_date_in_the_text_never_wins_over_the_page_s_own_line() -> None:
    own = "<div class=time-post>Cập nhật: 14/07/2025 | 12:52</div>"
    inside = f"<p>Sông Việt, ngày 3/2/2025</p>{paragraphs(TEXT[2:])}"
    found = read(f"<div class=post><h1>{TITLE}</h1>{own}{paragraphs(TEXT[:1])}{inside}</div>")
    assert found.published is not None and found.published.iso() == "2025-07-14T12:52:00+07:00"


def test_a_date_deep_in_the_text_dates_nothing() -> None:
    inside = f"<p>Sông Việt, ngày 3/2/2025</p>{paragraphs(TEXT[2:])}"
    assert read(f"<div class=post><h1>{TITLE}</h1>{paragraphs(TEXT[:2])}{inside}</div>").published is None


@pytest.mark.parametrize(
    ("around", "day"),
    [
        (
            "<h1>{title}</h1>{text}<div class='art-footer'><p class=article_date>Letzte Aktualisierung: 14.07.2025</p></div>",
            "2025-07-14",
        ),
        ("<h1>{title}</h1><div class=newsdatum><a href='/14'>Montag, 14. Juli 2025</a></div>{text}", "2025-07-14"),
        (
            (
                "<h1>{title}</h1>{text}<ul><li><a href=/a>Làng dệt chiếu ven sông lớn</a><i class=post-date>14/07/2025</i></li>"
                "<li><a href=/b>Mùa nước nổi về sớm miệt vườn</a><i class=post-date>15/07/2025</i></li></ul>"
            ),
            None,
        ),
        ("<h1>{title}</h1>{text}<p class=date>Bản quyền, 14/07/2025</p>", None),
    ],
)
def test_an_element_marked_as_the_article_s_date_counts_wherever_it_stands(around: str, day: str | None) -> None:
    published = read(around.format(title=TITLE, text=f"<div>{paragraphs()}</div>")).published
    assert (published.iso()[:10] if published else None) == day


@pytest.mark.parametrize(
    ("end", "day"), [("14.07.2025", "2025-07-14"), ("giai đoạn 2025", None), ("họp ngày 14.07.2025 bàn việc gì", None)]
)
def test_a_day_that_ends_the_page_s_title_is_the_article_s(end: str, day: str | None) -> None:
    published = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}</div>", title=f"{TITLE} | Sông Việt | {end}").published
    assert (published.iso()[:10] if published else None) == day


def test_the_captions_of_a_gallery_are_no_text() -> None:
    shown = "".join(f"<li><img src={n}.jpg><h4>Tấm {n}</h4><p>{NOISE} Tấm thứ {n}.</p></li>" for n in range(6))
    found = read(f"<div class=post><h1>{TITLE}</h1>{paragraphs(TEXT * 2)}<div class=slideshow><ul>{shown}</ul></div></div>")
    assert NOISE not in found.text
    assert all(text in found.text for text in TEXT)


def test_a_box_about_the_author_is_no_text_in_camel_case_either() -> None:
    box = f"<div class='authorPopup'><p>{NOISE}</p></div>"
    assert NOISE not in read(f"<div class=post><h1>{TITLE}</h1>{paragraphs()}{box}</div>").text
