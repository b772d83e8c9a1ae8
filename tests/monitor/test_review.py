"""What people decide: in effect at once, kept through every re-run, and back to what the machine said when taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.clock import now
from crawler.store import articles, columns, corrections, decisions, merge, read_review, samples
from crawler.store.columns import Sighting
from crawler.store.db import open_database
from crawler.store.read_review import Filter
from crawler.store.roster import sync_roster
from crawler.store.salvage import salvage
from monitor import learn, review
from monitor.process import group_stories
from monitor.review import Actor, Refused, TooLate
from tests.monitor.test_targets import COLUMN, DAY, _roster, article, item, measure, verdict, visit

AN, BINH, CHI = Actor("an"), Actor("binh"), Actor("chi", is_admin=True)
PLAN = "UBND tỉnh Lào Cai ban hành Kế hoạch số 45/KH-UBND thực hiện Quyết định số 1169/QĐ-TTg về Chương trình truyền thông."


def made(path: Path) -> Database:
    """A database of its own with a portal, a newspaper and a topic."""
    database = open_database(path)
    sync_roster(database, _roster())
    articles.sync_topics(database, [("innovation", "Đổi mới sáng tạo", "Innovation", "subject")])
    return database


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return made(tmp_path / "x.db")


def say(db: Database, number: int, field: str, value: str, by: Actor = AN, note: str = "") -> str:
    with db.atomic():
        return review.correct(db.conn, by, number, field, value, review.seen_field(db.conn, number, field), note)


def back(db: Database, mark: str, by: Actor = AN) -> str:
    with db.atomic():
        return review.take_back(db.conn, by, mark)


def tags(db: Database, number: int) -> dict[str, object]:
    """All that can be corrected of an article, as it stands."""
    row = db.execute("select relevance, published_on, published_at, date_source from articles where id = ?", [number]).fetchone()
    topics = db.execute("select topic_id, score, decided_by, model from article_topics where article_id = ?", [number]).fetchall()
    bodies = db.execute(
        "select agency_id, mentions, in_title, role, decided_by from article_agencies where article_id = ? order by 1", [number]
    ).fetchall()
    return {"row": row, "topics": topics, "agencies": bodies}


def read(db: Database, text: str = "Nghị quyết 57.", name: str = "1") -> int:
    """What `process` does with an article, the first time or again."""
    return article(db, f"https://bao.vn/{name}", "bao", text, date(2026, 10, 1), "lao-cai")


SAID = [
    ("relevance", "0", lambda t: t["row"][0] == 0),
    ("published_on", "2026-09-30", lambda t: t["row"][1:] == ("2026-09-30", "2026-09-30", "person")),
    ("published_on", "", lambda t: t["row"][1:] == (None, None, "person")),
    ("topic:innovation", "0", lambda t: t["topics"] == []),
    ("topic:innovation", "1", lambda t: t["topics"] == [("innovation", 1.0, "person", None)]),
    ("agency:lao-cai", "0", lambda t: t["agencies"] == []),
    ("agency:lao-cai", "named", lambda t: t["agencies"] == [("lao-cai", 1, 0, "named", "person")]),
    ("agency:lao-cai", "1", lambda t: t["agencies"] == [("lao-cai", 1, 0, "actor", "person")]),
    ("agency:ha-noi", "actor", lambda t: t["agencies"][0] == ("ha-noi", 1, 0, "actor", "person")),
]


@pytest.mark.parametrize(("field", "value", "holds"), SAID, ids=lambda it: it if isinstance(it, str) else "")
def test_a_word_holds_at_once_and_through_every_reading_until_it_is_taken_back(db, field, value, holds) -> None:  # type: ignore[no-untyped-def]
    number = read(db)
    before = tags(db, number)
    mark = say(db, number, field, value)
    assert holds(tags(db, number))
    assert read(db) == number and holds(tags(db, number))
    read(db, "Nghị quyết 57 sửa lời.")
    corrections.apply(db.conn, number)
    assert holds(tags(db, number))
    back(db, mark)
    assert tags(db, number) == before
    read(db)
    assert tags(db, number) == before
    assert db.execute("select count(*) from machine_tags").fetchone() == (0,)
    assert db.execute("select count(*), count(takes_back) from corrections").fetchone() == (2, 1)


def test_what_stood_before_a_word_stands_again_after_it(db: Database) -> None:
    number = read(db)
    first = say(db, number, "topic:innovation", "0", AN)
    second = say(db, number, "topic:innovation", "1", BINH)
    assert [w.in_force for w in corrections.history(db.conn, number)] == [True, False]
    with pytest.raises(Refused, match="not-in-force"):
        back(db, first)
    with pytest.raises(Refused, match="not-yours"):
        back(db, second, AN)
    back(db, second, CHI)
    assert tags(db, number)["topics"] == []
    with pytest.raises(Refused, match="not-in-force"):
        back(db, second, BINH)
    back(db, first)
    assert tags(db, number)["topics"] == [("innovation", 0.9, "model", "test")]
    with pytest.raises(Refused, match="gone"):
        back(db, "c99")


def test_the_second_of_two_people_is_told_what_the_first_decided(db: Database) -> None:
    number = read(db)
    seen = review.seen_field(db.conn, number, "relevance")
    say(db, number, "relevance", "0", AN, "chỉ nhắc Nghị định 57")
    with pytest.raises(TooLate) as late:
        review.correct(db.conn, BINH, number, "relevance", "1", seen)
    assert (late.value.state, late.value.actor, late.value.note) == ("0", "an", "chỉ nhắc Nghị định 57")
    assert db.execute("select relevance from articles").fetchone() == (0,)
    # A reading that changed the tag since the page was shown is told as well.
    seen = review.seen_field(db.conn, number, "topic:innovation")
    db.execute("delete from article_topics")
    with pytest.raises(TooLate) as late:
        review.correct(db.conn, BINH, number, "topic:innovation", "1", seen)
    assert (late.value.state, late.value.actor) == ("0", "")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("relevance", "3", "value"),
        ("topic:innovation", "yes", "value"),
        ("topic:unheard-of", "1", "gone"),
        ("agency:ha-noi' or 1", "1", "gone"),
        ("published_on", "2026-02-30", "value"),
        ("published_on", "1999-12-31", "value"),
        ("published_on", "2999-01-01", "value"),
        ("published_on", "20261001", "value"),
        ("story", "2", "value"),
        ("title", "x", "gone"),
    ],
)
def test_nonsense_is_refused(db: Database, field: str, value: str, why: str) -> None:
    number = read(db)
    with pytest.raises(Refused, match=why):
        review.correct(db.conn, AN, number, field, value, "x")
    with pytest.raises(Refused, match="gone"):
        review.correct(db.conn, AN, 999, "relevance", "1", "x")
    assert db.execute("select count(*) from corrections").fetchone() == (0,)


def test_a_note_is_kept_clean_and_a_long_one_refused(db: Database) -> None:
    number = read(db)
    say(db, number, "relevance", "1", note="  dòng 1\r\ndòng 2\x00\x1b[31m ")
    assert db.execute("select note from corrections").fetchone() == ("dòng 1\ndòng 2[31m",)
    with pytest.raises(Refused, match="note"):
        say(db, number, "relevance", "2", note="x" * 10_000)
    assert db.execute("select count(*) from corrections").fetchone() == (1,)


# ── stories ────────────────────────────────────────────────────────────────────────────────────
LONG = " ".join(f"Câu số {n} của bản tin về Nghị quyết 57 kể việc thứ {n * 7} ở xã thứ {n * 3}." for n in range(60))


def stories(db: Database) -> list[tuple[int, int, int]]:
    return db.execute("select id, story_id, original from articles order by id").fetchall()


def test_an_article_taken_out_of_its_story_stays_out_and_comes_back(db: Database) -> None:
    ids = [read(db, LONG, name) for name in "123"]
    db.execute("delete from article_signatures")
    group_stories(db)
    together = stories(db)
    assert {row[1] for row in together} == {ids[0]}
    mark = say(db, ids[0], "story", "alone")
    apart = [(ids[0], ids[0], 1), (ids[1], ids[1], 1), (ids[2], ids[1], 0)]
    assert stories(db) == apart
    assert db.execute("select id, first_article_id, articles from stories order by 1").fetchall() == [
        (ids[0], ids[0], 1),
        (ids[1], ids[1], 2),
    ]
    read(db, LONG, "1")
    db.execute("delete from article_signatures")
    group_stories(db)
    assert stories(db) == apart
    back(db, mark)
    assert stories(db) == together
    group_stories(db)
    assert stories(db) == together
    assert db.execute("select articles from stories").fetchall() == [(3,)]


# ── evidence ───────────────────────────────────────────────────────────────────────────────────
def plan(db: Database) -> int:
    """A plan of Lào Cai, measured; gives the evidence's id."""
    visit(db, "https://portal.vn/", "home")
    article(db, "https://portal.vn/kh", "portal-lao-cai", PLAN, date(2025, 7, 2), "lao-cai", at=5)
    measure(db, _roster(), DAY)
    return int(db.execute("select id from evidence where target_id = 'plans-2025'").fetchone()[0])


