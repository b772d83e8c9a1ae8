"""What people hand in: reported figures, and the registers of science tasks and channels; checked rows in, stored by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

ChannelKind = Literal["tv", "publication", "social"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A fraction that a body reported for a period (`YYYY`, `YYYY-MM`, `YYYY-Qn`), and the document that says so."""

    target_id: str
    unit_id: str
    period: str
    numerator: float
    denominator: float
    document: str


@dataclass(frozen=True, slots=True)
class Task:
    """A state-funded science task; of a secret one only the id is kept, so `title` is empty."""

    id: str
    title: str
    agency_id: str | None
    year_from: int | None
    year_to: int | None
    secret: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel for science and technology; `url` is None where it has no address."""

    id: str
    name: str
    url: str | None
    kind: ChannelKind
    audience: str | None


def keep_figures(db: Database, rows: Sequence[Figure]) -> None:
    """Store figures; one of the same target, unit and period is replaced."""
    with db.atomic():
        db.conn.executemany(
            """insert into figures (target_id, unit_id, period, numerator, denominator, document) values (?, ?, ?, ?, ?, ?)
               on conflict (target_id, unit_id, period) do update set numerator = excluded.numerator,
                   denominator = excluded.denominator, document = excluded.document""",
            [(f.target_id, f.unit_id, f.period, f.numerator, f.denominator, f.document) for f in rows],
        )


def keep_tasks(db: Database, rows: Sequence[Task]) -> None:
    """Store tasks; one of the same id is replaced, those that are not handed in stay."""
    with db.atomic():
        db.conn.executemany(
            """insert into tasks (id, title, agency_id, year_from, year_to, secret) values (?, ?, ?, ?, ?, ?)
               on conflict (id) do update set title = excluded.title, agency_id = excluded.agency_id,
                   year_from = excluded.year_from, year_to = excluded.year_to, secret = excluded.secret,
                   matched = case when excluded.secret then null else matched end""",
            [(t.id, t.title, t.agency_id, t.year_from, t.year_to, int(t.secret)) for t in rows],
        )
        # What matched the title of a task that has become secret tells the title.
        db.conn.executemany("delete from task_matches where task_id = ?", [(t.id,) for t in rows if t.secret])


def keep_channels(db: Database, rows: Sequence[Channel]) -> None:
    """Store channels; one of the same id is replaced and keeps what was measured of it, those that are not handed in stay."""
    with db.atomic():
        db.conn.executemany(
            """insert into channels (id, name, url, kind, audience) values (?, ?, ?, ?, ?)
               on conflict (id) do update set
                   -- what was seen of another address says nothing of this one
                   checked_at = case when url is excluded.url then checked_at end,
                   status = case when url is excluded.url then status else 'unknown' end,
                   last_item_on = case when url is excluded.url then last_item_on end,
                   title = case when url is excluded.url then title end,
                   items = case when url is excluded.url then items end,
                   name = excluded.name, url = excluded.url, kind = excluded.kind, audience = excluded.audience""",
            [(c.id, c.name, c.url, c.kind, c.audience) for c in rows],
        )


def channel_ids(db: Database) -> set[str]:
    """The ids of the register of channels."""
    return {row[0] for row in db.execute("select id from channels").fetchall()}
