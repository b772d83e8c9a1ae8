"""What a model file says in; ValueError for what no training of ours gives, be it crafted to fail, to flood or to mislead."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from classifier.taxonomy import FIELDS, TOPIC_IDS, Facet, Topic, is_cut

if TYPE_CHECKING:
    from classifier.topics import Weights

TERMS = 250_000
"""Training keeps 60,000."""
PHRASES = 5_000
"""Of one topic in one list; the longest has 800."""
LETTERS = 200
"""Of one phrase."""
LARGEST = 10_000.0
"""Of any number; ours are below 10."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_topic(row: Mapping[str, Any]) -> Topic:
    """One topic of the manifest; raises ValueError, TypeError or KeyError for a malformed one."""
    if set(row) | {"cut"} != FIELDS:
        raise ValueError("a topic's fields are not those of this version")
    texts = [row[name] for name in ("id", "name_vi", "name_en", "definition")]
    if not all(isinstance(text, str) and len(text) <= 2_000 for text in texts) or row["facet"] not in get_args(Facet):
        raise ValueError("a topic's name, meaning or facet is none")
    cut = row.get("cut")
    if not is_cut(cut):
        raise ValueError("a topic's cut is no probability")
    return Topic(
        id=row["id"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        facet=row["facet"],
        definition=row["definition"],
        seeds=_phrases(row["seeds"]),
        decides=_phrases(row["decides"]),
        masks=_phrases(row["masks"]),
        cut=cut,
    )


def check_about(about: Mapping[str, Any]) -> None:
    """Raises ValueError where the digest is missing of what the model was trained on, by which its rows are named."""
    digest = about.get("training_digest")
    if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        raise ValueError("the digest of its training data is missing")


def check_weights(topics: Sequence[Topic], weights: Weights) -> None:
    """Raises ValueError for weights that differ in number, or hold a number that no training gives."""
    if tuple(topic.id for topic in topics) != TOPIC_IDS:
        raise ValueError("its topics are not those of this version")
    count = len(weights.terms)
    if count > TERMS or weights.idf.shape != (count,) or weights.coef.shape != (count, len(topics)):
        raise ValueError("terms and coefficients differ in number, or are too many")
    if len(weights.bias) != len(topics) or len(weights.calibrations) != len(topics):
        raise ValueError("topics and calibrations differ in number")
    numbers = [*weights.bias, *(value for c in weights.calibrations for value in asdict(c).values())]
    if not all(map(_is_sound, numbers)) or not all(0 <= c.threshold <= 1 for c in weights.calibrations):
        raise ValueError("a number is not finite, too large, or no probability")
    arrays = (weights.idf, weights.coef)
    if not all(np.isfinite(array).all() and (np.abs(array) <= LARGEST).all() for array in arrays) or (weights.idf < 0).any():
        raise ValueError("a coefficient is not finite, or too large")


def _phrases(rows: object) -> tuple[str, ...]:
    if not isinstance(rows, list) or len(rows) > PHRASES:
        raise ValueError("a list of phrases is missing or too long")
    if not all(isinstance(phrase, str) and 0 < len(phrase) <= LETTERS for phrase in rows):
        raise ValueError("a phrase is no text, or too long")
    return tuple(rows)


def _is_sound(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value) and abs(value) <= LARGEST
