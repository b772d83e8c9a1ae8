"""A Document in, its topics with calibrated probabilities out: a linear model joined with the label files' phrases.

A topic's probability is one sigmoid over four numbers: the linear model's margin (TF-IDF of words and word pairs), how
many of the topic's phrases the text holds, how densely, and whether the title holds one. The sigmoid's weights are
learnt from out-of-fold margins (see classifier.train), and the phrases can only speak for a topic, never against it.
A phrase that decides (the Resolution's full title names three subjects) gives its topics whatever the model says.

The scorer is plain Python and numpy over a capped vocabulary. Measured against HashingVectorizer(2^18): importing
scikit-learn takes 1.0 s warm and 6.5 s cold, numpy 0.1 s, and with a vocabulary a tag can be explained word by word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import tokens
from classifier.coding import Codes, Coding
from classifier.lexicon import Evidence, Lexicon, is_without_diacritics
from classifier.model_check import check_about, check_weights, read_topic
from classifier.model_file import ModelError, read_model, write_model
from classifier.taxonomy import TOPIC_IDS, Topic
from classifier.types import Document, TopicScore
from classifier.vocabulary import Vocabulary

FORMAT = 1
"""The layout of the model file; a file of another layout is refused."""

DECIDED = 0.95
"""The least probability of a topic that a phrase decided."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """One topic's sigmoid and the probability from which on it is given."""

    margin: float
    hits: float
    density: float
    title: float
    bias: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: terms with their idf (n) and coefficients (n x topics), the topics' biases and sigmoids."""

    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    coef: NDArray[np.float32]
    bias: tuple[float, ...]
    calibrations: tuple[Calibration, ...]


