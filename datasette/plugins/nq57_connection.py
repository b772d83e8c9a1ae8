"""Every connection gets the search functions and a bound on the size of a value; the one database is named nq57."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from datasette import hookimpl

from monitor.search import match
from monitor.serve import DATABASE_NAME
from monitor.site.bounded import Bounded
from monitor.site.desk import site_lexicon
from monitor.site.replaced import current, remember

LOCKED_MS = 1_000
"""How long a page waits for somebody who holds the whole database; in WAL mode nobody does."""
LONGEST_VALUE = 16_000_000
"""Bytes of one value: more than any article, less than a memory bomb (`printf`, `zeroblob` escape the time limit)."""


# Last, so that our escape_fts stays: Datasette's own knows nothing of Vietnamese, and its tables' search box uses it.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, datasette: Any) -> None:
    """Bound waiting and the size of values; `nq57_match(text)` makes a safe full text expression of whatever was typed."""
    conn.execute(f"pragma busy_timeout = {LOCKED_MS}")
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    ask = partial(match, lexicon=site_lexicon(conn, Path(datasette.config_dir)))
    for name in ("nq57_match", "escape_fts"):
        conn.create_function(name, 1, ask, deterministic=True)


@hookimpl
def startup(datasette: Any) -> Any:
    """Name the database file nq57, whatever it is called on disk, and bound its answers."""

    async def rename() -> None:
        files = [name for name, database in datasette.databases.items() if database.path]
        if len(files) != 1:
            return
        old = datasette.databases[files[0]]
        datasette.remove_database(files[0])
        datasette.add_database(Bounded(datasette, path=old.path, is_mutable=old.is_mutable), name=DATABASE_NAME)
        await datasette.refresh_schemas(force=True)
        remember(datasette)

    return rename


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    """Serve the file that is there now."""
    return lambda app: current(app, datasette)
