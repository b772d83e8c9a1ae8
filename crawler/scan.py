"""Can these bytes matter at all? A page's raw bytes in, a yes or no out, without decoding or parsing the page.

One pass finds the numbers and words that every name of the Resolution has in it, in all the ways in which bytes can spell them;
only the surroundings of a hit are decoded and read. Names and words come from `classifier.naming`, so that the scan cannot know
fewer than the classifier: whatever `find_names` would find on the extracted text, `Scanner.matches` says yes to.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation

from classifier.naming import DECISION, NUMBER, PHRASES, might_name
from classifier.text import fold, nfc

_NUMBERS = (NUMBER.encode(), DECISION.encode())
_REACH = 500
"""Bytes read on either side of a hit; more where most of them are markup."""
_AHEAD = 400
"""Bytes after a hit whose own hits the same reading covers."""
_DENSE = 150
"""After so many hits the page is full of them, and is read in larger pieces."""
_TEXT_REACH = 110
"""Characters without markup that a reading has on either side of its hit."""
_MAX_REACH = 8_000
_LEGACY = ("cp1258", "cp1251", "gb18030")
"""What Vietnamese, Russian and Chinese pages are written in where they are not UTF-8."""
_HIDDEN = tuple(s.encode() for s in ("&#110;", "&#x6e;", "&#x6E;", "\\u006e", "\\u006E", "&#53;", "&#x35;", "\\u0035"))
"""n and 5 as entities or escapes: a page that writes plain letters so hides every word, and is decoded whole."""

_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|em|font|i|ins|mark|o:p|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>|<!--[^<>]{0,200}-->", re.I
)
_TAG = re.compile(r"<[^<>]*>")
_TAG_BYTES = re.compile(rb"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BLANK_ESCAPE = re.compile(r"\\[nrt]")
_SPACE = re.compile(r"\s{2,}|[\n\r\t\xa0]")
_COUNTED = re.compile(r"57[\s.]*(?:<[^<>]*>\s*)+ngh", re.I)
"""A block that ends with 57 before one that opens with nghị quyết: read in one line, they would be a count of resolutions."""
_WORD = re.compile(r"[^\W_]+")
_GARBLED = re.compile(rb"(?i)ngh[^<>\s]{1,10}\s?quy[^<>\s]{1,12}t(?:\s{1,3}s[^<>\s]{1,8})?\s{0,3}57(?!\d)")
"""Resolution 57 in TCVN3 or VNI, which Python cannot decode: the consonants are plain in both."""
_GAP = rb"(?:\s|&nbsp;|&#160;|\xc2\xa0|[-_])*"
_BESIDE = 330
"""Bytes without tags in which the longest gap of a phrase (some 110 characters) fits, written as entities."""
_QUYET = rb"quy(?:[^\s<>/_\-]{1,24}t|\s(?:e|[^\s<>\w]{1,10})\s?t\b)"
"""quyết, but not quyền, quy định or quỹ, in any encoding."""
# Before "khoa" in every name: nghị quyết, NQ; ban chỉ đạo, BCĐ; (hội nghị) toàn quốc; đột phá.
_BEFORE_SCIENCE = re.compile(rb"(?i)" + _QUYET + rb"|n\.?\s?q(?!u)|bc|(?:ban" + _GAP + rb"c|n" + _GAP + rb"q|t" + _GAP + rb"p)h?")
# Beside the other words without a number: bộ tứ nghị quyết, bốn nghị quyết trụ cột, năm mươi bảy.
_RESOLUTION = re.compile(rb"(?i)" + _QUYET + rb"|n\.?\s?q(?!u)")
# Right before the number of a committee: ban chỉ đạo, BCĐ; tổ công tác, tổ giúp việc.
_COMMITTEE = re.compile(rb"(?i)bc|ban" + _GAP + rb"c|ng\W{1,8}t\S{1,9}c|gi\S{1,9}p")
_COMMITTEE_BEFORE = 220
"""Bytes without tags: some 45 characters."""
# Beside 57 in every name: the same, its own code, a foreign word, letters of another script or of an old encoding.
_BESIDE_NUMBER = re.compile(
    rb"(?i)" + _QUYET + rb"|n\.?(?:\s|&nbsp;)?q(?!u)|q(?:\s|&nbsp;|\.)|qu\s|n\s?o\s?/|[ei]solu"
    rb"|[\xd0-\xe0\xe3-\xee\xf0-\xff]|&#(?:1[0-2]\d\d|2[34]\d\d|[2-6]\d{4}|x0*[3-9a-d])|\\u(?:0[49]|[3-9a-d])"
)
_ESCAPED_SIGNS = (("&", ("&amp;",)), ("/", ("\\/", "&#47;", "&#x2F;", "&#x2f;", "&#x002F;")))
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Scanner:
    """Says of a page's bytes (HTML, XML, JSON, text; not PDF or DOCX, which are compressed) whether they can matter."""

    def __init__(self, watch: Sequence[str] = ()) -> None:
        """`watch`: further terms to keep a page for, matched without regard to case, diacritics and punctuation.

        With watch terms each page is decoded whole, some ten times the work of the scan without.
        """
        terms = [term for term in map(_squeezed, watch) if term]
        self._watch = AhoCorasick(terms) if terms else None
        anchors = dict.fromkeys(spelling for phrase in PHRASES for anchor in phrase.anchors for spelling in _spellings(anchor))
        self._hidden_from = len(_NUMBERS) + len(anchors)
        self._finder = BytesAhoCorasick([*_NUMBERS, *anchors, *_HIDDEN], implementation=Implementation.DFA)

    def matches(self, body: bytes) -> bool:
        """True if the page may name the Resolution, its programme or a watched term."""
        body = _without_wide_characters(body)
        return self._named(body) or (self._watch is not None and self._watched(body, self._watch))

    def _named(self, body: bytes) -> bool:
        hits = self._finder.find_matches_as_indexes(body, overlapping=False)
        if any(which >= self._hidden_from for which, _, _ in hits):
            return any(might_name(text) for marked in _decoded(body) for text in _unmarked(marked))
        covered = readings = 0
        for which, start, end in hits:
            if end <= covered or (which < len(_NUMBERS) and not _alone(body, start, end)):
                continue
            if not _accompanied(body, start, end):
                continue
            readings += 1
            covered = end + (_AHEAD if readings < _DENSE else 10 * _AHEAD)
            around = _surroundings(body, start, covered)
            readable = [*_decoded(around)]
            if any(might_name(text) for marked in readable for text in _unmarked(marked)):
                return True
            if len(readable) > 1 and _GARBLED.search(around):
                return True
        return False

    def _watched(self, body: bytes, watch: AhoCorasick) -> bool:
        texts = (_squeezed(text) for marked in _decoded(body) for text in _unmarked(marked))
        return any(watch.find_matches_as_indexes(text) for text in texts)


