"""The texts most worth a minute: in doubt, often printed, new; one row a story, and what people checked is out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from classifier.suggest import PACKAGED_MODEL
from classifier.taxonomy import TOPIC_IDS, load_taxonomy
from classifier.topics import TopicModel
from classifier.types import Document
from crawler.store import articles, corrections, scores
from crawler.store.db import open_database
from crawler.store.scores import TopicScore
from monitor.scores import doubt, fill
from monitor.worth import worth

TODAY = date(2026, 10, 20)


class Press:
    """A database with articles written by hand."""

    def __init__(self, path: Path) -> None:
        self.db: Database = open_database(path)
        with self.db.atomic():
            articles.sync_topics(self.db, [(t.id, t.name_vi, t.name_en, t.facet) for t in load_taxonomy()])
            self.db.execute(
                """insert into sources (id, name, kind, key_press, home) values
                   ('bao', 'Báo', 'press', 0, 'http://bao.vn/'), ('lon', 'Báo lớn', 'press', 1, 'http://lon.vn/')"""
            )

    def article(self, number: int, scored: dict[str, float], *, story: int = 0, days: int = 1, source: str = "bao") -> int:
        """One relevant article, `days` old, with the probabilities of some topics; every threshold is a half."""
        story = story or number
        day = TODAY - timedelta(days)
        with self.db.atomic():
            self.db.execute("insert or ignore into stories (id, articles) values (?, 0)", [story])
            self.db.execute(
                """insert into articles (id, url, source_id, title, text, published_at, published_on, fetched_at, words,
                       relevance, relevance_score, story_id, original, model)
                   values (?, ?, ?, ?, 'x', ?, ?, ?, 9, 2, 1, ?, ?, 'm')""",
                [
                    *(number, f"http://{source}.vn/{number}", source, f"Bài {number}"),
                    *(day.isoformat(), day.isoformat(), day.isoformat(), story, int(story == number)),
                ],
            )
        rows = [TopicScore(topic, score, score >= 0.5, doubt(score, 0.5)) for topic, score in scored.items()]
        scores.write(self.db, "m", [(number, rows)])
        return number

    def correct(self, article: int, field: str, value: str) -> None:
        with self.db.atomic():
            self.db.execute(
                "insert into corrections (article_id, field, value, actor, at) values (?, ?, ?, 'lan', '2026-10-20')",
                [article, field, value],
            )
            corrections.apply(self.db.conn, article)

    def queue(self, limit: int = 10, topic: str | None = None) -> list[int]:
        return [row.article.article_id for row in worth(self.db.conn, limit, topic=topic, today=TODAY)]


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    made = Press(tmp_path / "x.db")
    yield made
    made.db.close()


def test_doubt_is_greatest_on_the_threshold() -> None:
    assert doubt(0.4, 0.4) == pytest.approx(1.0)
    assert doubt(0.0, 0.4) == doubt(1.0, 0.4) == 0.0
    assert [doubt(0.2, 0.4), doubt(0.7, 0.4)] == pytest.approx([0.5, 0.5])


def test_the_uncertain_come_first_and_the_certain_not_at_all(press: Press) -> None:
    press.article(1, {"youth": 0.99, "awards": 0.01})
    press.article(2, {"youth": 0.72})
    press.article(3, {"youth": 0.49})
    press.article(4, {"youth": 0.49, "awards": 0.55})
    assert press.queue() == [4, 3, 2]
    assert press.queue(limit=1) == [4]
    assert press.queue(topic="awards") == [4]


def test_often_printed_well_read_and_new_ones_are_worth_more(press: Press) -> None:
    press.article(1, {"youth": 0.5})
    press.article(2, {"youth": 0.5}, days=60)
    press.article(3, {"youth": 0.5}, source="lon")
    press.article(4, {"youth": 0.5})
    for copy in (41, 42, 43):
        press.article(copy, {"youth": 0.5}, story=4)
    first = worth(press.db.conn, 10, today=TODAY)
    assert [row.article.article_id for row in first] == [4, 3, 1, 2]
    assert [row.articles for row in first] == [4, 1, 1, 1]
    (field,) = first[0].fields
    assert (field.field, field.given, field.doubt) == ("topic:youth", True, 1.0)


def test_what_a_person_judged_is_out_for_the_whole_story(press: Press) -> None:
    press.article(1, {"youth": 0.5, "awards": 0.5})
    press.article(2, {"youth": 0.5, "awards": 0.5}, story=1)
    press.correct(2, "topic:youth", "1")
    (row,) = worth(press.db.conn, 10, today=TODAY)
    assert [field.field for field in row.fields] == ["topic:awards"]
    press.correct(1, "topic:awards", "0")
    assert press.queue() == []


def test_an_article_that_people_found_irrelevant_is_out(press: Press) -> None:
    press.article(1, {"youth": 0.5})
    press.correct(1, "relevance", "0")
    assert press.queue() == []


def test_an_uncertain_relevance_is_asked_about(press: Press) -> None:
    press.article(1, {"youth": 0.01})
    press.db.execute("update articles set relevance = 0, relevance_score = 0.45")
    (row,) = worth(press.db.conn, 10, today=TODAY)
    assert [(f.field, f.given) for f in row.fields] == [("relevance", False)]
    press.correct(1, "relevance", "1")
    assert press.queue() == []


def test_scores_are_the_model_s_and_made_again_when_the_text_or_the_model_changes(press: Press) -> None:
    press.article(1, {})
    model = TopicModel.load(PACKAGED_MODEL)
    assert (fill(press.db, PACKAGED_MODEL), fill(press.db, PACKAGED_MODEL)) == (1, 0)
    rows = press.db.execute("select topic_id, score, given, model from article_scores order by 1").fetchall()
    said = dict(zip(TOPIC_IDS, model.probabilities(Document("Bài 1", "x")), strict=True))
    assert {topic: score for topic, score, _, _ in rows} == pytest.approx(said, abs=1e-4)
    assert all(given == (said[topic] >= model.thresholds[topic]) and by == model.id for topic, _, given, by in rows)
    for change in ("text = 'Lễ trao giải'", "model = 'n'"):
        press.db.execute(f"update articles set {change}")
        assert fill(press.db, PACKAGED_MODEL) == 1
    press.db.execute("update articles set relevance_score = 0.9")
    assert fill(press.db, PACKAGED_MODEL) == 0
