"""Plans: who issued what, told from who only speaks of it, and the programme's plan told from the Resolution's."""

import pytest

from crawler.store.targets import Placed, PlanText
from monitor.plans import find_plan


def text(title: str, body: str, named: dict[str, str], portal: str | None = None) -> PlanText:
    """A text in which each phrase of `named` means a body, wherever it stands."""
    placed = [
        Placed(agency, field, start, start + len(phrase))
        for phrase, agency in named.items()
        for field, value in (("title", title), ("text", body))
        for start in range(len(value))
        if value.startswith(phrase, start)
    ]
    order = sorted(placed, key=lambda place: (place.field, place.start))
    return PlanText(1, "https://x.vn/1", "x", portal, "article", title, body, "2025-09-01", None, None, tuple(order))


DOCUMENT = """ỦY BAN NHÂN DÂN
TỈNH LÀO CAI
Số: 205/KH-UBND
Lào Cai, ngày 28 tháng 8 năm 2025
KẾ HOẠCH
{subject}
I. MỤC TIÊU
Giao Sở Khoa học và Công nghệ, Bộ Y tế phối hợp."""
PROGRAMME = "Thực hiện Quyết định số 1169/QĐ-TTg ngày 16/6/2025 của Thủ tướng Chính phủ"
RESOLUTION = "Thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị"
NAMED = {"TỈNH LÀO CAI": "lao-cai", "Bộ Y tế": "bo-y-te"}


@pytest.mark.parametrize(("subject", "kind"), [(PROGRAMME, "plan"), (RESOLUTION, "resolution-plan")])
def test_a_document_belongs_to_the_body_in_its_heading(subject: str, kind: str) -> None:
    found = find_plan(text("Kế hoạch số 205/KH-UBND", DOCUMENT.format(subject=subject), NAMED, portal="ha-noi"))
    assert found is not None
    assert (found.agency_id, found.kind, found.document) == ("lao-cai", kind, "205/KH-UBND")


def test_a_document_without_a_name_in_its_heading_belongs_to_its_portal() -> None:
    body = DOCUMENT.format(subject=PROGRAMME).replace("TỈNH LÀO CAI", "TỈNH")
    found = find_plan(text("Kế hoạch", body, {}, portal="lao-cai"))
    assert found is not None and (found.agency_id, found.kind) == ("lao-cai", "plan")


@pytest.mark.parametrize(
    "sentence",
    [
        "UBND tỉnh Lào Cai vừa ban hành Kế hoạch số 205/KH-UBND thực hiện Quyết định số 1169/QĐ-TTg.",
        "Ngày 28/8, UBND tỉnh Lào Cai đã ký ban hành Kế hoạch triển khai Chương trình theo Quyết định 1169/QĐ-TTg.",
        "Kế hoạch thực hiện Quyết định 1169/QĐ-TTg do UBND tỉnh Lào Cai ban hành đặt ra bốn mục tiêu.",
        "UBND tỉnh Lào Cai phê duyệt Kế hoạch truyền thông theo Quyết định số 1169/QĐ-TTg của Thủ tướng.",
    ],
)
def test_a_report_names_who_issued_the_plan(sentence: str) -> None:
    found = find_plan(text("Truyền thông về Nghị quyết 57", f"{sentence} Bộ Y tế góp ý.", {"UBND tỉnh Lào Cai": "lao-cai"}))
    assert found is not None and (found.agency_id, found.kind) == ("lao-cai", "plan-report")


@pytest.mark.parametrize(
    "sentence",
    [
        "UBND tỉnh Lào Cai chưa ban hành kế hoạch thực hiện Quyết định số 1169/QĐ-TTg.",
        "UBND tỉnh Lào Cai sẽ ban hành kế hoạch thực hiện Quyết định số 1169/QĐ-TTg trong tháng 9.",
        "Bộ yêu cầu UBND tỉnh Lào Cai khẩn trương ban hành kế hoạch thực hiện Quyết định số 1169/QĐ-TTg.",
        "UBND tỉnh Lào Cai họp về Chương trình ban hành kèm theo Quyết định số 1169/QĐ-TTg và kế hoạch mùa vụ.",
    ],
)
def test_what_is_wanted_or_coming_is_only_a_mention(sentence: str) -> None:
    found = find_plan(text("Họp bàn", sentence, {"UBND tỉnh Lào Cai": "lao-cai"}))
    assert found is None or (found.kind, found.document) == ("mention", None)


def test_a_plan_for_the_resolution_is_not_one_for_the_programme() -> None:
    sentence = "Tỉnh ủy Nghệ An ban hành Chương trình hành động số 41-CTr/TU thực hiện Nghị quyết số 57-NQ/TW."
    found = find_plan(text("Nghệ An hành động", sentence, {"Tỉnh ủy Nghệ An": "nghe-an"}))
    assert found is not None
    assert (found.agency_id, found.kind, found.document) == ("nghe-an", "resolution-plan", "41-CTr/TU")


def test_a_text_about_something_else_gives_nothing() -> None:
    assert (
        find_plan(text("Kế hoạch trồng rừng", "UBND tỉnh Lào Cai ban hành kế hoạch trồng rừng.", {"UBND tỉnh Lào Cai": "x"}))
        is None
    )
