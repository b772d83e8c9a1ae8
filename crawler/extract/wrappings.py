"""Pages that come as something else in, HTML out: what browsers save in one file (MHTML), and plain text."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from html import escape

_SAVED = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_HEAD = 4_096
_MARKUP = re.compile(r"<[a-zA-Z!/?]")


def unwrapped(body: bytes) -> bytes:
    """The HTML in a page that a browser saved as MHTML; anything else as it is."""
    if b"<" in body[:1] or not _SAVED.search(body[:_HEAD]):
        return body
    try:
        parts = message_from_bytes(body).walk()
        pages = (part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/html")
        return next((page for page in pages if isinstance(page, bytes) and page.strip()), body)
    except (MessageError, ValueError, LookupError):
        return body


def as_markup(text: str) -> str:
    """Plain text as paragraphs, one for each line; what has markup as it is."""
    if _MARKUP.search(text):
        return text
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
