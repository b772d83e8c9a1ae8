"""Learn from the project's examples and from what people decided: a database in, a model beside it out, if it is better."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from classifier.corpus import Example, training_examples
from classifier.gate import Comparison, compare
from classifier.model_file import ModelError
from classifier.suggest import PACKAGED_MODEL
from classifier.taxonomy import load_taxonomy
from classifier.topics import TopicModel
from classifier.train import fit, training_digest
from crawler.store import checks
from monitor.model import trained_path

CORRECTION_WEIGHT = 5.0
"""How much a text that a person judged counts beside a shipped example: it is about this very press. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training made, and what became of it."""

    path: Path
    old: str | None
    """The model in use before; None where there was none that could be used."""
    new: str
    kept: bool
    why: str
    """`better`, `worse`, `same` (nothing new to learn from), `forced`, `first` (no model to compare with), `dry-run`."""
    examples: int
    corrections: int
    """Articles of which people judged topics."""
    comparison: Comparison | None
    trouble: str = ""
    """What is wrong with the model file that should have been compared with."""

    def as_json(self) -> dict[str, Any]:
        """What `--json` says under `training`."""
        told: dict[str, Any] = {"old": self.old, "new": self.new, "kept": self.kept, "why": self.why, "file": str(self.path)}
        told |= {"examples": self.examples, "corrected_articles": self.corrections, "trouble": self.trouble or None}
        if self.comparison:
            found = self.comparison
            told["comparison"] = {
                "texts": found.texts,
                "macro_f1": {"old": round(found.macro_f1[0], 4), "new": round(found.macro_f1[1], 4)},
                "corrections": {"decisions": found.corrections, "old_right": found.right[0], "new_right": found.right[1]},
                "topics": {topic: {"old": round(a, 4), "new": round(b, 4)} for topic, (a, b) in found.topics.items()},
                "fallen": list(found.fallen),
                "better": found.better,
            }
        return told


def train(db: Database, path: Path, *, force: bool = False, dry_run: bool = False) -> Trained:
    """Train on the shipped examples and the judged articles of the database at `path`; keep the model if it is better.

    The old model stays in its place until the new one is whole. `force` keeps the new one in any case, `dry_run` in none. A model
    file that cannot be used is set aside. Raises OSError when the model cannot be written.
    """
    shipped, corrected = training_examples(), corrections(db)
    examples = (*shipped, *corrected)
    target = trained_path(path)
    old, trouble = _model_in_use(target)
    if old is not None and old.about.get("training_digest") == training_digest(examples, load_taxonomy()):
        if trouble and not dry_run:
            _set_aside(target)
        return Trained(target, old.id, old.id, False, "same", len(shipped), len(corrected), None, trouble)
    new = fit(examples)
    try:
        found = None if old is None else compare(old, new, examples)
    except ValueError:
        found = None  # an older version made it, and has not kept what a comparison needs
    verdict = "first" if found is None else "better" if found.better else "worse"
    if trouble and not dry_run:
        _set_aside(target)
    why = "dry-run" if dry_run else "forced" if force and verdict == "worse" else verdict
    kept = why in ("first", "better", "forced")
    if kept:
        new.save(target)
    return Trained(target, old.id if old else None, new.id, kept, why, len(shipped), len(corrected), found, trouble)


def corrections(db: Database) -> tuple[Example, ...]:
    """The articles of which people judged topics, each labelled for those topics alone: of the others nothing is known."""
    return tuple(
        Example(
            id=f"article-{row.id}",
            title=row.title,
            text=row.text,
            language=row.language,
            topics=row.given,
            relevance=None,
            agencies=None,
            story=f"story-{row.story}",
            weight=CORRECTION_WEIGHT,
            judged=row.given | row.refused,
        )
        for row in checks.checked(db)
    )


def _model_in_use(target: Path) -> tuple[TopicModel | None, str]:
    """The model that tags now, and what is wrong with the one that should; a damaged one is made again by training."""
    trouble = ""
    for file in (target, PACKAGED_MODEL):
        if not file.exists():
            continue
        try:
            return TopicModel.load(file), trouble
        except ModelError as error:
            trouble = trouble or str(error)
    return None, trouble


def _set_aside(damaged: Path) -> None:
    """Let the packaged model work again in place of a file that cannot be used, which is kept to be looked at."""
    if damaged.exists():
        damaged.replace(damaged.with_name(f"{damaged.name}.damaged"))
