"""The label files: complete, well formed, and refused with a reason when they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from classifier.analyzer import folded, words
from classifier.taxonomy import LABELS, TOPIC_IDS, TaxonomyError, load_taxonomy, taxonomy_digest
from classifier.text import nfc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(LABELS, tmp_path / "labels")


def test_the_sixteen_topics_in_the_order_of_the_contract() -> None:
    topics = load_taxonomy()
    assert tuple(topic.id for topic in topics) == TOPIC_IDS
    assert len(set(TOPIC_IDS)) == 16
    assert {topic.facet for topic in topics} == {"subject", "audience", "action"}


def test_every_topic_has_phrases_in_vietnamese_and_english() -> None:
    for topic in load_taxonomy():
        assert len(topic.seeds) >= 20, topic.id
        assert any(phrase.isascii() for phrase in topic.seeds), topic.id
        assert any(not phrase.isascii() for phrase in topic.seeds), topic.id


def test_every_phrase_is_nfc_and_has_a_word() -> None:
    for topic in load_taxonomy():
        for phrase in (*topic.seeds, *topic.decides, *topic.masks):
            assert phrase == nfc(phrase)
            assert words(phrase), f"{topic.id}: {phrase!r}"


def test_every_mask_holds_a_phrase_that_it_masks() -> None:
    """As written, or once both have lost their diacritics: `phóng viên` masks `viện` in `phong vien`."""
    topics = load_taxonomy()

    def holds(mask: list[str], phrase: list[str]) -> bool:
        return f" {' '.join(phrase)} " in f" {' '.join(mask)} "

    idle = [
        f"{topic.id}: {mask}"
        for topic in topics
        for mask in topic.masks
        if not any(
            holds(words(mask), words(p)) or holds(folded(words(mask)), folded(words(p))) for p in (*topic.seeds, *topic.decides)
        )
    ]
    assert idle == []


def test_the_digest_follows_the_phrases(folder: Path) -> None:
    before = taxonomy_digest(load_taxonomy(folder))
    assert before == taxonomy_digest(load_taxonomy())
    path = folder / "awards.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("- cúp\n", ""), encoding="utf-8")
    assert taxonomy_digest(load_taxonomy(folder)) != before


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("id: youth\nname_vi: x\nname_en: x\nfacet: audience\ndefinition: x\nseeds: [a]\n", "id"),
        ("id: awards\nname_vi: ''\nname_en: x\nfacet: action\ndefinition: x\nseeds: [a]\n", "name_vi"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: colour\ndefinition: x\nseeds: [a]\n", "facet"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: [a, a]\n", "seeds"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: [5]\n", "seeds"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: [a]\nseed: [b]\n", "seed"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: ['[a|b', c]\n", "seeds.*bracket"),
        ("id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: ['[a|b] c', b c]\n", "seeds.*twice: b c"),
        ("- a\n- b\n", "mapping"),
        ("id: [\n", "YAML"),
    ],
)
def test_a_malformed_file_is_named_with_its_field(folder: Path, text: str, field: str) -> None:
    (folder / "awards.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=rf"awards\.yaml.*{field}"):
        load_taxonomy(folder)


def test_alternatives_stand_for_every_phrase_that_they_make(folder: Path) -> None:
    path = folder / "awards.yaml"
    path.write_text(
        "id: awards\nname_vi: x\nname_en: x\nfacet: action\ndefinition: x\nseeds: ['[trao|nhận] giải[| thưởng]']\n", "utf-8"
    )
    awards = next(topic for topic in load_taxonomy(folder) if topic.id == "awards")
    assert awards.seeds == ("trao giải", "trao giải thưởng", "nhận giải", "nhận giải thưởng")


def test_a_missing_and_an_unknown_topic_are_named(folder: Path) -> None:
    (folder / "awards.yaml").rename(folder / "prizes.yaml")
    with pytest.raises(TaxonomyError, match=r"missing \['awards'\], unknown \['prizes'\]"):
        load_taxonomy(folder)
