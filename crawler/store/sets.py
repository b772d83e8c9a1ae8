"""Every article's place and tags in, sets of article ids out: one bitmap a topic, body, outlet, language, day, week ...

Counting is then cutting sets, exactly and in microseconds. They are saved in the database (crawler/store/marks.py) and follow
its changes, so that nobody has to read a million rows to begin with.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, islice
from operator import itemgetter

from pyroaring import BitMap64
from sqlite_utils import Database

from crawler.store import marks
from crawler.store.marks import Mark

Key = tuple[str, str]
_RANK = 50
"""To find the place of a member in a set takes so many times as long as to ask whether it is one."""
EMPTY = BitMap64()
"""Nobody may write to it."""
_COPIES: Key = ("copies", "")
_ORIGINALS: Key = ("original", "")


@dataclass(frozen=True, slots=True)
class Followers:
    """The reprints of a result, each with its story, and which of them leads where the original is not in the result."""

    copies: BitMap64
    stories: array[int]
    heads: Mapping[int, int]

    def of(self, leaders: Iterable[int]) -> dict[int, list[int]]:
        """The articles that follow each of some leaders, in the order of their ids."""
        story_of = {head: story for story, head in self.heads.items()}
        leads = {story_of.get(leader, leader): leader for leader in leaders}
        following: dict[int, list[int]] = defaultdict(list)
        for place in compress(range(len(self.stories)), map(leads.__contains__, self.stories)):
            leader, copy = leads[self.stories[place]], self.copies[place]
            if copy != leader:
                following[leader].append(copy)
        return following


@dataclass(frozen=True)
class Sets:
    """The articles of one moment; nothing of it is ever changed, since several pages may count with it at once."""

    mark: Mark
    members: Mapping[Key, BitMap64]
    """By family and value: `topic`, `agency`, `outlet`, `lang`, `week` (its Monday), `day` ('' for undated ones), `relevance`,
    `original`."""
    copies: BitMap64
    """The articles that are reprints of another."""
    stories: array[int]
    """The stories of the copies, in the order of their ids; a story is called by its original's id."""

    def of(self, family: str, value: str) -> BitMap64:
        """The articles with a value."""
        return self.members.get((family, value), EMPTY)

    def any_of(self, family: str, values: Iterable[str]) -> BitMap64:
        """The articles with any of some values."""
        return BitMap64().union(*(self.of(family, value) for value in values))

    def values(self, family: str) -> list[tuple[str, BitMap64]]:
        """The values of a family with their articles, in their order."""
        return self._families.get(family, [])

    @cached_property
    def _families(self) -> dict[str, list[tuple[str, BitMap64]]]:
        families: dict[str, list[tuple[str, BitMap64]]] = defaultdict(list)
        for (family, value), found in sorted(self.members.items(), key=itemgetter(0)):
            families[family].append((value, found))
        return families

    def between(self, first: str | None, last: str | None) -> BitMap64:
        """The articles of some days, both included; undated ones are of no day."""
        days = ((value, found) for value, found in self.values("day") if value)
        return BitMap64().union(*(found for day, found in days if (not first or day >= first) and (not last or day <= last)))

    @property
    def last_week(self) -> str:
        """The Monday of the last week with relevant coverage; '' where there is none."""
        relevant = self.any_of("relevance", ("1", "2"))
        return next((week for week, found in reversed(self.values("week")) if relevant.intersect(found)), "")

    def last_day(self, among: BitMap64) -> str | None:
        """The day of the newest of some articles; None where none has a date."""
        if not among:
            return None
        return next((day for day, found in reversed(self.values("day")) if among.intersect(found)), None) or None

    def leaders(self, found: BitMap64) -> tuple[BitMap64, Followers]:
        """One article for each story of a result, the original where it is among them; and the others by the one they follow."""
        originals = found & self.of(*_ORIGINALS)
        copies = found - originals
        stories = self._stories(copies)
        leading = originals.copy()
        heads: dict[int, int] = {}
        if orphaned := BitMap64(stories) - originals:
            for copy, story in compress(zip(copies, stories, strict=True), map(orphaned.__contains__, stories)):
                heads.setdefault(story, copy)
            leading.update(heads.values())
        return leading, Followers(copies, stories, heads)

    def _stories(self, copies: BitMap64) -> array[int]:
        """The stories of some copies, in their order. Hundreds of thousands may be: no line of Python for each."""
        if not copies:
            return array("Q")
        first, last = self.copies.rank(copies.min()) - 1, self.copies.rank(copies.max())
        if _RANK * len(copies) < last - first:
            return array("Q", (self.stories[self.copies.rank(copy) - 1] for copy in copies))
        between = islice(self.copies.iter_equal_or_larger(copies.min()), last - first)
        return array("Q", compress(self.stories[first:last], map(copies.__contains__, between)))


