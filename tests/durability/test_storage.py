"""What the disk and other programs do to the data: a foreign, read-only or full place, a torn archive, a lost search index."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
from pathlib import Path

import pytest

from crawler.store.db import open_database
from monitor.demo.show import ROSTER
from tests.durability.conftest import Start, articles, nq57
from tests.monitor.test_demo import dump

pytestmark = pytest.mark.slow


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("create table bookmarks (url text)")
    before = file.read_bytes()
    for command in (["weekly"], ["measure"], ["doctor"], ["doctor", "--repair"]):
        done = nq57(file, *command, "--quiet")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1 and "places.sqlite: a database of something else" in done.stderr
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == ["places.sqlite"]


def test_a_read_only_database_is_named(db: Path) -> None:
    for path in [db, *db.parent.glob("nq57.db-*")]:
        path.chmod(0o444)
    db.parent.chmod(0o555)
    try:
        for command in (["measure"], ["doctor"]):
            done = nq57(db, *command, "--quiet", preexec_fn=obey_permissions)
            assert done.returncode == 1
            assert len(done.stderr.splitlines()) == 1 and str(db) in done.stderr, done.stderr
    finally:
        db.parent.chmod(0o755)


def obey_permissions() -> None:
    """Take from root the right to write where nobody may (CAP_DAC_OVERRIDE, out of the bounding set)."""
    ctypes.CDLL(None).prctl(24, 1)


@pytest.mark.parametrize("size", [100_000, 1_500_000])
def test_a_full_disk_ends_the_run_with_its_name_and_the_next_run_goes_on(
    size: int, start: Start, undisturbed: Path, tmp_path: Path
) -> None:
    """A limit on the size of files stands for the disk: the write fails half-way, as it does there."""
    db = tmp_path / "nq57.db"
    job = start(db, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    _, errors = job.communicate(timeout=120)
    assert job.returncode == 1
    assert str(tmp_path) in errors and "Traceback" not in errors, errors
    again = start(db)
    again.communicate(timeout=120)
    assert dump(db.parent) == dump(undisturbed.parent)


def test_damage_in_the_archive_is_found_and_its_tail_is_cut(db: Path) -> None:
    file = next((db.parent / "archive").glob("*.warc.gz"))
    whole = file.read_bytes()
    opened = open_database(db)
    last, url = opened.execute("select max(warc_offset), url from pages").fetchone()
    opened.close()
    os.truncate(file, last + 50)
    found = nq57(db, "doctor", "--quiet")
    assert found.returncode == 1 and file.name in found.stderr
    repaired = nq57(db, "doctor", "--repair", "--roster", ROSTER)
    assert f"{file}: cut 50 bytes" in repaired.stderr
    assert file.read_bytes() == whole[:last]
    kept = open_database(db).execute("select count(*) from articles where url = ?", [url]).fetchone()[0]
    assert kept == 1


def test_reading_a_damaged_archive_again_removes_no_article(db: Path) -> None:
    before = articles(db)
    file = next((db.parent / "archive").glob("*.warc.gz"))
    with file.open("r+b") as damaged:
        damaged.seek(file.stat().st_size // 2)
        damaged.write(os.urandom(20_000))
    done = nq57(db, "process", "--all", "--quiet")
    assert "Traceback" not in done.stderr
    assert articles(db) == before


def test_broken_search_is_found_and_built_again(db: Path) -> None:
    opened = open_database(db)
    with opened.atomic():
        opened.execute("insert into articles_fts (articles_fts) values ('delete-all')")
    opened.close()
    assert "articles_fts" in nq57(db, "doctor", "--quiet").stderr
    assert nq57(db, "doctor", "--repair", "--roster", ROSTER, "--quiet").returncode == 0
    assert open_database(db).execute("select count(*) from articles_fts where articles_fts match 'nghi'").fetchone()[0] > 100
