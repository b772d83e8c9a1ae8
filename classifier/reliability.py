"""Probabilities and what was true in, how far the probabilities can be taken at their word out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The decisions whose probability is from `low` (included) to `high`: how many, their mean probability, the share true."""

    low: float
    high: float
    decisions: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins that hold any decision, the expected calibration error over them, and the mean squared error (Brier)."""

    bins: tuple[Bin, ...]
    calibration_error: float
    brier: float


def reliability(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> Reliability:
    """How often what was given a probability was true; both arrays have one value a decision, at least one."""
    place = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = place == number
        if inside.any():
            predicted, observed = float(probabilities[inside].mean()), float(truth[inside].mean())
            bins.append(Bin(number / BINS, (number + 1) / BINS, int(inside.sum()), predicted, observed))
    error = sum(row.decisions * abs(row.predicted - row.observed) for row in bins) / len(truth)
    return Reliability(tuple(bins), error, float(((probabilities - truth) ** 2).mean()))
