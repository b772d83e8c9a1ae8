"""What people said of an article in, its tags changed to that; what the machine says is kept beside and comes back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any

ALONE = "alone"
"""The one value of the field `story`: the article is no reprint of the others of its story, nor they of it."""
_RELEVANCE = ("0", "1", "2")


@dataclass(frozen=True, slots=True)
class Word:
    """One row of corrections; `at` is ISO 8601 with +07:00."""

    id: int
    article_id: int
    field: str
    value: str | None
    actor: str
    at: str
    note: str | None
    takes_back: int | None
    in_force: bool
    """The last word on its field, and not taken back."""


_WORDS = """
    select c.id, c.article_id, c.field, c.value, c.actor, c.at, c.note, c.takes_back, c.id is (
        select f.id from corrections_in_force f where f.article_id = c.article_id and f.field = c.field
        order by f.at desc, f.id desc limit 1)
    from corrections c"""


def history(connection: sqlite3.Connection, article_id: int) -> list[Word]:
    """All that people said of an article, the latest first."""
    rows = connection.execute(f"{_WORDS} where c.article_id = ? order by c.at desc, c.id desc limit 500", (article_id,))
    return [replace(Word(*row), in_force=bool(row[8])) for row in rows]


def word(connection: sqlite3.Connection, correction_id: int) -> Word | None:
    """One row of corrections, or None."""
    row = connection.execute(f"{_WORDS} where c.id = ?", (correction_id,)).fetchone()
    return replace(Word(*row), in_force=bool(row[8])) if row else None


def last(connection: sqlite3.Connection, article_id: int, field: str) -> Word | None:
    """The newest row on a field, one that takes back included; None where nobody ever said anything."""
    row = connection.execute(
        f"{_WORDS} where c.article_id = ? and c.field = ? order by c.at desc, c.id desc limit 1", (article_id, field)
    ).fetchone()
    return replace(Word(*row), in_force=bool(row[8])) if row else None


def stated(connection: sqlite3.Connection, article_id: int, field: str) -> str:
    """What stands in the article now, in the words of corrections.value; empty where a day or a person's word is missing."""
    kind, _, key = field.partition(":")
    sql, values = {
        "relevance": ("select relevance from articles where id = ?", (article_id,)),
        "published_on": ("select published_on from articles where id = ?", (article_id,)),
        "topic": ("select count(*) from article_topics where article_id = ? and topic_id = ?", (article_id, key)),
        "agency": (
            """select coalesce(
                (select role from article_agencies where article_id = ? and agency_id = ?), '0')""",
            (article_id, key),
        ),
        "story": (
            "select value from corrections_in_force where article_id = ? and field = 'story' order by at desc, id desc limit 1",
            (article_id,),
        ),
    }[kind]
    row = connection.execute(sql, values).fetchone()
    return "" if row is None or row[0] is None else str(row[0])


def exists(connection: sqlite3.Connection, article_id: int, field: str) -> bool:
    """Whether there are the article and the topic or body that the field names."""
    kind, _, key = field.partition(":")
    table = {"topic": "topics", "agency": "agencies"}.get(kind)
    if connection.execute("select 1 from articles where id = ?", (article_id,)).fetchone() is None:
        return False
    if table is None:
        return kind in ("relevance", "published_on", "story") and not key
    return connection.execute(f"select 1 from {table} where id = ?", (key,)).fetchone() is not None  # noqa: S608 - ours


def append(
    connection: sqlite3.Connection,
    article_id: int,
    field: str,
    value: str | None,
    actor: str,
    at: str,
    note: str | None = None,
    takes_back: int | None = None,
) -> int:
    """Add a row and put it into effect; `takes_back` is the row that it makes void. Gives the new row's id."""
    number: int = connection.execute(
        """insert into corrections (article_id, field, value, actor, at, note, takes_back, url)
           values (?, ?, ?, ?, ?, ?, ?, (select url from articles where id = ?)) returning id""",
        (article_id, field, value, actor, at, note, takes_back, article_id),
    ).fetchone()[0]
    apply(connection, article_id)
    return number


def apply(connection: sqlite3.Connection, article_id: int) -> None:
    """Put what people said of an article over what the machine said, and bring that back where nothing is said any more."""
    words: dict[str, str | None] = dict(
        connection.execute("select field, value from corrections_in_force where article_id = ? order by at, id", (article_id,))
    )
    kept: dict[str, str] = dict(
        connection.execute("select field, value from machine_tags where article_id = ?", (article_id,)).fetchall()
    )
    for field in kept.keys() - words.keys():
        _restore(connection, article_id, field, json.loads(kept[field]))
        connection.execute("delete from machine_tags where article_id = ? and field = ?", (article_id, field))
    for field, value in words.items():
        if not exists(connection, article_id, field):
            continue
        if field not in kept:
            said = json.dumps(_machine(connection, article_id, field), ensure_ascii=False)
            connection.execute("insert into machine_tags values (?, ?, ?)", (article_id, field, said))
        _put(connection, article_id, field, value or "")


def forget_machine(connection: sqlite3.Connection, article_id: int) -> None:
    """The machine has just read the article again: what it said before counts no more."""
    connection.execute("delete from machine_tags where article_id = ? and field <> 'story'", (article_id,))