def judge(db: Database, number: int, state: str, by: Actor = AN, note: str = "") -> str:
    subject, stands = read_review.subject_of_evidence(db.conn, number) or pytest.fail("no evidence")
    with db.atomic():
        return review.judge(db.conn, by, number, state, review.seen_subject(db.conn, subject, stands), note)


def state(db: Database) -> tuple[object, ...]:
    found = db.execute("select state, decided_by, actor, note from evidence where target_id = 'plans-2025'").fetchone()
    return tuple(found)


def test_a_verdict_follows_what_people_say_of_its_evidence(db: Database) -> None:
    number = plan(db)
    (waiting,) = read_review.proofs(db.conn, "evidence", Filter(), 10)
    assert (waiting.id, waiting.decides, waiting.verdict, waiting.kind) == (number, True, "met", "plan-report")
    mark = judge(db, number, "confirmed", note="đã xem văn bản")
    assert state(db) == ("confirmed", "person", "an", "đã xem văn bản")
    assert read_review.count_proofs(db.conn, "evidence", Filter()) == 0
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("met", "confirmed")
    assert db.execute("select confirmed from target_progress where target_id = 'plans-2025'").fetchone() == (1,)
    back(db, mark)
    assert state(db) == ("detected", "rule", None, None)
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("met", "plan-report")
    judge(db, number, "rejected", BINH)
    assert verdict(db, "plans-2025", "lao-cai")[:2] == ("not_met", "no-plan")


