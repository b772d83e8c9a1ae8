"""A form that a browser sends in; the same form out if the page that it was on is ours, or why not.

Two locks, each of which suffices: what the browser says of where the form comes from (Sec-Fetch-Site, Origin), and a token that
only a page shown to this very browser carries.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

FIELD = "form_token"
LONGEST = 64 * 1024
"""Bytes of a form: a note of some pages."""
MOST_FIELDS = 2_000
PATIENCE_S = 20.0
"""A form that trickles in more slowly than this is given up."""
FORM = "nq57.form"
"""Where in a request's scope its fields are, once they have been checked."""


def number_in(value: str | None, digits: int = 18) -> int:
    """The number that was typed or sent, of so many digits at most (an id has 18); 0, which nothing has, for what is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= digits else 0


class BadForm(Exception):
    """It is not taken; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_form(scope: Mapping[str, Any], receive: Receive, token: str) -> tuple[dict[str, str], bytes]:
    """The fields and the body of a form that comes from a page of ours. Raises BadForm."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if not _from_here(headers):
        raise BadForm(403)
    if headers.get(b"content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise BadForm(415)
    body = await _body(headers, receive)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise BadForm(400) from None
    if not token or not hmac.compare_digest(fields.pop(FIELD, "").encode(), token.encode()):
        raise BadForm(403)
    return fields, body


def replay(body: bytes, receive: Receive) -> Receive:
    """What is read next is the body once more, then whatever comes."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def fields_of(request: Any) -> Mapping[str, str]:
    """The fields of a form that the guard has let through."""
    found: Mapping[str, str] = request.scope.get(FORM, {})
    return found


def _from_here(headers: Mapping[bytes, str]) -> bool:
    """Browsers say where a form comes from by one of two headers; what is no browser says nothing, and needs the token."""
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None or (origin == "null" and site is not None):
        return True
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    # Host and port alone: behind a proxy that ends the encryption, the scheme seen here is another.
    return bool(asked.netloc) and asked.netloc.lower() == headers.get(b"host", "").lower()


async def _body(headers: Mapping[bytes, str], receive: Receive) -> bytes:
    length = headers.get(b"content-length", "0")
    if not length.isdigit() or int(length) > LONGEST:
        raise BadForm(413 if length.isdigit() else 400)
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise BadForm(400)
                body += message.get("body", b"")
                if len(body) > LONGEST:
                    raise BadForm(413)
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BadForm(408) from None
