"""When an endpoint is asked again, and what it is called meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clock import VIETNAM
from crawler.discover.feeds import read_feed
from crawler.items import Reason, Visit
from crawler.roster import load_roster
from crawler.schedule import LONGEST, QUIET_AFTER, SHORTEST, History, Seen, decide, rests, retry_after
from crawler.store import endpoints
from crawler.store.db import open_database
from crawler.store.roster import sync_roster

AT = datetime(2026, 10, 31, 8, tzinfo=VIETNAM)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
KNOWN = History(interval=4 * DAY, changed_at=AT - WEEK)


@pytest.mark.parametrize(
    ("items", "new", "interval"),
    [(20, 20, 2 * DAY), (20, 10, 2 * DAY), (20, 5, 4 * DAY), (20, 2, 8 * DAY), (20, 0, 8 * DAY), (None, 0, 8 * DAY)],
)
def test_the_interval_follows_the_share_of_new_entries(items: int | None, new: int, interval: timedelta) -> None:
    decision = decide(KNOWN, Seen(AT, "ok", items=items, new=new))
    assert (decision.history.interval, decision.next_check_at) == (interval, AT + interval)


def test_a_first_visit_tells_nothing_of_the_pace() -> None:
    decision = decide(History(), Seen(AT, "ok", items=50, new=50))
    assert (decision.status, decision.history.interval, decision.history.changed_at) == ("ok", DAY, AT)


@pytest.mark.parametrize(
    ("every", "interval"),
    [(timedelta(hours=1), 2 * DAY), (3 * DAY, 3 * DAY), (timedelta(0), 2 * DAY), (-DAY, 2 * DAY), (400 * DAY, 2 * DAY)],
)
def test_a_feeds_own_word_is_honoured_unless_it_is_nonsense(every: timedelta, interval: timedelta) -> None:
    assert decide(KNOWN, Seen(AT, "ok", items=4, new=4, every=every)).history.interval == interval


def test_what_shows_nothing_new_for_long_is_quiet_and_comes_back() -> None:
    silent = decide(History(interval=DAY, changed_at=AT - QUIET_AFTER), Seen(AT, "ok"))
    assert silent.status == "quiet"
    assert decide(silent.history, Seen(AT + WEEK, "ok", items=10, new=1)).status == "ok"
    index = decide(History(interval=DAY, changed_at=AT - QUIET_AFTER), Seen(AT, "ok"), may_fall_silent=False)
    assert index.status == "ok"


def visited(reason: Reason | None, weeks: int, *, http_status: int | None = None) -> tuple[list[str], History]:
    history, said = KNOWN, []
    for week in range(weeks):
        decision = decide(history, Seen(AT + week * WEEK, "failing", reason, http_status))
        history = decision.history
        said.append(decision.status)
    return said, history


@pytest.mark.parametrize(
    ("reason", "http_status", "dead_after"),
    [
        (Reason.DNS, None, 4),
        (Reason.HTTP, 410, 4),
        (Reason.HTTP, 404, 10),
        (Reason.TIMEOUT, None, 10),
        (Reason.BAD_FEED, 200, 10),
    ],
)
def test_a_vanished_domain_dies_sooner_than_a_404(reason: Reason, http_status: int | None, dead_after: int) -> None:
    said, history = visited(reason, 12, http_status=http_status)
    assert said == ["failing"] * (dead_after - 1) + ["dead"] * (13 - dead_after)
    back = decide(history, Seen(AT + 13 * WEEK, "ok", items=10, new=10))
    assert (back.status, back.history.failures, back.history.failing_since) == ("ok", 0, None)


def test_many_tries_in_one_day_kill_nobody() -> None:
    history = KNOWN
    for minute in range(50):
        decision = decide(history, Seen(AT + timedelta(minutes=minute), "failing", Reason.DNS))
        history = decision.history
    assert decision.status == "failing"


def test_a_barred_endpoint_is_asked_weekly_and_never_dies() -> None:
    history = KNOWN
    for week in range(30):
        decision = decide(history, Seen(AT + week * WEEK, "blocked", Reason.ROBOTS))
        history = decision.history
    assert (decision.status, decision.next_check_at) == ("blocked", AT + 30 * WEEK)
    assert decide(history, Seen(AT + 30 * WEEK, "failing", Reason.HTTP, 500)).status == "failing"


def test_failures_wait_longer_each_time_and_at_least_what_the_server_asks() -> None:
    waits = [decide(History(failures=n), Seen(AT, "failing", Reason.HTTP, 503)).next_check_at - AT for n in (0, 1, 2, 9)]
    assert waits == [DAY, 2 * DAY, 4 * DAY, LONGEST]
    asked = decide(History(), Seen(AT, "failing", Reason.RATE_LIMITED, 429, retry_after=3 * DAY))
    assert asked.next_check_at == AT + 3 * DAY


@pytest.mark.parametrize(
    ("status", "failures", "due", "unattended", "left_out"),
    [
        ("dead", 9, DAY, False, True),
        ("dead", 9, -DAY, True, False),
        ("failing", 4, DAY, True, True),
        ("failing", 4, DAY, False, False),
        ("failing", 3, DAY, True, False),
        ("ok", 0, DAY, True, False),
        ("quiet", 0, DAY, True, False),
        ("blocked", 9, DAY, True, False),
    ],
)
def test_only_the_dead_and_the_long_sick_rest(
    status: endpoints.Health, failures: int, due: timedelta, unattended: bool, left_out: bool
) -> None:
    assert rests(status, failures, AT + due, AT, unattended=unattended) is left_out
    assert not rests(status, failures, None, AT, unattended=unattended)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Sat, 31 Oct 2026 02:00:00 GMT", timedelta(hours=1)),
        ("Sat, 31 Oct 2026 00:00:00 GMT", None),
        ("99999999999999999999999", LONGEST),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, AT) == wait


@given(st.text(max_size=80))
def test_no_header_breaks_anything(value: str) -> None:
    wait = retry_after(value, AT.astimezone(UTC))
    assert wait is None or timedelta(0) < wait <= LONGEST


_SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=4000))


@given(
    st.builds(
        History,
        failures=st.integers(0, 10_000),
        interval=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
        changed_at=st.none() | _SPANS.map(lambda span: AT - span),
        failing_since=st.none() | _SPANS.map(lambda span: AT - span),
    ),
    st.builds(
        Seen,
        at=st.just(AT),
        health=st.sampled_from(["ok", "failing", "blocked"]),
        reason=st.none() | st.sampled_from(list(Reason)),
        items=st.none() | st.integers(0, 50_000),
        new=st.integers(0, 50_000),
        every=st.none() | _SPANS,
        retry_after=st.none() | _SPANS,
    ),
)
def test_whatever_happened_the_next_visit_lies_within_bounds(history: History, seen: Seen) -> None:
    assert AT + SHORTEST <= decide(history, seen).next_check_at <= AT + LONGEST


@pytest.mark.parametrize(
    ("head", "every"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>-60</ttl>", None),
        ("<ttl>sixty</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl></ttl>", None),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", DAY),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(hours=6)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", DAY),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<ttl>60</ttl><sy:updatePeriod>weekly</sy:updatePeriod>", WEEK),
        ("", None),
    ],
)
def test_what_feeds_say_of_their_pace(head: str, every: timedelta | None) -> None:
    body = f"<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>{head}<item><link>http://b.vn/1</link></item></channel></rss>"
    assert read_feed(body.encode(), "http://b.vn/rss").every == every


def test_the_store_keeps_what_was_decided_and_a_source_is_what_its_endpoints_are(tmp_path: Path) -> None:
    roster = tmp_path / "sources.yaml"
    roster.write_text(
        "- {id: bao, name: Báo, kind: press, hosts: [bao.vn], home: 'http://bao.vn/', feeds: [http://bao.vn/rss]}",
        encoding="utf-8",
    )
    db = open_database(tmp_path / "x.db")
    sync_roster(db, load_roster(roster))

    def visit(days: int, **what: object) -> tuple[object, ...]:
        at = AT + timedelta(days=days)
        endpoints.record(db, Visit("bao", "http://bao.vn/rss", "feed", **what), at)  # type: ignore[arg-type]
        endpoints.settle(db, ["bao"], at)
        row: tuple[object, ...] = db.execute(
            "select e.status, e.failures, e.next_check_at, s.status from endpoints e join sources s where e.kind = 'feed'"
        ).fetchone()
        return row

    assert visit(0, health="ok", items=10, new=10) == ("ok", 0, "2026-11-01T08:00:00+07:00", "ok")
    assert visit(7, health="ok") == ("ok", 0, "2026-11-09T08:00:00+07:00", "ok")
    assert visit(61, health="ok") == ("quiet", 0, "2027-01-04T08:00:00+07:00", "quiet")
    for week in range(4):
        last = visit(70 + 7 * week, health="failing", reason=Reason.DNS)
    assert (last[0], last[1], last[3]) == ("dead", 4, "dead")
    (known,) = [e for e in endpoints.of_source(db, "bao") if e.kind == "feed"]
    assert known.next_check_at == datetime(2027, 3, 1, 8, tzinfo=VIETNAM)
    assert visit(130, health="ok", items=10, new=10)[::3] == ("ok", "ok")
    db.close()
