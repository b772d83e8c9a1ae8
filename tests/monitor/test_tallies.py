"""Tallies: whatever is written in whatever order, what is kept step by step equals a rebuild equals a recount of the raw rows."""

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.roster import load_roster
from crawler.store import tallies
from crawler.store.db import open_database
from crawler.store.read_tallies import share_of_source, shares_by_kind
from crawler.store.roster import sync_roster

SOURCES = {"bao-a": "press", "bao-b": "press", "cong": "portal", "ngoai": "foreign"}
TOPICS = ("innovation", "education", "enterprise", "research")
AGENCIES = ("ha-noi", "hai-duong", "hai-phong", "bo-khcn", "bo-tttt")
FIRST = date(2025, 12, 1)
Key = tuple[str, str, str, str]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "nq57.db")
    sync_roster(db, load_roster(), sources=False)
    for source, kind in SOURCES.items():
        db.execute("insert into sources (id, name, kind, home) values (?, ?, ?, '')", [source, source, kind])
    for n, topic in enumerate(TOPICS):
        db.execute("insert into topics values (?, ?, ?, 'subject', ?) on conflict do nothing", [topic, topic, topic, n])
    db.conn.executemany("insert into stories (id, articles) values (?, 0)", [(n,) for n in range(1, 30)])
    db.conn.commit()
    return db


def _change(db: Database, chance: random.Random, n: int) -> None:
    """One thing that a crawl, a re-run or a person does."""
    ids = [row[0] for row in db.execute("select id from articles").fetchall()]
    what = chance.choice((*["new"] * 6, "date", "relevance", "story", "tag", "untag", "language", "gone", "original"))
    one = chance.choice(ids) if ids else 0
    day = (FIRST + timedelta(days=chance.randrange(75))).isoformat()
    if what == "new" or not ids:
        db.execute(
            """insert into articles (id, url, source_id, title, text, language, published_on, fetched_at, words, relevance,
                   relevance_score, story_id, original, model) values (?, ?, ?, 'x', 'x', ?, ?, '', 1, ?, 1, ?, ?, 't')""",
            [n, f"https://x.vn/{n}", chance.choice(list(SOURCES)), chance.choice(("vi", "en", None)),
             chance.choice((day, day, day, None)), chance.choice((0, 1, 2)), chance.randrange(1, 30), chance.randrange(2)],
        )  # fmt: skip
        for topic in chance.sample(TOPICS, chance.randrange(3)):
            db.execute("insert into article_topics values (?, ?, 1, 'model', 't')", [n, topic])
        for agency in chance.sample(AGENCIES, chance.randrange(4)):
            db.execute("insert into article_agencies values (?, ?, 1, 0, 'named', 'rule')", [n, agency])
    elif what == "date":
        db.execute("update articles set published_on = ? where id = ?", [chance.choice((day, None)), one])
    elif what == "relevance":
        db.execute("update articles set relevance = ? where id = ?", [chance.choice((0, 1, 2)), one])
    elif what == "story":
        db.execute("update articles set story_id = ? where id = ?", [chance.randrange(1, 30), one])
    elif what == "original":
        db.execute("update articles set original = 1 - original where id = ?", [one])
    elif what == "language":
        db.execute("update articles set language = ? where id = ?", [chance.choice(("vi", "ru")), one])
    elif what == "tag":
        db.execute("insert or ignore into article_topics values (?, ?, 1, 'person', 't')", [one, chance.choice(TOPICS)])
        db.execute("insert or ignore into article_agencies values (?, ?, 1, 0, 'named', 'rule')", [one, chance.choice(AGENCIES)])
    elif what == "untag":
        db.execute("delete from article_topics where article_id = ?", [one])
        db.execute("delete from article_agencies where article_id = ?", [one])
    else:
        db.execute("delete from articles where id = ?", [one])


