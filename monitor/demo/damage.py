"""Text in, bytes out as careless systems write them: an old code page, split letters, lost letters."""

from __future__ import annotations

import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def windows_1258(text: str) -> bytes:
    """The text in the Vietnamese code page, tone marks as characters of their own; what it lacks becomes a reference."""
    return "".join(_for_1258(char) for char in unicodedata.normalize("NFC", text)).encode("cp1258", "xmlcharrefreplace")


def decomposed(text: str) -> bytes:
    """UTF-8 with each letter split into base and marks (NFD), as files from some systems come."""
    return unicodedata.normalize("NFD", text).encode()


def garbled(text: str) -> bytes:
    """UTF-8 in which a failed conversion left a replacement character for every letter outside ASCII: nobody can read it back."""
    return "".join(char if char.isascii() else "\ufffd" for char in text).encode()


def _for_1258(char: str) -> str:
    try:
        char.encode("cp1258")
    except UnicodeEncodeError:
        pass
    else:
        return char
    parts = unicodedata.normalize("NFD", char)
    tones = "".join(part for part in parts if part in _TONES)
    rest = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones
