"""Texts in, the story of each out: whatever happened to the title, the lead, the end or the diacritics of a reprint.

MinHash bands propose what a new text may be a copy of; the share of its shingles that the older text really holds
decides. Official wording that many stories quote is left out of that count, so a shared quotation joins nothing.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import rensa

from classifier.text import fold, nfc, syllables

Hashes = npt.NDArray[np.uint64]

# 128 permutations in 64 bands of two find a pair with a Jaccard similarity of .25 in 98 cases of 100, a whole text and
# its first 30 % among them; measured against wider bands, simhash and FTS phrases, which all miss the cut ones.
PERMUTATIONS = 128
BANDS = 64
SHINGLE = 3
"""Syllables a shingle."""
SKETCH = 256
"""A text keeps every shingle up to so many, then one in 2, 4, 8 ...: always those with the smallest hashes."""

COPY = 0.6
"""A text is a reprint when the older one holds this share of it."""
EDITED = (0.4, 16)
"""With a word changed here and there, what is shared lies in pieces: then this share is enough, and a piece is shorter than
so many syllables on average. A quotation is one long piece."""
SOURCE = (0.75, 0.25)
"""So much of an older text inside a newer one, and so much of the newer one: the older one was the cut copy."""
LEAST = 8
"""Fewer shared shingles in the sketch prove nothing; texts shorter than this are compared as wholes."""
OFTEN = 20
"""A shingle of more stories than this is official wording."""

_OFFICIAL = (
    "về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia",
    "Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị về đột phá phát triển",
    "Ban Chỉ đạo Trung ương về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số",
    "Chương trình Đẩy mạnh truyền thông thực hiện Nghị quyết số 57-NQ/TW của Bộ Chính trị về đột phá phát triển",
    "chuyển đổi số quốc gia đến năm 2030",
    "Quyết định số 1169/QĐ-TTg ngày 16/6/2025 của Thủ tướng Chính phủ",
    "Politburo's Resolution No. 57-NQ/TW on breakthroughs in science, technology, innovation and national digital transformation",
)
_SEED = 57
MAGIC = b"NQS2"
"""How a signature begins; one that begins otherwise was made by another version, and is made again from the text."""
_HEAD = struct.Struct("<4s8sBI")
_COUNTERS = 1 << 22
# A copy may carry letters of another alphabet that look alike, or marks that belong to no letter.
_ALIKE = str.maketrans("асеорхуікмтвн", "aceopxyikmtbh")
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class _Signature:
    """What is kept of a text: a digest of all its words, its MinHash, and a sketch of its shingles (1 of 2**level)."""

    exact: bytes
    level: int
    minhash: bytes
    sketch: Hashes


@dataclass(frozen=True, slots=True)
class _Known:
    """An indexed text: its story, and its sketch."""

    story: int
    level: int
    sketch: Hashes
    places: npt.NDArray[np.int64]
    """Where each shingle is counted."""


class StoryIndex:
    """The texts seen so far, grown one by one; the order in which they come decides which of a story is the first."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._exact: dict[bytes, int] = {}
        self._bands: dict[int, list[int]] = defaultdict(list)
        self._often = np.zeros(_COUNTERS, dtype=np.uint8)
        self._often[_places(_official())] = 255

    def signature(self, text: str) -> bytes:
        """What `add_signature` needs of a text, at most 2.6 kB: to be stored, so that the text need not be read again."""
        codes = _codes(text)
        hashes = _shingles(codes)
        level = max(0, (max(len(hashes), 1) - 1).bit_length() - SKETCH.bit_length() + 1)
        sketch = _sampled(hashes, level)
        exact = hashlib.blake2b(codes.tobytes(), digest_size=8).digest()
        minhash = np.asarray(_minhash(hashes), dtype="<u4").tobytes() if len(hashes) else b""
        return _HEAD.pack(MAGIC, exact, level, len(minhash)) + minhash + sketch.astype("<u8").tobytes()

    def add(self, key: int, text: str) -> int:
        """Take in a text; returns the key of the first text of its story, which is `key` for a new story."""
        return self.add_signature(key, self.signature(text))

    def add_signature(self, key: int, signature: bytes) -> int:
        """Take in a text by its signature; as `add`. ValueError for bytes that are no signature of this version."""
        new = _unpack(signature)
        if not len(new.sketch):
            return key
        if (story := self._exact.get(new.exact)) is not None:
            return story
        bands = _bands(new.minhash)
        places = _places(new.sketch)
        candidate = self._best(new, places, bands)
        story = key if candidate is None else candidate.story
        self._exact[new.exact] = story
        # A copy that holds no more than its source finds nothing that the source would not find.
        if candidate is None or _size(new) > 1.2 * _size(candidate):
            self._index(_Known(story, new.level, new.sketch, places), bands)
        if candidate is None:
            self._count(places)
        return story

    def _best(self, new: _Signature, places: npt.NDArray[np.int64], bands: Iterable[int]) -> _Known | None:
        """The text that holds the largest share of `new`, if it holds enough."""
        numbers = dict.fromkeys(n for band in bands for n in self._bands.get(band, ()))
        if not numbers:
            return None
        mine = new.sketch[self._often[places] <= OFTEN]
        best: tuple[float, int] | None = None
        for number in numbers:
            known = self._known[number]
            theirs = known.sketch[self._often[known.places] <= OFTEN]
            share = _copied(new.level, mine, known.level, theirs)
            if share is not None and (best is None or share > best[0]):
                best = share, number
        return self._known[best[1]] if best else None

    def _index(self, known: _Known, bands: Iterable[int]) -> None:
        for band in bands:
            self._bands[band].append(len(self._known))
        self._known.append(known)

    def _count(self, places: npt.NDArray[np.int64]) -> None:
        # One count a story, not a text: a dispatch that fifty newspapers print is not official wording.
        seen = self._often[places]
        self._often[places] = seen + (seen < 255)