def raw(db: Database) -> dict[Key, tuple[int, int, int]]:
    """Counted from the rows alone, in Python, by the words of docs/targets.md."""
    successor = dict(db.execute("select id, successor from agencies").fetchall())
    provinces = {row[0] for row in db.execute("select id from agencies where kind = 'province'").fetchall()}
    groups = {group.id: set(group.topics) for group in load_roster().programme.task_groups}
    topics, agencies = defaultdict(set), defaultdict(set)
    for article, topic in db.execute("select article_id, topic_id from article_topics").fetchall():
        topics[article].add(topic)
    for article, agency in db.execute("select article_id, agency_id from article_agencies").fetchall():
        agencies[article].add(agency)

    def today(agency: str) -> str:
        while successor[agency]:
            agency = successor[agency]
        return agency

    found: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for id, source, language, published, story, original in db.execute(
        "select id, source_id, language, published_on, story_id, original from articles where relevance > 0"
    ).fetchall():
        if published is None:
            continue
        day = date.fromisoformat(published)
        keys = {("all", ""), ("source", source), ("source-kind", SOURCES[source]), ("language", language or "")}
        keys |= {("topic", topic) for topic in topics[id]} | {("agency", agency) for agency in agencies[id]}
        keys |= {("province", today(agency)) for agency in agencies[id] if agency in provinces}
        keys |= {("task-group", group) for group, own in groups.items() if own & topics[id]}
        for dim, key in keys:
            for period, start in (("day", day), ("week", day - timedelta(days=day.weekday())), ("month", day.replace(day=1))):
                found[dim, key, period, start.isoformat()].append((story, original))
    return {key: (len(rows), len({s for s, _ in rows}), sum(o for _, o in rows)) for key, rows in found.items()}


def stored(db: Database) -> dict[Key, tuple[int, int, int]]:
    rows = db.execute("select dim, key, period, starts_on, articles, stories, originals from tallies").fetchall()
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5], row[6]) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_step_by_step_equals_a_rebuild_equals_a_recount(db: Database, seed: int) -> None:
    chance, n = random.Random(seed), 0
    for _ in range(12):
        for _ in range(25):
            n += 1
            _change(db, chance, n)
        db.conn.commit()
        tallies.refresh(db)
        assert stored(db) == raw(db)
    kept = stored(db)
    assert len(kept) > 100
    tallies.rebuild(db)
    assert stored(db) == kept


def test_only_changed_days_are_counted_again(db: Database) -> None:
    chance = random.Random(5)
    for n in range(1, 200):
        _change(db, chance, n)
    db.conn.commit()
    tallies.refresh(db)
    # What stands in an untouched month would stay wrong: nobody looks at it.
    db.execute("update tallies set articles = 999 where period = 'month' and starts_on = '2025-12-01'")
    db.execute("update articles set relevance = 0 where published_on = '2026-01-15'")
    db.conn.commit()
    tallies.refresh(db)
    wrong = {key for key, count in stored(db).items() if count[0] == 999}
    assert wrong and all(key[2:] == ("month", "2025-12-01") for key in wrong)
    assert {k: v for k, v in stored(db).items() if k not in wrong} == {k: v for k, v in raw(db).items() if k not in wrong}


def test_another_kind_successor_or_group_makes_all_of_it_anew(db: Database) -> None:
    chance = random.Random(6)
    for n in range(1, 200):
        _change(db, chance, n)
    db.conn.commit()
    tallies.refresh(db)
    db.execute("update agencies set successor = 'bac-ninh' where id = 'hai-duong'")
    db.conn.commit()
    tallies.refresh(db)
    assert stored(db) == raw(db)
    assert any(key[:2] == ("province", "bac-ninh") for key in stored(db))


def test_shares_are_of_everything_published(db: Database) -> None:
    for n, (source, state, day) in enumerate(
        [("bao-a", "unrelated", "2026-01-05"), ("bao-a", "article", "2026-01-11"), ("bao-a", "failed", "2026-01-06"),
         ("bao-a", "unrelated", None), ("bao-b", "unrelated", "2026-01-07"), ("cong", "unrelated", "2026-01-12")]
    ):  # fmt: skip
        db.execute(
            "insert into pages (url, source_id, state, published_on, first_seen_at) values (?, ?, ?, ?, '')",
            [f"https://x.vn/{n}", source, state, day],
        )
    db.execute(
        """insert into articles (url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score, model)
           values ('https://x.vn/1', 'bao-a', 'x', 'x', '2026-01-11', '', 1, 2, 1, 't')"""
    )
    db.conn.commit()
    tallies.refresh(db)
    tallies.rebuild_outputs(db)
    assert [(row.key, row.articles, row.published) for row in shares_by_kind(db.conn, "2026-01-05")] == [("press", 1, 3)]
    assert [(row.key, row.share) for row in shares_by_kind(db.conn, "2026-01-12")] == [("portal", 0.0)]
    assert share_of_source(db.conn, "bao-a", "2026-01-05").share == 0.5
    assert share_of_source(db.conn, "ngoai", "2026-01-05").share is None
