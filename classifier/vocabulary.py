"""The tokens of a text in, how often each of the model's terms stands in it out: one look-up a token, the rest in numpy.

Built from strings, the terms of a text of 3 kB would be 2,700 joined strings and as many look-ups. Here each token gives
one character, whose code stands for its word and its word without diacritics; a pair of words is one product of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import FOLDED_MARK, bare, normal

_REMEMBERED = 200_000
_FIRST = 0x10000
_SIEVE = 1 << 18

Numbers = NDArray[np.int64]


class Vocabulary:
    """The terms of a model by number."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._size = len(terms)
        marked = [(term.replace(FOLDED_MARK, "").split(" "), term.startswith(FOLDED_MARK)) for term in terms]
        self._written = _Half([(words, number) for number, (words, is_bare) in enumerate(marked) if not is_bare])
        self._bare = _Half([(words, number) for number, (words, is_bare) in enumerate(marked) if is_bare])
        self._codes = _Codes(self._written.words, self._bare.words)
        self._written_of = np.array([written for written, _ in self._codes.pairs], dtype=np.int64)
        self._bare_of = np.array([plain for _, plain in self._codes.pairs], dtype=np.int64)

    def count(self, tokens: Sequence[str]) -> NDArray[np.intp]:
        """How often each term stands in the tokens (or words) of a text, by the term's number."""
        letters = "".join(map(self._codes.__getitem__, tokens)).encode("utf-32-le")
        codes = np.frombuffer(letters, dtype="<u4") - _FIRST
        numbers = [*self._written.numbers(self._written_of[codes]), *self._bare.numbers(self._bare_of[codes])]
        # Number zero is every word that is no term by itself.
        return np.bincount(np.concatenate(numbers), minlength=self._size + 1)[1:]


class _Half:
    """The terms with, or those without, diacritics."""

    def __init__(self, terms: Sequence[tuple[list[str], int]]) -> None:
        parts = sorted({word for words, _ in terms for word in words})
        self.words = {word: number for number, word in enumerate(parts, start=1)}
        self._single = np.zeros(len(parts) + 1, dtype=np.int64)
        keys, numbers = [-1], [0]
        for words, number in terms:
            if len(words) == 1:
                self._single[self.words[words[0]]] = number + 1
            else:
                keys.append(self.words[words[0]] * len(self._single) + self.words[words[1]])
                numbers.append(number + 1)
        order = np.argsort(keys)
        self._keys = np.array(keys, dtype=np.int64)[order]
        self._numbers = np.array(numbers, dtype=np.int64)[order]
        self._sieve = np.zeros(_SIEVE, dtype=np.bool_)
        self._sieve[self._keys[1:] % _SIEVE] = True

    def numbers(self, words: Numbers) -> tuple[Numbers, Numbers]:
        """One more than the terms' numbers, of the words (zero: no term) and of the pairs."""
        keys = words[:-1] * len(self._single) + words[1:]
        # Looking a key up in order costs ten times a glance at the sieve, and most pairs are no terms.
        keys = keys[self._sieve[keys % _SIEVE]]
        places = np.searchsorted(self._keys, keys, side="right") - 1
        return self._single[words], self._numbers[places[self._keys[places] == keys]]


class _Codes(dict[str, str]):
    """The character of each token, worked out when it is first met; unknown words share one."""

    def __init__(self, written: dict[str, int], bare_words: dict[str, int]) -> None:
        super().__init__()
        self.pairs = [(0, 0)]
        """By code: the number of the word, and that of the word without diacritics."""
        self._of_word: dict[str, int] = {}
        self._of_bare: dict[str, int] = {}
        for word, number in written.items():
            self._of_word[word] = len(self.pairs)
            self.pairs.append((number, bare_words.get(bare(word), 0)))
        for word, number in bare_words.items():
            self._of_bare[word] = len(self.pairs)
            self.pairs.append((0, number))

    def __missing__(self, token: str) -> str:
        word = normal(token)
        code = self._of_word.get(word) or self._of_bare.get(bare(word), 0)
        letter = chr(_FIRST + code)
        if len(self) < _REMEMBERED:
            self[token] = letter
        return letter