def test_rejected_evidence_that_is_found_again_stays_rejected_whatever_became_of_its_row(db: Database) -> None:
    number = plan(db)
    judge(db, number, "rejected", note="kế hoạch của năm khác")
    for harm in ("delete from evidence", "update evidence set state = 'detected', decided_by = 'rule', actor = null"):
        db.execute("update target_verdicts set evidence_id = null")
        db.execute(harm)
        assert verdict(db, "plans-2025", "lao-cai")[:2] == ("not_met", "no-plan")
        assert state(db) == ("rejected", "person", "an", "kế hoạch của năm khác")
    assert read_review.count_proofs(db.conn, "evidence", Filter()) == 0


def test_of_two_people_who_judge_the_same_evidence_the_second_is_told(db: Database) -> None:
    number = plan(db)
    subject, stands = read_review.subject_of_evidence(db.conn, number) or pytest.fail("no evidence")
    seen = review.seen_subject(db.conn, subject, stands)
    mark = review.judge(db.conn, AN, number, "rejected", seen, "không phải")
    with pytest.raises(TooLate) as late:
        review.judge(db.conn, BINH, number, "confirmed", seen)
    assert (late.value.state, late.value.actor, late.value.note) == ("rejected", "an", "không phải")
    # Even where the state is the one that was shown: it was decided and taken back in between.
    review.take_back(db.conn, AN, mark)
    with pytest.raises(TooLate):
        review.judge(db.conn, BINH, number, "confirmed", seen)
    with pytest.raises(Refused, match="value"):
        judge(db, number, "detected")
    with pytest.raises(Refused, match="gone"):
        review.judge(db.conn, BINH, 999, "confirmed", seen)


