"""Normal forms of Vietnamese text: folding keeps offsets, cleaning keeps words, tones find one place."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text import clean, fold, fold_tone, nfc, syllables


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Nghị quyết số 57-NQ/TW", "nghi quyet so 57-nq/tw"),
        ("ĐỔI MỚI SÁNG TẠO", "doi moi sang tao"),
        ("Ðổi mới", "doi moi"),
        ("ư ơ ă â ê ô", "u o a a e o"),
        ("５７－ＮＱ／ＴＷ", "57-nq/tw"),
        ("Постановление № 57", "постановление № 57"),
        ("İstanbul", "istanbul"),
        ("第57号决议", "第57号决议"),
        ("제57호 결의", "제57호 결의"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_fold_keeps_length_and_settles_at_once(s: str) -> None:
    composed = nfc(s)
    assert len(fold(composed)) == len(composed)
    assert fold(fold(composed)) == fold(composed)


@given(st.text(alphabet="aăâeêioôơuưyđAĐ bcdghklmnpqrstvx\u0300\u0301\u0303\u0309\u0323"))
def test_fold_forgets_how_the_text_was_composed(s: str) -> None:
    assert fold(nfc(unicodedata.normalize("NFD", s))) == fold(nfc(s))


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ("hoà", "hòa"),
        ("HOÀ BÌNH", "HÒA BÌNH"),
        ("Uỷ ban", "Ủy ban"),
        ("UỶ BAN", "ỦY BAN"),
        ("khoẻ", "khỏe"),
        ("loà xoà", "lòa xòa"),
        ("thuỷ lợi", "thủy lợi"),
        ("hoàn toàn", "hoàn toàn"),
        ("quý, quỹ, quỳ", "quý, quỹ, quỳ"),
        ("khoảng, thuyết, Nguyễn", "khoảng, thuyết, Nguyễn"),
        ("hòa", "hòa"),
    ],
)
def test_fold_tone(written: str, placed: str) -> None:
    assert fold_tone(written) == placed


@given(st.text())
def test_fold_tone_keeps_length(s: str) -> None:
    assert len(fold_tone(s)) == len(s)
    assert fold(fold_tone(nfc(s))) == fold(nfc(s))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x00b", "ab"),
        ("Nghị\u00a0quyết\u202f57", "Nghị quyết 57"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("Nghi\u0323 quyê\u0301t", "Nghị quyết"),
        ("\ufeff57\u200b-NQ/TW", "57-NQ/TW"),
        ("a\ud800b", "ab"),
        ("a\tb", "a\tb"),
        ("plain\r\nascii", "plain\nascii"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(alphabet=st.characters()))
def test_clean_settles_at_once_and_can_be_stored(s: str) -> None:
    once = clean(s)
    assert clean(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert "\x00" not in once


def test_syllables_are_as_written() -> None:
    assert syllables("Nghị quyết 57-NQ/TW: đột_phá!") == ["Nghị", "quyết", "57", "NQ", "TW", "đột", "phá"]
