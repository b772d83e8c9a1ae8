"""Relevance is graded by where and how often a text names the Resolution, with the passages as evidence."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.relevance import relevance
from classifier.text import nfc
from classifier.types import Document

OTHER_MATTERS = (
    "Người dân phấn khởi trước những đổi thay của quê hương. Đường làng ngõ xóm khang trang hơn trước. "
    "Vụ lúa năm nay được mùa, giá bán ổn định. Hợp tác xã mở thêm hai kho lạnh. Trẻ em có sân chơi mới. "
)

NAMED = """\
Mười hai phần việc nằm trong danh mục thực hiện Nghị quyết 57.
Ban Văn hóa HĐND tỉnh kiểm tra chất lượng bản tin về Nghị quyết 57.
Hội nghị toàn quốc về đột phá phát triển CĐS, KHCN, ĐMST
Hội nghị toàn quốc về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số sáng 13-1-2025
Nghị quyết của Bộ Chính trị về đột phá phát triển khoa học...
Nghị quyết về đột phá phát triển ĐMST, KHCN & CĐS của Bộ Chính trị
Nghị quyết Bộ Chính trị về KHCN, ĐMST và CĐS
Nghị quyết về đột phá khoa học, công nghệ và chuyển đổi số
Nghị quyết 5 7 của Bộ Chính trị về khoa học công nghệ
Nghị quyết mang số 57
Nghị quyết số 5\u200b7-NQ/TW
Nghị quyết số ５７－ＮＱ／ＴＷ
văn bản 57-NQ/\u0422W
bản gốc 57-NQ&#x002F;TW
“bộ tứ” nghị quyết trụ cột
phù hợp "bộ tứ trụ cột" 57, 59, 66, 68 của Việt Nam
un fruit de la résolution 57 au Vietnam, dit-il
постановление ЦК № 57 о науке, Вьетнам
范明政总理介绍57、59、66、68号四项决议
Sáng 14/5, đồng chí Bí thư nhấn mạnh việc thực hiện NQ 57 của BCT.
Theo Nghị quyêt số 57-NQ/TW, khoa hoc công nghe là đột phá.
nghi quyet 57 cua bo chinh tri ve khoa hoc cong nghe
thực hiện Nghị quyết 57, Nghị quyết 59, Nghị quyết 66 và Nghị quyết 68 của Bộ Chính trị
4 nghị quyết "trụ cột" (57, 59, 66, 68)
Nghị quyết số 57-NQ/TW của Bộ Chính trị và Nghị quyết số 57/NQ-CP của Chính phủ
Kết luận 57-KL/TW về thông tin đối ngoại và Nghị quyết 57 về chuyển đổi số
triển khai Nghị quyết 57, 193/2025/QH15 và Nghị quyết 71/NQ-CP của Chính phủ
NGHỊ QUYẾT SỐ 57 - NQ/TW CỦA BỘ CHÍNH TRỊ
Nghị quyết số 57 ngày 22/12 của Bộ Chính trị
Nghị quyết Bộ Chính trị (số 57)
Nghị quyết 57 (khóa XIII)
Nghị quyết số 57 (NQ57)
Nghị quyết 57, của Bộ Chính trị
tiếp cận "tinh thần 57"; Nghị quyết 57 mở đường cho giảng viên
Tỉnh trả một nửa học phí từ nguồn thực hiện Nghị quyết 57.
kế hoạch thực hiện Nghị quyết 57-NQ/TW của HĐND tỉnh
Nghị quyết 57 có 5 quan điểm, 7 nhiệm vụ
Nghị quyết số 57-NQ/TW ngày 24/12/2024
Ban Chỉ đạo Trung ương về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số họp phiên thứ ba
Quyết định số 1169/QĐ-TTg của Thủ tướng
Auditors question slow spending under Resolution 57
The pilot is listed among the ministry's tasks under Resolution 57. Its first customer makes valves for breweries.
Правительство подвело итоги выполнения Резолюции № 57. Доля заявлений выросла.
упоминались четыре резолюции Политбюро: 57, 59, 66 и 68
les tâches de la Résolution 57 du Politburo vietnamien
政治局第57-NQ/TW号决议""".splitlines()

UNNAMED = """\
Bộ tứ siêu đẳng chiếu rạp, vé 57 nghìn đồng; nghị quyết năm mới
Nghị quyết về đột phá khoa học, công nghệ của Ban Thường vụ Tỉnh ủy
Nghị quyết 59-NQ/TW năm 2020 về xây dựng và phát triển thành phố Cần Thơ
Nghị quyết 57/NQ-CP ngày 21/4/2022 của Chính phủ về phát triển vùng; khoa học công nghệ
Nghị quyết 57/2022/QH15. Theo Nghị quyết 57, dự án Vành đai 3 ứng dụng công nghệ
Kỳ họp thông qua Nghị quyết số 57 về chính sách hỗ trợ đổi mới sáng tạo
HĐND tỉnh ban hành Nghị quyết số 57/2025/NQ-HĐND hỗ trợ chuyển đổi số. Theo Nghị quyết 57, mức hỗ trợ là 5 triệu
Bộ Chính trị ban hành Kết luận số 57-KL/TW
Kết luận 57 của Bộ Chính trị về thông tin đối ngoại
Nghị quyết 52-NQ/TW về cách mạng công nghiệp 4.0; xem trang 57
Nghị quyết 68-NQ/TW; 57% doanh nghiệp tư nhân
Nghị quyết 71-NQ/TW về đột phá phát triển giáo dục và đào tạo
Theo Thông tư 57/2025/TT-BTC, Nghị định 57/2025/NĐ-CP, Luật số 57/2024/QH15
Nghị quyết 193/2025/QH15 về thí điểm một số cơ chế, chính sách đặc biệt tạo đột phá phát triển khoa học, công nghệ, \
đổi mới sáng tạo và chuyển đổi số quốc gia
Nghị quyết số 57-NQ/TU của Ban Thường vụ Tỉnh ủy về chuyển đổi số
57 nhiệm vụ chuyển đổi số theo nghị quyết của tỉnh
phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số
Đại hội thông qua nghị quyết với 57 phiếu
quốc lộ 57B, QL57, giá 57 triệu đồng
Công văn số 57/UBND về chuyển đổi số
Quyết định 1169/QĐ-UBND
Постановление правительства России № 57 о цифровом рубле для вьетнамских студентов
UN General Assembly Resolution 57/270 on development in Viet Nam""".splitlines()


@pytest.mark.parametrize("text", NAMED)
def test_a_text_that_names_it(text: str) -> None:
    found = relevance(Document("", text))
    assert found.level in (1, 2)
    assert found.score > 0.9
    assert found.spans


@pytest.mark.parametrize("text", UNNAMED)
def test_a_text_that_does_not(text: str) -> None:
    found = relevance(Document("", text))
    assert (found.level, found.spans) == (0, ())
    assert found.score < 0.1


@pytest.mark.parametrize(
    ("title", "text", "level"),
    [
        ("Đưa Nghị quyết 57 vào cuộc sống", OTHER_MATTERS, 2),
        ("Hội nghị toàn quốc về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số", OTHER_MATTERS, 2),
        ("Kế hoạch thực hiện Quyết định 1169/QĐ-TTg", OTHER_MATTERS, 2),
        ("Phiên họp Ban Chỉ đạo 57", OTHER_MATTERS, 2),
        ("Mở lớp học số cho nông dân", "Lớp học nhằm cụ thể hóa Nghị quyết 57-NQ/TW. " + OTHER_MATTERS, 2),
        ("Nhìn lại một năm", f"{OTHER_MATTERS} Nghị quyết 57 mở lối. Nghị quyết 57 giao vốn. Nghị quyết 57 gọi người tài.", 2),
        ("Chuyện làng", OTHER_MATTERS * 3 + "Chủ tịch xã nhắc tới Nghị quyết 57. " + OTHER_MATTERS, 1),
        ("Bộ tứ nghị quyết: 57, 59, 66, 68", "Các nghị quyết 57, 59, 66, 68 tạo thế và lực mới. " + OTHER_MATTERS, 1),
        ("Tăng trưởng hai con số", "Các Nghị quyết 57, 59, 66 và 68 được triển khai. " + OTHER_MATTERS, 1),
        ("Hội nhập", "Quán triệt Nghị quyết 57, Nghị quyết 59, Nghị quyết 66 và Nghị quyết 68. " + OTHER_MATTERS, 1),
        ("Kinh tế tư nhân theo Nghị quyết 68", OTHER_MATTERS * 2 + "Cùng với Nghị quyết 57, Nghị quyết 68 là cú hích.", 1),
        ("Được mùa", OTHER_MATTERS * 2 + "Đó là cách ngành hưởng ứng Nghị quyết 57. " + OTHER_MATTERS, 1),
        (
            "外交",
            "发言人介绍经济合作。她还提到关于国际一体化的第59号决议和关于科技突破的第57号决议，越南感谢各国。其他议题很多。",
            1,
        ),
        ("Được mùa", OTHER_MATTERS, 0),
        ("", "", 0),
    ],
)
def test_levels(title: str, text: str, level: int) -> None:
    assert relevance(Document(title, text)).level == level


@pytest.mark.parametrize(
    "text",
    [
        OTHER_MATTERS + "\nNguồn: https://mst.gov.vn/nghi-quyet-57-nq-tw.html",
        OTHER_MATTERS + "\nTừ khóa: Nghị quyết 57, chuyển đổi số",
        OTHER_MATTERS + "\nTags: nghị quyết 57",
        OTHER_MATTERS + "\nXem thêm: Nghị quyết 57 mở lối cho nhà khoa học",
        OTHER_MATTERS + "\nTin liên quan\nNghị quyết 57 mở lối cho nhà khoa học\nGiá lúa tăng",
        "Trang chủ > Nghị quyết 57 > Tin tức\n" + OTHER_MATTERS,
    ],
)
def test_page_furniture_does_not_count(text: str) -> None:
    assert relevance(Document("Được mùa", text)).level == 0


def test_hashtags_of_a_post_count() -> None:
    assert relevance(Document("", OTHER_MATTERS + "\n#NghịQuyết57 #ChuyểnĐổiSố")).level >= 1


def test_the_sites_section_is_no_headline() -> None:
    assert relevance(Document("Giá vàng hôm nay tăng mạnh | Nghị quyết 57", OTHER_MATTERS)).level == 0
    assert relevance(Document("Nghị quyết 57 mở lối cho nhà khoa học | Báo Ví dụ", OTHER_MATTERS)).level == 2


def test_the_address_does_not_count() -> None:
    assert relevance(Document("Được mùa", OTHER_MATTERS, url="https://a.vn/nghi-quyet-57-nq-tw")).level == 0


def test_before_the_resolution_a_bare_number_is_another_one() -> None:
    old = Document("Nghị quyết 57 về chuyển đổi số", "Nghị quyết 57 được bàn.", published_on=date(2023, 5, 1))
    assert relevance(old).level == 0
    misdated = Document("", "Nghị quyết số 57-NQ/TW của Bộ Chính trị", published_on=date(2023, 5, 1))
    assert relevance(misdated).level >= 1


def test_spans_point_into_the_nfc_form_of_each_field() -> None:
    title = unicodedata.normalize("NFD", "Triển khai Nghị quyết 57")
    text = unicodedata.normalize("NFD", "Hội nghị quán triệt Nghị quyết số 57-NQ/TW.")
    fields = {"title": nfc(title), "text": nfc(text)}
    found = relevance(Document(title, text))
    assert {span.field for span in found.spans} == {"title", "text"}
    for span in found.spans:
        assert fields[span.field][span.start : span.end] == span.text


def test_spelling_does_not_change_the_answer() -> None:
    text = "Tỉnh thực hiện Nghị quyết số 57-NQ/TW. " + OTHER_MATTERS
    plain = relevance(Document("", text))
    for form in ("NFD", "NFKD"):
        assert relevance(Document("", unicodedata.normalize(form, text))) == plain


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_document_gets_a_probability(title: str, text: str) -> None:
    found = relevance(Document(title, text))
    assert 0.0 <= found.score <= 1.0
    assert (found.level > 0) == bool(found.spans) == (found.score > 0.5)
