"""Every file below fixtures/ states in its first comment what must come out of it; one test walks them all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.discover.columns import find_columns, read_column
from crawler.discover.feeds import read_feed
from crawler.discover.listings import read_listing
from crawler.discover.sitemaps import read_sitemap
from crawler.items import Found, Unreadable

FIXTURES = Path(__file__).parent / "fixtures"
READERS: dict[str, Callable[..., Found]] = {
    "feeds": read_feed,
    "sitemaps": read_sitemap,
    "listings": read_listing,
    "columns": read_column,
}
WAYS = {"feeds": "feed", "sitemaps": "sitemap", "listings": "listing", "columns": "column"}
FILES = sorted(path for folder in (*READERS, "homes") for path in (FIXTURES / folder).iterdir())


def expectation(body: bytes) -> dict[str, Any]:
    stated = re.search(rb"<!-- expect (\{.*?\})\s*-->", body, re.DOTALL)
    assert stated is not None, "a fixture states its expectation"
    loaded: dict[str, Any] = json.loads(stated[1])
    return loaded


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture_gives_what_it_states(path: Path) -> None:
    body = path.read_bytes()
    expected = expectation(body)
    folder = path.parent.name
    url = expected.get("url", "http://bao.vn/khoa-hoc.html")
    if folder == "homes":
        assert list(find_columns(body, url)) == expected["columns"]
        return
    options = {"article": expected["article"]} if "article" in expected else {}
    if "unreadable" in expected:
        with pytest.raises(Unreadable) as caught:
            READERS[folder](body, url, **options)
        assert caught.value.reason == expected["unreadable"]
        return
    found = READERS[folder](body, url, **options)
    rows = [(entry.url, entry.title, entry.published.iso() if entry.published else None, entry.way) for entry in found.entries]
    assert rows == [(*row, WAYS[folder]) if len(row) == 3 else tuple(row) for row in expected["entries"]]
    assert {entry.found_on for entry in found.entries} <= {url}
    assert [warning.reason for warning in found.warnings] == expected["warnings"]
    assert list(found.more) == expected.get("more", [])
    assert found.title == expected.get("title")
