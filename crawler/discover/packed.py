"""Bytes that may be a gzip file in, what it holds out, unpacked at most to a bound."""

from __future__ import annotations

import zlib

from crawler.items import Reason, Unreadable

_GZIP = b"\x1f\x8b"


def unpacked(body: bytes, most: int) -> tuple[bytes, str | None]:
    """The bytes themselves where they are no gzip file, and what was wrong with the packing.

    A bomb of 50 kB holds 50 MB. Raises Unreadable: BAD_FEED for broken gzip, TOO_LARGE for more than `most` bytes in it.
    """
    if not body.startswith(_GZIP):
        return body, None
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise Unreadable(Reason.BAD_FEED, f"broken gzip: {error}") from error
    if len(data) > most:
        raise Unreadable(Reason.TOO_LARGE, f"more than {most} bytes after decompression")
    return data, None if unpacker.eof else "gzip ends early"
