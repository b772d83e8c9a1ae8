"""The accounts themselves and the one-time links that open them: a connection in a write transaction in, changed rows out."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from crawler.clock import now
from crawler.store.accounts import sessions
from crawler.store.accounts.audit import By, record

Role = Literal["staff", "analyst", "admin"]
ROLES: tuple[Role, ...] = ("staff", "analyst", "admin")
LINK_LIFE = timedelta(hours=72)
FIRST_LINK_LIFE = timedelta(hours=1)
"""The link of the first start makes an administrator, so that it lies about for an hour at most."""


class Refused(Exception):
    """It cannot be done; the message is the key of a sentence in the site's locales."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; times are ISO 8601 with +07:00."""

    id: int
    username: str
    name: str
    role: Role
    password: str | None
    locked_at: str | None
    created_at: str
    signed_in_at: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that is still good; `account` is None for the one that makes the first administrator."""

    id: int
    account: Account | None


_ACCOUNT = "select id, username, name, role, password, locked_at, created_at, signed_in_at from accounts"


def everybody(connection: sqlite3.Connection) -> list[Account]:
    """All accounts by username."""
    return [Account(**row) for row in connection.execute(f"{_ACCOUNT} order by username")]


def by_name(connection: sqlite3.Connection, username: str) -> Account | None:
    """The account of that username."""
    row = connection.execute(f"{_ACCOUNT} where username = ?", (username,)).fetchone()
    return Account(**row) if row else None


def create(connection: sqlite3.Connection, by: By, username: str, name: str, role: Role, password: str | None = None) -> Account:
    """A new account; without a password it waits for its one-time link. Raises Refused where the name is taken."""
    try:
        connection.execute(
            "insert into accounts (username, name, role, password, created_at) values (?, ?, ?, ?, ?)",
            (username, name, role, password, now().isoformat()),
        )
    except sqlite3.IntegrityError:
        raise Refused("taken") from None
    record(connection, by, "account.created", username, name=name, role=role)
    return _found(connection, username)


def change_role(connection: sqlite3.Connection, by: By, username: str, role: Role) -> None:
    """Give another role; all browsers of the account have to sign in again. Raises Refused for the last administrator."""
    account = _found(connection, username)
    if account.role == role:
        return
    if role != "admin":
        _another_admin(connection, account)
    connection.execute("update accounts set role = ? where id = ?", (role, account.id))
    sessions.end(connection, account.id)
    record(connection, by, "account.role", username, before=account.role, after=role)


def lock(connection: sqlite3.Connection, by: By, username: str) -> None:
    """Sign an account out everywhere and let it in no more. Raises Refused for the last administrator."""
    account = _found(connection, username)
    if account.locked_at:
        return
    _another_admin(connection, account)
    connection.execute("update accounts set locked_at = ? where id = ?", (now().isoformat(), account.id))
    connection.execute("delete from links where account_id = ?", (account.id,))
    sessions.end(connection, account.id)
    record(connection, by, "account.locked", username)


def unlock(connection: sqlite3.Connection, by: By, username: str) -> None:
    """Let a locked account in again."""
    account = _found(connection, username)
    if account.locked_at:
        connection.execute("update accounts set locked_at = null where id = ?", (account.id,))
        record(connection, by, "account.unlocked", username)


def set_password(connection: sqlite3.Connection, by: By, username: str, password: str, *, keep: int | None = None) -> None:
    """Set the hash of a new password; every browser but session `keep` is signed out, every link of the account is void."""
    account = _found(connection, username)
    connection.execute("update accounts set password = ? where id = ?", (password, account.id))
    connection.execute("delete from links where account_id = ?", (account.id,))
    sessions.end(connection, account.id, but=keep)
    record(connection, by, "account.password", username)


def rehash(connection: sqlite3.Connection, account_id: int, password: str) -> None:
    """Keep the same password in a newer form of hash."""
    connection.execute("update accounts set password = ? where id = ?", (password, account_id))


def make_link(connection: sqlite3.Connection, by: By, username: str) -> str:
    """The code of a link with which the person sets a password, once; earlier ones are void. Raises Refused for a locked one."""
    account = _found(connection, username)
    if account.locked_at:
        raise Refused("locked")
    connection.execute("delete from links where account_id = ?", (account.id,))
    record(connection, by, "account.link", username)
    return _new_link(connection, account.id, LINK_LIFE)


def make_first_link(connection: sqlite3.Connection) -> str | None:
    """The code of the link that makes the first administrator, while there is no account; the one before it is void."""
    if connection.execute("select 1 from accounts limit 1").fetchone():
        return None
    connection.execute("delete from links")
    return _new_link(connection, None, FIRST_LINK_LIFE)


def void_first_link(connection: sqlite3.Connection) -> None:
    """The link of the first start is good for nobody any longer."""
    connection.execute("delete from links where account_id is null")


def link_of(connection: sqlite3.Connection, code: str) -> Link | None:
    """The link of a code, while it is good."""
    row = connection.execute(
        "select id, account_id from links where code = ? and expires_at > ?", (_digest(code), now().isoformat())
    ).fetchone()
    if row is None:
        return None
    if row["account_id"] is None:
        free = connection.execute("select 1 from accounts limit 1").fetchone() is None
        return Link(row["id"], None) if free else None
    account = Account(**connection.execute(f"{_ACCOUNT} where id = ?", (row["account_id"],)).fetchone())
    return None if account.locked_at else Link(row["id"], account)


def _new_link(connection: sqlite3.Connection, account_id: int | None, life: timedelta) -> str:
    code, moment = secrets.token_urlsafe(24), now()
    connection.execute("delete from links where expires_at <= ?", (moment.isoformat(),))
    connection.execute(
        "insert into links (code, account_id, made_at, expires_at) values (?, ?, ?, ?)",
        (_digest(code), account_id, moment.isoformat(), (moment + life).isoformat()),
    )
    return code


def _found(connection: sqlite3.Connection, username: str) -> Account:
    account = by_name(connection, username)
    if account is None:
        raise Refused("unknown")
    return account


def _another_admin(connection: sqlite3.Connection, account: Account) -> None:
    """Somebody must be left who can let others in."""
    if account.role != "admin" or account.locked_at or account.password is None:
        return
    others = connection.execute(
        "select 1 from accounts where role = 'admin' and locked_at is null and password is not null and id <> ?", (account.id,)
    ).fetchone()
    if others is None:
        raise Refused("last-admin")


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
