"""Paths of feeds in, the items that each reader finds in them out: title, address, instant."""

from __future__ import annotations

import calendar
import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lines import serve

Items = list[tuple[str, str, str | None]]


def _feedparser() -> Callable[[bytes, str], Items]:
    import feedparser

    def read(body: bytes, url: str) -> Items:
        found = feedparser.parse(io.BytesIO(body), response_headers={"content-location": url})
        return [(e.get("title", ""), e.get("link", ""), _instant(e)) for e in found.entries]

    def _instant(entry: Any) -> str | None:
        parsed = entry.get("published_parsed") or entry.get("updated_parsed")
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat() if parsed else None

    return read


def _fastfeedparser() -> Callable[[bytes, str], Items]:
    import fastfeedparser

    def read(body: bytes, url: str) -> Items:
        found = fastfeedparser.parse(body)
        return [(e.get("title") or "", e.get("link") or "", e.get("published") or None) for e in found["entries"]]

    return read


def main() -> None:
    """Serve the reader named; a feed that it refuses has no items."""
    read = {"feedparser": _feedparser, "fastfeedparser": _fastfeedparser}[sys.argv[1]]()

    def work(question: dict[str, Any]) -> list[Items]:
        found: list[Items] = []
        for path, url in question["feeds"]:
            try:
                found.append(read(Path(path).read_bytes(), url))
            except Exception:  # noqa: BLE001 - a reader that raises has read nothing
                found.append([])
        return found

    serve(work)


if __name__ == "__main__":
    main()
