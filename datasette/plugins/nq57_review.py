"""The review queue, corrections of an article and the list of decisions: pages and forms in, decisions of people out."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode
from weakref import WeakKeyDictionary

from datasette import Response, hookimpl

from crawler.store import read_decisions, read_review
from crawler.store.read_articles import ArticleRow
from monitor import review as deciding
from monitor.review import LONGEST_NOTE, Actor, Refused, TooLate
from monitor.site import decided, review
from monitor.site.cells import BOM, safe_cell
from monitor.site.desk import BUSY, Desk
from monitor.site.forms import fields_of
from monitor.site.roles import may
from monitor.site.spoken import Spoken, topic_of, words_of
from monitor.site.visitors import visitor_of

KEYS_COOKIE = "nq57_keys"
"""`off` where somebody wants no single keys: WCAG 2.2, 2.1.4."""
QUEUE_MS = 5_000
"""Longer than a page for readers may take; only people with an account ask for it."""
RANK_MS, GLANCE_MS = 60_000, 400
"""To order the doubtful tags of a million articles takes a while; for a mere count on another queue's page nobody waits."""
MOST_KEPT = 20
"""There are 16 topics; what else is asked for by hand must not fill the memory."""
FRESH_S = 900.0
"""How long an order is used; what was checked meanwhile is left out of it at once, new texts come into the next one."""
_BACK = re.compile(r"/bai/[0-9]{1,18}|/duyet(?:/quyet-dinh)?(?:\?[\w=&.%+-]{0,300})?")
_STATUS = {"gone": 404, "value": 400, "note": 400, "earlier": 409, "not-yours": 403, "not-in-force": 409}
_COLUMNS = (
    "at", "actor", "about", "field", "value", "note", "takes_back", "in_force", "article_id", "target_id", "unit_id", "url",
)  # fmt: skip
Work = Callable[[sqlite3.Connection], str]


