"""The file accounts.db beside the database of coverage: made at the first start, opened for one short piece of work each time."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlite_utils

from crawler.store.db import copy, is_foreign, scripted

FILE = "accounts.db"
BUSY_S = 2.0
"""Work on accounts takes milliseconds, so that a lock that lasts longer is a fault that people must hear of."""
_KIND = "accounts"


class NoAccounts(Exception):
    """The accounts cannot be read or written now; the message names the file."""


def accounts_path(database: Path) -> Path:
    """Where the accounts of the site that serves `database` lie."""
    return database.parent / FILE


def make_accounts(path: Path) -> None:
    """Create the file, readable by its owner alone, or bring it up to date. Raises NoAccounts."""
    try:
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, timeout=BUSY_S)) as connection:
            if is_foreign(connection, _KIND):
                raise NoAccounts(f"{path}: a database of something else; it was left alone")
            connection.execute("pragma journal_mode = wal")
            scripted(_KIND, Path(__file__).parent / "migrations").apply(sqlite_utils.Database(connection))
    except (sqlite3.DatabaseError, OSError) as error:
        raise NoAccounts(f"{path}: {error}") from error


def copy_accounts(path: Path, target: Path) -> None:
    """A consistent copy, readable by its owner alone from its first byte, whole or not at all. Raises NoAccounts."""
    try:
        with reading(path) as source:
            copy(source, target, private=True)
    except (sqlite3.DatabaseError, OSError) as error:
        raise NoAccounts(f"{target}: {error}") from error


def damage_of_accounts(path: Path) -> str | None:
    """What keeps people from signing in with this file; None where it is well."""
    try:
        with reading(path) as connection:
            if is_foreign(connection, _KIND):
                return "a database of something else"
            found = [row[0] for row in connection.execute("pragma integrity_check(3)")]
            connection.execute("select count(*) from accounts, sessions, links, attempts, audit where 0").fetchone()
    except NoAccounts as error:
        return str(error).removeprefix(f"{path}: ")
    return None if found == ["ok"] else "; ".join(found)


def is_open_to_others(path: Path) -> bool:
    """May others on this machine read or write the file?"""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for looking something up. Raises NoAccounts."""
    with _opened(path) as connection:
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction: all that is done in it is kept, or nothing when an error leaves it. Raises NoAccounts."""
    with _opened(path) as connection:
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def writing_both(database: str, path: Path, busy_s: float) -> Iterator[sqlite3.Connection]:
    """One transaction in the database of coverage, with the accounts at hand as the schema `accounts` for its audit entry.

    Raises sqlite3.OperationalError where somebody else is writing for longer than `busy_s`, NoAccounts where the log is out of
    reach: then nothing is kept.
    """
    uri = "file:{}?mode=rw"
    with closing(sqlite3.connect(uri.format(quote(database)), uri=True, timeout=busy_s, isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = on")
        try:
            connection.execute("attach ? as accounts", (uri.format(quote(str(path))),))
            connection.execute("pragma accounts.synchronous = full")
            connection.execute("select 1 from accounts.audit limit 1")
        except sqlite3.DatabaseError as error:
            raise NoAccounts(f"{path}: {error}") from error
        connection.execute("begin immediate")
        yield connection
        # What an error leaves uncommitted goes with the connection.
        connection.execute("commit")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        # rw, not rwc: accounts that went away must not come back as an empty file that lets nobody or anybody in.
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=BUSY_S, isolation_level=None)
        with closing(connection):
            connection.row_factory = sqlite3.Row
            connection.execute("pragma foreign_keys = on")
            # A session that was ended must stay ended, power cut or not.
            connection.execute("pragma synchronous = full")
            yield connection
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise NoAccounts(f"{path}: {error}") from error
