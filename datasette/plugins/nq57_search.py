"""Search: what was typed and chosen in; a page of results with facets, or the whole result as JSON, CSV, XLSX or Atom out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from datasette import Response, hookimpl

from crawler.store.db import read_only
from crawler.store.search import Wanted, hits_of, lines_of
from monitor.search import read
from monitor.serve import DATABASE_NAME
from monitor.site import exports
from monitor.site.desk import BUSY, Desk, desk_of, site_lexicon
from monitor.site.finder import finder_of
from monitor.site.line import Crowded
from monitor.site.question import Question, read_question
from monitor.site.results import Results, everything, results
from monitor.site.roles import may
from monitor.site.visitors import visitor_of

EVERYBODY = ("Nghị quyết 57", "NQ57", "nghi quyet 57")
_TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml; charset=utf-8",
}
_WRITERS = {"csv": exports.as_csv, "xlsx": exports.as_xlsx}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """/tim and its exports."""
    return [(r"^/tim$", search), (r"^/tim\.(?P<way>json|csv|xlsx|atom)$", export)]


async def search(request: Any, datasette: Any) -> Response:
    """A page of results."""
    desk = desk_of(datasette)

    def query(connection: sqlite3.Connection) -> Results:
        return results(connection, desk.finder, _asked(desk, request, connection))

    try:
        found = await desk.search(request.query_string, query)
    except Crowded:
        return await desk.problem(request, 503, BUSY)
    return await desk.page(request, "search", found=found, question=found.question)


async def export(request: Any, datasette: Any) -> Any:
    """The whole result in another form."""
    desk, way = desk_of(datasette), request.url_vars["way"]
    head, texts = _feed_head(datasette, request, desk), may(visitor_of(request).actor, "read-text")

    def make(connection: sqlite3.Connection) -> Iterator[bytes]:
        question = _asked(desk, request, connection)
        if way in _WRITERS:
            lines = everything(connection, desk.finder, question, lines_of)[1]
            return _WRITERS[way](lines if texts else exports.lines_without_texts(lines))
        if way == "atom":
            question = replace(question, sort="date")
        count, hits = everything(connection, desk.finder, question, hits_of)
        if not texts:
            hits = exports.without_texts(hits)
        return exports.as_atom(hits, head) if way == "atom" else exports.as_json(count, hits)

    headers = {"Content-Disposition": f'attachment; filename="nq57.{way}"'} if way in _WRITERS else {}
    return desk.export(request, _TYPES[way], headers, make) or await desk.problem(request, 503, BUSY)


def _asked(desk: Desk, request: Any, connection: sqlite3.Connection) -> Question:
    args = {name: request.args.getlist(name) for name in request.args}
    return read_question(args, site_lexicon(connection, desk.directory))


@hookimpl(trylast=True)
def startup(datasette: Any) -> Any:
    """Begin to look for what everybody asks for, beside the start."""

    async def begin() -> None:
        threading.Thread(target=warm, name="warm", daemon=True).start()

    def warm() -> None:
        path = datasette.get_database(DATABASE_NAME).path
        with suppress(sqlite3.Error), read_only(path) as connection:
            asked = [read(typed, site_lexicon(connection, Path(datasette.config_dir))) for typed in EVERYBODY]
            finder_of(datasette).warm(
                connection, [Wanted(q.folded, q.exact, q.strict, spelled=q.spelled, others=q.others) for q in asked]
            )

    return begin


def _feed_head(datasette: Any, request: Any, desk: Desk) -> exports.FeedHead:
    t = desk.strings(request)
    site = datasette.absolute_url(request, "/").rstrip("/")
    query = f"?{request.query_string}" if request.query_string else ""
    asked = (request.args.get("q") or "").strip()
    title = t("search.feed_title", q=asked) if asked else t("site.name")
    return exports.FeedHead(title=title, address=f"{site}/tim.atom{query}", page=f"{site}/tim{query}", site=site)
