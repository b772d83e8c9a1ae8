"""Verdicts: met, not met, could not be checked; a page that did not answer is never a no."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.clock import VIETNAM
from crawler.items import Article, Entry, Outcome, PublishedAt, Reason, State, Visit
from crawler.roster import Roster, Source, load_roster
from crawler.store import articles, endpoints, facts, pages
from crawler.store.articles import Archival, Named, Passage, Tags
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.targets import measure

DAY = date(2026, 10, 31)
AT = datetime(2026, 10, 31, 8, tzinfo=VIETNAM)
HOME, COLUMN = "https://portal.vn/", "https://portal.vn/nghi-quyet-57"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = open_database(tmp_path / "x.db")
    sync_roster(database, _roster())
    articles.sync_topics(database, [("innovation", "Đổi mới sáng tạo", "Innovation", "subject")])
    return database


@lru_cache
def _roster() -> Roster:
    own = load_roster()
    sources = (
        Source(id="portal-lao-cai", name="Lào Cai", kind="portal", agency="lao-cai", home=HOME, hosts=("portal.vn",)),
        Source(id="bao", name="Báo", kind="press", key_press=True, home="https://bao.vn/", hosts=("bao.vn",)),
    )
    return Roster(sources=sources, agencies=own.agencies, programme=own.programme)


def visit(db: Database, url: str, kind: str, source: str = "portal-lao-cai", **more: object) -> None:
    if kind == "column":
        endpoints.discovered(db, source, url, "column")
    endpoints.record(db, Visit(source, url, kind, **{"health": "ok", "http_status": 200, **more}), AT)  # type: ignore[arg-type]
    endpoints.settle(db, [source], AT)


def item(db: Database, url: str, day: date | None, column: str = COLUMN, source: str = "portal-lao-cai") -> None:
    published = PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), False, "meta") if day else None
    pages.discover(db, source, [(url, Entry(url, "column", column, "Tin"))], AT, column=column)
    pages.record(db, Outcome(url, source, State.UNRELATED, http_status=200, digest="0", published=published), AT)


def article(db: Database, url: str, source: str, text: str, day: date, agency: str | None = None, at: int = 0) -> int:
    published = PublishedAt(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), False, "meta")
    named = (Named(agency, 1, False, "actor"),) if agency else ()
    spans = (Passage(f"agency:{agency}", "text", at, at + 8),) if agency else ()
    tags = Tags(2, 0.99, (("innovation", 0.9),), named, spans, "test")
    pages.record(db, Outcome(url, source, State.ARTICLE, digest="0"), AT)
    found = Article(url, "Tin", None, text, None, "vi", published)
    return articles.write(db, source, found, tags, Archival("a.warc.gz", 0, AT.isoformat()), b"")


def verdict(db: Database, target: str, unit: str) -> tuple[str, str, str | None]:
    measure(db, _roster(), DAY)
    found = next(v for v in facts.verdicts(db, DAY) if (v.target_id, v.unit_id) == (target, unit))
    return found.verdict, found.reason, found.last_item_on


def test_a_body_without_a_source_is_unknown(db: Database) -> None:
    assert verdict(db, "columns-2025", "ha-noi") == ("unknown", "no-source", None)
    assert verdict(db, "plans-2025", "ha-noi") == ("unknown", "no-source", None)


def test_a_live_column_is_met_up_to_its_thirtieth_day(db: Database) -> None:
    visit(db, COLUMN, "column")
    item(db, "https://portal.vn/1", DAY - timedelta(days=30))
    assert verdict(db, "columns-2025", "lao-cai") == ("met", "alive", "2026-10-01")


def test_a_column_that_was_silent_longer_is_told_from_a_missing_one(db: Database) -> None:
    visit(db, COLUMN, "column")
    item(db, "https://portal.vn/1", DAY - timedelta(days=31))
    assert verdict(db, "columns-2025", "lao-cai") == ("not_met", "silent", "2026-09-30")


def test_an_item_published_after_the_day_does_not_count(db: Database) -> None:
    visit(db, COLUMN, "column")
    item(db, "https://portal.vn/1", DAY + timedelta(days=1))
    item(db, "https://portal.vn/2", date(2026, 8, 1))
    assert verdict(db, "columns-2025", "lao-cai") == ("not_met", "silent", "2026-08-01")


def test_a_portal_that_was_read_without_a_column_misses_it(db: Database) -> None:
    visit(db, HOME, "home")
    assert verdict(db, "columns-2025", "lao-cai") == ("not_met", "missing", None)


@pytest.mark.parametrize(
    ("health", "reason", "said"),
    [("failing", Reason.REFUSED, "unreachable"), ("failing", Reason.HTTP, "unreachable"), ("blocked", Reason.ROBOTS, "robots")],
)
def test_a_portal_that_did_not_answer_is_unknown(db: Database, health: str, reason: Reason, said: str) -> None:
    visit(db, HOME, "home", health=health, reason=reason, http_status=None)
    assert verdict(db, "columns-2025", "lao-cai") == ("unknown", said, None)
    assert verdict(db, "plans-2025", "lao-cai") == ("unknown", said, None)


def test_a_column_that_does_not_answer_is_unknown_though_the_portal_does(db: Database) -> None:
    visit(db, HOME, "home")
    visit(db, COLUMN, "column", health="failing", reason=Reason.TIMEOUT, http_status=None)
    assert verdict(db, "columns-2025", "lao-cai") == ("unknown", "unreachable", None)


def test_a_met_unit_that_cannot_be_reached_stays_met_for_thirty_days(db: Database) -> None:
    visit(db, COLUMN, "column", warc_file="1-00000.warc.gz", warc_offset=0)
    item(db, "https://portal.vn/1", DAY - timedelta(days=2))
    assert verdict(db, "columns-2025", "lao-cai") == ("met", "alive", "2026-10-29")
    visit(db, COLUMN, "column", health="failing", reason=Reason.TIMEOUT, http_status=None)
    for days, said in ((0, "met"), (7, "met"), (30, "met"), (31, "unknown")):
        rows = {row["target_id"]: row for row in measure(db, _roster(), DAY + timedelta(days=days))}
        assert rows["columns-2025"][said] == (1 if said == "met" else rows["columns-2025"]["denominator"])
    kept = db.execute(
        """select v.reason, v.detail, v.since, v.last_item_on, e.url
           from target_verdicts v join evidence e on e.id = v.evidence_id
           where v.target_id = 'columns-2025' and v.unit_id = 'lao-cai' and v.as_of = '2026-11-30'"""
    ).fetchall()
    assert kept == [("stale", "2026-10-31", "2026-10-31", "2026-10-29", COLUMN)]


def test_a_unit_that_is_reached_again_was_met_all_the_time(db: Database) -> None:
    visit(db, COLUMN, "column", warc_file="1-00000.warc.gz", warc_offset=0)
    item(db, "https://portal.vn/1", DAY)
    for days, health in ((0, "ok"), (7, "failing"), (14, "ok")):
        reason = None if health == "ok" else Reason.HTTP
        visit(db, COLUMN, "column", health=health, reason=reason, http_status=200 if health == "ok" else 503)
        measure(db, _roster(), DAY + timedelta(days=days))
    rows = db.execute(
        "select reason, since from target_verdicts where unit_id = 'lao-cai' and target_id = 'columns-2025' order by as_of"
    ).fetchall()
    assert rows == [("alive", "2026-10-31"), ("stale", "2026-10-31"), ("alive", "2026-10-31")]


def test_a_column_that_was_taken_down_is_missing_at_once(db: Database) -> None:
    visit(db, HOME, "home")
    visit(db, COLUMN, "column", warc_file="1-00000.warc.gz", warc_offset=0)
    item(db, "https://portal.vn/1", DAY)
    assert verdict(db, "columns-2025", "lao-cai")[:2] == ("met", "alive")
    visit(db, COLUMN, "column", health="failing", reason=Reason.HTTP, http_status=404)
    assert verdict(db, "columns-2025", "lao-cai")[:2] == ("not_met", "missing")


def test_a_column_that_is_gone_from_a_portal_that_answers_is_missing(db: Database) -> None:
    visit(db, HOME, "home")
    visit(db, COLUMN, "column", health="failing", reason=Reason.HTTP, http_status=404)
    assert verdict(db, "columns-2025", "lao-cai") == ("not_met", "missing", None)


def test_a_column_without_dates_is_unknown(db: Database) -> None:
    visit(db, COLUMN, "column", items=1)
    item(db, "https://portal.vn/1", None)
    assert verdict(db, "columns-2025", "lao-cai") == ("unknown", "undated", None)


PLAN = "UBND tỉnh Lào Cai đã ban hành Kế hoạch số 205/KH-UBND thực hiện Quyết định số 1169/QĐ-TTg về truyền thông."


def test_a_report_in_the_press_is_enough_though_the_portal_is_down(db: Database) -> None:
    visit(db, HOME, "home", health="failing", reason=Reason.REFUSED, http_status=None)
    article(db, "https://bao.vn/1", "bao", PLAN, date(2025, 9, 1), "lao-cai")
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("met", "plan-report")


def test_a_plan_of_a_predecessor_counts_for_the_successor(db: Database) -> None:
    article(db, "https://bao.vn/1", "bao", PLAN.replace("Lào Cai", "Yên Bái"), date(2025, 6, 25), "yen-bai")
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("met", "plan-report")
    assert [e.issued_by for e in facts.evidence(db) if e.unit_id == "lao-cai"] == ["yen-bai"]


def test_what_a_person_rejected_stays_rejected_at_every_measure(db: Database) -> None:
    visit(db, HOME, "home")
    article(db, "https://bao.vn/1", "bao", PLAN, date(2025, 9, 1), "lao-cai")
    measure(db, _roster(), DAY)
    db.execute("update evidence set state = 'rejected', decided_by = 'person' where unit_id = 'lao-cai'")
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("not_met", "no-plan")


def test_a_later_day_keeps_since_while_nothing_changes(db: Database) -> None:
    visit(db, HOME, "home")
    measure(db, _roster(), DAY)
    measure(db, _roster(), DAY + timedelta(days=7))
    since = db.execute(
        "select since from target_verdicts where unit_id = 'lao-cai' and target_id = 'columns-2025' order by as_of"
    ).fetchall()
    assert since == [(DAY.isoformat(),), (DAY.isoformat(),)]


def special_page(db: Database, day: date) -> None:
    visit(db, "https://bao.vn/nq57", "column", source="bao")
    item(db, "https://bao.vn/1", day, column="https://bao.vn/nq57", source="bao")


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (lambda db: visit(db, "https://bao.vn/", "home", source="bao"), ("not_met", "no-page")),
        (lambda db: special_page(db, date(2026, 7, 5)), ("not_met", "silent")),
        (lambda db: special_page(db, date(2026, 10, 20)), ("not_met", "no-output")),
    ],
)
def test_key_press_owes_a_page_its_items_and_articles(
    db: Database, prepare: Callable[[Database], None], expected: tuple[str, str]
) -> None:
    prepare(db)
    assert verdict(db, "press-2025", "bao")[:2] == expected


def test_key_press_with_a_live_page_and_articles_is_met(db: Database) -> None:
    special_page(db, date(2026, 10, 20))
    article(db, "https://bao.vn/2", "bao", "Nghị quyết 57 đi vào cuộc sống.", date(2026, 10, 21))
    assert verdict(db, "press-2025", "bao")[:2] == ("met", "alive")


def test_met_not_met_and_unknown_add_up_to_the_denominator(db: Database) -> None:
    visit(db, HOME, "home")
    rows = {str(row["target_id"]): row for row in measure(db, _roster(), DAY)}
    assert len(rows) == 8
    for row in rows.values():
        assert int(str(row["met"])) + int(str(row["not_met"])) + int(str(row["unknown"])) == row["denominator"]
    assert rows["columns-2025"]["denominator"] == 56 and rows["press-2025"]["denominator"] == 1


def test_the_share_is_met_over_the_denominator_and_not_a_rounded_one(db: Database) -> None:
    visit(db, HOME, "home")
    visit(db, COLUMN, "column")
    item(db, f"{COLUMN}/1", DAY)
    row = next(row for row in measure(db, _roster(), DAY) if row["target_id"] == "columns-2025")
    assert (row["met"], row["share"]) == (1, 1 / 56)


def test_a_persons_correction_outlives_a_new_reading(db: Database) -> None:
    first = article(db, "https://bao.vn/1", "bao", "Nghị quyết 57.", date(2026, 10, 1), "lao-cai")
    for field, value in (("relevance", "1"), ("topic:innovation", "0"), ("agency:ha-noi", "1")):
        db.execute(
            "insert into corrections (article_id, field, value, actor, at) values (?, ?, ?, 'an', ?)",
            [first, field, value, AT.isoformat()],
        )
    assert article(db, "https://bao.vn/1", "bao", "Nghị quyết 57 mới.", date(2026, 10, 1), "lao-cai") == first
    assert db.execute("select relevance from articles").fetchone() == (1,)
    assert db.execute("select topic_id from article_topics").fetchall() == []
    assert db.execute("select agency_id, decided_by from article_agencies order by 1").fetchall() == [
        ("ha-noi", "person"),
        ("lao-cai", "rule"),
    ]
    assert db.execute("select n, text from article_versions order by n").fetchall() == [
        (1, "Nghị quyết 57."),
        (2, "Nghị quyết 57 mới."),
    ]


def test_a_day_that_is_measured_late_leaves_the_units_of_today(db: Database) -> None:
    measure(db, _roster(), DAY)
    measure(db, _roster(), date(2025, 6, 30))
    units = db.execute("select count(*) from target_units where target_id = 'columns-2025'").fetchone()
    assert units == (56,)
