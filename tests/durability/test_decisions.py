"""What people decided is there after every command, and after the repair of a damaged database."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from crawler.store import read_review
from crawler.store.db import open_database
from crawler.store.read_review import Filter
from monitor import review
from monitor.demo.show import ROSTER
from monitor.review import Actor
from monitor.serve import config_dir
from tests.durability.conftest import nq57
from tests.durability.test_damage import PAGE
from tests.serve.people import sign_in

pytestmark = pytest.mark.slow
LAN = Actor("lan")


def decide(path: Path) -> dict[str, str]:
    """Correct an article, take another correction back, reject a plan; gives the addresses that it is about."""
    with closing(open_database(path)) as db, db.atomic():
        wanted = (
            "select a.id, a.url, t.topic_id from articles a join article_topics t on t.article_id = a.id order by a.url limit 1"
        )
        article, url, topic = db.execute(wanted).fetchone()
        for field, value in ((f"topic:{topic}", "0"), ("relevance", "1"), ("agency:ha-noi", "actor")):
            mark = review.correct(db.conn, LAN, article, field, value, review.seen_field(db.conn, article, field), "đã đọc")
        review.take_back(db.conn, LAN, mark)
        proof = next(proof for proof in read_review.proofs(db.conn, "evidence", Filter("plans-2025"), 9) if proof.decides)
        seen = review.seen_subject(db.conn, proof.subject, proof.state)
        review.judge(db.conn, LAN, proof.id, "rejected", seen, "kế hoạch khác")
    return {"article": url, "topic": topic, "proof": proof.url, "unit": proof.unit_id, "kind": proof.kind}


def check(path: Path, said: dict[str, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        article, relevance = connection.execute("select id, relevance from articles where url = :article", said).fetchone()
        topics = connection.execute("select topic_id from article_topics where article_id = ?", (article,)).fetchall()
        bodies = connection.execute(
            "select agency_id from article_agencies where article_id = ? and decided_by = 'person'", (article,)
        ).fetchall()
        proof = connection.execute(
            """select state, decided_by, actor, note from evidence
               where target_id = 'plans-2025' and unit_id = :unit and url = :proof and kind = :kind""",
            said,
        ).fetchall()
        counts = connection.execute("select count(*), count(takes_back), count(distinct actor) from corrections").fetchone()
    assert relevance == 1 and (said["topic"],) not in topics and bodies == []
    assert proof == [("rejected", "person", "lan", "kế hoạch khác")]
    assert counts == (4, 1, 1)


def harm(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        root = connection.execute("select rootpage from sqlite_master where name = ?", (table,)).fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xff" * PAGE)


def test_decisions_outlive_reading_measuring_and_joining(db: Path, tmp_path: Path) -> None:
    said = decide(db)
    check(db, said)
    for command in (["process", "--all"], ["measure"]):
        assert nq57(db, *command, "--quiet").returncode == 0
        check(db, said)
    joined = tmp_path / "joined" / "nq57.db"
    for _ in range(2):
        assert nq57(joined, "merge", db, "--quiet").returncode == 0
        check(joined, said)


@pytest.mark.parametrize("table", ["tallies", "articles", "evidence", "article_topics"])
def test_decisions_outlive_the_repair_of_a_damaged_database(db: Path, table: str) -> None:
    said = decide(db)
    harm(db, table)
    repaired = nq57(db, "doctor", "--repair", "--roster", ROSTER)
    assert repaired.returncode == 0, repaired.stderr
    assert nq57(db, "measure", "--quiet").returncode == 0
    check(db, said)


async def decide_on_the_site(path: Path) -> dict[str, str]:
    """The same as `decide`, by the pages, so that the audit log tells of it."""
    site = Datasette(files=[str(path)], config_dir=config_dir())
    await site.invoke_startup()
    lan = sign_in(site, "staff", "lan")
    with closing(open_database(path)) as db:
        wanted = (
            "select a.id, a.url, t.topic_id from articles a join article_topics t on t.article_id = a.id order by a.url limit 1"
        )
        article, url, topic = db.execute(wanted).fetchone()
        for field, value in ((f"topic:{topic}", "0"), ("relevance", "1"), ("agency:ha-noi", "actor")):
            fields = {"field": field, "value": value, "seen": review.seen_field(db.conn, article, field), "note": "đã đọc"}
            mark = (await lan.post(f"/bai/{article}/sua", fields)).headers["location"].partition("done=")[2]
        assert (await lan.post("/duyet/rut-lai", {"mark": mark})).status_code == 303
        proof = next(proof for proof in read_review.proofs(db.conn, "evidence", Filter("plans-2025"), 9) if proof.decides)
        fields = {"what": "evidence", "id": str(proof.id), "value": "rejected", "note": "kế hoạch khác"}
        fields["seen"] = review.seen_subject(db.conn, proof.subject, proof.state)
        assert (await lan.post("/duyet/ghi", fields)).status_code == 303
    site.close()
    return {"article": url, "topic": topic, "proof": proof.url, "unit": proof.unit_id, "kind": proof.kind}


def test_decisions_come_back_from_the_audit_log_when_nothing_of_the_database_is_left(db: Path) -> None:
    said = asyncio.run(decide_on_the_site(db))
    check(db, said)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        before = connection.execute("select id, field, value, at, takes_back, url from corrections order by id").fetchall()
    with db.open("r+b") as file:
        file.write(b"\xff" * PAGE)
    repaired = nq57(db, "doctor", "--repair", "--roster", ROSTER)
    assert repaired.returncode == 0 and "5 decisions brought back" in repaired.stderr, repaired.stderr
    assert nq57(db, "measure", "--quiet").returncode == 0
    check(db, said)
    with closing(sqlite3.connect(db)) as connection:
        after = connection.execute("select id, field, value, takes_back, url from corrections order by id").fetchall()
    assert after == [(*row[:3], *row[4:]) for row in before]
    again = nq57(db, "doctor", "--repair", "--roster", ROSTER)
    assert again.returncode == 0 and "brought back" not in again.stderr
