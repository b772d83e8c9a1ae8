"""The bytes of the press web: documents read back, code pages, damage, and dates in every dress."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.errors import PyPdfError

from monitor.demo.addresses import SHAPES, Subject, article_path, page_path, slug
from monitor.demo.clocks import feed_date, visible
from monitor.demo.damage import decomposed, garbled, windows_1258
from monitor.demo.documents import broken_pdf, pdf
from monitor.demo.documents import docx as word
from monitor.demo.texts import VIETNAM, BadDemo, load_texts

WHEN = datetime(2025, 6, 27, 16, 40, tzinfo=VIETNAM)
VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(st.lists(st.text(VIETNAMESE + VIETNAMESE.upper() + " 57-/.,", min_size=1, max_size=300), min_size=1, max_size=40))
def test_a_pdf_gives_the_vietnamese_back(paragraphs: list[str]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf("Kế hoạch số 57", paragraphs, WHEN)))
    assert squeezed("".join(page.extract_text() for page in reader.pages)) == squeezed("".join(paragraphs))


def test_documents_carry_their_date_and_never_change() -> None:
    paragraphs = ["Số: 415/KH-UBND", "Bắc Kạn, ngày 27 tháng 6 năm 2025"]
    made = pdf("Kế hoạch", paragraphs, WHEN)
    assert made == pdf("Kế hoạch", paragraphs, WHEN)
    information = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert information is not None and information.creation_date == WHEN and information.title == "Kế hoạch"
    file = word("Kế hoạch", paragraphs, WHEN)
    assert file == word("Kế hoạch", paragraphs, WHEN)
    document = docx.Document(io.BytesIO(file))
    assert [paragraph.text for paragraph in document.paragraphs] == paragraphs
    assert document.core_properties.title == "Kế hoạch"


def test_the_broken_pdf_is_unreadable() -> None:
    with pytest.raises(PyPdfError):
        pypdf.PdfReader(io.BytesIO(broken_pdf())).pages[0]


@given(st.text(VIETNAMESE + VIETNAMESE.upper() + " 57-/“”–"))
def test_the_old_code_page_and_split_letters_lose_nothing(text: str) -> None:
    assert unicodedata.normalize("NFC", windows_1258(text).decode("cp1258")) == text
    assert unicodedata.normalize("NFC", decomposed(text).decode()) == text


def test_what_the_old_code_page_lacks_becomes_a_reference() -> None:
    assert windows_1258("№ 57") == b"&#8470; 57"


def test_garbled_letters_are_lost_and_ascii_is_not() -> None:
    assert garbled("Nghị quyết 57-NQ/TW").decode("utf-8", "replace") == "Ngh\ufffd quy\ufffdt 57-NQ/TW"


def test_dates_as_systems_write_them() -> None:
    shown = {shape: visible(WHEN, shape, "vi") for shape in SHAPES}
    assert shown["nukeviet"] == "Thứ sáu - 27/06/2025 16:40"
    assert shown["liferay"] == "2025-06-27 16:40:00.0"
    assert shown["sharepoint-item"] == "27/06/2025 04:40:00 PM"
    assert shown["joomla"] == "Thứ sáu, 27 Tháng 6 2025 16:40"
    assert visible(WHEN, "onecms", "ru") == "27 июня 2025, 16:40"
    assert feed_date(WHEN, "gmt", 0) == "Fri, 27 Jun 2025 09:40:00 GMT"
    assert feed_date(WHEN, "gmt7", 0) == "Fri, 27 Jun 2025 16:40:00 GMT+7"
    assert feed_date(WHEN, "vietnamese", 0) == "Thứ Sáu, 27/06/2025 16:40 (GMT+7)"
    wrong = {feed_date(WHEN, "wrong", n) for n in range(8)}
    assert len(wrong) == 4 and (WHEN - timedelta(days=30)).isoformat() in wrong and WHEN.isoformat() not in wrong


def test_addresses_as_systems_build_them() -> None:
    subject = Subject("x", "Chuyển đổi số 6 tháng đầu năm", "tin-tuc", WHEN)
    assert article_path(SHAPES["liferay"], subject).endswith("/content/chuyen-oi-so-6-thang-au-nam")
    assert article_path(SHAPES["sharepoint"], subject).startswith("/portal/Pages/2025-6-27/chuyen-doi-so")
    assert "-197250627164000" in article_path(SHAPES["vccorp"], subject, code="197")
    assert article_path(SHAPES["nukeviet"], subject, ext="pdf") == "/uploads/van-ban/2025_06/chuyen-doi-so-6-thang-dau-nam.pdf"
    assert [page_path(SHAPES["joomla"], "tin", n, size=5) for n in (1, 2)] == ["/index.php/tin", "/index.php/tin?start=5"]
    assert slug("Đột phá: KH&CN — 57!") == "dot-pha-kh-cn-57"


def test_texts_that_do_not_fit_are_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "hong.yaml"
    good = "{id: a, site: s, kind: news, date: 2026-09-14T08:30, title: T, paragraphs: [P]}"
    file.write_text(f"- {good}\n- {good}\n", encoding="utf-8")
    with pytest.raises(BadDemo, match="two texts have the id a"):
        load_texts(tmp_path)
    for wrong in ("[{id: a}]", "- [", "[{id: a, colour: red}]"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadDemo, match=r"hong\.yaml"):
            load_texts(tmp_path)
