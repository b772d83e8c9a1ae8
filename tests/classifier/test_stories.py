"""Stories: a reprint is found whatever was done to it, and a text that merely quotes is not one."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reprints import grouped, joined_by_quotation, scores, sheets
from classifier import stories
from classifier.postings import Postings
from classifier.stories import StoryIndex
from classifier.text import fold

_ONSETS = ("b", "c", "ch", "d", "đ", "g", "h", "k", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "s", "t", "th", "tr", "v", "x")
_RHYMES = (
    "a",
    "ai",
    "an",
    "ao",
    "át",
    "âm",
    "ân",
    "ây",
    "ăn",
    "e",
    "ên",
    "êu",
    "ích",
    "iên",
    "iết",
    "o",
    "oan",
    "ông",
    "ơi",
    "uất",
)
_SYLLABLES = [o + r for o in _ONSETS for r in _RHYMES]
QUOTATION = " ".join(random.Random(57).choices(_SYLLABLES, k=80))


def prose(seed: int, words: int = 400) -> str:
    """A text of its own, as unlike the others as news of different days are."""
    rng = random.Random(seed)
    return " ".join(rng.choices(_SYLLABLES, k=words))


def cut(share: float) -> Callable[[str], str]:
    return lambda text: " ".join(text.split()[: int(len(text.split()) * share)])


def edited(share: float) -> Callable[[str], str]:
    def edit(text: str) -> str:
        rng = random.Random(9)
        return " ".join(rng.choice(_SYLLABLES) if rng.random() < share else word for word in text.split())

    return edit


def new_lead(text: str) -> str:
    return prose(4242, 40) + "\n" + " ".join(text.split()[25:])


def shuffled(text: str) -> str:
    words = text.split()
    parts = [words[i : i + 50] for i in range(0, len(words), 50)]
    random.Random(3).shuffle(parts)
    return "\n\n".join(" ".join(part) for part in parts)


TAMPERINGS = {
    "a new lead": new_lead,
    "the end cut to 60 %": cut(0.6),
    "the end cut to 30 %": cut(0.3),
    "a new lead and the end cut": lambda text: cut(0.4)(new_lead(text)),
    "5 % of the words changed": edited(0.05),
    "15 % of the words changed": edited(0.15),
    "paragraphs in another order": shuffled,
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "no diacritics": fold,
    "capitals": str.upper,
    "marks that belong to no letter": lambda text: text.replace("a", "a\u0338").replace("n", "n\u200b"),
    "letters of another alphabet": lambda text: text.replace("a", "а").replace("o", "о").replace("c", "с"),
    "a byline and a source line": lambda text: f"(TTXVN) - {text} Theo Báo Sóng Việt. Nguồn: https://vi.du/1.html",
}


@pytest.fixture
def index() -> StoryIndex:
    filled = StoryIndex()
    for seed in range(60):
        assert filled.add(seed, prose(seed)) == seed
    return filled


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_reprints_are_found(index: StoryIndex, tamper: Callable[[str], str]) -> None:
    assert [index.add(1000 + seed, tamper(prose(seed))) for seed in range(60)] == list(range(60))


def test_the_whole_text_joins_its_cut_copy_that_came_first() -> None:
    index = StoryIndex()
    assert index.add(1, cut(0.5)(prose(7))) == 1
    assert index.add(2, prose(7)) == 1
    # ... and what only the whole text holds is known from then on.
    assert index.add(3, " ".join(prose(7).split()[200:])) == 1


def test_a_copy_of_a_copy_belongs_to_the_first(index: StoryIndex) -> None:
    assert index.add(1000, new_lead(prose(5))) == 5
    assert index.add(1001, edited(0.1)(new_lead(prose(5)))) == 5


def test_a_text_that_quotes_another_is_its_own_story(index: StoryIndex) -> None:
    quoted = " ".join(prose(11).split()[50:130])
    assert index.add(1000, f"{prose(500, 150)} {quoted} {prose(501, 150)}") == 1000


def test_texts_that_quote_the_same_speech_stay_apart() -> None:
    speech = prose(12, 300).split()
    pieces = [" ".join(speech[i : i + 40]) for i in range(0, 300, 60)]
    index = StoryIndex()
    for key in range(4):
        own = [prose(700 + 10 * key + n, 45) for n in range(6)]
        text = " ".join(part for pair in zip(own, [*pieces, ""], strict=True) for part in pair)
        assert index.add(key, text) == key


def test_a_brief_that_is_quoted_whole_does_not_swallow_the_article_around_it() -> None:
    index = StoryIndex()
    index.add(1, prose(1, 60))
    assert index.add(2, f"{prose(2, 300)} {prose(1, 60)} {prose(3, 100)}") == 2


def test_official_wording_joins_nothing_once_many_stories_quote_it() -> None:
    index = StoryIndex()
    texts = [f"{prose(n, 90)} {QUOTATION}" for n in range(120)]
    stories = [index.add(n, text) for n, text in enumerate(texts)]
    assert stories[40:] == list(range(40, 120))
    # It says nothing, but what stands beside it still does.
    assert index.add(1000, cut(0.6)(texts[100])) == 100


def test_the_title_of_the_resolution_joins_nothing() -> None:
    title = (
        "Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo "
        "và chuyển đổi số quốc gia"
    )
    index = StoryIndex()
    assert [index.add(n, f"{prose(n, 25)} {title}") for n in range(20)] == list(range(20))


def test_a_dispatch_that_everybody_prints_stays_one_story() -> None:
    index = StoryIndex()
    assert {index.add(n, f"{prose(9)} {prose(1000 + n, 12)}") for n in range(80)} == {0}


@pytest.mark.parametrize("text", ["", " \n", "…!?", "57", "Nghị quyết 57"])
def test_hardly_any_text(text: str) -> None:
    index = StoryIndex()
    assert index.add(1, text) == 1
    assert index.add(2, text) in {1, 2}
    assert index.add(3, "Nghị quyết 68") == 3


def test_short_texts_join_only_when_they_are_equal() -> None:
    index = StoryIndex()
    index.add(1, "Lào Cai ban hành kế hoạch")
    assert index.add(2, "LÀO CAI BAN HÀNH KẾ HOẠCH.") == 1
    assert index.add(3, "Lào Cai ban hành quyết định") == 3


def test_long_and_short_texts_are_compared(index: StoryIndex) -> None:
    long = prose(77, 6000)
    assert index.add(1000, long) == 1000
    assert index.add(1001, cut(0.3)(long)) == 1000
    assert index.add(1002, " ".join(long.split()[3000:])) == 1000


def test_wording_does_not_pass_for_official_because_there_are_many_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "_COUNTERS", 1 << 11)  # 200 stories fill them 25 times, as five million fill the real ones
    index = StoryIndex()
    assert [index.add(seed, prose(seed)) for seed in range(200)] == list(range(200))
    assert [index.add(1000 + seed, cut(0.6)(prose(seed))) for seed in range(200)] == list(range(200))


def test_many_owners_of_many_hashes_are_found_again() -> None:
    chance = np.random.default_rng(57)
    owned = chance.integers(1 << 63, size=(3_000, 20), dtype=np.uint64)
    owned[1::2, :4] = owned[0::2, :4]  # neighbours share four
    postings = Postings()
    for owner, hashes in enumerate(owned):
        postings.add(owner, hashes)
    for owner in range(0, 3_000, 71):
        found = Counter(postings.owners(owned[owner]).tolist())
        assert found[owner] >= 19 and found[owner ^ 1] >= 3 and sum(found.values()) <= 26
    assert not len(postings.owners(chance.integers(1 << 40, size=5, dtype=np.uint64) << np.uint64(1)))


def test_an_index_grows_from_stored_signatures() -> None:
    texts = [prose(n) for n in range(10)] + [new_lead(prose(n)) for n in range(10)]
    one, two = StoryIndex(), StoryIndex()
    direct = [one.add(n, text) for n, text in enumerate(texts)]
    stored = [StoryIndex().signature(text) for text in texts]
    assert [two.add_signature(n, signature) for n, signature in enumerate(stored)] == direct
    assert max(map(len, stored)) < 2100


@pytest.mark.parametrize("bad", [b"", b"x", b"NQS2", b"\x00" * 600, b"NQS2" + b"\xff" * 40])
def test_foreign_bytes_are_no_signature(bad: bytes) -> None:
    with pytest.raises(ValueError, match="no signature"):
        StoryIndex().add_signature(1, bad)


@given(st.lists(st.text(max_size=200), max_size=6))
@settings(deadline=None, max_examples=60)
def test_any_texts_get_a_story_among_the_keys_so_far(texts: list[str]) -> None:
    index = StoryIndex()
    for key, text in enumerate(texts):
        assert 0 <= index.add(key, text) <= key


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=60)
def test_a_text_has_one_signature(text: str) -> None:
    assert StoryIndex().signature(text) == StoryIndex().signature(unicodedata.normalize("NFD", text))


@pytest.mark.slow
def test_reprints_of_newspaper_prose_are_found_and_nothing_else_is_joined() -> None:
    made = sheets(originals=420, reprinted=60, quoting=150, seed=2026)
    stories = grouped(made)
    recall, precision = scores(made, stories)
    assert recall >= 0.99 and precision >= 0.997
    assert joined_by_quotation(made, stories, 150) == 0
