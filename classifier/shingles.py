"""A text in, the hashes of its word runs out, and the few of them that stand for it: its signature."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.text import fold, nfc, syllables

Hashes = npt.NDArray[np.uint64]

SHINGLE = 3
"""Syllables a shingle."""
SKETCH = 256
"""A text keeps every shingle up to so many, then one in 2, 4, 8 ...: always those with the smallest hashes."""
MAGIC = b"NQS3"
"""How a signature begins; one that begins otherwise was made by another version, and is made again from the text."""
_HEAD = struct.Struct("<4s8sB")
_REMEMBERED = 1 << 18
# A copy may carry letters of another alphabet that look alike, or marks that belong to no letter.
_ALIKE = str.maketrans("асеорхуікмтвн", "aceopxyikmtbh")
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text: a digest of all its words, and a sketch of its shingles (1 of 2**level, in their order)."""

    exact: bytes
    level: int
    sketch: Hashes


def sign(text: str) -> bytes:
    """The text's signature, at most 2.1 kB: to be stored, so that the text need not be read again."""
    codes = _codes(text)
    hashes = shingles(codes)
    level = max(0, (max(len(hashes), 1) - 1).bit_length() - SKETCH.bit_length() + 1)
    exact = hashlib.blake2b(codes.tobytes(), digest_size=8).digest()
    return _HEAD.pack(MAGIC, exact, level) + sampled(hashes, level).astype("<u8").tobytes()


def read_signature(signature: bytes) -> Signature:
    """What `sign` gave; ValueError for bytes that are no signature of this version."""
    try:
        magic, exact, level = _HEAD.unpack_from(signature)
    except struct.error as error:
        raise ValueError("no signature of a story") from error
    if magic != MAGIC or level > 63 or (len(signature) - _HEAD.size) % 8:
        raise ValueError("no signature of a story")
    return Signature(exact, level, np.frombuffer(signature, dtype="<u8", offset=_HEAD.size))


def sampled(hashes: Hashes, level: int) -> Hashes:
    """One in 2**level of the hashes, the same of every text."""
    return hashes[hashes < np.uint64((1 << 64) >> level)] if level else hashes


def shingles_of(texts: tuple[str, ...]) -> Hashes:
    """The distinct shingles of some texts."""
    return np.unique(np.concatenate([shingles(_codes(text)) for text in texts]))


def shingles(codes: Hashes) -> Hashes:
    """The distinct hashes of all runs of three words, in the order of the text; a text of one or two words has one."""
    if not len(codes):
        return codes
    if len(codes) < SHINGLE:
        codes = np.concatenate([codes, np.zeros(SHINGLE - len(codes), dtype=np.uint64)])
    joined = codes[:-2] * np.uint64(0x9E3779B97F4A7C15) + codes[1:-1] * np.uint64(0xC2B2AE3D27D4EB4F) + codes[2:]
    mixed = _mixed(joined)
    ranked = np.sort(mixed)
    if (ranked[1:] != ranked[:-1]).all():
        return mixed
    _, first = np.unique(mixed, return_index=True)
    distinct: Hashes = mixed[np.sort(first)]
    return distinct


def _codes(text: str) -> Hashes:
    """A number for each word of the text, the same whatever its case, marks, punctuation and look-alike letters."""
    # By way of a list and an array: np.fromiter takes half as long again.
    codes = np.frombuffer(array("Q", list(map(_WORDS.__getitem__, nfc(text).split()))), dtype=np.uint64)
    spoken: Hashes = codes[codes != 0]
    return spoken


class _Words(dict[str, int]):
    """The number of each word met so far; 0 for what holds no letter and no digit. The vocabulary of a language fits."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        letters = "".join(syllables(_MARKS.sub("", fold(word)).translate(_ALIKE)))
        self[word] = code = zlib.crc32(letters.encode()) or 1 if letters else 0
        return code


_WORDS = _Words()


def _mixed(values: Hashes) -> Hashes:
    """splitmix64's last step, so that all bits of a hash are equally good (Steele, Lea, Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
