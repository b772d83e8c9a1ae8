"""Grouping reprints beside datasketch's MinHash: texts a second, recall, precision, and a quotation that many texts share."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.peer import files, peers, turns_of
from benchmarks.turns import Result, cpu_of, in_turns
from classifier.corpus import training_examples
from classifier.stories import StoryIndex
from monitor.demo.texts import load_texts

ORIGINALS, REPRINTED, QUOTING = 1_400, 100, 300
"""2,100 texts: each of the reprinted comes seven times more."""
THRESHOLD = 0.3
"""Of Jaccard similarity: datasketch's best here."""
SENTENCES = 24
QUOTATION_WORDS = 80
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text of the generated set, and the text of which it is a copy (its own number for an original)."""

    text: str
    story: int


def sheets(originals: int = ORIGINALS, reprinted: int = REPRINTED, quoting: int = QUOTING, seed: int = 57) -> list[Sheet]:
    """Originals shuffled out of the sentences of the press web and the examples, then seven kinds of reprint of some."""
    rng = random.Random(seed)  # noqa: S311 - texts, not secrets
    sentences, quotation = _sentences(), _quotation(rng)
    made = []
    for number in range(originals):
        parts = [_varied(rng, sentence) for sentence in rng.sample(sentences, SENTENCES)]
        if number < quoting:
            parts.insert(rng.randrange(len(parts)), quotation)
        made.append(Sheet(" ".join(parts), number))
    spread = range(0, originals, max(1, originals // reprinted))
    made += [Sheet(tamper(rng, made[number].text), number) for number in [*spread][:reprinted] for tamper in TAMPERINGS]
    return made


def _sentences() -> list[str]:
    texts = ["\n".join(text.paragraphs) for text in load_texts() if text.language == "vi"]
    texts += [example.text for example in training_examples() if example.language == "vi"]
    return sorted({found.strip() for text in texts for found in _SENTENCE.findall(text) if len(found.split()) > 7})


def _quotation(rng: random.Random) -> str:
    return " ".join(" ".join(rng.sample(_sentences(), 12)).split()[:QUOTATION_WORDS])


def _varied(rng: random.Random, sentence: str) -> str:
    """The sentence with other words in places: no two articles share whole sentences, but many share their phrases."""
    words = sentence.split()
    for n in range(len(words)):
        if rng.random() < 0.35:
            words[n] = rng.choice(_words())
    return " ".join(words)


_WORDS: list[str] = []


def _words() -> list[str]:
    if not _WORDS:
        _WORDS.extend(sorted({word for sentence in _sentences() for word in sentence.split()}))
    return _WORDS


def _cut(share: float) -> Callable[[random.Random, str], str]:
    return lambda rng, text: " ".join(text.split()[: int(len(text.split()) * share)])


def _edited(share: float) -> Callable[[random.Random, str], str]:
    return lambda rng, text: " ".join(rng.choice(_words()) if rng.random() < share else word for word in text.split())


def _new_lead(rng: random.Random, text: str) -> str:
    return " ".join([*rng.choices(_words(), k=40), *text.split()[25:]])


def _shuffled(rng: random.Random, text: str) -> str:
    words = text.split()
    parts = [words[n : n + 60] for n in range(0, len(words), 60)]
    rng.shuffle(parts)
    return " ".join(word for part in parts for word in part)


TAMPERINGS: tuple[Callable[[random.Random, str], str], ...] = (
    _new_lead,
    _cut(0.6),
    _cut(0.3),
    _edited(0.05),
    _edited(0.15),
    _shuffled,
    lambda rng, text: unicodedata.normalize("NFD", text),
)


def grouped(made: list[Sheet]) -> list[int]:
    """The story that the project gives each text."""
    index = StoryIndex()
    return [index.add(number, sheet.text) for number, sheet in enumerate(made)]


def scores(made: list[Sheet], stories: list[int]) -> tuple[float, float]:
    """Recall and precision of "this is a reprint of that"."""
    joined = [(n, story) for n, story in enumerate(stories) if story != n]
    right = sum(made[n].story == made[story].story for n, story in joined)
    copies = sum(sheet.story != n for n, sheet in enumerate(made))
    return right / copies, right / len(joined) if joined else 1.0


def joined_by_quotation(made: list[Sheet], stories: list[int], quoting: int = QUOTING) -> int:
    """How many of the texts that share the quotation were taken for a reprint of another."""
    return sum(stories[n] != n for n in range(min(quoting, len(made))))


def run() -> Iterator[Result]:
    """Ours and datasketch's (Jaccard .3, its best threshold here), on the same texts in the same order."""
    made = sheets()
    own = grouped(made)
    recall, precision = scores(made, own)
    size = f"{len(made):,} texts, {len(made) - ORIGINALS} of them reprints of 7 kinds"
    yield Result("reprints", "recall", recall, "", 0.99, True, size)
    yield Result("reprints", "precision", precision, "", 0.997, True, size)
    joined = joined_by_quotation(made, own)
    yield Result(
        "reprints",
        f"texts that share a quotation of {QUOTATION_WORDS} words and were joined",
        joined,
        f"of {QUOTING}",
        0,
        False,
        "",
    )
    with peers(("datasketch",), "stories") as (found, absent), files([sheet.text.encode() for sheet in made]) as texts:
        question = {"texts": texts, "threshold": THRESHOLD}
        least = in_turns({"nq57": lambda: cpu_of(lambda: grouped(made)), **turns_of(found, **question)}, 2)
        answers = {name: peer.ask(**question)[0] for name, peer in found.items()}
    rates = tuple((name, len(made) / seconds) for name, seconds in least.items())
    what = "texts a second / datasketch's"
    if absent:
        yield Result("reprints", what, float("nan"), "times", 3, True, absent[0], "texts a second", rates)
        return
    theirs = scores(made, answers["datasketch"])
    told = f"its recall {theirs[0]:.3f}, precision {theirs[1]:.4f}"
    yield Result("reprints", what, least["datasketch"] / least["nq57"], "times", 3, True, told, "texts a second", rates)
