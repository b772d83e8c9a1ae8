"""Some bytes of a page in, the texts out that extraction may make of them, whatever the encoding and the markup."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable, Iterator

from classifier.text import nfc
from crawler.spellings import LEGACY

_REACH = 500
"""Bytes read on either side of a place; more where most of them are markup."""
_TEXT_REACH = 220
"""Characters without markup that a reading has on either side."""
_MAX_REACH = 8_000
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|em|font|i|ins|mark|o:p|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>|<!--[^<>]{0,200}-->", re.I
)
_TAG = re.compile(r"<[^<>]*>")
_TAG_BYTES = re.compile(rb"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BLANK_ESCAPE = re.compile(r"\\[nrt]")
_SPACE = re.compile(r"\s{2,}|[\n\r\t\xa0]")
_ENDS_WITH = re.compile(r"57[\s.]*(?:<[^<>]*>\s*)+[nq]", re.I)
"""A block that ends with 57 before one that opens with nghị quyết or NQ: read in one line, they would be a count or a code."""
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def without_wide_characters(body: bytes) -> bytes:
    """UTF-16 as UTF-8, by its byte order mark or by the zero bytes of its markup; anything else as it is."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    if body[1:2] == b"\0" and body[3:4] == b"\0":
        return body.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if body[:1] == b"\0" and body[2:3] == b"\0":
        return body.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return body


def surroundings(body: bytes, start: int, end: int) -> bytes:
    """The bytes from `start` to `end` with enough on either side to hold a name, however much markup stands in it."""
    low = _far_enough(lambda reach: body[max(0, start - reach) : start])
    high = _far_enough(lambda reach: body[end : end + reach])
    return body[max(0, start - low) : end + high]


def _far_enough(part: Callable[[int], bytes]) -> int:
    reach = _REACH
    while reach < _MAX_REACH:
        taken = part(reach)
        if len(taken) < reach or len(_TAG_BYTES.sub(b"", taken)) >= _TEXT_REACH:
            return reach
        reach *= 2
    return _MAX_REACH


def decoded(raw: bytes) -> Iterator[str]:
    """The bytes as UTF-8, or as each of the legacy encodings where they cannot be."""
    text = raw.decode("utf-8", "replace")
    # A cut through a character leaves up to three marks of failure at either end.
    if "\ufffd" not in text[3:-3]:
        yield text
        return
    for encoding in LEGACY:
        yield raw.decode(encoding, "replace")
    yield text


def unmarked(marked: str) -> Iterator[str]:
    """The text that extraction may make of the markup: tags inside words dropped, then every tag a space."""
    plain = _unescaped(marked)
    if "<" not in plain:
        yield _SPACE.sub(" ", nfc(plain))
        return
    yield _SPACE.sub(" ", nfc(_TAG.sub(" ", _INLINE.sub("", plain))))
    if _INLINE.search(plain):
        yield _SPACE.sub(" ", nfc(_TAG.sub(" ", plain)))
    if _ENDS_WITH.search(plain):
        yield nfc(_TAG.sub("\n", _INLINE.sub("", plain)))


def _unescaped(marked: str) -> str:
    if "\\" in marked:
        marked = _BLANK_ESCAPE.sub(" ", _ESCAPE.sub(lambda m: chr(int(m[1], 16)), marked)).replace("\\", "")
    if "&" in marked:
        marked = html.unescape(marked)
        if "&#" in marked or "&amp;" in marked:  # feeds escape twice
            marked = html.unescape(marked)
    return marked
