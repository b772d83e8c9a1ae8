"""What people said of texts and what a suggester said in, the pairs of topics that it takes for one another out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confusion:
    """`texts` have the topic `missed`, which was not given, and got the topic `given`, which they do not have."""

    missed: str
    given: str
    texts: int


def confusions(judged: Iterable[tuple[Set[str], Set[str]]], least: int = 1) -> tuple[Confusion, ...]:
    """The pairs that occur in at least `least` texts, the most frequent first; `judged` holds (truth, said) of each text."""
    counts = Counter(
        (missed, given) for truth, said in judged for missed in sorted(truth - said) for given in sorted(said - truth)
    )
    rows = [Confusion(missed, given, texts) for (missed, given), texts in counts.items() if texts >= least]
    return tuple(sorted(rows, key=lambda row: (-row.texts, row.missed, row.given)))
