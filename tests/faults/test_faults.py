"""Every row of docs/faults.md on the real command, and what a run among all those faults may cost."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bed import Bed, Wire
from tests.faults.conftest import ARTICLES, GOOD, Whole, address_of, crawl, good_host, loopback, source, write_roster
from tests.faults.more import ALL
from tests.faults.scenarios import Scenario, article, feed, hang

pytestmark = pytest.mark.slow

MOST_SECONDS = 300
MOST_BYTES = 1_024_000_000
MOST_OF_THE_CRAWL = 400_000_000
TABLE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_documentation_names_every_scenario_with_its_reason() -> None:
    rows = [line.split("|")[1:-1] for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = [tuple(cell.strip().strip("`") for cell in row) for row in rows]
    assert told == [(scenario.name, scenario.place, scenario.does, scenario.reason) for scenario in ALL]


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_each_fault_is_recorded_as_what_it_is_and_costs_its_neighbours_nothing(whole: Whole, scenario: Scenario) -> None:
    rows = whole.crawl.query("select reason from failures where source_id = ?", scenario.name)
    reasons = {reason for (reason,) in rows}
    if scenario.reason == "none":
        assert not reasons
    else:
        assert scenario.reason in reasons
    states = dict(whole.crawl.query("select url, state from pages where source_id = ? and url like '%co-so%'", scenario.name))
    if scenario.place in ("page", "links", "sitemap") or scenario.reason == "none":
        # A host that asks to be left alone is, so its other pages wait for the next run; none of them is lost.
        allowed = {"candidate", "discovered"} if scenario.reason == "rate-limited" else {"candidate"}
        assert len(states) == 3 and set(states.values()) <= allowed
    waiting = [url for url, state in states.items() if state == "discovered"]
    for url in waiting:
        assert whole.crawl.query("select 1 from failures where url = ? and reason = 'rate-limited'", url)


@pytest.mark.parametrize("number", range(GOOD))
def test_every_good_source_is_collected_whole(whole: Whole, number: int) -> None:
    assert whole.crawl.query("select state, count(*) from pages where source_id = ? group by 1", f"good-{number}") == [
        ("candidate", ARTICLES)
    ]


def test_no_url_is_left_without_a_word(whole: Whole) -> None:
    assert whole.crawl.query("select url from pages where state = 'discovered' and url not in (select url from failures)") == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("roster-private", "private-address"),
        ("roster-metadata", "private-address"),
        ("roster-ipv6", "private-address"),
        ("roster-unknown-name", "dns"),
    ],
)
def test_a_roster_entry_that_leads_nowhere_is_named(whole: Whole, name: str, reason: str) -> None:
    assert (reason,) in whole.crawl.query("select reason from failures where source_id = ?", name)


def test_one_page_under_ever_new_parameters_is_kept_once_and_hardly_asked(whole: Whole) -> None:
    address = next(address_of(n) for n, scenario in enumerate(ALL) if scenario.name == "link-echo")
    kept = whole.crawl.query("select url from pages where source_id = 'link-echo' and state = 'candidate' and url like '%zq=%'")
    assert len(kept) == 1
    assert len(whole.bed.asked(address, "/tin/nghi-quyet-57-xem.html")) <= 10


def test_nothing_is_contacted_that_belongs_to_no_source(whole: Whole) -> None:
    assert whole.bed.caught == []


def test_the_run_is_bounded_in_time_and_memory(whole: Whole) -> None:
    assert whole.crawl.seconds < MOST_SECONDS
    assert 0 < whole.crawl.own < MOST_OF_THE_CRAWL
    assert whole.crawl.own < whole.crawl.peak < MOST_BYTES


def test_the_run_ends_with_1_and_says_which_sources_fail(whole: Whole) -> None:
    assert whole.crawl.code == 1
    told = json.loads(whole.crawl.out)
    assert told["exit"] == 1 and told["failures"]["too-slow"] >= 3
    lines = whole.crawl.err.splitlines()
    assert "Traceback" not in whole.crawl.err
    assert any("feed-bot-wall" in line and "blocked" in line for line in lines)
    assert any("robots-500" in line for line in lines)


def test_retry_after_is_kept_to(whole: Whole) -> None:
    address = next(address_of(n) for n, scenario in enumerate(ALL) if scenario.name == "rate-limit-short")
    asked = whole.bed.asked(address)
    refused = next(n for n, ask in enumerate(asked) if "bai-hong" in ask.path)
    # 2 s, less what the request itself took on its way.
    assert asked[refused + 1].at - asked[refused].at > 1.9
    after = [ask.at for ask in asked[refused + 1 :]]
    # Over all waits: on a busy machine one request is entered late and the next in time.
    assert after[-1] - after[0] > (len(after) - 1) - 0.5, "slowed down for the run"


def test_crawl_delay_is_kept_to(whole: Whole) -> None:
    number = next(n for n, scenario in enumerate(ALL) if scenario.name == "robots-delay")
    asked = [ask.at for ask in whole.bed.asked(address_of(number))]
    assert len(asked) == 5
    assert asked[-1] - asked[1] > 3 * 1.5 - 0.5


def test_requests_say_who_we_are_and_carry_nothing_else(whole: Whole) -> None:
    assert all("cookie" not in ask.headers and "referer" not in ask.headers for ask in whole.bed.log)
    assert all("NQ57-coverage-monitor" in ask.headers["user-agent"] for ask in whole.bed.log)


def test_robots_is_asked_first_and_obeyed(whole: Whole) -> None:
    for number, scenario in enumerate(ALL):
        asked = whole.bed.asked(address_of(number))
        assert asked[0].path == "/robots.txt"
        if scenario.place == "robots" and scenario.reason != "none":
            assert all(ask.path.startswith(("/robots.txt", "/fault")) for ask in asked), scenario.name


def test_a_name_that_resolves_to_this_machine_is_not_connected_to(tmp_path: Path) -> None:
    with Bed({"127.0.0.1": good_host}) as bed:
        roster = write_roster(tmp_path / "sources.yaml", [source("home", "localhost", bed.port)])
        done = crawl(roster, tmp_path / "x.db", "--delay", "0", "--timeout", "3")
        assert bed.log == []
    assert ("private-address",) in done.query("select reason from failures")
    assert done.code == 1 and "no endpoint answered" in done.err


def many_pages(wire: Wire) -> Any:
    """The host's feed of 400 pages, and no rules; None for one of the pages."""
    base = f"http://{wire.ask.host}:{wire.ask.port}"
    if wire.ask.path == "/feed.xml":
        return wire.answer(
            feed([f"{base}/tin/nghi-quyet-57-{n}.html" for n in range(100_000, 100_400)]), kind="application/rss+xml"
        )
    return wire.answer("", "404 Not Found") if wire.ask.path == "/robots.txt" else None


