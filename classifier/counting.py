"""The words of many texts in, a sparse TF-IDF matrix and its terms out: each text is read once, the rest is sorting numbers.

scikit-learn's vectoriser makes a string of every term and looks it up: 130 s for 20,000 texts of 3 kB. The terms are those of
classifier.analyzer.terms, the values those of TfidfVectorizer(sublinear_tf=True).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, hstack

from classifier.analyzer import FOLDED_MARK, bare

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counted:
    """The terms that were kept, in order, their inverse document frequencies, and one row of TF-IDF, of length one, a text."""

    terms: tuple[str, ...]
    idf: NDArray[np.float64]
    matrix: csr_matrix


def count_terms(written: Sequence[Sequence[str]], counted: int, *, least: int, most: int) -> Counted:
    """TF-IDF of texts given as analyzer words.

    The first `counted` texts choose the terms: those that stand in at least `least` of them, and of these the `most` most
    frequent, in alphabetical order where they are equal. The other texts only get a row.
    """
    numbers = _Numbers()
    words = np.concatenate([np.empty(0, np.int64), *(_numbered(numbers, text) for text in written)])
    text_of = np.repeat(np.arange(len(written)), [len(text) for text in written])
    plain = _Numbers()
    plain_of = np.array([plain[bare(word)] for word in numbers], dtype=np.int64)
    blocks = []
    for codes, spelt in ((words, list(numbers)), (plain_of[words], [FOLDED_MARK + word for word in plain])):
        inside = text_of[1:] == text_of[:-1]
        pairs = (codes[:-1] * len(spelt) + codes[1:])[inside]
        blocks += [
            _block(text_of, codes, spelt, len(written), counted, least, pairs=False),
            _block(text_of[1:][inside], pairs, spelt, len(written), counted, least, pairs=True),
        ]
    totals = np.concatenate([block.totals for block in blocks])
    cut = np.sort(totals)[-most] if len(totals) > most else 0
    names = [name for block in blocks for name in block.names(cut)]
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    chosen = order[np.sort(np.argsort(-totals[totals >= cut][order], kind="stable")[:most])]
    candidates = hstack([block.counts[:, block.totals >= cut] for block in blocks], format="csc")
    return Counted(tuple(names[place] for place in chosen), *_tfidf(csr_matrix(candidates[:, chosen]), counted))


def _tfidf(counts: csr_matrix, counted: int) -> tuple[NDArray[np.float64], csr_matrix]:
    counts.sort_indices()
    frequencies = np.bincount(counts[:counted].indices, minlength=counts.shape[1])
    idf = np.log((1.0 + counted) / (1.0 + frequencies)) + 1.0
    counts.data = (1.0 + np.log(counts.data)) * idf[counts.indices]
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(lengths, np.diff(counts.indptr))
    return idf, counts


def _numbered(numbers: _Numbers, text: Sequence[str]) -> Ints:
    return np.fromiter(map(numbers.__getitem__, text), dtype=np.int64, count=len(text))


class _Numbers(dict[str, int]):
    """Each word's number, in the order in which the words are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class _Block:
    """The words, or the pairs, of one spelling: their codes, how often each stands in the counted texts, counts by text."""

    codes: Ints
    spelt: Sequence[str]
    pairs: bool
    totals: NDArray[np.float64]
    counts: csc_matrix

    def names(self, cut: float) -> list[str]:
        """The terms that stand in the counted texts at least `cut` times."""
        codes = self.codes[self.totals >= cut]
        if not self.pairs:
            return [self.spelt[code] for code in codes.tolist()]
        first, second = np.divmod(codes, len(self.spelt))
        return [f"{self.spelt[a]} {self.spelt[b]}" for a, b in zip(first.tolist(), second.tolist(), strict=True)]


def _block(text_of: Ints, codes: Ints, spelt: Sequence[str], texts: int, counted: int, least: int, *, pairs: bool) -> _Block:
    """`codes` are numbers in `spelt`, or products of two; each stands in the text of the same place in `text_of`."""
    # One sort by code and text does what two searches for distinct values would; numpy sorts whole numbers fast.
    keys = np.sort(codes * texts + text_of)
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    times = np.diff(begins, append=len(keys)).astype(np.float64)
    codes, rows = np.divmod(keys[begins], texts)
    is_new = np.append(True, codes[1:] != codes[:-1])[: len(codes)]
    columns = np.cumsum(is_new) - 1
    distinct = codes[is_new]
    frequent = np.bincount(columns[rows < counted], minlength=len(distinct)) >= least
    kept = frequent[columns]
    edges = np.append(0, np.cumsum(np.bincount(columns[kept], minlength=len(distinct))[frequent]))
    counts = csc_matrix((times[kept], rows[kept], edges), shape=(texts, int(frequent.sum())))
    totals: NDArray[np.float64] = np.asarray(counts[:counted].sum(axis=0), dtype=np.float64).ravel()
    return _Block(distinct[frequent], spelt, pairs, totals, counts)
