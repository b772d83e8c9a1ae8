"""The scan of raw bytes never misses what the grammar would find on the text, however the bytes spell it."""

import html
import json
import unicodedata
from html.entities import codepoint2name

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.naming import PHRASES, find_names
from classifier.text import fold, nfc
from crawler.finder import ENGINES, finder
from crawler.scan import Scanner, _strings

SCANNERS = {engine: Scanner(engine=engine) for engine in ENGINES}
SCANNER = next(iter(SCANNERS.values()))

NAMES = [
    "Nghị quyết số 57-NQ/TW",
    "Nghị quyết 57",
    "NGHỊ QUYẾT SỐ 57",
    "NQ57",
    "nghi-quyet-57",
    "57 – NQ/TW",
    "57—NQ/TW",
    "57‑NQ/TW",
    "57/NQ-TW",
    "Nghị quyết 57-NQ/TƯ của Bộ Chính trị",
    "các Nghị quyết 66, 68, 57 và 59",
    "57 và 68-NQ/TW",
    "Ban Chỉ đạo 57",
    "Quyết định số 1169/QĐ-TTg",
    "Chương trình 1169",
    "Resolution No. 57",
    "Резолюция Политбюро Вьетнама № 57",
    "越南第57号决议",
    *(phrase.example for phrase in PHRASES),
]

DECOYS = [
    "Nghị quyết 571",
    "Nghị quyết 157",
    "Nghị quyết số 66-NQ/TW",
    "Quyết định 57",
    "57% dân số",
    "57 đại biểu biểu quyết thông qua",
    "Kết luận số 57-KL/TW",
    "Nghị quyết số 57/NQ-CP ngày 21/4/2022",
    "Nghị quyết 57/2022/QH15",
    "quốc lộ 57 và cầu Rạch Miễu",
    "Khoa học và Công nghệ: Sở ban hành quy định về chuyển trường",
    "bộ tứ siêu đẳng",
]


def _entities(text: str, form: str) -> str:
    return "".join(c if c.isascii() else form.format(ord(c)) for c in text)


def _tone_apart(text: str) -> str:
    """Hats and horns composed, tones apart: what Windows-1258 keyboards type."""
    out = ""
    for c in text:
        marks = unicodedata.normalize("NFD", c)
        hats = "".join(m for m in marks[1:] if m in "\u0302\u0306\u031b")
        out += unicodedata.normalize("NFC", marks[0] + hats) + "".join(m for m in marks[1:] if m not in hats)
    return out


