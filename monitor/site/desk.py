"""A Datasette and a request in, a rendered page out: the reader's language, one read transaction a page, one time limit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from crawler.store import read_tallies
from crawler.store.accounts.audit import record
from crawler.store.accounts.db import writing_both
from crawler.store.db import read_only
from monitor.lexicon import Lexicon
from monitor.serve import DATABASE_NAME
from monitor.site.accounts import accounts_of
from monitor.site.doors import DATA, PROBLEM, Problem, inside
from monitor.site.drawn import draw_curve, draw_groups, draw_tiles
from monitor.site.finder import finder_of
from monitor.site.formats import safe_url, show_browser, show_date, show_figure, show_number, show_percent, show_time, week_name
from monitor.site.forms import FIELD
from monitor.site.limit import time_limit
from monitor.site.line import Line
from monitor.site.memory import Memory
from monitor.site.once import once_a_site
from monitor.site.roles import anonymous_access, may
from monitor.site.stream import Streamed
from monitor.site.strings import COOKIE, LANGUAGES, Strings, choose_language, load_strings
from monitor.site.visitors import UNKNOWN, Visitor, visitor_of

PAGE_MS = 1_000
"""A page's SQL may work this long (monitor/site/limit.py); past it the reader is told, instead of everybody waiting."""
EXPORT_MS = 30_000
"""An export may work this long to find its rows; what it then takes to send them is up to the reader."""
WRITE_S = 5.0
"""Seconds that a form waits for its turn to write: the weekly run writes in transactions of well under one."""
EXPORTS = 3
"""How many exports may be on their way at once."""
SEARCHES = 2
"""How many searches may run at once: one thread of Datasette's three stays free for the light pages."""
WAITING, PATIENCE = 6, 3.0
"""How many more may wait for their turn, and for how many seconds."""
KEPT = 200
"""Pages of results that are kept, and others; one is some 50 kB."""
AGE = 5.0
"""Seconds that a page for strangers may be old while something is written: a run writes several times a second for hours."""
BUSY = {"Retry-After": "10"}
_TOLD = (400, 401, 403, 404, 405, 408, 413, 415, 429, 503)
"""Statuses that have words of their own."""
_YEAR = 365 * 24 * 3600
T = TypeVar("T")
Values = Mapping[str, object]


