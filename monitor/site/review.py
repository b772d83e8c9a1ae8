"""What the review pages show: a connection and what was asked for in, the queue's next item with its answers out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from crawler.store import (
    corrections,
    read_articles,
    read_decisions,
    read_review,
    read_tallies,
    read_targets,
    read_worth,
    samples,
)
from crawler.store.read_review import ColumnProposal, Filter, Proof, Queue
from crawler.store.read_worth import Field
from monitor.review import Actor, seen_field, seen_subject
from monitor.site.decided import just_done, may_take_back
from monitor.site.forms import number_in
from monitor.site.marks import mark, paragraphs
from monitor.site.results import all_names
from monitor.worth import worth

KINDS = ("evidence", "tags", "samples", "tasks", "columns")
"""The five queues, in the order of their tabs."""
FILTERS = {
    "evidence": ("target", "agency"),
    "tags": ("topic",),
    "samples": ("topic",),
    "tasks": ("agency",),
    "columns": ("agency",),
}
SHOWN_PARAGRAPHS = 12
"""Of a long text; the rest is a click away."""
RANKED = 200
"""Stories that are ordered at once: what a person checks in an hour or two."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where in the queue somebody is."""

    kind: str = "evidence"
    target: str | None = None
    topic: str | None = None
    agency: str | None = None
    beside: bool = False
    skip: int = 0
    """How many items were passed over."""
    item: int | None = None
    """One piece of evidence, whatever became of it."""

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        pairs = {"kind": self.kind, "target": self.target, "topic": self.topic, "agency": self.agency}
        pairs |= {"beside": "1" if self.beside else None, "skip": str(self.skip) if self.skip else None}
        pairs |= {"item": str(self.item) if self.item else None}
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def next(self) -> Asked:
        """The item after this one."""
        return replace(self, skip=self.skip if self.item else self.skip + 1, item=None)

    def of(self, kind: str) -> Asked:
        """Another queue, with what of the filter holds there too."""
        kept = {name: getattr(self, name) for name in FILTERS[kind]}
        return Asked(kind, **kept)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The doubtful tags most worth a minute, as they were at a moment: to order all takes too long for every page."""

    after: int
    """The last row of corrections that it knows of."""
    topic: str | None
    count: int
    fields: tuple[tuple[int, Field], ...]
    """Each with its story."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A button: what it says of the item, the key that presses it, and what it is called under `review.answer`."""

    value: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide."""

    what: str
    """What the form is about: `evidence`, `column` or `tag`."""
    id: int
    """Of the evidence, the proposal or the article."""
    field: str
    """Of a tag, as in corrections."""
    seen: str
    answers: tuple[Answer, ...]
    now: str
    """What stands at present: a state, or a tag's value."""
    doubt: float | None = None
    score: float | None = None
    reprints: int = 0
    """How many other articles of its story the answer speaks for."""
    proof: Proof | None = None
    column: ColumnProposal | None = None


_YES_NO = (Answer("1", "1", "yes"), Answer("0", "0", "no"))
_RELEVANCE = (Answer("2", "2", "relevance_2"), Answer("1", "1", "relevance_1"), Answer("0", "0", "relevance_0"))
_PROOF = (Answer("confirmed", "1", "confirm"), Answer("rejected", "0", "reject"))
_COLUMN = (Answer("accepted", "1", "accept"), Answer("rejected", "0", "reject"))


def read_asked(args: Mapping[str, str]) -> Asked:
    """What the query asks for; what makes no sense is passed over."""
    kind = args.get("kind", "")
    kind = kind if kind in KINDS else KINDS[0]
    named = {
        name: value
        for name in FILTERS[kind]
        if (value := args.get(name)) and (_ID.fullmatch(value) or (name == "agency" and len(value) <= 80))
    }
    return Asked(
        kind,
        beside=kind == "evidence" and args.get("beside") == "1",
        skip=number_in(args.get("skip"), 5),
        item=number_in(args.get("item")) or None,
        **named,
    )


def rank(db: sqlite3.Connection, topic: str | None) -> Ranking:
    """Order the doubtful tags, of all topics or of one."""
    after, field = read_worth.last_correction(db), f"topic:{topic}"
    ranked = worth(db, RANKED, topic=topic)
    found = [(row.article.story_id, tag) for row in ranked for tag in row.fields if topic is None or tag.field == field]
    return Ranking(after, topic, read_worth.count(db, topic), tuple(found))


