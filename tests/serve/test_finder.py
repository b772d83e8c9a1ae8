"""Counting with sets gives what counting the rows gives, whatever was written, by whom and when."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.store import articles, corrections, health, marks, search, sets
from crawler.store.db import open_database
from crawler.store.salvage import salvage
from crawler.store.search import Wanted
from monitor.lexicon import Lexicon
from monitor.search import read
from monitor.serve import config_dir
from monitor.site.finder import Finder

LEXICON = Lexicon.load(config_dir() / "search.yaml", ())
WORDS = ("đổi", "mới", "doi", "moi", "chuyển", "số", "so", "chuyen", "bán", "dẫn", "đời", "hòa", "bình", "hoà", "57", "NQ57")
TOPICS, BODIES, OUTLETS = ("youth", "budget", "review"), ("ha-noi", "hue", "bo-y-te"), ("a", "b", "c")
LANGUAGES = ("vi", "en", None)
DAYS = (None, "2025-12-29", "2026-01-04", "2026-01-05", "2026-03-01", "2026-10-31")
QUESTIONS = ("", "đổi mới", "doi moi", '"chuyển đổi"', "mới -số", "đổi OR 57", "NQ57", "so*", "hòa bình", "-mới", "đòi mỏi")


class Newsroom:
    """A database in which anything may be written, as chance has it."""

    def __init__(self, path: Path, seed: int) -> None:
        self.db: Database = open_database(path)
        self.chance = random.Random(seed)
        with self.db.atomic():
            for outlet in OUTLETS:
                self.db.execute("insert into sources (id, name, kind, home) values (?, ?, 'press', '')", [outlet, outlet])
            for body in BODIES:
                self.db.execute("insert into agencies (id, name_vi, name_en, kind) values (?, ?, ?, 'province')", [body] * 3)
            articles.sync_topics(self.db, [(topic, topic, topic, "action") for topic in TOPICS])
            self.db.execute("insert into task_groups values ('g', 1, 'g', 'g', '[\"youth\", \"review\"]')")

    def text(self) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(2, 9)))

    def some(self) -> int:
        ids = [row[0] for row in self.db.execute("select id from articles order by id").fetchall()]
        return self.chance.choice(ids) if ids else 0

    def write(self) -> None:
        """One of the things that a crawl, a person, a merge or a repair does."""
        pick, one = self.chance.choice, self.some()
        deed = self.chance.randrange(9) if one else 0
        with self.db.atomic():
            run = self.db.execute
            if deed in (0, 1):
                self._add()
            elif deed == 2:
                run("update articles set title = ?, text = ? where id = ?", [self.text(), self.text(), one])
            elif deed == 3:
                run("update articles set published_on = ?, relevance = ?, source_id = ?, language = ? where id = ?",
                    [pick(DAYS), pick((0, 1, 2)), pick(OUTLETS), pick(LANGUAGES), one])  # fmt: skip
            elif deed == 4:
                run("delete from article_topics where article_id = ?", [one])
                run("insert into article_topics values (?, ?, 1, 'person', null)", [one, pick(TOPICS)])
            elif deed == 5:
                run("insert or ignore into article_agencies values (?, ?, 1, 0, 'named', 'rule')", [one, pick(BODIES)])
                run("update or ignore article_agencies set agency_id = ? where article_id = ?", [pick(BODIES), one])
            elif deed == 6:
                other = self.some()
                run("update articles set story_id = null, original = 1 where story_id in (?, ?) or id in (?, ?)",
                    [one, other, one, other])  # fmt: skip
                articles.write_stories(self.db, [(one, sorted({one, other}))])
            elif deed == 7:
                run("insert into corrections (article_id, field, value, actor, at) values (?, ?, ?, 'lan', '2026')",
                    [one, f"topic:{pick(TOPICS)}", pick("01")])  # fmt: skip
                corrections.apply(self.db.conn, one)
            else:
                run("delete from corrections where article_id = ?", [one])
                run("update stories set first_article_id = null where first_article_id = ?", [one])
                run("delete from articles where id = ?", [one])

    def _add(self) -> None:
        pick, n = self.chance.choice, self.chance.randrange(1_000_000)
        day = pick(DAYS)
        self.db.execute(
            """insert into articles (url, source_id, title, text, language, published_at, published_on, fetched_at, words,
                   relevance, relevance_score, model) values (?, ?, ?, ?, ?, ?, ?, '2026', 1, ?, 1, 'm')
               on conflict (url) do update set title = excluded.title""",
            [str(n), pick(OUTLETS), self.text(), self.text(), pick(LANGUAGES), day, day, pick((0, 1, 2))],
        )  # fmt: skip

    def wanted(self) -> Wanted:
        """Any question with any filters."""
        pick, asked = self.chance.choice, read(self.chance.choice(QUESTIONS), LEXICON)
        days = [pick(DAYS), pick(DAYS)]
        return Wanted(
            asked.folded, asked.exact, asked.strict, asked.excluded, days[0], days[1],
            topics=pick(((), (), (pick(TOPICS),), TOPICS[:2])), agencies=pick(((), (), (pick(BODIES),))),
            outlets=pick(((), (), (pick(OUTLETS),), OUTLETS[1:])), groups=pick(((), (), ("g",), ("none",))),
            languages=pick(((), (), ("vi",), ("en", "vi"))), relevance=pick((0, 1, 2)), spelled=asked.spelled,
        )  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path / "nq57.db", 57)
    yield room
    room.db.close()


def recount(connection: sqlite3.Connection, wanted: Wanted) -> dict[tuple[str, str], int]:
    """Every facet counted in the rows."""
    rows = connection.execute(
        """with h as (select id, source_id, language, date(published_on, 'weekday 0', '-6 days') as week from articles
               where id in (select value from json_each(?)))
           select 'topic', topic_id, count(*) from h join article_topics on article_id = id group by 2
           union all select 'agency', agency_id, count(*) from h join article_agencies on article_id = id group by 2
           union all select 'outlet', source_id, count(*) from h group by 2
           union all select 'week', week, count(*) from h where week is not null group by 2
           union all select 'lang', language, count(*) from h where language is not null group by 2""",
        [str(list(search.ids(connection, wanted)))],
    )
    return {(row[0], row[1]): row[2] for row in rows}


def check_agrees(finder: Finder, connection: sqlite3.Connection, wanted: Wanted) -> None:
    found = finder.find(connection, wanted)
    asked = replace(wanted, strict=None) if found.loosened else wanted
    assert sorted(found.articles) == sorted(search.ids(connection, asked))
    values = [value for facet in found.facets().values() for value in facet]
    assert {(value.facet, value.id): value.articles for value in values} == recount(connection, asked)
    for sort in ("date", "relevance"):
        whole = list(finder.ordered(connection, found, sort, found.articles))  # type: ignore[arg-type]
        assert sorted(whole) == sorted(found.articles)
        for first in (0, 3, len(whole)):
            assert finder.page(connection, found, sort, found.articles, first, 5) == whole[first : first + 5]  # type: ignore[arg-type]


def test_two_hundred_filters_count_what_the_rows_say(room: Newsroom) -> None:
    for _ in range(300):
        room.write()
    finder = Finder()
    for _ in range(200):
        check_agrees(finder, room.db.conn, room.wanted())


@pytest.mark.parametrize("seed", range(4))
def test_the_sets_follow_every_write(tmp_path: Path, seed: int) -> None:
    room = Newsroom(tmp_path / "nq57.db", seed)
    finder, again = Finder(), [room.wanted() for _ in range(5)]
    for _ in range(120):
        for _ in range(room.chance.randrange(4)):
            room.write()
        if room.chance.random() < 0.1:
            sets.save(room.db)
        check_agrees(finder, room.db.conn, room.chance.choice(again))
        assert sets.wrong(room.db) is None
    room.db.close()


def test_a_page_counts_in_its_own_moment(room: Newsroom, tmp_path: Path) -> None:
    for _ in range(60):
        room.write()
    finder, wanted = Finder(), replace(room.wanted(), since=None, until=None)
    with closing(sqlite3.connect(tmp_path / "nq57.db")) as reader:
        reader.execute("begin")
        check_agrees(finder, reader, Wanted())
        for _ in range(20):
            room.write()
        check_agrees(finder, room.db.conn, Wanted())
        check_agrees(finder, reader, Wanted())
        check_agrees(finder, reader, wanted)
        check_agrees(finder, room.db.conn, wanted)


def test_another_database_in_its_place_is_another_history(room: Newsroom, tmp_path: Path) -> None:
    """A copy that went its own way for as many writes has marks of the same numbers."""
    for _ in range(40):
        room.write()
    sets.save(room.db)
    room.db.execute(f"vacuum into '{tmp_path}/copy.db'")
    copy = open_database(tmp_path / "copy.db")
    for db, title in ((room.db, "đổi mới"), (copy, "bán dẫn")):
        with db.atomic():
            db.execute(
                "update articles set title = ?, text = '', relevance = 1 where id = (select min(id) from articles)", [title]
            )
    assert marks.latest(room.db.conn).seq == marks.latest(copy.conn).seq
    finder = Finder()
    for _ in range(2):
        for db in (room.db, copy):
            for typed in ("đổi mới", "bán dẫn"):
                asked = read(typed, LEXICON)
                check_agrees(finder, db.conn, Wanted(asked.folded, asked.exact, asked.strict, others=asked.others))
    copy.close()


def test_what_was_saved_wrongly_is_found_and_made_again(room: Newsroom, tmp_path: Path) -> None:
    for _ in range(40):
        room.write()
    sets.save(room.db)
    with room.db.atomic():
        room.db.execute("delete from article_sets where family = 'outlet' and value = 'a'")
    assert "outlet a" in str(health.search_damage(room.db))
    with room.db.atomic():
        room.db.execute("update article_sets set members = x'00' where family = 'relevance'")
    assert "article_sets" in str(health.search_damage(room.db))
    health.rebuild_search(room.db)
    assert health.search_damage(room.db) is None
    check_agrees(Finder(), room.db.conn, Wanted())


def test_a_salvaged_database_counts_what_was_saved(room: Newsroom, tmp_path: Path) -> None:
    for _ in range(40):
        room.write()
    sets.save(room.db)
    room.db.execute("pragma wal_checkpoint(truncate)")
    fresh = open_database(tmp_path / "fresh.db")
    salvage(tmp_path / "nq57.db", fresh)
    assert sets.wrong(fresh) is None
    check_agrees(Finder(), fresh.conn, Wanted(relevance=0))
    assert len(Finder().find(fresh.conn, Wanted(relevance=0)).articles) == room.db["articles"].count
    fresh.close()


def test_a_story_stands_once_with_its_reprints_beneath(room: Newsroom) -> None:
    for _ in range(200):
        room.write()
    found = Finder().find(room.db.conn, Wanted())
    leaders, followers = found.sets.leaders(found.articles)
    folded = followers.of(leaders)
    stories = dict(room.db.execute("select id, coalesce(story_id, id) from articles").fetchall())
    assert sorted([*leaders, *(copy for copies in folded.values() for copy in copies)]) == sorted(found.articles)
    assert len({stories[one] for one in leaders}) == len(leaders)
    assert all(stories[copy] == stories[leader] for leader, copies in folded.items() for copy in copies)
    assert all(leader == stories[leader] for leader in leaders if stories[leader] in found.articles)
    assert folded, "chance made reprints"
    some = sorted(folded)[::2]
    assert followers.of(some) == {leader: folded[leader] for leader in some}


def test_pages_are_counted_by_source_and_state_as_they_are_written(room: Newsroom) -> None:
    states = ("discovered", "unrelated", "article", "failed")
    insert = "{} into pages (url, source_id, state, first_seen_at) values (?, ?, ?, '2026')"
    for n in range(400):
        one, outlet, state = str(n % 60), room.chance.choice(OUTLETS), room.chance.choice(states)
        deed = room.chance.randrange(5)
        with room.db.atomic():
            if deed == 0:
                room.db.execute("delete from pages where url = ?", [one])
            elif deed == 1:
                room.db.execute("update pages set state = ?, source_id = ? where url = ?", [state, outlet, one])
            else:
                way = ("insert or ignore", "insert or ignore", "insert")[deed - 2]
                conflict = " on conflict (url) do update set state = excluded.state"
                room.db.execute(insert.format(way) + (conflict if deed == 4 else ""), [one, outlet, state])
    assert not [said for said in health.contradictions(room.db) if "than are counted" in said]
    with room.db.atomic():
        room.db.execute("update page_counts set pages = pages + 1 where source_id = 'a'")
    assert [said for said in health.contradictions(room.db) if "than are counted" in said] == [
        "1 sources have other numbers of pages than are counted"
    ]
    health.settle_contradictions(room.db)
    assert not [said for said in health.contradictions(room.db) if "than are counted" in said]


def test_in_a_large_database_words_are_looked_for_among_the_newest(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(300):
        room.write()
    monkeypatch.setattr("monitor.site.finder.LARGE", 20)
    monkeypatch.setattr("monitor.site.finder.WINDOW", 10)
    finder, asked = Finder(), Wanted(read("đổi OR mới", LEXICON).folded)
    found = finder.find(room.db.conn, asked, all_time=False)
    assert found.window is not None and found.window > "2025"
    assert sorted(found.articles) == sorted(search.ids(room.db.conn, replace(asked, since=found.window)))
    assert len(found.articles) < len(finder.find(room.db.conn, asked).articles)
    assert finder.find(room.db.conn, replace(asked, until="2026-01-05"), all_time=False).window is None
    assert finder.find(room.db.conn, Wanted(), all_time=False).window is None, "filters alone cost nothing"


def test_an_article_that_is_read_again_is_no_conflict(room: Newsroom) -> None:
    """The store writes articles with an upsert, whose word on conflicts holds in every trigger that it fires."""
    write = """insert into articles (url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score,
            model) values (?, 'a', ?, 'x', ?, '2026', 1, 1, 1, 'm') on conflict (url) do update set title = excluded.title,
            published_on = excluded.published_on"""
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    for n in range(60):
        with room.db.atomic():
            room.db.execute(write, [str(n % 4), room.text(), room.chance.choice(days)])
    assert room.db["articles"].count == 4
    check_agrees(Finder(), room.db.conn, Wanted())
