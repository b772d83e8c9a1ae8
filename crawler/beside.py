"""The words that stand beside a number in a name: a page's bytes and where such words may be in, which of them join what out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping

from crawler.spellings import spellings

# ── what may stand between the two halves of a name ────────────────────────────────────────────
# Possessive throughout, so that no page, however hostile, makes them slow.
_LETTERS = rb"(?>\\u[0-9a-f]{4}|[a-z\x80-\xff]|&#?\w{1,8};)++"
_LOOSE = rb"(?>[^a-z\x80-\xff.;<>&\\{}=]|<[^<>]*>|&nbsp;|&\#160;|\\(?!u))*+"
# A full stop ends a sentence unless it stands behind an abbreviation; a semicolon is a name's only in a list of numbers.
_STOP = rb"(?:\.(?![\s<])|(?<![a-z\x80-\xff]{4})\.|(?<=[\dw]);)?"
FEW_WORDS = re.compile(rb"(?i)%b%b(?>%b%b%b){0,14}+" % (_LOOSE, _STOP, _LETTERS, _STOP, _LOOSE))
"""Between "nghị quyết" and its number: "của Bộ Chính trị, số", other numbers."""
_CLAUSE = re.compile(rb"(?i)(?>[^.;<>&]|<[^<>]*>|&#?\w{1,8};|\.(?![\s<]))*+")
"""Between "đột phá" and "khoa học": anything without the end of a sentence, which every gap of these names leaves out."""

# ── the words beside ───────────────────────────────────────────────────────────────────────────
JOINT = rb"(?:\s|&nbsp;|&\#160;|\xc2\xa0|[-_]|<[^<>]{0,300}>)"
_QUYET = re.compile(rb"(?i)q(?:<[^<>]{0,200}>)*uy(?:<[^<>]{0,200}>)*(?:[^\s<>/_\-]{1,24}t|\s(?:e|[^\s<>\w]{1,10})\s?t\b)")
"""quyết, but not quyền, quy định or quỹ, in any encoding."""
_BEHIND_NGHI = re.compile(rb"(?i)h(?:[^<>\s\"':,/]{1,24}|\s?[il1])%b{0,8}\Z" % JOINT)
"""nghị quyết, but not quyết định or giải quyết."""
_BEHIND_T = re.compile(rb"(?i)t%b{1,6}\Z" % JOINT)
_BEHIND_N = re.compile(rb"(?i)n%b{1,6}\Z" % JOINT)
_COMMITTEE = re.compile(rb"(?i)ban%b{1,6}c" % JOINT)
_STEERING = re.compile(rb"(?i)bc(?:<[^<>]{0,300}>)*[d\x80-\xff&\\]")
"""BCĐ in any encoding, but neither ABC nor the numbers of colours."""
_JOINTS_END = frozenset(b" \t\r\n\xa0;-_>")


def _cases(*words: str) -> list[bytes]:
    return [s for word in words for s in dict.fromkeys((word.encode(), word.upper().encode(), word.capitalize().encode()))]


def _spelled(*words: str) -> list[bytes]:
    return [s for word in words for s in spellings(word)]


_NQ = ("nq", "n q", "n.q", "n. q", "n&nbsp;q", "n\xa0q", "q ", "q.", "q&nbsp;", "qu ")
_BAN = tuple(f"ban{joint}" for joint in (" ", "\n", "\r", "\t", "-", "_", "<", "&", "\xa0"))


def _is_nghi_quyet(body: bytes, at: int) -> bool:
    if _QUYET.match(body, at) is None:
        return False
    return _BEHIND_NGHI.search(body, max(0, at - (900 if body[at - 1 : at] == b">" else 60)), at) is not None


def _stands_behind(end: re.Pattern[bytes], body: bytes, at: int) -> bool:
    """Does the word before `at`, beyond spaces and tags, end as it must?"""
    last = body[at - 1] if at else 0
    if last not in _JOINTS_END:
        return False
    return end.search(body, max(0, at - (900 if last == 0x3E else 40)), at) is not None


RESOLUTION, SCIENCE, COMMITTEES, SCIENTIFIC = "resolution", "science", "committee", "scientific"
BESIDE: dict[str, tuple[list[bytes], Callable[[bytes, int], bool] | None]] = {
    # name: how it is spelled, and what has to be true of the bytes at a place of it
    "quyết": (_cases("quy", "q<"), lambda body, at: _is_nghi_quyet(body, at)),
    "nq": (_cases(*_NQ, "solu"), None),
    "phá": (_spelled("phá", "pha"), lambda body, at: _stands_behind(_BEHIND_T, body, at)),
    "quốc": (_spelled("quốc", "quoc"), lambda body, at: _stands_behind(_BEHIND_N, body, at)),
    "ban": (_cases(*_BAN), lambda body, at: _COMMITTEE.match(body, at) is not None),
    "bcđ": (_cases("bc"), lambda body, at: _STEERING.match(body, at) is not None),
    "tổ": (_spelled("tác", "tac", "giúp", "giup"), None),
    "scien": (_cases("cien"), None),
}
_PARTS: dict[str, tuple[tuple[str, ...], re.Pattern[bytes]]] = {
    # part: its words, and what may stand between one of them and the number
    RESOLUTION: (("quyết", "nq"), FEW_WORDS),
    SCIENCE: (("quyết", "nq", "phá", "quốc", "ban", "bcđ"), _CLAUSE),
    COMMITTEES: (("ban", "bcđ", "tổ"), FEW_WORDS),
    SCIENTIFIC: (("scien",), _CLAUSE),
}
FAR = 1_500
"""Bytes within which the halves of a name stand, tags between them included."""
_NOWHERE, _BEYOND = -10 * FAR, 1 << 62


def is_clause(body: bytes, start: int, end: int) -> bool:
    """Does no sentence end between the two?"""
    return _CLAUSE.fullmatch(body, start, end) is not None


class Words:
    """Where the words of one part stand on a page. Most of what is found is none, so it is looked at when it is asked for."""

    def __init__(self, part: str, body: bytes, found: Mapping[str, list[int]]) -> None:
        """`found`: for each word of `BESIDE`, in order, where its spellings begin."""
        words, self._gap = _PARTS[part]
        self._body = body
        self._starts = [(at, word) for word in words for at in found[word]]
        if len(words) > 1:
            self._starts.sort()
        self._known: dict[tuple[int, str], bool] = {}
        self._next = self._ahead = 0
        self._waiting: list[tuple[int, str]] = []
        self._upcoming = self._starts[0][0] if self._starts else _BEYOND
        self._last = self._reached_from = _NOWHERE
        self._reached = self._asked = 0

    def before(self, start: int) -> int:
        """Where the last of the words begins before `start`, far away if none does; to be asked in the order of the page."""
        if start > self._upcoming:
            starts, first = self._starts, self._next
            self._next = bisect_left(starts, (start,), first)
            self._upcoming = starts[self._next][0] if self._next < len(starts) else _BEYOND
            self._waiting += starts[first : self._next]
            while self._waiting:
                place = self._waiting.pop()
                if start - place[0] > FAR:
                    self._waiting.clear()  # farther still for whoever asks next
                elif self._is_one(place):
                    self._last, self._reached = place[0], _BEYOND  # how far its gap reaches is not known yet
                    self._waiting.clear()
        return self._last

    def after(self, end: int) -> int:
        """Where the first of them begins behind `end`; -1 if none does nearby."""
        starts = self._starts
        if end < self._asked:
            self._ahead = bisect_left(starts, (end,))
        self._asked, ahead = end, self._ahead
        while ahead < len(starts) and (starts[ahead][0] < end or not self._is_one(starts[ahead])):
            ahead += 1
        self._ahead = ahead
        return starts[ahead][0] if ahead < len(starts) and starts[ahead][0] <= end + FAR else -1

    def join(self, start: int) -> bool:
        """Does one of the words stand before `start` with nothing but its gap between?

        The nearest decides: whatever parts the two would part a farther one too. What the gap does not reach from a word once it
        does not reach for any later place, so most places need no look at the page at all.
        """
        if self._reached < start <= self._upcoming:
            return False
        nearest = self.before(start)
        if nearest != self._reached_from:
            reached = self._gap.match(self._body, nearest, nearest + 2 * FAR) if start - nearest <= FAR else None
            self._reached_from, self._reached = nearest, reached.end() if reached else 0
        return self._reached >= start and start - nearest <= FAR and self._gap.fullmatch(self._body, nearest, start) is not None

    def _is_one(self, place: tuple[int, str]) -> bool:
        holds = BESIDE[place[1]][1]
        if holds is None:
            return True
        if (known := self._known.get(place)) is None:
            known = self._known[place] = holds(self._body, place[0])
        return known
