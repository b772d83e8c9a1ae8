"""What people decided is learnt, and a new model takes the old one's place only when it is better."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from classifier.corpus import Example, training_examples
from classifier.gate import compare
from classifier.taxonomy import TOPIC_IDS, load_taxonomy
from classifier.topics import TopicModel
from classifier.train import fit
from crawler.store import articles
from crawler.store.db import open_database
from monitor import learn
from monitor.cli import cli
from monitor.learn import corrections, train
from monitor.model import trained_path

FEW = training_examples()[::3]
CLUB = "Sáng nay, câu lạc bộ {} nhóm họp ở nhà văn hóa thôn, thành viên kể chuyện tháng qua rồi chia việc cho buổi sau."
NAMES = ("Hoa Mai", "Cánh Diều", "Búp Sen", "Tre Ngà", "Sao Khuê", "Họa Mi", "Mây Trắng", "Nắng Sớm", "Đom Đóm", "Chồi Biếc")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packaged") / "topics.npz"
    fit(FEW).save(path)
    return path


@pytest.fixture
def db(tmp_path: Path, packaged: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database whose model is the packaged one, trained on a third of the examples to save time."""
    monkeypatch.setattr(learn, "training_examples", lambda: FEW)
    monkeypatch.setattr(learn, "PACKAGED_MODEL", packaged)
    db = open_database(tmp_path / "x.db")
    with db.atomic():
        articles.sync_topics(db, [(t.id, t.name_vi, t.name_en, t.facet) for t in load_taxonomy()])
        db.execute("insert into sources (id, name, kind, home) values ('bao', 'Báo', 'press', 'http://bao.vn/')")
    yield db
    db.close()


def add(db: Database, title: str, text: str, said: dict[str, str]) -> int:
    """An article, and what people said of its fields."""
    with db.atomic():
        number: int = db.execute(
            """insert into articles (url, source_id, title, text, fetched_at, words, relevance, relevance_score, model)
               values (?, 'bao', ?, ?, '2026-10-01', 9, 2, 1, 'm') returning id""",
            [f"http://bao.vn/{title}", title, text],
        ).fetchone()[0]
        for field, value in said.items():
            db.execute(
                "insert into corrections (article_id, field, value, actor, at) values (?, ?, ?, 'lan', '2026-10-01')",
                [number, field, value],
            )
    return number


def clubs(db: Database) -> None:
    """A club meets: people say that this is about youth, which no text says to the model."""
    for name in NAMES:
        add(db, f"Câu lạc bộ {name} họp tháng", CLUB.format(name), {"topic:youth": "1"})


def nonsense(db: Database) -> None:
    """People take the topics away from texts that plainly have them."""
    for example in training_examples()[1::12]:
        add(db, example.title, example.text, {f"topic:{topic}": "0" for topic in example.topics or ()})


def path_of(db: Database) -> Path:
    return Path(db.execute("select file from pragma_database_list where name = 'main'").fetchone()[0])


def test_what_people_say_of_one_kind_of_text_is_learnt_and_kept(db: Database, packaged: Path) -> None:
    clubs(db)
    path = path_of(db)
    made = train(db, path)
    assert (made.why, made.kept, made.corrections) == ("better", True, len(NAMES))
    assert made.comparison is not None
    assert made.comparison.right == (0, len(NAMES)), "each was kept from the part that was asked about it"
    assert made.comparison.texts == len(FEW) + len(NAMES)
    assert made.old == TopicModel.load(packaged).id
    first = trained_path(path).read_bytes()
    again = train(db, path)
    assert (again.why, again.kept) == ("same", False)
    trained_path(path).unlink()
    assert train(db, path).new == made.new
    assert trained_path(path).read_bytes() == first


def test_a_model_that_is_not_better_is_not_kept_unless_asked(db: Database) -> None:
    nonsense(db)
    path = path_of(db)
    made = train(db, path, dry_run=True)
    assert made.comparison is not None
    assert not made.comparison.better
    assert (made.why, made.kept, trained_path(path).exists()) == ("dry-run", False, False)
    done = CliRunner().invoke(cli, ["--db", str(path), "--json", "train"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert (done.exit_code, told["state"], told["training"]["why"], told["training"]["kept"]) == (0, "ok", "worse", False)
    assert not trained_path(path).exists()
    comparison = told["training"]["comparison"]
    assert comparison["macro_f1"]["old"] > comparison["macro_f1"]["new"] or comparison["fallen"]
    assert train(db, path, force=True).why == "forced"
    assert TopicModel.load(trained_path(path)).id == made.new


def test_topics_that_nobody_judged_teach_nothing(db: Database) -> None:
    number = add(db, "Tin", "Một tin.", {"topic:youth": "0", "topic:awards": "1", "relevance": "1"})
    with db.atomic():
        db.execute(
            "insert into article_topics (article_id, topic_id, score, decided_by) values (?, 'review', 0.9, 'model')", [number]
        )
        db.execute(
            "insert into corrections (article_id, field, value, actor, at) values (?, 'topic:youth', '1', 'an', '2026-11')",
            [number],
        )
    (example,) = corrections(db)
    assert (example.topics, example.judged) == ({"youth", "awards"}, {"youth", "awards"})
    add(db, "Tin khác", "Chỉ có phạm vi liên quan được xem.", {"relevance": "0"})
    assert len(corrections(db)) == 1


def test_an_unjudged_topic_changes_no_model() -> None:
    half = replace(FEW[0], topics=frozenset(), judged=frozenset({"youth"}))
    texts = (*FEW[1:], half)
    first, second = fit(texts), fit((*FEW[1:], replace(half, topics=frozenset(set(TOPIC_IDS) - {"youth"}))))
    doc = FEW[0].document()
    assert first.probabilities(doc).tolist() == second.probabilities(doc).tolist()


def test_a_damaged_model_is_set_aside_and_named(db: Database) -> None:
    path = path_of(db)
    trained_path(path).parent.mkdir()
    trained_path(path).write_bytes(b"PK nonsense")
    done = CliRunner().invoke(cli, ["--db", str(path), "train"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "topics.npz: not a model file" in done.stderr
    assert not trained_path(path).exists()
    assert trained_path(path).with_name("topics.npz.damaged").read_bytes() == b"PK nonsense"


def test_wrong_use_is_told_in_one_line(db: Database) -> None:
    done = CliRunner().invoke(cli, ["--db", str(path_of(db)), "train", "--force", "--dry-run"])
    assert done.exit_code == 2
    assert "exclude each other" in done.stderr


def test_a_model_is_judged_on_texts_that_it_has_not_learnt_from(packaged: Path) -> None:
    old = TopicModel.load(packaged)
    same = compare(old, old, FEW)
    assert same.macro_f1 == (pytest.approx(old.about["figures"]["macro_f1"], abs=0.01),) * 2
    assert not same.better
    unseen = tuple(Example(f"n{n}", e.title, e.text, "vi", e.topics, None, None, f"n{n}") for n, e in enumerate(FEW[:60]))
    flattered = [old.thresholds[t] <= p for e in unseen for t, p in zip(TOPIC_IDS, old.probabilities(e.document()), strict=True)]
    truth = [t in (e.topics or ()) for e in unseen for t in TOPIC_IDS]
    right = sum(a == b for a, b in zip(flattered, truth, strict=True))
    judged = tuple(replace(e, judged=frozenset(TOPIC_IDS)) for e in unseen)
    assert compare(old, old, judged).right[0] < right, "what was learnt by heart must not count"
