"""The review queue, corrections of an article and the list of decisions: pages and forms in, decisions of people out."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import Response, hookimpl

from crawler.store import read_decisions
from crawler.store.read_articles import ArticleRow
from monitor import review as deciding
from monitor.review import LONGEST_NOTE, Actor, Refused
from monitor.site import decided, review
from monitor.site.cells import BOM, safe_cell
from monitor.site.desk import BUSY, Desk, desk_of
from monitor.site.forms import fields_of, number_in
from monitor.site.rankings import rankings_of
from monitor.site.roles import may
from monitor.site.spoken import Spoken, topic_of, words_of
from monitor.site.visitors import visitor_of
from monitor.site.writing import Written, of_subject, of_tag, write

KEYS_COOKIE = "nq57_keys"
"""`off` where somebody wants no single keys: WCAG 2.2, 2.1.4."""
QUEUE_MS = 5_000
"""Longer than a page for readers may take; only people with an account ask for it."""
_BACK = re.compile(r"/bai/[0-9]{1,18}|/duyet(?:/quyet-dinh)?(?:\?[\w=&.%+-]{0,300})?")
_STATUS = {"gone": 404, "value": 400, "note": 400, "earlier": 409, "not-yours": 403, "not-in-force": 409}
_COLUMNS = (
    "at", "actor", "about", "field", "value", "note", "takes_back", "in_force", "article_id", "target_id", "unit_id", "url",
)  # fmt: skip


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """/duyet, its forms and its list of decisions; the form of an article."""
    return [
        (r"^/duyet$", queue),
        (r"^/duyet/ghi$", _form(decide)),
        (r"^/duyet/rut-lai$", _form(take_back)),
        (r"^/duyet/quyet-dinh$", decisions),
        (r"^/duyet/quyet-dinh\.csv$", decisions_csv),
        (r"^/bai/(?P<id>[0-9]{1,18})/sua$", _form(correct)),
    ]


async def queue(request: Any, datasette: Any) -> Response:
    """One thing to decide, with what it takes to decide it."""
    desk, asked, by = desk_of(datasette), review.read_asked(_args(request)), _by(request)
    done, stay = request.args.get("done") or "", number_in(request.args.get("stay"))
    topic, patient = (asked.topic, True) if asked.kind == "tags" else (None, False)
    ranking = await rankings_of(datasette).of(desk, topic, patient=patient)
    found = await desk.read(lambda db: review.queue(db, asked, by, ranking, done, stay), QUEUE_MS)
    found["spoken"] = await _spoken(desk, found)
    keys = (request.args.get("keys") or request.cookies.get(KEYS_COOKIE)) != "off"
    response = await desk.page(request, "review", counts_order=review.KINDS, longest_note=LONGEST_NOTE, keys=keys, **found)
    if request.args.get("keys") in ("on", "off"):
        response.set_cookie(KEYS_COOKIE, request.args.get("keys"), max_age=365 * 86400, httponly=True, samesite="lax")
    return response


async def decide(request: Any, datasette: Any) -> Response:
    """An answer to the question of a queue."""
    form = fields_of(request)
    asked = review.read_asked(dict(parse_qsl(form.get("back", ""))))
    onward = f"/duyet?{asked.query}"
    if form.get("what") == "tag":
        number = number_in(form.get("id", ""))
        # The article's other doubtful tags come next, while its text is in one's head.
        written = of_tag(_by(request), number, form, f"{onward}&stay={number}")
    else:
        written = await of_subject(desk_of(datasette), _by(request), form, onward)
    return await write(desk_of(datasette), request, written)


async def correct(request: Any, datasette: Any) -> Response:
    """What somebody says of an article on its own page."""
    form, page = fields_of(request), f"/bai/{request.url_vars['id']}"
    # One choice brings both, so that a list of all topics can say what was seen of each.
    field, _, seen = form.get("which", f"{form.get('field', '')} {form.get('seen', '')}").partition(" ")
    said = {"value": form.get("value", ""), "note": form.get("note", "")}
    written = of_tag(_by(request), int(request.url_vars["id"]), {**said, "field": field, "seen": seen}, page)
    return await write(desk_of(datasette), request, written)


async def take_back(request: Any, datasette: Any) -> Response:
    """A decision is made void."""
    form, by = fields_of(request), _by(request)
    mark, note, back = form.get("mark", ""), form.get("note", ""), form.get("back", "")
    onward = back if _BACK.fullmatch(back) else "/duyet/quyet-dinh"
    written = Written(
        "decision.taken-back",
        mark[:20],
        {"note": note[:LONGEST_NOTE]},
        lambda db: deciding.take_back(db, by, mark, note),
        onward,
    )
    return await write(desk_of(datasette), request, written)


async def decisions(request: Any, datasette: Any) -> Response:
    """What was decided, by person and day."""
    desk, by, done = desk_of(datasette), _by(request), request.args.get("done") or ""
    who, when = decided.read_listing(_args(request))

    def query(db: sqlite3.Connection) -> review.Values:
        return {**decided.listing(db, who, when), "done": decided.just_done(db, done)}

    found = await desk.read(query, QUEUE_MS)
    pairs = urlencode({name: value for name, value in (("actor", who), ("day", when)) if value})
    back = f"/duyet/quyet-dinh{'?' + pairs if pairs else ''}"
    mine = partial(decided.may_take_back, by=by)
    return await desk.page(request, "decisions", query=pairs, back=back, may_take_back=mine, **found)


async def decisions_csv(request: Any, datasette: Any) -> Any:
    """The same, all of it."""
    desk = desk_of(datasette)
    who, when = decided.read_listing(_args(request))

    def make(db: sqlite3.Connection) -> Iterator[bytes]:
        return _as_csv(read_decisions.decided(db, who, when))

    headers = {"Content-Disposition": 'attachment; filename="nq57-quyet-dinh.csv"'}
    return desk.export(request, "text/csv; charset=utf-8", headers, make) or await desk.problem(request, 503, BUSY)


def _form(page: Any) -> Any:
    """A form without a page of its own; the guard has looked at who sent it."""

    async def sent(request: Any, datasette: Any) -> Response:
        if request.method != "POST":
            return await desk_of(datasette).problem(request, 405)
        try:
            found: Response = await page(request, datasette)
        except Refused as refused:
            return await desk_of(datasette).problem(request, _STATUS[refused.why], words=f"review-{refused.why}")
        return found

    return sent


async def _spoken(desk: Desk, found: review.Values) -> Spoken | None:
    """The words by which the model decided of the tag that is asked about."""
    item, article = found["item"], found["article"]
    topic = topic_of(item.field) if isinstance(item, review.Item) else ""
    if not topic or not isinstance(article, ArticleRow):
        return None
    return (await words_of(desk.database, article.title, article.text, [topic])).get(topic)


def _by(request: Any) -> Actor:
    actor = visitor_of(request).actor
    return Actor(actor["id"] if actor else "", is_admin=may(actor, "accounts"))


def _args(request: Any) -> dict[str, str]:
    return {name: request.args.get(name) for name in request.args}


def _as_csv(rows: Iterator[read_decisions.Decided]) -> Iterator[bytes]:
    line = io.StringIO()
    line.write(BOM)
    writer = csv.writer(line)
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(getattr(row, name)) for name in _COLUMNS])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()
    yield line.getvalue().encode()
