"""What breaks under the data: each damage is named in one line, makes nothing worse, and is repaired as far as it can be."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import ArchiveWriter, iter_origins
from crawler.store.db import open_database
from monitor.demo.show import ROSTER
from tests.durability.conftest import articles, nq57

pytestmark = pytest.mark.slow

PAGE = 4_096


def header_gone(db: Path) -> None:
    with db.open("r+b") as file:
        file.write(b"\0" * 2 * PAGE)


def pages_gone(db: Path) -> None:
    with db.open("r+b") as file:
        file.seek(db.stat().st_size // 3 // PAGE * PAGE)
        file.write(os.urandom(40 * PAGE))


def cut_short(db: Path) -> None:
    os.truncate(db, db.stat().st_size // 2 // PAGE * PAGE)


@pytest.mark.parametrize("harm", [header_gone, pages_gone, cut_short])
def test_a_damaged_database_is_refused_explained_and_made_again(harm: Callable[[Path], None], db: Path) -> None:
    with sqlite3.connect(db) as known:
        known.execute("pragma wal_checkpoint(truncate)")
    before = articles(db)
    harm(db)
    broken = db.read_bytes()
    for command in (["process"], ["measure"], ["doctor"]):
        done = nq57(db, *command, "--quiet")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1 and str(db) in done.stderr
    assert db.read_bytes() == broken
    repaired = nq57(db, "doctor", "--repair", "--roster", ROSTER)
    assert repaired.returncode == 0, repaired.stderr
    assert articles(db) == before
    assert max(path.stat().st_size for path in db.parent.glob("nq57.db.damaged-*")) == len(broken)
    assert nq57(db, "doctor").returncode == 0


def test_a_date_that_was_learnt_after_the_page_was_archived_is_there_again(db: Path) -> None:
    archive = db.parent / "archive"
    origin = next(
        o for file in archive.glob("*.warc.gz") for _, _, o in iter_origins(file) if o and o.published and o.way == "feed"
    )
    with ArchiveWriter(archive, "999") as writer:
        writer.note(replace(origin, published="2025-01-02T03:04:00+07:00"))
    for file in db.parent.glob("nq57.db*"):
        file.unlink()
    assert nq57(db, "doctor", "--repair", "--roster", ROSTER).returncode == 0
    hint = open_database(db).execute("select published_hint from pages where url = ?", [origin.url]).fetchone()
    assert hint == ("2025-01-02T03:04:00+07:00",)


def test_what_people_decided_is_saved_from_a_damaged_database(db: Path) -> None:
    opened = open_database(db)
    with opened.atomic():
        opened.execute(
            "insert into corrections (article_id, field, value, actor, at) values (1, 'relevance', '0', 'lan', '2026-11-01')"
        )
    url = opened.execute("select url from articles where id = 1").fetchone()[0]
    opened.execute("pragma wal_checkpoint(truncate)")
    opened.close()
    root = sqlite3.connect(db).execute("select rootpage from sqlite_master where name = 'tallies'").fetchone()[0]
    with db.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    assert nq57(db, "doctor", "--repair", "--roster", ROSTER).returncode == 0
    found = open_database(db).execute("select a.url, c.actor from corrections c join articles a on a.id = c.article_id")
    assert found.fetchall() == [(url, "lan")]
