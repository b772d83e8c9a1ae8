"""An ASGI application in, the same behind a guard out: readers get what they may, nothing leaks, strict headers, safe CSV."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from monitor.site.accounts import Accounts
from monitor.site.bounded import TYPED
from monitor.site.cells import SafeCsv
from monitor.site.doors import (
    ALWAYS_OPEN,
    DATA,
    OWN_PAGES,
    PROBLEM,
    Problem,
    door_of,
    helps_the_signed_in,
    is_internal,
    is_open_data,
    is_stock,
    is_typed_sql,
    private_deed,
)
from monitor.site.forms import FORM, BadForm, read_form, replay
from monitor.site.roles import may
from monitor.site.veil import STRANGER
from monitor.site.visitors import FORM_COOKIE, SCOPE, UNKNOWN, Visitor, recognise

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_REFUSED = "/-/khong-co"
"""The page that says so."""
_STATIC = re.compile(r"/(?:static/|-/static/|-/static-plugins/|-/healthz$|favicon\.ico$)")
_NO_SCRIPT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_SCRIPTED = frozenset({"/duyet"})
"""Pages of ours that load a script, from our own files and for keys alone."""
# Datasette's own pages carry inline scripts; they may still load nothing from elsewhere and send nothing away.
_STOCK = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LATER = "Nhiều người đang đăng nhập, xin thử lại sau ít giây. / Many are signing in, please try again soon.\n".encode()
_DROPPED = frozenset({"_searchmode", "_where", "_through", "_trace", "_stream"})
"""Parameters of Datasette: a stranger's search expressions and SQL, questions to closed tables, queries, endless streams."""
_FOREIGN = (b"authorization", b"proxy-authorization")
"""Other ways to say who one is: there is one way in here."""


def guarded(app: App, accounts: Callable[[], Accounts]) -> App:
    """Refuse what the sender may not do, tell the application who it is, and put the headers on all that goes out."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        STRANGER.set(True)
        path, method = _raw_path(scope), scope["method"]
        own = OWN_PAGES.match(path) is not None
        inner: Message = dict(scope, query_string=_clean_query(scope["query_string"]), headers=_clean_headers(scope["headers"]))
        policy = _STOCK if not own else _NO_SCRIPT + ("; script-src 'self'" if path in _SCRIPTED else "")
        send = _with_headers(send, policy, _csv_of(path, scope["query_string"]))
        if _leads_away(path):
            await app(_refusal(inner, 404, UNKNOWN), receive, send)
            return
        door = door_of(path) if method == "POST" else None
        if method not in ("GET", "HEAD", "OPTIONS") and door is None:
            await _answer(send, 405, [(b"allow", b"GET, HEAD, OPTIONS")])
            return
        if _STATIC.match(path):
            await app(inner, receive, send)
            return
        if door is not None and path.startswith("/dang-nhap") and (status := _turned_away(accounts(), scope)):
            await _answer(send, status, [(b"retry-after", b"10"), (b"content-type", b"text/plain; charset=utf-8")], _LATER)
            return
        visitor = await recognise(accounts(), scope)
        inner[SCOPE] = visitor
        TYPED.set(is_typed_sql(path))
        STRANGER.set(visitor.actor is None)
        if visitor.fresh and path.startswith("/dang-nhap"):
            send = _with_cookie(send, visitor.fresh, accounts().https or scope.get("scheme") == "https")
        if door is not None:
            if door.deed is not None and not may(visitor.actor, door.deed):
                inner = _refusal(inner, 403, visitor, "signed-out" if visitor.actor is None else "")
            else:
                try:
                    inner[FORM], body = await read_form(scope, receive, visitor.form_token)
                    receive = replay(body, receive)
                except BadForm as bad:
                    inner = _refusal(inner, bad.status, visitor, "form" if bad.status == 403 else "")
        elif (status := _refused(path, visitor)) == 401 and not visitor.trouble and not DATA.search(path):
            await _answer(
                send, 303, [(b"location", _sign_in_address(path, inner["query_string"])), (b"cache-control", b"no-store")]
            )
            return
        elif status:
            inner = _refusal(inner, status, visitor)
        await app(inner, receive, send)

    return guard


def _turned_away(accounts: Accounts, scope: Message) -> int:
    """The status for one of a crowd that signs in, before any work is done for it; 0 for everybody else."""
    if accounts.flood.has((scope.get("client") or ("",))[0]):
        return 429
    return 503 if accounts.passwords.is_crowded else 0


def _refused(path: str, visitor: Visitor) -> int:
    """The status with which a page is refused, 401 where signing in may help; 0 where nothing speaks against it."""
    known = visitor.actor is not None
    if is_internal(path):
        return 0 if may(visitor.actor, "accounts") or (known and helps_the_signed_in(path)) else 404
    if not may(visitor.actor, "read") and not ALWAYS_OPEN.match(path):
        return 401
    if (deed := private_deed(path)) and not may(visitor.actor, deed):
        return 403 if known else 401
    if is_stock(path) and not known and not is_open_data(path):
        return 401
    return 0


def _sign_in_address(path: str, query: bytes) -> bytes:
    wanted = path + (f"?{query.decode('latin-1')}" if query else "")
    return f"/dang-nhap?next={quote(wanted, safe='/')}".encode()


def _refusal(scope: Message, status: int, visitor: Visitor, words: str = "") -> Message:
    """The request for the page that says what is wrong, in place of what was asked for."""
    if visitor.trouble and status != 404:
        status, words = 503, "accounts"
    problem = Problem(status, words, DATA.search(_raw_path(scope)) is not None)
    return {**scope, "method": "GET", "path": _REFUSED, "raw_path": _REFUSED.encode(), PROBLEM: problem}


def _raw_path(scope: Message) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _leads_away(path: str) -> bool:
    """What could lead a browser to another site: `//host`, `/\\host`."""
    return path.startswith("//") or "\\" in path or "%5c" in path.lower() or "%2f%2f" in path.lower()


def _clean_query(query: bytes) -> bytes:
    """Untouched unless it holds what is not allowed; bytes that are no UTF-8 become the replacement character."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if not any(name in _DROPPED for name, _ in pairs):
        return query
    return urlencode([(name, value) for name, value in pairs if name not in _DROPPED]).encode()


