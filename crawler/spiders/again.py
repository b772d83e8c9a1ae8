"""A second look at young articles: what is due in, conditional requests out; of their answers, only a changed page goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from scrapy import Request
from sqlite_utils import Database

from crawler.clock import now
from crawler.items import Entry, Fetched, Page
from crawler.spiders.obstacles import bot_wall, obstacle
from crawler.store import revisits
from crawler.store.revisits import Revisit
from crawler.urls import canonical

PRIORITY = -10
"""After everything that was never fetched."""
GONE = frozenset({404, 410})


def ask_again(source_id: str, revisit: Revisit, callback: Callable[..., Any], errback: Callable[..., Any]) -> Request:
    """The conditional request for an article that is there already."""
    headers = {"If-None-Match": revisit.etag, "If-Modified-Since": revisit.last_modified}
    return Request(
        revisit.url,
        callback=callback,
        errback=errback,
        headers={name: value for name, value in headers.items() if value},
        priority=PRIORITY,
        meta={"source_id": source_id},
        cb_kwargs={"source_id": source_id, "revisit": revisit},
    )


def answered_again(db: Database, source_id: str, revisit: Revisit, page: Page) -> Iterator[Fetched]:
    """A changed page goes on to the archive; one that is gone is marked; whatever is no answer leaves all as it is."""
    if page.status in GONE:
        revisits.gone(db, revisit.url, now())
        return
    if page.status not in (200, 304):
        return
    if page.status == 200 and _is_changed(revisit, page):
        yield Fetched(source_id, revisit.url, page, Entry(revisit.url, "listing", revisit.url), again=True)
    else:
        revisits.visited(db, revisit.url, page)


def _is_changed(revisit: Revisit, page: Page) -> bool:
    """A login, a challenge or the home page in an article's place is no new version of it."""
    if hashlib.sha256(page.body).hexdigest() == revisit.digest or not page.body.strip():
        return False
    return canonical(page.url) == revisit.url and bot_wall(page) is None and obstacle(page) is None
