"""An ASGI application in, the same behind a guard out: only reading, no leaks, strict headers, safe CSV."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from monitor.site.cells import SafeCsv

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

OWN_PAGES = re.compile(r"/(?:$|\?|tim|bai/|co-quan|bao/|chu-de/|muc-tieu/|nhom/|tuan/|tinh-trang|du-lieu|-/healthz)")
_OPEN_INTERNALS = re.compile(r"/-/(?:healthz$|static/|static-plugins/)")
_NO_SCRIPT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# Datasette's own pages carry inline scripts; they may still load nothing from elsewhere and send nothing away.
_STOCK = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_DROPPED = frozenset({"_searchmode", "_where", "_trace", "_stream"})
"""Parameters of Datasette that let a stranger write search expressions or SQL, see queries, or stream for ever."""


def guarded(app: App) -> App:
    """Refuse what nobody may do without an account, and put the headers on all that goes out."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = _raw_path(scope)
        cleaned = dict(scope, query_string=_clean_query(scope["query_string"]))
        safe_send = _with_headers(send, OWN_PAGES.match(path) is not None, _csv_of(path, scope["query_string"]))
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            await _answer(safe_send, 405, [(b"allow", b"GET, HEAD, OPTIONS")])
        elif _hidden(path):
            cleaned["path"], cleaned["raw_path"] = "/-/khong-co", b"/-/khong-co"
            await app(cleaned, receive, safe_send)
        else:
            await app(cleaned, receive, safe_send)

    return guard


def _raw_path(scope: Message) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _hidden(path: str) -> bool:
    """What could lead a browser away (`//host`, `/\\host`), or tells a stranger how the machine is set up."""
    if path.startswith("//") or "\\" in path or "%5c" in path.lower() or "%2f%2f" in path.lower():
        return True
    return path.startswith("/-") and not _OPEN_INTERNALS.match(path)


def _clean_query(query: bytes) -> bytes:
    """Untouched unless it holds what is not allowed; bytes that are no UTF-8 become the replacement character."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if not any(name in _DROPPED for name, _ in pairs):
        return query
    return urlencode([(name, value) for name, value in pairs if name not in _DROPPED]).encode()


def _csv_of(path: str, query: bytes) -> SafeCsv | None:
    """A rewriter for Datasette's own CSV; our own exports are safe as they come."""
    stock = path.endswith(".csv") or b"_format=csv" in query
    return SafeCsv() if stock and not OWN_PAGES.match(path) else None


def _with_headers(send: Send, own: bool, csv: SafeCsv | None) -> Send:
    rewriting = csv

    async def guarded_send(message: Message) -> None:
        nonlocal rewriting
        if message["type"] == "http.response.start":
            names = {
                b"content-security-policy": (_NO_SCRIPT if own else _STOCK).encode(),
                b"x-content-type-options": b"nosniff",
                b"x-frame-options": b"DENY",
                b"referrer-policy": b"no-referrer",
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


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0"), *headers]})
    await send({"type": "http.response.body", "body": b""})
