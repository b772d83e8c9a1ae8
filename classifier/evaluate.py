"""Reviewed texts and a suggester in, its precision, recall and F1 per label out, each with a 95 % bootstrap interval.

Beside them, the pairs of topics that are taken for one another, and how far the topics' probabilities can be taken at their word.
A floor file (baseline.json) holds the least F1 that each label may have: a change that falls below one is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.confusion import Confusion, confusions
from classifier.corpus import Example
from classifier.reliability import Reliability, reliability
from classifier.taxonomy import TOPIC_IDS
from classifier.types import Document, Suggestion

BASELINE = Path(__file__).parent / "baseline.json"
RESAMPLES = 1000
SEED = 57
SHOWN = 15
"""Pairs of confused topics in a table for people; the JSON has them all."""

RELEVANCE, TOPICS, AGENCIES = "relevance", "topics", "agencies"
"""The summary labels: relevance is 0 against 1 and 2, topics the macro average, agencies all mentions of bodies together."""

Counts = NDArray[np.float64]


class Suggests(Protocol):
    """What is evaluated: classifier.suggest.Suggester, or anything that answers like it."""

    def suggest(self, doc: Document) -> Suggestion:
        """Everything said of one text."""

    def probabilities(self, doc: Document) -> Sequence[float]:
        """The probability of every topic, in the order of TOPIC_IDS."""


@dataclass(frozen=True, slots=True)
class Score:
    """One label: `low` and `high` bound F1 with 95 % confidence; `support` counts the texts (or bodies) that have it."""

    label: str
    precision: float
    recall: float
    f1: float
    low: float
    high: float
    support: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one suggester on one set of texts; labels that the set does not carry are missing, as are topics
    that no text has and none was given."""

    texts: int
    model: str
    scores: tuple[Score, ...]
    confusions: tuple[Confusion, ...] = ()
    """Pairs of topics, the most frequent first; empty where no topics were judged."""
    reliability: Reliability | None = None
    """Of the topics' probabilities; None where no topics were judged."""

    def score(self, label: str) -> Score:
        """The figures of a topic id or of a summary label; raises KeyError where the texts do not carry it."""
        for score in self.scores:
            if score.label == label:
                return score
        raise KeyError(label)

    def below(self, floors: Mapping[str, float]) -> tuple[str, ...]:
        """One sentence for each label that misses its floor or is not measured at all; empty when all is well."""
        measured = {score.label: score.f1 for score in self.scores}
        return tuple(
            f"{label}: F1 {measured[label]:.3f} is below {floor:.3f}" if label in measured else f"{label}: not measured"
            for label, floor in sorted(floors.items())
            if measured.get(label, -1.0) < floor
        )

    def as_json(self) -> str:
        """One JSON object: texts, model, scores, confusions, reliability."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        """A table for a terminal."""
        width = max((len(score.label) for score in self.scores), default=5)
        head = f"{'label':{width}}  precision  recall     F1  95 % interval  support"
        rows = [
            f"{s.label:{width}}  {s.precision:9.3f}  {s.recall:6.3f}  {s.f1:5.3f}  {s.low:5.3f} - {s.high:5.3f}  {s.support:7d}"
            for s in self.scores
        ]
        return "\n".join(
            [f"{self.texts} texts, model {self.model}", head, *rows, *self._confusion_lines(), *self._reliability_lines()]
        )

    def _confusion_lines(self) -> list[str]:
        if not self.confusions:
            return []
        rows = [f"{row.texts:5d}  {row.missed} taken for {row.given}" for row in self.confusions[:SHOWN]]
        return ["", f"confused topics (the first {len(rows)} of {len(self.confusions)} pairs)", "texts", *rows]

    def _reliability_lines(self) -> list[str]:
        if self.reliability is None:
            return []
        rows = [
            f"{row.low:4.1f} - {row.high:3.1f}  {row.decisions:9d}  {row.predicted:9.3f}  {row.observed:8.3f}"
            for row in self.reliability.bins
        ]
        figures = f"calibration error {self.reliability.calibration_error:.3f}, Brier score {self.reliability.brier:.3f}"
        return ["", f"reliability of the topics' probabilities: {figures}", "probability  decisions  predicted  observed", *rows]


def evaluate(gold: Sequence[Example], suggester: Suggests) -> Evaluation:
    """Compare what `suggester` says of the gold texts with what people said; raises ValueError for no texts.

    A text takes part in a label only where a person gave that kind of label (None: not looked at).
    """
    if not gold:
        raise ValueError("no texts to evaluate on")
    found = [suggester.suggest(example.document()) for example in gold]
    pairs = list(zip(gold, found, strict=True))
    scores: list[Score] = []
    relevance = [
        _outcomes({"1"} if g.relevance else set(), {"1"} if f.relevance.level else set())
        for g, f in pairs
        if g.relevance is not None
    ]
    if relevance:
        scores.append(_score(RELEVANCE, np.array(relevance)))
    judged = [(g.topics, {topic.id for topic in f.topics}) for g, f in pairs if g.topics is not None]
    if judged:
        table = np.array([[_outcomes({t} & truth, {t} & said) for t in TOPIC_IDS] for truth, said in judged])
        # A topic that no text has and none was given would count as faultless, and few texts would look like many.
        met = [number for number in range(len(TOPIC_IDS)) if table[:, number].any()]
        if met:
            scores.append(_macro(table[:, met]))
            scores.extend(_score(TOPIC_IDS[number], table[:, number]) for number in met)
    agencies = [_outcomes(g.agencies, {a.id for a in f.agencies}) for g, f in pairs if g.agencies is not None]
    if agencies:
        scores.append(_score(AGENCIES, np.array(agencies)))
    return Evaluation(
        texts=len(gold),
        model=found[0].model,
        scores=tuple(scores),
        confusions=confusions(judged),
        reliability=_reliability(gold, suggester),
    )


def read_floors(path: Path = BASELINE) -> dict[str, float]:
    """The least F1 of each label."""
    floors = json.loads(path.read_text(encoding="utf-8"))["floors"]
    return {str(label): float(floor) for label, floor in floors.items()}


def _reliability(gold: Sequence[Example], suggester: Suggests) -> Reliability | None:
    """Over every topic of every text that was judged for topics."""
    judged = [example for example in gold if example.topics is not None]
    if not judged:
        return None
    truth = [[topic in (example.topics or ()) for topic in TOPIC_IDS] for example in judged]
    said = [list(suggester.probabilities(example.document())) for example in judged]
    return reliability(np.array(said).ravel(), np.array(truth).ravel())


def _outcomes(truth: set[str] | frozenset[str], said: set[str] | frozenset[str]) -> tuple[int, int, int]:
    """Found rightly, found wrongly, missed."""
    return len(truth & said), len(said - truth), len(truth - said)


def _score(label: str, rows: Counts) -> Score:
    """Figures of one label from one row of outcomes a text."""
    right, wrong, missed = rows.sum(axis=0)
    low, high = np.percentile(_f1(_resampled(rows)), (2.5, 97.5))
    return Score(
        label=label,
        precision=_share(right, right + wrong),
        recall=_share(right, right + missed),
        f1=float(_f1(rows.sum(axis=0, keepdims=True))[0]),
        low=float(low),
        high=float(high),
        support=int(right + missed),
    )


def _macro(table: Counts) -> Score:
    """The unweighted mean over the topics of the table, resampled as one so that the interval respects texts with many topics."""
    count = table.shape[1]
    singles = [_score(TOPICS, table[:, number]) for number in range(count)]
    flat = table.reshape(len(table), -1)
    resampled = _resampled(flat).reshape(RESAMPLES, count, 3)
    means = np.array([_f1(resampled[:, number]) for number in range(count)]).mean(axis=0)
    low, high = np.percentile(means, (2.5, 97.5))
    return Score(
        label=TOPICS,
        precision=float(np.mean([s.precision for s in singles])),
        recall=float(np.mean([s.recall for s in singles])),
        f1=float(np.mean([s.f1 for s in singles])),
        low=float(low),
        high=float(high),
        support=sum(s.support for s in singles),
    )


def _resampled(rows: Counts) -> Counts:
    """Outcomes of RESAMPLES draws of as many texts, with replacement; the draws are the same for every label."""
    draws = np.random.default_rng(SEED).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=RESAMPLES)
    result: Counts = draws.astype(np.float64) @ rows
    return result


def _f1(outcomes: Counts) -> Counts:
    """F1 of rows of outcomes; 1 where there was nothing to find and nothing was found."""
    right, wrong, missed = outcomes.T.astype(np.float64)
    total = 2 * right + wrong + missed
    result: Counts = np.divide(2 * right, total, out=np.ones_like(total), where=total > 0)
    return result


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 1.0
