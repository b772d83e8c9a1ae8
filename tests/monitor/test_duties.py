"""Duties: every one has its rows, nothing is called late without a word or a sight, and the newest word counts."""

from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.roster import load_roster
from crawler.store import duties as store
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.duties import due_days
from monitor.imports import take_in
from monitor.targets import measure

ROSTER = load_roster()
DAY = date(2026, 11, 10)
HEAD = "Mã nhiệm vụ;Đơn vị;Kỳ;Kết quả;Ngày hoàn thành;Văn bản\n"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "nq57.db")
    sync_roster(db, ROSTER, sources=False)
    for source, status in (("chu-luc-a", "ok"), ("chu-luc-b", "ok"), ("chu-luc-c", "failing")):
        db.execute(
            "insert into sources (id, name, kind, key_press, home, status) values (?, ?, 'press', 1, '', ?)",
            [source, source, status],
        )
    db.execute(
        """insert into endpoints (source_id, url, kind, status, http_status, items, title)
           values ('chu-luc-a', 'https://a.vn/nq57', 'column', 'ok', 200, 3, 'NQ57')"""
    )
    measure(db, ROSTER, DAY)
    return db


def states(db: Database, duty: str) -> dict[tuple[str, str], tuple[str, str]]:
    rows = db.execute("select agency_id, period, state, reason from duties where id = ?", [duty]).fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def test_every_duty_has_a_row_for_each_who_owes_it_in_each_period(db: Database) -> None:
    found = dict(db.execute("select id, count(*) from duties group by 1").fetchall())
    # 56 bodies and 3 newspapers at the end of 2025 and of 2026; July 2025 to November 2026.
    assert found == {
        "plan-yearly": 2 * 59, "estimate-yearly": 2 * 59, "report-monthly": 17 * 3, "review-yearly": 2, "reward": 2,
        "press-programme-2025": 3, "train-reporters": 4,
    }  # fmt: skip


def test_nothing_is_late_because_nobody_told(db: Database) -> None:
    assert db.execute("select distinct state, reason from duties where id != 'press-programme-2025'").fetchall() == [
        ("waiting", "no-word")
    ]


def test_special_pages_are_seen_missed_or_unknown(db: Database) -> None:
    assert states(db, "press-programme-2025") == {
        ("chu-luc-a", "once"): ("done", "special-page"),
        ("chu-luc-b", "once"): ("late", "no-page"),
        ("chu-luc-c", "once"): ("waiting", "no-word"),
    }
    measure(db, ROSTER, date(2025, 12, 1))
    assert states(db, "press-programme-2025")["chu-luc-b", "once"] == ("waiting", "no-word")


def test_a_word_counts_the_newest_of_several_and_none_is_lost(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "duties.csv"
    file.write_text(
        HEAD + "plan-yearly;Thành phố Huế;2025;Đã làm;05/01/2026;12/KH-UBND\nreport-monthly;chu-luc-a;2026-10;xong;;Công văn 5\n"
        "review-yearly;bo-khcn;2025;quá hạn;;Công văn 9\n"
    )
    assert take_in(db, ROSTER, "duties", file, partial=False).problems == ()
    assert take_in(db, ROSTER, "duties", file, partial=False).kept == 3
    measure(db, ROSTER, DAY)
    assert states(db, "plan-yearly")["hue", "2025"] == ("done", "word")
    assert states(db, "review-yearly")["bo-khcn", "2025"] == ("late", "word")
    file.write_text(HEAD + "review-yearly;bo-khcn;2025;xong;2026-01-20;Báo cáo 3\n")
    take_in(db, ROSTER, "duties", file, partial=False)
    measure(db, ROSTER, DAY)
    assert states(db, "review-yearly")["bo-khcn", "2025"] == ("done", "word")
    assert db.execute("select state from duty_words where duty_id = 'review-yearly' order by id").fetchall() == [
        ("late",),
        ("done",),
    ]
    assert db.execute("select count(*) from duty_words").fetchone()[0] == 4
    shown = store.shown(db.conn, "hue")
    assert [(row.period, row.done_on, row.document) for row in shown if row.state == "done"] == [
        ("2025", "2026-01-05", "12/KH-UBND")
    ]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("plan;bo-y-te;2025;xong;;x", "duty_id"),
        ("plan-yearly;bo-la;2025;xong;;x", "unit_id"),
        ("report-monthly;bo-y-te;2026-10;xong;;x", "unit_id"),
        ("plan-yearly;hai-duong;2025;xong;;x", "unit_id"),
        ("plan-yearly;bo-y-te;2024;xong;;x", "period"),
        ("plan-yearly;bo-y-te;2025;có lẽ;;x", "state"),
        ("plan-yearly;bo-y-te;2025;xong;31/02/2026;x", "done_on"),
        ("plan-yearly;bo-y-te;2025;xong;2099-01-01;x", "done_on"),
        ("plan-yearly;bo-y-te;2025;quá hạn;2026-01-01;x", "done_on"),
        ("plan-yearly;bo-y-te;2025;xong;;", "document"),
        ("plan-yearly;bo-y-te;2025;xong;;=1+1", "document"),
    ],
)
def test_a_bad_line_is_named_with_its_field(db: Database, tmp_path: Path, line: str, field: str) -> None:
    file = tmp_path / "duties.csv"
    file.write_text(HEAD + line + "\n")
    taken = take_in(db, ROSTER, "duties", file, partial=True)
    assert [(problem.line, problem.field) for problem in taken.problems] == [(2, field)] and taken.kept == 0


def test_the_periods_are_those_of_the_programme() -> None:
    duties = {duty.id: list(due_days(duty, date(2026, 1, 20))) for duty in ROSTER.programme.duties}
    assert duties["report-monthly"][0] == ("2025-07", date(2025, 7, 20))
    assert duties["report-monthly"][-2:] == [("2026-01", date(2026, 1, 20)), ("2026-02", date(2026, 2, 20))]
    assert duties["plan-yearly"] == [("2025", date(2025, 12, 31)), ("2026", date(2026, 12, 31))]
    assert duties["press-programme-2025"] == [("once", date(2025, 12, 31))]
