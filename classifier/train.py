"""Reviewed Examples in, a TopicModel out: the one module that needs scikit-learn.

One-vs-rest logistic regression over TF-IDF of words and word pairs. The label files' phrases join as pseudo-documents
(they are worth 15 to 20 labels a topic while those are few) and as inputs of the sigmoid that calibrates each topic on
scores of texts that the model had not seen. Thresholds are cut on those same probabilities, each topic's best shrunk
half-way to the best common one: a topic's own best alone over-fits rare topics.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.analyzer import terms, words
from classifier.corpus import Example, corpus_digest, folds, training_examples
from classifier.lexicon import Lexicon
from classifier.taxonomy import TOPIC_IDS, Topic, load_taxonomy, taxonomy_digest
from classifier.topics import Calibration, TopicModel, Weights, phrase_features

FOLDS = 5
VOCABULARY = 60_000
INVERSE_PENALTY = 3.0
PSEUDO_WEIGHT = 0.5
FEW = 8
"""Below this many positive examples a topic's own threshold means nothing and the common one is used."""

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one fit of the linear model gave."""

    vectorizer: TfidfVectorizer
    coef: Floats
    bias: Floats

    def margins(self, texts: Sequence[list[str]]) -> Floats:
        """One row a text, given as analyzer words, and one column a topic."""
        margins: Floats = self.vectorizer.transform(texts) @ self.coef + self.bias
        return margins


def fit(examples: Sequence[Example], topics: tuple[Topic, ...] | None = None) -> TopicModel:
    """Learn the topics from examples labelled for them; the same examples give the same model.

    Raises ValueError when no example has topics, or a topic has no positive or no negative one.
    """
    topics = topics or load_taxonomy()
    texts = sorted((e for e in examples if e.topics is not None), key=lambda e: (e.id, e.title, e.text))
    labels = np.array([[topic in (e.topics or ()) for topic in TOPIC_IDS] for e in texts], dtype=np.bool_)
    _require_both_sides(labels)
    weights = np.array([e.weight for e in texts])
    written = [words(f"{e.title}\n{e.text}") for e in texts]
    features = _features(texts, Lexicon(topics))
    fold_of = np.array(folds(texts, FOLDS))
    for fold in range(FOLDS):
        seen = fold_of != fold
        part = _fit_part([w for w, keep in zip(written, seen, strict=True) if keep], labels[seen], weights[seen], topics)
        features[~seen, :, 0] = part.margins([w for w, keep in zip(written, seen, strict=True) if not keep])
    calibrations, figures = _calibrate(features, labels, weights)
    whole = _fit_part(written, labels, weights, topics)
    return TopicModel(
        topics,
        Weights(
            terms=tuple(str(term) for term in whole.vectorizer.get_feature_names_out()),
            idf=whole.vectorizer.idf_.astype("<f4"),
            coef=whole.coef.astype("<f4"),
            bias=tuple(whole.bias.tolist()),
            calibrations=calibrations,
        ),
        {
            "training_digest": training_digest(examples, topics),
            "examples": len(texts),
            "figures": figures,
            "versions": {
                "python": platform.python_version(),
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
            },
        },
    )


def training_digest(examples: Sequence[Example], topics: tuple[Topic, ...]) -> str:
    """sha256, as hex, of all that decides what is learnt: the texts, the label files and the code that reads them."""
    digest = hashlib.sha256((corpus_digest(examples) + taxonomy_digest(topics)).encode())
    for name in ("text", "analyzer", "lexicon", "topics", "train"):
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def train_shipped(path: Path) -> bool:
    """Bring the model in `path` up to date with the project's own examples; True if it had to be trained."""
    examples, topics = training_examples(), load_taxonomy()
    if path.exists():
        try:
            if TopicModel.load(path).about.get("training_digest") == training_digest(examples, topics):
                return False
        except ValueError:
            pass  # a model of another version or a damaged one: replaced below
    fit(examples, topics).save(path)
    return True


def _require_both_sides(labels: Labels) -> None:
    if not len(labels):
        raise ValueError("no example has topics")
    lacking = [topic for topic, column in zip(TOPIC_IDS, labels.T, strict=True) if column.all() or not column.any()]
    if lacking:
        raise ValueError(f"examples for and against are needed of: {', '.join(lacking)}")


