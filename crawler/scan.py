"""Can these bytes matter at all? A page's raw bytes in, a yes or no out, without decoding or parsing the page.

One pass finds the numbers and words that every name of the Resolution has in it, in all the ways in which bytes can spell them,
and the words that stand beside them in every name. Where the two stand together with nothing between them that would part a name,
and only there, the surroundings are decoded and read. Names and words come from `classifier.naming`, so that the scan cannot know
fewer than the classifier: whatever `find_names` would find on the extracted text, `Scanner.matches` says yes to.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, lru_cache

from ahocorasick_rs import AhoCorasick

from classifier.naming import DECISION, NUMBER, PHRASES, might_name
from classifier.text import fold, nfc
from crawler.finder import Engine, Places, finder
from crawler.rawtext import decoded, surroundings, unmarked, without_wide_characters
from crawler.spellings import spellings

_AHEAD = 400
"""Bytes after a hit whose own hits the same reading covers."""
_DENSE = 150
"""After so many readings the page is full of hits, and is read in larger pieces."""
_MOST_PLACES = 20_000
_MOST_READINGS = 400
_MOST_HIDDEN = 2_000_000
"""Bounds of the work on one page, which a hostile one would have without end: pages of 250 kB that are dense with the words have
1,000 places and 20 readings. Beyond them a page is kept, for extraction runs where it can be stopped."""
_WORD = re.compile(r"[^\W_]+")

# ── what may stand between the two halves of a name ────────────────────────────────────────────
# Possessive throughout, so that no page, however hostile, makes them slow.
_LETTERS = rb"(?>\\u[0-9a-f]{4}|[a-z\x80-\xff]|&#?\w{1,8};)++"
_LOOSE = rb"(?>[^a-z\x80-\xff.;<>&\\{}=]|<[^<>]*>|&nbsp;|&\#160;|\\(?!u))*+"
# A full stop ends a sentence unless it stands behind an abbreviation; a semicolon is a name's only in a list of numbers.
_STOP = rb"(?:\.(?![\s<])|(?<![a-z\x80-\xff]{4})\.|(?<=[\dw]);)?"
_FEW_WORDS = re.compile(rb"(?i)%b%b(?>%b%b%b){0,14}+" % (_LOOSE, _STOP, _LETTERS, _STOP, _LOOSE))
"""Between "nghị quyết" and its number: "của Bộ Chính trị, số", other numbers."""
_CLAUSE = re.compile(rb"(?i)(?>[^.;<>&]|<[^<>]*>|&#?\w{1,8};|\.(?![\s<]))*+")
"""Between "đột phá" and "khoa học": anything without the end of a sentence, which every gap of these names leaves out."""

# ── the words beside ───────────────────────────────────────────────────────────────────────────
_JOINT = rb"(?:\s|&nbsp;|&\#160;|\xc2\xa0|[-_]|<[^<>]{0,300}>)"
_QUYET = re.compile(rb"(?i)q(?:<[^<>]{0,200}>)*uy(?:<[^<>]{0,200}>)*(?:[^\s<>/_\-]{1,24}t|\s(?:e|[^\s<>\w]{1,10})\s?t\b)")
"""quyết, but not quyền, quy định or quỹ, in any encoding."""
_BEHIND_NGHI = re.compile(rb"(?i)h(?:[^<>\s\"':,/]{1,24}|\s?[il1])%b{0,8}\Z" % _JOINT)
"""nghị quyết, but not quyết định or giải quyết."""
_BEHIND_T = re.compile(rb"(?i)t%b{1,6}\Z" % _JOINT)
_BEHIND_N = re.compile(rb"(?i)n%b{1,6}\Z" % _JOINT)
_COMMITTEE = re.compile(rb"(?i)ban%b{1,6}c" % _JOINT)
_STEERING = re.compile(rb"(?i)bc(?:<[^<>]{0,300}>)*[d\x80-\xff&\\]")
"""BCĐ in any encoding, but neither ABC nor the numbers of colours."""
_JOINTS_END = frozenset(b" \t\r\n\xa0;-_>")
_MISREAD = re.compile(rb"(?i)[\s\-/._|,]{0,4}n\s?[qo]")
"""57-NO/TW, as scanners read it."""
_STRANGE = tuple(
    re.compile(form)
    for form in (
        rb"[\xd0-\xe0\xe3-\xee\xf0-\xff]",
        rb"&#(?:1[0-2]\d\d|2[34]\d\d|[2-6]\d{4}|[xX]0*[3-9a-dA-D])",
        rb"\\u(?:0[49]|[3-9a-dA-D])",
    )
)
"""Letters of another script or of an old encoding."""
_USUAL = bytes(byte for byte in range(256) if _STRANGE[0].match(bytes([byte])) is None)
_COMPANIONS = (b"59", b"66", b"68", b"70", b"71", b"72", b"79", b"80")
"""The resolutions with which it is enumerated."""
_COMPANION = re.compile(b"|".join(_COMPANIONS))
_GARBLED = re.compile(rb"(?i)ngh[^<>\s]{1,10}\s?quy[^<>\s]{1,12}t(?:\s{1,3}s[^<>\s]{1,8})?\s{0,3}57(?!\d)")
"""Resolution 57 in TCVN3 or VNI, which Python cannot decode: the consonants are plain in both."""
_HIDDEN = tuple(s.encode() for s in ("&#110;", "&#x6e;", "&#x6E;", "\\u006e", "\\u006E", "&#53;", "&#x35;", "\\u0035"))
"""n and 5 as entities or escapes: a page that writes plain letters so hides every word, and is decoded whole."""


def _cases(*words: str) -> list[bytes]:
    return [s for word in words for s in dict.fromkeys((word.encode(), word.upper().encode(), word.capitalize().encode()))]


def _spelled(*words: str) -> list[bytes]:
    return [s for word in words for s in spellings(word)]


_NQ = ("nq", "n q", "n.q", "n. q", "n&nbsp;q", "n\xa0q", "q ", "q.", "q&nbsp;", "qu ")
_BAN = tuple(f"ban{joint}" for joint in (" ", "\n", "\r", "\t", "-", "_", "<", "&", "\xa0"))


def _listed(body: bytes, first: int, second: int, length: int) -> bool:
    """Do two numbers of `length` digits stand in one list? -1 for a number that is not there."""
    if first < 0 or second < 0 or body[first - 1 : first].isdigit() or body[second + length : second + length + 1].isdigit():
        return False
    return _FEW_WORDS.fullmatch(body, first + length, second) is not None


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


_RESOLUTION, _SCIENCE, _COMMITTEES, _SCIENTIFIC = "resolution", "science", "committee", "scientific"
_BESIDE: dict[str, tuple[list[bytes], Callable[[bytes, int], bool] | None]] = {
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
_PARTS: dict[str, tuple[str, ...]] = {
    _RESOLUTION: ("quyết", "nq"),
    _SCIENCE: ("quyết", "nq", "phá", "quốc", "ban", "bcđ"),
    _COMMITTEES: ("ban", "bcđ", "tổ"),
    _SCIENTIFIC: ("scien",),
}
_AROUND = {"t": 260, "b": 260, "m": 400, "1": 900, "5": 400, "s": 400}
"""Bytes around trụ cột, bộ tứ, mươi bảy, 12/2024, 5 7 and S7 within which "nghị quyết" stands in a name with them."""
_FAR = 1_500
"""Bytes within which the halves of a name stand, tags between them included."""


class Scanner:
    """Says of a page's bytes (HTML, XML, JSON, text; not PDF or DOCX, which are compressed) whether they can matter."""

    def __init__(self, watch: Sequence[str] = (), engine: Engine | None = None) -> None:
        """`watch`: further terms to keep a page for, matched without regard to case, diacritics and punctuation.

        With watch terms each page is decoded whole, some ten times the work of the scan without.
        """
        terms = [term for term in map(_squeezed, watch) if term]
        self._watch = AhoCorasick(terms) if terms else None
        strings, self._roles = _strings()
        self._find = finder(strings, engine, _MOST_PLACES)

    def matches(self, body: bytes) -> bool:
        """True if the page may name the Resolution, its programme or a watched term."""
        body = without_wide_characters(body)
        return self._named(body) or (self._watch is not None and self._watched(body, self._watch))

    def _named(self, body: bytes) -> bool:
        places = self._find(body)
        if places is None:
            return True
        page = _Page(body, places, self._roles)
        if page.hides_letters and len(body) > _MOST_HIDDEN:
            return True
        if page.hides_letters:
            return any(might_name(text) for marked in decoded(body) for text in unmarked(marked))
        covered = readings = 0
        for start, end in page.hits():
            if end <= covered:
                continue
            readings += 1
            if readings > _MOST_READINGS:
                return True
            covered = end + (_AHEAD if readings < _DENSE else 10 * _AHEAD)
            around = surroundings(body, start, covered)
            if _may_name(around):
                return True
        return False

    def _watched(self, body: bytes, watch: AhoCorasick) -> bool:
        texts = (_squeezed(text) for marked in decoded(body) for text in unmarked(marked))
        return any(watch.find_matches_as_indexes(text) for text in texts)


