"""What people type: every question is safe, and finds what a person means."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.store.db import open_database
from crawler.store.search import Wanted
from monitor.lexicon import Lexicon
from monitor.search import NOTHING, match, read
from monitor.serve import config_dir
from monitor.site.finder import Finder

LEXICON = Lexicon.load(config_dir() / "search.yaml", ("Thành phố Đà Nẵng",))
PIECES = [
    '"',
    "-",
    "*",
    "(",
    ")",
    " ",
    "a",
    "đổi",
    " OR ",
    " AND ",
    " NOT ",
    "57",
    "'",
    ":",
    "^",
    "{",
    "+",
    "NEAR",
    "nq",
    "²",
    "\u0301",
    "ⅷ",
    "𝟘",
    "\x00",
]


@pytest.fixture(scope="module")
def indexes() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table folded using fts5(title, summary, text, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("create virtual table exact using fts5(words, tokenize='unicode61 remove_diacritics 0', columnsize=0)")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def seeded(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database)
    yield connection
    connection.close()


def found(connection: sqlite3.Connection, typed: str, relevance: int = 0) -> list[int]:
    asked = read(typed, LEXICON)
    wanted = Wanted(asked.folded, asked.exact, asked.strict, asked.excluded, others=asked.others, relevance=relevance)
    finder = Finder()
    result = finder.find(connection, wanted)
    return list(finder.ordered(connection, result, "relevance", result.articles))


def ask(connection: sqlite3.Connection, typed: str) -> int:
    """Put every expression of a question to the index it is made for; gives how many there were."""
    asked = read(typed, LEXICON)
    folded = [match(typed, LEXICON), asked.folded, *(pair[0] for pair in asked.excluded)]
    if asked.folded:
        folded.append(f"{{title}} : ({asked.folded})")
    spelled = [asked.exact, asked.strict, *(pair[1] for pair in asked.excluded)]
    for table, expressions in (("folded", folded), ("exact", spelled)):
        for expression in filter(None, expressions):
            connection.execute(f"select rowid from {table} where {table} match ?", (expression,)).fetchall()
    return len([*filter(None, [*folded, *spelled])])


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_nothing_typed_is_a_syntax_error(indexes: sqlite3.Connection, typed: str) -> None:
    assert ask(indexes, typed) >= 1


def test_a_huge_question_stays_small(indexes: sqlite3.Connection) -> None:
    ask(indexes, '("đổi" OR -x* ' * 50_000)
    assert len(match("đổi mới " * 100_000, LEXICON)) < 5_000


@pytest.mark.parametrize("typed", ["", " ", '"', '""', "*", "( )", "OR", "- -", "\x00", "!!!"])
def test_what_asks_nothing_matches_nothing_as_an_expression(typed: str) -> None:
    assert match(typed, LEXICON) == NOTHING


@pytest.mark.parametrize(
    ("typed", "with_", "without"),
    [
        ("chuyen doi so", {5, 62}, {2}),
        ("chuyển đổi số", {5, 62}, {2}),
        ("CHUYỂN ĐỔI SỐ", {5, 62}, {2}),
        ("đổi mới", {1, 2, 62}, {61, 3}),
        ("doi moi", {1, 2, 61, 62}, {3}),
        ("đời mới", {61}, {1, 2}),
        ("hoà bình", {5}, {1}),
        ("hòa bình", {5}, {1}),
        ("hoa binh", {5}, {1}),
        ("NQ57", {1, 2, 3, 63}, {61, 64}),
        ("nghi quyet 57", {1, 2, 3, 63}, {61, 64}),
        ("57-NQ/TW", {1, 2, 3, 63}, {61, 64}),
        ('"nghị quyết 57"', {2}, {1, 3, 61, 64}),
        ("bán dẫn", {2, 63}, {1}),
        ("semiconductor", {2, 63}, {1}),
        ("công ngh*", {1}, {61}),
        ("lập trình OR đề tài", {3, 4}, {1}),
        ("lập trình AND đề tài", set(), {3, 4}),
        ("bán dẫn -NQ57 -resolution", set(), {2, 63}),
        ("đổi mới NOT bán dẫn", {1}, {2}),
        ("(lập trình OR đề tài) -Lào", {4}, {3}),
        ("Đà Nẵng dịch vụ công", {1}, {2}),
        ("Da Nang", {1}, {2}),
        ("nghị định 57", {64}, {1}),
    ],
)
def test_people_find_what_they_mean(seeded: sqlite3.Connection, typed: str, with_: set[int], without: set[int]) -> None:
    hits = set(found(seeded, typed))
    assert with_ <= hits
    assert not without & hits
    assert set(found(seeded, unicodedata.normalize("NFD", typed))) == hits


def test_exact_spelling_comes_first(seeded: sqlite3.Connection) -> None:
    hits = found(seeded, "đổi mới")
    assert hits[-1] == 62, "the text without any marks is the last"
    assert found(seeded, "chuyển đổi số")[-1] == 62


def test_the_title_comes_before_the_text(seeded: sqlite3.Connection) -> None:
    hits = found(seeded, "NQ57", relevance=1)
    in_title = [hit for hit in hits if any(name in title(seeded, hit).lower() for name in ("nq57", "nghị quyết", "resolution"))]
    assert in_title == hits[: len(in_title)]


def title(connection: sqlite3.Connection, key: int) -> str:
    return str(connection.execute("select title from articles where id = ?", (key,)).fetchone()[0])


def test_the_indexes_follow_every_write(tmp_path: Path) -> None:
    db = open_database(tmp_path / "x.db").conn
    db.execute("insert into sources (id, name, kind, home) values ('a', 'A', 'press', 'https://a.example/')")
    insert = """insert into articles (id, url, source_id, title, text, fetched_at, words, relevance, relevance_score, model)
        values (?, ?, 'a', ?, ?, '2026-10-31', 1, 2, 1, 'm') on conflict (url) do update set title = excluded.title"""
    db.execute(insert, (1, "u", "Đường mới", "đổi thay"))
    assert found(db, "duong moi") == [1]
    db.execute(insert, (7, "u", "Cầu mới", "đổi thay"))
    assert (found(db, "duong moi"), found(db, "cầu mới")) == ([], [1])
    db.execute("update articles set relevance = 1")
    assert found(db, "doi thay") == [1]
    for index in ("articles_fts", "articles_exact", "articles_titles"):
        db.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    db.execute("delete from articles")
    assert found(db, "doi thay") == []
    db.close()