def test_the_queue_is_filtered_and_leaves_out_what_bears_on_no_verdict(db: Database) -> None:
    visit(db, COLUMN, "column")
    item(db, "https://portal.vn/1", date(2026, 10, 20))
    plan(db)
    kinds = [proof.kind for proof in read_review.proofs(db.conn, "evidence", Filter(), 10)]
    assert kinds == ["plan-report", "column"]
    assert read_review.count_proofs(db.conn, "evidence", Filter(beside=True)) == 3
    assert read_review.count_proofs(db.conn, "evidence", Filter(target="columns-2025")) == 1
    assert read_review.count_proofs(db.conn, "evidence", Filter(agency="lao-cai")) == 2
    assert read_review.count_proofs(db.conn, "evidence", Filter(agency="ha-noi")) == 0


def test_a_borderline_match_of_a_task_is_asked_about_and_decides(db: Database) -> None:
    db.execute("insert into tasks (id, title) values ('t1', 'Nghiên cứu chế tạo vật liệu nano bạc khử khuẩn nước sinh hoạt')")
    article(db, "https://bao.vn/7", "bao", "Đề tài nghiên cứu chế tạo vật liệu nano bạc đã xong.", date(2026, 10, 1))
    assert verdict(db, "tasks-2030", "t1")[:2] == ("unknown", "borderline")
    assert read_review.count_proofs(db.conn, "evidence", Filter()) == 0
    (waiting,) = read_review.proofs(db.conn, "tasks", Filter(), 10)
    mark = judge(db, waiting.id, "confirmed")
    assert verdict(db, "tasks-2030", "t1")[:2] == ("met", "confirmed")
    back(db, mark)
    judge(db, waiting.id, "rejected")
    assert verdict(db, "tasks-2030", "t1")[:2] == ("not_met", "rejected")
    assert read_review.count_proofs(db.conn, "tasks", Filter()) == 0


# ── columns ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("clear", [True, False])
def test_a_proposed_column_is_accepted_rejected_and_opened_again(db: Database, clear: bool) -> None:
    url = "https://portal.vn/tuyen-truyen"
    columns.propose(db, Sighting("portal-lao-cai", url, clear, "anchor", "https://portal.vn/", "Nghị quyết 57"), now())
    visited = "select count(*) from endpoints where kind = 'column'"
    assert db.execute(visited).fetchone() == (int(clear),)

    def decide(state: str) -> str:
        (waiting,) = read_review.proposals(db.conn, Filter(agency="lao-cai"), 10)
        seen = review.seen_subject(db.conn, waiting.subject, waiting.state)
        return review.judge_column(db.conn, AN, waiting.id, state, seen, "xem rồi")

    with db.atomic():
        mark = decide("rejected")
    assert db.execute(visited).fetchone() == (0,)
    assert read_review.count_columns(db.conn, Filter()) == 0
    # The row lost and the column found again: it is as it was decided.
    db.execute("delete from column_proposals")
    assert not columns.propose(db, Sighting("portal-lao-cai", url, clear, "anchor", "https://portal.vn/"), now())
    assert db.execute("select state, decided_by, note from column_proposals").fetchone() == ("rejected", "an", "xem rồi")
    back(db, mark)
    assert db.execute(visited).fetchone() == (int(clear),)
    with db.atomic():
        mark = decide("accepted")
    assert db.execute(visited).fetchone() == (1,)
    back(db, mark, CHI)
    assert db.execute(visited).fetchone() == (int(clear),)
    assert db.execute("select state, decided_by from column_proposals").fetchone() == ("proposed", None)


