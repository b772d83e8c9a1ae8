"""Vietnamese text in its normal forms: any string in, NFC, folded, tone-placed or split text out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SYLLABLE = re.compile(r"[^\W_]+")
_PLAIN_ASCII = re.compile(r"[\x09\x0a\x0d\x20-\x7e]*\Z")
_EXOTIC_SPACE = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x0b\x0c\x1c\x1d\x1e\x1f"
)
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINE_BREAK = "\x85\u2028\u2029"

_VOWELS = "aàáảãạ eèéẻẽẹ oòóỏõọ uùúủũụ yỳýỷỹỵ"
_TONED = {row[0]: row for row in _VOWELS.split()}
_TONE_PAIRS = (("o", "a"), ("o", "e"), ("u", "y"))


def nfc(s: str) -> str:
    """The NFC form; cheap where `s` is NFC already."""
    return s if s.isascii() or unicodedata.is_normalized("NFC", s) else unicodedata.normalize("NFC", s)


def fold(s: str) -> str:
    """Lower case without diacritics, đ and Ð as d: as long as `s`, so that offsets carry over.

    One character in, one out: combining marks that NFC could not compose stay where they are, and a
    character whose lower case is longer than itself (İ) gives its base letter alone.
    """
    return s.lower() if s.isascii() else s.translate(_FOLDS)


def fold_tone(s: str) -> str:
    """The tone mark of oa, oe and uy on the first vowel where both ways are in use: hoà→hòa, uỷ→ủy; length-preserving.

    Only open syllables differ (hoàn and quỳ keep theirs); case is kept; `s` is NFC.
    """
    return s if s.isascii() else _MODERN_TONE.sub(_old_tone, s)


def latin(s: str) -> str:
    """Cyrillic letters inside Latin words as the Latin ones that they look like (NQ/ТW → NQ/TW); length-preserving."""
    return s if not _CYRILLIC.search(s) else _FOREIGN_LETTERS.sub(lambda match: match[0].translate(_LATIN), s)


def clean(s: str) -> str:
    """NFC without control characters, surrogates and invisible marks; spaces are plain ones, line ends newlines."""
    if _PLAIN_ASCII.match(s):
        return s.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(s.replace("\r\n", "\n").translate(_CLEANED))


def syllables(s: str) -> list[str]:
    """The runs of letters and digits of `s`, in order, as they are written."""
    return _SYLLABLE.findall(s)


_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ALIKE = "АВЕКМНОРСТУХІаеокмнорстухі"
_LATIN = str.maketrans(_ALIKE, "ABEKMHOPCTYXIaeokmhopctyxi")
_LATIN_LETTER = "[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"
_FOREIGN_LETTERS = re.compile(f"(?<={_LATIN_LETTER})[{_ALIKE}]{{1,20}}|[{_ALIKE}]{{1,20}}(?={_LATIN_LETTER})")


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    if character in "đĐÐƉɖ":
        return "d"
    if "\uff01" <= character <= "\uff5e":  # the full-width Latin of Chinese and Japanese pages
        character = chr(ord(character) - 0xFEE0)
    parts = unicodedata.normalize("NFD", character)
    # A Hangul syllable falls apart into letters, not into a letter and its marks: it stays whole.
    base = parts[0] if all(map(unicodedata.combining, parts[1:])) else character
    lower = base.lower()
    return lower if len(lower) == 1 else lower[0]


class _FoldTable(dict[int, str]):
    """A translation table that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < 65_536:
            self[code] = folded
        return folded


def _toned_pairs() -> Iterable[tuple[str, str]]:
    for first, second in _TONE_PAIRS:
        for tone in range(1, 6):
            new = first + _TONED[second][tone]
            old = _TONED[first][tone] + second
            yield new, old
            yield new.upper(), old.upper()
            yield new.capitalize(), old.capitalize()


_FOLDS = _FoldTable()
_CLEANED: dict[int, str | None] = {
    **dict.fromkeys(range(0x20)),
    **dict.fromkeys(range(0x7F, 0xA0)),
    **dict.fromkeys(range(0xD800, 0xE000)),
    **dict.fromkeys(map(ord, _INVISIBLE)),
    **dict.fromkeys(map(ord, _EXOTIC_SPACE), " "),
    **dict.fromkeys(map(ord, _LINE_BREAK), "\n"),
    0x09: "\t",
    0x0A: "\n",
    0x0D: "\n",
}
_OLD_TONES = dict(_toned_pairs())
# After q the u belongs to the consonant (quý), and a letter that follows closes the syllable (hoàn): both have one spelling only.
_MODERN_TONE = re.compile(rf"(?<![qQ])(?:{'|'.join(_OLD_TONES)})(?![^\W\d_])")


def _old_tone(match: re.Match[str]) -> str:
    return _OLD_TONES[match[0]]
