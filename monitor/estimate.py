"""Strata with what was found in a random sample of each in, the true count with its 95 % interval out: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""Two-sided 95 % of the normal distribution."""
FEWEST = 5
"""Checked texts without which a stratum says nothing of its other texts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum: `checked` of its sampled texts were judged and `true` of them have the tag; `rest` are the texts asked about
    that were not among them, `known` those among them that have it; `score` is the mean probability that the model gives."""

    checked: int
    true: int
    rest: int
    known: int
    score: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` ± `half` holds the true count in 95 of 100 samples."""

    value: float
    half: float
    checked: int
    """Texts that people judged for it."""


def total(parts: Iterable[Part]) -> Estimate | None:
    """The true count over all strata; None where a stratum with unjudged texts has too few judged ones.

    Cochran, Sampling Techniques (3rd ed., 1977), section 5.11: the stratified estimate of a proportion times the size, with the
    finite population correction. Written as Royall's prediction (Biometrika 57, 1970), the judged texts as they are and the rest
    at their stratum's share; over a whole stratum both are the same, and this one also holds for a part of it or when it has
    grown. For the variance alone one more text is added to each stratum, which has the tag as far as the model believes, and a
    tenth of one on either side, so that a stratum in which nothing was found does not look certain. In simulations with scores
    that are right, three times too timid and three times too bold, the interval held the truth 94 to 98 times of 100; without
    the addition 91 to 96, with Agresti and Coull's halves 97 to 100 times and up to twice as wide.
    """
    value = variance = 0.0
    checked = 0
    for part in parts:
        checked += part.checked
        value += part.known
        if not part.rest:
            continue
        if part.checked < FEWEST:
            return None
        value += part.rest * part.true / part.checked
        share = (part.true + part.score + 0.1) / (part.checked + 1.2)
        variance += share * (1 - share) * part.rest * (1 + part.rest / part.checked)
    return Estimate(value, Z * sqrt(variance), checked)
