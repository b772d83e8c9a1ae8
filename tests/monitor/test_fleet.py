"""A crawl and its reading spread over a Dask cluster give the rows of one process, whatever is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from crawler.store.db import open_database

NQ57 = Path(sys.executable).with_name("nq57")
Rows = Callable[[Path], dict[str, list[tuple[object, ...]]]]
pytestmark = pytest.mark.slow


def nq57(db: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NQ57, "--db", db, *arguments], capture_output=True, text=True, timeout=240)


def options(web) -> list[str | Path]:  # type: ignore[no-untyped-def]
    return ["crawl", "--roster", web.roster, "--timeout", "10", "--proxy", web.proxy, "--json"]


@contextmanager
def cluster(workers: int) -> Iterator[LocalCluster]:
    settings = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0", "host": "127.0.0.1"}
    with LocalCluster(n_workers=workers, **settings) as made:
        yield made


@pytest.fixture
def single(web, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    db = tmp_path / "single" / "x.db"
    assert nq57(db, *options(web), "--delay", "0").returncode == 0
    assert nq57(db, "process", "--workers", "1").returncode == 0
    return db


def wait_for(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 180
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crawl_on_a_cluster_gives_what_one_crawl_gives(web, single: Path, tmp_path: Path, rows_of: Rows) -> None:  # type: ignore[no-untyped-def]
    db = tmp_path / "fleet" / "x.db"
    web.asked.clear()
    with cluster(2) as made:
        spread = ["--scheduler", made.scheduler_address]
        first = nq57(db, *options(web), *spread, "--delay", "0", "--shards", "4")
        assert first.returncode == 0, first.stderr
        assert max(Counter(web.asked).values()) == 1  # no host was asked by two workers
        assert nq57(db, "process", *spread).returncode == 0
        assert rows_of(db) == rows_of(single)

        # The next crawl goes on with the same parts; another number of them is refused.
        again = nq57(db, *options(web), *spread, "--delay", "0")
        assert again.returncode == 0 and rows_of(db)["articles"] == rows_of(single)["articles"]
        assert len([*db.with_suffix(".shards").iterdir()]) == 4
        other = nq57(db, *options(web), *spread, "--shards", "3")
        assert other.returncode == 1 and "--shards 4" in other.stderr

        # A host that fails in a shard is told with the shard's name.
        web.pages.pop(f"http://{web.hosts[0]}/tin")
        ill = nq57(db, *options(web), *spread, "--delay", "0")
        assert ill.returncode == 1 and "shard " in ill.stderr and "newly failing" in ill.stderr
        assert json.loads(ill.stdout)["failures"], ill.stdout


def test_a_worker_that_is_killed_has_its_shard_gone_on_with(web, single: Path, tmp_path: Path, rows_of: Rows) -> None:  # type: ignore[no-untyped-def]
    db = tmp_path / "fleet" / "x.db"
    web.asked.clear()
    with cluster(2) as made, Client(made) as client:
        command = [NQ57, "--db", db, *options(web), "--delay", "0.5", "--shards", "2", "--scheduler", made.scheduler_address]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(web.asked) > 12, run)
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        _, told = run.communicate(timeout=180)
        assert run.returncode == 0, told
    assert nq57(db, "process", "--workers", "1").returncode == 0
    assert rows_of(db)["articles"] == rows_of(single)["articles"]
    assert rows_of(db)["integrity"] == rows_of(single)["integrity"]
    # Only what was in flight when the worker died is asked for again, beside the sections and robots.txt of a new run.
    articles = Counter(url for url in web.asked if "nghi-quyet" in url)
    assert sum(articles.values()) - len(articles) <= len(web.hosts)


def test_a_scheduler_that_is_lost_is_told_and_another_goes_on(web, single: Path, tmp_path: Path, rows_of: Rows) -> None:  # type: ignore[no-untyped-def]
    db = tmp_path / "fleet" / "x.db"
    web.asked.clear()
    with own_cluster(tmp_path) as (address, scheduler):
        command = [NQ57, "--db", db, *options(web), "--delay", "0.5", "--shards", "2", "--scheduler", address]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(web.asked) > 12, run)
        scheduler.kill()
        _, told = run.communicate(timeout=120)
        assert run.returncode == 1
        assert address in told and "lost" in told and "Traceback" not in told, told
    with cluster(2) as made:
        again = nq57(db, *options(web), "--delay", "0", "--scheduler", made.scheduler_address)
        assert again.returncode == 0, again.stderr
    assert nq57(db, "process", "--workers", "1").returncode == 0
    assert rows_of(db)["articles"] == rows_of(single)["articles"]


@contextmanager
def own_cluster(place: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A scheduler and two workers that are processes of their own."""
    told = place / "scheduler.json"
    asked = ["--no-dashboard", "--scheduler-file", str(told)]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *asked]
    silence = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "text": True}
    scheduler = subprocess.Popen(dask, **silence)
    working = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(told), "--host", "127.0.0.1"]
    alone = ["--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--death-timeout", "120", "--local-directory", str(place)]
    wait_for(told.is_file, scheduler)
    workers = subprocess.Popen([*working, *alone], **silence)
    try:
        address = json.loads(told.read_text())["address"]
        with Client(address) as client:
            client.wait_for_workers(2, timeout=180)
        yield address, scheduler
    finally:
        for process in (workers, scheduler):
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("workers", [2, 8])
def test_any_number_of_workers_reads_the_same_also_beside_a_poisoned_record(
    workers: int, single: Path, tmp_path: Path, rows_of: Rows
) -> None:
    poison(single)
    spoiled = nq57(single, "process", "--all", "--workers", "1", "--json")
    wanted = rows_of(single)
    assert json.loads(spoiled.stdout)["failures"], spoiled.stdout
    with cluster(workers) as made, Client(made) as client:
        command = [NQ57, "--db", single, "process", "--all", "--scheduler", made.scheduler_address, "--json"]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        out, told = run.communicate(timeout=180)
    assert run.returncode == 0, told
    assert json.loads(out)["counts"] == json.loads(spoiled.stdout)["counts"]
    assert rows_of(single) == wanted


