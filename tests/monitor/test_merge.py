"""A roster crawled in parts and joined gives what one crawl gives, whatever happens to the parts in between."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.roster import load_roster
from crawler.shards import Shard, registrable_domain
from crawler.store.db import open_database
from monitor.runs import locked

NQ57 = Path(sys.executable).with_name("nq57")


def nq57(db: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NQ57, "--db", db, *arguments], capture_output=True, text=True, timeout=180)


def crawl(db: Path, web, *more: str) -> subprocess.CompletedProcess[str]:  # type: ignore[no-untyped-def]
    return nq57(db, "crawl", "--roster", web.roster, "--delay", "0", "--timeout", "10", "--proxy", web.proxy, "--json", *more)


def everything(path: Path) -> list[str]:
    db = open_database(path)
    lines = [line for line in db.conn.iterdump() if not line.startswith('INSERT INTO "runs" VALUES') or "'merge'" not in line]
    db.close()
    return lines


@pytest.fixture
def single(web, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    db = tmp_path / "single" / "x.db"
    assert crawl(db, web).returncode == 0
    assert nq57(db, "process", "--workers", "1").returncode == 0
    return db


@pytest.mark.slow
def test_four_shards_give_what_one_crawl_gives(web, single: Path, tmp_path: Path, rows_of) -> None:  # type: ignore[no-untyped-def]
    web.asked.clear()
    shards = [tmp_path / f"shard{i}" / "x.db" for i in range(1, 5)]
    for number, shard in enumerate(shards, 1):
        assert crawl(shard, web, "--shard", f"{number}/4").returncode == 0
    hosts_asked = sorted({url.split("/")[2] for url in web.asked})
    assert hosts_asked == sorted(web.hosts) and len([url for url in web.asked if url.endswith("/tin")]) == len(web.hosts)
    for shard in shards[:2]:  # a shard may have been processed where it was crawled, or not
        assert nq57(shard, "process", "--workers", "1").returncode == 0

    joined = tmp_path / "joined" / "x.db"
    merged = nq57(joined, "merge", *shards, "--json")
    assert merged.returncode == 0, merged.stderr
    assert nq57(joined, "process", "--workers", "1").returncode == 0
    assert rows_of(joined) == rows_of(single)

    # Every record can be read again from the joined archive alone.
    for shard in shards:
        shutil.rmtree(shard.parent)
    assert nq57(joined, "process", "--all", "--workers", "1").returncode == 0
    assert rows_of(joined) == rows_of(single)
    assert nq57(joined, "doctor").returncode == 0


@pytest.mark.slow
def test_joining_again_changes_nothing(web, single: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    joined = tmp_path / "joined" / "x.db"
    assert nq57(joined, "merge", single).returncode == 0
    files = sorted((f.name, f.stat().st_mtime_ns) for f in (tmp_path / "joined" / "archive").iterdir())
    before = everything(joined)
    assert nq57(joined, "merge", single, single).returncode == 0
    assert everything(joined) == before
    assert sorted((f.name, f.stat().st_mtime_ns) for f in (tmp_path / "joined" / "archive").iterdir()) == files


@pytest.mark.slow
def test_what_people_said_comes_along_and_the_later_word_counts(single: Path, tmp_path: Path) -> None:
    joined = tmp_path / "joined" / "x.db"
    assert nq57(joined, "merge", single).returncode == 0
    for path, actor, value, at in (
        (single, "an", "1", "2026-11-01T10:00:00+07:00"),
        (joined, "binh", "0", "2026-11-01T09:00:00+07:00"),
    ):
        db = open_database(path)
        with db.atomic():
            article = db.execute("select id from articles order by url limit 1").fetchone()[0]
            db.execute(
                "insert into corrections (article_id, field, value, actor, at) values (?, 'topic:budget', ?, ?, ?)",
                [article, value, actor, at],
            )
        db.close()
    for _ in range(2):
        assert nq57(joined, "merge", single).returncode == 0
    db = open_database(joined)
    assert db.execute("select count(*) from corrections").fetchone()[0] == 2
    first = "(select id from articles order by url limit 1)"
    assert db.execute(f"select decided_by from article_topics where topic_id = 'budget' and article_id = {first}").fetchone() == (
        "person",
    )
    db.close()


@pytest.mark.slow
def test_a_killed_shard_run_again_loses_and_doubles_nothing(web, single: Path, tmp_path: Path, rows_of) -> None:  # type: ignore[no-untyped-def]
    shard = tmp_path / "killed" / "x.db"
    given = ["--roster", web.roster, "--delay", "0.3", "--timeout", "10", "--proxy", web.proxy, "--shard", "1/1"]
    for pause in (2.0, 2.6):
        run = subprocess.Popen([NQ57, "--db", shard, "crawl", *given], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(pause)
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert crawl(shard, web, "--shard", "1/1").returncode == 0
    joined = tmp_path / "joined" / "x.db"
    assert nq57(joined, "merge", shard).returncode == 0
    assert nq57(joined, "process", "--workers", "1").returncode == 0
    assert rows_of(joined)["articles"] == rows_of(single)["articles"]


@pytest.mark.slow
def test_what_cannot_be_joined_is_named_and_the_rest_is(single: Path, tmp_path: Path, rows_of) -> None:
    half = tmp_path / "half" / "x.db"
    shutil.copytree(single.parent, half.parent)
    half.write_bytes(half.read_bytes()[:40_000])
    torn = tmp_path / "torn" / "x.db"
    shutil.copytree(single.parent, torn.parent)
    file = next((torn.parent / "archive").iterdir())
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.db").write_text("no database")

    joined = tmp_path / "joined" / "x.db"
    result = nq57(joined, "merge", half, tmp_path / "text.db", tmp_path / "missing.db", torn)
    assert result.returncode == 1
    for name in (str(half), "text.db", "missing.db", f"-{file.name}"):
        assert name in result.stderr, result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "missing.db").exists()
    assert len(rows_of(joined)["articles"]) == 24  # the torn archive costs no row

    file.write_bytes(whole)
    assert nq57(joined, "merge", torn).returncode == 0
    assert nq57(joined, "doctor").returncode == 0

    again = nq57(joined, "merge", joined)
    assert again.returncode == 1 and str(joined) in again.stderr


@pytest.mark.slow
def test_a_crawl_at_work_is_not_joined_and_two_joins_do_not_meet(single: Path, tmp_path: Path) -> None:
    joined = tmp_path / "joined" / "x.db"
    with locked(single):
        busy = nq57(joined, "merge", single)
    assert busy.returncode == 1 and str(single) in busy.stderr and "another run" in busy.stderr
    with locked(joined):
        second = nq57(joined, "merge", single)
    assert second.returncode == 1 and str(joined) in second.stderr


@pytest.mark.slow
@pytest.mark.parametrize("hours", [-1, 1])
def test_clocks_an_hour_apart_lose_and_double_nothing(hours: int, single: Path, tmp_path: Path, rows_of) -> None:  # type: ignore[no-untyped-def]
    """Another machine has seen the same pages, and its clock is wrong."""
    other = tmp_path / "other" / "x.db"
    shutil.copytree(single.parent, other.parent)
    db = open_database(other)
    with db.atomic():
        db.execute("update identity set uuid = 'other'")
        for table, column in (
            ("pages", "fetched_at"),
            ("pages", "first_seen_at"),
            ("articles", "fetched_at"),
            ("endpoints", "checked_at"),
        ):
            moved = f"strftime('%Y-%m-%dT%H:%M:%S', {column}, '{hours:+d} hours', '+7 hours') || '+07:00'"
            db.execute(f"update {table} set {column} = {moved} where {column} is not null")
    db.close()
    wanted = rows_of(single)
    for number, order in enumerate(([single, other], [other, single])):
        joined = tmp_path / f"joined{number}" / "x.db"
        for _ in range(2):
            assert nq57(joined, "merge", *order).returncode == 0
        assert rows_of(joined) == wanted
        # Each page's record can still be read: the row leads to the archive of whoever saw it last.
        assert nq57(joined, "process", "--all", "--workers", "1").returncode == 0
        assert rows_of(joined) == wanted


def test_hosts_of_one_domain_stay_together_and_every_source_has_one_shard() -> None:
    sources = load_roster(None).sources
    for count in (1, 2, 4, 7):
        parts = [Shard(index, count).of(sources) for index in range(1, count + 1)]
        assert sorted(name for part in parts for name in part) == sorted(source.id for source in sources)
        home = {name: index for index, part in enumerate(parts) for name in part}
        domains: dict[str, set[int]] = {}
        for source in sources:
            for host in source.hosts:
                domains.setdefault(registrable_domain(host), set()).add(home[source.id])
        assert all(len(indexes) == 1 for indexes in domains.values())


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", "1/2/3", "", "²/3"])
def test_a_shard_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Shard.parse(text)
