"""The whole way on the press web: the result equals the truth, and a second run fetches nothing twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import iter_pages, read_record
from crawler.store.db import open_database
from monitor.demo.truth import TRUTH

NQ57 = Path(sys.executable).with_name("nq57")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], subprocess.CompletedProcess[str]]:
    directory = tmp_path_factory.mktemp("week")
    done = demo(directory)
    return directory, json.loads(done.stdout), done


def demo(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NQ57, "demo", "--no-serve", "--json", "--dir", directory], capture_output=True, text=True, timeout=280)


def test_the_demo_equals_the_truth(week: tuple[Path, dict[str, Any], subprocess.CompletedProcess[str]]) -> None:
    _, summary, done = week
    assert (done.returncode, done.stderr) == (0, "")
    assert (summary["command"], summary["state"], summary["exit"]) == ("demo", "ok", 0)


def test_every_url_has_one_state_and_the_ledger_adds_up(week: tuple[Path, dict[str, Any], Any]) -> None:
    db = open_database(week[0] / "nq57.db")
    states = Counter(row[0] for row in db.execute("select state from pages").fetchall())
    assert states["discovered"] == states["candidate"] == 0
    listed, parts = db.execute(
        "select sum(listed), sum(unrelated + candidate + article + document + failed + refused) from ledger"
    ).fetchone()
    assert listed == parts == sum(states.values())
    failed = db.execute("select count(*), count(reason) from pages where state in ('failed', 'refused')").fetchone()
    assert failed[0] == failed[1] > 0
    urls = {row[0] for row in db.execute("select url from pages where state in ('article', 'document')").fetchall()}
    assert urls == {row[0] for row in db.execute("select url from articles").fetchall()}


def test_every_article_clicks_through_to_its_archived_bytes(week: tuple[Path, dict[str, Any], Any]) -> None:
    directory = week[0]
    db = open_database(directory / "nq57.db")
    rows = db.execute(
        "select a.url, p.warc_file, p.warc_offset from articles a join pages p on p.url = a.url order by a.url"
    ).fetchall()
    assert len(rows) > 100
    for url, file, offset in rows[::7]:
        page = read_record(directory / "archive", file, offset)
        assert page.status == 200 and page.body, url
    for file in sorted((directory / "archive").glob("*.warc.gz")):
        assert sum(1 for _ in iter_pages(file)) > 0


def test_tags_agree_with_the_labels_of_the_originals(week: tuple[Path, dict[str, Any], Any]) -> None:
    db = open_database(week[0] / "nq57.db")
    truth = {row["url"]: row for row in json.loads(TRUTH.read_text(encoding="utf-8"))["articles"] if row["original"]}
    for table, column, field, floor in (
        ("article_agencies", "agency_id", "agencies", 0.9),
        ("article_topics", "topic_id", "topics", 0.6),
    ):
        said: dict[str, set[str]] = {url: set() for url in truth}
        for url, tag in db.execute(f"select a.url, t.{column} from {table} t join articles a on a.id = t.article_id").fetchall():
            if url in said:
                said[url].add(tag)
        right = sum(len(said[url] & set(row[field])) for url, row in truth.items())
        given, wanted = sum(map(len, said.values())), sum(len(row[field]) for row in truth.values())
        assert 2 * right / (given + wanted) >= floor, (field, right / given, right / wanted)


def test_tallies_equal_a_recount_of_the_rows(week: tuple[Path, dict[str, Any], Any]) -> None:
    db = open_database(week[0] / "nq57.db")
    for dimension, recount in {
        "all": "select count(*) from articles where relevance > 0 and published_on is not null",
        "topic": """select count(*) from articles a join article_topics t on t.article_id = a.id
                    where relevance > 0 and published_on is not null""",
        "agency": """select count(*) from articles a join article_agencies t on t.article_id = a.id
                     where relevance > 0 and published_on is not null""",
    }.items():
        expected = db.execute(recount).fetchone()[0]
        for period in ("day", "week", "month"):
            counted = db.execute(
                "select sum(articles) from tallies where dim = ? and period = ?", [dimension, period]
            ).fetchone()[0]
            assert counted == expected, (dimension, period)


def test_a_second_run_finds_the_same_and_fetches_nothing_twice(week: tuple[Path, dict[str, Any], Any]) -> None:
    directory, first, _ = week
    before = dump(directory)
    done = demo(directory)
    second = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    db = open_database(directory / "nq57.db")
    endpoints = db.execute("select count(*) from endpoints").fetchone()[0]
    hosts = db.execute("select count(*) from sources").fetchone()[0]
    retried = 3 * db.execute("select count(*) from pages where state in ('failed', 'refused')").fetchone()[0]
    assert second["requests"] < first["requests"] / 2
    assert second["requests"] <= 3 * (endpoints + hosts) + retried
    assert dump(directory) == before


def dump(directory: Path) -> list[tuple[Any, ...]]:
    """The rows that matter, without ids and times of processing."""
    db = open_database(directory / "nq57.db")
    rows: list[tuple[Any, ...]] = db.execute(
        """select a.url, a.title, a.text, a.published_at, a.relevance, a.relevance_score, o.url, a.original,
               (select group_concat(topic_id || score, ' ') from
                   (select * from article_topics where article_id = a.id order by topic_id)),
               (select group_concat(agency_id || mentions || role, ' ') from
                   (select * from article_agencies where article_id = a.id order by agency_id))
           from articles a join stories s on s.id = a.story_id join articles o on o.id = s.first_article_id order by a.url"""
    ).fetchall()
    rows += db.execute("select url, state, reason from pages where state != 'failed' order by url").fetchall()
    rows += db.execute("select target_id, unit_id, verdict, reason, since from target_verdicts order by 1, 2").fetchall()
    return rows


def test_reading_the_archive_again_in_many_processes_gives_the_same_rows(week: tuple[Path, dict[str, Any], Any]) -> None:
    directory = week[0]
    before = [row for row in dump(directory) if len(row) == 10]
    for workers in ("1", "2"):
        done = subprocess.run(
            [NQ57, "--db", directory / "nq57.db", "process", "--all", "--workers", workers, "--json"],
            capture_output=True,
            text=True,
            timeout=280,
        )
        assert json.loads(done.stdout)["counts"]["article"] > 100, done.stderr
        assert [row for row in dump(directory) if len(row) == 10] == before