def queue(
    db: sqlite3.Connection, asked: Asked, by: Actor, ranking: Ranking | None = None, done: str = "", stay: int = 0
) -> Values:
    """The counts of all queues and the item of this one.

    `ranking`: None where it would take too long now; the count of doubtful tags is None then. `done` is the mark of the decision
    just made, `stay` the article whose other doubtful tags come first.
    """
    wanted = Filter(asked.target, asked.agency, asked.beside)
    counts = {
        "evidence": read_review.count_proofs(db, "evidence", wanted if asked.kind == "evidence" else Filter()),
        "tasks": read_review.count_proofs(db, "tasks", wanted if asked.kind == "tasks" else Filter()),
        "columns": read_review.count_columns(db, wanted if asked.kind == "columns" else Filter()),
        "samples": sum(row.drawn - row.checked for row in samples.progress(db) if asked.topic in (None, row.topic_id)),
        "tags": ranking and max(0, ranking.count - read_worth.checked_since(db, ranking.after, ranking.topic)),
    }
    found = _item(db, asked, wanted, ranking, stay)
    last = just_done(db, done)
    return {
        "asked": asked,
        "counts": counts,
        "item": found,
        "filters": FILTERS[asked.kind],
        "choices": _choices(db),
        "names": all_names(db),
        "done": last,
        "may_undo": last is not None and last.takes_back is None and may_take_back(last, by),
        "history": read_decisions.of_evidence(db, asked.item) if asked.item else [],
        "measured": read_review.last_measured(db),
        **_article(db, found),
    }


def _item(db: sqlite3.Connection, asked: Asked, wanted: Filter, ranking: Ranking | None, stay: int) -> Item | None:
    if asked.item is not None:
        proof = read_review.proof(db, asked.item)
        return _of_proof(db, proof) if proof else None
    if asked.kind in ("evidence", "tasks"):
        name: Queue = "tasks" if asked.kind == "tasks" else "evidence"
        proofs = read_review.proofs(db, name, wanted, 1, asked.skip)
        return _of_proof(db, proofs[0]) if proofs else None
    if asked.kind == "columns":
        columns = read_review.proposals(db, wanted, 1, asked.skip)
        return _of_column(db, columns[0]) if columns else None
    if asked.kind == "samples":
        return _sample(db, asked)
    return _tag(db, ranking, asked.skip, stay) if ranking else None


def _of_proof(db: sqlite3.Connection, proof: Proof) -> Item:
    others = len(read_articles.reprints(db, proof.article_id)) if proof.article_id else 0
    seen = seen_subject(db, proof.subject, proof.state)
    return Item("evidence", proof.id, "", seen, _PROOF, proof.state, reprints=others, proof=proof)


def _of_column(db: sqlite3.Connection, column: ColumnProposal) -> Item:
    return Item("column", column.id, "", seen_subject(db, column.subject, column.state), _COLUMN, column.state, column=column)


def _sample(db: sqlite3.Connection, asked: Asked) -> Item | None:
    rows = samples.waiting(db, asked.skip + 1, asked.topic)
    if len(rows) <= asked.skip:
        return None
    row = rows[asked.skip]
    return _of_tag(db, row.article_id, f"topic:{row.topic_id}")


def _tag(db: sqlite3.Connection, ranking: Ranking, skip: int, stay: int) -> Item | None:
    for story, field in sorted(ranking.fields, key=lambda pair: pair[1].article_id != stay):
        if read_worth.is_checked(db, story, field.field):
            continue
        if not skip:
            return replace(_of_tag(db, field.article_id, field.field), doubt=field.doubt, score=field.score)
        skip -= 1
    return None


def _of_tag(db: sqlite3.Connection, article_id: int, field: str) -> Item:
    answers = _RELEVANCE if field == "relevance" else _YES_NO
    others = len(read_articles.reprints(db, article_id))
    stands = corrections.stated(db, article_id, field)
    return Item("tag", article_id, field, seen_field(db, article_id, field), answers, stands, reprints=others)


def _article(db: sqlite3.Connection, item: Item | None) -> Values:
    """The text to decide by, with what the decision rests on marked."""
    key = None if item is None else item.id if item.what == "tag" else item.proof.article_id if item.proof else None
    row = read_articles.article(db, key) if key else None
    if row is None or item is None:
        return {"article": None}
    unit = f"agency:{item.proof.unit_id}" if item.proof else "relevance"
    spans: dict[str, list[tuple[int, int]]] = {"title": [], "text": []}
    for passage in read_articles.passages(db, row.id):
        if passage.tag in ("relevance", unit):
            spans[passage.field].append((passage.start, passage.end))
    text = paragraphs(row.text, spans["text"])
    return {
        "article": row,
        "title": mark(row.title, spans["title"]),
        "paragraphs": text[:SHOWN_PARAGRAPHS],
        "left": max(0, len(text) - SHOWN_PARAGRAPHS),
        "foreign": row.language if row.language and row.language != "vi" else None,
    }


def _choices(db: sqlite3.Connection) -> dict[str, list[tuple[str, str, str]]]:
    return {
        "target": [(row.id, row.name_vi, row.name_en) for row in read_targets.progress(db)],
        "topic": [(row.id, row.vi, row.en) for row in read_tallies.topics(db)],
        "agency": [(row.id, row.vi, row.en) for row in read_tallies.agency_names(db)],
    }
