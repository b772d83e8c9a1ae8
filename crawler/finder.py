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

ENGINES: tuple[Engine, ...] = ("hyperscan", "aho-corasick") if _HAS_HYPERSCAN else ("aho-corasick",)
"""What this machine has, the faster one first; they find the same."""


def finder(strings: Sequence[bytes], engine: Engine | None = None) -> Callable[[bytes], Places]:
    """Make the search for all places of `strings`, which are distinct, as they are written; overlapping ones count."""
    return _by_hyperscan(strings) if (engine or ENGINES[0]) == "hyperscan" else _by_aho_corasick(strings)


def _by_aho_corasick(strings: Sequence[bytes]) -> Callable[[bytes], Places]:
    automaton = BytesAhoCorasick(list(strings), implementation=Implementation.DFA)

    def find(body: bytes) -> Places:
        found = automaton.find_matches_as_indexes(body, overlapping=True)
        return sorted(((which, start) for which, start, _ in found), key=_by_offset)

    return find


def _by_hyperscan(strings: Sequence[bytes]) -> Callable[[bytes], Places]:
    database = hyperscan.Database()
    database.compile(
        expressions=[b"".join(b"\\x%02x" % byte for byte in string) for string in strings],
        ids=list(range(len(strings))),
        flags=[hyperscan.HS_FLAG_DOTALL] * len(strings),
    )
    lengths = [len(string) for string in strings]

    def find(body: bytes) -> Places:
        found: Places = []

        def note(which: int, start: int, end: int, flags: int, context: object) -> None:
            found.append((which, end - lengths[which]))

        database.scan(body, match_event_handler=note)
        found.sort(key=_by_offset)
        return found

    return find


def _by_offset(place: tuple[int, int]) -> tuple[int, int]:
    return place[1], place[0]
