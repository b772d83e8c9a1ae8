"""A number in, a database with so many articles out: sentences of the project's own examples, put together anew each time.

`python -m benchmarks.corpus FILE N` makes one by hand. The same number gives the same articles.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.taxonomy import load_taxonomy
from crawler.roster import Roster, Source, load_roster
from crawler.store import articles, tallies
from crawler.store.db import open_database
from crawler.store.roster import sync_roster

SOURCES = 64
DAYS_BACK = 730
_BATCH = 2_000
_LAST_DAY = date(2026, 10, 31)
_PARAGRAPHS = (6, 13)
"""Of three sentences: about 3 kB, as press and portals write them."""
_ORIGINALS = 0.8
_EXAMPLES = Path(__file__).parents[1] / "classifier" / "examples"
_ARTICLE = """insert into articles (id, url, source_id, title, text, language, published_at, published_on, date_source,
        fetched_at, words, relevance, relevance_score, story_id, original, kind, model)
    values (:id, :url, :source, :title, :text, 'vi', :at, :day, 'jsonld', '2026-10-31T06:00:00+07:00', :words, :relevance, 0.98,
        :story, :original, 'article', 'bench')"""
Made = dict[str, Any]


def generate(path: Path, count: int) -> None:
    """Fill a new database; the counts are rebuilt at the end, as a weekly run does."""
    db = open_database(path)
    roster = _roster()
    sync_roster(db, roster)
    topics = load_taxonomy()
    articles.sync_topics(db, [(t.id, t.name_vi, t.name_en, t.facet) for t in topics])
    made = _articles(count, [t.id for t in topics], [a.id for a in roster.bodies_on(_LAST_DAY)])
    while batch := list(islice(made, _BATCH)):
        with db.atomic():
            _write(db.conn, batch)
    tallies.rebuild(db)
    db.execute("analyze")
    db.close()


def _write(connection: sqlite3.Connection, batch: list[Made]) -> None:
    connection.executemany("insert into stories (id, first_article_id) select :id, :id where :original", batch)
    connection.executemany(_ARTICLE, batch)
    connection.executemany("update stories set articles = articles + 1 where id = :story", batch)
    connection.executemany(
        "insert into article_topics (article_id, topic_id, score, decided_by, model) values (?, ?, 0.9, 'model', 'bench')",
        [(made["id"], topic) for made in batch for topic in made["topics"]],
    )
    connection.executemany(
        """insert into article_agencies (article_id, agency_id, mentions, in_title, role, decided_by)
           values (?, ?, 1, 0, 'named', 'rule')""",
        [(made["id"], agency) for made in batch for agency in made["agencies"]],
    )


def _articles(count: int, topics: list[str], bodies: list[str]) -> Iterator[Made]:
    chance = random.Random(57)  # noqa: S311 - the same articles every time
    sentences, titles = _material()
    story = 0
    for n in range(1, count + 1):
        # Articles come in as they appear, some a few days late.
        day = _LAST_DAY - timedelta(days=(count - n) * DAYS_BACK // count + chance.randrange(3))
        story = n if not story or chance.random() < _ORIGINALS else story
        text = "\n".join(" ".join(chance.choices(sentences, k=3)) for _ in range(chance.randint(*_PARAGRAPHS)))
        source = min(int(chance.expovariate(0.08)), SOURCES - 1)
        yield {
            "id": n,
            "url": f"https://s{source}.example/bai-{n}.html",
            "source": f"s{source}",
            "title": f"{chance.choice(titles)} ({n})",
            "text": text,
            "at": f"{day}T{chance.randrange(5, 23):02}:{chance.randrange(60):02}:00+07:00",
            "day": day.isoformat(),
            "words": len(text.split()),
            "relevance": chance.choices((0, 1, 2), (1, 5, 4))[0],
            "story": story,
            "original": int(story == n),
            "topics": chance.sample(topics, chance.choice((0, 1, 1, 2, 2, 3))),
            "agencies": chance.sample(bodies, chance.choice((0, 1, 1, 2, 3))),
        }


def _material() -> tuple[list[str], list[str]]:
    sentences, titles = set(), set()
    for file in sorted(_EXAMPLES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            titles.add(example["title"] or "Tin ngắn")
            sentences.update(s.strip() + "." for s in example["text"].replace("\n", ". ").split(". ") if 30 < len(s) < 400)
    return sorted(sentences), sorted(titles)


def _roster() -> Roster:
    own = load_roster()
    sources = tuple(
        Source(id=f"s{n}", name=f"Báo số {n}", kind="press", home=f"https://s{n}.example/", hosts=(f"s{n}.example",))
        for n in range(SOURCES)
    )
    return Roster(sources=sources, agencies=own.agencies, programme=own.programme)


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
