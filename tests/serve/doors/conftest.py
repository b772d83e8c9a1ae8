"""Two people who may sign in, a site that can be restarted, and a browser that nobody has signed in with yet."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.store.accounts import people
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, make_accounts, writing
from monitor.serve import config_dir
from monitor.site.passwords import HASHER
from tests.serve.people import PASSWORD, Browser, Start

BY = By("test")


@pytest.fixture(scope="session")
def hashed() -> str:
    return HASHER.hash(PASSWORD)


@pytest.fixture
def db(database: Path, tmp_path: Path, hashed: str) -> Path:
    """A database with two accounts, `lan` of the staff and `binh`, administrator, with one password."""
    path = tmp_path / "nq57.db"
    shutil.copy(database, path)
    make_accounts(accounts_path(path))
    with writing(accounts_path(path)) as connection:
        people.create(connection, BY, "binh", "Lê Bình", "admin", hashed)
        people.create(connection, BY, "lan", "Nguyễn Thị Lan", "staff", hashed)
    return path


@pytest_asyncio.fixture
async def start(db: Path) -> AsyncIterator[Start]:
    """Starts the site over the database, as often as it is called: each call is a restart."""
    running: list[Datasette] = []

    async def make() -> Datasette:
        site = Datasette(files=[str(db)], config_dir=config_dir())
        await site.invoke_startup()
        running.append(site)
        return site

    yield make
    for site in running:
        site.close()


@pytest_asyncio.fixture
async def browser(start: Start) -> Browser:
    return Browser(await start())
