"""When a server's "unchanged" is believed: never for ever, and not after it has lied."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.items import Page, Visit
from crawler.roster import Source, load_roster
from crawler.roster_model import Endpoint
from crawler.schedule import BELIEVED_FOR, is_believed
from crawler.spiders.answers import visit_of
from crawler.store import endpoints
from crawler.store.db import open_database
from crawler.store.roster import sync_roster

FEED = "https://bao.vn/rss"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    opened = open_database(tmp_path / "x.db")
    feed = Endpoint(url=FEED)
    source = Source(id="bao", name="Báo", kind="press", home="https://bao.vn/", hosts=("bao.vn",), feeds=(feed,))
    sync_roster(opened, replace(load_roster(), sources=(source,)))
    return opened


def known(db: Database) -> endpoints.Endpoint:
    return next(endpoint for endpoint in endpoints.of_source(db, "bao") if endpoint.url == FEED)


def answer(db: Database, at: datetime, body: str, status: int = 200, **headers: str) -> None:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    visit: Visit = visit_of(known(db), Page(FEED, status, told, body.encode(), at))
    with db.atomic():
        endpoints.record(db, visit, at)


def believed(db: Database, at: datetime) -> bool:
    endpoint = known(db)
    return is_believed(endpoint.whole_at, at, lies=endpoint.lies)


def test_unchanged_is_believed_until_the_last_whole_answer_is_old(db: Database) -> None:
    assert not believed(db, NOON)
    answer(db, NOON, "a", ETag='"1"')
    answer(db, NOON + timedelta(days=7), "", 304, ETag='"1"')
    assert believed(db, NOON + timedelta(days=7))
    assert not believed(db, NOON + BELIEVED_FOR)
    answer(db, NOON + timedelta(days=14), "b", ETag='"2"')
    assert believed(db, NOON + timedelta(days=21))


@pytest.mark.parametrize(
    ("first", "second", "lies"),
    [
        ({"ETag": '"1"'}, {"ETag": '"1"'}, True),
        ({"ETag": '"1"'}, {"ETag": '"2"'}, False),
        ({"ETag": 'W/"1"'}, {"ETag": 'W/"1"'}, False),
        ({"Last_Modified": "Mon, 02 Nov 2026 01:00:00 GMT"}, {"Last_Modified": "Mon, 02 Nov 2026 01:00:00 GMT"}, True),
        ({"Last_Modified": "Mon, 02 Nov 2026 01:00:00 GMT"}, {"Last_Modified": "Mon, 09 Nov 2026 01:00:00 GMT"}, False),
        ({}, {}, False),
    ],
)
def test_a_server_that_names_one_validator_for_two_bodies_is_not_believed_again(
    first: dict[str, str], second: dict[str, str], lies: bool, db: Database
) -> None:
    answer(db, NOON, "a", **first)
    answer(db, NOON + timedelta(days=1), "b", **second)
    answer(db, NOON + timedelta(days=2), "b", **second)
    assert known(db).lies is lies and believed(db, NOON + timedelta(days=3)) is not lies


def test_a_swollen_validator_is_not_kept(db: Database) -> None:
    answer(db, NOON, "a", ETag=f'"{"x" * 10_000}"')
    assert known(db).etag is None
