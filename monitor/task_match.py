"""Does a text speak of a science task? A title and a text in, how much of the title stands in one place of the text out."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Literal

from classifier.text import fold, nfc, syllables

STRONG = 0.8
"""From this share of a title's syllables on, in one place, with half of the title in one run, the text speaks of the task."""
WEAK = 0.55
"""From this share on, a person has to look."""
RUN = 3
"""Syllables that must follow each other to count: single ones and pairs are common to all titles."""
SHORTEST_STRONG = 6
"""A title of fewer syllables may stand in a text by chance."""
_SPREAD = 2
"""How many times the title's length its parts may be spread over."""
_LONGEST_PASSAGE = 400


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of a title a text holds in one place; offsets in characters of the NFC form."""

    score: float
    """Share of the title's syllables, 0..1."""
    strength: Literal["strong", "weak", "none"]
    passage: str


def words_of(title: str) -> list[str]:
    """The folded syllables of a title."""
    return syllables(fold(nfc(title)))


def runs_of(words: list[str]) -> list[tuple[str, ...]]:
    """The runs of RUN syllables of a title; of a shorter one, itself."""
    size = min(RUN, len(words))
    return list(dict.fromkeys(tuple(words[n : n + size]) for n in range(len(words) - size + 1))) if size else []


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text cut into syllables once, to be held against many titles."""

    plain: str
    spans: list[tuple[int, int]]
    words: list[str]


def prepare(text: str) -> Prepared:
    """Cut a text into its folded syllables."""
    plain = nfc(text)
    spans, found = _syllables(plain)
    return Prepared(plain, spans, found)


def overlap(title: str, text: str | Prepared) -> Overlap:
    """Hold a title against a text, whatever their marks, case and punctuation."""
    words = words_of(title)
    if not words:
        return Overlap(0.0, "none", "")
    places = _places(words)
    size = min(RUN, len(words))
    prepared = text if isinstance(text, Prepared) else prepare(text)
    plain, spans, found = prepared.plain, prepared.spans, prepared.words
    best, best_at, longest = 0, (0, 0), 0
    window: deque[int] = deque()
    covered: Counter[int] = Counter()
    chains: dict[int, int] = {}
    for at in range(len(found) - size + 1):
        here = places.get(tuple(found[at : at + size]))
        if here is None:
            chains = {}
            continue
        chains = {place: chains.get(place - 1, size - 1) + 1 for place in here}
        longest = max(longest, *chains.values())
        window.append(at)
        _count(covered, here, size, 1)
        while window[0] < at - _SPREAD * len(words):
            first = window.popleft()
            _count(covered, places[tuple(found[first : first + size])], size, -1)
        if len(covered) > best:
            best, best_at = len(covered), (window[0], at + size - 1)
    score = best / len(words)
    return Overlap(score, _strength(score, longest, len(words)), _passage(plain, spans, best_at) if best else "")


def _strength(score: float, longest: int, length: int) -> Literal["strong", "weak", "none"]:
    if score < WEAK:
        return "none"
    strong = score >= STRONG and longest >= length / 2 and length >= SHORTEST_STRONG
    return "strong" if strong else "weak"


def _places(words: list[str]) -> dict[tuple[str, ...], list[int]]:
    size = min(RUN, len(words))
    places: dict[tuple[str, ...], list[int]] = {}
    for n in range(len(words) - size + 1):
        places.setdefault(tuple(words[n : n + size]), []).append(n)
    return places


def _count(covered: Counter[int], here: list[int], size: int, by: int) -> None:
    for place in here:
        for word in range(place, place + size):
            covered[word] += by
            if not covered[word]:
                del covered[word]


def _syllables(text: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Spans in the text and folded syllables; folding keeps the length, so that the spans hold for both."""
    folded = fold(text)
    spans, found, at = [], [], 0
    for word in syllables(folded):
        start = folded.index(word, at)
        at = start + len(word)
        spans.append((start, at))
        found.append(word)
    return spans, found


def _passage(text: str, spans: list[tuple[int, int]], at: tuple[int, int]) -> str:
    begin, end = spans[at[0]][0], spans[at[1]][1]
    return " ".join(text[begin : min(end, begin + _LONGEST_PASSAGE)].split())
