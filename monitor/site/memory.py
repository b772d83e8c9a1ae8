"""Answers that were worked out are kept until anything in the database changes: a question asked twice costs once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
State = tuple[bytes, int, int]
_HEADER = 48
"""Bytes of the first copy of the index header in the -shm file; it counts the transactions (sqlite.org/walformat.html, 2.1)."""


class Memory(Generic[T]):
    """The last `most` answers from the database at `path`."""

    def __init__(self, path: Path, most: int) -> None:
        self._file, self._index = path, path.with_name(path.name + "-shm")
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[State, T]] = OrderedDict()

    async def answer(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, where nothing was written since; else that of `work`, which is kept."""
        # Looked at before the work begins: what is written meanwhile makes the answer old at once, never too young.
        state = self._state()
        found = self._kept.get(key)
        if found is not None and found[0] == state:
            self._kept.move_to_end(key)
            return found[1]
        made = await work()
        self._kept[key] = (state, made)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made

    def _state(self) -> State:
        """What every commit changes: the header of the log's index, or time and size of a file that was put in its place."""
        try:
            with self._index.open("rb") as index:
                header = index.read(_HEADER)
        except OSError:
            header = b""
        try:
            found = self._file.stat()
        except OSError:
            return header, 0, 0
        return header, found.st_mtime_ns, found.st_ino
