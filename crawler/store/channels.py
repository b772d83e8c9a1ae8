"""Channels and their addresses: those to be visited out; what a visit found in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Address:
    """A channel that has an address and is no social network."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class ChannelVisit:
    """How a channel's address answered; `last_item_on` is the day of its newest dated entry."""

    status: str
    reason: str | None
    http_status: int | None
    title: str | None
    items: int | None
    last_item_on: str | None


def addresses(db: Database) -> list[Address]:
    """Every channel whose address can be asked; social networks are not crawled."""
    rows = db.execute("select id, url from channels where url is not null and kind != 'social' order by id").fetchall()
    return [Address(*row) for row in rows]


def found(db: Database) -> dict[str, ChannelVisit]:
    """In a database that a visit has filled: what became of each source's one endpoint, by the source's id."""
    rows = db.execute(
        """select e.source_id, e.status, e.reason, e.http_status, e.title, e.items,
               (select max(published_on) from pages p where p.source_id = e.source_id)
           from endpoints e where e.checked_at is not null and e.kind != 'home'"""
    ).fetchall()
    return {row[0]: ChannelVisit(*row[1:]) for row in rows}


def keep_visits(db: Database, visits: Sequence[tuple[str, ChannelVisit]], at: str) -> None:
    """Write what the visits found. A newest item that is known already is not forgotten because the address failed now."""
    with db.atomic():
        db.conn.executemany(
            """update channels set status = ?, reason = ?, http_status = ?, title = coalesce(?, title),
                   items = coalesce(?, items), last_item_on = max(coalesce(?, ''), coalesce(last_item_on, '')), checked_at = ?
               where id = ?""",
            [(v.status, v.reason, v.http_status, v.title, v.items, v.last_item_on, at, id) for id, v in visits],
        )
        db.execute("update channels set last_item_on = null where last_item_on = ''")


def visits(db: Database) -> dict[str, ChannelVisit]:
    """What the last visit of each channel found, of those that were visited."""
    rows = db.execute(
        "select id, status, reason, http_status, title, items, last_item_on from channels where checked_at is not null"
    ).fetchall()
    return {row[0]: ChannelVisit(*row[1:]) for row in rows}