def alone(connection: sqlite3.Connection) -> set[int]:
    """The articles that people took out of their stories."""
    return {row[0] for row in connection.execute("select distinct article_id from corrections_in_force where field = 'story'")}


def _machine(connection: sqlite3.Connection, article_id: int, field: str) -> list[Any] | None:
    kind, _, key = field.partition(":")
    row: Any = None
    match kind:
        case "relevance":
            row = connection.execute("select relevance from articles where id = ?", (article_id,)).fetchone()
        case "published_on":
            row = connection.execute(
                "select published_on, published_at, date_source from articles where id = ?", (article_id,)
            ).fetchone()
        case "topic":
            row = connection.execute(
                "select score, decided_by, model from article_topics where article_id = ? and topic_id = ?", (article_id, key)
            ).fetchone()
        case "agency":
            row = connection.execute(
                """select mentions, in_title, role, decided_by from article_agencies
                   where article_id = ? and agency_id = ?""",
                (article_id, key),
            ).fetchone()
        case "story":
            row = [member for member in _members(connection, article_id) if member != article_id]
    return None if row is None else list(row)


def _put(connection: sqlite3.Connection, article_id: int, field: str, value: str) -> None:
    kind, _, key = field.partition(":")
    match kind:
        case "relevance" if value in _RELEVANCE:
            connection.execute("update articles set relevance = ? where id = ?", (int(value), article_id))
        case "published_on":
            day = value or None
            connection.execute(
                "update articles set published_on = ?, published_at = ?, date_source = 'person' where id = ?",
                (day, day, article_id),
            )
        case "topic":
            connection.execute("delete from article_topics where article_id = ? and topic_id = ?", (article_id, key))
            if value == "1":
                connection.execute(
                    "insert into article_topics (article_id, topic_id, score, decided_by) values (?, ?, 1.0, 'person')",
                    (article_id, key),
                )
        case "agency" if value in ("1", "actor", "named"):
            connection.execute(
                """insert into article_agencies (article_id, agency_id, mentions, in_title, role, decided_by)
                   values (?1, ?2, 1, 0, iif(?3 = 'actor', 'actor', 'named'), 'person')
                   on conflict (article_id, agency_id) do update set decided_by = 'person', role = iif(?3 = '1', role, ?3)""",
                (article_id, key, value),
            )
        case "agency":
            connection.execute("delete from article_agencies where article_id = ? and agency_id = ?", (article_id, key))
        case "story" if value == ALONE:
            rest = [member for member in _members(connection, article_id) if member != article_id]
            _settle(connection, [article_id])
            _settle(connection, rest)


def _restore(connection: sqlite3.Connection, article_id: int, field: str, said: list[Any] | None) -> None:
    kind, _, key = field.partition(":")
    match kind:
        case "relevance" if said:
            connection.execute("update articles set relevance = ? where id = ?", (*said, article_id))
        case "published_on" if said:
            connection.execute(
                "update articles set published_on = ?, published_at = ?, date_source = ? where id = ?", (*said, article_id)
            )
        case "topic":
            connection.execute("delete from article_topics where article_id = ? and topic_id = ?", (article_id, key))
            if said:
                connection.execute(
                    "insert into article_topics (article_id, topic_id, score, decided_by, model) values (?, ?, ?, ?, ?)",
                    (article_id, key, *said),
                )
        case "agency":
            connection.execute("delete from article_agencies where article_id = ? and agency_id = ?", (article_id, key))
            if said:
                connection.execute(
                    """insert into article_agencies (article_id, agency_id, mentions, in_title, role, decided_by)
                       values (?, ?, ?, ?, ?, ?)""",
                    (article_id, key, *said),
                )
        case "story" if said:
            apart = alone(connection)
            other = next((member for member in said if member not in apart and _members(connection, member)), None)
            if other is not None:
                _settle(connection, [article_id, *_members(connection, other)])


def _members(connection: sqlite3.Connection, article_id: int) -> list[int]:
    """The articles of its story, itself among them; none where it is in no story or gone."""
    rows = connection.execute(
        "select id from articles where story_id = (select story_id from articles where id = ?) order by id", (article_id,)
    )
    return [row[0] for row in rows]


def _settle(connection: sqlite3.Connection, members: list[int]) -> None:
    """Make one story of these articles, called by its original: as `process` does, the earliest, agencies first on ties."""
    if not members:
        return
    ids = json.dumps(members)
    first: int = connection.execute(
        """select a.id from articles a join sources s on s.id = a.source_id where a.id in (select value from json_each(?))
           order by a.published_at is null, coalesce(a.published_at, ''),
               not (coalesce(s.agency_id, '') = 'ttxvn' or s.name like 'Hãng tin%' or s.name like 'Thông tấn%'), a.url limit 1""",
        (ids,),
    ).fetchone()[0]
    connection.execute(
        """insert into stories (id, first_article_id, articles) values (?, ?, ?)
           on conflict (id) do update set first_article_id = excluded.first_article_id, articles = excluded.articles""",
        (first, first, len(members)),
    )
    connection.execute(
        "update articles set story_id = ?, original = (id = ?) where id in (select value from json_each(?))", (first, first, ids)
    )
    connection.execute("delete from stories where not exists (select 1 from articles where articles.story_id = stories.id)")
