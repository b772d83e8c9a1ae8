"""Search: what was typed and chosen in; a page of results with facets, or the whole result as JSON, CSV, XLSX or Atom out."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import Response, hookimpl

from monitor.site import exports
from monitor.site.desk import EXPORT_MS, Desk, site_lexicon
from monitor.site.question import Question, read_question
from monitor.site.results import Results, everything, results

_TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml; charset=utf-8",
}


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """/tim and its exports."""
    desk = Desk(datasette)

    def asked(request: Any, connection: sqlite3.Connection) -> Question:
        args = {name: request.args.getlist(name) for name in request.args}
        return read_question(args, site_lexicon(connection, desk.directory))

    async def search(request: Any) -> Response:
        def query(connection: sqlite3.Connection) -> Results:
            return results(connection, asked(request, connection))

        found = await desk.read(query)
        return await desk.page(request, "search", found=found, question=found.question)

    async def export(request: Any) -> Response:
        way = request.url_vars["way"]
        hits = await desk.read(lambda connection: everything(connection, asked(request, connection)), EXPORT_MS)
        headers = {"Content-Disposition": f'attachment; filename="nq57.{way}"'} if way in ("csv", "xlsx") else {}
        if way == "json":
            body: str | bytes = exports.as_json(hits)
        elif way == "csv":
            body = exports.as_csv(hits)
        elif way == "xlsx":
            body = exports.as_xlsx(hits)
        else:
            body = exports.as_atom(hits, _feed_head(datasette, request, desk))
        return Response(body, content_type=_TYPES[way], headers=headers)

    return [(r"^/tim$", search), (r"^/tim\.(?P<way>json|csv|xlsx|atom)$", export)]


def _feed_head(datasette: Any, request: Any, desk: Desk) -> exports.FeedHead:
    t = desk.strings(request)
    site = datasette.absolute_url(request, "/").rstrip("/")
    query = f"?{request.query_string}" if request.query_string else ""
    asked = (request.args.get("q") or "").strip()
    title = t("search.feed_title", q=asked) if asked else t("site.name")
    return exports.FeedHead(title=title, address=f"{site}/tim.atom{query}", page=f"{site}/tim{query}", site=site)
