"""What a route of the press web gives back: status, headers and bytes, with the fault that shall befall them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.demo.sites import Fault

RouteKind = Literal["html", "feed", "sitemap", "document", "robots", "redirect"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer before it goes over the wire."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str | None = None
    modified: datetime | None = None
    """What Last-Modified says; None: the server does not say."""
    claimed_length: int | None = None
    """A Content-Length other than the body's, after which the connection closes."""

    @property
    def etag(self) -> str:
        """A strong validator of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class Route:
    """An address that answers; the answer is made when it is first asked for."""

    kind: RouteKind
    make: Callable[[], Answer]
    fault: Fault | None = None
