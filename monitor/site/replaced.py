"""An ASGI application over a database file in, the same out that opens the file anew when another was put in its place.

Datasette keeps its connections for ever, and a connection goes on reading the file that it opened, even one that was deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from monitor.serve import DATABASE_NAME
from monitor.site.bounded import Bounded
from monitor.site.guard import App, Message, Receive, Send

_SEEN: WeakKeyDictionary[Any, tuple[int, int] | None] = WeakKeyDictionary()


def remember(datasette: Any) -> None:
    """Which file the site begins with."""
    _SEEN[datasette] = _file(Path(datasette.get_database(DATABASE_NAME).path))


def current(app: App, datasette: Any) -> App:
    """Look before each request which file it is; while there is none, every page of it says to come back."""

    async def looked(scope: Message, receive: Receive, send: Send) -> None:
        database = datasette.databases.get(DATABASE_NAME)
        if scope["type"] == "http" and database is not None:
            found = _file(Path(database.path))
            if _SEEN.get(datasette, found) != found:
                datasette.remove_database(DATABASE_NAME)
                anew = Bounded(datasette, path=database.path, is_mutable=database.is_mutable)
                datasette.add_database(anew, name=DATABASE_NAME)
                _SEEN[datasette] = found
        await app(scope, receive, send)

    return looked


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