def _copied(level: int, mine: Hashes, other_level: int, theirs: Hashes) -> float | None:
    """The larger share of one sketch in the other, where it makes one text a copy of the other; else None."""
    common = max(level, other_level)
    mine, theirs = _sampled(mine, common), _sampled(theirs, common)
    if len(mine) < LEAST or len(theirs) < LEAST:
        return None
    held = _held(mine, theirs)
    shared = int(held.sum())
    of_mine, of_theirs = shared / len(mine), shared / len(theirs)
    if shared < LEAST:
        return None
    whole = of_mine >= COPY or (of_theirs >= SOURCE[0] and of_mine >= SOURCE[1])
    if whole or (of_mine >= EDITED[0] and _piece(held, common) < EDITED[1]):
        return max(of_mine, of_theirs)
    return None


def _held(mine: Hashes, theirs: Hashes) -> npt.NDArray[np.bool_]:
    """Which of `mine` are among `theirs`; neither is empty."""
    ranked = np.sort(theirs)
    at = np.searchsorted(ranked, mine)
    at[at == len(ranked)] = 0
    found: npt.NDArray[np.bool_] = ranked[at] == mine
    return found


def _piece(held: npt.NDArray[np.bool_], level: int) -> float:
    """How many shingles a stretch of shared ones has on average; there is at least one shared shingle.

    A changed word takes SHINGLE of them away; where one in 2**level is kept, some of these gaps are not seen.
    """
    starts = int(held[0]) + int(np.count_nonzero(held[1:] > held[:-1]))
    seen = 1 - (1 - 2.0**-level) ** SHINGLE
    return float(np.count_nonzero(held) * (1 << level) * seen / starts)


def _sampled(hashes: Hashes, level: int) -> Hashes:
    return hashes[hashes < np.uint64((1 << 64) >> level)] if level else hashes


def _size(text: _Signature | _Known) -> int:
    return len(text.sketch) << text.level


def _codes(text: str) -> Hashes:
    """A number for each word of the text, the same whatever its case, marks, punctuation and look-alike letters."""
    words = nfc(text).split()
    codes = np.fromiter(map(_code, words), dtype=np.uint64, count=len(words))
    spoken: Hashes = codes[codes != 0]
    return spoken


@lru_cache(maxsize=1 << 18)
def _code(word: str) -> int:
    """0 for what holds no letter and no digit; the vocabulary of a language fits the cache."""
    letters = "".join(syllables(_MARKS.sub("", fold(word)).translate(_ALIKE)))
    return zlib.crc32(letters.encode()) or 1 if letters else 0


def _shingles(codes: Hashes) -> Hashes:
    """The distinct hashes of all runs of three words, in the order of the text; a text of one or two words has one."""
    if not len(codes):
        return codes
    if len(codes) < SHINGLE:
        codes = np.concatenate([codes, np.zeros(SHINGLE - len(codes), dtype=np.uint64)])
    joined = codes[:-2] * np.uint64(0x9E3779B97F4A7C15) + codes[1:-1] * np.uint64(0xC2B2AE3D27D4EB4F) + codes[2:]
    mixed = _mixed(joined)
    # dict.fromkeys keeps the order, which np.unique would have to find again
    return np.fromiter(dict.fromkeys(mixed.tolist()), dtype=np.uint64)


def _places(sketch: Hashes) -> npt.NDArray[np.int64]:
    return (sketch % np.uint64(_COUNTERS)).astype(np.int64)


def _mixed(values: Hashes) -> Hashes:
    """splitmix64's last step, so that all bits of a hash are equally good (Steele, Lea, Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _minhash(hashes: Hashes) -> list[int]:
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes, [0, len(hashes)], PERMUTATIONS, _SEED)
    row: list[int] = matrix.to_rows()[0]
    return row


def _bands(minhash: bytes) -> list[int]:
    """One number for each band of the MinHash and what it holds."""
    pairs = np.frombuffer(minhash, dtype="<u8")
    numbers: list[int] = _mixed(pairs + np.arange(len(pairs), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)).tolist()
    return numbers


def _unpack(signature: bytes) -> _Signature:
    try:
        magic, exact, level, length = _HEAD.unpack_from(signature)
    except struct.error as error:
        raise ValueError("no signature of a story") from error
    body = signature[_HEAD.size :]
    if magic != MAGIC or level > 63 or length not in {0, PERMUTATIONS * 4} or len(body) < length or (len(body) - length) % 8:
        raise ValueError("no signature of a story")
    return _Signature(exact, level, body[:length], np.frombuffer(body[length:], dtype="<u8"))


def _official() -> Hashes:
    return np.unique(np.concatenate([_shingles(_codes(text)) for text in _OFFICIAL]))
