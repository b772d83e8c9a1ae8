"""The topic model: what it answers, that its file is safe, and that training is repeatable."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.analyzer import normal, terms, words
from classifier.corpus import Example, training_examples
from classifier.lexicon import Lexicon
from classifier.model_file import LIMIT, MANIFEST_LIMIT, ModelError, read_model, write_model
from classifier.taxonomy import TOPIC_IDS, load_taxonomy
from classifier.text import fold
from classifier.topics import DECIDED, TopicModel
from classifier.train import fit, train_shipped
from classifier.types import Document

FULL_TITLE = "Nghị quyết về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia"
SUBJECTS = {"science-technology", "innovation", "digital-transformation"}


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit(training_examples())


@pytest.fixture(scope="module")
def saved(model: TopicModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "topics.npz"
    model.save(path)
    return path


def given_topics(model: TopicModel, title: str, text: str) -> set[str]:
    return {topic.id for topic in model.suggest(Document(title, text))}


def test_the_full_title_gives_the_three_subjects(model: TopicModel) -> None:
    scores = {topic.id: topic.score for topic in model.suggest(Document("", f"Hôm qua trời mưa. {FULL_TITLE}."))}
    assert scores.keys() >= SUBJECTS
    assert all(scores[topic] >= DECIDED for topic in SUBJECTS)


@pytest.mark.parametrize("spell", [str.upper, fold, str.lower])
def test_the_full_title_counts_in_any_spelling(model: TopicModel, spell: object) -> None:
    assert callable(spell)
    assert given_topics(model, spell(FULL_TITLE), "") >= SUBJECTS


def test_the_end_of_a_long_text_counts(model: TopicModel) -> None:
    filler = "Trời nhiều mây, gió nhẹ, biển êm. " * 400
    assert "science-technology" in given_topics(model, "Dự báo thời tiết", filler + FULL_TITLE)


def test_a_ministry_s_name_is_not_its_subject(model: TopicModel) -> None:
    evidence = Lexicon(load_taxonomy()).read([], words("Bộ Khoa học và Công nghệ chúc tết."))
    assert evidence.hits[TOPIC_IDS.index("science-technology")] == 0
    assert Lexicon(load_taxonomy()).read([], words("Phát triển khoa học và công nghệ.")).hits[0] == 1


def test_ai_the_pronoun_is_no_artificial_intelligence() -> None:
    lexicon, science = Lexicon(load_taxonomy()), TOPIC_IDS.index("science-technology")
    assert lexicon.read([], words("Hỏi ai, ai cũng lắc đầu.")).hits[science] == 0
    assert lexicon.read([], words("Ai cũng nói đến AI.")).hits[science] == 1


def test_the_resolution_s_title_decides_behind_a_phrase_that_runs_into_it() -> None:
    text = "Các nhiệm vụ khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số đã được giao."
    decided = Lexicon(load_taxonomy()).read([], words(text)).decided
    assert [topic for topic, is_decided in zip(TOPIC_IDS, decided, strict=True) if is_decided] == [
        "science-technology",
        "innovation",
        "digital-transformation",
    ]


def test_weather_has_no_topic(model: TopicModel) -> None:
    assert given_topics(model, "Không khí lạnh tràn về", "Nhiệt độ thấp nhất 14 độ, vùng núi có nơi dưới 10 độ.") == set()


def test_scores_are_probabilities_above_their_thresholds_in_order(model: TopicModel) -> None:
    for example in training_examples()[:40]:
        scores = [topic.score for topic in model.suggest(example.document())]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)
    assert set(model.thresholds) == set(TOPIC_IDS)
    assert all(0.1 < threshold < 0.9 for threshold in model.thresholds.values())


def test_each_topic_has_its_own_threshold_pulled_to_the_common_one(model: TopicModel) -> None:
    common = model.about["figures"]["common_threshold"]
    assert len(set(model.thresholds.values())) > 4
    assert all(abs(threshold - common) <= 0.36 for threshold in model.thresholds.values())


def test_two_trainings_give_the_same_bytes(model: TopicModel, saved: Path, tmp_path: Path) -> None:
    again = fit(list(reversed(training_examples())))
    again.save(tmp_path / "again.npz")
    assert again.id == model.id
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def test_a_saved_model_answers_the_same(model: TopicModel, saved: Path) -> None:
    loaded = TopicModel.load(saved)
    assert loaded.id == model.id
    assert loaded.about == model.about
    for example in training_examples()[::7]:
        assert loaded.suggest(example.document()) == model.suggest(example.document())


def test_the_scorer_agrees_with_scikit_learn(model: TopicModel) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    written = [words(f"{example.title}\n{example.text}") for example in training_examples()]
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(terms(text)), sublinear_tf=True, min_df=2, max_features=60_000)
    matrix = vectorizer.fit_transform(written)
    weights = model._weights
    assert list(vectorizer.get_feature_names_out()) == list(weights.terms)
    expected = matrix @ weights.coef + np.array(weights.bias)
    actual = np.array([model._margins(model._coding.codes(text)) for text in written])
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_training_and_tagging_read_the_same_phrases(model: TopicModel) -> None:
    lexicon = Lexicon(load_taxonomy())
    for example in training_examples()[::5]:
        for text in (example.text, fold(example.text), example.text.upper(), f"{example.text} xyzzy ẵẵẵ AI ai"):
            title, body = words(example.title), words(text)
            trained, (tagged, _) = lexicon.read(title, body), model._read(title, body)
            assert trained.hits.tolist() == tagged.hits.tolist()
            assert trained.title_hits.tolist() == tagged.title_hits.tolist()
            assert trained.decided.tolist() == tagged.decided.tolist()


def test_tagging_needs_no_scikit_learn(saved: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from classifier.topics import TopicModel; from classifier.types import Document;"
        f"TopicModel.load(Path({str(saved)!r})).suggest(Document('a', 'b'));"
        "print(any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules))"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert result.stdout.strip() == "False"


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=80), text=st.text(max_size=400))
def test_any_text_gets_an_answer(model: TopicModel, title: str, text: str) -> None:
    assert {topic.id for topic in model.suggest(Document(title, text))} <= set(TOPIC_IDS)


def test_every_topic_needs_both_sides() -> None:
    one = Example("a", "t", "x", "vi", frozenset({"youth"}), 0, frozenset(), "a")
    with pytest.raises(ValueError, match="for and against"):
        fit([one])
    with pytest.raises(ValueError, match="no example"):
        fit([])


def test_the_shipped_model_is_trained_once(tmp_path: Path) -> None:
    path = tmp_path / "model" / "topics.npz"
    assert train_shipped(path)
    before = path.stat().st_mtime_ns
    assert not train_shipped(path)
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"damaged")
    assert train_shipped(path)
    assert TopicModel.load(path).about["examples"] == len(training_examples())


def rewritten(source: Path, target: Path, changes: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in (members | changes).items():
            archive.writestr(name, data)
    return target


def npy(array: object, *, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array), allow_pickle=allow_pickle)
    return buffer.getvalue()


class Bomb:
    """Unpickling it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.path,))


