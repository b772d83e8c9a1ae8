"""The counts: rebuilt from the rows at every measure, so that a page never has to count and never counts differently."""

from __future__ import annotations

from sqlite_utils import Database

# Every dimension is one way to say which keys an article counts under.
_DIMENSIONS = {
    "all": "select id, '' as key from counted",
    "source": "select id, source_id as key from counted",
    "source-kind": "select c.id, s.kind as key from counted c join sources s on s.id = c.source_id",
    "language": "select id, coalesce(language, '') as key from counted",
    "topic": "select c.id, t.topic_id as key from counted c join article_topics t on t.article_id = c.id",
    "agency": "select c.id, g.agency_id as key from counted c join article_agencies g on g.article_id = c.id",
    # What names a former province counts for the one that it is part of today.
    "province": """select distinct c.id, n.now as key from counted c join article_agencies g on g.article_id = c.id
        join (with recursive chain (id, now) as (
                  select id, id from agencies where kind = 'province'
                  union select chain.id, a.successor from chain join agencies a on a.id = chain.now where a.successor is not null)
              select chain.id, chain.now from chain join agencies a on a.id = chain.now and a.successor is null) n
            on n.id = g.agency_id""",
    "task-group": """select distinct c.id, g.id as key from counted c join article_topics t on t.article_id = c.id
        join task_groups g on exists (select 1 from json_each(g.topics) where value = t.topic_id)""",
}
_STARTS = {
    "day": "published_on",
    "week": "date(published_on, 'weekday 0', '-6 days')",  # the Monday of ISO 8601
    "month": "date(published_on, 'start of month')",
}


def rebuild(db: Database) -> None:
    """Count relevant, dated articles by day, week and month in every dimension."""
    with db.atomic():
        db.execute("delete from tallies")
        for dimension, keys in _DIMENSIONS.items():
            for period, starts_on in _STARTS.items():
                db.execute(
                    f"""insert into tallies (period, starts_on, dim, key, articles, stories, originals)
                        with counted as (select id, source_id, language from articles
                            where relevance > 0 and published_on is not null),
                        keyed as ({keys})
                        select ?, {starts_on}, ?, k.key, count(*), count(distinct a.story_id), sum(a.original)
                        from keyed k join articles a on a.id = k.id group by 2, 4""",  # noqa: S608
                    [period, dimension],
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
