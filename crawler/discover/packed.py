"""Bytes that may be a gzip file in, what it holds out, unpacked at most to a bound."""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Any

from crawler.items import Reason, Unreadable

inflate: Any = zlib
with suppress(ImportError):  # it has wheels for some machines only
    from isal import isal_zlib as inflate

MOST_MEMBERS = 100
"""Files within one gzip file: each copies what is left, so half a million empty ones in 10 MB would take minutes."""

_GZIP = b"\x1f\x8b"


class BrokenGzip(ValueError):
    """Bytes that begin like a gzip file and are none."""


def unpacked(body: bytes, most: int) -> tuple[bytes, str | None]:
    """The bytes themselves where they are no gzip file, and what was wrong with the packing.

    A bomb of 50 kB holds 50 MB. Raises Unreadable: BAD_FEED for broken gzip, TOO_LARGE for more than `most` bytes in it.
    """
    if not body.startswith(_GZIP):
        return body, None
    try:
        data, is_whole = gunzipped(body, most)
    except BrokenGzip as error:
        raise Unreadable(Reason.BAD_FEED, f"broken gzip: {error}") from error
    return data, None if is_whole else "gzip ends early"


def gunzipped(packed: bytes, most: int) -> tuple[bytes, bool]:
    """All members of a gzip file, and whether the last is whole; what stands behind them and is none is left out, as browsers do.

    Raises BrokenGzip, and Unreadable(TOO_LARGE) for more than `most` bytes or `MOST_MEMBERS` members.
    """
    parts: list[bytes] = []
    left = most
    while packed and (not parts or packed.startswith(_GZIP)):
        if len(parts) == MOST_MEMBERS:
            raise Unreadable(Reason.TOO_LARGE, f"more than {MOST_MEMBERS} gzip members")
        member = inflate.decompressobj(31)
        try:
            parts.append(member.decompress(packed, left + 1))
        except (zlib.error, inflate.error) as error:
            raise BrokenGzip(str(error)) from error
        left -= len(parts[-1])
        if left < 0:
            raise Unreadable(Reason.TOO_LARGE, f"more than {most} bytes after decompression")
        if not member.eof:
            return b"".join(parts), False
        packed = member.unused_data
    return b"".join(parts), True
