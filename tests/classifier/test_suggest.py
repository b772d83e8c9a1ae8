"""The join of relevance, topics and agencies, and which model is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.agencies import Gazetteer
from classifier.corpus import training_examples
from classifier.suggest import PACKAGED_MODEL, Suggester, default_model_path
from classifier.topics import TopicModel
from classifier.train import fit
from classifier.types import AgencyName, Document

NAMES = (AgencyName("bo-khcn", "Bộ Khoa học và Công nghệ", "ministry"), AgencyName("lao-cai", "Lào Cai", "province", short=True))


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit(training_examples())


def test_a_suggestion_holds_all_three_and_the_model(model: TopicModel) -> None:
    suggestion = Suggester(model, Gazetteer(NAMES)).suggest(
        Document(
            "Bộ Khoa học và Công nghệ trao giải báo chí về Nghị quyết 57-NQ/TW",
            "Lễ trao giải có sự tham gia của tỉnh Lào Cai. Ban giám khảo trao ba giải nhất cho các nhà báo.",
        )
    )
    assert suggestion.relevance.level == 2
    assert {topic.id for topic in suggestion.topics} >= {"awards", "mass-communication"}
    assert {agency.id for agency in suggestion.agencies} == {"bo-khcn", "lao-cai"}
    assert suggestion.model == model.id


def test_topics_are_given_whatever_the_relevance(model: TopicModel) -> None:
    suggestion = Suggester(model, Gazetteer(NAMES)).suggest(
        Document("Trao giải cuộc thi ảnh", "Giải nhất thuộc về một tay máy trẻ; ban giám khảo tặng thêm bằng khen.")
    )
    assert suggestion.relevance.level == 0
    assert "awards" in {topic.id for topic in suggestion.topics}


def test_a_model_that_a_person_trained_wins(tmp_path: Path) -> None:
    trained = tmp_path / "topics.npz"
    assert default_model_path(trained) == PACKAGED_MODEL
    trained.touch()
    assert default_model_path(trained) == trained
    assert default_model_path() == PACKAGED_MODEL
