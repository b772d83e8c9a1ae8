"""Byte strings in, every place of each in a page out, in one pass: by hyperscan where it is installed, else by Aho-Corasick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ahocorasick_rs import BytesAhoCorasick, Implementation

try:
    import hyperscan
except ImportError:  # it has wheels for some machines only
    _HAS_HYPERSCAN = False
else:
    _HAS_HYPERSCAN = True

Engine = Literal["hyperscan", "aho-corasick"]
Places = list[tuple[int, int]]
"""(index of the string, offset of its first byte), in the order of the offsets."""
Find = Callable[[bytes], Places | None]
"""The places in a page; None where there are more of them than was asked for."""
_PIECE = 1 << 20

ENGINES: tuple[Engine, ...] = ("hyperscan", "aho-corasick") if _HAS_HYPERSCAN else ("aho-corasick",)
"""What this machine has, the faster one first; they find the same."""


def finder(strings: Sequence[bytes], engine: Engine | None = None, most: int = 1 << 62) -> Find:
    """Make the search for all places of `strings`, which are distinct, as they are written; overlapping ones count.

    A page with more than `most` places is given up where that shows: it may have as many as it has bytes.
    """
    return _by_hyperscan(strings, most) if (engine or ENGINES[0]) == "hyperscan" else _by_aho_corasick(strings, most)


def _by_aho_corasick(strings: Sequence[bytes], most: int) -> Find:
    automaton = BytesAhoCorasick(list(strings), implementation=Implementation.DFA)
    longest = max(map(len, strings))

    def find(body: bytes) -> Places | None:
        found: Places = []
        for at in range(0, len(body), _PIECE):
            # a place is the piece's in which it begins
            piece = body if len(body) <= _PIECE else body[at : at + _PIECE + longest - 1]
            places = automaton.find_matches_as_indexes(piece, overlapping=True)
            found += [(which, at + start) for which, start, _ in places if start < _PIECE]
            if len(found) > most:
                return None
        found.sort(key=_by_offset)
        return found

    return find


def _by_hyperscan(strings: Sequence[bytes], most: int) -> Find:
    database = hyperscan.Database()
    database.compile(
        expressions=[b"".join(b"\\x%02x" % byte for byte in string) for string in strings],
        ids=list(range(len(strings))),
        flags=[hyperscan.HS_FLAG_DOTALL] * len(strings),
    )
    lengths = [len(string) for string in strings]

    def find(body: bytes) -> Places | None:
        found: Places = []

        def note(which: int, start: int, end: int, flags: int, context: object) -> bool:
            found.append((which, end - lengths[which]))
            return len(found) > most  # true ends the scan

        try:
            database.scan(body, match_event_handler=note)
        except hyperscan.ScanTerminated:
            return None
        found.sort(key=_by_offset)
        return found

    return find


def _by_offset(place: tuple[int, int]) -> tuple[int, int]:
    return place[1], place[0]
