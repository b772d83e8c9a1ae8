"""Pages become what they are: every fixture in pages/ says in its first comment what must come out, and this walks them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.clock import VIETNAM
from crawler.extract.article import MAX_PAGE_BYTES, read_page
from crawler.extract.encoding import decode, looks_damaged
from crawler.extract.language import language_of
from crawler.items import Article, Page, PublishedAt, Reason, Unreadable

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
FETCHED = datetime(2026, 10, 31, 9, 15, tzinfo=VIETNAM)
PROSE = (
    "Bộ Khoa học và Công nghệ cho biết các viện nghiên cứu của những địa phương khó khăn sẽ được hỗ trợ máy móc, để người "
    "làm khoa học không phải đi xa. Ông Nguyễn Thế Khải nói đây là một việc nhỏ với ngân sách nhưng lớn với từng phòng "
    "thí nghiệm."
)


def page(
    body: bytes | str, url: str = "http://song-viet.vn.demo/bai-viet-thu-12345.html", content_type: str = "text/html"
) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page(url, 200, (("Content-Type", content_type),), raw, FETCHED)


def article(head: str = "", body: str = PROSE, title: str = "Máy mới cho viện nghiên cứu") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><div class=post><h1>{title}</h1><p>{body}</p></div></body></html>"
    )


def reason_of(body: bytes | str, **more: str) -> Reason:
    with pytest.raises(Unreadable) as refused:
        read_page(page(body, **more))
    return refused.value.reason


def expectation(path: Path) -> dict[str, object]:
    comment = re.match(r"<!--\n(.*?)-->", path.read_text(encoding="utf-8"), re.DOTALL)
    assert comment, f"{path.name} does not open with its expectation"
    told = yaml.safe_load(comment[1])
    assert told.keys() <= {
        *("url", "title", "published", "date_source", "author", "language", "kind", "canonical", "summary"),
        *("contains", "lacks", "warnings", "unreadable"),
    }
    return told


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_is_read_as_it_says(path: Path) -> None:
    told = expectation(path)
    fetched = page(path.read_bytes(), str(told["url"]))
    if "unreadable" in told:
        with pytest.raises(Unreadable) as refused:
            read_page(fetched)
        assert refused.value.reason.value == told["unreadable"]
        return
    read = read_page(fetched)
    published = told.get("published")
    stamp = published.isoformat() if hasattr(published, "isoformat") else published
    facts = {
        "title": read.title,
        "author": read.author,
        "language": read.language,
        "kind": read.kind,
        "summary": read.summary,
        "canonical": read.canonical_url,
        "date_source": read.published.source if read.published else None,
    }
    assert {name: facts[name] for name in facts if name in told} == {name: told[name] for name in facts if name in told}
    if "published" in told:
        assert (read.published.iso() if read.published else None) == stamp
    for wanted in told.get("contains", ()):  # type: ignore[attr-defined]
        assert wanted in read.text
    for unwanted in told.get("lacks", ()):  # type: ignore[attr-defined]
        assert unwanted not in read.text
    assert [warning.reason.value for warning in read.warnings] == told.get("warnings", [])


def test_no_paragraph_is_doubled() -> None:
    for path in PAGES:
        told = expectation(path)
        if told.get("kind") == "article":
            long = [line for line in read_page(page(path.read_bytes(), str(told["url"]))).text.splitlines() if len(line) > 60]
            assert len(long) == len(set(long)), path.name


# ── Charsets ───────────────────────────────────────────────────────────────────────────────────


def windows_1258(text: str) -> bytes:
    """As old editors wrote it: base letter (with circumflex, breve or horn), then the tone as a byte of its own."""
    out = []
    for char in text:
        letters = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in "\u0300\u0301\u0309\u0303\u0323" if mark in letters), "")
        out.append(unicodedata.normalize("NFC", letters.replace(tone, "") if tone else letters) + tone)
    return "".join(out).encode("cp1258")


TCVN3 = str.maketrans(
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
)


@pytest.mark.parametrize(
    "declared", ["text/html; charset=windows-1258", "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"]
)
def test_windows_1258_is_read_whatever_is_declared(declared: str) -> None:
    read = read_page(page(windows_1258(article()), content_type=declared))
    assert (read.title, read.text) == ("Máy mới cho viện nghiên cứu", PROSE)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("declared", ["text/html", "text/html; charset=iso-8859-1", "text/html; charset=no-such-thing"])
def test_utf8_is_read_whatever_is_declared(form: str, declared: str) -> None:
    read = read_page(page(unicodedata.normalize(form, article('<meta charset="windows-1252">')), content_type=declared))
    assert read.text == PROSE
    assert read.warnings == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig"])
def test_byte_order_marks_decide(encoding: str) -> None:
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    assert read_page(page((mark + article()).encode(encoding), content_type="text/html; charset=ascii")).text == PROSE


@pytest.mark.parametrize("carrier", ["utf-8", "cp1252"])
def test_tcvn3_is_converted_and_told(carrier: str) -> None:
    read = read_page(page(article().translate(TCVN3).encode(carrier, "replace")))
    assert "các viện nghiên cứu của những địa phương khó khăn sẽ được hỗ trợ" in read.text
    assert [warning.reason for warning in read.warnings] == [Reason.BAD_ENCODING]


def test_vni_is_converted_and_told() -> None:
    vni = (
        "Boä Khoa hoïc vaø Coâng ngheä cho bieát caùc vieän nghieân cöùu cuûa nhöõng ñòa phöông khoù khaên "
        "seõ ñöôïc hoã trôï vôùi moät quyõ"
    )
    decoded = decode(vni.encode())
    assert (
        decoded.text
        == "Bộ Khoa học và Công nghệ cho biết các viện nghiên cứu của những địa phương khó khăn sẽ được hỗ trợ với một quỹ"
    )
    assert [warning.reason for warning in decoded.warnings] == [Reason.BAD_ENCODING]


def test_doubly_encoded_utf8_is_mended() -> None:
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in PROSE.encode())
    assert decode(twice.encode()).text == PROSE


def test_lost_characters_are_told() -> None:
    broken = article().encode().replace("phòng".encode(), b"ph\xc3\xb2\xc3ng")
    read = read_page(page(broken))
    assert [warning.reason for warning in read.warnings] == [Reason.BAD_ENCODING]
    assert "máy móc" in read.text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Резолюция Политбюро о прорыве в развитии науки и технологий. " * 4),
        ("gb18030", "越共中央政治局颁布第57号决议，推动科技、创新和数字化转型发展。" * 4),
        ("shift_jis", "ベトナム共産党政治局は科学技術に関する決議第57号を公布した。" * 4),
        ("cp1252", "La résolution n°57 du Bureau politique a été publiée à Hanoï. " * 4),
    ],
)
def test_other_languages_are_read_in_their_charset(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), f"text/html; charset={encoding}").text == text


def test_control_bytes_never_come_through() -> None:
    read = read_page(page(article(body="\x00".join(PROSE.split()[:5]) + "\x1f " + PROSE + "&#0;&#1;&#31;\x07")))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", read.text)
    assert PROSE in read.text


@given(st.binary(max_size=400))
def test_any_bytes_decode_to_clean_nfc(body: bytes) -> None:
    text = decode(body).text
    assert unicodedata.is_normalized("NFC", text)
    assert "\0" not in text
    text.encode()


def test_plain_vietnamese_is_not_called_damaged() -> None:
    assert looks_damaged(PROSE) is None
    assert looks_damaged("Company® 100 µg ÷ 2 ¸ ½ kg") is None


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\0\0\0"])
def test_no_bytes_are_empty(body: bytes) -> None:
    assert reason_of(body) is Reason.EMPTY


@pytest.mark.parametrize(
    "body", ["<html><body></body></html>", "<!-- nothing -->", "<html><body><script>1</script></body></html>"]
)
def test_a_blank_page_is_empty(body: str) -> None:
    assert reason_of(body) is Reason.EMPTY


def test_pictures_only_have_no_text() -> None:
    assert reason_of("<html><head><title>Ảnh</title></head><body><h1>Ảnh</h1><img src=a.jpg></body></html>") is Reason.NO_TEXT


def test_pages_beyond_the_bound_are_refused() -> None:
    assert reason_of(b"<html>" + b" x" * (MAX_PAGE_BYTES // 2)) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Lỗi 404",
        "Error 404",
        "Page not found",
        "Trang bạn tìm không tồn tại",
        "Bài viết đã bị xóa",
        "Không tìm thấy bài viết",
        "Страница не найдена",
    ],
)
def test_soft_404s_by_their_titles(title: str) -> None:
    assert (
        reason_of(article(title=title, body="Mời bạn quay lại trang chủ để đọc những tin khác của chúng tôi.")) is Reason.SOFT_404
    )


@pytest.mark.parametrize(
    "title",
    [
        "Không tìm thấy trang phục truyền thống nào đẹp hơn",
        "Mô hình 404 hộ dân cùng học kỹ năng số",
        "Dữ liệu mở: nơi có, nơi không",
    ],
)
def test_articles_that_only_sound_like_404(title: str) -> None:
    assert read_page(page(article(title=title))).kind == "article"


def test_an_article_about_captcha_is_no_wall() -> None:
    text = " ".join([PROSE] * 8)
    assert read_page(page(article(title="Vì sao captcha ngày càng khó", body=text))).kind == "article"


def test_a_paid_article_shown_whole_is_kept_and_told() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","isAccessibleForFree":"False"}</script>'
    read = read_page(page(article(head=head, body=" ".join([PROSE] * 4))))
    assert [warning.reason for warning in read.warnings] == [Reason.PAYWALL]


@pytest.mark.parametrize(
    "url", ["http://song-viet.vn.demo/", "http://song-viet.vn.demo", "http://song-viet.vn.demo/tim-kiem?q=57"]
)
def test_home_and_search_are_listings(url: str) -> None:
    assert read_page(page(article(), url)).kind == "listing"


# ── Hostile pages ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("depth", [300, 100_000])
def test_deep_nesting_costs_nothing(depth: int) -> None:
    nested = "<div>" * depth + f"<h1>Tiêu đề bài viết</h1><p>{PROSE}</p>" + "</div>" * depth
    assert PROSE in read_page(page(f"<html><body>{nested}</body></html>")).text


def test_unclosed_fonts_of_old_editors_lose_nothing() -> None:
    body = "".join(f"<font size=2><b><i>Đoạn {n}: {PROSE}</p>" for n in range(120))
    text = read_page(page(f"<html><body><h1>Bài dài từ trình soạn thảo cũ</h1>{body}</body></html>")).text
    assert "Đoạn 0:" in text
    assert "Đoạn 119:" in text


@pytest.mark.parametrize(
    "block",
    [
        "[" * 100_000,
        '{"@graph":' * 5_000,
        '{"@type":"NewsArticle","datePublished":' + "9" * 10_000 + "}",
        "{'a':1,}",
        "null",
        '"x"',
        "[1,[2]]",
    ],
)
def test_broken_json_ld_costs_only_itself(block: str) -> None:
    assert read_page(page(article(head=f'<script type="application/ld+json">{block}</script>'))).text == PROSE


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="<>/=\"' abdivph1 \0&;#x20257ế\n", max_size=300))
def test_any_markup_is_read_or_refused(markup: str) -> None:
    try:
        read = read_page(page(markup))
    except Unreadable as refused:
        assert refused.reason in set(Reason)
    else:
        assert isinstance(read, Article)
        assert len(read.title) <= 1_000


# ── What stands round an article ───────────────────────────────────────────────────────────────

TEASER = (
    '<div class="item"><h3><a href="/b{n}.html">Nghị quyết 57 ở xã thứ {n}: chuyện của một hợp tác xã</a></h3>'
    '<p class="description">Xã thứ {n} đã lập tổ công nghệ số theo Nghị quyết 57 và bắt đầu từ việc bán cam.</p>'
    "<span>0{n}/09/2026</span></div>"
)


@pytest.mark.parametrize("main", ["sidebar-1", "has-menu wrapper", "col-8", "content related-layout"])
def test_teasers_beside_a_short_article_lend_it_nothing(main: str) -> None:
    column = "".join(TEASER.format(n=n) for n in range(1, 6))
    body = f'<div class="{main}"><h1>Cam vào vụ muộn</h1><p>{PROSE}</p></div><div class="right">{column}</div>'
    read = read_page(page(f"<html><head><title>Cam vào vụ muộn</title></head><body><div>{body}</div></body></html>"))
    assert (read.kind, read.text, read.summary, read.published) == ("article", PROSE, None, None)


def test_a_list_of_links_with_dates_after_the_text_is_no_text() -> None:
    links = "".join(f'<li><a href="/{n}">Nghị quyết 57 ở xã thứ {n}</a> - 0{n}/09/2026</li>' for n in range(1, 5))
    body = article().replace("</p>", f"</p><p>{PROSE[::-1]}</p><p>Tin mới hơn, cũ hơn</p><ul>{links}</ul>")
    assert read_page(page(body)).text == f"{PROSE}\n{PROSE[::-1]}"


@pytest.mark.parametrize("count", [1, 3])
def test_a_section_with_few_items_is_still_a_listing(count: int) -> None:
    items = "".join(TEASER.format(n=n) for n in range(1, count + 1))
    assert (
        read_page(page(f"<html><head><title>Nông nghiệp</title></head><body><h1>Nông nghiệp</h1>{items}</body></html>")).kind
        == "listing"
    )


def test_a_text_that_nobody_can_read_back_is_refused() -> None:
    lost = article().translate(dict.fromkeys(range(128, 7936), "�"))
    assert reason_of(lost) is Reason.BAD_ENCODING


# ── Titles, language, hint ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tail", [" - Báo Sóng Việt", " | songviet.vn", " – Cổng thông tin điện tử tỉnh Lào Cai", " - Tin tức - Báo Sóng Việt", ""]
)
def test_the_site_name_leaves_the_title(tail: str) -> None:
    body = f"<html><head><title>Máy mới - và người mới{tail}</title></head><body><div>{PROSE}</div></body></html>"
    assert read_page(page(body)).title == "Máy mới - và người mới"


def test_a_cut_headline_gives_way_to_the_whole_one() -> None:
    whole = "Nghị quyết 57 và câu chuyện của những phòng thí nghiệm nhỏ ở các trường đại học miền núi phía Bắc nước ta hiện nay"
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{whole[:90]}..."}}</script>'
    assert read_page(page(article(head=head, title=whole))).title == whole


def test_titles_are_bounded() -> None:
    assert len(read_page(page(article(title="rất dài " * 1_000))).title) <= 1_000


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PROSE, "vi"),
        ("Nghi quyet so 57 ve dot pha phat trien khoa hoc, cong nghe, doi moi sang tao va chuyen doi so quoc gia", "vi"),
        ("Prime Minister Phạm Minh Chính said on Monday that Resolution 57 would change how research is funded.", "en"),
        ("Политбюро приняло резолюцию о прорыве в развитии науки и технологий", "ru"),
        ("La résolution 57 du Bureau politique ouvre les laboratoires aux jeunes entreprises du pays.", "fr"),
        ("越共中央政治局颁布第57号决议，推动科技创新和数字化转型取得突破性发展。", "zh"),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_the_declared_language_counts_for_too_few_letters() -> None:
    assert language_of("57", "vi-VN") == "vi"


def test_the_hint_comes_last_and_adds_the_time_of_day() -> None:
    hint = PublishedAt(datetime(2026, 9, 14, 8, 30, tzinfo=VIETNAM), has_time=True, source="feed")
    assert read_page(page(article()), hint=hint).published == hint
    dated = page(article(), "http://song-viet.vn.demo/2026/09/14/may-moi-12345.html")
    assert read_page(dated, hint=hint).published == PublishedAt(hint.value, has_time=True, source="url")
    other = page(article(), "http://song-viet.vn.demo/2026/09/13/may-moi-12345.html")
    published = read_page(other, hint=hint).published
    assert published is not None
    assert published.iso() == "2026-09-13"
