"""What a model said of its own training texts while they were kept from it: packed into its manifest, and read back.

With these a later model is compared fairly: both are judged on texts that neither had learnt from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.corpus import Example
from classifier.taxonomy import TOPIC_IDS

_NAME = 8
"""Bytes of a text's digest: two of a million texts meet once in ten million corpora."""
_ONE = 65_535

Floats = NDArray[np.float64]


def pack(examples: Sequence[Example], scores: Floats) -> dict[str, str]:
    """JSON values; `scores` has one row an example and one column a topic, each from 0 to 1."""
    whole = np.rint(scores * _ONE).astype("<u2")
    names = b"".join(map(text_name, examples))
    return {"texts": base64.b64encode(names).decode(), "scores": base64.b64encode(whole.tobytes()).decode()}


def unpack(packed: Mapping[str, Any]) -> dict[bytes, Floats]:
    """The scores by text_name; raises ValueError for what `pack` has not made."""
    try:
        names = base64.b64decode(packed["texts"], validate=True)
        scores = np.frombuffer(base64.b64decode(packed["scores"], validate=True), dtype="<u2").reshape(-1, len(TOPIC_IDS))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no scores out of fold: {error}") from error
    keys = [names[start : start + _NAME] for start in range(0, len(names), _NAME)]
    return dict(zip(keys, scores / _ONE, strict=True))


def text_name(example: Example) -> bytes:
    """Tells a text from every other one, whatever it is called."""
    return hashlib.sha256(f"{example.title}\n{example.text}".encode()).digest()[:_NAME]