ENCODINGS = {
    "nfc": lambda s: s.encode(),
    "nfd": lambda s: unicodedata.normalize("NFD", s).encode(),
    "tone-apart": lambda s: _tone_apart(s).encode(),
    "decimal": lambda s: _entities(s, "&#{};").encode(),
    "hex": lambda s: _entities(s, "&#x{:x};").encode(),
    "HEX": lambda s: _entities(s, "&#x{:X};").encode(),
    "all-decimal": lambda s: "".join(f"&#{ord(c)};" for c in s).encode(),
    "all-hex": lambda s: "".join(f"&#x{ord(c):x};" for c in s).encode(),
    "named": lambda s: html.escape(s).encode("latin-1", "xmlcharrefreplace").decode("latin-1").replace("ô", "&ocirc;").encode(),
    "all-named": lambda s: "".join(f"&{codepoint2name[ord(c)]};" if ord(c) in codepoint2name else c for c in s).encode(),
    "json": lambda s: json.dumps(s).encode(),
    "json-slashes": lambda s: json.dumps(s).replace("/", "\\/").encode(),
    "slash-entity": lambda s: s.replace("/", "&#x002F;").encode(),
    "nbsp": lambda s: s.replace(" ", "&nbsp;").encode(),
    "nbsp-raw": lambda s: s.replace(" ", "\u00a0").encode(),
    "tags": lambda s: s.replace(" ", '</b> <b class="x">').encode(),
    "spans": lambda s: s.replace(" ", ' <span style="font-family: Times New Roman; font-size: 14pt; color: #000000">').encode(),
    "word-tags": lambda s: "<em>".join(s.split("uy")).replace("<em>", "<em>uy</em>").encode(),
    "breaks": lambda s: s.replace(" ", "\r\n ").encode(),
    "utf-16": lambda s: s.encode("utf-16"),
    "utf-16-be": lambda s: b"\xfe\xff" + s.encode("utf-16-be"),
    "folded": lambda s: fold(nfc(s)).encode(),
    "capitals": lambda s: s.upper().encode(),
    "soft-hyphen": lambda s: s.replace("yết", "y&shy;ết").encode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_spelling_of_every_name_is_found(name: str, encoding: str) -> None:
    body = ENCODINGS[encoding](f"<p>Thông tin cho biết, {name}, theo báo chí.</p>")
    for engine, scanner in SCANNERS.items():
        assert scanner.matches(body), engine


@pytest.mark.parametrize("encoding", ["nfc", "nfd", "decimal", "json", "nbsp", "tags", "utf-16", "folded"])
@pytest.mark.parametrize("decoy", DECOYS)
def test_no_decoy(decoy: str, encoding: str) -> None:
    for engine, scanner in SCANNERS.items():
        assert not scanner.matches(ENCODINGS[encoding](f"<p>Thông tin cho biết: {decoy}. Hết tin.</p>")), engine


PIECES = [
    *("tin tức", "57", "1169", "khoa học", "công nghệ", "<br>", "&nbsp;", "\n", "width:57px", "chuyển đổi số", "Nghị quyết"),
    *(",", "số", "đột phá", "68", "-", "NQ/TW", "của Chính phủ", "bộ tứ", "Ban Chỉ đạo", "phát triển", "đổi mới sáng tạo"),
    *("quốc gia", "Bộ Chính trị", "22/12/2024", "Resolution", "No."),
]
FILLER = st.lists(st.sampled_from(PIECES), max_size=25)
FORMS = st.sampled_from(["nfc", "nfd", "tone-apart", "decimal", "hex", "json", "utf-16"])


@settings(max_examples=400, deadline=None)
@given(FILLER, st.sampled_from([*NAMES, ""]), FILLER, FORMS)
def test_whatever_the_grammar_finds_the_scan_keeps(before: list[str], name: str, after: list[str], encoding: str) -> None:
    document = " ".join([*before, name, *after])
    read = nfc(html.unescape(document.replace("<br>", "\n")))
    if find_names(read):
        assert SCANNER.matches(ENCODINGS[encoding](document))


MENU = (
    *(
        "Khoa học và Công nghệ",
        "KH&amp;CN",
        "Số nhà 57 Nguyễn Du",
        "57 thủ tục hành chính",
        "Nghị quyết của Quốc hội.",
        "Chuyển đổi số",
    ),
    *(
        "Đột phá tư duy.",
        "Ban Chỉ đạo phòng, chống thiên tai.",
        "Quyết định 57/2026/QĐ-UBND",
        "Hội nghị toàn quốc.",
        "57% đồng tình",
    ),
    *(
        "Quỹ phát triển khoa học",
        "trụ cột kinh tế.",
        "1.157 tỷ đồng",
        "Nghị định 57",
        "Bộ Chính trị họp.",
        "Phát triển xanh",
        "66, 68",
    ),
)
LINKS = st.lists(st.sampled_from(MENU), min_size=40, max_size=120)


@settings(max_examples=150, deadline=None)
@given(LINKS, st.sampled_from(NAMES), LINKS, st.sampled_from([*ENCODINGS]))
def test_a_name_among_hundreds_of_its_own_words_is_found(before: list[str], name: str, after: list[str], encoding: str) -> None:
    def listed(words: list[str]) -> bytes:
        return "".join(f'<li class="item-57"><a href="/khoa-hoc/57">{word}</a>;</li>\n' for word in words).encode()

    told = ENCODINGS[encoding](f"<p>Thông tin cho biết, {name}, theo báo chí.</p>")
    body = listed(before) + told + listed(after) if not encoding.startswith("utf-16") else told
    assert all(scanner.matches(body) for scanner in SCANNERS.values())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(MENU[:-1]), min_size=40, max_size=120))
