"""Who is signed in: a token in, the account behind it out, as long as the row is there and its time is not over."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.clock import now

IDLE = timedelta(hours=8)
"""A browser that has not been used for a working day has to sign in again."""
LONGEST = timedelta(days=7)
"""And every browser once a week."""
_TOUCH = timedelta(minutes=1)
"""`seen_at` is written no more often, so that reading pages costs a write a minute at most."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in, with whom it is signed in as."""

    id: int
    account_id: int
    username: str
    name: str
    role: str
    started_at: str
    seen_at: str
    address: str
    agent: str

    @property
    def is_stale(self) -> bool:
        """Is it time to write down that it was seen?"""
        return now() - datetime.fromisoformat(self.seen_at) >= _TOUCH


_SESSION = """select s.id, s.account_id, a.username, a.name, a.role, s.started_at, s.seen_at, s.address, s.agent
              from sessions s join accounts a on a.id = s.account_id"""


def start(connection: sqlite3.Connection, account_id: int, address: str, agent: str) -> str:
    """Sign a browser in; gives the token that its cookie holds."""
    token, moment = secrets.token_urlsafe(32), now()
    connection.execute("delete from sessions where expires_at <= ? or seen_at <= ?", _over(moment))
    connection.execute(
        "insert into sessions (token, account_id, started_at, seen_at, expires_at, address, agent) values (?, ?, ?, ?, ?, ?, ?)",
        (_digest(token), account_id, *[moment.isoformat()] * 2, (moment + LONGEST).isoformat(), address, agent[:200]),
    )
    connection.execute("update accounts set signed_in_at = ? where id = ?", (moment.isoformat(), account_id))
    return token


def find(connection: sqlite3.Connection, token: str) -> Session | None:
    """Who the token belongs to, if its session goes on and its account may be used."""
    row = connection.execute(
        f"{_SESSION} where s.token = ? and s.expires_at > ? and s.seen_at > ? and a.locked_at is null",
        (_digest(token), *_over(now())),
    ).fetchone()
    return Session(**row) if row else None


def touch(connection: sqlite3.Connection, session_id: int) -> None:
    """It was used just now."""
    connection.execute("update sessions set seen_at = ? where id = ?", (now().isoformat(), session_id))


def end(connection: sqlite3.Connection, account_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """Sign out an account's browsers: all, `only` this session, or all `but` this one. Gives how many."""
    return connection.execute(
        "delete from sessions where account_id = ? and (? is null or id = ?) and id is not ?", (account_id, only, only, but)
    ).rowcount


def sessions_of(connection: sqlite3.Connection, account_id: int) -> list[Session]:
    """The browsers in which an account is signed in, the last used first."""
    rows = connection.execute(
        f"{_SESSION} where s.account_id = ? and s.expires_at > ? and s.seen_at > ? order by s.seen_at desc, s.id desc",
        (account_id, *_over(now())),
    )
    return [Session(**row) for row in rows]


def _over(moment: datetime) -> tuple[str, str]:
    """What `expires_at` and `seen_at` must be later than."""
    return moment.isoformat(), (moment - IDLE).isoformat()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
