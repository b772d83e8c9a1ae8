"""The pages that people see: an address in, records of crawler/store rendered with our own templates out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
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
from monitor.site.desk import BUSY, Desk
from monitor.site.doors import PROBLEM, Problem
from monitor.site.openness import WITHOUT_TEXT
from monitor.site.roles import may
from monitor.site.spoken import Spoken, words_of
from monitor.site.visitors import visitor_of

_ID = r"(?P<id>[a-z0-9][a-z0-9-]{0,80})"


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """Our own pages; they come before Datasette's, so that `/` is ours."""
    desk = Desk(datasette)
    described = yaml.safe_load((desk.directory / "metadata.yaml").read_text(encoding="utf-8"))["databases"][DATABASE_NAME][
        "tables"
    ]

    async def home(request: Any) -> Response:
        return await desk.page(
            request, "home", **await desk.read(lambda db: reading.home(db, desk.finder, request.args.get("o") or ""))
        )

    async def article(request: Any) -> Response:
        key, actor, done = int(request.url_vars["id"]), visitor_of(request).actor, request.args.get("done") or ""
        by = Actor(actor["id"], is_admin=may(actor, "accounts")) if actor and may(actor, "correct") else None

        def query(db: sqlite3.Connection) -> reading.Values | None:
            found = reading.article(db, key)
            return found and {**found, **(fixing(db, key, by, done) if by else {})}

        found = await desk.read(query)
        if found is None:
            return await desk.problem(request, 404)
        spoken = await _spoken(desk, found) if by else {}
        return await desk.page(request, "article", **found, spoken=spoken)

    async def agencies(request: Any) -> Response:
        return await desk.page(request, "agencies", **await desk.read(lambda db: reading.agencies(db, desk.finder)))

    async def agency(request: Any) -> Response:
        return await _or_missing(desk, request, "agency", lambda db: reading.agency(db, desk.finder, request.url_vars["id"]))

    async def outlet(request: Any) -> Response:
        return await _or_missing(desk, request, "outlet", lambda db: reading.outlet(db, desk.finder, request.url_vars["id"]))

    async def topic(request: Any) -> Response:
        return await _or_missing(desk, request, "topic", lambda db: reading.topic(db, desk.finder, request.url_vars["id"]))

    async def group(request: Any) -> Response:
        return await _or_missing(desk, request, "group", lambda db: reading.group(db, desk.finder, request.url_vars["id"]))

    async def week(request: Any) -> Response:
        return await _or_missing(desk, request, "week", lambda db: reading.week(db, desk.finder, request.url_vars["id"]))

    async def targets(request: Any) -> Response:
        return await desk.page(request, "targets", **await desk.read(reading.targets))

    async def target(request: Any) -> Response:
        only = request.args.get("verdict") or ""
        return await _or_missing(desk, request, "target", lambda db: reading.target(db, request.url_vars["id"], only))

    async def health(request: Any) -> Response:
        return await desk.page(request, "health", **await desk.read(lambda db: reading.health(db, desk.finder)))

    async def data(request: Any) -> Response:
        texts = may(visitor_of(request).actor, "read-text")
        tables = {name: table for name, table in described.items() if texts or name in WITHOUT_TEXT}
        limits = {"sql_ms": datasette.setting("sql_time_limit_ms"), "sql_rows": datasette.setting("max_returned_rows")}
        return await desk.page(request, "data", tables=tables, **limits)

    async def missing(request: Any) -> Response:
        problem = request.scope.get(PROBLEM, Problem(404))
        return await desk.problem(request, problem.status, BUSY if problem.status == 503 else None, problem.words)

    async def healthz() -> Response:
        return Response.text("ok\n")

    return [
        (r"^/$", home),
        (r"^/bai/(?P<id>[0-9]{1,18})$", article),
        (r"^/co-quan$", agencies),
        (rf"^/co-quan/{_ID}$", agency),
        (rf"^/bao/{_ID}$", outlet),
        (rf"^/chu-de/{_ID}$", topic),
        (r"^/nhom/(?P<id>[A-Za-z0-9-]{1,80})$", group),
        (r"^/tuan/(?P<id>[0-9]{4}-W[0-9]{2})$", week),
        (r"^/muc-tieu$", targets),
        (rf"^/muc-tieu/{_ID}$", target),
        (r"^/tinh-trang$", health),
        (r"^/du-lieu$", data),
        (r"^/-/healthz$", healthz),
        (r"^/-/khong-co$", missing),
    ]


async def _or_missing(desk: Desk, request: Any, template: str, query: Any) -> Response:
    found = await desk.read(query)
    if found is None:
        return await desk.problem(request, 404)
    return await desk.page(request, template, **found)


async def _spoken(desk: Desk, found: reading.Values) -> Mapping[str, Spoken]:
    """The words by which the model gave an article its topics, for those who may correct them."""
    row, topics = found["article"], found["topics"]
    if not isinstance(row, ArticleRow) or not isinstance(topics, list):
        return {}
    return await words_of(desk.database, row.title, row.text, [tag.id for tag in topics if tag.decided_by == "model"])


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
        return await Desk(datasette).problem(request, status, headers, words)

    return answer


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Any) -> Any:
    """What an account, or another one, would be needed for, in our own look."""

    async def answer() -> Response:
        known = visitor_of(request).actor is not None
        return await Desk(datasette).problem(request, 403, words="" if known else "closed")

    return answer