def _without_wide_characters(body: bytes) -> bytes:
    """UTF-16 as UTF-8, by its byte order mark or by the zero bytes of its markup; anything else as it is."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    if body[1:2] == b"\0" and body[3:4] == b"\0":
        return body.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if body[:1] == b"\0" and body[2:3] == b"\0":
        return body.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return body


def _alone(body: bytes, start: int, end: int) -> bool:
    """No digit touches the number; the grammar looks closer."""
    return not body[start - 1 : start].isdigit() and not body[end : end + 1].isdigit()


def _accompanied(body: bytes, start: int, end: int) -> bool:
    """Near 57 or a word of many pages (khoa, trụ, tứ) stands what the names have beside it, in bytes that no encoding changes."""
    initial = body[start : start + 1]
    if body[start:end] == _NUMBERS[0]:
        beside = _BESIDE_NUMBER
    elif initial in b"tTbBmM":
        beside = _RESOLUTION
    elif initial not in b"kK":
        return True
    else:
        beside = _BEFORE_SCIENCE
    before = _TAG_BYTES.sub(b"", body[max(0, start - 4 * _BESIDE) : start])[-_BESIDE:]
    if beside.search(before) or (beside is _BESIDE_NUMBER and _COMMITTEE.search(before[-_COMMITTEE_BEFORE:])):
        return True
    return beside is not _BEFORE_SCIENCE and bool(beside.search(_TAG_BYTES.sub(b"", body[end : end + 4 * _BESIDE])[:_BESIDE]))


def _surroundings(body: bytes, start: int, end: int) -> bytes:
    """The bytes around a hit, far enough to hold a name however much markup stands in it."""
    low = _far_enough(lambda reach: body[max(0, start - reach) : start])
    high = _far_enough(lambda reach: body[end : end + reach])
    return body[max(0, start - low) : end + high]


def _far_enough(part: Callable[[int], bytes]) -> int:
    reach = _REACH
    while reach < _MAX_REACH:
        taken = part(reach)
        if len(taken) < reach or len(_TAG_BYTES.sub(b"", taken)) >= 2 * _TEXT_REACH:
            return reach
        reach *= 2
    return _MAX_REACH


def _decoded(raw: bytes) -> Iterator[str]:
    """The bytes as UTF-8, or as each of the legacy encodings where they cannot be."""
    text = raw.decode("utf-8", "replace")
    # A cut through a character leaves up to three marks of failure at either end.
    if "\ufffd" not in text[3:-3]:
        yield text
        return
    for encoding in _LEGACY:
        yield raw.decode(encoding, "replace")
    yield text


def _unmarked(marked: str) -> Iterator[str]:
    """The text that extraction may make of the markup: tags inside words dropped, then every tag a space."""
    plain = _unescaped(marked)
    if "<" not in plain:
        yield _SPACE.sub(" ", nfc(plain))
        return
    yield _SPACE.sub(" ", nfc(_TAG.sub(" ", _INLINE.sub("", plain))))
    if _INLINE.search(plain):
        yield _SPACE.sub(" ", nfc(_TAG.sub(" ", plain)))
    if _COUNTED.search(plain):
        yield nfc(_TAG.sub("\n", _INLINE.sub("", plain)))


def _unescaped(marked: str) -> str:
    if "\\" in marked:
        marked = _BLANK_ESCAPE.sub(" ", _ESCAPE.sub(lambda m: chr(int(m[1], 16)), marked)).replace("\\", "")
    if "&" in marked:
        marked = html.unescape(marked)
        if "&#" in marked or "&amp;" in marked:  # feeds escape twice
            marked = html.unescape(marked)
    return marked


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(fold(nfc(text))))


def _spellings(word: str) -> Iterator[bytes]:
    """The bytes in which pages write a word: every case, composition, entity and escape, and the legacy encodings."""
    for cased in dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())):
        yield cased.encode()
        if cased.isascii():
            for sign, forms in _ESCAPED_SIGNS:
                yield from (cased.replace(sign, form).encode() for form in forms if sign in cased)
            continue
        for composed in (unicodedata.normalize("NFD", cased), _tone_apart(cased)):
            yield composed.encode()
        for written in ("&#{0};", "&#x{0:x};", "&#x{0:X};", "\\u{0:04x}", "\\u{0:04X}"):
            for composed in (cased, unicodedata.normalize("NFD", cased), _tone_apart(cased)):
                yield "".join(c if c.isascii() else written.format(ord(c)) for c in composed).encode()
        yield from _legacy_spellings(cased)


def _legacy_spellings(word: str) -> Iterator[bytes]:
    for encoding in _LEGACY:
        for composed in (word, _tone_apart(word)):
            try:
                yield composed.encode(encoding)
            except UnicodeEncodeError:
                continue


def _tone_apart(word: str) -> str:
    """Each letter with its hat or horn, the tone behind it: the order of Windows-1258."""
    letters = []
    for character in word:
        base, marks = (parts := unicodedata.normalize("NFD", character))[0], parts[1:]
        shape = [mark for mark in marks if mark in "\u0302\u0306\u031b"]
        letters.append(unicodedata.normalize("NFC", base + "".join(shape)) + "".join(m for m in marks if m not in shape))
    return "".join(letters)
