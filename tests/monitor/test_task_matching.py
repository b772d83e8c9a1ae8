"""Tasks against coverage: in whatever order they come, the same matches as each title held against each text."""

import random
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from classifier.text import fold, nfc, syllables
from crawler.store import imports
from crawler.store.db import open_database
from crawler.store.imports import Task
from monitor import tasks
from monitor.task_index import TaskIndex
from monitor.task_match import overlap
from monitor.tasks import match_tasks

SAID = """nghiên cứu ứng dụng công nghệ chế tạo hệ thống giám sát tự động môi trường nước vùng đồng bằng ven biển
    vật liệu mới năng lượng tái tạo giống lúa chịu mặn trí tuệ nhân tạo phục vụ y tế giáo dục"""
WORDS = SAID.split()


def title(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.choice((1, 2, 5, 9, 14, 20))))


def text(chance: random.Random, titles: list[str]) -> str:
    parts = [" ".join(chance.choice(WORDS) for _ in range(30))]
    for _ in range(chance.randrange(4)):
        words = chance.choice(titles).split()
        cut = chance.randrange(len(words) + 1)
        parts.append(" ".join(words[:cut] if chance.random() < 0.5 else words).upper())
    chance.shuffle(parts)
    return " , ".join(parts)


def pairs(titles: dict[str, str], texts: dict[int, str]) -> dict[tuple[str, int], tuple[float, int]]:
    """Every title held against every text."""
    held = {(t, a): overlap(title, f"Tin\n{body}") for t, title in titles.items() for a, body in texts.items()}
    return {key: (found.score, int(found.strength == "strong")) for key, found in held.items() if found.strength != "none"}


def stored(db: Database) -> dict[tuple[str, int], tuple[float, int]]:
    rows = db.execute("select task_id, article_id, score, strong from task_matches").fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "nq57.db")
    db.execute("insert into sources (id, name, kind, home) values ('bao', 'Báo', 'press', '')")
    return db


def write(db: Database, texts: dict[int, str]) -> None:
    for n, body in texts.items():
        db.execute(
            """insert into articles (id, url, source_id, title, text, published_on, fetched_at, words, relevance, relevance_score,
                   model) values (?, ?, 'bao', 'Tin', ?, '2026-10-01', '', 1, 0, 0, 'test')
               on conflict (id) do update set text = excluded.text""",
            [n, f"https://bao.vn/{n}", body],
        )
    db.conn.commit()


def register(db: Database, titles: dict[str, str]) -> None:
    imports.keep_tasks(db, [Task(id, name, None, None, None, False) for id, name in titles.items()])


@pytest.mark.parametrize("seed", range(4))
def test_the_index_leaves_out_nothing_that_speaks_of_a_title(seed: int) -> None:
    chance = random.Random(seed)
    titles = [title(chance) for _ in range(60)]
    index = TaskIndex(titles)
    for _ in range(60):
        body = text(chance, titles)
        asked = set(index.candidates(syllables(fold(nfc(body)))))
        spoken = {n for n, name in enumerate(titles) if overlap(name, body).strength != "none"}
        assert spoken <= asked


@pytest.mark.parametrize("few", [0, 1_000])
def test_step_by_step_equals_all_at_once_equals_each_against_each(
    db: Database, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "FEW", few)
    chance = random.Random(57)
    titles = {f"t{n}": title(chance) for n in range(40)}
    texts = {n: text(chance, list(titles.values())) for n in range(1, 81)}
    register(db, dict(list(titles.items())[:20]))
    write(db, dict(list(texts.items())[:30]))
    match_tasks(db)
    write(db, dict(list(texts.items())[30:60]))
    match_tasks(db)
    register(db, dict(list(titles.items())[20:]))
    write(db, dict(list(texts.items())[60:]))
    match_tasks(db)
    wanted = pairs(titles, texts)
    assert len(wanted) > 60 and stored(db) == wanted
    # A text that is rewritten and a title that is corrected lose what they said and gain what they say now.
    texts[1], titles["t0"] = "không nói gì", "điều khác hẳn chưa bài nào nói tới bao giờ"
    write(db, {1: texts[1]})
    register(db, {"t0": titles["t0"]})
    match_tasks(db)
    assert stored(db) == pairs(titles, texts)
    db.execute("delete from task_matches")
    db.execute("update tasks set matched = null")
    match_tasks(db)
    assert stored(db) == pairs(titles, texts)


def test_what_is_known_is_not_held_together_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    register(db, {"t": "nghiên cứu giống lúa chịu mặn ven biển"})
    write(db, {1: "Nghiên cứu giống lúa chịu mặn ven biển đã xong."})
    match_tasks(db)
    asked: list[str] = []
    monkeypatch.setattr(tasks, "overlap", lambda name, body: asked.append(body) or overlap(name, body))
    match_tasks(db)
    assert asked == []
    write(db, {1: "Nghiên cứu giống lúa chịu mặn ven biển đã xong.", 2: "Nghiên cứu giống lúa chịu mặn ở ven biển."})
    match_tasks(db)
    assert len(asked) == 1
    assert db.execute("select count(*) from task_todo").fetchone()[0] == 0


def test_the_title_of_a_task_that_became_secret_is_looked_for_no_more(db: Database) -> None:
    from crawler.store.task_matches import best

    register(db, {"t": "nghiên cứu giống lúa chịu mặn ven biển"})
    write(db, {1: "Nghiên cứu giống lúa chịu mặn ven biển đã xong."})
    match_tasks(db)
    assert len(best(db, date(2026, 11, 1), 5)) == 1 and best(db, date(2026, 9, 1), 5) == []
    imports.keep_tasks(db, [Task("t", "", None, None, None, True)])
    assert db.execute("select * from tasks").fetchone() == ("t", "", None, None, None, 1, None) and stored(db) == {}
    match_tasks(db)
    assert best(db, date(2026, 11, 1), 5) == []
