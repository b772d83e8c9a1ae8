"""A form of the review desk in, the decision written with its entry in the audit log, and the page that comes next out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from crawler.store import read_decisions, read_review
from monitor import review as deciding
from monitor.review import LONGEST_NOTE, Actor, Refused, TooLate
from monitor.site.desk import Desk
from monitor.site.forms import number_in
from monitor.site.results import all_names

Work = Callable[[sqlite3.Connection], str]
"""Writes a decision and gives its mark."""


@dataclass(frozen=True, slots=True)
class Written:
    """A decision that is about to be written, and where its author goes from there."""

    deed: str
    subject: str
    detail: Mapping[str, str]
    work: Work
    onward: str
    again: str = ""
    """Where one can look at it again, if somebody else was faster."""
    field: str = ""
    """Of a tag, as in corrections."""


def of_tag(by: Actor, number: int, form: Mapping[str, str], onward: str) -> Written:
    """What a form says of a field of article `number`."""
    field, value, seen, note = (form.get(name, "") for name in ("field", "value", "seen", "note"))
    return Written(
        "article.corrected",
        f"/bai/{number}",
        {"field": field[:120], "value": value[:40], "note": note[:LONGEST_NOTE]},
        lambda db: deciding.correct(db, by, number, field, value, seen, note),
        onward,
        f"/bai/{number}",
        field,
    )


async def of_subject(desk: Desk, by: Actor, form: Mapping[str, str], onward: str) -> Written:
    """The decision of a piece of evidence or of a column. Raises Refused where there is no such thing."""
    number, is_column = number_in(form.get("id", "")), form.get("what") == "column"
    value, seen, note = (form.get(name, "") for name in ("value", "seen", "note"))
    judge = deciding.judge_column if is_column else deciding.judge
    find = read_review.subject_of_column if is_column else read_review.subject_of_evidence
    found = await desk.read(lambda db: find(db, number))
    if found is None:
        raise Refused("gone")
    about = found[0]
    return Written(
        "column.judged" if is_column else "evidence.judged",
        f"{about.target_id} {about.unit_id}".strip(),
        {"state": value, "kind": about.kind, "url": about.url, "note": note[:LONGEST_NOTE]},
        lambda db: judge(db, by, number, value, seen, note),
        onward,
        "" if is_column else f"/duyet?kind=evidence&item={number}",
        form.get("field", ""),
    )


async def write(desk: Desk, request: Any, written: Written) -> Response:
    """Write a decision and go on to the next page; or say why it was not taken, and what was decided meanwhile."""
    try:
        mark = await desk.write(request, written.deed, written.subject, written.work, _told, **written.detail)
    except TooLate as late:
        shown = {"about": written.deed.partition(".")[0].replace("article", "tag"), "field": written.field, "value": late.state}
        shown |= {"actor": late.actor, "at": late.at, "note": late.note or ""}
        names = await desk.read(all_names)
        onward, again = written.onward, written.again
        return await desk.page(request, "late", status=409, late=shown, onward=onward, again=again, names=names)
    return Response.redirect(f"{written.onward}{'&' if '?' in written.onward else '?'}done={mark}", 303)


def _told(db: sqlite3.Connection, mark: str) -> dict[str, object]:
    """What brings a decision back from the audit log (crawler/store/relate.py) when the database is lost."""
    done = read_decisions.marked(db, mark)
    return {"mark": mark, "url": done.url} if done else {"mark": mark}
