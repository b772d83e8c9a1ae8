"""Agencies: which bodies a text names, in every form that the press writes, and what only looks like one of them."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.agencies import Gazetteer
from classifier.text import fold
from classifier.types import AgencyMention, AgencyName, Document
from crawler.roster import load_roster

SENTENCES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("agency_sentences.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(AgencyName(r.agency_id, r.name, r.kind, r.short) for r in load_roster().agency_names())


def found(gazetteer: Gazetteer, text: str, title: str = "") -> dict[str, AgencyMention]:
    return {m.id: m for m in gazetteer.find(Document(title, text))}


@pytest.mark.parametrize("row", SENTENCES, ids=[row["s"][:60] for row in SENTENCES])
def test_sentences(gazetteer: Gazetteer, row: dict[str, Any]) -> None:
    assert set(found(gazetteer, row["s"], row.get("t", ""))) == set(row["is"])


@pytest.mark.parametrize("change", [str.upper, lambda s: unicodedata.normalize("NFD", s), lambda s: s.replace(" ", "\u00a0")])
def test_whole_names_survive_capitals_decomposition_and_hard_spaces(gazetteer: Gazetteer, change: Any) -> None:
    for agency in load_roster().agencies:
        if agency.kind != "province":
            assert set(found(gazetteer, change(agency.name_vi))) == {agency.id}, agency.name_vi


def test_every_body_is_found_by_its_vietnamese_and_its_english_name(gazetteer: Gazetteer) -> None:
    for agency in load_roster().agencies:
        organ = f"UBND {agency.name_vi}" if agency.kind == "province" else agency.name_vi
        assert set(found(gazetteer, f"{organ} ban hành kế hoạch.")) == {agency.id}, agency.name_vi
        assert set(found(gazetteer, f"The {agency.name_en} issued a plan.")) == {agency.id}, agency.name_en
        assert set(found(gazetteer, fold(f"{organ} ban hanh ke hoach."))) == {agency.id}, agency.name_vi


def test_every_province_is_found_by_its_name_as_the_subject_and_not_by_a_place_line(gazetteer: Gazetteer) -> None:
    for agency in load_roster().agencies:
        if agency.kind == "province" and agency.short and agency.id != "tphcm":
            assert set(found(gazetteer, f"{agency.short} đẩy mạnh chuyển đổi số.")) == {agency.id}
            assert set(found(gazetteer, f"Hội thảo vừa diễn ra tại {agency.short}.")) == set()
            assert set(found(gazetteer, f"Đại học {agency.short} tuyển sinh.")) == set()


class TestWhatIsSaidOfAMention:
    def test_mentions_spans_and_the_title(self, gazetteer: Gazetteer) -> None:
        title = "Bộ KH&CN mở chuyên mục"
        text = "Bộ Khoa học và Công nghệ vừa mở chuyên mục. Sở KH&CN Lào Cai cũng vậy. Bộ KHCN cho biết."
        lead, other = gazetteer.find(Document(title, text))
        assert (lead.id, lead.mentions, lead.in_title) == ("bo-khcn", 3, True)
        assert [s.field for s in lead.spans] == ["title", "text", "text"]
        assert [(title if s.field == "title" else text)[s.start : s.end] for s in lead.spans] == [s.text for s in lead.spans]
        assert (other.id, other.mentions, other.in_title, other.spans[0].text) == ("lao-cai", 1, False, "Lào Cai")

    def test_spans_are_those_of_the_nfc_text_whatever_came_in(self, gazetteer: Gazetteer) -> None:
        text = "  Tỉnh đoàn  Nghệ   An phát động;\n\nBộ\nY tế hưởng ứng."
        mentions = gazetteer.find(Document("", unicodedata.normalize("NFD", text)))
        assert {m.id: text[m.spans[0].start : m.spans[0].end] for m in mentions} == {
            "nghe-an": "Nghệ   An",
            "bo-y-te": "Bộ\nY tế",
        }

    @pytest.mark.parametrize(
        ("text", "actors"),
        [
            ("UBND tỉnh Lào Cai ban hành Kế hoạch số 12/KH-UBND.", {"lao-cai"}),
            ("Sở KH&CN Quảng Trị vừa tổ chức lớp tập huấn.", {"quang-tri"}),
            ("Bộ Y tế phối hợp với Bộ Công an tổ chức hội nghị.", {"bo-y-te", "bo-cong-an"}),
            ("Hội nghị do Bộ Nội vụ chủ trì đã bế mạc.", {"bo-noi-vu"}),
            ("Kế hoạch số 88/KH-UBND của UBND tỉnh Sơn La nêu bốn nhóm việc.", {"son-la"}),
            ("Thủ tướng giao Bộ Tài chính xây dựng nghị định.", set()),
            ("Cử tri đề nghị Bộ Xây dựng hướng dẫn thêm.", set()),
            ("Đại diện Bộ Tư pháp và UBND tỉnh Phú Thọ dự lễ.", set()),
            ("Báo cáo gửi Bộ Tài chính về xây dựng nông thôn mới.", set()),
            ("The Ministry of Health issued a plan.", {"bo-y-te"}),
            ("Officials thanked the Ministry of Health.", set()),
            ("Bo Y te ban hanh ke hoach truyen thong.", {"bo-y-te"}),
            ("Bộ KH&CN vừa ban hành kế hoạch thực hiện Nghị quyết 57.", {"bo-khcn"}),
            ("UBND tỉnh Nghệ An đã có Quyết định phê duyệt đề án.", {"nghe-an"}),
            (
                "Ban Tuyên giáo và Dân vận Trung ương chủ trì, phối hợp với Bộ VHTTDL tổ chức hội nghị.",
                {"ban-tgdvtw", "bo-vhttdl"},
            ),
            ("Hội nghị do Bộ Y tế tổ chức, có đại diện Bộ Công an và Bộ Quốc phòng.", {"bo-y-te"}),
            ("Bộ Tài chính được giao chủ trì xây dựng nghị định.", set()),
            ("Thủ tướng yêu cầu Bộ Công Thương ban hành kế hoạch trước 30/9.", set()),
            ("Thứ trưởng Bộ Nội vụ dự và phát biểu tại hội nghị.", set()),
            ("Bộ trưởng Bộ Xây dựng chủ trì cuộc họp sáng 5/6.", {"bo-xay-dung"}),
            ("Bộ trưởng Bộ KH&CN Nguyễn Mạnh Hùng chủ trì phiên họp.", {"bo-khcn"}),
            ("Theo Bộ Tư pháp, 32 văn bản cần sửa.", set()),
            ("Kế hoạch số 12/KH-UBND ngày 3/7/2025 của UBND thành phố Huế.", {"hue"}),
            ("Quyết định số 100/QĐ-BYT của Bộ trưởng Bộ Y tế.", {"bo-y-te"}),
            ("Sở KH&CN Đà Nẵng khai giảng lớp bồi dưỡng.", {"da-nang"}),
            ("Lớp tập huấn của Sở Nội vụ Cà Mau thu hút 200 học viên.", {"ca-mau"}),
            ("Đoàn công tác thăm UBND tỉnh Lào Cai.", set()),
            ("UBND tỉnh Lào Cai và UBND tỉnh Sơn La ký chương trình phối hợp.", {"lao-cai", "son-la"}),
            ("Cần Thơ vừa ban hành Kế hoạch truyền thông theo Quyết định 1169.", {"can-tho"}),
            ("Hà Nội tổ chức hội nghị quán triệt Nghị quyết 57.", {"ha-noi"}),
            ("Đề nghị UBND tỉnh Gia Lai sớm ban hành kế hoạch.", set()),
            ("UBND tỉnh An Giang chưa ban hành kế hoạch.", set()),
            ("Bộ Ngoại giao chưa có kế hoạch truyền thông.", set()),
            ("Bộ GD&ĐT sẽ ban hành kế hoạch trong tháng tới.", set()),
            ("Công văn gửi Bộ Tài chính, Bộ Nội vụ.", set()),
            ("Tỉnh ủy Thanh Hóa, ngày 5/8, đã ban hành Chương trình hành động số 46-CTr/TU.", {"thanh-hoa"}),
            ("Chương trình hành động của Tỉnh ủy Hưng Yên nêu tám việc.", {"hung-yen"}),
            ("Lễ phát động do Tỉnh đoàn Vĩnh Long tổ chức.", {"vinh-long"}),
            ("Đại diện Bộ Công an tham dự lễ khai trương do Bộ KH&CN chủ trì.", {"bo-khcn"}),
            ("Người dân cảm ơn Sở Y tế Hải Phòng.", set()),
            ("Bí thư Tỉnh ủy Bắc Ninh chủ trì phiên họp Ban Chỉ đạo 57.", {"bac-ninh"}),
            ("The Ministry of Finance has issued a plan.", {"bo-tai-chinh"}),
            ("A plan issued by the Ministry of Finance was praised.", {"bo-tai-chinh"}),
            ("The Prime Minister asked the Ministry of Finance to issue a plan.", set()),
            ("The seminar was held by the Ministry of Justice.", {"bo-tu-phap"}),
            ("Da Nang People's Committee launched a course.", {"da-nang"}),
            ("Министерство здравоохранения утвердило план.", {"bo-y-te"}),
            ("План утверждён, сообщает Министерство финансов.", set()),
            ("Ke hoach cua UBND tinh Phu Tho duoc cong bo.", {"phu-tho"}),
            ("BỘ Y TẾ BAN HÀNH KẾ HOẠCH TRUYỀN THÔNG", {"bo-y-te"}),
            ("Bộ Khoa học và Công nghệ cho biết UBND tỉnh Quảng Trị đã ban hành kế hoạch.", {"quang-tri"}),
            ("Trước đó, ngày 27/6, UBND tỉnh Bắc Kạn (cũ) ban hành Kế hoạch số 421/KH-UBND.", {"bac-kan"}),
        ],
    )
    def test_who_acts_is_told_from_who_is_named(self, gazetteer: Gazetteer, text: str, actors: set[str]) -> None:
        mentions = found(gazetteer, text)
        assert {m.id for m in mentions.values() if m.role == "actor"} == actors
        assert len(mentions) >= len(actors) and mentions

    @pytest.mark.parametrize(
        ("title", "text", "actors"),
        [
            (
                "",
                "BỘ Y TẾ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 123/KH-BYT\nKẾ HOẠCH\nKính gửi: Bộ Tài chính",
                {"bo-y-te"},
            ),
            (
                "",
                "ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\n----\nSố: 81/KH-UBND\nCăn cứ Quyết định số 885/QĐ-BYT của Bộ Y tế",
                {"lam-dong"},
            ),
            ("UBND TỈNH LÀO CAI - KẾ HOẠCH truyền thông", "Mục đích: để bà con biết.", {"lao-cai"}),
            ("", "UBND TỈNH NGHỆ AN\nSỞ Y TẾ\nSố: 12/KH-SYT\nKẾ HOẠCH", {"nghe-an"}),
            ("", "TỈNH ỦY QUẢNG NINH\n*\nSố 46-CTr/TU\nĐẢNG CỘNG SẢN VIỆT NAM\nCHƯƠNG TRÌNH HÀNH ĐỘNG", {"quang-ninh"}),
            ("", "BỘ TÀI CHÍNH\nSố: 55/BTC-HCSN\nV/v góp ý\nKính gửi:\n- Bộ Y tế;\n- Bộ Nội vụ.", {"bo-tai-chinh"}),
            ("", "Số hiệu: 02/2025/NQ-HĐND\nNơi ban hành: Tỉnh Điện Biên Người ký: Lò Văn Xuân", {"dien-bien"}),
            ("Kế hoạch 186/KH-UBND năm 2025 phát triển chính quyền số tỉnh Bắc Ninh", "I. Mục đích", {"bac-ninh"}),
            ("", "THỦ TƯỚNG CHÍNH PHỦ\nSố: 77/QĐ-TTg\nQUYẾT ĐỊNH\nNơi nhận:\n- Bộ Y tế;\n- UBND tỉnh Lào Cai.", set()),
            ("", "Đại diện Bộ Y tế dự. Số: 12/KH-BYT được nhắc lại.", set()),
            ("", "Vĩnh Long\nKẾ HOẠCH số 12 bị chậm.", set()),
        ],
    )
    def test_the_issuer_in_a_letterhead_acts(self, gazetteer: Gazetteer, title: str, text: str, actors: set[str]) -> None:
        assert {m.id for m in gazetteer.find(Document(title, text)) if m.role == "actor"} == actors

    @pytest.mark.parametrize(
        ("text", "is_"),
        [
            ("Điện Biên phủ sóng 5G tới các xã biên giới.", {"dien-bien"}),
            ("ĐIỆN BIÊN PHỦ SÓNG 5G", {"dien-bien"}),
            ("Chiến thắng Điện Biên Phủ mãi ghi dấu.", set()),
            ("Can Tho - Farmers sold fruit.", set()),
            ("Hà Nội (TTXVN 5/9) - Sáng nay trời mưa.", set()),
            ("越通社河内——会议今天开幕。", set()),
            ("В городе Хюэ открыт центр.", set()),
            ("Народный комитет города Хюэ открыл центр.", {"hue"}),
            ("UBND t\u00adỉnh Tây\u200b Ninh họp.", {"tay-ninh"}),
            ("\u0412ộ Khoa học và Công nghệ họp.", {"bo-khcn"}),
            ("BộKhoa học và Công nghệ họp.", {"bo-khcn"}),
            ("Bộ trưởng Quốc phòng Phan Văn Giang tiếp khách.", {"bo-quoc-phong"}),
            ("Bộ trưởng Tài chính Mỹ Scott Bessent nói.", set()),
            ("中国外交部发言人表示。", set()),
            ("越南外交部发言人表示。", {"bo-ngoai-giao"}),
            ("Công ước Hà Nội được mở ký.", set()),
            ("Mọi người thích bún bò Huế, ca Huế.", set()),
            ("Samsung Bắc Ninh tuyển người.", set()),
            ("xã Tân Kỳ, Nghệ An mở lớp.", {"nghe-an"}),
            ("Địa chỉ: phường Hai Bà Trưng, Hà Nội", set()),
            ("Anh sinh năm 1980, quê ở tỉnh Nam Định.", set()),
            ("V-League vòng 5: HLV khen trọng tài, Nam Định gỡ hòa trước Bình Dương.", set()),
        ],
    )
    def test_damage_bylines_and_what_bears_a_name(self, gazetteer: Gazetteer, text: str, is_: set[str]) -> None:
        assert set(found(gazetteer, text)) == is_

    def test_spans_count_the_invisible_marks(self, gazetteer: Gazetteer) -> None:
        text = "\u200bUBND tỉnh Tây\u200b Ninh họp."
        (mention,) = gazetteer.find(Document("", text))
        assert [text[s.start : s.end] for s in mention.spans] == ["Tây\u200b Ninh"]

    def test_in_a_long_text_a_passing_province_is_not_its_matter(self, gazetteer: Gazetteer) -> None:
        filler = "Công nghệ mới giúp người dân làm thủ tục nhanh hơn nhiều so với cách làm cũ. " * 20
        passing = filler + "Kinh nghiệm của Lai Châu được nhắc tới. " + filler
        assert found(gazetteer, passing) == {}
        assert set(found(gazetteer, passing + "Mô hình Lai Châu đáng học.")) == {"lai-chau"}
        assert set(found(gazetteer, passing, "Lai Châu số hóa bản làng")) == {"lai-chau"}
        assert set(found(gazetteer, "Lai Châu hôm nay. " + filler)) == {"lai-chau"}
        assert set(found(gazetteer, filler + "UBND tỉnh Lai Châu đã duyệt. " + filler)) == {"lai-chau"}

    def test_an_abbreviation_of_many_meanings_counts_beside_the_full_name_only(self, gazetteer: Gazetteer) -> None:
        assert found(gazetteer, "BTC công bố kết quả. MST đã đổi.") == {}
        assert found(gazetteer, "Bộ Tài chính (BTC) cho biết BTC sẽ sửa.")["bo-tai-chinh"].mentions == 3


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_gives_spans_inside_it(text: str) -> None:
    small = Gazetteer([AgencyName("a", "Bộ Y tế", "ministry"), AgencyName("b", "Huế", "province", short=True)])
    normal = unicodedata.normalize("NFC", text)
    for mention in small.find(Document(text, text)):
        assert mention.mentions == len(mention.spans)
        assert all(normal[s.start : s.end] == s.text for s in mention.spans)


def test_a_gazetteer_of_nothing_finds_nothing() -> None:
    assert Gazetteer([]).find(Document("Bộ Y tế", "UBND tỉnh Lào Cai")) == ()


@pytest.mark.slow
def test_hostile_text_takes_no_longer_than_its_length_asks(gazetteer: Gazetteer) -> None:
    for unit in ("Bộ Y tế, ", "Sở ", "tỉnh Lào Cai - ", "(((", "\n \t", "Hòa Bình "):
        began = time.process_time()
        gazetteer.find(Document("", unit * (1_000_000 // len(unit))))
        assert time.process_time() - began < 60, unit
