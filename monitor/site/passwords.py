"""A password in, its argon2id hash or whether it fits one out; one at a time, in a thread: guesses never slow the site."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.site.line import Line

T = TypeVar("T")
HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
"""RFC 9106 argon2id; 32 MiB and some 60 ms a guess, so that the one at work stays under the site's 50 MB for a stranger."""
WAITING, PATIENCE = 8, 4.0
"""How many more may wait for their turn, and for how many seconds."""
LEAST, MOST = 12, 200
"""Characters of a password; NIST SP 800-63B asks for no other rule but that it be no guess."""


class Passwords:
    """The one place where passwords are hashed. Enter `place` first; it raises Crowded (monitor/site/line.py)."""

    def __init__(self) -> None:
        self._line = Line(1, WAITING, PATIENCE)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._nobody = ""

    @property
    def is_crowded(self) -> bool:
        """Would the next one be sent away?"""
        return self._line.is_full

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One's turn to have one password hashed."""
        async with self._line.place():
            yield

    async def hash(self, password: str) -> str:
        """Its hash, as it is kept."""
        return await self._do(lambda: HASHER.hash(_plain(password)))

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the one; where there is no hash, the same work is done for nothing, so that time tells nobody."""
        if not self._nobody:
            self._nobody = await self._do(lambda: HASHER.hash(secrets.token_hex()))
        fitting = await self._do(lambda: _fits(kept or self._nobody, password))
        return fitting and kept is not None

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def outdated(kept: str) -> bool:
    """Was it hashed with other parameters than now?"""
    return HASHER.check_needs_rehash(kept)


def _fits(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> bytes:
    # The same letters typed on another keyboard may come as other code points.
    return unicodedata.normalize("NFC", password[: 4 * MOST]).encode()
