"""Texts in, the story of each out: whatever happened to the title, the lead, the end or the diacritics of a reprint.

The shingles that few other stories have propose what a new text may be a copy of; the share of its shingles that the older
text really holds decides. Official wording that many stories quote is left out of that count, so a shared quotation joins
nothing, and a text is held against a few others however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.postings import Postings
from classifier.shingles import SHINGLE, Hashes, Signature, read_signature, sampled, shingles_of, sign

Counters = npt.NDArray[np.uint8]

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
POSTED = 32
"""So many of a text's smallest shingles are where it is found: a copy of three tenths of it has ten of them, and one with every
seventh word changed has twenty."""
_FEW = 64
"""Shingles from which a text that is a copy shares more than one of those POSTED."""
_LIKELIEST = 12
"""Texts that a new one is held against at most, those that share most first."""

_OFFICIAL = (
    "về đột phá phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia",
    "Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị về đột phá phát triển",
    "Ban Chỉ đạo Trung ương về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số",
    "Chương trình Đẩy mạnh truyền thông thực hiện Nghị quyết số 57-NQ/TW của Bộ Chính trị về đột phá phát triển",
    "chuyển đổi số quốc gia đến năm 2030",
    "Quyết định số 1169/QĐ-TTg ngày 16/6/2025 của Thủ tướng Chính phủ",
    "Politburo's Resolution No. 57-NQ/TW on breakthroughs in science, technology, innovation and national digital transformation",
)
_COUNTERS = 1 << 22
_FULL = 2
"""Shingles counted for each counter on average, from which there are four times as many: else all wording would pass for
official in the end."""
_ALWAYS = 255


@dataclass(frozen=True, slots=True)
class _Known:
    """An indexed text: its story, whether it is the first of it, and its sketch."""

    story: int
    first: bool
    level: int
    sketch: Hashes


class StoryIndex:
    """The texts seen so far, grown one by one; the order in which they come decides which of a story is the first."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._exact: dict[bytes, int] = {}
        self._postings = Postings()
        self._counted = 0
        self._often = self._counters(_COUNTERS)

    def signature(self, text: str) -> bytes:
        """What `add_signature` needs of a text: to be stored, so that the text need not be read again."""
        return sign(text)

    def add(self, key: int, text: str) -> int:
        """Take in a text; returns the key of the first text of its story, which is `key` for a new story."""
        return self.add_signature(key, sign(text))

    def add_signature(self, key: int, signature: bytes) -> int:
        """Take in a text by its signature; as `add`. ValueError for bytes that are no signature of this version."""
        new = read_signature(signature)
        if not len(new.sketch):
            return key
        if (story := self._exact.get(new.exact)) is not None:
            return story
        telling = self._telling(new.sketch)
        candidate = self._best(new, telling)
        story = key if candidate is None else candidate.story
        self._exact[new.exact] = story
        # A copy that holds no more than its source finds nothing that the source would not find.
        if candidate is None or _size(new) > 1.2 * _size(candidate):
            posted = telling if len(telling) <= POSTED else np.partition(telling, POSTED)[:POSTED]
            self._postings.add(len(self._known), posted)
            self._known.append(_Known(story, candidate is None, new.level, new.sketch))
        if candidate is None:
            self._count(new.sketch)
        return story

    def _telling(self, sketch: Hashes) -> Hashes:
        """The shingles that are no official wording."""
        return sketch[self._often[_places(sketch, self._often)] <= OFTEN]

    def _best(self, new: Signature, mine: Hashes) -> _Known | None:
        """The text that holds the largest share of `new`, of which `mine` are the telling shingles, if it holds enough."""
        if len(mine) < LEAST:
            return None
        best: tuple[float, _Known] | None = None
        for number in self._likeliest(mine):
            known = self._known[number]
            share = _copied(new.level, mine, known.level, self._telling(known.sketch))
            if share is not None and (best is None or share > best[0]):
                best = share, known
        return best[1] if best else None

    def _likeliest(self, mine: Hashes) -> Iterator[int]:
        """The numbers of the texts that share most of the posted shingles; of equals the older one first."""
        numbers, shared = np.unique(self._postings.owners(mine), return_counts=True)
        if len(mine) >= _FEW:
            numbers, shared = numbers[shared > 1], shared[shared > 1]
        yield from numbers[np.argsort(-shared, kind="stable")[:_LIKELIEST]].tolist()

    def _count(self, sketch: Hashes) -> None:
        # One count a story, not a text: a dispatch that fifty newspapers print is not official wording.
        self._counted += len(sketch)
        if self._counted > _FULL * len(self._often):
            self._often = self._counters(4 * len(self._often))
            for known in self._known:
                if known.first:
                    self._add_to_counters(known.sketch)
        else:
            self._add_to_counters(sketch)

    def _add_to_counters(self, sketch: Hashes) -> None:
        places = _places(sketch, self._often)
        seen = self._often[places]
        self._often[places] = seen + (seen < _ALWAYS)

    @staticmethod
    def _counters(size: int) -> Counters:
        often = np.zeros(size, dtype=np.uint8)
        often[_places(shingles_of(_OFFICIAL), often)] = _ALWAYS
        return often


def _places(hashes: Hashes, counters: Counters) -> npt.NDArray[np.int64]:
    """Where each shingle is counted."""
    return (hashes % np.uint64(len(counters))).astype(np.int64)


def _copied(level: int, mine: Hashes, other_level: int, theirs: Hashes) -> float | None:
    """The larger share of one sketch in the other, where it makes one text a copy of the other; else None."""
    common = max(level, other_level)
    mine, theirs = sampled(mine, common), sampled(theirs, common)
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


def _size(text: Signature | _Known) -> int:
    return len(text.sketch) << text.level
