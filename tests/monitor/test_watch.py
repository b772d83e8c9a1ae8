"""Signals: what chance brings raises no alarm, what it does not is found, and each is a row that leads to its articles."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from crawler.roster import load_roster
from crawler.store import signals as store
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.signals import Count, Signal, observed_weeks, weekly_signal
from monitor.targets import measure

MONDAY = date(2026, 1, 5)
WEEK = timedelta(days=7)


def last_signal(counts: list[int], stories: int | None = None) -> Signal | None:
    weeks = [MONDAY + n * WEEK for n in range(len(counts))]
    series = {week: Count(n, n if stories is None else min(n, stories)) for week, n in zip(weeks, counts, strict=True) if n}
    return weekly_signal("agency", "x", series, weeks, min(series, default=MONDAY))


@pytest.mark.parametrize("mean", [0.1, 0.5, 1, 3, 10, 40])
@pytest.mark.parametrize("spread", [None, 4])
def test_chance_alone_hardly_ever_raises_an_alarm(mean: float, spread: int | None) -> None:
    """Poisson weeks, and weeks that vary far more: of 400 judged each, at most one is told."""
    rng = np.random.default_rng(57)
    told = 0
    for _ in range(20):
        drawn = rng.poisson(mean, 60) if spread is None else rng.negative_binomial(spread, spread / (spread + mean), 60)
        told += sum(last_signal([int(n) for n in drawn[:end]]) is not None for end in range(1, 61, 3))
    assert told <= 1


@pytest.mark.parametrize("counts", [[9], [9, 0], [4, 5, 3, 4, 5, 4, 80], [0] * 30, [1] + [0] * 30, [2, 1] * 10 + [5]])
def test_short_and_small_series_say_nothing(counts: list[int]) -> None:
    assert last_signal(counts) is None


def test_a_spike_is_told_with_what_was_usual() -> None:
    usual = [9, 11, 10, 8, 12, 10, 9, 11, 10, 13, 7, 10]
    found = last_signal([*usual, 40])
    assert found and (found.kind, found.value, found.expected) == ("spike", 40, 10.0)
    assert found.first_on == MONDAY + 12 * WEEK and found.last_on == found.first_on + timedelta(days=6)
    # Forty papers with one and the same text are no spike.
    assert last_signal([*usual, 40], stories=3) is None


def test_a_new_level_is_no_spike_every_week_and_an_old_spike_hides_no_new_one() -> None:
    step = [2, 3, 2, 1, 3, 2, 2, 3, 2, 2, 1, 3, 20, 22, 19, 21, 20, 23]
    assert last_signal([*step, 24]) is None
    found = last_signal([*step, 70])
    assert found and found.since == MONDAY + 12 * WEEK and found.expected == pytest.approx(20.8)
    assert last_signal([10, 11, 9, 12, 70, 10, 9, 11, 10, 12, 60]) is not None


def test_a_silence_is_told_once_it_is_no_chance_and_says_since_when() -> None:
    usual = [6, 5, 7, 6, 4, 6, 5, 7, 6, 6, 5, 6]
    assert last_signal([1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 0, 0]) is None
    found = last_signal([*usual, 0, 0, 0])
    assert found and (found.kind, found.value, found.since) == ("silence", 0, MONDAY + 12 * WEEK)


def test_a_week_that_was_not_collected_is_nobodys_silence() -> None:
    whole = {MONDAY + n * WEEK: Count(100, 80) for n in range(12)}
    whole[MONDAY + 5 * WEEK] = Count(3, 3)
    del whole[MONDAY + 7 * WEEK]
    weeks = observed_weeks(whole, MONDAY + 12 * WEEK)
    assert len(weeks) == 10 and not {MONDAY + 5 * WEEK, MONDAY + 7 * WEEK} & set(weeks)
    assert observed_weeks(whole, MONDAY + 11 * WEEK + timedelta(days=5))[-1] == MONDAY + 10 * WEEK
    assert observed_weeks(whole, MONDAY + 11 * WEEK + timedelta(days=6))[-1] == MONDAY + 11 * WEEK
    assert observed_weeks({}, MONDAY) == []


# ── in a database ──────────────────────────────────────────────────────────────────────────────
UNTIL = MONDAY + 15 * WEEK - timedelta(days=1)


def _article(db: Database, n: int, source: str, day: date, agency: str) -> None:
    db.execute("insert into stories (id, articles) values (?, 1)", [n])
    db.execute(
        """insert into articles (id, url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score,
               story_id, model) values (?, ?, ?, 'Tin', 'Tin', ?, '', 1, 2, 1, ?, 'test')""",
        [n, f"https://{source}.vn/{n}", source, day.isoformat(), n],
    )
    db.execute("insert into article_agencies values (?, ?, 1, 0, 'actor', 'rule')", [n, agency])


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Fifteen weeks: bao-a falls silent in the last three, bao-b (which cannot be read) too, Hà Nội has a spike in the last."""
    db = open_database(tmp_path / "nq57.db")
    sync_roster(db, load_roster(), sources=False)
    for source, status in (("bao-a", "ok"), ("bao-b", "failing"), ("bao-c", "ok")):
        db.execute(
            "insert into sources (id, name, kind, home, status) values (?, ?, 'press', ?, ?)", [source, source, source, status]
        )
    n = 0
    for week in range(15):
        monday = MONDAY + week * WEEK
        named = [("bao-c", "ha-noi")] * (90 if week == 14 else 10) + [("bao-c", "bo-khcn")] * (week == 13)
        named += [(source, "ha-noi") for source in ("bao-a", "bao-b") for _ in range(7)] if week < 12 else []
        for at, (source, agency) in enumerate(named):
            n += 1
            _article(db, n, source, monday + timedelta(days=at % 7), agency)
    measure(db, load_roster(), UNTIL)
    return db


