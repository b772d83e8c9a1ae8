"""The tokens of a text in, one number a token out, which stands for all that vocabulary and lexicon know of it.

Most tokens of a text were met before, so that one look-up each is all that Python has to do; the rest is done on arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.analyzer import bare, normal

UNKNOWN = " "
"""The letter of a word that stands in no phrase."""

_REMEMBERED = 200_000
_FIRST = 0x10000

Codes = NDArray[np.uint32]


class Coding(dict[str, str]):
    """The character of each token, worked out when it is first met; its code point less _FIRST is the token's code."""

    def __init__(
        self, written: Mapping[str, int], plain: Mapping[str, int], letters: Mapping[str, str], plain_letters: Mapping[str, str]
    ) -> None:
        """Numbers of words as written and without diacritics (zero: none), and their letters in the lexicon's two alphabets."""
        super().__init__()
        rows: list[tuple[int, int, int, int, bool]] = []
        self._of_word: dict[str, int] = {}
        self._of_plain: dict[tuple[str | None, bool], int] = {}
        for word in (*written, *(word for word in letters if word not in written)):
            base = bare(word)
            self._of_word[word] = len(rows)
            letter, plain_letter = letters.get(word, UNKNOWN), plain_letters.get(base, UNKNOWN)
            rows.append((written.get(word, 0), plain.get(base, 0), ord(letter), ord(plain_letter), base != word))
        bases: list[str | None] = [None, *plain, *(word for word in plain_letters if word not in plain)]
        for known in bases:
            letter = plain_letters.get(known or "", UNKNOWN)
            for marked in (False, True):
                self._of_plain[known, marked] = len(rows)
                rows.append((0, plain.get(known or "", 0), ord(UNKNOWN), ord(letter), marked))
        table = np.array(rows, dtype=np.int64)
        self._written, self._plain = np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])
        self._letters = (table[:, 2].astype("<u4"), table[:, 3].astype("<u4"))
        self._marked = table[:, 4].astype(np.bool_)

    def codes(self, tokens: Sequence[str]) -> Codes:
        """One code a token (or word)."""
        return np.frombuffer("".join(map(self.__getitem__, tokens)).encode("utf-32-le"), dtype="<u4") - np.uint32(_FIRST)

    def words(self, codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the words as written, and without diacritics; zero for those that have none."""
        return self._written.take(codes), self._plain.take(codes)

    def letters(self, codes: Codes, *, without_diacritics: bool) -> str:
        """The words in one of the lexicon's alphabets."""
        return self._letters[without_diacritics].take(codes).tobytes().decode("utf-32-le")

    def marked(self, codes: Codes) -> int:
        """How many of the words carry diacritics."""
        return int(np.count_nonzero(self._marked.take(codes)))

    def __missing__(self, token: str) -> str:
        word = normal(token)
        code = self._of_word.get(word)
        if code is None:
            base = bare(word)
            known = base if (base, False) in self._of_plain else None
            code = self._of_plain[known, base != word]
        letter = chr(_FIRST + code)
        if len(self) < _REMEMBERED:
            self[token] = letter
        return letter
