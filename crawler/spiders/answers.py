"""What an answer is: a response or its page in; a visit, a refusal, or why the page is no article out. Pure."""

from __future__ import annotations

import hashlib

from scrapy.http import Response

from crawler.items import Health, Page, Reason, Visit
from crawler.schedule import retry_after
from crawler.spiders.obstacles import obstacle
from crawler.store.endpoints import Endpoint

_LONGEST_VALIDATOR = 500
_GZIP = b"\x1f\x8b\x08"
_READABLE = (
    "text/",
    "application/xhtml",
    "application/xml",
    "application/pdf",
    "application/octet-stream",
    "application/msword",
    "application/vnd.openxmlformats",
)


def visit_of(endpoint: Endpoint, page: Page) -> Visit:
    """A visit that went well, with all that the headers say; what the page lists is not read yet."""
    return Visit(
        endpoint.source_id,
        endpoint.url,
        endpoint.kind,
        "ok",
        http_status=page.status,
        etag=_validator(page.header("ETag")),
        last_modified=_validator(page.header("Last-Modified")),
        digest=hashlib.sha256(page.body).hexdigest() if page.status == 200 else None,
        retry_after=retry_after(page.header("Retry-After"), page.fetched_at),
    )


def _validator(value: str | None) -> str | None:
    """What is sent back with the next request; nothing of a length that no server needs."""
    return value if value and len(value) <= _LONGEST_VALIDATOR else None


def health_of(reason: Reason) -> Health:
    """How an endpoint stands that failed for this reason."""
    return "blocked" if reason in (Reason.ROBOTS, Reason.BOT_WALL) else "failing"


def refusal(response: Response) -> tuple[Reason, str]:
    """What an answer without a page says."""
    status = response.status
    location = response.headers.get("Location")
    if location is not None and 300 <= status < 400:
        return Reason.REDIRECT, f"answered {status} to {location[:200].decode('latin-1')}"
    if status == 402:
        return Reason.PAYWALL, "answered 402"
    limited = status == 429 or (status == 503 and "Retry-After" in response.headers)
    return (Reason.RATE_LIMITED if limited else Reason.HTTP), f"answered {status}"


def unusable(page: Page) -> tuple[Reason, str] | None:
    """Why a page that arrived cannot be an article: something stands in its place, or it is of another kind; else None."""
    if (found := obstacle(page)) is not None:
        return found.reason, found.detail
    if page.body.startswith(_GZIP):
        return Reason.BAD_ENCODING, "gzip within what was unpacked already, or packed without a word"
    media = (page.header("Content-Type") or "text/html").lower()
    if not media.startswith(_READABLE) and not page.is_document():
        return Reason.BAD_DOCUMENT, f"content type {media[:100]}"
    return None
