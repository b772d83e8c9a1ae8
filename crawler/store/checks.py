"""What people said of the topics of articles: the last word on each, to learn from and to measure by."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Checked:
    """An article with the topics that people judged: those that they gave it and those that they took away or left away."""

    id: int
    title: str
    text: str
    language: str | None
    story: int
    given: frozenset[str]
    refused: frozenset[str]


_LAST = """
    select article_id, substr(field, 7) as topic_id, value = '1' as given from (
        select *, row_number() over (partition by article_id, field order by at desc, id desc) as n
        from corrections_in_force where field like 'topic:%') where n = 1"""


def checked(db: Database) -> list[Checked]:
    """The articles of which people judged topics, in the order of their ids; a confirmation counts like a correction."""
    rows = db.execute(
        f"""select a.id, a.title, a.text, a.language, coalesce(a.story_id, a.id),
               json_group_object(c.topic_id, c.given) from articles a join ({_LAST}) c on c.article_id = a.id
           group by a.id order by a.id"""  # noqa: S608
    ).fetchall()
    found = []
    for article_id, title, text, language, story, said in rows:
        judged = json.loads(said)
        given = frozenset(topic for topic, is_given in judged.items() if is_given)
        found.append(Checked(article_id, title, text, language, story, given, frozenset(judged) - given))
    return found