def _clean_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Without Datasette's own ways of signing in."""
    kept = []
    for name, value in headers:
        if name.lower() in _FOREIGN:
            continue
        if name.lower() == b"cookie":
            value = b";".join(part for part in value.split(b";") if not part.strip().startswith(b"ds_actor"))
        kept.append((name, value))
    return kept


def _csv_of(path: str, query: bytes) -> SafeCsv | None:
    """A rewriter for Datasette's own CSV; our own exports are safe as they come."""
    stock = path.endswith(".csv") or b"_format=csv" in query
    return SafeCsv() if stock and not OWN_PAGES.match(path) else None


def _with_headers(send: Send, policy: str, csv: SafeCsv | None) -> Send:
    rewriting = csv

    async def guarded_send(message: Message) -> None:
        nonlocal rewriting
        if message["type"] == "http.response.start":
            names = {
                b"content-security-policy": policy.encode(),
                b"x-content-type-options": b"nosniff",
                b"x-frame-options": b"DENY",
                # Not no-referrer: with it browsers hide where a form comes from even from ourselves.
                b"referrer-policy": b"same-origin",
                b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
                b"cross-origin-opener-policy": b"same-origin",
            }
            headers = [(name, value) for name, value in message["headers"] if name.lower() not in names]
            if message["status"] != 200:
                rewriting = None
            if rewriting:
                headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
            message = {**message, "headers": [*headers, *names.items()]}
        elif rewriting and message["type"] == "http.response.body":
            last = not message.get("more_body", False)
            text = rewriting.feed(message.get("body", b"").decode("utf-8", "replace"), last=last)
            message = {**message, "body": text.encode()}
        await send(message)

    return guarded_send


def _with_cookie(send: Send, value: str, secure: bool) -> Send:
    cookie = f"{FORM_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}".encode()

    async def with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"set-cookie", cookie), (b"cache-control", b"no-store")]}
        await send(message)

    return with_cookie


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})
