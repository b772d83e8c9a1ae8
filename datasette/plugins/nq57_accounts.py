"""Signing in and out, and one's own account: forms in, sessions made and ended (monitor/site/signin.py), pages out."""

from __future__ import annotations

from typing import Any

from datasette import Response, hookimpl

from crawler.store.accounts import sessions
from crawler.store.accounts.audit import record
from crawler.store.accounts.people import Refused
from crawler.store.accounts.sessions import LONGEST
from monitor.site import signin
from monitor.site.accounts import accounts_of
from monitor.site.desk import BUSY, Desk
from monitor.site.doors import inside
from monitor.site.forms import fields_of
from monitor.site.line import Crowded
from monitor.site.signin import Browser, TooMany, Wrong
from monitor.site.visitors import SESSION_COOKIE, visitor_of


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """/dang-nhap, /dang-xuat, /tai-khoan."""
    desk = Desk(datasette)

    async def enter(request: Any) -> Response:
        wanted = inside(fields_of(request).get("next") or request.args.get("next") or "/")
        if request.method != "POST":
            if visitor_of(request).actor is not None:
                return Response.redirect(wanted, status=303)
            return await desk.page(request, "sign_in", wanted=wanted, typed="", wrong="", wait=0)
        fields = fields_of(request)
        try:
            token = await signin.sign_in(
                accounts_of(datasette), _browser(request), fields.get("username", ""), fields.get("password", "")
            )
        except (Wrong, TooMany) as no:
            wait = no.seconds if isinstance(no, TooMany) else 0
            typed = fields.get("username", "")[:100]
            told = {"wanted": wanted, "typed": typed, "wrong": "wait" if wait else "wrong", "wait": -(-wait // 60)}
            response = await desk.page(request, "sign_in", status=429 if wait else 403, **told)
            response.headers.update({"Retry-After": str(wait)} if wait else {})
            return response
        except Crowded:
            return await desk.problem(request, 503, BUSY, "crowded")
        return _signed_in(datasette, request, token, wanted)

    async def link(request: Any) -> Response:
        code, fields, wrong = request.url_vars["code"], dict(fields_of(request)), ""
        accounts = accounts_of(datasette)
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
        return await desk.page(
            request, "set_password", status=400 if wrong else 200, account=found.account, typed=typed, wrong=wrong
        )

    async def leave(request: Any) -> Response:
        visitor = visitor_of(request)
        if request.method != "POST":
            return Response.redirect("/", status=303)
        if (session := visitor.session) is not None:

            def end(connection: Any) -> None:
                sessions.end(connection, session.account_id, only=session.id)
                record(connection, visitor.by, "session.ended", session.username)

            await accounts_of(datasette).write(end)
        response = Response.redirect("/dang-nhap", status=303)
        response.set_cookie(SESSION_COOKIE, "", max_age=0, path="/", httponly=True, samesite="lax", secure=_is_secure(request))
        return response

    async def account(request: Any) -> Response:
        return await _own_account(desk, request)

    async def password(request: Any) -> Response:
        fields = fields_of(request)
        try:
            await signin.change_password(
                accounts_of(datasette), _browser(request), *(fields.get(name, "") for name in ("old", "password", "again"))
            )
        except Refused as no:
            return await _own_account(desk, request, wrong=str(no), status=400)
        except Wrong:
            return await _own_account(desk, request, wrong="old", status=403)
        except TooMany as no:
            return await _own_account(desk, request, wrong="many", status=429, wait=-(-no.seconds // 60))
        except Crowded:
            return await desk.problem(request, 503, BUSY, "crowded")
        return Response.redirect("/tai-khoan?xong=password", status=303)

    async def end_sessions(request: Any) -> Response:
        visitor, wanted = visitor_of(request), fields_of(request).get("session", "")
        if (session := visitor.session) is None:
            return await desk.problem(request, 403, words="signed-out")

        def end(connection: Any) -> None:
            one = int(wanted) if wanted.isdigit() and len(wanted) < 19 else None
            ended = sessions.end(connection, session.account_id, only=one, but=session.id)
            if ended:
                record(connection, visitor.by, "session.ended", session.username, browsers=ended)

        await accounts_of(datasette).write(end)
        return Response.redirect("/tai-khoan?xong=sessions", status=303)

    return [
        (r"^/dang-nhap$", enter),
        (r"^/dang-nhap/(?P<code>[\w-]{1,60})$", link),
        (r"^/dang-xuat$", leave),
        (r"^/tai-khoan$", account),
        (r"^/tai-khoan/mat-khau$", _posted(desk, password)),
        (r"^/tai-khoan/phien$", _posted(desk, end_sessions)),
    ]


def _posted(desk: Desk, act: Any) -> Any:
    """A route for forms alone; whoever comes by a link gets the page with the form."""

    async def route(request: Any) -> Response:
        return await act(request) if request.method == "POST" else Response.redirect("/tai-khoan", status=303)

    return route


async def _own_account(desk: Desk, request: Any, wrong: str = "", status: int = 200, wait: int = 0) -> Response:
    session = visitor_of(request).session
    if session is None:
        return await desk.problem(request, 401)
    rows = await accounts_of(desk.datasette).read(lambda connection: sessions.sessions_of(connection, session.account_id))
    done = request.args.get("xong") if request.args.get("xong") in ("password", "sessions") else ""
    shown = {"session": session, "sessions": rows, "wrong": wrong, "wait": wait, "done": done}
    return await desk.page(request, "account", status=status, **shown)


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
