"""Signing in and out, and one's own account: forms in, sessions made and ended (monitor/site/signin.py), pages out."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import Response, hookimpl

from crawler.store.accounts import sessions
from crawler.store.accounts.audit import record
from crawler.store.accounts.people import Refused
from crawler.store.accounts.sessions import LONGEST
from monitor.site import signin
from monitor.site.accounts import accounts_of
from monitor.site.desk import BUSY, Desk, desk_of
from monitor.site.doors import inside
from monitor.site.forms import fields_of, number_in
from monitor.site.line import Crowded
from monitor.site.signin import Browser, TooMany, Wrong
from monitor.site.visitors import SESSION_COOKIE, visitor_of


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """/dang-nhap, /dang-xuat, /tai-khoan."""
    return [
        (r"^/dang-nhap$", enter),
        (r"^/dang-nhap/(?P<code>[\w-]{1,60})$", follow_link),
        (r"^/dang-xuat$", leave),
        (r"^/tai-khoan$", account),
        (r"^/tai-khoan/mat-khau$", change_password),
        (r"^/tai-khoan/phien$", end_sessions),
    ]


async def enter(request: Any, datasette: Any) -> Response:
    """The form to sign in, and what becomes of it; `next` is where one wanted to go."""
    desk, fields = desk_of(datasette), fields_of(request)
    wanted = inside(fields.get("next") or request.args.get("next") or "/")
    if request.method != "POST":
        if visitor_of(request).actor is not None:
            return Response.redirect(wanted, status=303)
        return await desk.page(request, "sign_in", wanted=wanted, typed="", wrong="", wait=0)
    username, password = fields.get("username", ""), fields.get("password", "")
    shown = {"wanted": wanted, "typed": username[:100]}
    try:
        token = await signin.sign_in(accounts_of(datasette), _browser(request), username, password)
    except Wrong:
        return await desk.page(request, "sign_in", status=403, **shown, wrong="wrong", wait=0)
    except TooMany as no:
        response = await desk.page(request, "sign_in", status=429, **shown, wrong="wait", wait=_minutes(no))
        response.headers["Retry-After"] = str(no.seconds)
        return response
    except Crowded:
        return await desk.problem(request, 503, BUSY, "crowded")
    return _signed_in(datasette, request, token, wanted)


async def follow_link(request: Any, datasette: Any) -> Response:
    """What a one-time link opens: the form for a password, and the person's account once it is set."""
    desk, accounts = desk_of(datasette), accounts_of(datasette)
    code, fields, wrong = request.url_vars["code"], dict(fields_of(request)), ""
    found = await signin.find_link(accounts, code)
    try:
        if found is not None and request.method == "POST":
            token = await signin.use_link(accounts, _browser(request), code, fields)
            if token is not None:
                return _signed_in(datasette, request, token, "/tai-khoan")
            found = None
    except Refused as no:
        wrong = str(no)
    except Crowded:
        return await desk.problem(request, 503, BUSY, "crowded")
    if found is None:
        return await desk.problem(request, 404, words="link")
    typed = {name: fields.get(name, "")[:100] for name in ("username", "name")}
    status = 400 if wrong else 200
    return await desk.page(request, "set_password", status=status, account=found.account, typed=typed, wrong=wrong)


async def leave(request: Any, datasette: Any) -> Response:
    """Sign this browser out."""
    if request.method != "POST":
        return Response.redirect("/", status=303)
    visitor = visitor_of(request)
    if (session := visitor.session) is not None:

        def end(connection: sqlite3.Connection) -> None:
            sessions.end(connection, session.account_id, only=session.id)
            record(connection, visitor.by, "session.ended", session.username)

        await accounts_of(datasette).write(end)
    response = Response.redirect("/dang-nhap", status=303)
    response.set_cookie(SESSION_COOKIE, "", max_age=0, path="/", httponly=True, samesite="lax", secure=_is_secure(request))
    return response


async def account(request: Any, datasette: Any) -> Response:
    """One's own account."""
    return await _own_account(desk_of(datasette), request)


async def change_password(request: Any, datasette: Any) -> Response:
    """Another password for oneself; whoever comes by a link gets the page with the form."""
    if request.method != "POST":
        return Response.redirect("/tai-khoan", status=303)
    desk, fields = desk_of(datasette), fields_of(request)
    typed = (fields.get(name, "") for name in ("old", "password", "again"))
    try:
        await signin.change_password(accounts_of(datasette), _browser(request), *typed)
    except Refused as no:
        return await _own_account(desk, request, wrong=str(no), status=400)
    except Wrong:
        return await _own_account(desk, request, wrong="old", status=403)
    except TooMany as no:
        return await _own_account(desk, request, wrong="many", status=429, wait=_minutes(no))
    except Crowded:
        return await desk.problem(request, 503, BUSY, "crowded")
    return Response.redirect("/tai-khoan?xong=password", status=303)


async def end_sessions(request: Any, datasette: Any) -> Response:
    """Sign out another browser of one's own, or all others; whoever comes by a link gets the page with the form."""
    if request.method != "POST":
        return Response.redirect("/tai-khoan", status=303)
    visitor, wanted = visitor_of(request), fields_of(request).get("session", "")
    if (session := visitor.session) is None:
        return await desk_of(datasette).problem(request, 403, words="signed-out")

    def end(connection: sqlite3.Connection) -> None:
        one = number_in(wanted) if wanted.isdigit() else None
        ended = sessions.end(connection, session.account_id, only=one, but=session.id)
        if ended:
            record(connection, visitor.by, "session.ended", session.username, browsers=ended)

    await accounts_of(datasette).write(end)
    return Response.redirect("/tai-khoan?xong=sessions", status=303)


async def _own_account(desk: Desk, request: Any, wrong: str = "", status: int = 200, wait: int = 0) -> Response:
    session = visitor_of(request).session
    if session is None:
        return await desk.problem(request, 401)
    rows = await accounts_of(desk.datasette).read(lambda connection: sessions.sessions_of(connection, session.account_id))
    done = request.args.get("xong") if request.args.get("xong") in ("password", "sessions") else ""
    shown = {"session": session, "sessions": rows, "wrong": wrong, "wait": wait, "done": done}
    return await desk.page(request, "account", status=status, **shown)


def _minutes(no: TooMany) -> int:
    return -(-no.seconds // 60)


def _browser(request: Any) -> Browser:
    return Browser(visitor_of(request), request.headers.get("user-agent", ""))


def _is_secure(request: Any) -> bool:
    return bool(request.scheme == "https")


def _signed_in(datasette: Any, request: Any, token: str, wanted: str) -> Response:
    response = Response.redirect(wanted, status=303)
    keys = accounts_of(datasette).keys
    response.set_cookie(
        SESSION_COOKIE,
        keys.seal(token),
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )
    return response
