"""Targets measured from figures and registers: the newest figure speaks, what is missing or doubtful is unknown, never a no."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.clock import VIETNAM
from crawler.items import Article, Entry, Outcome, PublishedAt, Reason, State, Visit
from crawler.roster import Roster, Source, load_roster
from crawler.store import articles, endpoints, facts, imports, pages
from crawler.store.articles import Archival, Tags
from crawler.store.db import open_database
from crawler.store.imports import Channel, Figure, Task
from crawler.store.roster import sync_roster
from monitor.targets import measure
from monitor.task_match import overlap

DAY = date(2026, 10, 31)
AT = datetime(2026, 10, 31, 8, tzinfo=VIETNAM)
DOCUMENT = "https://ha-noi.vn/bao-cao"
TITLE = "Nghiên cứu chế tạo cảm biến đo mặn cho vùng nuôi tôm Đồng bằng sông Cửu Long"


@lru_cache
def _roster() -> Roster:
    own = load_roster()
    source = Source(id="bao", name="Báo", kind="press", home="https://bao.vn/", hosts=("bao.vn",))
    return Roster(sources=(source,), agencies=own.agencies, programme=own.programme)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = open_database(tmp_path / "x.db")
    sync_roster(database, _roster())
    return database


def verdict(db: Database, target: str, unit: str, day: date = DAY) -> tuple[str, str]:
    measure(db, _roster(), day)
    found = next(v for v in facts.verdicts(db, day) if (v.target_id, v.unit_id) == (target, unit))
    return found.verdict, found.reason


def detail(db: Database, target: str, unit: str) -> str | None:
    row = db.execute("select detail from target_verdicts where target_id = ? and unit_id = ?", [target, unit]).fetchone()
    return str(row[0]) if row[0] is not None else None


def figure(db: Database, target: str, unit: str, period: str, part: float, whole: float, document: str = DOCUMENT) -> None:
    imports.keep_figures(db, [Figure(target, unit, period, part, whole, document)])


# ── figures ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("target", "part", "whole", "expected"),
    [
        ("officials-2025", 1000, 1000, ("met", "figure-reached")),
        ("officials-2025", 999, 1000, ("not_met", "figure-below")),
        ("training-2030", 70, 100, ("met", "figure-reached")),
        ("training-2030", 69.99, 100, ("not_met", "figure-below")),
    ],
)
def test_a_reported_figure_is_held_against_the_targets_share(
    db: Database, target: str, part: float, whole: float, expected: tuple[str, str]
) -> None:
    figure(db, target, "ha-noi", "2026-Q3", part, whole)
    assert verdict(db, target, "ha-noi") == expected
    assert verdict(db, target, "hue") == ("unknown", "no-figures")
    assert detail(db, target, "ha-noi") == f"{part:g}/{whole:g}"
    proof = db.execute("select url, kind, document, published_on, passage from evidence where unit_id = 'ha-noi'").fetchall()
    assert proof == [
        (f"{DOCUMENT}#ha-noi/2026-Q3", "figure", DOCUMENT, "2026-09-30", f"ha-noi 2026-Q3: {part:g}/{whole:g}"),
    ]


def test_the_newest_figure_of_a_period_that_is_over_speaks(db: Database) -> None:
    figure(db, "officials-2025", "ha-noi", "2025", 1, 2)
    figure(db, "officials-2025", "ha-noi", "2025-Q4", 2, 2)
    figure(db, "officials-2025", "ha-noi", "2026-Q4", 2, 2)
    assert verdict(db, "officials-2025", "ha-noi") == ("not_met", "figure-below"), "a year speaks before its last quarter"
    figure(db, "officials-2025", "ha-noi", "2026-01", 2, 2)
    assert verdict(db, "officials-2025", "ha-noi") == ("met", "figure-reached")
    assert verdict(db, "officials-2025", "ha-noi", date(2025, 12, 30)) == ("unknown", "no-figures")


def test_a_figure_from_before_the_merger_says_nothing_of_the_merged_province(db: Database) -> None:
    figure(db, "officials-2025", "lao-cai", "2025-06", 2, 2)
    assert verdict(db, "officials-2025", "lao-cai", date(2025, 6, 30)) == ("met", "figure-reached")
    assert verdict(db, "officials-2025", "lao-cai") == ("unknown", "no-figures")


def test_a_rejected_figure_does_not_count_and_a_confirmed_one_says_so(db: Database) -> None:
    figure(db, "officials-2025", "ha-noi", "2026-Q2", 1, 2, "12/BC-UBND")
    figure(db, "officials-2025", "ha-noi", "2026-Q3", 2, 2, "19/BC-UBND")
    assert verdict(db, "officials-2025", "ha-noi") == ("met", "figure-reached")
    db.execute("update evidence set state = 'confirmed' where unit_id = 'ha-noi'")
    assert verdict(db, "officials-2025", "ha-noi") == ("met", "confirmed")
    db.execute("update evidence set state = 'rejected' where unit_id = 'ha-noi'")
    assert verdict(db, "officials-2025", "ha-noi") == ("not_met", "figure-below")


def provinces() -> list[str]:
    return [body.id for body in _roster().bodies_on(DAY) if body.kind == "province"]


def test_people_reached_are_unknown_while_any_province_is_missing(db: Database) -> None:
    assert verdict(db, "grassroots-2030", "programme") == ("unknown", "no-figures")
    for province in provinces()[:-1]:
        figure(db, "grassroots-2030", province, "2026-Q3", 9, 10)
    assert verdict(db, "grassroots-2030", "programme") == ("unknown", "figures-missing")
    assert detail(db, "grassroots-2030", "programme") == "33/34"


@pytest.mark.parametrize(("last", "expected"), [(47, ("met", "figure-reached")), (46, ("not_met", "figure-below"))])
def test_people_reached_are_summed_over_the_population_not_averaged(db: Database, last: float, expected: tuple[str, str]) -> None:
    for province in provinces()[:-1]:
        figure(db, "grassroots-2030", province, "2026-Q3", 1, 1)
    # 33 of 33 and `last` of 67: 80 of 100 reach the share, 79 do not.
    figure(db, "grassroots-2030", provinces()[-1], "2026-Q3", last, 67)
    assert verdict(db, "grassroots-2030", "programme") == expected
    assert detail(db, "grassroots-2030", "programme") == f"{33 + last:g}/100"
    assert len([e for e in facts.evidence(db) if e.target_id == "grassroots-2030" and e.kind == "figure"]) == 34


# ── channels ───────────────────────────────────────────────────────────────────────────────────
FEED = "https://bao.vn/khoa-hoc.rss"


def channel(db: Database, url: str | None, kind: str = "publication") -> None:
    imports.keep_channels(db, [Channel("k", "Kênh", url, kind, None)])  # type: ignore[arg-type]


def visit(db: Database, url: str, **more: object) -> None:
    endpoints.discovered(db, "bao", url, "column")
    endpoints.record(db, Visit("bao", url, "column", **{"health": "ok", "http_status": 200, **more}), AT)  # type: ignore[arg-type]


def item(db: Database, day: date, found_on: str = FEED) -> None:
    url = f"https://bao.vn/{day}"
    published = PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), False, "meta")
    pages.discover(db, "bao", [(url, Entry(url, "column", found_on, "Tin"))], AT)
    pages.record(db, Outcome(url, "bao", State.UNRELATED, http_status=200, digest="0", published=published), AT)


def test_without_a_register_there_are_no_units(db: Database) -> None:
    rows = {row["target_id"]: row for row in measure(db, _roster(), DAY)}
    assert [(rows[t]["denominator"], rows[t]["share"]) for t in ("channels-2025", "tasks-2030")] == [(0, None), (0, None)]


@pytest.mark.parametrize(
    ("url", "kind", "reason"),
    [(FEED, "social", "not-crawled"), (None, "tv", "unchecked"), ("https://other.vn/", "tv", "unchecked")],
)
def test_a_channel_that_nobody_asks_is_unknown(db: Database, url: str | None, kind: str, reason: str) -> None:
    visit(db, FEED)
    channel(db, url, kind)
    assert verdict(db, "channels-2025", "k") == ("unknown", reason)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 10, 1), ("met", "channel-alive")), (date(2026, 9, 30), ("not_met", "channel-silent"))],
)
def test_a_channel_is_alive_up_to_the_thirtieth_day_without_an_item(db: Database, day: date, expected: tuple[str, str]) -> None:
    channel(db, FEED)
    visit(db, FEED)
    item(db, day)
    assert verdict(db, "channels-2025", "k") == expected
    assert db.execute("select status from channels").fetchone() == ("ok",)
    assert [e.url for e in facts.evidence(db) if e.target_id == "channels-2025"] == [FEED]


def test_a_channel_whose_items_another_address_listed_first_is_not_called_silent(db: Database) -> None:
    channel(db, FEED)
    visit(db, FEED)
    item(db, date(2026, 10, 20), found_on="https://bao.vn/moi.rss")
    assert verdict(db, "channels-2025", "k") == ("unknown", "channel-undated")


@pytest.mark.parametrize(
    ("reason", "status", "expected"),
    [
        (Reason.TIMEOUT, None, ("unknown", "unreachable")),
        (Reason.HTTP, 500, ("unknown", "unreachable")),
        (Reason.HTTP, 404, ("not_met", "gone")),
    ],
)
def test_a_channel_that_did_not_answer_is_unknown_and_one_that_is_gone_is_not(
    db: Database, reason: Reason, status: int | None, expected: tuple[str, str]
) -> None:
    channel(db, FEED)
    visit(db, FEED, health="failing", reason=reason, http_status=status)
    assert verdict(db, "channels-2025", "k") == expected


# ── tasks ──────────────────────────────────────────────────────────────────────────────────────
def task(db: Database, title: str = TITLE, **more: object) -> None:
    values = {"agency_id": None, "year_from": 2025, "year_to": 2027, "secret": False, **more}
    imports.keep_tasks(db, [Task("t", title, **values)])  # type: ignore[arg-type]


def article(db: Database, text: str, day: date = date(2026, 10, 1), url: str = "https://bao.vn/1") -> None:
    published = PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), False, "meta")
    pages.record(db, Outcome(url, "bao", State.ARTICLE, digest="0"), AT)
    found = Article(url, "Tin khoa học", None, text, None, "vi", published)
    articles.write(db, "bao", found, Tags(0, 0.01, (), (), (), "test"), Archival("a.warc.gz", 7, AT.isoformat()), b"")


def test_a_text_that_names_the_task_makes_it_met_with_the_passage(db: Database) -> None:
    task(db)
    article(db, f"Sáng 1/10, hội đồng nghiệm thu đề tài “{TITLE.upper()}” do viện chủ trì.")
    assert verdict(db, "tasks-2030", "t") == ("met", "task-match")
    proof = db.execute("select url, kind, passage, published_on, rule from evidence").fetchall()
    assert proof == [("https://bao.vn/1", "task-match", TITLE.upper(), "2026-10-01", "tasks-2030/1 1.00")]


def test_half_of_a_title_waits_for_a_person_whose_word_decides(db: Database) -> None:
    task(db)
    article(db, "Nhóm kỹ sư chế tạo cảm biến đo mặn cho vùng nuôi tôm ở Bến Tre.")
    assert verdict(db, "tasks-2030", "t") == ("unknown", "borderline")
    db.execute("update evidence set state = 'confirmed'")
    assert verdict(db, "tasks-2030", "t") == ("met", "confirmed")
    db.execute("update evidence set state = 'rejected'")
    assert verdict(db, "tasks-2030", "t") == ("not_met", "rejected")


@pytest.mark.parametrize(
    "text",
    [
        "Hội thảo bàn về nuôi tôm ở Đồng bằng sông Cửu Long.",
        "Tin khác. ".join(["Chế tạo cảm biến.", *[""] * 60, "Đo mặn vùng nuôi tôm.", *[""] * 60, "Đồng bằng sông Cửu Long."]),
    ],
)  # fmt: skip
def test_a_text_with_pieces_of_the_title_only_is_no_evidence(db: Database, text: str) -> None:
    task(db)
    article(db, text)
    assert verdict(db, "tasks-2030", "t") == ("not_met", "no-coverage")


def test_nothing_is_said_of_a_task_before_anything_was_read_or_published(db: Database) -> None:
    task(db)
    assert verdict(db, "tasks-2030", "t") == ("unknown", "unchecked")
    article(db, TITLE, day=date(2026, 11, 2))
    article(db, "Tin khác.", url="https://bao.vn/2")
    assert verdict(db, "tasks-2030", "t") == ("not_met", "no-coverage")
    assert verdict(db, "tasks-2030", "t", date(2026, 11, 2)) == ("met", "task-match")


@pytest.mark.parametrize("more", [{"secret": True}, {"year_from": 2027}])
def test_a_secret_task_and_one_that_has_not_begun_are_no_units(db: Database, more: dict[str, object]) -> None:
    task(db, **more)
    article(db, TITLE)
    rows = {row["target_id"]: row for row in measure(db, _roster(), DAY)}
    assert rows["tasks-2030"]["denominator"] == 0
    assert [e for e in facts.evidence(db) if e.target_id == "tasks-2030"] == []


def test_a_short_title_never_counts_by_itself(db: Database) -> None:
    task(db, "Chuyển đổi số y tế")
    article(db, "Hội nghị về chuyển đổi số y tế.")
    assert verdict(db, "tasks-2030", "t") == ("unknown", "borderline")


@given(st.text(), st.text())
def test_any_title_and_text_give_a_score_between_0_and_1(title: str, text: str) -> None:
    assert 0 <= overlap(title, text).score <= 1


@given(st.text(alphabet="abc đổi mới ", min_size=1), st.text(alphabet="xyz .,"), st.text(alphabet="xyz .,"))
def test_a_title_within_a_text_is_found_whole(title: str, before: str, after: str) -> None:
    assert overlap(title, f"{before} {title} {after}").score in (0.0, 1.0)
    assert (overlap(title, f"{before} {title} {after}").score == 1.0) == bool(title.strip())
