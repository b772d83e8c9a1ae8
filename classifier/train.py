"""Reviewed Examples in, a TopicModel out: the one module that needs scikit-learn.

One-vs-rest logistic regression over TF-IDF of words and word pairs. The label files' phrases join as pseudo-documents
(they are worth 15 to 20 labels a topic while those are few) and as inputs of the sigmoid that calibrates each topic on
scores of texts that the model had not seen. Thresholds are cut on those same probabilities, each topic's best shrunk
half-way to the best common one, or to the cut that its label file gives: a topic's own best alone over-fits rare topics.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.utils.parallel import Parallel, delayed

from classifier.analyzer import words
from classifier.corpus import Example, corpus_digest, folds, training_examples
from classifier.counting import count_terms
from classifier.lexicon import Lexicon
from classifier.out_of_fold import pack
from classifier.taxonomy import TOPIC_IDS, Topic, load_taxonomy, taxonomy_digest
from classifier.topics import DECIDED, Calibration, TopicModel, Weights, phrase_features

FOLDS = 5
MANY, FOLDS_OF_MANY = 5_000, 2
"""Above so many texts two folds do: half of them teach nearly what all of them do, and five would take minutes."""
VOCABULARY = 60_000
INVERSE_PENALTY = 3.0
PSEUDO_WEIGHT = 0.5
FEW = 8
"""Below this many positive examples a topic's own threshold means nothing and the common one is used."""

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]
Ints = NDArray[np.int64]


