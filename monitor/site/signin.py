"""A name and a password, or a one-time link, in; a browser that is signed in, or why not, out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from crawler.store.accounts import attempts, people, sessions
from crawler.store.accounts.audit import By, record
from crawler.store.accounts.people import Account, Link
from monitor.site.accounts import Accounts
from monitor.site.passwords import outdated
from monitor.site.rules import read_name, read_password, read_username
from monitor.site.visitors import Visitor


class Wrong(Exception):
    """Name and password do not belong together, or the account is locked: nobody is told which."""


class TooMany(Exception):
    """So many attempts that the next one has to wait `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that signs in."""

    visitor: Visitor
    agent: str


async def sign_in(accounts: Accounts, browser: Browser, username: str, password: str) -> str:
    """The token of a new session. Raises Wrong, TooMany, Crowded and NoAccounts."""
    username = username.strip().lower()
    async with accounts.passwords.place():
        account, attempt = await _checked(accounts, browser.visitor.address, username, password)
        better = await accounts.passwords.hash(password) if outdated(account.password or "") else None

    def start(connection: sqlite3.Connection) -> str:
        now = people.by_name(connection, username)
        if now is None or now.locked_at or now.password != account.password:
            raise Wrong
        attempts.succeeded(connection, attempt)
        if better:
            people.rehash(connection, account.id, better)
        return _start(connection, browser, account)

    return await accounts.write(start)


async def change_password(accounts: Accounts, browser: Browser, old: str, new: str, again: str) -> None:
    """Give the person who is signed in another password. Raises Refused, Wrong, TooMany, Crowded and NoAccounts."""
    session = browser.visitor.session
    if session is None:
        raise Wrong
    username = session.username
    new = read_password(new, again, username)
    async with accounts.passwords.place():
        _, attempt = await _checked(accounts, browser.visitor.address, username, old)
        kept = await accounts.passwords.hash(new)

    def change(connection: sqlite3.Connection) -> None:
        attempts.succeeded(connection, attempt)
        people.set_password(connection, browser.visitor.by, username, kept, keep=session.id)

    await accounts.write(change)


async def find_link(accounts: Accounts, code: str) -> Link | None:
    """The one-time link of a code, while it is good. Raises NoAccounts."""
    return await accounts.read(lambda connection: people.link_of(connection, code))


async def use_link(accounts: Accounts, browser: Browser, code: str, fields: dict[str, str]) -> str | None:
    """The token of a new session for whoever holds a good link, None for another. Raises Refused, Crowded and NoAccounts."""
    link = await find_link(accounts, code)
    if link is None:
        return None
    username = link.account.username if link.account else read_username(fields.get("username", ""))
    name = read_name(fields.get("name", ""), username)
    password = read_password(fields.get("password", ""), fields.get("again", ""), username)
    async with accounts.passwords.place():
        kept = await accounts.passwords.hash(password)
    by, name_key = By(username, browser.visitor.address), accounts.keys.name_key(username)

    def use(connection: sqlite3.Connection) -> str | None:
        # Looked up again: of two who use it at once, one comes too late.
        found = people.link_of(connection, code)
        if found is None:
            return None
        if found.account is None:
            people.create(connection, by, username, name, "admin")
        people.set_password(connection, by, username, kept)
        people.void_first_link(connection)
        attempts.forget(connection, name_key)
        account = people.by_name(connection, username)
        return _start(connection, browser, account) if account else None

    return await accounts.write(use)


async def _checked(accounts: Accounts, address: str, username: str, password: str) -> tuple[Account, int]:
    """The account whose password it is, and the attempt that was counted. Raises Wrong and TooMany."""
    name_key = accounts.keys.name_key(username)
    attempt, wait = await accounts.write(lambda connection: attempts.reserve(connection, name_key, _place(address)))
    if wait:
        raise TooMany(wait)
    account = await accounts.read(lambda connection: people.by_name(connection, username))
    fits = await accounts.passwords.fits(account.password if account else None, password)
    if account is None or account.locked_at or not fits:
        raise Wrong
    return account, attempt


def _start(connection: sqlite3.Connection, browser: Browser, account: Account) -> str:
    # Whoever had this browser before, and whatever cookie it brought, is gone: a session is never taken over.
    if browser.visitor.session is not None:
        sessions.end(connection, browser.visitor.session.account_id, only=browser.visitor.session.id)
    record(connection, By(account.username, browser.visitor.address), "session.started", account.username)
    return sessions.start(connection, account.id, browser.visitor.address, browser.agent)


def _place(address: str) -> str:
    """What attempts are counted under: an IPv6 host has the last 64 bits to itself, and may try from all of them."""
    parts = address.split(":")
    return ":".join(parts[:4]) if len(parts) > 4 else address
