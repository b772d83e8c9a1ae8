"""JSON Lines of reviewed texts in, Examples out; digests of a corpus, and folds that keep a story together."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classifier.taxonomy import TOPIC_IDS
from classifier.text import nfc
from classifier.types import Document

EXAMPLES = Path(__file__).parent / "examples"
HELD_OUT = "heldout.jsonl"
"""In EXAMPLES, and never trained on."""
_HALF = re.compile("[\ud800-\udfff]")
"""JSON may hold half a character; no text does, and nothing can write it."""


class CorpusError(ValueError):
    """A line that is no reviewed text; the message gives file, line and field."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the tags that a person gave it, complete for every kind of tag that is not None."""

    id: str
    title: str
    text: str
    language: str | None
    topics: frozenset[str] | None
    relevance: int | None
    agencies: frozenset[str] | None
    story: str
    """Texts of one story share it and never stand on both sides of a split."""
    weight: float = 1.0
    """How much it counts in training; people's corrections count more."""
    judged: frozenset[str] | None = None
    """The topics that a person looked at; None: all of them. Of the others nothing is known, given or not."""

    def document(self) -> Document:
        """What the classifier gets to see of it."""
        return Document(self.title, self.text, language=self.language)


def read_examples(path: Path, on_bad: Callable[[CorpusError], None] | None = None) -> tuple[Example, ...]:
    """The examples of one JSON Lines file; raises CorpusError for the first bad line, or leaves it out and calls `on_bad`.

    `id` and `text` are needed; `title`, `language`, `relevance`, `topics`, `agencies` and `story` may be missing. Raises
    CorpusError in any case for a file that cannot be read.
    """
    examples: dict[str, Example] = {}
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror or error}") from error
    # Only \n ends a line: a text may hold any of the other characters that str.splitlines() would break it at.
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            example = _read(f"{path}:{number}", line)
            if example.id in examples:
                raise CorpusError(f"{path}:{number}: id: {example.id!r} stands twice")
        except CorpusError as error:
            if on_bad is None:
                raise
            on_bad(error)
        else:
            examples[example.id] = example
    return tuple(examples.values())


def training_examples(folder: Path = EXAMPLES) -> tuple[Example, ...]:
    """All examples of the project but the held-out ones, ordered by file and line."""
    paths = sorted(path for path in folder.glob("*.jsonl") if path.name != HELD_OUT)
    return tuple(example for path in paths for example in read_examples(path))


def held_out_examples(folder: Path = EXAMPLES) -> tuple[Example, ...]:
    """The examples that no training sees."""
    return read_examples(folder / HELD_OUT)


def corpus_digest(examples: Iterable[Example]) -> str:
    """sha256 over texts, labels and weights, as hex; the order does not matter."""
    lines = sorted(
        json.dumps(
            [
                *(e.title, e.text, sorted(e.topics or ()), e.topics is None, e.story, e.weight),
                *([] if e.judged is None else [sorted(e.judged)]),
            ],
            ensure_ascii=False,
        )
        for e in examples
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def folds(examples: Sequence[Example], count: int) -> list[int]:
    """A fold from 0 to count - 1 for each example: stories whole, and a story keeps its fold whatever is added beside it."""
    return [int.from_bytes(hashlib.sha256(example.story.encode()).digest()[:8]) % count for example in examples]


def weighted(examples: Iterable[Example], weight: float) -> tuple[Example, ...]:
    """The same examples with another weight."""
    return tuple(replace(example, weight=weight) for example in examples)


def _read(where: str, line: bytes) -> Example:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CorpusError(f"{where}: not UTF-8: {error.reason} at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{where}: not JSON: {error}") from error
    return _example(where, row)


def _example(where: str, row: Any) -> Example:
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: an object is needed")
    relevance = row.get("relevance")
    if relevance is not None and (isinstance(relevance, bool) or relevance not in (0, 1, 2)):
        raise CorpusError(f"{where}: relevance: {relevance!r} is none of 0, 1, 2")
    topics = _ids(where, "topics", row)
    if topics is not None and not topics <= set(TOPIC_IDS):
        raise CorpusError(f"{where}: topics: unknown {sorted(topics - set(TOPIC_IDS))}")
    example_id = _text(where, "id", row)
    if not example_id:
        raise CorpusError(f"{where}: id: text is needed")
    return Example(
        id=example_id,
        title=nfc(_text(where, "title", row)),
        text=nfc(_text(where, "text", row)),
        language=_text(where, "language", row) or None,
        topics=topics,
        relevance=relevance,
        agencies=_ids(where, "agencies", row),
        story=_text(where, "story", row) or example_id,
    )


def _text(where: str, field: str, row: dict[str, Any]) -> str:
    value = row.get(field)
    if value is None and field not in ("id", "text"):
        return ""
    if not isinstance(value, str):
        raise CorpusError(f"{where}: {field}: text is needed")
    if not value.isascii() and _HALF.search(value):
        raise CorpusError(f"{where}: {field}: half a character (a lone surrogate)")
    return value


def _ids(where: str, field: str, row: dict[str, Any]) -> frozenset[str] | None:
    value = row.get(field)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CorpusError(f"{where}: {field}: a list of ids is needed")
    return frozenset(value)
