"""The card says what the figures say, for every label, and is the same for the same input."""

from __future__ import annotations

import pytest

from classifier.corpus import Example, held_out_examples, training_examples
from classifier.evaluate import evaluate
from classifier.model_card import model_card
from classifier.taxonomy import TOPIC_IDS
from classifier.topics import TopicModel
from classifier.train import fit
from classifier.types import Document, Relevance, Suggestion

GOLD = "gold.jsonl"


class Topics:
    """Suggests topics alone."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model

    def suggest(self, doc: Document) -> Suggestion:
        return Suggestion(Relevance(0, 0.1), self.model.suggest(doc), (), self.model.id)

    def probabilities(self, doc: Document) -> tuple[float, ...]:
        return tuple(self.model.probabilities(doc).tolist())


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit(training_examples())


def card(model: TopicModel, texts: tuple[Example, ...]) -> str:
    return model_card(evaluate(texts, Topics(model)), model.about, model.thresholds, training_examples(), GOLD)


def test_every_figure_is_on_the_card(model: TopicModel) -> None:
    texts = held_out_examples()
    figures = evaluate(texts, Topics(model))
    written = card(model, texts)
    assert f"# Model card: {model.id}" in written
    assert f"On {len(texts)} texts: {GOLD}" in written
    assert model.about["training_digest"] in written
    for topic in TOPIC_IDS:
        score = figures.score(topic)
        assert f"| {topic} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |" in written
    first = figures.confusions[0]
    assert f"| {first.missed} | {first.given} | {first.texts} |" in written
    assert figures.reliability is not None
    assert f"expected calibration error {figures.reliability.calibration_error:.3f}" in written.replace("\n", " ")
    assert written == card(model, texts)


def test_without_judged_topics_there_are_no_tables_of_them(model: TopicModel) -> None:
    unjudged = Example("a", "", "Trời mưa.", "vi", None, 0, None, "a")
    written = card(model, (unjudged,))
    assert "taken for one another" not in written
    assert "at its word" not in written
    assert "| relevance (0 against 1 and 2) | 1.000 |" in written