def fit(examples: Sequence[Example], topics: tuple[Topic, ...] | None = None) -> TopicModel:
    """Learn the topics from examples labelled for them; the same examples give the same model.

    Raises ValueError when no example has topics, or a topic has no positive or no negative one.
    """
    topics = topics or load_taxonomy()
    texts = sorted((e for e in examples if e.topics is not None), key=lambda e: (e.id, e.title, e.text))
    labels = np.array([[topic in (e.topics or ()) for topic in TOPIC_IDS] for e in texts], dtype=np.bool_)
    weights = np.array([[e.weight if e.judged is None or topic in e.judged else 0.0 for topic in TOPIC_IDS] for e in texts])
    _require_both_sides(labels, weights > 0)
    parts = [(words(e.title), words(e.text)) for e in texts]
    pseudo = [words("\n".join((*topic.decides[:1], *topic.seeds))) for topic in topics]
    counted = count_terms([*(title + text for title, text in parts), *pseudo], len(texts), least=2, most=VOCABULARY)
    features, decided = _features(parts, Lexicon(topics))
    fold_of = np.array(folds(texts, FOLDS if len(texts) <= MANY else FOLDS_OF_MANY))
    splits = [fold_of != fold for fold in range(fold_of.max() + 1)]
    *parted, (coef, bias) = _fit_linear(counted.matrix, labels, weights, [*splits, np.ones(len(texts), dtype=np.bool_)])
    for seen, (part_coef, part_bias) in zip(splits, parted, strict=True):
        features[~seen, :, 0] = counted.matrix[: len(texts)][~seen] @ part_coef + part_bias
    calibrations, figures, scores = _calibrate(features, labels, weights, [topic.cut for topic in topics])
    return TopicModel(
        topics,
        Weights(
            terms=counted.terms,
            idf=counted.idf.astype("<f4"),
            coef=coef.astype("<f4"),
            bias=tuple(bias.tolist()),
            calibrations=calibrations,
        ),
        {
            "training_digest": training_digest(examples, topics),
            "examples": len(texts),
            "figures": figures,
            "out_of_fold": pack(texts, np.where(decided, np.maximum(scores, DECIDED), scores)),
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
    for name in ("text", "analyzer", "counting", "lexicon", "topics", "train"):
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


def _require_both_sides(labels: Labels, judged: Labels) -> None:
    if not len(labels):
        raise ValueError("no example has topics")
    both = np.logical_and((labels & judged).any(axis=0), (~labels & judged).any(axis=0))
    lacking = [topic for topic, has_both in zip(TOPIC_IDS, both.tolist(), strict=True) if not has_both]
    if lacking:
        raise ValueError(f"examples for and against are needed of: {', '.join(lacking)}")


def _features(parts: Sequence[tuple[list[str], list[str]]], lexicon: Lexicon) -> tuple[Floats, Labels]:
    """What the phrases say of titles and texts, and which topics they decide."""
    read = [(lexicon.read(title, text), len(title) + len(text)) for title, text in parts]
    return np.array([phrase_features(*row) for row in read]), np.array([evidence.decided for evidence, _ in read])


def _fit_linear(matrix: csr_matrix, labels: Labels, weights: Floats, splits: Sequence[Labels]) -> list[tuple[Floats, Floats]]:
    """Coefficients and biases of all topics, for each split: which of the labelled rows are learnt from.

    The rows of `matrix` after the labelled ones are the topics' pseudo-documents, which every split learns from.
    """
    count = labels.shape[1]
    all_labels = np.vstack([labels, np.eye(count, dtype=np.bool_)])
    all_weights = np.vstack([weights, np.full((count, count), PSEUDO_WEIGHT)])
    rows = [np.append(np.flatnonzero(split), np.arange(len(labels), matrix.shape[0])) for split in splits]
    # Two processes a split, for liblinear works on one core and its random numbers are one state a process.
    halves = np.array_split(np.arange(count), 2)
    tasks = [(matrix, all_labels, all_weights, chosen, half) for chosen in rows for half in halves]
    if len(labels) <= MANY:
        fitted = [_fit_rows(*task) for task in tasks]
    else:
        fitted = Parallel(n_jobs=min(len(tasks), os.cpu_count() or 1))(delayed(_fit_rows)(*task) for task in tasks)
    return [
        (np.hstack([coef for coef, _ in pair]), np.concatenate([bias for _, bias in pair]))
        for pair in zip(fitted[::2], fitted[1::2], strict=True)
    ]


def _fit_rows(matrix: csr_matrix, labels: Labels, weights: Floats, rows: Ints, topics: Ints) -> tuple[Floats, Floats]:
    part = matrix[rows]
    coef, bias = np.zeros((matrix.shape[1], len(topics))), np.zeros(len(topics))
    for place, number in enumerate(topics.tolist()):
        # liblinear: one thread and a fixed seed, so that two trainings agree to the last bit; dual suits few texts, many terms.
        # Its own tolerance is 0.1; scikit-learn's 0.0001 takes three times as long for the same F1.
        model = LogisticRegression(
            C=INVERSE_PENALTY, solver="liblinear", dual=True, random_state=57, max_iter=2000, tol=0.1, class_weight="balanced"
        )
        model.fit(part, labels[rows, number], sample_weight=weights[rows, number])
        coef[:, place] = model.coef_[0]
        bias[place] = model.intercept_[0]
    return coef, bias


def _calibrate(
    features: Floats, labels: Labels, weights: Floats, cuts: Sequence[float | None]
) -> tuple[tuple[Calibration, ...], dict[str, Any], Floats]:
    """Sigmoids and thresholds from out-of-fold margins, with what they reach there and the probabilities that they give."""
    sigmoids = [_sigmoid(features[:, n], labels[:, n], weights[:, n]) for n in range(labels.shape[1])]
    scores = np.array([_probability(features[:, n], sigmoid) for n, sigmoid in enumerate(sigmoids)]).T
    judged = weights > 0
    common = _best_threshold(scores[judged], labels[judged])
    calibrations = []
    figures: dict[str, Any] = {"common_threshold": common, "topics": {}}
    for number, sigmoid in enumerate(sigmoids):
        column, truth = scores[judged[:, number], number], labels[judged[:, number], number]
        own = _best_threshold(column, truth) if truth.sum() >= FEW else common
        threshold = round((own + (cuts[number] or common)) / 2, 4)
        margin, hits, density, title, bias = (round(float(value), 6) for value in sigmoid)
        calibrations.append(Calibration(margin, hits, density, title, bias, threshold))
        figures["topics"][TOPIC_IDS[number]] = {"f1": round(_f1(column >= threshold, truth), 4), "support": int(truth.sum())}
    figures["macro_f1"] = round(float(np.mean([row["f1"] for row in figures["topics"].values()])), 4)
    return tuple(calibrations), figures, scores


def _sigmoid(features: Floats, truth: Labels, weights: Floats) -> Floats:
    """Weights of margin, hits, density, title (none below zero) and the bias, by penalised likelihood."""
    inputs = np.hstack([features, np.ones((len(features), 1))])
    signs = np.where(truth, 1.0, -1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        # einsum for what `@` computes: BLAS would start threads for five columns, which then wait for each other.
        z = signs * np.einsum("ij,j->i", inputs, theta)
        slope = -weights * signs / (1.0 + np.exp(z))
        penalty = np.append(theta[:-1], 0.0)
        value = (weights * np.logaddexp(0.0, -z)).sum() + 0.5 * (penalty * penalty).sum()
        return float(value), np.einsum("ij,i->j", inputs, slope) + penalty

    bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
    start = np.append(np.full(features.shape[1], 0.5), 0.0)
    result: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return result


def _probability(features: Floats, sigmoid: Floats) -> Floats:
    scores: Floats = 1.0 / (1.0 + np.exp(-(np.einsum("ij,j->i", features, sigmoid[:-1]) + sigmoid[-1])))
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
