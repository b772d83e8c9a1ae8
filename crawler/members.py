"""A WARC file as a stream in, where its records begin and end out: whole ones, broken ones, and what a kill left behind."""

from __future__ import annotations

import io
import re
import zlib
from typing import BinaryIO

_CHUNK = 64 << 10
_PIECE = 1 << 20
_OPENING = 256
"""Bytes of a gzip member that show how its record begins."""
_GZIP_MAGIC = b"\x1f\x8b\x08"
_PLAIN = b"WARC/"
_PLAIN_START = re.compile(rb"\n\r?\n(?=WARC/[01]\.\d\d?\r?\n)")


def torn_tail(stream: BinaryIO, last: int) -> int | None:
    """Where the bytes begin that a killed writer left after the last whole gzip member from `last`; None where there are none.

    The reader takes a record that is cut inside its header for the end of the file.
    """
    stream.seek(last)
    opening = stream.read(_OPENING)
    if not opening.startswith(_GZIP_MAGIC):
        return None if opening.startswith(_PLAIN) or not opening else last
    size, end = stream.seek(0, io.SEEK_END), last
    while end < size:  # notes may follow the last page
        whole = member_end(stream, end)
        if whole is None:
            return end
        end = whole
    return None


def first_record(stream: BinaryIO, start: int) -> int | None:
    """Where the first record begins at or behind `start`; None where there is none."""
    return start if is_plain(stream, start) else next_member(stream, start)


def member_end(stream: BinaryIO, start: int) -> int | None:
    """Where the gzip member ends that begins at `start`; None where it is not whole."""
    stream.seek(start)
    member = zlib.decompressobj(31)
    read = 0
    try:
        while not member.eof and (chunk := stream.read(_CHUNK)):
            member.decompress(chunk)
            read += len(chunk)
    except zlib.error:
        return None
    return start + read - len(member.unused_data) if member.eof else None


def next_member(stream: BinaryIO, start: int) -> int | None:
    """Where the next gzip member begins that opens with a WARC header, so that one broken record costs only itself.

    Read in pieces: a file may be larger than the memory that a process is allowed.
    """
    position = start
    kept = b""
    while True:
        stream.seek(position + len(kept))
        piece = stream.read(_PIECE)
        window = kept + piece
        found = window.find(_GZIP_MAGIC)
        while found >= 0:
            if len(window) - found < _OPENING and piece:
                break  # too little of it to tell: it is looked at with the next piece
            try:
                if zlib.decompressobj(31).decompress(window[found : found + _OPENING], 8).startswith(_PLAIN):
                    return position + found
            except zlib.error:
                pass
            found = window.find(_GZIP_MAGIC, found + 1)
        if not piece:
            return None
        cut = found if found >= 0 else max(0, len(window) - len(_GZIP_MAGIC) + 1)
        position, kept = position + cut, window[cut:]


def is_plain(stream: BinaryIO, start: int) -> bool:
    """Does a record begin at `start` that is not compressed?"""
    stream.seek(start)
    return stream.read(len(_PLAIN)) == _PLAIN


def next_plain(stream: BinaryIO, start: int) -> int | None:
    """Where the next record begins in a file that is not compressed; read in pieces."""
    position, kept = start, b""
    while True:
        stream.seek(position + len(kept))
        piece = stream.read(_PIECE)
        window = kept + piece
        if found := _PLAIN_START.search(window):
            return position + found.end()
        if not piece:
            return None
        kept = window[-_OPENING:]
        position += len(window) - len(kept)
