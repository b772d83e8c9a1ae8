"""A database in, the texts most worth a person's minute out: uncertain, frequent, new; one row a story, checked ones left out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from math import log

from crawler.clock import now
from crawler.store import read_worth
from crawler.store.read_worth import Doubtful, Field, Standing

HALF_LIFE_DAYS = 30
"""After so long a doubt is worth half as much: the month's report has been sent by then."""
KEY_PRESS = 1.5
"""How much more a text of the key press is worth, which most people read."""


@dataclass(frozen=True, slots=True)
class Worth:
    """A text to look at, the tags to look for, and what that is worth beside the others."""

    article: Standing
    articles: int
    """How many reprints the answer speaks for, the text itself included."""
    fields: tuple[Field, ...]
    """The tags in doubt, the most doubtful first."""
    value: float


def worth(connection: sqlite3.Connection, limit: int, *, topic: str | None = None, today: date | None = None) -> list[Worth]:
    """The `limit` stories most worth a minute, the most valuable first; with doubts about one topic id only, where it is given.

    A tag is out once a person has judged it on any article of the story; a story without a tag in doubt is out as well.
    """
    day = today or now().date()
    ranked = sorted(read_worth.doubtful(connection, topic), key=lambda story: (-value(story, day), story.story_id))[:limit]
    found: dict[int, list[Field]] = {}
    for field in read_worth.fields(connection, [story.story_id for story in ranked]):
        found.setdefault(field.article_id, []).append(field)
    standing = read_worth.standing(connection, [*found])
    by_story = {standing[article].story_id: article for article in found}
    return [
        Worth(standing[article], story.articles, tuple(found[article]), round(value(story, day), 4))
        for story in ranked
        if (article := by_story.get(story.story_id)) is not None
    ]


def value(story: Doubtful, today: date) -> float:
    """Sum of the doubts, times how many texts and readers the answer serves, halved every HALF_LIFE_DAYS."""
    age = max(0, (today - date.fromisoformat(story.newest_on[:10])).days)
    reach = (1.0 + log(story.articles)) * (KEY_PRESS if story.key_press else 1.0)
    return float(story.doubt * reach * 0.5 ** (age / HALF_LIFE_DAYS))
