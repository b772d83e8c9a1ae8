"""The counts: kept up to date from the rows at every measure, so that a page never counts and never counts differently."""

from __future__ import annotations

import json
from hashlib import sha256

from sqlite_utils import Database

# Every dimension is one way to say which keys an article counts under.
_DIMENSIONS = {
    "all": "select id, '' as key from temp.counted",
    "source": "select id, source_id as key from temp.counted",
    "source-kind": "select c.id, s.kind as key from temp.counted c join sources s on s.id = c.source_id",
    "language": "select id, coalesce(language, '') as key from temp.counted",
    "topic": "select c.id, t.topic_id as key from temp.counted c join article_topics t on t.article_id = c.id",
    "agency": "select c.id, g.agency_id as key from temp.counted c join article_agencies g on g.article_id = c.id",
    # What names a former province counts for the one that it is part of today.
    "province": """select distinct c.id, n.now as key from temp.counted c join article_agencies g on g.article_id = c.id
        join (with recursive chain (id, now) as (
                  select id, id from agencies where kind = 'province'
                  union select chain.id, a.successor from chain join agencies a on a.id = chain.now where a.successor is not null)
              select chain.id, chain.now from chain join agencies a on a.id = chain.now and a.successor is null) n
            on n.id = g.agency_id""",
    "task-group": """select distinct c.id, g.id as key from temp.counted c join article_topics t on t.article_id = c.id
        join (select g.id, j.value as topic_id from task_groups g, json_each(g.topics) j) g on g.topic_id = t.topic_id""",
}
_MONDAY = "date({day}, 'weekday 0', '-6 days')"  # of ISO 8601
_PERIODS = {
    "day": ("{day}", "starts_on"),
    "week": (_MONDAY, "date(starts_on, '+6 days')"),
    "month": ("date({day}, 'start of month')", "date(starts_on, '+1 month', '-1 day')"),
}
"""How a period begins by a day of it, and how it ends by its first day."""


def refresh(db: Database) -> None:
    """Count again what has changed since it was counted: relevant, dated articles by day, week and month in every dimension."""
    with db.atomic():
        basis = _basis(db)
        if db.execute("select digest from tally_basis").fetchall() == [(basis,)]:
            _recount(db)
        else:
            _all_anew(db, basis)


def rebuild(db: Database) -> None:
    """Count everything anew; gives the very rows that `refresh` keeps."""
    with db.atomic():
        _all_anew(db, _basis(db))


def _all_anew(db: Database, basis: str) -> None:
    db.execute("delete from tallies")
    db.execute(
        "insert or ignore into tally_days select published_on from articles where relevance > 0 and published_on is not null"
    )
    _recount(db)
    db.execute("delete from tally_basis")
    db.execute("insert into tally_basis values (?)", [basis])


def _recount(db: Database) -> None:
    # Struck off first: what is marked from now on waits for the write lock, and for the next time.
    days = [row[0] for row in db.execute("delete from tally_days returning day").fetchall()]
    if not days:
        return
    for period, (begins, ends) in _PERIODS.items():
        begin = begins.format(day="value")
        db.execute("drop table if exists temp.spans")
        db.execute(
            f"""create temp table spans as select starts_on, {ends} as ends_on
                from (select distinct {begin} as starts_on from json_each(?))""",  # noqa: S608
            [json.dumps(days)],
        )
        db.execute("drop table if exists temp.counted")
        db.execute(
            """create temp table counted as
               select a.id, a.source_id, a.language, a.story_id, a.original, s.starts_on
               -- cross: the spans first, each with the index; the planner knows nothing of a table just made
               from temp.spans s cross join articles a
               where a.published_on between s.starts_on and s.ends_on and a.relevance in (1, 2)"""
        )
        db.execute("create index temp.counted_id on counted (id)")
        for dimension, keys in _DIMENSIONS.items():
            db.execute(
                "delete from tallies where dim = ? and period = ? and starts_on in (select starts_on from temp.spans)",
                [dimension, period],
            )
            db.execute(
                f"""insert into tallies (period, starts_on, dim, key, articles, stories, originals)
                    select ?, c.starts_on, ?, k.key, count(*), count(distinct c.story_id), sum(c.original)
                    from ({keys}) k join temp.counted c on c.id = k.id group by 2, 4""",  # noqa: S608
                [period, dimension],
            )
    db.execute("drop table temp.counted")
    db.execute("drop table temp.spans")


def _basis(db: Database) -> str:
    """A digest of what the counts rest on beside the articles and their tags."""
    read = (
        "select id, kind from sources order by id",
        "select id, kind, successor from agencies order by id",
        "select id, topics from task_groups order by id",
    )
    rows = [db.execute(query).fetchall() for query in read]
    return sha256(json.dumps([*rows, sorted(_DIMENSIONS)]).encode()).hexdigest()


def rebuild_outputs(db: Database) -> None:
    """Count everything that each source published by week: its dated pages, whatever they are about, each once."""
    with db.atomic():
        db.execute("delete from outputs")
        db.execute(
            f"""insert into outputs (source_id, starts_on, published)
                select source_id, {_MONDAY.format(day="day")} as monday, count(*)
                from (select p.source_id, coalesce(a.published_on, p.published_on) as day
                      from pages p left join articles a on a.url = p.url
                      where p.state in ('unrelated', 'candidate', 'article', 'document') and p.same_as is null)
                where monday is not null group by 1, 2"""  # noqa: S608
        )


def rebuild_ledger(db: Database) -> None:
    """Count what became of every URL, by source and the week in which it was first seen.

    `listed` is the sum of the states: nothing disappears between two stages. `fetched` counts what arrived.
    """
    with db.atomic():
        db.execute("delete from ledger")
        db.execute(
            """insert into ledger (source_id, week, listed, fetched, unrelated, candidate, article, document, failed, refused)
               select source_id,
                   -- the ISO week is the week of its Thursday
                   strftime('%Y', thursday) || '-W' || printf('%02d', (strftime('%j', thursday) + 6) / 7),
                   count(*), sum(digest is not null), sum(state = 'unrelated'), sum(state = 'candidate'),
                   sum(state = 'article'), sum(state = 'document'), sum(state = 'failed'), sum(state = 'refused')
               from (select *, date(substr(first_seen_at, 1, 10), '-3 days', 'weekday 4') as thursday from pages)
               group by 1, 2"""
        )
