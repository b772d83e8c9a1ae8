"""Plan documents as portals publish them: PDF and DOCX, whole and broken."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from crawler.clock import VIETNAM
from crawler.extract.article import read_page
from crawler.items import Article, Page, PublishedAt, Reason, Unreadable

FETCHED = datetime(2026, 10, 31, 9, 15, tzinfo=VIETNAM)
PDF_LINES = (
    "ỦY BAN NHÂN DÂN",
    "TỈNH BẮC KẠN",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 412/KH-UBND Bắc Kạn, ngày 27 tháng 6 năm 2025",
    "KẾ HOẠCH",
    "Triển khai Chương trình truyền thông về khoa học, công nghệ, đổi mới",
    "sáng tạo và chuyển đổi số trên địa bàn tỉnh",
    "Thực hiện Quyết định số 1169/QĐ-TTg ngày 16/6/2025 của Thủ tướng",
    "Chính phủ, Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:",
    "I. MỤC ĐÍCH, YÊU CẦU",
    "1. Nâng cao nhận thức của cán bộ, đảng viên và nhân dân các dân tộc",
    "trong tỉnh về Nghị quyết số 57-NQ/TW.",
)


def pdf(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page whose codes are Unicode's own, with the map that says so."""
    shown = " 0 -16 Td ".join(f"<{line.encode('utf-16-be').hex()}> Tj" for line in lines)
    letters = sorted({c for line in lines for c in line})
    pairs = "\n".join(f"<{ord(c):04x}> <{ord(c):04x}>" for c in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(letters)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        stream(f"BT /F1 12 Tf 60 780 Td {shown} ET" if lines else ""),
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>",
        stream(cmap),
    ]
    body, places = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return f"{body}xref\n0 8\n0000000000 65535 f \n{table}trailer<</Size 8/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode(
        "latin-1"
    )


def stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


def word() -> bytes:
    document = docx.Document()
    head = document.add_table(rows=2, cols=2)
    head.cell(0, 0).text = "BỘ Y TẾ"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    head.cell(1, 0).text = "Số: 1204/KH-BYT"
    head.cell(1, 1).text = "Hà Nội, ngày 9 tháng 7 năm 2025"
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Truyền thông về khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số của ngành Y tế")
    document.add_paragraph("Căn cứ Quyết định số 1169/QĐ-TTg ngày 16/6/2025, Bộ Y tế ban hành Kế hoạch:")
    tasks = document.add_table(rows=2, cols=2)
    tasks.cell(0, 0).text, tasks.cell(0, 1).text = "Nhiệm vụ", "Chủ trì"
    tasks.cell(1, 0).merge(tasks.cell(1, 1)).text = "Mở chuyên mục trên Cổng thông tin điện tử Bộ Y tế"
    document.add_paragraph("Các đơn vị báo cáo kết quả trước ngày 15 tháng 12 hằng năm.")
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(body: bytes, url: str = "http://moh.gov.vn.demo/van-ban/ke-hoach", hint: PublishedAt | None = None) -> Article:
    return read_page(Page(url, 200, (("Content-Type", "application/octet-stream"),), body, FETCHED), hint=hint)


def refusal(body: bytes) -> Reason:
    with pytest.raises(Unreadable) as refused:
        read(body)
    return refused.value.reason


def test_a_pdf_plan() -> None:
    plan = read(pdf(PDF_LINES))
    assert plan.kind == "document"
    assert plan.title == (
        "KẾ HOẠCH Triển khai Chương trình truyền thông về khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số "
        "trên địa bàn tỉnh"
    )
    assert plan.published is not None
    assert (plan.published.iso(), plan.published.source) == ("2025-06-27", "pdf")
    assert plan.language == "vi"
    assert "ỦY BAN NHÂN DÂN\nTỈNH BẮC KẠN" in plan.text
    assert "của Thủ tướng Chính phủ, Ủy ban nhân dân tỉnh" in plan.text, "lines that the page's width broke are joined"
    assert "\nI. MỤC ĐÍCH, YÊU CẦU\n1. Nâng cao" in plan.text


