"""A path and a number in, a database with so many articles there: what years of weekly runs would leave, a million say.

`python -m benchmarks.million FILE N [SEED]` makes one by hand; the same number and seed give the same articles. Their words are
those of the project's own examples and press web, put together anew (benchmarks/prose.py). Left out is what nothing that is
measured here reads: archived records, older versions, signatures.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from benchmarks.prose import Prose
from classifier.taxonomy import load_taxonomy
from crawler.roster import Roster, Source, load_roster
from crawler.store import articles as store
from crawler.store import health, tallies
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.targets import measure

LAST_DAY = date(2026, 10, 31)
DAYS_BACK = 730
_OWN_SOURCES = 40
"""Outlets that stand beside those of the roster, so that leagues are as long as they get."""
_BATCH = 5_000
_REPRINTS = 0.2
_RUN = 57
_ARTICLE = """insert into articles (id, url, source_id, title, summary, text, author, language, published_at, published_on,
        date_source, fetched_at, words, relevance, relevance_score, story_id, original, kind, model)
    values (:id, :url, :source, :title, :summary, :text, :author, :language, :at, :day, 'jsonld', :fetched, :words, :relevance,
        :score, :story, :original, 'article', 'bench')"""
_PAGE = """insert into pages (url, source_id, state, http_status, digest, published_on, way, first_seen_at, fetched_at)
    values (:url, :source, :state, 200, :digest, :day, 'sitemap', :fetched, :fetched)"""
Made = dict[str, Any]


def make(path: Path, articles: int, seed: int = 57) -> None:
    """Fill a new database at `path`; counts and ledger as a weekly run leaves them, verdicts of a day before it all."""
    db = open_database(path)
    roster = _roster()
    sync_roster(db, roster)
    taxonomy = load_taxonomy()
    store.sync_topics(db, [(t.id, t.name_vi, t.name_en, t.facet) for t in taxonomy])
    measure(db, roster, LAST_DAY)
    # Nobody needs a half made database: a crash while it is made costs nothing but the time.
    db.execute("pragma synchronous = off")
    db.execute("pragma cache_size = -400000")
    # A story is written before its article: for each of them SQLite would look through all stories for one that waits for it.
    db.execute("pragma foreign_keys = off")
    made = _articles(articles, roster, Prose(seed, roster), random.Random(seed))  # noqa: S311 - the same every time
    with _without_triggers(db):
        while batch := list(islice(made, _BATCH)):
            with db.atomic():
                _write(db.conn, batch)
            if sys.stderr.isatty():
                print(f"\r{path}: {batch[-1]['id']} of {articles} articles", end="", file=sys.stderr, flush=True)
    health.rebuild_search(db)
    health.settle_contradictions(db)
    tallies.rebuild(db)
    tallies.rebuild_ledger(db)
    db.execute("analyze")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


@contextmanager
def _without_triggers(db: Database) -> Iterator[None]:
    """What triggers do for each row, indexes and all, is done several times as fast for all rows together afterwards."""
    triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"drop trigger {name}")
    yield
    for _, sql in triggers:
        db.execute(sql)


def _write(connection: sqlite3.Connection, batch: list[Made]) -> None:
    originals = [made for made in batch if made["original"]]
    connection.executemany("insert into stories (id, first_article_id) values (:id, :id)", originals)
    connection.executemany(_ARTICLE, batch)
    connection.executemany("update stories set articles = articles + 1 where id = :story", batch)
    connection.executemany(
        "insert into article_topics (article_id, topic_id, score, decided_by, model) values (?, ?, ?, 'model', 'bench')",
        [(made["id"], topic, made["score"]) for made in batch for topic in made["topics"]],
    )
    connection.executemany(
        """insert into article_agencies (article_id, agency_id, mentions, in_title, role, decided_by)
           values (?, ?, 1, ?, 'named', 'rule')""",
        [(made["id"], agency, int(n == 0)) for made in batch for n, agency in enumerate(made["agencies"])],
    )
    connection.executemany(_PAGE, batch)
    # For each page that is kept there are others that were only looked at.
    aside = [made | {"url": made["url"] + "?khac", "state": "unrelated"} for made in batch]
    connection.executemany(_PAGE, aside)


def _articles(count: int, roster: Roster, prose: Prose, chance: random.Random) -> Iterator[Made]:
    sources = [source.id for source in roster.sources]
    weights = [1 / (n + 3) for n in range(len(sources))]
    chance.shuffle(weights)
    recent: list[Made] = []
    for n in range(1, count + 1):
        # Articles come in as they appear, some a few days late and a few long after.
        late = chance.randrange(3) if chance.random() < 0.97 else chance.randrange(200)
        day = LAST_DAY - timedelta(days=min((count - n) * DAYS_BACK // count + late, DAYS_BACK))
        source = chance.choices(sources, weights)[0]
        made = {
            "id": n,
            "url": f"https://{source}.example/bai-{n}.html",
            "source": source,
            "at": f"{day}T{chance.randrange(5, 23):02}:{chance.randrange(60):02}:00+07:00",
            "day": day.isoformat(),
            "fetched": f"{day}T23:00:00+07:00",
            "digest": f"{n:064x}",
            "state": "article",
        }
        if recent and chance.random() < _REPRINTS:
            made = chance.choice(recent) | made | {"original": 0}
        else:
            made |= prose.article(n) | {"story": n, "original": 1}
            recent = [*recent[-50:], made]
        yield made


def _roster() -> Roster:
    """The project's own, with more outlets."""
    own = load_roster()
    more = tuple(
        Source(id=f"bao-{n}", name=f"Báo thử số {n}", kind="press", home=f"https://bao-{n}.example/", hosts=(f"bao-{n}.example",))
        for n in range(_OWN_SOURCES)
    )
    return replace(own, sources=(*own.sources, *more))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), *map(int, sys.argv[3:4]))
