"""The reviewed texts: enough of every topic, no sentence twice, known ids, and nothing held out is trained on."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from classifier.corpus import EXAMPLES, CorpusError, corpus_digest, folds, held_out_examples, read_examples, training_examples
from classifier.taxonomy import TOPIC_IDS
from classifier.text import fold, nfc

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n")
LEAST_TEXTS, LEAST_POSITIVE = 520, 40
LEAST_HELD_OUT, LEAST_HELD_OUT_POSITIVE = 90, 15
ROSTER = Path(__file__).parents[2] / "crawler" / "roster" / "agencies.yaml"


def test_there_are_enough_texts_and_enough_of_every_topic() -> None:
    examples = training_examples()
    assert len(examples) >= LEAST_TEXTS
    counts = Counter(topic for example in examples for topic in example.topics or ())
    assert [topic for topic in TOPIC_IDS if counts[topic] < LEAST_POSITIVE] == []


def test_the_held_out_texts_cover_every_topic() -> None:
    examples = held_out_examples()
    assert len(examples) >= LEAST_HELD_OUT
    counts = Counter(topic for example in examples for topic in example.topics or ())
    assert [topic for topic in TOPIC_IDS if counts[topic] < LEAST_HELD_OUT_POSITIVE] == []


def test_ids_are_unique_and_nothing_held_out_is_trained_on() -> None:
    training, held_out = training_examples(), held_out_examples()
    ids = [example.id for example in (*training, *held_out)]
    assert len(set(ids)) == len(ids)
    assert not {example.story for example in training} & {example.story for example in held_out}


def test_no_sentence_stands_twice() -> None:
    seen: dict[str, str] = {}
    twice = []
    for example in (*training_examples(), *held_out_examples()):
        for sentence in SENTENCE_END.split(f"{example.title}\n{example.text}"):
            key = fold(sentence.strip())
            if len(key.split()) < 4:
                continue
            if key in seen:
                twice.append(f"{seen[key]} and {example.id}: {sentence}")
            seen[key] = example.id
    assert twice == []


def test_every_text_carries_every_kind_of_label_and_is_nfc() -> None:
    for example in (*training_examples(), *held_out_examples()):
        assert example.topics is not None
        assert example.agencies is not None
        assert example.relevance in (0, 1, 2)
        assert example.language in ("vi", "en", "ru", "fr", "zh")
        assert example.title
        assert example.text == nfc(example.text)


def test_the_kinds_of_text_differ() -> None:
    examples = training_examples()
    assert {example.language for example in examples} == {"vi", "en", "ru", "fr", "zh"}
    assert {example.relevance for example in examples} == {0, 1, 2}
    lengths = sorted(len(example.text.split()) for example in examples)
    assert lengths[len(lengths) // 10] < 50
    assert lengths[-5] > 150


def test_the_agencies_are_in_the_roster() -> None:
    rows = yaml.safe_load(ROSTER.read_text(encoding="utf-8"))
    known = {row["id"] for row in rows}
    named = {agency for example in (*training_examples(), *held_out_examples()) for agency in example.agencies or ()}
    assert named - known == set()


def test_folds_keep_stories_whole_and_stay_as_they_are_when_texts_are_added(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    rows = [{"id": f"t{n}", "text": f"văn bản {n}", "story": f"s{n // 3}"} for n in range(900)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    examples = read_examples(path)
    assigned = folds(examples, 5)
    assert all(120 <= size <= 240 for size in Counter(assigned).values())
    by_story: dict[str, set[int]] = {}
    for example, fold_number in zip(examples, assigned, strict=True):
        by_story.setdefault(example.story, set()).add(fold_number)
    assert all(len(numbers) == 1 for numbers in by_story.values())
    assert folds(examples[::7], 5) == assigned[::7]


def test_the_digest_ignores_order_and_follows_labels() -> None:
    examples = list(training_examples())
    assert corpus_digest(examples) == corpus_digest(reversed(examples))
    assert corpus_digest(examples) != corpus_digest(examples[1:])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "object"),
        ('{"text": "x"}', "id"),
        ('{"id": "a", "text": 5}', "text"),
        ('{"id": "a", "text": "\\ud800"}', "text: half a character"),
        ('{"id": "a", "text": "x", "relevance": 3}', "relevance"),
        ('{"id": "a", "text": "x", "topics": ["weather"]}', "topics.*weather"),
        ('{"id": "a", "text": "x", "topics": "youth"}', "topics"),
        ('{"id": "a", "text": "x", "agencies": [1]}', "agencies"),
    ],
)
def test_a_bad_line_is_named_with_its_field(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f'{{"id": "ok", "text": "x"}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"gold\.jsonl:3.*{reason}"):
        read_examples(path)


def test_a_missing_file_and_a_doubled_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        read_examples(tmp_path / "nowhere.jsonl")
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="twice"):
        read_examples(path)


def test_the_held_out_file_is_where_the_corpus_looks() -> None:
    assert (EXAMPLES / "heldout.jsonl").is_file()
