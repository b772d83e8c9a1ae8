"""Plain facts of the store, as rows to be held against what should be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class ArticleFact:
    """An article with the address of its story's original."""

    url: str
    relevance: int
    published_on: str | None
    story_url: str | None
    original: bool


@dataclass(frozen=True, slots=True)
class VerdictFact:
    """A unit's verdict of a day."""

    target_id: str
    unit_id: str
    verdict: str
    reason: str
    last_item_on: str | None


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """One row of evidence."""

    target_id: str
    unit_id: str
    url: str
    kind: str
    document: str | None
    issued_by: str | None


def articles(db: Database) -> list[ArticleFact]:
    """Every article and document."""
    rows = db.execute(
        """select a.url, a.relevance, a.published_on, o.url, a.original from articles a
           left join stories s on s.id = a.story_id left join articles o on o.id = s.first_article_id order by a.url"""
    ).fetchall()
    return [ArticleFact(url, relevance, day, story, bool(original)) for url, relevance, day, story, original in rows]


def verdicts(db: Database, as_of: date) -> list[VerdictFact]:
    """Every verdict of a day."""
    rows = db.execute(
        """select target_id, unit_id, verdict, reason, last_item_on from target_verdicts where as_of = ?
           order by target_id, unit_id""",
        [as_of.isoformat()],
    ).fetchall()
    return [VerdictFact(*row) for row in rows]


def evidence(db: Database) -> list[EvidenceFact]:
    """All evidence that nobody rejected."""
    rows = db.execute(
        """select target_id, unit_id, url, kind, document, issued_by from evidence where state != 'rejected'
           order by target_id, unit_id, url, kind"""
    ).fetchall()
    return [EvidenceFact(*row) for row in rows]


def failures(db: Database) -> set[tuple[str | None, str | None, str]]:
    """Every failure of every run: source, URL, reason."""
    return {(row[0], row[1], row[2]) for row in db.execute("select source_id, url, reason from failures").fetchall()}
