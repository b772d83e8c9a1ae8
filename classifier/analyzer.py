"""Text in, words and the terms that the topic model counts out: words and word pairs, as written and without diacritics.

No segmenter: on Vietnamese news, pairs of syllables do what word segmentation does (macro-F1 85.2 against 85.2 for
underthesea's words) at a fifteenth of the cost. Chinese, which has no spaces, is read by its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from classifier.text import clean, fold, fold_tone, nfc

NUMBER = "#"
"""Stands for every number: an amount says that there is one, its digits say nothing of the topic."""

FOLDED_MARK = "~"
"""Begins a term without diacritics, and its second word too."""

_KEPT = frozenset({"AI"})
"""Tokens that keep their capitals, since in small letters they are everyday words: `AI` and `ai` (who)."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_TOKEN = re.compile(r"[^\W_]+")
_TOKEN_OR_HAN = re.compile("[^\\W_\u3400-\u9fff\uf900-\ufaff]+|[\u3400-\u9fff\uf900-\ufaff]")


def tokens(text: str) -> list[str]:
    """The runs of letters and digits of `text` as they are written; any Unicode is fine.

    Cleaning costs as much as all the rest, and hardly any text needs it: only what is not printable would be changed.
    """
    clear = nfc(text) if text.replace("\n", " ").isprintable() else clean(text)
    return (_TOKEN_OR_HAN if _HAN.search(clear) else _TOKEN).findall(clear)


def words(text: str) -> list[str]:
    """The words of `text` in lower case (but AI), tone marks in their canonical place, numbers as `#`."""
    return list(map(normal, tokens(text)))


@lru_cache(maxsize=65_536)
def normal(token: str) -> str:
    """One token as a word; a word stays as it is."""
    if token in _KEPT:
        return token
    return NUMBER if token.isdecimal() else fold_tone(token.lower()).replace("ё", "е")  # printed either way


def folded(written: Sequence[str]) -> list[str]:
    """The same words without diacritics."""
    return list(map(bare, written))


@lru_cache(maxsize=65_536)
def bare(word: str) -> str:
    """One word without diacritics."""
    return word if word in _KEPT else fold(word)


def terms(written: Sequence[str]) -> Iterator[str]:
    """The words and word pairs of a text as written, then the same without diacritics, marked with `~`.

    Both, so that a text that lost its diacritics still meets half of what the model knows.
    """
    yield from written
    yield from map(" ".join, pairwise(written))
    marked = [FOLDED_MARK + word for word in folded(written)]
    yield from marked
    yield from map(" ".join, pairwise(marked))