def test_a_menu_of_such_words_alone_is_left(words: list[str]) -> None:
    body = "".join(f'<li class="item"><a href="/chuyen-muc/1">{word}</a>;</li>\n' for word in words).encode()
    assert not any(scanner.matches(body) for scanner in SCANNERS.values())


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(_strings()[0])), max_size=40))
def test_both_engines_find_the_same(parts: list[bytes]) -> None:
    body = b"".join(parts)
    strings = _strings()[0]
    places = [(which, at) for which, string in enumerate(strings) for at in range(len(body)) if body.startswith(string, at)]
    for engine in ENGINES:
        assert sorted(finder(strings, engine)(body) or []) == sorted(places), engine


@given(st.lists(st.sampled_from([b"57", b"x" * 1_500_000]), min_size=1, max_size=6))
def test_both_engines_give_up_at_the_same_page(parts: list[bytes]) -> None:
    body = b"".join(parts)
    count = body.count(b"57")
    for engine in ENGINES:
        places = finder([b"57", b"x57x"], engine, 2)(body)
        assert (places is None) == (count + body.count(b"x57x") > 2), engine


@pytest.mark.parametrize(
    "words",
    [
        "57 ",
        "<57",
        "Nghị quyết 58, 57-",
        "Nghị quyết một hai ba bốn 57 của Chính phủ ",
        "&#110;&#113;",
        "khoa học ",
        "\\u1ecb 57 ",
    ],
)
def test_a_page_that_would_take_minutes_is_kept_unread(words: str) -> None:
    body = words.encode() * (5_000_000 // len(words))
    assert all(scanner.matches(body) for scanner in SCANNERS.values())


@given(st.binary(max_size=2_000))
def test_any_bytes_get_an_answer(body: bytes) -> None:
    assert len({scanner.matches(body) for scanner in SCANNERS.values()}) == 1


@pytest.mark.parametrize(
    "body",
    [
        "Nghị quyết 57 của Bộ Chính trị".encode("utf-16-le"),
        _tone_apart("Nghị quyết số 57").encode("cp1258"),
        "Постановление № 57 во Вьетнаме".encode("cp1251"),
        "越南第57号决议".encode("gb18030"),
        "NghÞ quyÕt sè 57 cña Bé ChÝnh trÞ".encode("latin-1"),
    ],
)
def test_legacy_encodings(body: bytes) -> None:
    assert SCANNER.matches(b"<html><body>" + body + b"</body></html>" if b"\x00" not in body else body)


def test_a_name_far_from_the_first_hits() -> None:
    body = b'<i class="w57">57px</i>' * 5_000 + "Nghị quyết 57".encode() + b"<b>0.57</b>" * 5_000
    assert SCANNER.matches(body)


def test_watch_terms_are_matched_folded_and_keep_unrelated_pages() -> None:
    watching = Scanner(["Bình dân học vụ số", "Kênh KH&CN nhí"])
    assert watching.matches("<p>Lớp B&#236;nh d&#226;n <b>học</b> vụ số</p>".encode())
    assert watching.matches(b"binh dan hoc vu so")
    assert watching.matches("KÊNH KH&amp;CN NHÍ".encode())
    assert not watching.matches("Bình dân, học vụ".encode())
    assert not SCANNER.matches("Bình dân học vụ số".encode())


@pytest.mark.parametrize("after", ["Người dân vui", "Chính phủ họp", "UBND tỉnh bàn", "đại biểu phát biểu", "% tăng"])
def test_what_stands_in_the_next_paragraph_takes_nothing_away(after: str) -> None:
    assert find_names(f"Nghị quyết 57\n{after}")
    assert SCANNER.matches(f"<h1>Nghị quyết 57</h1>\n<p>{after}</p>".encode())


def test_empty_and_hostile_bodies() -> None:
    assert not SCANNER.matches(b"")
    assert not SCANNER.matches(b"<" * 200_000 + b"57 " * 2_000)


@pytest.mark.parametrize("between", ["</p><p>", "</h3>\n<div class='a'><p>", ".</p><p>"])
def test_a_number_at_a_blocks_end_is_no_count_of_what_the_next_block_names(between: str) -> None:
    assert Scanner().matches(f"<p>Under Resolution No. 57{between}Nghị quyết mới ra đời</p>".encode())
    assert not Scanner().matches("<p>Cả nước có 57 nghị quyết</p>".encode())
