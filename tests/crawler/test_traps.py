"""Addresses without end are traps; the odd but honest addresses of real portals are not."""

from datetime import date

import pytest

from crawler.traps import MAX_VARIANTS, Permutations, trap_in

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    "url",
    [
        "http://bao.vn/" + "/".join(map(str, range(40))),
        "http://bao.vn/tin/tin/tin/tin/57.html",
        "http://bao.vn/a/b/a/b/a/b/57.html",
        "http://bao.vn/tin/2026/loc/2026/loc/2026/loc/57.html",
        "http://bao.vn/sid-0a1b2c3d4e5f60718293/57.html",
        "http://bao.vn/tin/57.html?phpsessid=0a1b2c3d4e5f60718293",
        "http://bao.vn/tin;jsessionid=0A1B2C3D4E5F60718293",
        "http://bao.vn/tin?" + "&".join(f"p{n}=1" for n in range(30)),
        "http://bao.vn/tin?" + "&".join(f"p={n}" for n in range(9)),
        "http://bao.vn/lich/2031/05",
        "http://bao.vn/calendar/2027-02-01",
        "http://bao.vn/lich-cong-tac?date=2199-01-05",
        "http://bao.vn/events?month=3&year=2040",
    ],
)
def test_traps_are_named(url: str) -> None:
    assert trap_in(url, TODAY)


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/nghi-quyet-57-nq-tw-119250113083000123.htm",
        "https://bao.vn/2025/01/13/nghi-quyet-57.html",
        "https://bao.vn/11/11/2025/nghi-quyet-57.html",
        "https://bao.vn/muc-tieu-den-nam-2045-cua-nghi-quyet-57.html",
        "https://bao.vn/tam-nhin/2045/nghi-quyet-57.html",
        "https://so.gov.vn/lich/2026/11/lich-cong-tac-tuan-45",
        "https://so.gov.vn/su-kien/2026-12-20-hoi-nghi-tong-ket",
        (
            "https://so.gov.vn/web/guest/tin-tuc/-/asset_publisher/Content_9x8y/content/nghi-quyet-57?p_p_id=101&p_p_lifecycle=0"
            "&p_p_state=normal&p_p_mode=view&p_p_col_id=column-1&p_p_col_count=1&_101_struts_action=view&_101_urlTitle=a&_101_type=b"
            "&inheritRedirect=false&redirect=x"
        ),
        "https://so.gov.vn/wps/portal/Home/tin-tuc/chi-tiet/!ut/p/z1/04_Sj9CPykssy0xPLMnMz0vMAfIjo8zizfzMTXwM",
        "https://so.gov.vn/documents/20182/3047293/KH-57.pdf/08a7e0a5-40f3-4a5b-9b1c-0f3b7d4f5a61",
        "https://so.gov.vn/index.php?option=com_content&view=article&id=1234&Itemid=57",
        "https://bao.vn/tin-tuc/tin-tuc/nghi-quyet-57.html",
    ],
)
def test_odd_but_honest_addresses_are_none(url: str) -> None:
    assert trap_in(url, TODAY) is None


def test_permutations_of_few_values_are_a_trap_after_a_while() -> None:
    seen = Permutations()
    urls = [f"http://bao.vn/loc?mau={a}&co={b}&loai={c}" for a in range(9) for b in range(9) for c in range(9)]
    found = [seen.trap_in(url) for url in urls]
    assert found[:MAX_VARIANTS] == [None] * MAX_VARIANTS
    assert sum(trap is not None for trap in found) > 600


def test_numbered_articles_are_no_permutations() -> None:
    seen = Permutations()
    urls = [f"http://so.gov.vn/index.php?option=com_content&view=article&id={n}&Itemid={n % 7}" for n in range(3_000)]
    assert {seen.trap_in(url) for url in urls} == {None}
