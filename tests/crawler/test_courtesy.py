"""What a host asks for is kept to: Retry-After in both forms, the pace after a refusal, and letting a dead host be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.courtesy import FAILURES, FAR_FUTURE, LONGEST_INTERVAL, Courtesy, seconds_of
from crawler.items import Reason

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Clock:
    """Seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Mon, 02 Nov 2026 08:01:30 GMT", 90.0),
        ("Monday, 02-Nov-26 08:01:30 GMT", 90.0),
        ("Mon Nov  2 08:01:30 2026", 90.0),
        ("Mon, 02 Nov 2026 15:01:30 +0700", 90.0),
        ("Sun, 01 Nov 2026 08:00:00 GMT", 0.0),
        ("999999999999", FAR_FUTURE),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("1.5", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert seconds_of(text, NOW) == seconds


@given(st.text(max_size=300))
def test_no_header_breaks_it(text: str) -> None:
    found = seconds_of(text, NOW)
    assert found is None or 0 <= found <= FAR_FUTURE


def test_a_short_retry_after_is_waited_for_and_slows_the_host_down_for_the_run() -> None:
    clock = Clock()
    courtesy = Courtesy(0.0, clock)
    assert courtesy.wait("bao.vn") == 0
    courtesy.asked("bao.vn")
    courtesy.answered("bao.vn", 429, "20", NOW)
    assert courtesy.wait("bao.vn") == 20
    assert courtesy.wait("other.vn") == 0
    clock.now += 20
    assert courtesy.wait("bao.vn") == 0
    courtesy.asked("bao.vn")
    courtesy.answered("bao.vn", 200, None, NOW)
    assert courtesy.wait("bao.vn") == 1
    assert courtesy.deferral("bao.vn") is None


def test_a_long_retry_after_leaves_the_host_alone_for_the_run() -> None:
    courtesy = Courtesy(1.0, Clock())
    courtesy.answered("bao.vn", 503, "3600", NOW)
    found = courtesy.deferral("bao.vn")
    assert found is not None and found.reason is Reason.RATE_LIMITED


def test_three_429_in_a_row_leave_it_alone_but_busy_pages_do_not() -> None:
    courtesy = Courtesy(1.0, Clock())
    for _ in range(9):
        courtesy.answered("busy.vn", 503, None, NOW)
    assert courtesy.deferral("busy.vn") is None
    for n in range(3):
        assert courtesy.deferral("bao.vn") is None, n
        courtesy.answered("bao.vn", 429, "1", NOW)
    assert courtesy.deferral("bao.vn") is not None


def test_an_answer_in_between_starts_the_count_anew() -> None:
    courtesy = Courtesy(1.0, Clock())
    for _ in range(4):
        courtesy.answered("bao.vn", 429, "1", NOW)
        courtesy.answered("bao.vn", 200, None, NOW)
        for n in range(FAILURES - 1):
            for _ in range(3):
                courtesy.failed("bao.vn", f"http://bao.vn/{n}", Reason.TIMEOUT, "nothing")
    assert courtesy.deferral("bao.vn") is None


def test_a_host_that_never_answers_is_left_alone() -> None:
    courtesy = Courtesy(1.0, Clock())
    for n in range(FAILURES):
        courtesy.failed("bao.vn", f"http://bao.vn/{n}", Reason.TIMEOUT, "took longer than 30 s")
    found = courtesy.deferral("bao.vn")
    assert found is not None and found.reason is Reason.TIMEOUT and "30 s" in found.detail


def test_crawl_delay_is_kept_to_up_to_the_bound() -> None:
    clock = Clock()
    courtesy = Courtesy(0.0, clock)
    courtesy.slow("bao.vn", 7)
    courtesy.slow("bao.vn", 3)
    courtesy.slow("slow.vn", 86_400)
    courtesy.asked("bao.vn")
    courtesy.asked("slow.vn")
    assert (courtesy.wait("bao.vn"), courtesy.wait("slow.vn")) == (7, LONGEST_INTERVAL)