def test_a_word_plan() -> None:
    plan = read(word())
    assert plan.kind == "document"
    assert plan.title == "KẾ HOẠCH Truyền thông về khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số của ngành Y tế"
    assert plan.published is not None
    assert (plan.published.iso(), plan.published.source) == ("2025-07-09", "docx")
    order = [plan.text.index(part) for part in ("BỘ Y TẾ", "KẾ HOẠCH", "Căn cứ", "Nhiệm vụ", "Mở chuyên mục", "Các đơn vị")]
    assert order == sorted(order)
    assert plan.text.count("Mở chuyên mục") == 1, "a merged cell is one cell"


def test_a_plan_is_never_dated_by_the_decision_that_it_carries_out() -> None:
    undated = tuple(line.replace("ngày 27 tháng 6 năm 2025", "ngày    tháng 6 năm 2025") for line in PDF_LINES)
    assert read(pdf(undated)).published is None
    hint = PublishedAt(datetime(2025, 6, 30, tzinfo=VIETNAM), has_time=False, source="feed")
    assert read(pdf(undated), hint=hint).published == hint


def test_a_document_without_a_heading_takes_its_first_lines() -> None:
    document = docx.Document()
    for line in ("Bộ Công Thương", "Số: 12/BCT-KHCN", "V/v góp ý dự thảo kế hoạch truyền thông", "Kính gửi: Các đơn vị thuộc Bộ"):
        document.add_paragraph(line)
    assert read(saved(document)).title.startswith("V/v góp ý dự thảo kế hoạch truyền thông")


def test_a_locked_pdf_is_a_bad_document() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(PDF_LINES))))
    writer.encrypt("mat-khau", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert refusal(buffer.getvalue()) is Reason.BAD_DOCUMENT


def test_a_scanned_pdf_has_no_text() -> None:
    assert refusal(pdf(())) is Reason.NO_TEXT


def test_an_empty_word_file_has_no_text() -> None:
    assert refusal(saved(docx.Document())) is Reason.NO_TEXT


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 and nothing more",
        pdf(PDF_LINES)[:400],
        word()[:-900],
        b"PK\x03\x04" + b"\0" * 200,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old Word file",
        b"{\\rtf1 text}",
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=["pdf-head", "pdf-cut", "docx-cut", "zip-head", "doc", "rtf", "png"],
)
def test_what_cannot_be_read_is_a_bad_document(body: bytes) -> None:
    assert refusal(body) is Reason.BAD_DOCUMENT


def test_a_zip_that_is_no_document_is_a_bad_document() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refusal(buffer.getvalue()) is Reason.BAD_DOCUMENT


def repacked(name: str, content: bytes) -> bytes:
    """A Word file with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part.filename))
    return buffer.getvalue()


def test_a_zip_bomb_is_too_large() -> None:
    assert refusal(repacked("docProps/app.xml", b" " * (210 << 20))) is Reason.TOO_LARGE


def test_xml_entities_are_not_expanded(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("secret") / "s.txt"
    secret.write_text("BI-MAT-" * 5)
    xml = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
        "Kế hoạch truyền thông của đơn vị &s;&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    try:
        text = read(repacked("word/document.xml", xml.encode())).text
    except Unreadable as refused:
        assert refused.reason is Reason.BAD_DOCUMENT
    else:
        assert "BI-MAT" not in text
        assert "aaaa" not in text


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=30), st.sampled_from(["pdf", "docx"]))
def test_broken_bytes_are_read_or_refused(at: int, garbage: bytes, kind: str) -> None:
    body = pdf(PDF_LINES) if kind == "pdf" else word()
    try:
        read(body[:at] + garbage + body[at + len(garbage) :])
    except Unreadable as refused:
        assert refused.reason in (Reason.BAD_DOCUMENT, Reason.NO_TEXT, Reason.TOO_LARGE, Reason.BAD_ENCODING)
