"""Pages under ever new parameters: an address and its page in, the address that showed the very same page before out.

A session id under a name that nobody knows makes a new address of every link, for ever. What betrays it is the page: the same
each time, its own parameters aside.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from urllib.parse import urlsplit

MAX_ECHOES = 3
"""Times that one page is fetched anew under other values of the same parameters; further addresses wait for the next run."""
MOST = 50_000
"""Pages remembered in one run: some 10 MB."""
_SHORTEST = 4
"""Characters of a parameter's value that is taken out of the page; a shorter one stands in it by chance."""

_Path = tuple[str, str]
_Rest = tuple[frozenset[str], tuple[str, ...]]
"""The parameters that made no difference, by name, and what the query is without them."""


class Echoes:
    """The memory of one run."""

    def __init__(self) -> None:
        self._shown: dict[tuple[_Path, bytes], str] = {}
        self._counts: dict[_Path, Counter[_Rest]] = {}

    def first(self, url: str, body: bytes) -> str | None:
        """The address (a ledger's key) that showed this page before, but for its parameters the same; None for a new page."""
        parts = urlsplit(url)
        if not parts.query:
            return None
        path = parts.netloc, parts.path
        for pair in _pairs(parts.query):
            value = pair.partition("=")[2].encode()
            body = body.replace(value, b"") if len(value) >= _SHORTEST else body
        key = path, hashlib.blake2b(body, digest_size=12).digest()
        known = self._shown.get(key)
        if known is None:
            if len(self._shown) < MOST:
                self._shown[key] = url
            return None
        if known == url:
            return None
        ours, theirs = set(_pairs(parts.query)), set(_pairs(urlsplit(known).query))
        names = frozenset(pair.partition("=")[0] for pair in ours ^ theirs)
        self._counts.setdefault(path, Counter())[names, _without(parts.query, names)] += 1
        return known

    def trap_in(self, url: str) -> str | None:
        """Why this address is left for another run: it differs from those of one page only in what makes no difference."""
        parts = urlsplit(url)
        for (names, rest), count in self._counts.get((parts.netloc, parts.path), Counter()).items():
            if count >= MAX_ECHOES and _without(parts.query, names) == rest:
                return f"the same page under {count + 1} values of {', '.join(sorted(names))[:100]}"
        return None


def _pairs(query: str) -> list[str]:
    return [pair for pair in query.split("&") if pair]


def _without(query: str, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(pair for pair in _pairs(query) if pair.partition("=")[0] not in names))