def test_one_hanging_host_never_slows_the_others(tmp_path: Path) -> None:
    good = [f"127.0.60.{n + 1}" for n in range(10)]
    everything_good = asyncio.Event()
    given_up: list[str] = []
    asked: set[tuple[str, str]] = set()

    async def hanging(wire: Wire) -> None:
        if (answer := many_pages(wire)) is not None:
            await answer
            return
        try:
            await everything_good.wait()  # however long the good ones take: longer than that only who gives up first
        finally:
            if not everything_good.is_set():
                given_up.append(wire.ask.path)
        await wire.answer(article())

    async def counted(wire: Wire) -> None:
        await good_host(wire)
        if wire.ask.path.startswith("/tin/"):
            asked.add((wire.ask.host, wire.ask.path))
        if len(asked) == len(good) * ARTICLES:
            everything_good.set()

    with Bed({"127.0.61.1": hanging} | dict.fromkeys(good, counted), patience=200.0) as bed:
        entries = [source("hanging", "127.0.61.1", bed.port)]
        entries += [source(f"good-{n}", address, bed.port) for n, address in enumerate(good)]
        roster = write_roster(tmp_path / "sources.yaml", entries)
        done = crawl(roster, tmp_path / "x.db", *loopback("--timeout", "150"))
    assert not given_up, "ten good hosts were done before the first page of the hanging one was given up"
    assert done.query("select count(*) from pages where state = 'candidate'") == [(10 * ARTICLES + 400,)]


def test_a_host_that_only_hangs_is_left_alone_after_some_pages(tmp_path: Path) -> None:
    async def hanging(wire: Wire) -> None:
        await (many_pages(wire) or hang(wire))

    with Bed({"127.0.61.2": hanging}) as bed:
        roster = write_roster(tmp_path / "sources.yaml", [source("hanging", "127.0.61.2", bed.port)])
        done = crawl(roster, tmp_path / "x.db", *loopback("--timeout", "3"))
        tries = len(bed.asked("127.0.61.2", "/tin/"))
    # Left alone after some requests in a row without an answer; what was not asked waits for the next run.
    assert tries <= 8
    waiting = done.query("select count(*) from pages where source_id = 'hanging' and state = 'discovered'")
    assert waiting[0][0] >= 390
    assert done.query("select count(*) from failures where source_id = 'hanging' and reason = 'timeout'")[0][0] == 400


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_crawl_ends_at_once_and_the_next_one_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    slow = {"on": True}

    async def sluggish(wire: Wire) -> None:
        if slow["on"] and wire.ask.path.endswith("6.html"):
            await hang(wire)
        await good_host(wire)

    with Bed({"127.0.62.1": sluggish, "127.0.62.2": good_host}) as bed:
        entries = [source("slow", "127.0.62.1", bed.port), source("good", "127.0.62.2", bed.port)]
        roster = write_roster(tmp_path / "sources.yaml", entries)
        options = ("--allow-address", "127.0.0.0/8", "--delay", "0", "--timeout", "30")
        done = crawl(roster, tmp_path / "x.db", *options, stop=(6.0, number))
        assert done.seconds < 10
        assert done.code == 1 and "interrupted" in done.err and "Traceback" not in done.err
        assert done.query("select state from runs") == [("interrupted",)]
        assert done.query("select count(*) from failures") == [(0,)]
        slow["on"] = False
        again = crawl(roster, tmp_path / "x.db", *options)
        assert again.query("select state, count(*) from pages group by 1") == [("candidate", 2 * ARTICLES)]
        kept = [ask.path for ask in bed.asked("127.0.62.2", "/tin/")]
    assert len(kept) == len(set(kept)) == ARTICLES, "what was kept is not fetched again"


def test_whoever_stops_the_weekly_job_stops_all_of_it(tmp_path: Path) -> None:
    async def sluggish(wire: Wire) -> None:
        await (hang if wire.ask.path.endswith("6.html") else good_host)(wire)

    with Bed({"127.0.64.1": sluggish}) as bed:
        roster = write_roster(tmp_path / "sources.yaml", [source("slow", "127.0.64.1", bed.port)])
        options = ("--allow-address", "127.0.0.0/8", "--delay", "0", "--timeout", "30")
        done = crawl(roster, tmp_path / "x.db", *options, stop=(6.0, signal.SIGTERM), command="weekly")
    assert done.seconds < 10 and done.code == 1
    assert done.query("select state from runs") == [("interrupted",)]
    assert done.query("select (select count(*) from articles), (select count(*) from target_verdicts)") == [(0, 0)]
