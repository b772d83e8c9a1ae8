"""The figures of a suggester, and the floors that they may not fall below."""

from __future__ import annotations

import json

import pytest

from classifier.agencies import Gazetteer
from classifier.corpus import Example, corpus_digest, held_out_examples, training_examples
from classifier.evaluate import AGENCIES, BASELINE, RELEVANCE, TOPICS, Evaluation, evaluate, read_floors
from classifier.suggest import Suggester
from classifier.taxonomy import TOPIC_IDS
from classifier.train import fit
from classifier.types import AgencyMention, AgencyName, Document, Relevance, Suggestion, TopicScore
from crawler.roster import load_roster


class Fixed:
    """Says the same of every text."""

    def __init__(self, level: int, topics: tuple[str, ...], agencies: tuple[str, ...]) -> None:
        self.suggestion = Suggestion(
            Relevance(2 if level else 0, 0.5),
            tuple(TopicScore(topic, 0.9) for topic in topics),
            tuple(AgencyMention(agency, 1, False, "named") for agency in agencies),
            "fixed",
        )

    def suggest(self, doc: Document) -> Suggestion:
        return self.suggestion

    def probabilities(self, doc: Document) -> tuple[float, ...]:
        given = {topic.id: topic.score for topic in self.suggestion.topics}
        return tuple(given.get(topic, 0.25) for topic in TOPIC_IDS)


def gold(number: int, topics: set[str] | None, relevance: int | None, agencies: set[str] | None) -> Example:
    return Example(
        id=f"g{number}",
        title="",
        text="x",
        language="vi",
        topics=None if topics is None else frozenset(topics),
        relevance=relevance,
        agencies=None if agencies is None else frozenset(agencies),
        story=f"g{number}",
    )


@pytest.fixture
def evaluation() -> Evaluation:
    texts = [gold(0, {"youth"}, 2, {"hue"}), gold(1, {"youth", "awards"}, 1, {"hue", "vtv"}), gold(2, set(), 0, set())]
    return evaluate(texts, Fixed(1, ("youth",), ("hue",)))


def test_precision_recall_and_support(evaluation: Evaluation) -> None:
    youth = evaluation.score("youth")
    assert (youth.precision, youth.recall, youth.support) == (pytest.approx(2 / 3), 1.0, 2)
    assert youth.f1 == pytest.approx(0.8)
    awards = evaluation.score("awards")
    assert (awards.precision, awards.recall, awards.f1, awards.support) == (1.0, 0.0, 0.0, 1)
    agencies = evaluation.score(AGENCIES)
    assert (agencies.precision, agencies.recall, agencies.support) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert evaluation.score(RELEVANCE).f1 == pytest.approx(0.8)


def test_the_interval_holds_the_figure_and_is_repeatable(evaluation: Evaluation) -> None:
    for score in evaluation.scores:
        assert 0.0 <= score.low <= score.f1 <= score.high <= 1.0
    assert evaluation.score("youth").low < evaluation.score("youth").high


def test_the_summary_is_the_mean_of_the_topics_that_occur(evaluation: Evaluation) -> None:
    assert evaluation.score(TOPICS).f1 == pytest.approx((evaluation.score("youth").f1 + evaluation.score("awards").f1) / 2)


def test_a_topic_that_no_text_has_and_none_was_given_is_not_called_faultless(evaluation: Evaluation) -> None:
    with pytest.raises(KeyError):
        evaluation.score("budget")
    wrong = evaluate([gold(0, {"youth"}, 2, set())], Fixed(1, ("budget",), ()))
    assert (wrong.score("budget").f1, wrong.score("budget").support) == (0.0, 0)


def test_kinds_of_label_that_nobody_gave_are_left_out() -> None:
    evaluation = evaluate([gold(0, {"youth"}, None, None)], Fixed(1, ("youth",), ("hue",)))
    assert {score.label for score in evaluation.scores} == {TOPICS, "youth"}
    with pytest.raises(KeyError):
        evaluation.score(RELEVANCE)


def test_text_and_json_carry_every_label(evaluation: Evaluation) -> None:
    table = evaluation.as_text()
    rows = json.loads(evaluation.as_json())["scores"]
    assert {row["label"] for row in rows} == {TOPICS, RELEVANCE, AGENCIES, "youth", "awards"}
    assert all(row["label"] in table for row in rows)


def test_topics_taken_for_one_another_are_counted() -> None:
    texts = [gold(0, {"awards"}, 2, set()), gold(1, {"awards", "review"}, 2, set()), gold(2, {"youth"}, 2, set())]
    evaluation = evaluate(texts, Fixed(1, ("youth",), ()))
    assert [(row.missed, row.given, row.texts) for row in evaluation.confusions] == [
        ("awards", "youth", 2),
        ("review", "youth", 1),
    ]
    assert "2  awards taken for youth" in evaluation.as_text()
    assert json.loads(evaluation.as_json())["confusions"][0] == {"missed": "awards", "given": "youth", "texts": 2}


def test_the_reliability_table_sets_probabilities_beside_what_was_true(evaluation: Evaluation) -> None:
    table = evaluation.reliability
    assert table is not None
    low, high = table.bins
    assert (low.low, low.high, low.decisions, low.predicted) == (0.2, 0.3, 45, pytest.approx(0.25))
    assert (high.decisions, high.predicted, high.observed) == (3, pytest.approx(0.9), pytest.approx(2 / 3))
    assert low.observed == pytest.approx(1 / 45)
    expected = (45 * (0.25 - 1 / 45) + 3 * (0.9 - 2 / 3)) / 48
    assert table.calibration_error == pytest.approx(expected)
    assert "0.2 - 0.3" in evaluation.as_text()


def test_topics_that_nobody_judged_have_neither_confusions_nor_reliability() -> None:
    evaluation = evaluate([gold(0, None, 2, set())], Fixed(1, (), ()))
    assert (evaluation.confusions, evaluation.reliability) == ((), None)


def test_nothing_to_evaluate_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        evaluate([], Fixed(0, (), ()))


def test_a_label_below_its_floor_or_unmeasured_is_named(evaluation: Evaluation) -> None:
    assert evaluation.below({"youth": 0.8}) == ()
    (low,) = evaluation.below({"awards": 0.5})
    assert low == "awards: F1 0.000 is below 0.500"
    assert evaluation.below({"weather": 0.1}) == ("weather: not measured",)


def test_the_held_out_texts_stay_above_their_floors() -> None:
    names = [AgencyName(row.agency_id, row.name, row.kind, row.short) for row in load_roster().agency_names()]
    suggester = Suggester(fit(training_examples()), Gazetteer(names))
    evaluation = evaluate(held_out_examples(), suggester)
    floors = read_floors()
    assert {score.label for score in evaluation.scores} == floors.keys()
    assert evaluation.below(floors) == (), evaluation.as_text()


def test_the_floors_belong_to_these_held_out_texts() -> None:
    pinned = json.loads(BASELINE.read_text(encoding="utf-8"))["digest"]
    assert pinned == corpus_digest(held_out_examples()), "the held-out texts changed: measure again and pin new floors"