def current(connection: sqlite3.Connection, known: Sets | None) -> Sets:
    """The sets of the moment that the connection sees: those known or saved and what changed since, else all rows anew."""
    mark = marks.latest(connection)
    if known is not None and known.mark == mark:
        return known
    if known is not None and (ids := marks.changed(connection, known.mark)) is not None:
        return _renewed(connection, known, ids, mark)
    at = marks.saved_at(connection)
    if at is not None and (ids := marks.changed(connection, at)) is not None:
        return _renewed(connection, _loaded(connection, at), ids, mark)
    return _made(connection, mark)


def save(db: Database) -> None:
    """Save the sets as they are now, where anything changed since they were saved."""
    with db.atomic():
        if marks.latest(db.conn) != marks.saved_at(db.conn):
            _write(db, current(db.conn, None))


def rebuild(db: Database) -> None:
    """Save the sets made anew from the rows, whatever is saved."""
    with db.atomic():
        _write(db, _made(db.conn, marks.latest(db.conn)))


def wrong(db: Database) -> str | None:
    """What the sets say otherwise than the rows, or None."""
    try:
        kept = current(db.conn, None)
    except (ValueError, sqlite3.DatabaseError) as error:
        return f"article_sets: {error}"
    if kept == (true := _made(db.conn, kept.mark)):
        return None
    other = next((key for key in {**kept.members, **true.members} if kept.of(*key) != true.of(*key)), _COPIES)
    return f"article_sets: {' '.join(other).strip()} is not what the articles say"


def _write(db: Database, sets: Sets) -> None:
    rows = [(family, value, found.serialize()) for (family, value), found in sets.members.items()]
    copies = (*_COPIES, sets.copies.serialize()), ("stories", "", sets.stories.tobytes())
    marks.save(db, sets.mark, [*rows, *copies])


def _made(connection: sqlite3.Connection, mark: Mark) -> Sets:
    members, copies = _read(connection, None)
    return Sets(mark, members, BitMap64(copies.keys()), array("Q", (copies[copy] for copy in sorted(copies))))


def _loaded(connection: sqlite3.Connection, mark: Mark) -> Sets:
    stories: array[int] = array("Q")
    members: dict[Key, BitMap64] = {}
    for family, value, saved in marks.saved(connection):
        if family == "stories":
            stories.frombytes(saved)
        else:
            members[family, value] = BitMap64.deserialize(saved)
    return Sets(mark, members, members.pop(_COPIES), stories)


def _renewed(connection: sqlite3.Connection, old: Sets, ids: list[int], mark: Mark) -> Sets:
    """What changed is taken out wherever it was and put in wherever it is now; all other sets are shared."""
    fresh, copies = _read(connection, ids)
    gone = BitMap64(ids)
    members = dict(old.members)
    for key, found in old.members.items():
        if found.intersect(gone):
            members[key] = found - gone
    for key, found in fresh.items():
        members[key] = members.get(key, EMPTY) | found
    members = {key: found for key, found in members.items() if found}
    if not copies and not old.copies.intersect(gone):
        return Sets(mark, members, old.copies, old.stories)
    left = old.copies - gone
    stay = array("Q", compress(old.stories, (copy in left for copy in old.copies)))
    merged = dict(sorted((*zip(left, stay, strict=True), *copies.items())))
    return Sets(mark, members, BitMap64(merged.keys()), array("Q", merged.values()))


def _read(connection: sqlite3.Connection, ids: list[int] | None) -> tuple[dict[Key, BitMap64], dict[int, int]]:
    """The sets of all articles or of some, and the story of each that is a copy."""
    found: dict[Key, array[int]] = defaultdict(lambda: array("Q"))
    copies: dict[int, int] = {}
    for row in marks.rows(connection, ids):
        for key in _keys(row):
            found[key].append(row.id)
        if not row.original and row.story_id is not None:
            copies[row.id] = row.story_id
        else:
            found[_ORIGINALS].append(row.id)
    for family, value, article in marks.tags(connection, ids):
        found[family, value].append(article)
    return {key: BitMap64(members) for key, members in found.items()}, copies


def _keys(row: marks.Row) -> Iterator[Key]:
    yield "outlet", row.source_id
    yield "relevance", str(row.relevance)
    yield "day", row.day
    if row.week:
        yield "week", row.week
    if row.language:
        yield "lang", row.language
