"""Open the database, bring its schema up to date, rebuild its views; a path in, a ready sqlite_utils.Database out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlite_utils
from sqlite_utils import Migrations

from crawler.store.sets import save

_HERE = Path(__file__).parent
_KIND = "nq57"
"""What the migrations of the database of coverage are called inside it; the accounts have their own."""
BUSY_TIMEOUT_MS = 30_000
"""The site's short write transactions and the weekly run wait for each other this long."""


class BadDatabase(Exception):
    """The file is not a database of ours, is corrupt, or cannot be opened; the message names the file."""


def open_database(path: Path, *, migrate: bool = True) -> sqlite_utils.Database:
    """Open (and create) the database at `path` in WAL mode with foreign keys on.

    Raises BadDatabase with a one-line message naming the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)
        db = sqlite_utils.Database(connection)
        if is_foreign(connection, _KIND):
            connection.close()
            raise BadDatabase(f"{path}: a database of something else; it was left alone")
        connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("pragma journal_mode = wal")
        # NORMAL never corrupts under WAL; a power cut may drop the last commits, which the next run makes again.
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")
        if migrate:
            _migrate(db)
    except (sqlite3.DatabaseError, OSError) as error:
        raise BadDatabase(f"{path}: {error}") from error
    return db


@contextmanager
def read_only(path: str) -> Iterator[sqlite3.Connection]:
    """Read the database at `path` as it is now, whatever is written meanwhile, on a connection of one's own.

    Raises sqlite3.OperationalError where the file cannot be read.
    """
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=5)
    try:
        connection.execute("begin")
        yield connection
    finally:
        connection.close()


def copy(source: sqlite3.Connection, target: Path, *, private: bool = False) -> None:
    """A consistent copy of a database at `target`, whole or not at all; `private`: for its owner alone from its first byte.

    Raises sqlite3.Error and OSError.
    """
    partial = target.with_name(f".{target.name}.part")
    try:
        partial.unlink(missing_ok=True)
        if private:
            partial.touch(mode=0o600)
        with closing(sqlite3.connect(partial)) as made:
            # What fails is thrown away whole; on a full disk a journal would stay behind.
            made.execute("pragma journal_mode = off")
            source.backup(made)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def is_foreign(connection: sqlite3.Connection, kind: str) -> bool:
    """Every database of a kind has had a migration of that kind; one with other tables alone is something else's."""
    made = Migrations.migrations_table
    tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    if made not in tables:
        return bool(tables)
    known = connection.execute(f"select 1 from {made} where migration_set = ?", (kind,)).fetchone()  # noqa: S608 - a constant
    return tables != {made} and known is None


def statements(sql: str) -> Iterator[str]:
    """Split a script into statements. `executescript` would commit behind the migration's back."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            if pending.strip():
                yield pending.strip()
            pending = ""
    if pending.strip() and not all(line.lstrip().startswith("--") or not line.strip() for line in pending.splitlines()):
        yield pending.strip()


def scripted(kind: str, directory: Path) -> Migrations:
    """The migrations of one kind of database: the SQL files of a directory in the order of their names."""
    migrations = Migrations(kind)
    for script in sorted(directory.glob("*.sql")):
        _register(migrations, script)
    return migrations


def is_behind(db: sqlite_utils.Database) -> bool:
    """Does an earlier version of the software keep it, so that the next command that writes will bring it up to date?"""
    return bool(scripted(_KIND, _HERE / "migrations").pending(db))


def _migrate(db: sqlite_utils.Database) -> None:
    """Views hold no data, so every upgrade drops them, lest a migration trip over one, and makes them anew."""
    migrations = scripted(_KIND, _HERE / "migrations")
    views = sorted((_HERE / "views").glob("*.sql"))
    pending = bool(migrations.pending(db))
    if pending:
        with db.atomic():
            for view in views:
                db.execute(f"drop view if exists {view.stem}")
        migrations.apply(db)
    if pending or not {view.stem for view in views} <= set(db.view_names()):
        with db.atomic():
            for view in views:
                db.execute(f"drop view if exists {view.stem}")
                for statement in statements(view.read_text(encoding="utf-8")):
                    db.execute(statement)
    if pending:
        save(db)


def _register(migrations: Migrations, script: Path) -> None:
    def step(db: sqlite_utils.Database) -> None:
        for statement in statements(script.read_text(encoding="utf-8")):
            db.execute(statement)

    step.__name__ = script.stem
    migrations(name=script.stem)(step)
