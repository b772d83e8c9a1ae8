"""Learn from the project's examples and from people's corrections: a database in, a model beside it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from classifier.corpus import Example, training_examples, weighted
from classifier.train import fit
from crawler.store import articles
from monitor.model import trained_path

CORRECTION_WEIGHT = 5.0
"""How much a text that a person corrected counts beside a shipped example: it is about this very press. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made."""

    path: Path
    model: str
    examples: int
    corrections: int


def train(db: Database, path: Path) -> Trained:
    """Train on the shipped examples and the corrected articles of the database at `path`, and save the model beside it."""
    shipped = training_examples()
    corrected = weighted(
        (
            Example(
                f"article-{row.id}", row.title, row.text, row.language, frozenset(row.topics), None, None, f"story-{row.story}"
            )
            for row in articles.corrected(db)
        ),
        CORRECTION_WEIGHT,
    )
    model = fit((*shipped, *corrected))
    target = trained_path(path)
    model.save(target)
    return Trained(target, model.id, len(shipped), len(corrected))
