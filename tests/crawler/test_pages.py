"""The ledger of URLs: one page has one row, whatever address it is listed under."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.clock import VIETNAM, now
from crawler.items import Entry, Outcome, PublishedAt, Reason, State
from crawler.store import pages
from crawler.store.db import open_database
from crawler.urls import canonical

PLAIN = "http://bao.vn/tin/bai-viet-123456.html"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "x.db")
    for source in ("bao", "khac"):
        db.execute("insert into sources (id, name, kind, home) values (?, ?, 'press', 'http://bao.vn/')", [source, source])
    return db


# Every dress in which one page was seen on the sites of the roster.
@pytest.mark.parametrize(
    "address",
    [
        "https://bao.vn/tin/bai-viet-123456.html",
        "http://www.bao.vn/tin/bai-viet-123456.html",
        "https://www.bao.vn:443/tin/bai-viet-123456.html",
        "https://www.bao.vn./tin/bai-viet-123456.html",
        "https://m.bao.vn/tin/bai-viet-123456.html",
        "http://amp.bao.vn/tin/bai-viet-123456.html",
        "https://lite.bao.vn/tin/bai-viet-123456.html",
        "https://www.bao.vn/tin/bai-viet-123456.html?layout=amp",
        "https://www.bao.vn/tin/bai-viet-123456.html?tab=7",
        "https://www.bao.vn/tin/bai-viet-123456.html?ac=emails",
        "https://www.bao.vn/tin/bai-viet-123456.html?fbclid=abc",
        "https://www.bao.vn/print/tin/bai-viet-123456.html",
        "https://www.bao.vn/savefile/tin/bai-viet-123456.html",
    ],
)
def test_every_spelling_of_a_page_leads_to_the_row_that_it_has(db: Database, address: str) -> None:
    pages.discover(db, "bao", [(PLAIN, Entry(PLAIN, "feed", "http://bao.vn/rss"))], now())
    key = canonical(address)
    assert key is not None
    assert pages.known_as(db, "bao", key) == PLAIN
    assert pages.known_as(db, "khac", key) == key
    assert pages.known_as(db, "bao", key.replace("123456", "654321")) == key.replace("123456", "654321")


def test_of_two_copies_the_page_itself_wins_over_what_led_to_it(db: Database) -> None:
    secure = PLAIN.replace("http:", "https:")
    pages.record(db, Outcome(PLAIN, "bao", State.UNRELATED, same_as=secure), now())
    assert pages.known_as(db, "bao", secure) == PLAIN
    pages.record(db, Outcome(secure, "bao", State.CANDIDATE, digest="x"), now())
    for copy in (PLAIN, secure, secure.replace("//", "//www.")):
        assert pages.known_as(db, "bao", copy) == secure


def test_looking_a_page_up_costs_the_same_whatever_the_source_has_listed(db: Database) -> None:
    entries = [(f"http://bao.vn/tin/{n}.html", Entry(f"http://bao.vn/tin/{n}.html", "sitemap", "x")) for n in range(5_000)]
    pages.discover(db, "bao", entries, now())
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    db.conn.set_progress_handler(count, 10)
    assert pages.known_as(db, "bao", "https://www.bao.vn/tin/4999.html") == "http://bao.vn/tin/4999.html"
    db.conn.set_progress_handler(None, 0)
    assert steps < 50


@pytest.mark.parametrize(("status", "runs"), [(404, 1), (410, 1), (500, 3), (403, 3)])
def test_only_what_may_come_back_is_asked_again_and_not_for_ever(db: Database, status: int, runs: int) -> None:
    pages.discover(db, "bao", [(PLAIN, Entry(PLAIN, "listing", "http://bao.vn/"))], now())
    asked = 0
    while pages.is_wanted(db, PLAIN):
        assert [url for url, _ in pages.leftovers(db, "bao")] == [PLAIN]
        asked += 1
        pages.record(db, Outcome(PLAIN, "bao", State.FAILED, Reason.HTTP, f"answered {status}", status), now())
    assert asked == runs and not list(pages.leftovers(db, "bao"))


def test_the_date_of_a_page_does_not_hang_on_which_endpoint_answers_first(db: Database) -> None:
    moments = [(datetime(2025, 8, 20, tzinfo=VIETNAM), False), (datetime(2025, 8, 20, 10, tzinfo=VIETNAM), True),
               (datetime(2025, 9, 3, 7, tzinfo=VIETNAM), True), (None, False)]  # fmt: skip
    for number, order in enumerate(permutations(moments)):
        url = f"http://bao.vn/tin/bai-viet-{number}00001.html"
        for moment, has_time in order:
            published = PublishedAt(moment, has_time, "feed") if moment else None
            pages.discover(db, "bao", [(url, Entry(url, "feed", "http://bao.vn/rss", None, published))], now())
        found = db.execute("select published_on, published_hint, state from pages where url = ?", [url]).fetchall()
        assert found == [("2025-08-20", "2025-08-20T10:00:00+07:00", "discovered")], order
    # What is archived but not read is bettered too, and the archive is to hear of it.
    pages.record(db, Outcome(url, "bao", State.CANDIDATE), now())
    better = PublishedAt(datetime(2025, 8, 19, tzinfo=VIETNAM), False, "feed")
    assert pages.discover(db, "bao", [(url, Entry(url, "feed", "x", None, better))], now()).redated == {url: better}
    assert pages.discover(db, "bao", [(url, Entry(url, "feed", "x", None, better))], now()).redated == {}
    # A page that was read keeps the date that it was read with, and another source's word does not count.
    pages.record(db, Outcome(url, "bao", State.ARTICLE), now())
    early = PublishedAt(datetime(2025, 1, 1, tzinfo=VIETNAM), False, "feed")
    for source in ("bao", "khac"):
        pages.discover(db, source, [(url, Entry(url, "feed", "http://bao.vn/rss", None, early))], now())
    assert db.execute("select published_hint from pages where url = ?", [url]).fetchone() == ("2025-08-19",)
