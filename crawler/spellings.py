"""A word in, the bytes out in which pages write it: every case, composition, entity, escape, and the legacy encodings."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html.entities import codepoint2name

LEGACY = ("cp1258", "cp1251", "gb18030")
"""What Vietnamese, Russian and Chinese pages are written in where they are not UTF-8."""
_ESCAPED_SIGNS = (("&", ("&amp;",)), ("/", ("\\/", "&#47;", "&#x2F;", "&#x2f;", "&#x002F;")))


def spellings(word: str) -> Iterator[bytes]:
    """The bytes of `word` (NFC, in any case) on pages, some of them more than once."""
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
        yield "".join(
            f"&{codepoint2name[ord(c)]};" if not c.isascii() and ord(c) in codepoint2name else c for c in cased
        ).encode()
        yield from _legacy_spellings(cased)


def _legacy_spellings(word: str) -> Iterator[bytes]:
    for encoding in LEGACY:
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
