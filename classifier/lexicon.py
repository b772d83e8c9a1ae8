"""The words of a text in, what the label files' phrases say of it out: per topic the hits, those in the title, and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import ne

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import folded, words
from classifier.taxonomy import Topic

# Two spaces between words and one around a phrase: neighbours never share a character, so one match cannot eat the next.
_GAP = "  "
_BARE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the phrases say, one value a topic in the taxonomy's order."""

    hits: NDArray[np.float64]
    title_hits: NDArray[np.float64]
    decided: NDArray[np.bool_]


class Lexicon:
    """All phrases of a taxonomy, ready to be looked for; longest match first, whole words, diacritics respected."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = len(topics)
        self._exact = _Matcher(topics, bare=False)
        self._bare = _Matcher(topics, bare=True)

    def read(self, title: Sequence[str], text: Sequence[str]) -> Evidence:
        """The evidence in a title and a text, given as analyzer words; hits count the title's too.

        A text without diacritics (also an English one) is matched without them, any other exactly: `dao tao` must not
        be found in `đảo táo`.
        """
        matcher, parts = self._exact, (title, text)
        bare = folded(title), folded(text)
        marked = sum(sum(map(ne, part, plain)) for part, plain in zip(parts, bare, strict=True))
        if marked <= _BARE_SHARE * (len(title) + len(text)):
            matcher, parts = self._bare, bare
        hits = np.zeros((2, self._topics))
        decided = np.zeros(self._topics, dtype=np.bool_)
        for row, part in enumerate(parts):
            matcher.count(part, hits[row], decided)
        return Evidence(hits=hits.sum(axis=0), title_hits=hits[0], decided=decided)


class _Matcher:
    """One automaton over the phrases, with the topics that each speaks for or decides."""

    def __init__(self, topics: Sequence[Topic], *, bare: bool) -> None:
        speaks = _by_pattern(((number, phrase) for number, t in enumerate(topics) for phrase in (*t.seeds, *t.decides)), bare)
        decides = _by_pattern(((number, phrase) for number, t in enumerate(topics) for phrase in t.decides), bare)
        muted = _by_pattern(((number, phrase) for number, t in enumerate(topics) for phrase in t.masks), bare)
        patterns = sorted({*speaks, *muted})
        inner = ahocorasick_rs.AhoCorasick(patterns)
        # The longest match hides the phrases inside it, so a phrase speaks for their topics too, unless one masks it.
        self._speaks = [
            sorted(
                {
                    topic
                    for part, _, _ in inner.find_matches_as_indexes(pattern, overlapping=True)
                    for topic in speaks.get(patterns[part], ())
                }
                - muted.get(pattern, set())
            )
            for pattern in patterns
        ]
        self._decides = [sorted(decides.get(pattern, ())) for pattern in patterns]
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def count(self, part: Sequence[str], hits: NDArray[np.float64], decided: NDArray[np.bool_]) -> None:
        """Add what the phrases of one part say to `hits` and `decided`, in place."""
        for pattern, _, _ in self._automaton.find_matches_as_indexes(f" {_GAP.join(part)} "):
            for topic in self._speaks[pattern]:
                hits[topic] += 1
            for topic in self._decides[pattern]:
                decided[topic] = True


def _by_pattern(phrases: Iterable[tuple[int, str]], bare: bool) -> dict[str, set[int]]:
    result: dict[str, set[int]] = {}
    for topic, phrase in phrases:
        result.setdefault(_pattern(phrase, bare), set()).add(topic)
    return result


def _pattern(phrase: str, bare: bool) -> str:
    written = words(phrase)
    return f" {_GAP.join(folded(written) if bare else written)} "
