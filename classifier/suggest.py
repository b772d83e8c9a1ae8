"""A Document in, a Suggestion out: relevance, topics and agencies of one text, joined."""

from __future__ import annotations

from pathlib import Path

from classifier.agencies import Gazetteer
from classifier.relevance import relevance
from classifier.topics import TopicModel
from classifier.types import Document, Suggestion

PACKAGED_MODEL = Path(__file__).parent / "model" / "topics.npz"
"""Trained when the package is built or installed for development."""


class Suggester:
    """Everything that the classifier says of a text."""

    def __init__(self, model: TopicModel, gazetteer: Gazetteer) -> None:
        self._model = model
        self._gazetteer = gazetteer

    def suggest(self, doc: Document) -> Suggestion:
        """The relevance, topics and agencies of `doc`, each with its evidence, and the model's name."""
        return Suggestion(
            relevance=relevance(doc),
            topics=self._model.suggest(doc),
            agencies=self._gazetteer.find(doc),
            model=self._model.id,
        )

    def probabilities(self, doc: Document) -> tuple[float, ...]:
        """The probability of every topic, given or not, in the order of TOPIC_IDS."""
        return tuple(self._model.probabilities(doc).tolist())


def default_model_path(trained: Path | None = None) -> Path:
    """The model to use: `trained`, where a person's training put one, wins over the one in the package."""
    return trained if trained is not None and trained.is_file() else PACKAGED_MODEL
