"""Can these bytes matter at all? A page's raw bytes in, a yes or no out, without decoding or parsing the page.

One pass finds the numbers and words that every name of the Resolution has in it, in all the ways in which bytes can spell them,
and the words that stand beside them in every name. Where the two stand together with nothing between them that would part a name,
and only there, the surroundings are decoded and read. Names and words come from `classifier.naming`, so that the scan cannot know
fewer than the classifier: whatever `find_names` would find on the extracted text, `Scanner.matches` says yes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache

from ahocorasick_rs import AhoCorasick

from classifier.naming import DECISION, NUMBER, PHRASES, might_name
from classifier.text import fold, nfc
from crawler.beside import BESIDE, COMMITTEES, FAR, FEW_WORDS, JOINT, RESOLUTION, SCIENCE, SCIENTIFIC, Words, is_clause
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

_MISREAD = re.compile(rb"(?i)[\s\-/._|,]{0,4}n\s?[qo]")
"""57-NO/TW, as scanners read it."""
_STRANGE_LETTER = re.compile(rb"[\xd0-\xe0\xe3-\xee\xf0-\xff]")
_STRANGE_ESCAPE = re.compile(rb"&#(?:1[0-2]\d\d|2[34]\d\d|[2-6]\d{4}|[xX]0*[3-9a-dA-D])|\\u(?:0[49]|[3-9a-dA-D])")
"""Letters of another script or of an old encoding."""
_PLAIN = bytes(byte for byte in range(256) if byte not in b"#\\" and _STRANGE_LETTER.match(bytes([byte])) is None)
"""What neither has in it: most surroundings are nothing else."""
_COMPANION = re.compile(rb"59|6[68]|7[0129]|80")
"""The resolutions with which it is enumerated."""
_ACCORDING = re.compile(rb"(?i)theo")
"""Written in plain letters in every encoding."""
_GARBLED = re.compile(rb"(?i)ngh[^<>\s]{1,10}\s?quy[^<>\s]{1,12}t(?:\s{1,3}s[^<>\s]{1,8})?\s{0,3}57(?!\d)")
"""Resolution 57 in TCVN3 or VNI, which Python cannot decode: the consonants are plain in both."""
_HIDDEN = tuple(s.encode() for s in ("&#110;", "&#x6e;", "&#x6E;", "\\u006e", "\\u006E", "&#53;", "&#x35;", "\\u0035"))
"""n and 5 as entities or escapes: a page that writes plain letters so hides every word, and is decoded whole."""


def _listed(body: bytes, first: int, second: int, length: int) -> bool:
    """Do two numbers of `length` digits stand in one list?"""
    if body[first - 1 : first].isdigit() or body[second + length : second + length + 1].isdigit():
        return False
    return FEW_WORDS.fullmatch(body, first + length, second) is not None


_AROUND = {"t": 260, "b": 260, "m": 400, "1": 900, "5": 400, "s": 400}
"""Bytes around trụ cột, bộ tứ, mươi bảy, 12/2024, 5 7 and S7 within which "nghị quyết" stands in a name with them."""


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
        self._found: dict[str, list[int]] = {word: [] for word in BESIDE}
        self.hides_letters = False
        for which, start in places:
            role, length = roles[which]
            if (listed := self._found.get(role)) is not None:
                listed.append(start)
            elif role == "hidden":
                self.hides_letters = True
            else:
                self._anchors.append((role, start, start + length))

    @cached_property
    def _resolution(self) -> Words:
        return Words(RESOLUTION, self._body, self._found)

    @cached_property
    def _committees(self) -> Words:
        return Words(COMMITTEES, self._body, self._found)

    @cached_property
    def _science(self) -> Words:
        return Words(SCIENCE, self._body, self._found)

    @cached_property
    def _scientific(self) -> Words:
        return Words(SCIENTIFIC, self._body, self._found)

    def hits(self) -> Iterator[tuple[int, int]]:
        """The places, in order, at which a name may stand."""
        for role, start, end in self._anchors:
            if self._may_be_named(role, start, end):
                yield start, end

    def _may_be_named(self, role: str, start: int, end: int) -> bool:
        if role == "k":
            return self._science.join(start) or self._leads_to_a_resolution(end)
        if role in (NUMBER, DECISION):
            if self._body[end : end + 1].isdigit() or self._in_a_longer_number(start):
                return False
            return self._is_numbered(start, end) if role == NUMBER else self._body[end : end + 2] != b"px"
        if role == "i":
            return self._scientific.before(start) >= start - FAR
        if around := _AROUND.get(role):
            before, after = self._resolution.before(start), self._resolution.after(end)
            return start - before <= around or 0 <= after - end <= around or (role == "t" and self._is_quartet(start))
        return True

    def _leads_to_a_resolution(self, end: int) -> bool:
        """khoa học ... theo tinh thần nghị quyết: the only name in which the word beside stands behind."""
        after = self._resolution.after(end)
        return after >= end and _ACCORDING.search(self._body, end, after) is not None and is_clause(self._body, end, after)

    def _in_a_longer_number(self, start: int) -> bool:
        """Does a digit touch it from the left that is not the end of an escaped letter?"""
        return self._body[start - 1 : start].isdigit() and self._body[max(0, start - 6) : start - 4] != b"\\u"

    def _is_numbered(self, start: int, end: int) -> bool:
        """Is 57 the number of a resolution or of its committee, or of a list of them?"""
        body = self._body
        if self._resolution.join(start) or self._committees.join(start) or _MISREAD.match(body, end):
            return True
        after = self._resolution.after(end)
        if after >= end and FEW_WORDS.fullmatch(body, end, after):
            return True
        if _is_strange(body[max(0, start - 300) : end + 24]):
            return True
        if after < 0 and start - self._resolution.before(start) > FAR:
            return False
        for companion in _COMPANION.finditer(body, max(0, start - 200), end + 200):
            at = companion.start()
            if _listed(body, at, start, 2) if at < start else _listed(body, start, at, 2):
                return True
        return False

    def _is_quartet(self, start: int) -> bool:
        """bộ tứ: what follows it may make it the four resolutions, whose issuer stands somewhere near."""
        return _BEHIND_BO.search(self._body, max(0, start - 120), start) is not None


def _is_strange(around: bytes) -> bool:
    """Does a letter stand there of another script or of an old encoding, as it is or escaped?"""
    left = around.translate(None, _PLAIN)
    return bool(left) and (_STRANGE_LETTER.search(left) is not None or _STRANGE_ESCAPE.search(around) is not None)


_BEHIND_BO = re.compile(rb"(?i)b[^<>\s]{0,14}(?:%b|['\"]|\xe2\x80.|&\w{1,8};){1,6}\Z" % JOINT)


@cache
def _strings() -> tuple[list[bytes], list[tuple[str, int]]]:
    """Every byte string to look for, and its role: a number, the first letter of an anchor, a word beside, `hidden`."""
    roles: dict[bytes, str] = {NUMBER.encode(): NUMBER, DECISION.encode(): DECISION}
    roles |= dict.fromkeys(_HIDDEN, "hidden")
    for phrase in PHRASES:
        for anchor in phrase.anchors:
            initial = {"b": "t"}.get(fold(anchor[0]), fold(anchor[0]))
            roles |= {s: "r" if anchor[:1] in "m" and "2024" in anchor else initial for s in spellings(anchor) if s not in roles}
    for word, (strings, _) in BESIDE.items():
        roles |= {s: word for s in strings if s not in roles}
    return list(roles), [(role, len(string)) for string, role in roles.items()]


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(fold(nfc(text))))