def _features(texts: Sequence[Example], lexicon: Lexicon) -> Floats:
    rows = []
    for example in texts:
        title, text = words(example.title), words(example.text)
        rows.append(phrase_features(lexicon.read(title, text), len(title) + len(text)))
    return np.array(rows)


def _fit_part(written: Sequence[list[str]], labels: Labels, weights: Floats, topics: Sequence[Topic]) -> _Part:
    pseudo = [words("\n".join((*topic.decides[:1], *topic.seeds))) for topic in topics]
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: list(terms(text)), sublinear_tf=True, min_df=2, max_features=VOCABULARY, dtype=np.float64
    )
    vectorizer.fit(written)
    matrix = csr_matrix(vectorizer.transform([*written, *pseudo]))
    all_labels = np.vstack([labels, np.eye(len(topics), dtype=np.bool_)])
    all_weights = np.concatenate([weights, np.full(len(pseudo), PSEUDO_WEIGHT)])
    coef = np.zeros((matrix.shape[1], len(topics)))
    bias = np.zeros(len(topics))
    for number in range(len(topics)):
        # liblinear: one thread and a fixed seed, so that two trainings agree to the last bit; dual suits few texts, many terms.
        model = LogisticRegression(
            C=INVERSE_PENALTY, solver="liblinear", dual=True, random_state=57, max_iter=2000, class_weight="balanced"
        )
        model.fit(matrix, all_labels[:, number], sample_weight=all_weights)
        coef[:, number] = model.coef_[0]
        bias[number] = model.intercept_[0]
    return _Part(vectorizer, coef, bias)


def _calibrate(features: Floats, labels: Labels, weights: Floats) -> tuple[tuple[Calibration, ...], dict[str, Any]]:
    """Sigmoids and thresholds from out-of-fold margins, with what they reach there."""
    sigmoids = [_sigmoid(features[:, number], labels[:, number], weights) for number in range(labels.shape[1])]
    scores = np.array([_probability(features[:, n], sigmoid) for n, sigmoid in enumerate(sigmoids)]).T
    common = _best_threshold(scores.ravel(), labels.ravel())
    calibrations = []
    figures: dict[str, Any] = {"common_threshold": common, "topics": {}}
    for number, sigmoid in enumerate(sigmoids):
        column, truth = scores[:, number], labels[:, number]
        own = _best_threshold(column, truth) if truth.sum() >= FEW else common
        threshold = round((own + common) / 2, 4)
        margin, hits, density, title, bias = (round(float(value), 6) for value in sigmoid)
        calibrations.append(Calibration(margin, hits, density, title, bias, threshold))
        figures["topics"][TOPIC_IDS[number]] = {"f1": round(_f1(column >= threshold, truth), 4), "support": int(truth.sum())}
    figures["macro_f1"] = round(float(np.mean([row["f1"] for row in figures["topics"].values()])), 4)
    return tuple(calibrations), figures


def _sigmoid(features: Floats, truth: Labels, weights: Floats) -> Floats:
    """Weights of margin, hits, density, title (none below zero) and the bias, by penalised likelihood."""
    inputs = np.hstack([features, np.ones((len(features), 1))])
    signs = np.where(truth, 1.0, -1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = signs * (inputs @ theta)
        slope = -weights * signs / (1.0 + np.exp(z))
        penalty = np.append(theta[:-1], 0.0)
        return float(weights @ np.logaddexp(0.0, -z) + 0.5 * penalty @ penalty), inputs.T @ slope + penalty

    bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
    start = np.append(np.full(features.shape[1], 0.5), 0.0)
    result: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return result


def _probability(features: Floats, sigmoid: Floats) -> Floats:
    scores: Floats = 1.0 / (1.0 + np.exp(-(features @ sigmoid[:-1] + sigmoid[-1])))
    return scores


def _best_threshold(scores: Floats, truth: Labels) -> float:
    """The cut with the best F1, from 0.15 to 0.85; the middle one where several are equal."""
    cuts = np.arange(0.15, 0.851, 0.01)
    values = np.array([_f1(scores >= cut, truth) for cut in cuts])
    best = cuts[values >= values.max() - 1e-12]
    return float(round(best[len(best) // 2], 4))


def _f1(given: Labels, truth: Labels) -> float:
    right = float((given & truth).sum())
    total = float(given.sum() + truth.sum())
    return 2 * right / total if total else 1.0
