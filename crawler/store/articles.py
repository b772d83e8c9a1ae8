"""Articles with their tags and passages; what a person corrected wins over every re-run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from crawler.items import Article
from crawler.store import corrections


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a tag comes from: offsets in characters of the field's NFC form."""

    tag: str
    """'relevance', or 'agency:' and the id."""
    field: Literal["title", "text"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Named:
    """A body that the article names."""

    agency_id: str
    mentions: int
    in_title: bool
    role: Literal["actor", "named"]


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything that the classifier said of an article."""

    relevance: int
    score: float
    topics: tuple[tuple[str, float], ...]
    agencies: tuple[Named, ...]
    passages: tuple[Passage, ...]
    model: str


@dataclass(frozen=True, slots=True)
class Archival:
    """Where an article's bytes are kept, and when they were fetched (ISO 8601)."""

    warc_file: str
    warc_offset: int
    fetched_at: str


def write(db: Database, source_id: str, article: Article, tags: Tags, archival: Archival, signature: bytes) -> int:
    """Insert or renew an article under its URL and give its id, which never changes."""
    published = article.published
    row = db.execute(
        """insert into articles (url, source_id, title, summary, text, author, language, published_at, published_on,
               date_source, fetched_at, words, relevance, relevance_score, kind, model)
           values (:url, :source_id, :title, :summary, :text, :author, :language, :published_at, :published_on,
               :date_source, :fetched_at, :words, :relevance, :score, :kind, :model)
           on conflict (url) do update set source_id = excluded.source_id, title = excluded.title,
               summary = excluded.summary, text = excluded.text, author = excluded.author, language = excluded.language,
               published_at = excluded.published_at, published_on = excluded.published_on,
               date_source = excluded.date_source, fetched_at = excluded.fetched_at, words = excluded.words,
               relevance = excluded.relevance, relevance_score = excluded.relevance_score, kind = excluded.kind,
               model = excluded.model
           returning id""",
        {
            "url": article.url,
            "source_id": source_id,
            "title": article.title,
            "summary": article.summary,
            "text": article.text,
            "author": article.author,
            "language": article.language,
            "published_at": published.iso() if published else None,
            "published_on": published.value.date().isoformat() if published else None,
            "date_source": published.source if published else "none",
            "fetched_at": archival.fetched_at,
            "words": len(article.text.split()),
            "relevance": tags.relevance,
            "score": round(tags.score, 4),
            "kind": "document" if article.kind == "document" else "article",
            "model": tags.model,
        },
    ).fetchone()
    article_id = int(row[0])
    _write_tags(db, article_id, tags)
    _write_version(db, article_id, article, archival)
    db.execute(
        "insert into article_signatures (article_id, signature) values (?, ?) "
        "on conflict (article_id) do update set signature = excluded.signature",
        [article_id, signature],
    )
    corrections.forget_machine(db.conn, article_id)
    corrections.apply(db.conn, article_id)
    return article_id


@dataclass(frozen=True, slots=True)
class Kept:
    """An article that is there: what it is, and the record of the version that it shows (file, offset)."""

    kind: str
    place: tuple[str | None, int | None]


def kept(db: Database, url: str) -> Kept | None:
    """The article at a URL, or None."""
    row = db.execute(
        """select a.kind, v.warc_file, v.warc_offset from articles a left join article_versions v on v.article_id = a.id
           where a.url = ? order by v.n desc limit 1""",
        [url],
    ).fetchone()
    return Kept(row[0], (row[1], row[2])) if row else None


def ungrouped(db: Database) -> bool:
    """Is there an article without a story, as a run leaves it that is killed before it groups them?"""
    return db.execute("select 1 from articles where story_id is null limit 1").fetchone() is not None


def remove(db: Database, url: str) -> None:
    """Take out an article whose page proved to be another's copy or no article at all; corrected ones stay."""
    db.execute(
        """delete from articles where url = ? and id not in (select article_id from corrections)
           and id not in (select article_id from evidence where article_id is not null and state != 'detected')""",
        [url],
    )


def _write_tags(db: Database, article_id: int, tags: Tags) -> None:
    for table in ("article_topics", "article_agencies", "article_spans"):
        db.execute(f"delete from {table} where article_id = ?", [article_id])  # noqa: S608
    db.conn.executemany(
        "insert into article_topics (article_id, topic_id, score, decided_by, model) values (?, ?, ?, 'model', ?)",
        [(article_id, topic, round(score, 4), tags.model) for topic, score in tags.topics],
    )
    db.conn.executemany(
        """insert into article_agencies (article_id, agency_id, mentions, in_title, role, decided_by)
           values (?, ?, ?, ?, ?, 'rule')""",
        [(article_id, n.agency_id, n.mentions, int(n.in_title), n.role) for n in tags.agencies],
    )
    db.conn.executemany(
        'insert or ignore into article_spans (article_id, tag, field, start, "end") values (?, ?, ?, ?, ?)',
        [(article_id, p.tag, p.field, p.start, p.end) for p in tags.passages],
    )


def _write_version(db: Database, article_id: int, article: Article, archival: Archival) -> None:
    digest = hashlib.sha256(f"{article.title}\n{article.text}".encode()).hexdigest()
    last = db.execute(
        "select n, digest from article_versions where article_id = ? order by n desc limit 1", [article_id]
    ).fetchone()
    if last is not None and last[1] == digest:
        return
    db.execute(
        """insert into article_versions (article_id, n, digest, title, text, seen_at, warc_file, warc_offset)
           values (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            article_id,
            (last[0] if last else 0) + 1,
            digest,
            article.title,
            article.text,
            archival.fetched_at,
            archival.warc_file,
            archival.warc_offset,
        ],
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """What is needed of an article to tell whose text it is."""

    id: int
    signature: bytes
    published_at: str | None
    source_id: str
    is_news_agency: bool
    url: str


def signed(db: Database) -> list[Signed]:
    """Every article in the order in which stories grow: by date, then by URL; undated ones last."""
    rows = db.execute(
        """select a.id, g.signature, a.published_at, a.source_id,
                  s.agency_id = 'ttxvn' or s.name like 'Hãng tin%' or s.name like 'Thông tấn%', a.url
           from articles a join article_signatures g on g.article_id = a.id join sources s on s.id = a.source_id
           order by a.published_at is null, a.published_at, a.url"""
    ).fetchall()
    return [Signed(i, signature, at, source, bool(agency), url) for i, signature, at, source, agency, url in rows]


def unsigned(db: Database, magic: bytes) -> list[tuple[int, str]]:
    """Id and text of the articles whose signature does not begin with `magic`, or is missing."""
    rows = db.execute(
        """select a.id, a.text from articles a left join article_signatures g on g.article_id = a.id
           where g.signature is null or substr(g.signature, 1, ?) <> ?""",
        [len(magic), magic],
    ).fetchall()
    return [(article_id, text) for article_id, text in rows]


def sign(db: Database, signatures: Iterable[tuple[int, bytes]]) -> None:
    """Write (article id, signature) pairs."""
    with db.atomic():
        db.conn.executemany("insert or replace into article_signatures (article_id, signature) values (?, ?)", signatures)


def write_stories(db: Database, stories: Iterable[tuple[int, list[int]]]) -> None:
    """Write who belongs together: (the original's id, the ids of all its articles, the original among them).

    A story is called by its original's id. Only what changed is written, since most of it never does.
    """
    before = {row[0]: (row[1], row[2]) for row in db.execute("select id, story_id, original from articles").fetchall()}
    wanted = list(stories)
    moved = [
        (first, int(member == first), member)
        for first, members in wanted
        for member in members
        if before.get(member) != (first, int(member == first))
    ]
    with db.atomic():
        db.conn.executemany(
            """insert into stories (id, first_article_id, articles) values (?, ?, ?)
               on conflict (id) do update set articles = excluded.articles where articles != excluded.articles""",
            [(first, first, len(members)) for first, members in wanted],
        )
        db.conn.executemany("update articles set story_id = ?, original = ? where id = ?", moved)
        db.execute("delete from stories where not exists (select 1 from articles where articles.story_id = stories.id)")


def sync_topics(db: Database, topics: Iterable[tuple[str, str, str, str]]) -> None:
    """Write the taxonomy: (id, Vietnamese name, English name, facet) in the order of display."""
    with db.atomic():
        db.conn.executemany(
            """insert into topics (id, name_vi, name_en, facet, position) values (?, ?, ?, ?, ?)
               on conflict (id) do update set name_vi = excluded.name_vi, name_en = excluded.name_en,
                   facet = excluded.facet, position = excluded.position""",
            [(*topic, position) for position, topic in enumerate(topics, 1)],
        )