class TopicModel:
    """A trained model; make one with `load` or with classifier.train.fit."""

    def __init__(self, topics: Sequence[Topic], weights: Weights, about: Mapping[str, Any]) -> None:
        """`about`: JSON values that travel in the file: the training data's digest, figures, versions."""
        self.topics = tuple(topics)
        self.about = dict(about)
        self._weights = weights
        self._lexicon = Lexicon(topics)
        self._vocabulary = Vocabulary(weights.terms)
        alphabets = (self._lexicon.letters(without_diacritics=False), self._lexicon.letters(without_diacritics=True))
        self._coding = Coding(*self._vocabulary.words, *alphabets)
        rows = [(c.margin, c.hits, c.density, c.title) for c in weights.calibrations]
        self._sigmoids = np.array(rows, dtype=np.float64)
        self._sigmoid_bias = np.array([c.bias for c in weights.calibrations])
        self._bias = np.array(weights.bias)
        # In the numbers of the rest: converting the rows of each text took as long as all else that is done with them.
        self._idf, self._coef = weights.idf.astype(np.float64), weights.coef.astype(np.float64)
        self._thresholds = np.array([c.threshold for c in weights.calibrations])

    @property
    def id(self) -> str:
        """Names the model in every row that it decided: the same training gives the same id."""
        return f"topics-{FORMAT}-{self.about['training_digest'][:12]}"

    @property
    def thresholds(self) -> dict[str, float]:
        """The probability from which on each topic is given."""
        return dict(zip(TOPIC_IDS, self._thresholds.tolist(), strict=True))

    def suggest(self, doc: Document) -> tuple[TopicScore, ...]:
        """The topics of `doc`, the most probable first. Title and full text count."""
        scores = self.probabilities(doc)
        given = sorted(np.flatnonzero(scores >= self._thresholds).tolist(), key=lambda number: -scores[number])
        return tuple(TopicScore(TOPIC_IDS[number], round(float(scores[number]), 4)) for number in given)

    def probabilities(self, doc: Document) -> NDArray[np.float64]:
        """The probability of every topic, in the order of TOPIC_IDS."""
        evidence, features = self._read(tokens(doc.title), tokens(doc.text))
        z = (features * self._sigmoids).sum(axis=1) + self._sigmoid_bias
        scores: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))
        return np.where(evidence.decided, np.maximum(scores, DECIDED), scores)

    def margin(self, doc: Document, topic: str) -> float:
        """What the sigmoid of a topic id is taken of: the log of its odds, before a phrase decides."""
        number = TOPIC_IDS.index(topic)
        _, features = self._read(tokens(doc.title), tokens(doc.text))
        return float(features[number] @ self._sigmoids[number] + self._sigmoid_bias[number])

    def bias(self, topic: str) -> float:
        """The margin that a topic id has in a text of which nothing is known."""
        number = TOPIC_IDS.index(topic)
        return float(self._sigmoids[number, 0] * self._bias[number] + self._sigmoid_bias[number])

    def explain(self, doc: Document, topic: str) -> tuple[tuple[str, float], ...]:
        """What speaks for a topic id (above zero) and against it, the strongest first.

        Words and pairs stand as they are (`~` before those without diacritics), the label file's phrases in quotation
        marks, a phrase in the title once more as `title`. Their sum and the bias are the margin.
        """
        number = TOPIC_IDS.index(topic)
        title, text = tokens(doc.title), tokens(doc.text)
        calibration = self._weights.calibrations[number]
        rows, values = self._tfidf(self._coding.codes([*title, *text]))
        spoken = calibration.margin * values * self._weights.coef[rows, number]
        found = [(self._weights.terms[row], float(weight)) for row, weight in zip(rows.tolist(), spoken, strict=True) if weight]
        phrases = self._lexicon.phrases(title, text, number)
        if phrases:
            _, hits, density, in_title = (self._read(title, text)[1][number] * self._sigmoids[number]).tolist()
            total = sum(phrases.values())
            found.extend((f"“{phrase}”", (hits + density) * count / total) for phrase, count in phrases.items())
            if in_title:
                found.append(("title", in_title))
        return tuple(sorted(found, key=lambda row: (-abs(row[1]), row[0])))

    def save(self, path: Path) -> None:
        """Write the model to `path`; the same model gives the same bytes."""
        weights = self._weights
        manifest = {
            "format": FORMAT,
            "kind": "nq57-topics",
            "topics": [asdict(topic) for topic in self.topics],
            "bias": list(weights.bias),
            "calibrations": [asdict(calibration) for calibration in weights.calibrations],
            "about": self.about,
        }
        names = np.frombuffer("\n".join(weights.terms).encode(), dtype=np.uint8)
        write_model(path, manifest, {"terms": names, "idf": weights.idf, "coef": weights.coef})

    @classmethod
    def load(cls, path: Path) -> TopicModel:
        """The model in `path`; raises ModelError if it is missing, foreign, damaged or too large."""
        manifest, arrays = read_model(path)
        if manifest.get("kind") != "nq57-topics" or manifest.get("format") != FORMAT:
            raise ModelError(f"{path}: not a topic model of format {FORMAT}")
        try:
            topics = tuple(map(read_topic, manifest["topics"]))
            weights = Weights(
                terms=tuple(arrays["terms"].tobytes().decode().split("\n")),
                idf=arrays["idf"],
                coef=arrays["coef"],
                bias=tuple(float(value) for value in manifest["bias"]),
                calibrations=tuple(Calibration(**row) for row in manifest["calibrations"]),
            )
            about = dict(manifest["about"])
            check_about(about)
            check_weights(topics, weights)
            return cls(topics, weights, about)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise ModelError(f"{path}: the manifest does not fit: {error}") from error

    def _read(self, title: Sequence[str], text: Sequence[str]) -> tuple[Evidence, NDArray[np.float64]]:
        """What the phrases say, and every topic's row of inputs for its sigmoid."""
        codes = self._coding.codes([*title, *text])
        is_plain = is_without_diacritics(self._coding.marked(codes), len(codes))
        letters = self._coding.letters(codes, without_diacritics=is_plain)
        evidence = self._lexicon.read_letters(letters[: len(title)], letters[len(title) :], without_diacritics=is_plain)
        features = phrase_features(evidence, len(codes))
        features[:, 0] = self._margins(codes)
        return evidence, features

    def _margins(self, codes: Codes) -> NDArray[np.float64]:
        """TF-IDF with sublinear counts, length one, times the coefficients: what scikit-learn's pipeline computes."""
        rows, values = self._tfidf(codes)
        margins: NDArray[np.float64] = values @ self._coef.take(rows, axis=0) + self._bias
        return margins

    def _tfidf(self, codes: Codes) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The numbers of the known terms in a text, and their TF-IDF."""
        rows, counts = self._vocabulary.count(*self._coding.words(codes))
        values = (1.0 + np.log(counts)) * self._idf[rows]
        return rows, values / (math.sqrt(values @ values) or 1.0)


def phrase_features(evidence: Evidence, length: int) -> NDArray[np.float64]:
    """One row a topic for its sigmoid: room for the margin, log hits, log hits per hundred words, a hit in the title."""
    rows = np.zeros((len(evidence.hits), 4))
    rows[:, 1] = np.log1p(evidence.hits)
    rows[:, 2] = np.log1p(100.0 * evidence.hits / max(length, 20))
    rows[:, 3] = evidence.title_hits > 0
    return rows
