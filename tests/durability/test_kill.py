"""Killed at any moment, any number of times: one whole run later everything is there, once."""

from __future__ import annotations

import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import ArchiveError, iter_pages, read_record
from crawler.store.db import open_database
from crawler.store.health import contradictions, corruption, search_damage
from monitor.demo.server import PressWeb
from tests.durability.conftest import Start
from tests.monitor.test_demo import dump

pytestmark = pytest.mark.slow

KILLS = 20
REPEATS = 25
"""Fetches of articles that one kill may cost a second time."""


def test_twenty_kills_lose_nothing_and_double_nothing(
    press_web: PressWeb, start: Start, undisturbed: Path, tmp_path: Path
) -> None:
    db = tmp_path / "nq57.db"
    began = len(press_web.requests)
    chance = random.Random(57)
    kills = 0
    while kills < KILLS:
        kills += killed(start(db), chance.uniform(0.0, 2.0))
        assert not damage(db)
    done = start(db)
    _, errors = done.communicate(timeout=120)
    assert "another run" not in errors
    assert rows(db) == rows(undisturbed)
    opened = open_database(db)
    assert (corruption(opened), search_damage(opened), contradictions(opened)) == (None, None, [])
    for file, offset in opened.execute("select warc_file, warc_offset from pages where warc_file is not null").fetchall():
        assert read_record(db.parent / "archive", file, offset).body is not None
    assert repeated(press_web, began, undisturbed) <= REPEATS * KILLS


def killed(job: subprocess.Popen[str], after: float) -> bool:
    """Kill the job `after` seconds of work; False when it was done before."""
    assert job.stdout is not None
    job.stdout.readline()
    try:
        job.wait(after)
    except subprocess.TimeoutExpired:
        job.kill()
    job.communicate()
    return job.returncode == -9


def damage(db: Path) -> list[ArchiveError]:
    """Damage in the archive other than a torn tail."""
    found: list[ArchiveError] = []
    for file in (db.parent / "archive").glob("*.warc.gz"):
        for _ in iter_pages(file, found.append):
            pass
    return [error for error in found if "ends inside" not in error.detail]


def rows(db: Path) -> list[tuple[Any, ...]]:
    """What must be equal; in how many runs a failing page was tried depends on the number of runs."""
    return dump(db.parent)


def repeated(web: PressWeb, began: int, db: Path) -> int:
    """How many articles were fetched once more than an undisturbed run fetches them."""
    known = {
        row[0] for row in open_database(db).execute("select url from pages where state not in ('failed', 'refused')").fetchall()
    }
    asked = Counter(f"http://{r.host}{r.path}" for r in web.requests[began:] if r.status == 200)
    return sum(n - 1 for url, n in asked.items() if url in known)


def test_the_second_of_two_runs_says_so_and_goes(start: Start, undisturbed: Path) -> None:
    first = start(undisturbed)
    assert first.stdout is not None and first.stdout.readline() == "running\n"
    first.send_signal(signal.SIGSTOP)
    second = start(undisturbed)
    # The first is stopped and lets go of nothing, so a second one that waited for it would wait for ever.
    _, errors = second.communicate(timeout=240)
    assert first.poll() is None
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=120)
    assert second.returncode == 1
    assert len(errors.splitlines()) == 1 and "another run is at work" in errors


def test_a_killed_run_leaves_no_lock_even_while_its_children_live(start: Start, tmp_path: Path) -> None:
    db = tmp_path / "nq57.db"
    assert killed(start(db), 1.0)
    again = start(db)
    assert again.stdout is not None
    assert again.stdout.readline() == "running\n"
    again.kill()
    again.communicate()