@lru_cache(maxsize=2_048)  # what stands in a site's menus and boxes stands there on all of its pages
def _may_name(around: bytes) -> bool:
    readable = [*decoded(around)]
    if any(might_name(text) for marked in readable for text in unmarked(marked)):
        return True
    return len(readable) > 1 and _GARBLED.search(around) is not None


class _Page:
    """Where on a page the words stand that names are made of."""

    def __init__(self, body: bytes, places: Places, roles: list[tuple[str, int]]) -> None:
        self._body = body
        self._anchors: list[tuple[str, int, int]] = []
        self._beside: dict[str, list[int]] = {word: [] for word in _BESIDE}
        self._parts: dict[str, list[int]] = {}
        self.hides_letters = False
        for which, start in places:
            role, length = roles[which]
            if (listed := self._beside.get(role)) is not None:
                holds = _BESIDE[role][1]
                if holds is None or holds(body, start):
                    listed.append(start)
            elif role == "hidden":
                self.hides_letters = True
            else:
                self._anchors.append((role, start, start + length))

    @cached_property
    def _strange(self) -> list[re.Pattern[bytes]]:
        """The kinds of strange letters that the page has at all; most have none."""
        letters, *escapes = _STRANGE
        has_letters = bool(self._body.translate(None, _USUAL))
        return [*([letters] if has_letters else []), *(form for form in escapes if form.search(self._body))]

    def hits(self) -> Iterator[tuple[int, int]]:
        """The places, in order, at which a name may stand."""
        for role, start, end in self._anchors:
            if self._may_be_named(role, start, end):
                yield start, end

    def _may_be_named(self, role: str, start: int, end: int) -> bool:
        if role in (NUMBER, DECISION):
            if self._body[end : end + 1].isdigit() or self._in_a_longer_number(start):
                return False
            return self._is_numbered(start, end) if role == NUMBER else self._body[end : end + 2] != b"px"
        if role == "k":
            return self._joined(_SCIENCE, _CLAUSE, start)
        if role == "i":
            return self._nearest(_SCIENTIFIC, start) >= start - _FAR
        if around := _AROUND.get(role):
            before, after = self._nearest(_RESOLUTION, start), self._next(_RESOLUTION, end)
            return start - before <= around or 0 <= after - end <= around or (role == "t" and self._is_quartet(start))
        return True

    def _in_a_longer_number(self, start: int) -> bool:
        """Does a digit touch it from the left that is not the end of an escaped letter?"""
        return self._body[start - 1 : start].isdigit() and self._body[max(0, start - 6) : start - 4] != b"\\u"

    def _is_numbered(self, start: int, end: int) -> bool:
        """Is 57 the number of a resolution or of its committee, or of a list of them?"""
        body = self._body
        if (
            self._joined(_RESOLUTION, _FEW_WORDS, start)
            or self._joined(_COMMITTEES, _FEW_WORDS, start)
            or _MISREAD.match(body, end)
        ):
            return True
        after = self._next(_RESOLUTION, end)
        if 0 <= after - end <= _FAR and _FEW_WORDS.fullmatch(body, end, after):
            return True
        if any(form.search(body, max(0, start - 300), start) or form.search(body, end, end + 24) for form in self._strange):
            return True
        if not (0 <= after - end <= _FAR or start - self._nearest(_RESOLUTION, start) <= _FAR):
            return False
        if not (_COMPANION.search(body, max(0, start - 200), start) or _COMPANION.search(body, end, end + 200)):
            return False
        return any(
            _listed(body, body.rfind(number, max(0, start - 200), start), start, 2)
            or _listed(body, end - 2, body.find(number, end, end + 200), 2)
            for number in _COMPANIONS
        )

    def _is_quartet(self, start: int) -> bool:
        """bộ tứ: what follows it may make it the four resolutions, whose issuer stands somewhere near."""
        return _BEHIND_BO.search(self._body, max(0, start - 120), start) is not None

    def _joined(self, part: str, gap: re.Pattern[bytes], start: int) -> bool:
        """Does one of the words stand before `start` with nothing but a gap of that kind between?

        The nearest decides: whatever parts the two would part a farther one too.
        """
        nearest = self._nearest(part, start)
        return start - nearest <= _FAR and gap.fullmatch(self._body, nearest, start) is not None

    def _nearest(self, part: str, start: int) -> int:
        """Where the last of the words begins before `start`; far away if none does."""
        places = self._places(part)
        at = bisect_left(places, start)
        return places[at - 1] if at else -_FAR * 10

    def _next(self, part: str, end: int) -> int:
        """Where the first of the words begins behind `end`; -1 if none does nearby."""
        places = self._places(part)
        at = bisect_left(places, end)
        return places[at] if at < len(places) and places[at] <= end + _FAR else -1

    def _places(self, part: str) -> list[int]:
        """Where the words of a part begin, in order."""
        if (places := self._parts.get(part)) is None:
            places = self._parts[part] = sorted(at for word in _PARTS[part] for at in self._beside[word])
        return places


_BEHIND_BO = re.compile(rb"(?i)b[^<>\s]{0,14}(?:%b|['\"]|\xe2\x80.|&\w{1,8};){1,6}\Z" % _JOINT)


@cache
def _strings() -> tuple[list[bytes], list[tuple[str, int]]]:
    """Every byte string to look for, and its role: a number, the first letter of an anchor, a word beside, `hidden`."""
    roles: dict[bytes, str] = {NUMBER.encode(): NUMBER, DECISION.encode(): DECISION}
    roles |= dict.fromkeys(_HIDDEN, "hidden")
    for phrase in PHRASES:
        for anchor in phrase.anchors:
            initial = {"b": "t"}.get(fold(anchor[0]), fold(anchor[0]))
            roles |= {s: "r" if anchor[:1] in "m" and "2024" in anchor else initial for s in spellings(anchor) if s not in roles}
    for word, (strings, _) in _BESIDE.items():
        roles |= {s: word for s in strings if s not in roles}
    return list(roles), [(role, len(string)) for string, role in roles.items()]


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(fold(nfc(text))))
