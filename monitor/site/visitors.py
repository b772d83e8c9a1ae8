"""A request in, who sent it out: a person who is signed in, or somebody unknown, and what their forms must bring."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.store.accounts import sessions
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import NoAccounts
from crawler.store.accounts.sessions import Session
from monitor.site.accounts import Accounts
from monitor.site.roles import Actor

SESSION_COOKIE = "nq57_session"
FORM_COOKIE = "nq57_form"
_LEAST = 20
"""Characters of a cookie of forms; a shorter one is not from here."""
SCOPE = "nq57.visitor"
"""Where in a request's scope the visitor is."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is at the other end."""

    session: Session | None
    address: str
    form_token: str
    """The value of the hidden field of every form; empty where no form may be sent."""
    trouble: bool = False
    """A cookie was shown that cannot be checked now."""
    fresh: str = ""
    """What the cookie of forms has to be set to, where the browser has none yet."""

    @property
    def actor(self) -> Actor | None:
        """As Datasette and `may` know them; None for somebody who is not signed in."""
        if self.session is None:
            return None
        return {"id": self.session.username, "name": self.session.name, "role": self.session.role}

    @property
    def by(self) -> By:
        """As the audit log knows them."""
        return By(self.session.username if self.session else "", self.address)


UNKNOWN = Visitor(None, "", "")


def visitor_of(request: Any) -> Visitor:
    """The visitor that the guard has recognised."""
    found = request.scope.get(SCOPE) if request else None
    return found if isinstance(found, Visitor) else UNKNOWN


async def recognise(accounts: Accounts, scope: Mapping[str, Any]) -> Visitor:
    """Who sent a request. Never raises: where accounts are out of order, everybody is unknown."""
    address = (scope.get("client") or ("",))[0]
    cookies = _cookies(scope)
    try:
        keys = accounts.keys
        token = keys.unseal(cookies.get(SESSION_COOKIE, ""))
        if token is not None:
            session = await accounts.read(lambda connection: sessions.find(connection, token))
            if session is not None:
                await _touch(accounts, session)
                return Visitor(session, address, keys.form_token(f"session {token}"))
        browser = cookies.get(FORM_COOKIE, "")
        fresh = "" if len(browser) >= _LEAST else secrets.token_urlsafe(24)
        return Visitor(None, address, keys.form_token(f"browser {fresh or browser}"), fresh=fresh)
    except NoAccounts:
        return Visitor(None, address, "", trouble=True)


async def _touch(accounts: Accounts, session: Session) -> None:
    if session.is_stale:
        try:
            await accounts.write(lambda connection: sessions.touch(connection, session.id))
        except NoAccounts:
            # It only shortens the session; the page that was asked for does not depend on it.
            return


def _cookies(scope: Mapping[str, Any]) -> dict[str, str]:
    # By hand: http.cookies gives up at the first cookie that some other program on this host has set badly.
    pairs = (part.partition("=") for part in _header(scope, b"cookie").split(";"))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _header(scope: Mapping[str, Any], wanted: bytes) -> str:
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted)
