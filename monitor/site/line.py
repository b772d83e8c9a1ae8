"""A few at once, some waiting, the rest asked to come back: so that heavy questions never keep light pages waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Crowded(Exception):
    """Too many are waiting already, or it took too long."""


class Line:
    """At most `at_once` inside and `waiting` before the door, none of them longer than `patience` seconds."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._door = asyncio.Semaphore(at_once)
        self._most, self._patience = at_once + waiting, patience
        self._here = 0

    @property
    def is_full(self) -> bool:
        """Would the next one be sent away?"""
        return self._here >= self._most

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one's turn. Raises Crowded."""
        if self.is_full:
            raise Crowded
        self._here += 1
        try:
            try:
                await asyncio.wait_for(self._door.acquire(), self._patience)
            except TimeoutError:
                raise Crowded from None
            try:
                yield
            finally:
                self._door.release()
        finally:
            self._here -= 1
