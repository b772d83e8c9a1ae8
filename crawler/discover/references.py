"""XML's bytes in, the same without references to characters that no XML can hold (&#0;, &#xD800;)."""

from __future__ import annotations

import re

_REFERENCE = re.compile(rb"&#(?:0*([0-9]{1,7})|[xX]0*([0-9A-Fa-f]{1,6}));")
_SURROGATES = range(0xD800, 0xE000)
_BEYOND = 0x110000


def without_impossible(data: bytes) -> bytes:
    """libxml2 goes on behind such a reference, yet leaves text in the tree that nobody can read."""
    return _REFERENCE.sub(lambda match: match[0] if _is_possible(match) else b"", data)


def _is_possible(match: re.Match[bytes]) -> bool:
    code = int(match[1]) if match[1] else int(match[2], 16)
    if code < 0x20:
        return code in (0x9, 0xA, 0xD)
    return code < _BEYOND and code not in _SURROGATES and code not in (0xFFFE, 0xFFFF)
