"""Dedicated columns that the crawl found by itself: proposed with their evidence, accepted or rejected by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from crawler.store import decisions, endpoints
from crawler.store.decisions import Subject

State = Literal["proposed", "accepted", "rejected"]
Decided = Literal["accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A column as it was found."""

    source_id: str
    url: str
    clear: bool
    """Named as a column; else it only looks like one, and is not visited before a person says so."""
    why: Literal["anchor", "address", "title", "items"]
    found_on: str
    anchor: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column in the table of proposals, with what the last visit to it brought where it was visited."""

    id: int
    source_id: str
    url: str
    state: State
    clear: bool
    why: str
    anchor: str | None
    title: str | None
    found_on: str
    found_at: str
    status: str | None
    """The endpoint's; None where it is not visited."""
    items: int | None


@dataclass(frozen=True, slots=True)
class Search:
    """The last walk through a site's navigation."""

    searched_at: datetime
    menu: str


class NoSuchProposal(Exception):
    """Nothing was proposed under that address."""


def propose(db: Database, sighting: Sighting, at: datetime) -> bool:
    """Enter a column that was found, or its new sighting; True where it is to be visited.

    What a person decided stays: a rejected one is never visited again, an accepted one always. What only looked like a column
    becomes clear once it is found under a column's name.
    """
    moment = at.isoformat(timespec="seconds")
    with db.atomic():
        db.execute(
            """insert into column_proposals (source_id, url, clear, why, anchor, title, found_on, found_at, seen_at)
               values (:source_id, :url, :clear, :why, :anchor, :title, :found_on, :at, :at)
               on conflict (source_id, url) do update set seen_at = excluded.seen_at,
                   why = case when excluded.clear > clear then excluded.why else why end,
                   anchor = coalesce(anchor, excluded.anchor), title = coalesce(excluded.title, title),
                   clear = max(clear, excluded.clear)""",
            {
                "source_id": sighting.source_id,
                "url": sighting.url,
                "clear": int(sighting.clear),
                "why": sighting.why,
                "anchor": sighting.anchor,
                "title": sighting.title,
                "found_on": sighting.found_on,
                "at": moment,
            },
        )
        decisions.settle_columns(db)
        row = db.execute(
            "select state = 'accepted' or (state = 'proposed' and clear) from column_proposals where source_id = ? and url = ?",
            [sighting.source_id, sighting.url],
        ).fetchone()
        visited = bool(row[0])
        if visited:
            endpoints.discovered(db, sighting.source_id, sighting.url, "column")
    return visited


def withdraw(db: Database, source_id: str, url: str) -> None:
    """Forget a proposal that proved to list nothing; what a person accepted stays, and is an empty column."""
    with db.atomic():
        taken = "select 1 from column_proposals where source_id = ? and url = ? and state = 'accepted'"
        if db.execute(taken, [source_id, url]).fetchone() is None:
            endpoints.forget(db, source_id, url)
            db.execute("delete from column_proposals where source_id = ? and url = ? and state = 'proposed'", [source_id, url])


def decide(db: Database, source_id: str, url: str, state: Decided, actor: str, at: datetime, note: str | None = None) -> int:
    """Accept a proposal, which is then visited; or reject it, which is then no endpoint any more. Gives the decision's id.

    Raises NoSuchProposal.
    """
    with db.atomic():
        known = db.execute("select 1 from column_proposals where source_id = ? and url = ?", [source_id, url])
        if known.fetchone() is None:
            raise NoSuchProposal(f"{source_id}: {url} was not proposed")
        subject = Subject("column", "", source_id, url, "")
        number = decisions.append(db.conn, subject, state, actor, at.isoformat(timespec="seconds"), note)
        decisions.settle_columns(db)
    return number


def proposals(db: Database, *, state: State | None = None) -> list[Proposal]:
    """What was proposed, the latest first; only that state where one is given."""
    rows = db.execute(
        """select p.id, p.source_id, p.url, p.state, p.clear, p.why, p.anchor, coalesce(p.title, e.title), p.found_on, p.found_at,
               e.status, e.items
           from column_proposals p left join endpoints e on e.source_id = p.source_id and e.url = p.url
           where ?1 is null or p.state = ?1 order by p.found_at desc, p.id desc""",
        [state],
    ).fetchall()
    return [Proposal(row[0], row[1], row[2], row[3], bool(row[4]), *row[5:]) for row in rows]


def last_search(db: Database, source_id: str) -> Search | None:
    """The last walk through a site's navigation, or None."""
    row = db.execute("select searched_at, menu from column_searches where source_id = ?", [source_id]).fetchone()
    return Search(datetime.fromisoformat(row[0]), row[1]) if row else None


def searched(db: Database, source_id: str, menu: str, pages: int, at: datetime) -> None:
    """Remember that a site's navigation was walked through."""
    with db.atomic():
        db.execute(
            """insert into column_searches (source_id, searched_at, pages, menu) values (?, ?, ?, ?)
               on conflict (source_id) do update set searched_at = excluded.searched_at, pages = excluded.pages,
                   menu = excluded.menu""",
            [source_id, at.isoformat(timespec="seconds"), pages, menu],
        )
