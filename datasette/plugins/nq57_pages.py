"""The pages that people see: an address in, records of crawler/store rendered with our own templates out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import datasette.handle_exception
import yaml
from datasette import NotFound, Response, hookimpl

from crawler.store.accounts.db import NoAccounts
from crawler.store.read_articles import ArticleRow
from monitor.review import Actor
from monitor.serve import DATABASE_NAME
from monitor.site import reading
from monitor.site.bounded import TooMuch
from monitor.site.decided import fixing
from monitor.site.desk import BUSY, Desk, desk_of
from monitor.site.doors import PROBLEM, Problem
from monitor.site.finder import Finder
from monitor.site.openness import WITHOUT_TEXT
from monitor.site.roles import may
from monitor.site.spoken import Spoken, words_of
from monitor.site.visitors import visitor_of

_ID = r"(?P<id>[a-z0-9][a-z0-9-]{0,80})"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Our own pages; they come before Datasette's, so that `/` is ours."""
    return [
        (r"^/$", home),
        (r"^/bai/(?P<id>[0-9]{1,18})$", article),
        (r"^/co-quan$", agencies),
        (rf"^/co-quan/{_ID}$", _page_of("agency", reading.agency)),
        (rf"^/bao/{_ID}$", _page_of("outlet", reading.outlet)),
        (rf"^/chu-de/{_ID}$", _page_of("topic", reading.topic)),
        (r"^/nhom/(?P<id>[A-Za-z0-9-]{1,80})$", _page_of("group", reading.group)),
        (r"^/tuan/(?P<id>[0-9]{4}-W[0-9]{2})$", _page_of("week", reading.week)),
        (r"^/muc-tieu$", targets),
        (rf"^/muc-tieu/{_ID}$", target),
        (r"^/tinh-trang$", health),
        (r"^/du-lieu$", data),
        (r"^/-/healthz$", healthz),
        (r"^/-/khong-co$", missing),
    ]


async def home(request: Any, datasette: Any) -> Response:
    """The day at a glance; `?o=` chooses what the provinces' tiles show."""
    desk = desk_of(datasette)
    return await desk.show(request, "home", lambda db: reading.home(db, desk.finder, request.args.get("o") or ""))


async def article(request: Any, datasette: Any) -> Response:
    """An article; for those who may correct it, with the forms and with the words that the model went by."""
    desk, key, actor = desk_of(datasette), int(request.url_vars["id"]), visitor_of(request).actor
    by = Actor(actor["id"], is_admin=may(actor, "accounts")) if actor and may(actor, "correct") else None
    done = request.args.get("done") or ""

    def query(db: sqlite3.Connection) -> reading.Values | None:
        found = reading.article(db, key)
        return found and {**found, **(fixing(db, key, by, done) if by else {})}

    found = await desk.read(query)
    if found is None:
        return await desk.problem(request, 404)
    return await desk.page(request, "article", **found, spoken=await _spoken(desk, found) if by else {})


async def agencies(request: Any, datasette: Any) -> Response:
    """All bodies with their verdicts."""
    desk = desk_of(datasette)
    return await desk.show(request, "agencies", lambda db: reading.agencies(db, desk.finder))


async def targets(request: Any, datasette: Any) -> Response:
    """The eight targets and the duties."""
    return await desk_of(datasette).show(request, "targets", reading.targets)


async def target(request: Any, datasette: Any) -> Response:
    """A target with every unit's verdict; `?verdict=` shows one kind of them."""
    only = request.args.get("verdict") or ""
    return await desk_of(datasette).show(request, "target", lambda db: reading.target(db, request.url_vars["id"], only))


async def health(request: Any, datasette: Any) -> Response:
    """The sources, what failed, and the runs."""
    desk = desk_of(datasette)
    return await desk.show(request, "health", lambda db: reading.health(db, desk.finder))


async def data(request: Any, datasette: Any) -> Response:
    """Every export, and what every column of the tables means that the reader may see."""
    desk, texts = desk_of(datasette), may(visitor_of(request).actor, "read-text")
    tables = {name: table for name, table in _described(desk.directory).items() if texts or name in WITHOUT_TEXT}
    limits = {"sql_ms": datasette.setting("sql_time_limit_ms"), "sql_rows": datasette.setting("max_returned_rows")}
    return await desk.page(request, "data", tables=tables, **limits)


async def missing(request: Any, datasette: Any) -> Response:
    """What the guard sends a request to that it refuses."""
    problem = request.scope.get(PROBLEM, Problem(404))
    return await desk_of(datasette).problem(request, problem.status, BUSY if problem.status == 503 else None, problem.words)


async def healthz() -> Response:
    """For whatever watches over the process: it answers."""
    return Response.text("ok\n")


def _page_of(template: str, find: Callable[[sqlite3.Connection, Finder, str], reading.Values | None]) -> Any:
    """A page of one thing that has an id."""

    async def page(request: Any, datasette: Any) -> Response:
        desk = desk_of(datasette)
        return await desk.show(request, template, lambda db: find(db, desk.finder, request.url_vars["id"]))

    return page


@cache
def _described(directory: Path) -> dict[str, Any]:
    described = yaml.safe_load((directory / "metadata.yaml").read_text(encoding="utf-8"))
    return dict(described["databases"][DATABASE_NAME]["tables"])


async def _spoken(desk: Desk, found: reading.Values) -> Mapping[str, Spoken]:
    """The words by which the model gave an article its topics, for those who may correct them."""
    row, topics = found["article"], found["topics"]
    if not isinstance(row, ArticleRow) or not isinstance(topics, list):
        return {}
    return await words_of(desk.database, row.title, row.text, [tag.id for tag in topics if tag.decided_by == "model"])


@hookimpl
def extra_template_vars(request: Any, datasette: Any) -> dict[str, Any]:
    """For the way back to our pages on Datasette's own (templates/_crumbs.html)."""
    return {"nq57_words": desk_of(datasette).strings(request)}


@hookimpl
def startup() -> None:
    """With rich installed, Datasette draws every 404 with all its local variables: seconds in which nobody else is served."""
    datasette.handle_exception.rich = None


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Errors in our own look; what took too long or met a database that is being replaced says to come back."""
    status = getattr(exception, "status", 404 if isinstance(exception, NotFound) else 500)
    headers, words = {}, ""
    if isinstance(exception, TooMuch):
        status, words = 400, "too-much"
    elif isinstance(exception, sqlite3.DatabaseError):
        status, headers = 503, BUSY
    elif isinstance(exception, NoAccounts):
        status, headers, words = 503, BUSY, "accounts"

    async def answer() -> Response:
        return await desk_of(datasette).problem(request, status, headers, words)

    return answer


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Any) -> Any:
    """What an account, or another one, would be needed for, in our own look."""

    async def answer() -> Response:
        known = visitor_of(request).actor is not None
        return await desk_of(datasette).problem(request, 403, words="" if known else "closed")

    return answer
