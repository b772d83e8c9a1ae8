"""The tokens of a text in, what the label files' phrases say of it out: per topic the hits, those in the title, and decisions.

Each word that stands in any phrase is one character of a private alphabet and every other word a space, so that one
automaton reads a text word by word: it need not look at letters, and whole words come by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import bare, normal, words
from classifier.taxonomy import Topic

_BARE_SHARE = 0.05
_FIRST = 0x10000
_UNKNOWN = " "
_REMEMBERED = 200_000


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
        self._exact = _Matcher(topics, bare_words=False)
        self._bare = _Matcher(topics, bare_words=True)
        self._marked = _Marked()

    def read(self, title: Sequence[str], text: Sequence[str]) -> Evidence:
        """The evidence in a title and a text, given as analyzer tokens or words; hits count the title's too.

        A text without diacritics (also an English one) is matched without them, any other exactly: `dao tao` must not
        be found in `đảo táo`.
        """
        matcher = self._matcher(title, text)
        return self._evidence(matcher, matcher.written(title), matcher.written(text))

    def read_letters(self, title: str, text: str, *, without_diacritics: bool) -> Evidence:
        """The same of a title and a text that are written in one of the two alphabets."""
        return self._evidence(self._bare if without_diacritics else self._exact, title, text)

    def letters(self, *, without_diacritics: bool) -> Mapping[str, str]:
        """The letter of each word that stands in a phrase."""
        return (self._bare if without_diacritics else self._exact).letters

    def _evidence(self, matcher: _Matcher, title: str, text: str) -> Evidence:
        rows = [[0] * self._topics, [0] * self._topics]
        decided = [False] * self._topics
        for row, written in zip(rows, (title, text), strict=True):
            for phrase in matcher.find(written):
                for topic in phrase.speaks:
                    row[topic] += 1
            for topic in matcher.decided(written):
                decided[topic] = True
        hits = np.array(rows, dtype=np.float64)
        return Evidence(hits=hits.sum(axis=0), title_hits=hits[0], decided=np.array(decided))

    def phrases(self, title: Sequence[str], text: Sequence[str], topic: int) -> dict[str, int]:
        """The phrases that speak for the topic of that number, with how often each does in title and text."""
        matcher = self._matcher(title, text)
        parts = (matcher.written(title), matcher.written(text))
        found = Counter(phrase.text for part in parts for phrase in matcher.find(part) if topic in phrase.speaks)
        return dict(found)

    def _matcher(self, title: Sequence[str], text: Sequence[str]) -> _Matcher:
        marked = sum(map(self._marked.__getitem__, title)) + sum(map(self._marked.__getitem__, text))
        return self._bare if is_without_diacritics(marked, len(title) + len(text)) else self._exact


def is_without_diacritics(marked: int, words: int) -> bool:
    """Whether a text has so few words with diacritics that it is to be read without them: it lost them, or is English."""
    return marked <= _BARE_SHARE * words


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase with the topics that it speaks for."""

    text: str
    speaks: tuple[int, ...]


class _Matcher:
    """One automaton over the phrases, with or without diacritics."""

    def __init__(self, topics: Sequence[Topic], *, bare_words: bool) -> None:
        self._bare = bare_words
        self._alphabet = _Alphabet(bare_words)
        speaks = self._by_pattern((number, phrase) for number, t in enumerate(topics) for phrase in (*t.seeds, *t.decides))
        decides = self._by_pattern((number, phrase) for number, t in enumerate(topics) for phrase in t.decides)
        muted = self._by_pattern((number, phrase) for number, t in enumerate(topics) for phrase in t.masks)
        patterns = sorted({*speaks, *muted})
        inner = ahocorasick_rs.AhoCorasick(patterns)
        # The longest match hides the phrases inside it, so a phrase speaks for their topics too, unless one masks them.
        names = list(self._alphabet.letters)
        self._phrases = []
        for pattern in patterns:
            parts = [(patterns[n], start, end) for n, start, end in inner.find_matches_as_indexes(pattern, overlapping=True)]
            masks = [(topic, start, end) for part, start, end in parts for topic in muted.get(part, ())]
            topics_of = {
                topic
                for part, start, end in parts
                for topic in speaks.get(part, ())
                if not any(masked == topic and begin <= start and end <= stop for masked, begin, stop in masks)
            }
            self._phrases.append(_Phrase(" ".join(names[ord(letter) - _FIRST] for letter in pattern), tuple(sorted(topics_of))))
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        # An automaton of their own: the longest match from the left would hide the Resolution's title behind `nhiệm vụ khoa học`.
        deciding = sorted(decides)
        self._decides = [tuple(sorted(decides[pattern])) for pattern in deciding]
        self._deciding = ahocorasick_rs.AhoCorasick(deciding)
        self._alphabet.close()

    @property
    def letters(self) -> Mapping[str, str]:
        """The private alphabet: the letter of each word."""
        return self._alphabet.letters

    def written(self, tokens: Sequence[str]) -> str:
        """The tokens of one part in the private alphabet."""
        return "".join(map(self._alphabet.__getitem__, tokens))

    def find(self, written: str) -> list[_Phrase]:
        """The phrases of one part, in order."""
        return [self._phrases[number] for number, _, _ in self._automaton.find_matches_as_indexes(written)]

    def decided(self, written: str) -> set[int]:
        """The topics that a phrase in one part decides."""
        found = self._deciding.find_matches_as_indexes(written)
        return {topic for number, _, _ in found for topic in self._decides[number]}

    def _by_pattern(self, phrases: Iterable[tuple[int, str]]) -> dict[str, set[int]]:
        result: dict[str, set[int]] = {}
        for topic, phrase in phrases:
            written = words(phrase)
            if self._bare and len(written) == 1 and bare(written[0]) != written[0]:
                continue  # one syllable without its marks may be any of a dozen words: quỹ, quy, quý
            pattern = "".join(map(self._alphabet.__getitem__, written))
            result.setdefault(pattern, set()).add(topic)
        return result


class _Alphabet(dict[str, str]):
    """The character of each token: grows until it is closed, then gives a space to every word that it does not know."""

    def __init__(self, bare_words: bool) -> None:
        super().__init__()
        self._bare = bare_words
        self.letters: dict[str, str] = {}
        self._closed = False

    def __missing__(self, token: str) -> str:
        word = bare(normal(token)) if self._bare else normal(token)
        letter = self.letters.get(word, _UNKNOWN)
        if letter == _UNKNOWN and not self._closed:
            letter = self.letters[word] = chr(_FIRST + len(self.letters))
        if len(self) < _REMEMBERED:
            self[token] = letter
        return letter

    def close(self) -> None:
        """From now on unknown words stay unknown."""
        self._closed = True


class _Marked(dict[str, bool]):
    """Whether a token carries diacritics."""

    def __missing__(self, token: str) -> bool:
        word = normal(token)
        marked = bare(word) != word
        if len(self) < _REMEMBERED:
            self[token] = marked
        return marked
