"""The accounts of a running site: work on accounts.db in, done in threads of its own, out; made once for each Datasette."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from crawler.store.accounts.db import NoAccounts, accounts_path, reading, writing
from monitor.serve import DATABASE_NAME
from monitor.site.flood import Flood
from monitor.site.keys import FILE, BadKey, Keys, load_keys
from monitor.site.once import once_a_site
from monitor.site.passwords import Passwords

T = TypeVar("T")


class Accounts:
    """Where the accounts are and how to get at them without keeping anybody else waiting."""

    def __init__(self, path: Path, *, https: bool = False) -> None:
        self.path, self.https = path, https
        self.passwords = Passwords()
        self.flood = Flood()
        self._keys: Keys | None = None
        # A thread each: guesses at passwords, each of which is written down, keep nobody waiting who is signed in and only reads,
        # and whoever waits for the database of coverage, which a crawl is writing, keeps nobody from signing in.
        self._reader, self._writer, self._both = (
            ThreadPoolExecutor(1, thread_name_prefix=f"accounts-{work}") for work in ("read", "write", "both")
        )

    @property
    def keys(self) -> Keys:
        """The site's secret. Raises NoAccounts where it cannot be had."""
        if self._keys is None:
            try:
                self._keys = load_keys(self.path.with_name(FILE))
            except BadKey as error:
                raise NoAccounts(str(error)) from error
        return self._keys

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` finds. Raises NoAccounts."""

        def run() -> T:
            with reading(self.path) as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives, done in one transaction. Raises NoAccounts, and what `work` raises."""

        def run() -> T:
            with writing(self.path) as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    async def do(self, work: Callable[[], T]) -> T:
        """What `work` gives, which needs the database of coverage too, done where it keeps nobody waiting but its like."""
        return await asyncio.get_running_loop().run_in_executor(self._both, work)


def _accounts(datasette: Any) -> Accounts:
    path = accounts_path(Path(datasette.get_database(DATABASE_NAME).path))
    return Accounts(path, https=bool(datasette.setting("force_https_urls")))


accounts_of = once_a_site(_accounts)
"""The accounts of a site, once it has started."""
