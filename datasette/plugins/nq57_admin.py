"""For administrators: the accounts, what may be done to them, and the audit log of every write, as pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from datasette import Response, hookimpl

from crawler.store.accounts import audit, people
from crawler.store.accounts.audit import By
from crawler.store.accounts.people import ROLES, Refused
from monitor.site.accounts import accounts_of
from monitor.site.desk import Desk, desk_of
from monitor.site.forms import fields_of, number_in
from monitor.site.roles import may
from monitor.site.rules import read_name, read_role, read_username
from monitor.site.visitors import visitor_of

PAGE = 100
"""Entries of the log on a page."""
Act = Callable[[sqlite3.Connection, By, str], str | None]
"""What a form does to the account of that username; gives the code of a one-time link where it made one."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """/quan-tri and what its forms are sent to, /quan-tri/nhat-ky."""
    return [
        (r"^/quan-tri$", _for_administrators(accounts)),
        (r"^/quan-tri/tao$", _form("created", create)),
        (r"^/quan-tri/vai-tro$", _form("role", change_role)),
        (r"^/quan-tri/khoa$", _form("locked", lambda _: people.lock)),
        (r"^/quan-tri/mo-khoa$", _form("unlocked", lambda _: people.unlock)),
        (r"^/quan-tri/lien-ket$", _form("link", lambda _: people.make_link)),
        (r"^/quan-tri/nhat-ky$", _for_administrators(log)),
    ]


async def accounts(request: Any, datasette: Any) -> Response:
    """Everybody who has an account, and the form for another one."""
    return await _page(desk_of(datasette), request)


def create(fields: Mapping[str, str]) -> Act:
    """A new account with its one-time link. Raises Refused."""
    username = read_username(fields.get("username", ""))
    name, role = read_name(fields.get("name", ""), username), read_role(fields.get("role", ""))

    def act(connection: sqlite3.Connection, by: By, _: str) -> str:
        people.create(connection, by, username, name, role)
        return people.make_link(connection, by, username)

    return act


def change_role(fields: Mapping[str, str]) -> Act:
    """Another role. Raises Refused."""
    role = read_role(fields.get("role", ""))
    return lambda connection, by, username: people.change_role(connection, by, username, role)


async def log(request: Any, datasette: Any) -> Response:
    """The audit log, of a person (`nguoi`) and a day (`ngay`), older than an entry (`truoc`)."""
    actor, day = request.args.get("nguoi") or "", request.args.get("ngay") or ""
    older = number_in(request.args.get("truoc"))

    def find(connection: sqlite3.Connection) -> tuple[list[audit.Entry], list[str]]:
        return audit.entries(connection, actor, day, older, PAGE + 1), audit.actors(connection)

    entries, actors = await accounts_of(datasette).read(find)
    last = entries[PAGE - 1].id if len(entries) > PAGE else 0
    shown = {"entries": entries[:PAGE], "actors": actors, "actor": actor, "day_chosen": day, "older": last}
    return await desk_of(datasette).page(request, "audit", **shown)


def _form(done: str, read: Callable[[Mapping[str, str]], Act]) -> Any:
    """What a form is sent to; whoever comes by a link gets the page with the form."""

    async def sent(request: Any, datasette: Any) -> Response:
        if request.method != "POST":
            return Response.redirect("/quan-tri", status=303)
        fields, by = fields_of(request), visitor_of(request).by
        username = fields.get("username", "")
        try:
            act = read(fields)
            code = await accounts_of(datasette).write(lambda connection: act(connection, by, username))
        except Refused as no:
            return await _page(desk_of(datasette), request, wrong=str(no), status=400)
        if code is None:
            return Response.redirect(f"/quan-tri?xong={done}", status=303)
        # Shown once and kept nowhere, so that there is no page to go on to.
        address = datasette.absolute_url(request, f"/dang-nhap/{code}")
        return await _page(desk_of(datasette), request, link=address, link_of=username.strip().lower())

    return _for_administrators(sent)


def _for_administrators(page: Any) -> Any:
    """The guard has looked already; a slip there must not open this."""

    async def checked(request: Any, datasette: Any) -> Response:
        if not may(visitor_of(request).actor, "accounts"):
            return await desk_of(datasette).problem(request, 403)
        found: Response = await page(request, datasette)
        return found

    return checked


async def _page(desk: Desk, request: Any, wrong: str = "", status: int = 200, link: str = "", link_of: str = "") -> Response:
    found = await accounts_of(desk.datasette).read(people.everybody)
    done = request.args.get("xong") if request.args.get("xong") in ("role", "locked", "unlocked") else ""
    fields = fields_of(request)
    typed = {name: fields.get(name, "")[:100] if wrong else "" for name in ("username", "name", "role")}
    shown = {"accounts": found, "roles": ROLES, "wrong": wrong, "link": link, "link_of": link_of, "done": done, "typed": typed}
    return await desk.page(request, "admin", status=status, **shown)
