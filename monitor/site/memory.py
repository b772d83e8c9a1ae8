"""Answers that were worked out are kept until anything in the database changes: a question asked twice costs once.

While a run writes, that would be for a blink of an eye; an answer may therefore be allowed to be some seconds old.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
_HEADER = 48
"""Bytes of the first copy of the index header in the -shm file; it counts the transactions (sqlite.org/walformat.html, 2.1)."""


@dataclass(frozen=True, slots=True)
class _State:
    """What every commit changes: the header of the log's index, or time and number of a file that was put in its place."""

    header: bytes
    changed_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """An answer, and of when it is."""

    state: _State
    at: float
    value: T


class Memory(Generic[T]):
    """The last `most` answers from the database at `path`, none older than `age` seconds where something was written since."""

    def __init__(self, path: Path, most: int, age: float = 0.0) -> None:
        self._file, self._index = path, path.with_name(path.name + "-shm")
        self._most, self._age = most, age
        self._kept: OrderedDict[Hashable, _Kept[T]] = OrderedDict()

    async def answer(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, where it is still good; else that of `work`, which is kept."""
        # Looked at before the work begins: what is written meanwhile makes the answer old at once, never too young.
        state, at = self._state(), monotonic()
        found = self._kept.get(key)
        if found is not None and (found.state == state or (found.state.inode == state.inode and at - found.at < self._age)):
            self._kept.move_to_end(key)
            return found.value
        made = await work()
        self._kept[key] = _Kept(state, at, made)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made

    def _state(self) -> _State:
        try:
            with self._index.open("rb") as index:
                header = index.read(_HEADER)
        except OSError:
            header = b""
        try:
            found = self._file.stat()
        except OSError:
            return _State(header, 0, 0)
        return _State(header, found.st_mtime_ns, found.st_ino)
