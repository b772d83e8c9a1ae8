"""Counts with their error: the interval holds the truth about as often as it says, and is missing where nothing is known."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from classifier.suggest import PACKAGED_MODEL
from classifier.taxonomy import load_taxonomy
from crawler.store import articles, samples, scores
from crawler.store.db import open_database
from crawler.store.scores import TopicScore
from crawler.store.search import Wanted
from monitor.cli import cli
from monitor.estimate import Estimate, Part, total
from monitor.runs import CannotRun
from monitor.sample import adjusted, adjusted_result, draw, standings

TOPIC, THRESHOLD, ARTICLES = "youth", 0.4, 900
BEFORE, AFTER = "2020-01-01T00:00:00+07:00", "2099-01-01T00:00:00+07:00"


@dataclass
class Press:
    """Articles of which everything is known: what the model says and what is true."""

    db: Database
    path: Path
    truth: dict[int, bool]

    def check(self, chosen: list[int], at: str = AFTER) -> None:
        """A person judges these articles, and is right."""
        with self.db.atomic():
            self.db.conn.executemany(
                "insert into corrections (article_id, field, value, actor, at) values (?, ?, ?, 'lan', ?)",
                [(number, f"topic:{TOPIC}", str(int(self.truth[number])), at) for number in chosen],
            )

    def forget(self) -> None:
        with self.db.atomic():
            self.db.execute("delete from corrections")

    def drawn(self) -> list[int]:
        rows = "select article_id from sample_articles where sample_id = (select max(id) from samples) order by position"
        return [row[0] for row in self.db.execute(rows).fetchall()]

    def estimate(self, ids: list[int] | None = None) -> Estimate | None:
        return adjusted(self.db.conn, TOPIC, ids)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Press:
    path = tmp_path_factory.mktemp("press") / "x.db"
    rng = random.Random(57)
    truth, rows = {}, []
    for number in range(1, ARTICLES + 1):
        score = round(rng.betavariate(0.2, 1.5) if rng.random() < 0.8 else rng.betavariate(2, 0.6), 4)
        # The model is too bold: half as many again of its errors as its scores admit.
        wrong = 1.5 * (score if score < THRESHOLD else 1 - score)
        truth[number] = (score >= THRESHOLD) != (rng.random() < wrong)
        rows.append((number, [TopicScore(TOPIC, score, score >= THRESHOLD, 0.0)]))
    db = open_database(path)
    with db.atomic():
        articles.sync_topics(db, [(t.id, t.name_vi, t.name_en, t.facet) for t in load_taxonomy()])
        db.execute("insert into sources (id, name, kind, home) values ('bao', 'Báo', 'press', 'http://bao.vn/')")
        db.conn.executemany(
            """insert into articles (id, url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score,
                   model) values (?, ?, 'bao', 'Tin', 'x', ?, '2026-10-01', 9, 1, 1, 'm')""",
            [(number, f"http://bao.vn/{number}", "2026-09-01" if number % 2 else "2026-10-01") for number in truth],
        )
        db.conn.executemany(
            "insert into article_topics (article_id, topic_id, score, decided_by) values (?, ?, ?, 'model')",
            [(number, TOPIC, row.score) for number, (row,) in rows if row.given],
        )
    scores.write(db, "m", rows)
    return Press(db, path, truth)


@pytest.fixture
def press(written: Press) -> Iterator[Press]:
    yield written
    written.forget()
    with written.db.atomic():
        written.db.execute("delete from samples")


def take(press: Press, size: int = 150, seed: int = 57) -> list[int]:
    draw(press.db, TOPIC, size, seed, PACKAGED_MODEL)
    return press.drawn()


def test_the_interval_holds_the_truth_as_often_as_it_says(press: Press) -> None:
    true, half_true = sum(press.truth.values()), [n for n in press.truth if n % 2]
    found = []
    for seed in range(120):
        press.forget()
        press.check(take(press, seed=seed))
        found.append((press.estimate(), press.estimate(half_true)))
    whole, part = [a for a, _ in found if a], [b for _, b in found if b]
    assert len(whole) == len(part) == len(found)
    assert 0.9 <= sum(abs(e.value - true) <= e.half for e in whole) / len(whole) <= 1.0
    mean = sum(e.value for e in whole) / len(whole)
    assert abs(mean - true) < 0.03 * true, "no bias in the long run, whatever the model's scores are worth"
    assert max(e.half for e in whole) < 0.35 * true, "an interval that holds everything says nothing"
    true_of_part = sum(press.truth[n] for n in half_true)
    assert sum(abs(e.value - true_of_part) <= e.half for e in part) / len(part) >= 0.85


@pytest.mark.parametrize("seed", range(3))
def test_coverage_of_the_interval_by_simulation(seed: int) -> None:
    rng = random.Random(seed)
    strata = [(800, 0.01, 0.02), (150, 0.15, 0.3), (80, 0.6, 0.5), (300, 0.97, 0.93)]  # size, believed and true share
    truths = [[rng.random() < share for _ in range(size)] for size, _, share in strata]
    true, held = sum(map(sum, truths)), 0
    for _ in range(400):
        parts = []
        for (size, believed, _), truth in zip(strata, truths, strict=True):
            drawn = rng.sample(truth, 40)
            parts.append(Part(40, sum(drawn), size - 40, sum(drawn), believed))
        estimate = total(parts)
        assert estimate is not None
        held += abs(estimate.value - true) <= estimate.half
    assert 0.91 <= held / 400 <= 0.99


def test_a_sample_of_everything_is_the_truth_itself(press: Press) -> None:
    press.check(take(press, size=10 * ARTICLES))
    estimate = press.estimate()
    assert estimate is not None
    assert (estimate.value, estimate.half, estimate.checked) == (sum(press.truth.values()), 0.0, ARTICLES)


def test_without_a_checked_sample_no_error_is_shown(press: Press) -> None:
    assert press.estimate() is None
    drawn = take(press)
    assert press.estimate() is None
    press.check(drawn[:5])
    assert press.estimate() is None
    assert total([Part(4, 2, 10, 2, 0.5)]) is None
    assert total([Part(4, 2, 0, 2, 0.5)]) == Estimate(2.0, 0.0, 4)


def test_the_same_seed_gives_the_same_sample_and_another_another(press: Press) -> None:
    first = take(press)
    assert take(press) == first
    assert take(press, seed=58) != first
    assert len(set(first)) == len(first)


def test_what_people_judged_before_counts_as_it_is_and_is_not_drawn(press: Press) -> None:
    known = [number for number in press.truth if number % 3 == 0]
    press.check(known, BEFORE)
    drawn = take(press)
    assert not set(drawn) & set(known)
    press.check(drawn)
    estimate = press.estimate(known)
    assert estimate is not None
    assert (estimate.value, estimate.half) == (sum(press.truth[n] for n in known), 0.0)
    with_rest = press.estimate()
    assert with_rest is not None
    assert abs(with_rest.value - sum(press.truth.values())) <= 2 * with_rest.half


def test_corrections_of_chosen_texts_do_not_bend_the_estimate(press: Press) -> None:
    drawn = take(press)
    press.check(drawn)
    before = press.estimate()
    wrong = [n for n in press.truth if n not in drawn][:50]
    press.check(wrong)
    assert press.estimate() == before


def test_a_sample_says_nothing_of_another_model_s_decisions(press: Press) -> None:
    press.check(take(press))
    with press.db.atomic():
        press.db.execute("update article_scores set model = 'n' where article_id = 7")
    try:
        assert press.estimate() is None
        assert press.estimate([1, 2, 3]) is not None
        with pytest.raises(CannotRun, match="several models"):
            take(press)
    finally:
        with press.db.atomic():
            press.db.execute("update article_scores set model = 'm'")


def test_a_search_for_the_topic_gets_its_own_count(press: Press) -> None:
    press.check(take(press))
    october = Wanted(topics=(TOPIC,), since="2026-10-01")
    assert adjusted_result(press.db.conn, october) == press.estimate([n for n in press.truth if n % 2 == 0])
    assert adjusted_result(press.db.conn, Wanted(topics=(TOPIC,))) == press.estimate()
    for other in (Wanted(), Wanted(topics=(TOPIC, "awards")), Wanted(topics=(TOPIC,), relevance=0), Wanted(topics=("awards",))):
        assert adjusted_result(press.db.conn, other) is None


def test_the_queue_gets_what_is_left_in_random_order(press: Press) -> None:
    drawn = take(press)
    assert [row.article_id for row in samples.waiting(press.db.conn, 1000)] == drawn
    press.check(drawn[:3])
    assert [row.article_id for row in samples.waiting(press.db.conn, 2, TOPIC)] == drawn[3:5]
    assert samples.waiting(press.db.conn, 2, "awards") == []
    (standing,) = standings(press.db.conn)
    assert (standing.drawn, standing.checked, standing.adjusted) == (len(drawn), 3, None)


def test_the_commands_draw_and_list(press: Press) -> None:
    run = CliRunner()
    done = run.invoke(cli, ["--db", str(press.path), "--json", "sample", "draw", "--topic", TOPIC, "--size", "120"])
    (told,) = json.loads(done.stdout)["samples"]
    assert (done.exit_code, told["topic"], told["population"]) == (0, TOPIC, ARTICLES)
    press.check(press.drawn())
    (row,) = json.loads(run.invoke(cli, ["--db", str(press.path), "--json", "sample", "list"]).stdout)
    assert row["checked"] == row["drawn"] == told["drawn"]
    assert abs(row["adjusted"]["value"] - sum(press.truth.values())) <= 2 * row["adjusted"]["half"]
    assert " ± " in run.invoke(cli, ["--db", str(press.path), "sample", "list"]).stdout
    nothing = run.invoke(cli, ["--db", str(press.path), "sample", "draw", "--topic", "weather"])
    assert nothing.exit_code == 2
