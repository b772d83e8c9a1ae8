"""Samples of relevant articles by which a topic's count is measured: the texts to draw from, what was drawn, what people said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Candidate:
    """A relevant article that nobody has judged for the topic yet, as the model decided it."""

    id: int
    url: str
    given: bool
    score: float
    model: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """The articles with one decision and a score from `low` (included) to `high`; how many there were at the draw."""

    number: int
    given: bool
    low: float
    high: float
    population: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest sample of a topic."""

    id: int
    topic_id: str
    model: str
    drawn_at: str
    strata: tuple[Stratum, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of one stratum, in the whole sample and inside the articles that are asked about."""

    stratum: int
    checked: int
    """Articles drawn from it that a person has judged."""
    true: int
    """Of them, those that have the topic."""
    inside: int
    """Articles of it that are asked about."""
    inside_checked: int
    inside_true: int
    score: float
    """The mean probability that the model gives to those inside."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The articles that are asked about, divided: judged before the draw, by stratum, and in none (tagged by another model)."""

    known: int
    """Those that people had judged before the draw and that have the topic."""
    strata: tuple[Counts, ...]
    unplaced: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the newest sample of a topic is checked."""

    sample_id: int
    topic_id: str
    model: str
    drawn_at: str
    drawn: int
    checked: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article of a sample that nobody has judged for the topic since the draw."""

    article_id: int
    topic_id: str
    sample_id: int
    position: int
    title: str
    given: bool


# The last word on a topic of an article; with :drawn_at, the last one before the sample was drawn.
_SAID = """
    select article_id, value = '1' as holds from (
        select article_id, value, row_number() over (partition by article_id order by at desc, id desc) as n
        from corrections_in_force where field = 'topic:' || :topic {when}) where n = 1"""


def candidates(db: Database, topic: str) -> list[Candidate]:
    """The relevant articles that nobody has judged for the topic, by address."""
    rows = db.execute(
        f"""select a.id, a.url, s.given, s.score, s.model from article_scores s join articles a on a.id = s.article_id
            where s.topic_id = :topic and a.relevance > 0
            and a.id not in (select article_id from ({_SAID.format(when="")})) order by a.url""",  # noqa: S608
        {"topic": topic},
    ).fetchall()
    return [Candidate(article_id, url, bool(given), score, model) for article_id, url, given, score, model in rows]


def write(
    db: Database, topic: str, model: str, seed: int, at: str, strata: Sequence[Stratum], drawn: Sequence[tuple[int, int]]
) -> int:
    """Write a sample: `drawn` are (article id, number of its stratum) in the order of checking. Gives the sample's id."""
    with db.atomic():
        sample: int = db.execute(
            "insert into samples (topic_id, model, seed, size, drawn_at) values (?, ?, ?, ?, ?) returning id",
            [topic, model, seed, len(drawn), at],
        ).fetchone()[0]
        db.conn.executemany(
            "insert into sample_strata (sample_id, stratum, given, low, high, population) values (?, ?, ?, ?, ?, ?)",
            [(sample, s.number, int(s.given), s.low, s.high, s.population) for s in strata],
        )
        db.conn.executemany(
            "insert into sample_articles (sample_id, position, article_id, stratum) values (?, ?, ?, ?)",
            [(sample, position, article, stratum) for position, (article, stratum) in enumerate(drawn, 1)],
        )
    return sample


def latest(connection: sqlite3.Connection, topic: str) -> Sample | None:
    """The newest sample of a topic, or None."""
    row = connection.execute(
        "select id, topic_id, model, drawn_at from samples where topic_id = ? order by id desc limit 1", (topic,)
    ).fetchone()
    if row is None:
        return None
    strata = connection.execute(
        "select stratum, given, low, high, population from sample_strata where sample_id = ? order by stratum", (row[0],)
    )
    found = tuple(Stratum(number, bool(given), low, high, n) for number, given, low, high, n in strata)
    return Sample(row[0], row[1], row[2], row[3], found)


def asked(connection: sqlite3.Connection, sample: Sample, articles: Sequence[int] | None) -> Asked:
    """Divide the articles of these ids, or all of them, by what the sample can say of each; only relevant ones count."""
    values = {
        "topic": sample.topic_id,
        "sample": sample.id,
        "model": sample.model,
        "drawn_at": sample.drawn_at,
        "ids": None if articles is None else json.dumps(list(articles)),
    }
    rows = connection.execute(
        f"""with
            drawn as materialized (
                select d.article_id, d.stratum, c.holds from sample_articles d
                left join ({_SAID.format(when="")}) c on c.article_id = d.article_id where d.sample_id = :sample),
            before as materialized ({_SAID.format(when="and at <= :drawn_at")}),
            inside as materialized (
                select a.id, case when d.stratum is null then b.holds end as known, d.holds, s.model = :model as same, s.score,
                    case when d.stratum is not null or b.holds is null then coalesce(d.stratum, (
                        select t.stratum from sample_strata t where t.sample_id = :sample and t.given = s.given
                        and s.score >= t.low and s.score < t.high)) end as stratum
                from articles a left join article_scores s on s.article_id = a.id and s.topic_id = :topic
                left join before b on b.article_id = a.id left join drawn d on d.article_id = a.id
                where a.relevance > 0 and (:ids is null or a.id in (select value from json_each(:ids))))
            select 'known', null, sum(known), 0, 0, 0.0 from inside
            union all select 'unplaced', null, sum(known is null and (stratum is null or same is not 1)), 0, 0, 0.0
                from inside
            union all select 'drawn', stratum, count(holds), coalesce(sum(holds), 0), 0, 0.0 from drawn group by stratum
            union all select 'inside', stratum, count(*), count(holds), coalesce(sum(holds), 0), avg(score) from inside
                where known is null and stratum is not null group by stratum""",  # noqa: S608
        values,
    ).fetchall()
    single = {kind: n or 0 for kind, _, n, *_ in rows if kind in ("known", "unplaced")}
    drawn = {stratum: (n, true) for kind, stratum, n, true, *_ in rows if kind == "drawn"}
    inside = {stratum: tuple(counts) for kind, stratum, *counts in rows if kind == "inside"}
    numbers = [stratum.number for stratum in sample.strata]
    counts = tuple(Counts(n, *drawn.get(n, (0, 0)), *inside.get(n, (0, 0, 0, 0.0))) for n in numbers)
    return Asked(single["known"], counts, single["unplaced"])


def progress(connection: sqlite3.Connection) -> list[Progress]:
    """The newest sample of every topic that has one, by topic."""
    rows = connection.execute(
        """select p.id, p.topic_id, p.model, p.drawn_at, count(*), sum(exists (
               select 1 from corrections_in_force c where c.article_id = d.article_id and c.field = 'topic:' || p.topic_id))
           from samples p join sample_articles d on d.sample_id = p.id join topics t on t.id = p.topic_id
           where p.id in (select max(id) from samples group by topic_id) group by p.id order by t.position, p.topic_id"""
    )
    return [Progress(*row) for row in rows]


def waiting(connection: sqlite3.Connection, limit: int, topic: str | None = None) -> list[Waiting]:
    """The articles of the newest samples that still have to be judged, in their order of checking."""
    rows = connection.execute(
        """select d.article_id, p.topic_id, p.id, d.position, a.title, coalesce(s.given, 0)
           from samples p join sample_articles d on d.sample_id = p.id join articles a on a.id = d.article_id
           left join article_scores s on s.article_id = a.id and s.topic_id = p.topic_id
           where p.id in (select max(id) from samples group by topic_id) and (:topic is null or p.topic_id = :topic)
           and not exists (select 1 from corrections_in_force c where c.article_id = a.id and c.field = 'topic:' || p.topic_id)
           order by d.position, p.topic_id limit :limit""",
        {"topic": topic, "limit": limit},
    )
    return [Waiting(article, topic, n, place, title, bool(given)) for article, topic, n, place, title, given in rows]
