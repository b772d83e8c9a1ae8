"""labels/*.yaml in, the sixteen topics out: names, facet, definition and the words that speak for each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Literal, get_args

import yaml

Facet = Literal["subject", "audience", "action"]

LABELS = Path(__file__).parent / "labels"
TOPIC_IDS = (
    "science-technology",
    "innovation",
    "digital-transformation",
    "mass-communication",
    "grassroots-information",
    "education",
    "enterprise",
    "research",
    "international",
    "implementation-plan",
    "training",
    "budget",
    "review",
    "awards",
    "youth",
    "leadership",
)
"""The ids are a contract with everybody who reads the tables; their order is the order of columns everywhere."""

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


class TaxonomyError(ValueError):
    """A label file that cannot be used; the message names the file and the field."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: what it means, and the phrases by which it is recognised before a model has learnt anything."""

    id: str
    name_vi: str
    name_en: str
    facet: Facet
    definition: str
    seeds: tuple[str, ...]
    """Phrases that speak for the topic, in any language."""
    decides: tuple[str, ...] = ()
    """Phrases that give the topic by themselves, whatever the model says."""
    masks: tuple[str, ...] = ()
    """Phrases that contain a seed and say nothing of the topic (a ministry's name holds the name of its field)."""
    cut: float | None = None
    """The probability towards which the topic's threshold is drawn; None: the one that suits all topics together best. For a
    topic that is rarer, or more often missed, in texts by others than in the examples."""


FIELDS = frozenset(field.name for field in fields(Topic))


def is_cut(value: object) -> bool:
    """May it stand as a topic's cut: none, or a probability between 0 and 1?"""
    return value is None or (isinstance(value, float) and 0 < value < 1)


def load_taxonomy(folder: Path = LABELS) -> tuple[Topic, ...]:
    """The topics of `folder`, one YAML file each, in the order of TOPIC_IDS.

    Raises TaxonomyError for a missing, unknown or malformed file, naming it.
    """
    found = {path.stem for path in folder.glob("*.yaml")}
    if found != set(TOPIC_IDS):
        raise TaxonomyError(f"{folder}: missing {sorted(set(TOPIC_IDS) - found)}, unknown {sorted(found - set(TOPIC_IDS))}")
    return tuple(_read_topic(folder / f"{topic_id}.yaml") for topic_id in TOPIC_IDS)


def taxonomy_digest(topics: tuple[Topic, ...]) -> str:
    """sha256 of everything in the topics, as hex: changes when a name, a definition or a phrase does."""
    text = json.dumps([asdict(topic) for topic in topics], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_topic(path: Path) -> Topic:
    try:
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{path}: not YAML: {error}") from error
    if not isinstance(row, dict):
        raise TaxonomyError(f"{path}: a mapping is needed")
    if unknown := set(row) - FIELDS:
        raise TaxonomyError(f"{path}: unknown fields {sorted(map(str, unknown))}")
    for field in ("id", "name_vi", "name_en", "definition"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise TaxonomyError(f"{path}: {field}: text is needed")
    if row["id"] != path.stem:
        raise TaxonomyError(f"{path}: id: {row['id']!r} is not the file's name")
    cut = row.get("cut")
    if not is_cut(cut):
        raise TaxonomyError(f"{path}: cut: {cut!r} is no probability between 0 and 1")
    if row.get("facet") not in get_args(Facet):
        raise TaxonomyError(f"{path}: facet: {row.get('facet')!r} is none of {', '.join(get_args(Facet))}")
    return Topic(
        id=row["id"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        facet=row["facet"],
        definition=row["definition"].strip(),
        seeds=_phrases(path, "seeds", row.get("seeds")),
        decides=_phrases(path, "decides", row.get("decides", [])),
        masks=_phrases(path, "masks", row.get("masks", [])),
        cut=cut,
    )


def _phrases(path: Path, field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(phrase, str) and phrase.strip() for phrase in value):
        raise TaxonomyError(f"{path}: {field}: a list of phrases is needed")
    if any("[" in rest or "]" in rest for rest in (_CHOICE.sub("", phrase) for phrase in value)):
        raise TaxonomyError(f"{path}: {field}: a bracket is not closed")
    phrases = [written for phrase in value for written in _written_out(phrase)]
    twice = sorted({phrase for phrase in phrases if phrases.count(phrase) > 1}) if len(set(phrases)) != len(phrases) else []
    if twice:
        raise TaxonomyError(f"{path}: {field}: a phrase stands twice: {twice[0]}")
    return tuple(phrases)


def _written_out(phrase: str) -> Iterator[str]:
    """Every phrase that one with alternatives stands for: `[sơ|tổng] kết` is two, `họp[| báo]` too."""
    parts = _CHOICE.split(phrase)
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    yield from ("".join(chosen).strip() for chosen in product(*choices))
