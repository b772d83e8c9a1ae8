"""Dates: every form seen on Vietnamese sites and feeds, and nothing but dates."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clock import VIETNAM
from crawler.dates import find_date, parse_date

AFTERNOON = "2025-06-17T15:29:00+07:00"

FEED_FORMS = [
    ("Tue, 17 Jun 2025 15:29:00 +0700", AFTERNOON),
    ("Tue, 17 Jun 2025 08:29:00 GMT", AFTERNOON),
    ("Tue, 17 Jun 2025 15:29:00 GMT+7", AFTERNOON),
    ("Tue, 17 Jun 2025 15:29:00 +07:00", AFTERNOON),
    ("Tue, 17 Jun 2025 15:29:00", AFTERNOON),
    ("2025-06-17T15:29:00+07:00", AFTERNOON),
    ("2025-06-17T08:29:00Z", AFTERNOON),
    ("2025-06-17 15:29:00", AFTERNOON),
    ("17/06/2025 15:29:00", AFTERNOON),
    ("17/06/2025", "2025-06-17"),
    ("17-06-2025 15:29", AFTERNOON),
    ("Thứ Ba, 17/06/2025 15:29 (GMT+7)", AFTERNOON),
    ("05/06/2025 03:29:00 CH", "2025-06-05T15:29:00+07:00"),
]

FORMS = [
    *FEED_FORMS,
    ("2025-06-17T00:00:00+09:00", "2025-06-17"),
    ("2025-06-17T00:30:00+09:00", "2025-06-16T22:30:00+07:00"),
    ("20250617000000+0900", "2025-06-17"),
    ("2025-06-17T00:00:00Z", "2025-06-17T07:00:00+07:00"),
    ("17:15 - 20/06/2025", "2025-06-20T17:15:00+07:00"),
    ("Hà Nội, ngày 9 tháng 7 năm 2025", "2025-07-09"),
    ("20/6/25", "2025-06-20"),
    ("Cập nhật: 09/07/2025 | 10:33", "2025-07-09T10:33:00+07:00"),
    ("Thứ năm - 08/04/2021 05:04", "2021-04-08T05:04:00+07:00"),
    ("29/08/2023 10:471700", "2023-08-29T10:47:00+07:00"),
    ("2025-07-17 15:10:00.0", "2025-07-17T15:10:00+07:00"),
    ("Thứ Năm, ngày 14/08/2025 04:15", "2025-08-14T04:15:00+07:00"),
    ("Chủ nhật, 28-12-2025 11:12 GMT +7", "2025-12-28T11:12:00+07:00"),
    ("08:57 | 10/12/2025", "2025-12-10T08:57:00+07:00"),
    ("23:28, 03/12/2025", "2025-12-03T23:28:00+07:00"),
    ("21/09/2025, 21:00", "2025-09-21T21:00:00+07:00"),
    ("(09/10/2015 15:34:31)", "2015-10-09T15:34:31+07:00"),
    ("Đăng ngày 11 - 11 - 2023", "2023-11-11"),
    ("Thứ bảy, 10 Tháng 5 2025 22:25", "2025-05-10T22:25:00+07:00"),
    ("12/09/2025 09:16:00 AM", "2025-09-12T09:16:00+07:00"),
    ("12/09/2025 12:16:00 AM", "2025-09-12T00:16:00+07:00"),
    ("12/09/2025 09:16:00 PM", "2025-09-12T21:16:00+07:00"),
    ("06:44 13/03/2026", "2026-03-13T06:44:00+07:00"),
    ("PV - 03/04/2025 17:35", "2025-04-03T17:35:00+07:00"),
    ("13.1.2026", "2026-01-13"),
    ("16-9-2025", "2025-09-16"),
    ("Báo Phú ThọBáo Phú Thọ31/10/2025", "2025-10-31"),
    ("10 giờ 33 phút, ngày 9/7/2025", "2025-07-09T10:33:00+07:00"),
    ("8g30 ngày 09/07/2025", "2025-07-09T08:30:00+07:00"),
    ("09/07/2025 lúc 10h33", "2025-07-09T10:33:00+07:00"),
    ("17:15 Thứ Sáu, 20/06/2025", "2025-06-20T17:15:00+07:00"),
    ("17 Tháng Sáu, 2025", "2025-06-17"),
    ("Tháng Mười Hai 17, 2025", "2025-12-17"),
    ("17 thg 6, 2025", "2025-06-17"),
    ("ngày 1 tháng năm năm 2025", "2025-05-01"),
    ("HÀ NỘI, NGÀY 9 THÁNG 7 NĂM 2025", "2025-07-09"),
    ("June 17, 2025 3:29 PM", AFTERNOON),
    ("17th of June 2025", "2025-06-17"),
    ("Tue Jun 17 15:29:00 2025", AFTERNOON),
    ("Tue Jun 17 08:29:00 UTC 2025", AFTERNOON),
    ("Tuesday, 17-Jun-25 08:29:00 GMT", AFTERNOON),
    ("Tue, 17 Jun 2025 04:29:00 EDT", AFTERNOON),
    ("17 июня 2025, 15:29", AFTERNOON),
    ("9 мая 2025 г.", "2025-05-09"),
    ("3 марта 2025", "2025-03-03"),
    ("2025年6月17日 15:29", AFTERNOON),
    ("D:20250617152900+07'00'", AFTERNOON),
    ("20250617T082900Z", AFTERNOON),
    ("20250617", "2025-06-17"),
    ("2025-06-17T22:29:00-11:00", "2025-06-18T16:29:00+07:00"),
    ("17:15 -10 tháng 6 năm 2025", "2025-06-10T17:15:00+07:00"),
    ("\ufeff 17/06/2025\u00a015:29 ", AFTERNOON),
    (normalize("NFD", "Hà Nội, ngày 9 tháng 7 năm 2025"), "2025-07-09"),
]

NONSENSE = [
    "",
    " ",
    "Hôm nay",
    "5 phút trước",
    "16-9",
    "Sáng 13/1",
    "31/02/2025",
    "32/01/2025",
    "17/13/2025",
    "0/0/0000",
    "00/00/2025",
]
NONSENSE += ["57/2022/QH15", "57-NQ/TW", "1169/QĐ-TTg", "1.234.567", "0912.345.678", "192.168.1.20", "tháng 7/2025", "2025-13-45"]
NONSENSE += ["17/06/1025", "17/06/9025", "20259999", "12 tháng 7, 25 người", "10:33:21", "Jun 2025", "٣/٤/٢٠٢٥", "1752480000"]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_every_form(text: str, expected: str) -> None:
    found = parse_date(text, source="feed")
    assert found is not None
    assert found.iso() == expected
    assert found.source == "feed"
    assert found.value.utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_date(text: str) -> None:
    assert parse_date(text, source="visible") is None
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đưa Nghị quyết 57 vào cuộc sống\nThứ Ba, 17/06/2025 15:29 (GMT+7)\nChia sẻ", AFTERNOON),
        ("Kết luận 57-KL/TW, Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị. Đăng lúc 15:29 17/06/2025", AFTERNOON),
        ("Giấy phép số 12/GP-BTTTT, cấp ngày 01/09/2021", None),
        ("Giấy phép hoạt động số 12 - 01/09/2021. Cập nhật 17/06/2025", "2025-06-17"),
        ("Quyết định số 1169/QĐ-TTg ngày 16 tháng 6 năm 2025", None),
        ("Số: 123/KH-UBND\nHà Nội, ngày 9 tháng 7 năm 2025\nKẾ HOẠCH", "2025-07-09"),
        ("31/02/2025 rồi 01/03/2025", "2025-03-01"),
        ("09/07/2025 10:33\nTin khác\n08/07/2025 11:00", "2025-07-09T10:33:00+07:00"),
        ("Không có ngày nào", None),
    ],
)
def test_the_date_in_a_visible_text(text: str, expected: str | None) -> None:
    found = find_date(text)
    assert (found.iso() if found else None) == expected


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)))
def test_what_is_written_is_read(moment: datetime) -> None:
    local = moment.replace(microsecond=0, tzinfo=VIETNAM)
    for text in (
        local.isoformat(),
        local.strftime("%d/%m/%Y %H:%M:%S"),
        local.strftime("%H:%M:%S - %d.%m.%Y"),
        local.strftime("ngày %d tháng %m năm %Y, %H:%M:%S"),
        local.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        local.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000"),
    ):
        found = parse_date(text, source="feed")
        assert found is not None and found.has_time
        assert found.value == local


_NASTY = "0 1 9 12 25 31 57 2025 99 / - . : , | ( ) T Z + +07 GMT ngày tháng năm th jun мая thứ hai am ch 年 月 日 giờ"
_PIECES = st.sampled_from([*_NASTY.split(" "), " "])


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=20).map("".join)))
def test_never_raises(text: str) -> None:
    for found in (parse_date(text, source="visible"), find_date(text)):
        assert found is None or found.value.tzinfo is not None


@pytest.mark.parametrize(
    "unit", ["1/", "10:33 ", "ngày ", "tháng 1 ", "2025-", "nghị quyết ", " ", "th", "1 - ", "thu 2, ", "31/02/2025 "]
)
def test_hostile_text_costs_little(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    started = time.process_time()
    parse_date(text, source="visible")
    find_date(text)
    assert time.process_time() - started < 20  # it would be hours, were it quadratic