class Rankings:
    """The orders of doubtful tags, by topic, made one at a time and kept for a while."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._not_before = 0.0
        self._kept: dict[str | None, tuple[float, review.Ranking]] = {}

    async def of(self, desk: Desk, topic: str | None, *, patient: bool) -> review.Ranking | None:
        """The order for a topic, or for all; None where it is not there and would take too long for one who is not patient."""
        if not patient and (self._lock.locked() or time.monotonic() < self._not_before):
            return self._kept.get(topic, (0.0, None))[1]
        async with self._lock:
            made, kept = self._kept.get(topic, (0.0, None))
            if kept is not None and time.monotonic() - made < FRESH_S:
                return kept
            try:
                found = await desk.read(lambda db: review.rank(db, topic), RANK_MS if patient else GLANCE_MS)
            except sqlite3.OperationalError:
                if patient:
                    raise
                self._not_before = time.monotonic() + FRESH_S
                return kept
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            self._kept[topic] = (time.monotonic(), found)
            return found


_RANKINGS: WeakKeyDictionary[Any, Rankings] = WeakKeyDictionary()


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """/duyet, its forms and its list of decisions; the form of an article."""
    desk = Desk(datasette)
    rankings = _RANKINGS.setdefault(datasette, Rankings())

    async def queue(request: Any) -> Response:
        asked, by = review.read_asked(_args(request)), _by(request)
        done, stay = request.args.get("done") or "", request.args.get("stay") or ""
        close = int(stay) if stay.isascii() and stay.isdigit() and len(stay) < 19 else 0
        ranking = await rankings.of(desk, asked.topic if asked.kind == "tags" else None, patient=asked.kind == "tags")
        found = await desk.read(lambda db: review.queue(db, asked, by, ranking, done, close), QUEUE_MS)
        found["spoken"] = await _spoken(desk, found)
        keys = (request.args.get("keys") or request.cookies.get(KEYS_COOKIE)) != "off"
        response = await desk.page(request, "review", counts_order=review.KINDS, longest_note=LONGEST_NOTE, keys=keys, **found)
        if request.args.get("keys") in ("on", "off"):
            response.set_cookie(KEYS_COOKIE, request.args.get("keys"), max_age=365 * 86400, httponly=True, samesite="lax")
        return response

    async def decide(request: Any) -> Response:
        form, by = fields_of(request), _by(request)
        asked = review.read_asked(dict(parse_qsl(form.get("back", ""))))
        what, number, value = form.get("what", ""), _number(form.get("id", "")), form.get("value", "")
        seen, note, field = form.get("seen", ""), form.get("note", ""), form.get("field", "")
        onward = f"/duyet?{asked.query}"
        if what == "tag":
            work: Work = lambda db: deciding.correct(db, by, number, field, value, seen, note)  # noqa: E731
            deed, subject, detail = "article.corrected", f"/bai/{number}", {"field": field, "value": value}
            onward, again = f"{onward}&stay={number}", f"/bai/{number}"
        else:
            judge = deciding.judge_column if what == "column" else deciding.judge
            of = read_review.subject_of_column if what == "column" else read_review.subject_of_evidence
            found = await desk.read(lambda db: of(db, number))
            if found is None:
                return await _refuse(desk, request, Refused("gone"))
            work = lambda db: judge(db, by, number, value, seen, note)  # noqa: E731
            deed = f"{'column' if what == 'column' else 'evidence'}.judged"
            about = found[0]
            subject, detail = f"{about.target_id} {about.unit_id}".strip(), {"state": value, "kind": about.kind, "url": about.url}
            again = f"/duyet?kind=evidence&item={number}" if what == "evidence" else ""
        return await _write(desk, request, deed, subject, work, {**detail, "note": note[:LONGEST_NOTE]}, onward, again, field)

    async def correct(request: Any) -> Response:
        form, by, number = fields_of(request), _by(request), int(request.url_vars["id"])
        # One choice brings both, so that a list of all topics can say what was seen of each.
        field, _, seen = form.get("which", f"{form.get('field', '')} {form.get('seen', '')}").partition(" ")
        value, note, page = form.get("value", ""), form.get("note", ""), f"/bai/{number}"
        detail = {"field": field[:120], "value": value[:40], "note": note[:LONGEST_NOTE]}

        def work(db: sqlite3.Connection) -> str:
            return deciding.correct(db, by, number, field, value, seen, note)

        return await _write(desk, request, "article.corrected", page, work, detail, page, page, field)

    async def take_back(request: Any) -> Response:
        form, by = fields_of(request), _by(request)
        mark, note, back = form.get("mark", ""), form.get("note", ""), form.get("back", "")
        onward = back if _BACK.fullmatch(back) else "/duyet/quyet-dinh"

        def work(db: sqlite3.Connection) -> str:
            return deciding.take_back(db, by, mark, note)

        return await _write(desk, request, "decision.taken-back", mark[:20], work, {"note": note[:LONGEST_NOTE]}, onward, "", "")

    async def decisions(request: Any) -> Response:
        who, when = decided.read_listing(_args(request))
        by, done = _by(request), request.args.get("done") or ""

        def query(db: sqlite3.Connection) -> review.Values:
            return {**decided.listing(db, who, when), "done": decided.just_done(db, done)}

        found = await desk.read(query, QUEUE_MS)
        pairs = urlencode({name: value for name, value in (("actor", who), ("day", when)) if value})
        back = f"/duyet/quyet-dinh{'?' + pairs if pairs else ''}"
        return await desk.page(
            request, "decisions", query=pairs, back=back, may_take_back=lambda row: decided.may_take_back(row, by), **found
        )

    async def decisions_csv(request: Any) -> Any:
        who, when = decided.read_listing(_args(request))

        def make(db: sqlite3.Connection) -> Iterator[bytes]:
            return _as_csv(read_decisions.decided(db, who, when))

        headers = {"Content-Disposition": 'attachment; filename="nq57-quyet-dinh.csv"'}
        return desk.export(request, "text/csv; charset=utf-8", headers, make) or await desk.problem(request, 503, BUSY)

    return [
        (r"^/duyet$", queue),
        (r"^/duyet/ghi$", _only_sent(desk, decide)),
        (r"^/duyet/rut-lai$", _only_sent(desk, take_back)),
        (r"^/duyet/quyet-dinh$", decisions),
        (r"^/duyet/quyet-dinh\.csv$", decisions_csv),
        (r"^/bai/(?P<id>[0-9]{1,18})/sua$", _only_sent(desk, correct)),
    ]


def _only_sent(desk: Desk, page: Any) -> Any:
    """A form without a page of its own; the guard has looked at who sent it."""

    async def sent(request: Any) -> Response:
        found: Response = await page(request) if request.method == "POST" else await desk.problem(request, 405)
        return found

    return sent


async def _write(
    desk: Desk, request: Any, deed: str, subject: str, work: Work, detail: dict[str, str], onward: str, again: str, field: str
) -> Response:
    """Write a decision and go on to the next page; or say why it was not taken, and what was decided meanwhile."""
    try:
        mark = await desk.write(request, deed, subject, work, _told, **detail)
    except TooLate as late:
        shown = {"about": deed.partition(".")[0].replace("article", "tag"), "field": field, "value": late.state}
        shown |= {"actor": late.actor, "at": late.at, "note": late.note or ""}
        return await desk.page(request, "late", status=409, late=shown, onward=onward, again=again, names=await _names(desk))
    except Refused as refused:
        return await _refuse(desk, request, refused)
    return Response.redirect(f"{onward}{'&' if '?' in onward else '?'}done={mark}", 303)


def _told(db: sqlite3.Connection, mark: str) -> dict[str, object]:
    """What brings a decision back from the audit log (crawler/store/relate.py) when the database is lost."""
    done = read_decisions.marked(db, mark)
    return {"mark": mark, "url": done.url} if done else {"mark": mark}


async def _refuse(desk: Desk, request: Any, refused: Refused) -> Response:
    return await desk.problem(request, _STATUS[refused.why], words=f"review-{refused.why}")


async def _spoken(desk: Desk, found: review.Values) -> Spoken | None:
    """The words by which the model decided of the tag that is asked about."""
    item, article = found["item"], found["article"]
    topic = topic_of(item.field) if isinstance(item, review.Item) else ""
    if not topic or not isinstance(article, ArticleRow):
        return None
    return (await words_of(desk.database, article.title, article.text, [topic])).get(topic)


async def _names(desk: Desk) -> Any:
    return await desk.read(review.all_names)


def _by(request: Any) -> Actor:
    actor = visitor_of(request).actor
    return Actor(actor["id"] if actor else "", is_admin=may(actor, "accounts"))


def _args(request: Any) -> dict[str, str]:
    return {name: request.args.get(name) for name in request.args}


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


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
