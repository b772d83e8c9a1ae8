"""Hashes with the numbers of their owners in, the owners of other hashes out: millions of both in flat arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint32]
_LEAST = 1 << 12
_NOBODY = -1


class Postings:
    """A hash table with chains, of 16 to 28 bytes an entry; of a hash 32 bits are kept, so that an owner may be a wrong one."""

    def __init__(self) -> None:
        self._count = 0
        self._heads: Numbers = np.full(_LEAST, _NOBODY, dtype=np.int32)
        self._keys: Keys = np.empty(_LEAST, dtype=np.uint32)
        self._owners: Numbers = np.empty(_LEAST, dtype=np.int32)
        self._next: Numbers = np.empty(_LEAST, dtype=np.int32)

    def add(self, owner: int, hashes: npt.NDArray[np.uint64]) -> None:
        """Note that `owner` has these hashes; of two that would share a place in the table one is left out."""
        if self._count + len(hashes) > len(self._owners):
            self._grow()
        keys = _keys(hashes)
        slots, first = np.unique(keys & np.uint32(len(self._heads) - 1), return_index=True)
        new = slice(self._count, self._count + len(slots))
        self._keys[new] = keys[first]
        self._owners[new] = owner
        self._next[new] = self._heads[slots]
        self._heads[slots] = np.arange(new.start, new.stop, dtype=np.int32)
        self._count = new.stop

    def owners(self, hashes: npt.NDArray[np.uint64]) -> Numbers:
        """Who has these hashes: an owner stands there once for each."""
        keys = _keys(hashes)
        at = self._heads[keys & np.uint32(len(self._heads) - 1)]
        found = [at[:0]]
        while len(at):
            there = at != _NOBODY
            at, keys = at[there], keys[there]
            found.append(self._owners[at[self._keys[at] == keys]])
            at = self._next[at]
        return np.concatenate(found)

    def _grow(self) -> None:
        """Twice as many entries in twice as many chains."""
        used = slice(0, self._count)
        size = 2 * len(self._owners)
        self._keys = np.concatenate([self._keys, np.empty_like(self._keys)])
        self._owners = np.concatenate([self._owners, np.empty_like(self._owners)])
        self._next = np.full(size, _NOBODY, dtype=np.int32)
        self._heads = np.full(size, _NOBODY, dtype=np.int32)
        slots = self._keys[used] & np.uint32(size - 1)
        order = np.argsort(slots, kind="stable").astype(np.int32)
        ranked = slots[order]
        same = ranked[1:] == ranked[:-1]
        self._next[order[1:][same]] = order[:-1][same]
        self._heads[ranked] = order  # of several in one slot the last is written last


def _keys(hashes: npt.NDArray[np.uint64]) -> Keys:
    """The low bits: those of a text's smallest hashes are as good as any."""
    return (hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)
