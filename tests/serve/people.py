"""People who are signed in to a site under test, each with the cookie and the form token of one browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from crawler.store.accounts import people, sessions
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, make_accounts, writing
from monitor.site.accounts import accounts_of
from monitor.site.forms import FIELD
from monitor.site.keys import load_keys
from monitor.site.visitors import SESSION_COOKIE

PASSWORD = "trời hôm nay trong xanh"
Start = Callable[[], Any]
"""Starts the site over a database, and gives it; each call is a restart."""


class Person:
    """A browser that is signed in as `username`."""

    def __init__(self, site: Datasette, username: str, token: str) -> None:
        keys = load_keys(accounts_of(site).path.with_name("accounts.key"))
        self.site, self.username = site, username
        self.cookies = {SESSION_COOKIE: keys.seal(token)}
        self.form_token = keys.form_token(f"session {token}")

    async def get(self, path: str, **how: Any) -> Any:
        """The answer to a link that the person follows."""
        return await self.site.client.get(path, cookies=self.cookies, **how)

    async def post(self, path: str, fields: dict[str, str] | None = None, **how: Any) -> Any:
        """The answer to a form that the person sends from a page of ours."""
        data = {FIELD: self.form_token, **(fields or {})}
        return await self.site.client.post(path, data=data, cookies=self.cookies, **how)


class Browser:
    """A browser that nobody has signed in with yet: keeps cookies, and sends forms from the page it saw last."""

    def __init__(self, site: Datasette) -> None:
        self.site, self.cookies, self.token = site, dict[str, str](), ""

    async def get(self, path: str, **how: Any) -> Any:
        """Open a page."""
        return self._seen(await self.site.client.get(path, cookies=self.cookies, **how))

    async def post(self, path: str, fields: dict[str, str], **how: Any) -> Any:
        """Send the form of the page that was seen last."""
        return self._seen(await self.site.client.post(path, data={FIELD: self.token, **fields}, cookies=self.cookies, **how))

    async def sign_in(self, username: str, password: str, **fields: str) -> Any:
        """Open the page to sign in, and do."""
        await self.get("/dang-nhap")
        return await self.post("/dang-nhap", {"username": username, "password": password, **fields})

    def _seen(self, response: Any) -> Any:
        for header in response.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(rf'name="{FIELD}" value="([^"]*)"', response.text)
        self.token = found[1] if found else self.token
        return response


def sign_in(site: Datasette, role: people.Role, username: str = "") -> Person:
    """A person of that role, with an account of that name (the role's, where none is given), who has just signed in."""
    username = username or role
    path = accounts_path(Path(site.get_database("nq57").path))
    make_accounts(path)
    with writing(path) as connection:
        account = people.by_name(connection, username) or people.create(
            connection, By("test"), username, f"Người {username}", role, "$argon2id$none"
        )
        token = sessions.start(connection, account.id, "127.0.0.1", "Trình duyệt thử")
    return Person(site, username, token)


async def known(browser: Browser) -> bool:
    """Is the browser signed in? Its own account's page tells."""
    response = await browser.get("/tai-khoan")
    assert response.status_code in (200, 303)
    return bool(response.status_code == 200)
