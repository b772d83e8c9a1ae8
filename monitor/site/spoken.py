"""An article and topic ids in, the words by which the model decided of each out: what speaks for it and what against."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.model import model_path

SHOWN = 6
"""Words each way: the rest weighs next to nothing."""
_PREFIX = "topic:"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words of the article and phrases (in quotation marks), the weightiest first."""

    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    in_title: bool = False
    """A phrase stands in the title, which counts once more."""


def topic_of(field: str) -> str:
    """The topic that a tag's field is about; empty for another field."""
    return field[len(_PREFIX) :] if field.startswith(_PREFIX) else ""


async def words_of(database: Path, title: str, text: str, topics: Iterable[str]) -> Mapping[str, Spoken]:
    """By topic id, what the model that stands now goes by; nothing where there is no model, or it does not know the topic."""
    return await asyncio.to_thread(_words_of, database, title, text, tuple(topics))


def _words_of(database: Path, title: str, text: str, topics: tuple[str, ...]) -> dict[str, Spoken]:
    # Here, not above: a site on which nobody corrects needs neither numpy nor the model's 20 MB.
    from classifier.model_file import ModelError
    from classifier.types import Document

    path = model_path(database)
    try:
        model = _model(path, path.stat().st_mtime_ns)
    except (ModelError, OSError):
        return {}
    document, known = Document(title, text), {topic.id for topic in model.topics}
    return {topic: _told(model.explain(document, topic)) for topic in topics if topic in known}


@lru_cache(maxsize=1)
def _model(path: Path, _: int) -> Any:
    from classifier.topics import TopicModel

    return TopicModel.load(path)


def _told(weights: tuple[tuple[str, float], ...]) -> Spoken:
    """Without what tells a person nothing: words without diacritics beside the same words, numbers, words within longer ones."""
    said = [(word, weight) for word, weight in weights if not word.startswith("~") and "#" not in word]
    ways = []
    for sign in (1, -1):
        words: dict[str, str] = {}  # the same words may come as a phrase and as a pair: the weightier stands for both
        for word, weight in said:
            if weight * sign > 0 and word != "title":
                words.setdefault(f" {word.strip('“”')} ", word)
        whole = [word for own, word in words.items() if not any(own in other for other in words if other != own)]
        ways.append(tuple(whole[:SHOWN]))
    return Spoken(ways[0], ways[1], any(word == "title" for word, _ in said))
