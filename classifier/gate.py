"""Two topic models and labelled texts in, whether the second is better out: each is judged on texts that it never learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.corpus import Example
from classifier.out_of_fold import text_name, unpack
from classifier.taxonomy import TOPIC_IDS
from classifier.topics import TopicModel

NOISE = 0.005
"""A macro-F1 that falls by less is no loss: another split of the same texts moves it as far."""
WORST_FALL, ENOUGH = 0.05, 20
"""No topic with so many positive texts may lose more of its F1, however the others gain."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both models reach on the same texts; none was seen by the model that is asked about it."""

    texts: int
    macro_f1: tuple[float, float]
    """The old and the new one's, over topics."""
    topics: Mapping[str, tuple[float, float]]
    """F1 by topic, for those that any text has."""
    fallen: tuple[str, ...]
    """Topics that lost more than WORST_FALL."""
    corrections: int
    """Decisions that people made: one topic of one text each."""
    right: tuple[int, int]
    """How many of them the old and the new model would have made alike."""

    @property
    def better(self) -> bool:
        """Is the new model better: in one of both measures, without a loss in the other or in a single topic?"""
        by_folds, by_people = self.macro_f1[1] - self.macro_f1[0], self.right[1] - self.right[0]
        if self.fallen or by_people < 0 or by_folds < -NOISE:
            return False
        return by_people > 0 or by_folds > 0


def compare(old: TopicModel, new: TopicModel, examples: Sequence[Example]) -> Comparison:
    """Compare on `examples`, which the new model was trained on; those with `judged` are people's corrections.

    Of a text that a model was trained on, what it said out of fold counts; of any other, what it says now. Raises ValueError
    when the old model has not kept what it said out of fold.
    """
    texts = [example for example in examples if example.topics is not None]
    truth = np.array([[topic in (e.topics or ()) for topic in TOPIC_IDS] for e in texts])
    judged = np.array([[e.judged is None or topic in e.judged for topic in TOPIC_IDS] for e in texts])
    said = [_unseen(model, texts) for model in (old, new)]
    f1 = [[_f1(given[judged[:, n], n], truth[judged[:, n], n]) for n in range(len(TOPIC_IDS))] for given in said]
    positive = (truth & judged).sum(axis=0)
    topics = {t: (f1[0][n], f1[1][n]) for n, t in enumerate(TOPIC_IDS) if positive[n]}
    fallen = tuple(t for n, t in enumerate(TOPIC_IDS) if positive[n] >= ENOUGH and f1[1][n] < f1[0][n] - WORST_FALL)
    by_people = judged & np.array([[e.judged is not None] for e in texts])
    right = [int(((given == truth) & by_people).sum()) for given in said]
    macro = [float(np.mean([pair[side] for pair in topics.values()])) for side in (0, 1)]
    return Comparison(len(texts), (macro[0], macro[1]), topics, fallen, int(by_people.sum()), (right[0], right[1]))


def _unseen(model: TopicModel, texts: Sequence[Example]) -> NDArray[np.bool_]:
    """Which topics a model gives to texts that were kept from it."""
    kept = unpack(model.about.get("out_of_fold", {}))
    scores = [
        kept[name] if (name := text_name(example)) in kept else model.probabilities(example.document()) for example in texts
    ]
    return np.array(scores) >= np.array([model.thresholds[topic] for topic in TOPIC_IDS])


def _f1(given: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    total = int(given.sum() + truth.sum())
    return 2 * int((given & truth).sum()) / total if total else 1.0
