"""Every way of naming the Resolution is found with its place and kind; what only looks like it is not."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.naming import PHRASES, column_name, find_names, might_name
from classifier.text import fold, nfc

CODES = """\
Nghị quyết số 57-NQ/TW
Nghị quyết 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị
57-NQ/TW
57 - NQ/TW
57/NQ-TW
57-NQTW
57NQTW
57NQ/TW
57 NQ/TW
57-NQ-TW
57-NQ /TW
57_NQ_TW
57-nq-tw
NQ 57/TW
NQ-57/TW
NQ/TW số 57
NQ57-NQ/TW
Nghị quyết số: 57-NQ/TW
Nghị quyết số 57 -NQ/ TW
Nghị quyết 57–NQ/TW
Nghị quyết 57—NQ∕TW
Nghị quyết 57‑NQ/TW
Nghị quyết 57-NQ/TƯ về đột phá
Nghị quyết số 57–NQ / T.Ư
Nghị quyết 57-NQ/Trung ương
Nghị quyết số 57/NQ/TW
57-NQ/TWngày 22/12/2024
Nghị quyết số 57-NO/TW
Nghị quyết số 57-NQ/TVV
Nghị quyết số 57-N Q/T W
Nghi quyết S7-NQ/TW
Nghị quyết 5 7-NQ/TW
nghi-quyet-57-nq-tw-ve-dot-pha
Resolution No. 57-NQ/TW
Résolution n° 57-NQ/TW
Постановление № 57-NQ/TW
第57-NQ/TW号决议
57-एनक्यू/टीडब्ल्यू""".splitlines()

NUMBERS = """\
Nghị quyết 57
Nghị quyết số 57
NGHỊ QUYẾT SỐ 57
nghi quyet 57
NQ57
NQ 57
NQ-57
NQ số 57
N.Q 57
#NghịQuyết57
#NQ57 #chuyendoiso
Nghị quyết số57
NGHỊQUYẾT 57
Nghị quyết
số 57
Nghị quyết (số 57)
nghị quyết “57”
"Nghị quyết 57"
Nghị quyết 57:
Nghị quyết 57.
Nghị quyết 57 - động lực mới
Nghị quyết 57-khâu đột phá
Nghị quyết của Bộ Chính trị số 57
Nghị quyết Trung ương 57
Nghị quyết Bộ Chính trị 57
Nghị quyết số 57, ngày 22-12-2024
Nghị quyết số 57 ngày 22 tháng 12 năm 2024 của Bộ Chính trị
Nghị quyết 57 năm 2024
Nghị quyết 57 của Đảng
Nghị quyết 57 của Trung ương
Nghị quyết 57 được Bộ Chính trị ban hành
Nghị quyết 57 về khoa học, công nghệ
đưa Nghị quyết 57 về bản
thực hiện Nghị quyết 57 của tỉnh Lào Cai
thực hiện Nghị quyết 57 năm 2027
thực hiện Nghị quyết 57 của Bộ Tài chính về chuyển đổi số
chương trình hành động thực hiện Nghị quyết 57 của Chính phủ
dua-nghi-quyet-57-vao-cuoc-song
Nghị quyết số năm mươi bảy""".replace("Nghị quyết\nsố 57", "Nghị quyết\x00số 57").splitlines()

LISTS = """\
các Nghị quyết 57, 59, 66, 68 của Bộ Chính trị
các nghị quyết của Bộ Chính trị: số 57, số 59, số 66, số 68
4 Nghị quyết (66, 68, 57, 59)
Nghị quyết 66, 68, 57 và 59
57 và 68-NQ/TW
Nghị quyết số 68-NQ/TW và 57-NQ/TW
Nghị quyết số 66-NQ/TW, 68-NQ/TW, 57-NQ/TW
Nghị quyết 57-68
Nghị quyết 57/68
Nghị quyết 57,59,66,68
NQ 57, 59, 66, 68
7 nghị quyết: 57, 59, 66, 68, 70, 71 và 72
bộ tứ nghị quyết
"bộ tứ trụ cột" gồm bốn nghị quyết
các nghị quyết được gọi là "bộ tứ"
Resolutions 57, 59, 66 and 68 of the Politburo""".splitlines()

EVENTS = """\
Ban Chỉ đạo 57
Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số tỉnh họp phiên thứ hai
the provincial Steering Committee for science, technology development, innovation and digital transformation
BCĐ 57 tỉnh
Ban Chỉ đạo Trung ương về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số
Hội nghị toàn quốc về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số
the Central Steering Committee for Science, Technology, Innovation and Digital Transformation""".splitlines()

TITLES = """\
đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia
Nghị quyết của Bộ Chính trị về đột phá phát triển khoa học, công nghệ...
Nghị quyết của Bộ Chính trị về đột phá phát triển KHCN, ĐMST và CĐS
Nghị quyết của BCT về đột phá phát triển KH&CN, ĐMST, CĐS quốc gia
Nghị quyết ngày 22/12/2024 của Bộ Chính trị
dot-pha-phat-trien-khoa-hoc-cong-nghe-doi-moi-sang-tao-va-chuyen-doi-so-quoc-gia""".splitlines()

DECISIONS = """\
Quyết định số 1169/QĐ-TTg ngày 16/6/2025
Quyết định 1169 của Thủ tướng
Chương trình 1169
Decision No. 1169/QD-TTg
Решение № 1169/QD-TTg""".splitlines()

FOREIGN = """\
Vietnam's Resolution No.57
Politburo Resolution 57 on science and technology
Can Tho signs off on its Resolution 57 action plan
la Résolution n°57 du Bureau politique du Vietnam
Resolución n.º 57 del Buró Político de Vietnam
Резолюция Политбюро ЦК КПВ № 57
Постановление № 57 о развитии науки
越南共产党第57号决议
57号决议(科技创新)
57號決議 越南
결의 57호 베트남""".splitlines()

LOOKALIKES = """\
Nghị quyết 57/NQ-CP
Nghị quyết số 57/NQ-CP của Chính phủ về khoa học và công nghệ
Nghị quyết 57/2022/QH15 về đường Vành đai 3
Nghị quyết 57-2022-QH15
Nghị quyết số 57/2024/NQ-HĐND hỗ trợ chuyển đổi số. Theo Nghị quyết 57, mức hỗ trợ là 5 triệu
Nghị quyết số 57 về chủ trương đầu tư Vành đai 3
Nghị quyết số 57 của Quốc hội
Nghị quyết 57 của Chính phủ
Nghị quyết 57 của Chính phủ về chuyển đổi số
Nghị quyết 57 của HĐND tỉnh
Nghị quyết số 57 HĐND tỉnh
Nghị quyết số 57 ngày 8/12/2023 của HĐND tỉnh về khoa học
Nghị quyết 57/NQ-HĐND
Nghị quyết 57-NQ/TU của Tỉnh ủy về chuyển đổi số
Nghị quyết 57-NQ/ĐU
Nghị quyết số 57-NQ/BCSĐ của Ban cán sự đảng
Nghị quyết số 57/NQ-ĐHĐCĐ
57/NQ-HĐQT
Nghị quyết 57 của Tỉnh ủy về phát triển du lịch
Hiệp hội nghề cá thông qua Nghị quyết 57 về công nghệ vệ tinh
Nghị quyết số 57 được HĐND tỉnh thông qua
các Nghị quyết 55, 56, 57 của HĐND tỉnh
các nghị quyết số 55, 56, 57/NQ-HĐND
Kết luận 57-KL/TW về thông tin đối ngoại
Kết luận số 57 của Bộ Chính trị
Chỉ thị 57-CT/TW
Quyết định 57-QĐ/TW của Bộ Chính trị
Nghị định 57/2016/NĐ-CP
Nghị định 57
Thông tư 57/2025/TT-BTC
Luật số 57/2024/QH15
Luật Khoa học, công nghệ và đổi mới sáng tạo gồm 57 điều
Điều 57 của Nghị quyết
57 nghị quyết được thông qua
Nghị quyết của HĐND. 57 đại biểu tán thành
Nghị quyết, 57 đại biểu
Nghị quyết (57 điều)
quốc lộ 57, QL57
57 nhiệm vụ
57 tỷ đồng
57,5%
trang 57
Nghị quyết 157
Nghị quyết 570
Nghị quyết 57,5
Nghị quyết 5.7
Nghị quyết 52-NQ/TW
Nghị quyết 71-NQ/TW về đột phá phát triển giáo dục
Nghị quyết số 66-NQ/TW, Nghị quyết 68-NQ/TW, Nghị quyết 59-NQ/TW của Bộ Chính trị
Nghị quyết số 03-NQ/TU của Tỉnh ủy về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số
thí điểm một số cơ chế, chính sách đặc biệt tạo đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia
phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số
Ban Chỉ đạo 389
Ban Chỉ đạo chuyển đổi số tỉnh
Đối tượng học: thành viên Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo, chuyển đổi số của các bộ
bộ tứ kim cương
UN General Assembly Resolution 57/270 on Viet Nam
United Nations Security Council Resolution 57, Vietnam
Senate Resolution 57
Resolution 57 of the National Assembly of Vietnam
Resolution 57/2022/QH15. Vietnam said Resolution 57 did one thing
Постановление правительства России № 57 и вьетнамские студенты
联合国安理会第57号决议
Nghị quyết 57 của Đại hội đồng Liên hợp quốc
Quyết định 1169/QĐ-UBND
Quyết định 1169/QĐ-TTg ngày 10/8/2018
1169 người
giá vàng 57 triệu""".splitlines()


def kinds(text: str) -> set[str]:
    return {name.kind for name in find_names(nfc(text.replace("\x00", "\n")))}


@pytest.mark.parametrize("text", CODES)
def test_codes(text: str) -> None:
    assert kinds(text) & {"code"}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    assert kinds(text) == {"number"}


@pytest.mark.parametrize("text", LISTS)
def test_lists(text: str) -> None:
    assert "list" in kinds(text)


@pytest.mark.parametrize("text", EVENTS)
def test_events(text: str) -> None:
    assert "event" in kinds(text)


@pytest.mark.parametrize("text", TITLES)
def test_titles(text: str) -> None:
    assert kinds(text) == {"title"}


@pytest.mark.parametrize("text", DECISIONS)
def test_decisions(text: str) -> None:
    assert kinds(text) == {"decision"}


@pytest.mark.parametrize("text", FOREIGN)
def test_foreign(text: str) -> None:
    assert kinds(text) == {"foreign"}


@pytest.mark.parametrize("text", LOOKALIKES)
def test_lookalikes_are_masked(text: str) -> None:
    assert not find_names(nfc(text))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.id)
def test_each_declared_phrase_has_an_example_that_it_finds(phrase) -> None:
    assert phrase.pattern.search(fold(phrase.example))
    assert any(fold(anchor) in fold(phrase.example) for anchor in phrase.anchors)
    assert find_names(phrase.example)


def test_places_are_those_of_the_text() -> None:
    text = "Sáng nay, Nghị quyết số 57-NQ/TW được quán triệt; NQ57 là đột phá."
    assert [(name.start, name.end, name.text) for name in find_names(text)] == [
        (10, 32, "Nghị quyết số 57-NQ/TW"),
        (50, 54, "NQ57"),
    ]


def test_places_survive_stray_marks() -> None:
    text = "theo Nghị\u200b quyết 57\u00ad-NQ/TW."
    (name,) = find_names(text)
    assert text[name.start : name.end] == name.text == "Nghị\u200b quyết 57\u00ad-NQ/TW"


def test_a_full_code_vouches_for_the_bare_number() -> None:
    text = "Nghị quyết 57/NQ-CP khác Nghị quyết 57-NQ/TW. Nghị quyết 57 mở đường."
    assert [name.text for name in find_names(text)] == ["Nghị quyết 57-NQ/TW", "Nghị quyết 57"]


def test_a_rival_silences_the_bare_number() -> None:
    assert not find_names("Nghị quyết 57/2022/QH15 về Vành đai 3. Nghị quyết 57 quy định công nghệ thu phí.")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", [*CODES[:12], *TITLES])
def test_composition_does_not_matter(text: str, form: str) -> None:
    assert find_names(nfc(unicodedata.normalize(form, text)))


@given(st.text(max_size=60), st.sampled_from([*CODES, *LISTS]), st.text(max_size=60))
def test_names_lie_in_order_inside_any_text(before: str, name: str, after: str) -> None:
    text = nfc(f"{before} {name} {after}")
    end = 0
    for found in find_names(text):
        assert end <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        end = found.end


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*CODES, *NUMBERS, *LISTS, *LOOKALIKES, *FOREIGN, "về", "khoa học", ".", "\n"]), max_size=6))
def test_preselection_never_loses_a_name(pieces: list[str]) -> None:
    text = nfc(" ".join(pieces))
    assert might_name(text) or not find_names(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "57 " * 300_000,
        "57, " * 300_000,
        "Nghị quyết 57 " * 80_000,
        "nghị quyết của bộ chính trị phát triển " * 30_000 + "khoa",
        "ban chỉ đạo khoa học công nghệ đổi mới " * 30_000,
        "breakthrough science technology innovation digital " * 20_000,
        "đột phá " * 150_000 + "khoa",
        " " * 1_000_000 + "57",
    ],
)
def test_hostile_text_takes_no_more_than_its_length(hostile: str) -> None:
    started = time.process_time()
    find_names(hostile)
    assert time.process_time() - started < 10


COLUMNS = """\
Nghị quyết 57
NGHỊ QUYẾT 57
NQ57
57-NQ/TW
Đưa Nghị quyết 57 vào cuộc sống
Triển khai Nghị quyết 57
Triển khai Nghị quyết số 57-NQ/TW
Chuyên mục Nghị quyết 57
Chuyên trang Nghị quyết số 57-NQ/TW
Thực hiện NQ57
Kết quả thực hiện Nghị quyết 57
Học tập, quán triệt Nghị quyết 57
Truyền thông thực hiện Nghị quyết 57
Đột phá theo Nghị quyết 57
Tin Tức - Triển khai Nghị quyết 57
Nghị quyết 57-NQ/TW của Bộ Chính trị
Nghị quyết 57 - Đột phá phát triển KHCN, ĐMST và CĐS
Triển khai Nghị quyết 57 tỉnh Lào Cai
Bộ Y tế thực hiện Nghị quyết 57
Nghị quyết 57 | Cổng thông tin điện tử tỉnh Nghệ An
Nghị quyết số 57-NQ/TW về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia
https://mst.gov.vn/chuyen-muc/nghi-quyet-57
/chuyen-muc/nghi-quyet-57-nq-tw.html
/dua-nghi-quyet-57-vao-cuoc-song/
/vi/news/rss/trien-khai-nghi-quyet-57/
nghi-quyet-57-nq-tw
Resolution 57
Implementing Resolution 57
Резолюция 57""".splitlines()

NOT_COLUMNS = """\
Bộ Y tế công bố 30 nhiệm vụ thực hiện Nghị quyết 57
Nghị quyết 57: Cú hích cho kinh tế tư nhân
Chủ tịch tỉnh yêu cầu đẩy nhanh tiến độ thực hiện Nghị quyết 57
Hội thảo quán triệt Nghị quyết 57 tại Đà Nẵng
Học sinh thi tìm hiểu Nghị quyết 57
Lào Cai: bà con học chữ số theo Nghị quyết 57
25 tuổi, thiết kế chip: đưa Nghị quyết 57 vào cuộc sống
Nghị quyết 57/NQ-CP
Các nghị quyết 57, 59, 66, 68
Nghị quyết 68
Chuyển đổi số
Trang chủ
QL57
Điều 57
/bo-y-te-cong-bo-30-nhiem-vu-thuc-hien-nghi-quyet-57-20260914.html
/nghi-quyet-57-cu-hich-cho-kinh-te-123.html
/van-ban/57-kl-tw""".splitlines()


@pytest.mark.parametrize("text", COLUMNS)
def test_columns(text: str) -> None:
    assert column_name(text)


@pytest.mark.parametrize("text", NOT_COLUMNS)
def test_headlines_are_no_columns(text: str) -> None:
    assert not column_name(text)