# ── what comes after ───────────────────────────────────────────────────────────────────────────
def test_training_learns_what_is_in_force_and_nothing_that_was_taken_back(db: Database) -> None:
    number = read(db)
    mark = say(db, number, "topic:innovation", "0")
    (example,) = learn.corrections(db)
    assert (example.topics, example.judged) == (frozenset(), {"innovation"})
    back(db, mark)
    assert learn.corrections(db) == ()


def test_a_text_whose_check_was_taken_back_waits_in_its_sample_again(db: Database) -> None:
    number = read(db)
    samples.write(db, "innovation", "test", 1, "2026-10-02", [samples.Stratum(0, True, 0.0, 2.0, 1)], [(number, 0)])
    mark = say(db, number, "topic:innovation", "1")
    assert samples.waiting(db.conn, 5) == []
    assert [row.checked for row in samples.progress(db.conn)] == [1]
    back(db, mark)
    assert [row.article_id for row in samples.waiting(db.conn, 5)] == [number]


def test_what_people_decided_in_two_databases_comes_together(tmp_path: Path, db: Database) -> None:
    twin = made(tmp_path / "other.db")
    read(twin, name="0")  # so that ids differ
    for one in (db, twin):
        read(one)
        plan(one)
    theirs = int(twin.execute("select id from articles where url like '%bao.vn/1'").fetchone()[0])
    gone = say(twin, theirs, "topic:innovation", "0")
    back(twin, gone)
    say(twin, theirs, "relevance", "1", note="từ máy kia")
    evidence = int(twin.execute("select id from evidence where target_id = 'plans-2025'").fetchone()[0])
    judge(twin, evidence, "rejected")
    twin.conn.commit()
    db.conn.commit()
    ours = int(db.execute("select id from articles where url like '%bao.vn/1'").fetchone()[0])
    assert ours != theirs

    def join() -> None:
        db.conn.commit()
        with merge.attached(db, tmp_path / "other.db") as uuid:
            merge.join(db, uuid, {})

    join()
    before = db.execute("select * from corrections").fetchall(), db.execute("select * from decisions").fetchall()
    join()
    assert (db.execute("select * from corrections").fetchall(), db.execute("select * from decisions").fetchall()) == before
    assert tags(db, ours)["row"][0] == 1  # type: ignore[index]
    assert tags(db, ours)["topics"] == [("innovation", 0.9, "model", "test")]
    assert state(db)[:3] == ("rejected", "person", "an")
    # Taken back there later: it is taken back here too, though this database still has the rejection.
    (mark,) = [f"d{row[0]}" for row in twin.execute("select id from decisions").fetchall()]
    back(twin, mark)
    (said,) = twin.execute("select id from corrections where field = 'relevance'").fetchone()
    back(twin, f"c{said}")
    twin.conn.commit()
    join()
    assert state(db)[:3] == ("detected", "rule", None)
    assert tags(db, ours)["row"][0] == 2  # type: ignore[index]
    assert db.execute("select count(*) from machine_tags").fetchone() == (0,)
    join()
    assert decisions.last(db.conn, read_review.subject_of_evidence(db.conn, 1)[0]).state == "detected"  # type: ignore[index, union-attr]


def test_a_lost_article_that_was_corrected_keeps_its_place_for_its_archived_page(db: Database, tmp_path: Path) -> None:
    number = read(db)
    number = read(db, name="2")
    say(db, number, "relevance", "0")
    db.execute("update pages set warc_file = 'a.warc.gz', warc_offset = 0")
    db.conn.commit()
    db.execute("pragma foreign_keys = off")
    db.execute("delete from articles where id = ?", [number])
    db.conn.commit()
    mended = open_database(tmp_path / "new.db")
    salvage(tmp_path / "x.db", mended)
    assert read(mended, name="2") == number
    assert tags(mended, number)["row"][0] == 0  # type: ignore[index]
    assert db.execute("select count(*) from corrections").fetchone() == (1,)
