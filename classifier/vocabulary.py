"""The words of a text by number in, how often each of the model's terms stands in it out, all in numpy.

Built from strings, the terms of a text of 3 kB would be 2,700 joined strings and as many look-ups. Here a pair of words is
one product of two numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import FOLDED_MARK

_SIEVE = 1 << 18

Numbers = NDArray[np.int64]


class Vocabulary:
    """The terms of a model by number."""

    def __init__(self, terms: Sequence[str]) -> None:
        marked = [(term.replace(FOLDED_MARK, "").split(" "), term.startswith(FOLDED_MARK)) for term in terms]
        self._written = _Half([(words, number) for number, (words, is_bare) in enumerate(marked) if not is_bare])
        self._bare = _Half([(words, number) for number, (words, is_bare) in enumerate(marked) if is_bare])

    @property
    def words(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """The numbers, from one on, of the words in terms as written and in those without diacritics."""
        return self._written.words, self._bare.words

    def count(self, written: Numbers, plain: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of the terms in a text, in order, and how often each stands there.

        The text is given by the numbers of its words as written, and of the same words without diacritics.
        """
        numbers = [*self._written.numbers(written), *self._bare.numbers(plain)]
        # Number zero is every word that is no term by itself.
        counts = np.bincount(np.concatenate(numbers), minlength=1)[1:]
        rows = (counts != 0).nonzero()[0]
        return rows, counts[rows]


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
        self._sieve[self._keys[1:] & (_SIEVE - 1)] = True

    def numbers(self, words: Numbers) -> tuple[Numbers, Numbers]:
        """One more than the terms' numbers, of the words (zero: no term) and of the pairs."""
        keys = words[:-1] * len(self._single) + words[1:]
        # Looking a key up in order costs ten times a glance at the sieve, and most pairs are no terms.
        keys = keys[self._sieve[keys & (_SIEVE - 1)]]
        places = np.searchsorted(self._keys, keys, side="right") - 1
        return self._single[words], self._numbers[places[self._keys[places] == keys]]
