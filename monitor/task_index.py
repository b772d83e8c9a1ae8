"""Many titles in; for a text, the few of them that it may speak of, out: a hundred thousand at once, in milliseconds.

A title that a text speaks of has most of its syllables in runs of three that the text has too. All runs of all titles lie in one
sorted array of numbers; those of a text are looked up in it together. What is left is decided by task_match.overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.task_match import RUN, WEAK, words_of

_SLACK = 1e-9


class TaskIndex:
    """Titles by their runs of syllables; a title is known by its place in the list."""

    def __init__(self, titles: Sequence[str]) -> None:
        words = [words_of(title) for title in titles]
        self.short = [n for n, own in enumerate(words) if 0 < len(own) < RUN]
        """Titles shorter than a run: each text has to be asked for them one by one."""
        self._numbers: dict[str, int] = {}
        for own in words:
            for word in own:
                self._numbers.setdefault(word, len(self._numbers) + 1)
        self._base = len(self._numbers) + 1
        self._sizes = np.array([len(own) for own in words], dtype=np.int64)
        self._begins = np.concatenate([[0], np.cumsum(self._sizes)])
        flat = np.array([self._numbers[word] for own in words for word in own], dtype=np.int64)
        inside = np.arange(len(flat)) - np.repeat(self._begins[:-1], self._sizes)
        starts = np.flatnonzero(inside <= np.repeat(self._sizes, self._sizes) - RUN)
        keys = self._keys(flat, starts)
        order = np.argsort(keys, kind="stable")
        self._runs, self._places = keys[order], starts[order]
        self._title_of = np.repeat(np.arange(len(words)), self._sizes)

    def candidates(self, words: Sequence[str]) -> list[int]:
        """The titles of which a text with these folded syllables holds enough in runs, wherever they stand in it."""
        numbers = np.array([self._numbers.get(word, 0) for word in words], dtype=np.int64)
        if len(numbers) < RUN or not len(self._runs):
            return list(self.short)
        known = numbers != 0
        starts = np.flatnonzero(known[:-2] & known[1:-1] & known[2:])
        keys = np.unique(self._keys(numbers, starts))
        first, last = np.searchsorted(self._runs, keys, "left"), np.searchsorted(self._runs, keys, "right")
        sizes = last - first
        if not sizes.any():
            return list(self.short)
        # All ranges first..last one after the other, without a loop.
        places = self._places[np.arange(sizes.sum()) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)]
        covered = np.unique((places[:, None] + np.arange(RUN)).ravel())
        titles, counts = np.unique(self._title_of[covered], return_counts=True)
        good = titles[counts >= WEAK * self._sizes[titles] - _SLACK]
        return [*self.short, *(int(n) for n in good)]

    def _keys(self, numbers: NDArray[np.int64], starts: NDArray[Any]) -> NDArray[np.int64]:
        key: NDArray[np.int64] = numbers[starts]
        for step in range(1, RUN):
            key = key * self._base + numbers[starts + step]
        return key