def test_signals_are_stored_by_name_and_equal_the_raw_rows(db: Database) -> None:
    found = {(row.kind, row.key): row for row in store.newest(db.conn, 50)}
    assert set(found) == {
        ("spike", "ha-noi"), ("spike", "bao-c"), ("silence", "bao-a"), ("first-coverage", "bo-khcn"),
    }  # fmt: skip
    column = {"agency": "g.agency_id", "source": "a.source_id"}
    for row in found.values():
        counted = db.execute(
            f"""select count(distinct a.id) from articles a join article_agencies g on g.article_id = a.id
                where {column[row.dim]} = ? and a.published_on between ? and ?""",
            [row.key, row.first_on, row.last_on],
        ).fetchone()
        assert counted[0] == row.value, row
    assert found["silence", "bao-a"].since == (MONDAY + 12 * WEEK).isoformat()
    assert found["spike", "ha-noi"].name_vi == "Thành phố Hà Nội"


def test_bodies_without_coverage_are_all_those_that_nothing_names(db: Database) -> None:
    keys = {row.key for row in store.uncovered(db.conn)}
    assert len(keys) == 54 and not {"ha-noi", "bo-khcn"} & keys


def test_a_predecessors_coverage_is_coverage_of_the_province(db: Database) -> None:
    _article(db, 9001, "bao-c", UNTIL, "hai-duong")
    measure(db, load_roster(), UNTIL)
    assert "hai-phong" not in {row.key for row in store.uncovered(db.conn)}


def test_the_same_day_again_and_an_earlier_day_change_nothing(db: Database) -> None:
    before = db.execute("select * from signals order by 1, 2, 3, 4, 5").fetchall()
    measure(db, load_roster(), UNTIL)
    assert db.execute("select * from signals order by 1, 2, 3, 4, 5").fetchall() == before
    measure(db, load_roster(), UNTIL - 6 * WEEK)
    assert set(before) <= set(db.execute("select * from signals").fetchall())


def test_where_nothing_was_collected_nobody_is_said_to_be_missing(tmp_path: Path) -> None:
    empty = open_database(tmp_path / "empty.db")
    sync_roster(empty, load_roster(), sources=False)
    measure(empty, load_roster(), UNTIL)
    assert empty.execute("select count(*) from signals").fetchone()[0] == 0