def test_a_pickle_in_the_file_is_refused_and_never_run(saved: Path, tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    data = npy(np.array([Bomb(trace)], dtype=object), allow_pickle=True)
    with pytest.raises(ModelError, match="idf"):
        TopicModel.load(rewritten(saved, tmp_path / "bad.npz", {"idf.npy": data}))
    (tmp_path / "plain.npz").write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(ModelError, match="not a model file"):
        TopicModel.load(tmp_path / "plain.npz")
    assert not trace.exists()


def test_a_changed_number_is_noticed(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        coef = np.load(io.BytesIO(archive.read("coef.npy")))
    coef[0, 0] += 1
    with pytest.raises(ModelError, match="digest"):
        TopicModel.load(rewritten(saved, tmp_path / "bad.npz", {"coef.npy": npy(coef)}))


def test_a_header_that_promises_too_much_is_refused_before_memory_is_taken(saved: Path, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (10**12,)})
    with pytest.raises(ModelError, match="idf: unexpected"):
        TopicModel.load(rewritten(saved, tmp_path / "bad.npz", {"idf.npy": buffer.getvalue()}))


def test_compressed_oversized_truncated_and_foreign_files_are_refused(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="compressed"):
        TopicModel.load(rewritten(saved, tmp_path / "zip.npz", {}, zipfile.ZIP_DEFLATED))
    with (tmp_path / "huge.npz").open("wb") as huge:
        huge.truncate(LIMIT + 1)
    with pytest.raises(ModelError, match="larger"):
        TopicModel.load(tmp_path / "huge.npz")
    (tmp_path / "cut.npz").write_bytes(saved.read_bytes()[:-2000])
    with pytest.raises(ModelError, match="not a model file"):
        TopicModel.load(tmp_path / "cut.npz")
    np.savez(tmp_path / "foreign.npz", weights=np.zeros(3))
    with pytest.raises(ModelError, match="not one of our"):
        TopicModel.load(tmp_path / "foreign.npz")
    with pytest.raises(ModelError, match=r"none\.npz"):
        TopicModel.load(tmp_path / "none.npz")


def _with_large_biases(manifest: dict[str, Any]) -> None:
    manifest["bias"] = [1e300] * len(manifest["bias"])


def _with_an_endless_number(manifest: dict[str, Any]) -> None:
    manifest["calibrations"][0]["margin"] = 10**400


def _with_a_threshold_below_zero(manifest: dict[str, Any]) -> None:
    manifest["calibrations"][0]["threshold"] = -1.0


def _without_a_digest(manifest: dict[str, Any]) -> None:
    manifest["about"] = {}


def _with_a_number_for_a_digest(manifest: dict[str, Any]) -> None:
    manifest["about"]["training_digest"] = 57


def _with_a_flood_of_phrases(manifest: dict[str, Any]) -> None:
    manifest["topics"][0]["seeds"] = [f"w{number} x{number}" for number in range(100_000)]


def _with_a_phrase_without_end(manifest: dict[str, Any]) -> None:
    manifest["topics"][0]["seeds"] = ["kế hoạch " * 10_000]


def _with_numbers_for_phrases(manifest: dict[str, Any]) -> None:
    manifest["topics"][0]["masks"] = [1, 2]


def _with_too_much_said(manifest: dict[str, Any]) -> None:
    manifest["about"]["note"] = "x" * (MANIFEST_LIMIT + 1)


@pytest.mark.parametrize(
    "crafted",
    [
        _with_large_biases,
        _with_an_endless_number,
        _with_a_threshold_below_zero,
        _without_a_digest,
        _with_a_number_for_a_digest,
        _with_a_flood_of_phrases,
        _with_a_phrase_without_end,
        _with_numbers_for_phrases,
        _with_too_much_said,
    ],
)
def test_a_manifest_crafted_to_fail_flood_or_mislead_is_refused(
    saved: Path, tmp_path: Path, crafted: Callable[[dict[str, Any]], None]
) -> None:
    """Each has a digest that matches: whoever can write the file can write that too."""
    manifest, arrays = read_model(saved)
    crafted(manifest)
    write_model(tmp_path / "bad.npz", manifest, arrays)
    with pytest.raises(ModelError, match=r"bad\.npz"):
        TopicModel.load(tmp_path / "bad.npz")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_gives_anything_but_a_model_error(model: TopicModel, saved: Path, data: st.DataObject) -> None:
    content = bytearray(saved.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = saved.with_name("damaged.npz")
    path.write_bytes(bytes(content))
    try:
        loaded = TopicModel.load(path)
    except ModelError:
        return
    # Bytes that carry nothing (a zip's dates) may differ; what the model says may not.
    assert loaded.about == model.about


def test_the_manifest_carries_what_the_reader_of_a_tag_asks_for(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        manifest = json.loads(np.load(io.BytesIO(archive.read("manifest.npy"))).tobytes())
    about = manifest["about"]
    assert len(about["training_digest"]) == 64
    assert set(about["figures"]["topics"]) == set(TOPIC_IDS)
    assert {"python", "numpy", "scikit-learn"} <= about["versions"].keys()


def test_a_syllable_that_lost_its_marks_is_no_phrase() -> None:
    lexicon = Lexicon(load_taxonomy())
    budget = TOPIC_IDS.index("budget")
    assert lexicon.read(words("Quỹ mới"), words("Quỹ có vốn.")).hits[budget] > 0
    assert lexicon.read(words("Quy hoach moi"), words("Phuong an quy hoach da xong.")).hits[budget] == 0


def test_russian_is_read_alike_with_and_without_its_dots() -> None:
    assert words("Учёные подвёл") == words("Ученые подвел")


def test_chinese_is_read_by_its_characters() -> None:
    assert words("第57号决议 và AI") == ["第", "#", "号", "决", "议", "và", "AI"]


@given(text=st.text(max_size=200))
def test_a_word_is_its_own_normal_form(text: str) -> None:
    written = words(text)
    assert all(word == "#" or normal(word) == word for word in written)


def test_an_explanation_adds_up_to_the_margin(model: TopicModel) -> None:
    for example in training_examples()[::9]:
        doc = example.document()
        scores = model.probabilities(doc)
        for number, topic in enumerate(TOPIC_IDS):
            margin = model.margin(doc, topic)
            explained = model.explain(doc, topic)
            assert sum(weight for _, weight in explained) + model.bias(topic) == pytest.approx(margin, abs=1e-6)
            probability = 1 / (1 + np.exp(-margin))
            assert scores[number] in (pytest.approx(probability), pytest.approx(max(probability, DECIDED)))


def test_an_explanation_names_phrases_and_words_the_strongest_first(model: TopicModel) -> None:
    doc = Document("Lễ trao giải báo chí", "Ban giám khảo trao bằng khen cho ba phóng viên.")
    explained = model.explain(doc, "awards")
    assert [abs(weight) for _, weight in explained] == sorted((abs(weight) for _, weight in explained), reverse=True)
    names = {name for name, weight in explained if weight > 0}
    assert {"“trao bằng khen”", "“lễ trao giải”"} <= names
    assert model.explain(Document("", ""), "awards") == ()