def poison(path: Path) -> None:
    """Break the record of one article and leave its neighbours whole."""
    db = open_database(path)
    file, offset = db.execute("select warc_file, warc_offset from pages where state = 'article' order by url limit 1").fetchone()
    db.close()
    with (path.parent / "archive" / file).open("r+b") as archive:
        archive.seek(offset + 200)
        archive.write(b"\xff" * 64)


@pytest.mark.parametrize("command", ["process", "backfill"])
def test_a_scheduler_that_is_lost_while_pages_are_read_is_told_and_another_goes_on(
    command: str, single: Path, tmp_path: Path, rows_of: Rows
) -> None:
    wanted = rows_of(single)
    db, given = single, ["process", "--all"]
    if command == "backfill":
        db = tmp_path / "taken" / "x.db"
        roster = tmp_path / "sources.yaml"
        given = ["backfill", *map(str, (single.parent / "archive").glob("*.warc.gz")), "--roster", str(roster)]
    with own_cluster(tmp_path) as (address, scheduler):
        with Client(address) as client:
            readers = list(client.run(os.getpid).values())
            for reader in readers:  # nothing is read before the scheduler is gone
                os.kill(reader, signal.SIGSTOP)
            try:
                started = [NQ57, "--db", db, *given, "--scheduler", address]
                run = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                wait_for(lambda: bool(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))), run)
                scheduler.kill()
                _, told = run.communicate(timeout=120)
            finally:
                for reader in readers:
                    os.kill(reader, signal.SIGCONT)
        assert run.returncode == 1
        assert address in told and "lost" in told and "Traceback" not in told, told
    with cluster(2) as made:
        again = nq57(db, *given, "--scheduler", made.scheduler_address)
        assert again.returncode == 0, again.stderr
    assert rows_of(db)["articles"] == wanted["articles"] and rows_of(db)["integrity"] == wanted["integrity"]