class Desk:
    """What a page needs of the site, made once for each Datasette."""

    def __init__(self, datasette: Any) -> None:
        self.datasette = datasette
        self.directory = Path(datasette.config_dir)
        self._strings = load_strings(self.directory / "locales")
        # Datasette renders with a coroutine for every call in a template, which takes twice as long; ours never wait.
        self._templates = datasette.get_jinja_environment().overlay(enable_async=False)
        self._exports = asyncio.Semaphore(EXPORTS)
        self._searches = Line(SEARCHES, WAITING, PATIENCE)
        self._found: Memory[Any] | None = None
        self._pages: Memory[str | None] | None = None
        self.finder = finder_of(datasette)

    @property
    def database(self) -> Path:
        """The file of the database of coverage."""
        return Path(self.datasette.get_database(DATABASE_NAME).path)

    async def read(self, query: Callable[[sqlite3.Connection], T], limit_ms: int = PAGE_MS) -> T:
        """Run `query` in one read transaction, so that all figures of a page are of the same moment."""

        def run(connection: sqlite3.Connection) -> T:
            with time_limit(connection, limit_ms):
                connection.execute("begin")
                try:
                    return query(connection)
                finally:
                    connection.execute("rollback")

        result: T = await self.datasette.get_database(DATABASE_NAME).execute_fn(run)
        return result

    async def search(self, key: Hashable, query: Callable[[sqlite3.Connection], T]) -> T:
        """Answer a heavy question, or give the answer that it had while nothing was written since. Raises Crowded."""
        if self._found is None:
            self._found = Memory(self.database, KEPT)

        async def work() -> T:
            async with self._searches.place():
                return await self.read(query)

        found: T = await self._found.answer(key, work)
        return found

    @property
    def exports_busy(self) -> bool:
        """Are as many exports on their way as may be?"""
        return self._exports.locked()

    def export(
        self, request: Any, content_type: str, headers: dict[str, str], make: Callable[[sqlite3.Connection], Iterator[bytes]]
    ) -> Streamed | None:
        """What `make` makes of one moment of the database, sent as it is made; None while too many others are at it."""
        if self.exports_busy:
            return None
        path = str(self.database)

        def work() -> Iterator[bytes]:
            with read_only(path) as connection:
                with time_limit(connection, EXPORT_MS):
                    made = make(connection)
                yield from made

        return Streamed(work, content_type, request.receive, self._exports, headers)

    async def write(
        self,
        request: Any,
        deed: str,
        subject: str,
        work: Callable[[sqlite3.Connection], T],
        told: Callable[[sqlite3.Connection, T], Mapping[str, object]] = lambda _, __: {},
        **detail: object,
    ) -> T:
        """Do `work` to the database of coverage as the person who sent the form, in one transaction with its audit entry.

        `told` gives what the entry tells beside `detail` of what was done.
        Raises sqlite3.OperationalError, which becomes a page that says to try again, where somebody else is writing for long;
        nothing is kept then, and nothing is written unseen.
        """
        path, accounts, by = str(self.database), accounts_of(self.datasette), visitor_of(request).by

        def run() -> T:
            with writing_both(path, accounts.path, WRITE_S) as connection:
                done = work(connection)
                record(connection, by, deed, subject, schema="accounts", **{**detail, **told(connection, done)})
                return done

        return await accounts.do(run)

    def strings(self, request: Any) -> Strings:
        """The strings in the reader's language."""
        asked = request.args.get("hl") if request else None
        remembered = request.cookies.get(COOKIE) if request else None
        return self._strings[choose_language(asked, remembered)]

    async def show(self, request: Any, template: str, read: Callable[[sqlite3.Connection], Values | None]) -> Response:
        """A page of what `read` finds, or of there being no such thing.

        For whoever is not signed in it is drawn once, until something is written, and then again every AGE seconds at most: all
        of them see the same. What was asked for with a query is not kept: there are as many as somebody cares to make up.
        """

        async def draw(visitor: Visitor) -> str | None:
            found = await self.read(read)
            return None if found is None else self._draw(request, template, visitor, found)

        visitor = visitor_of(request)
        if visitor.actor or request.query_string:
            html = await draw(visitor)
        else:
            if self._pages is None:
                self._pages = Memory(self.database, KEPT, AGE)
            # Drawn for somebody unknown: what is kept holds nothing that belongs to one visitor.
            key = request.path, self.strings(request).language, anonymous_access()
            html = await self._pages.answer(key, partial(draw, UNKNOWN))
        return await self.problem(request, 404) if html is None else self._answer(request, html, 200)

    async def page(self, request: Any, template: str, status: int = 200, **context: object) -> Response:
        """Render `nq57/TEMPLATE.html` with the words and formats of the reader's language."""
        return self._answer(request, self._draw(request, template, visitor_of(request), context), status)

    def _draw(self, request: Any, template: str, visitor: Visitor, context: Mapping[str, object]) -> str:
        t = self.strings(request)
        shown: dict[str, object] = {
            "t": t,
            "urls": self.datasette.urls,
            "lang": t.language,
            "num": partial(show_number, language=t.language),
            "pct": partial(show_percent, language=t.language),
            "browser": show_browser,
            "fig": partial(show_figure, language=t.language),
            "day": show_date,
            "moment": show_time,
            "week": week_name,
            "safe_url": safe_url,
            "languages": [(language, language_link(request, language)) for language in LANGUAGES],
            "draw_curve": partial(draw_curve, t=t),
            "draw_groups": partial(draw_groups, t=t),
            "draw_tiles": partial(draw_tiles, t=t, base=self.datasette.urls.path("/co-quan/")),
            "at": request.path if request else "/",
            "asked": inside(request.full_path.replace(" ", "+")) if request else "/",
            "may": partial(may, visitor.actor),
            "person": visitor.actor,
            "form_field": FIELD,
            "form_token": visitor.form_token,
            **context,
        }
        return str(self._templates.get_template(f"nq57/{template}.html").render(shown))

    def _answer(self, request: Any, html: str, status: int) -> Response:
        response = Response.html(html, status=status)
        if request and request.args.get("hl") in LANGUAGES:
            response.set_cookie(COOKIE, self.strings(request).language, max_age=_YEAR, httponly=True, samesite="lax")
        return response

    async def problem(self, request: Any, status: int, headers: dict[str, str] | None = None, words: str = "") -> Response:
        """The page for what went wrong, in our own look; of the cause it tells what `error.WORDS` in the locales says."""
        known = words or (status if status in _TOLD else 500)
        if request and (DATA.search(request.path) or request.scope.get(PROBLEM, Problem(status)).data):
            response = Response.json({"ok": False, "error": self.strings(request)(f"error.{known}.title")}, status=status)
        else:
            response = await self.page(request, "error", status=status, code=status, known=known)
        response.headers.update(headers or {})
        return response


desk_of = once_a_site(Desk)
"""The one desk of a site, so that its bounds hold for all its pages together."""


def language_link(request: Any, language: str) -> str:
    """The address of this page in a language."""
    if not request:
        return f"?hl={language}"
    pairs = [(name, value) for name in request.args for value in request.args.getlist(name) if name != "hl"]
    return f"?{urlencode([*pairs, ('hl', language)])}"


def site_lexicon(connection: sqlite3.Connection, directory: Path) -> Lexicon:
    """The terms of the project and the names of the bodies and topics that this database knows."""
    try:
        names = [*read_tallies.agency_names(connection), *read_tallies.topics(connection)]
    except sqlite3.OperationalError:
        names = []
    return Lexicon.load(directory / "search.yaml", tuple(word for name in names for word in (name.vi, name.en)))
