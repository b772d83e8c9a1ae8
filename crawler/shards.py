"""A roster in, the part of it that one of several crawls takes care of out: one host is always one crawl's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from tldextract import TLDExtract

from crawler.roster import Source

# The list that the library ships: nothing is fetched, and every shard reads the same one.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`-th (from 1) of `count` crawls that share a roster."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `I/N`. Raises ValueError."""
        index, slash, count = text.partition("/")
        if not slash or not (index.isdecimal() and count.isdecimal()) or not 1 <= int(index) <= int(count):
            raise ValueError(f"{text}: I/N is expected, with I from 1 to N")
        return cls(int(index), int(count))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def of(self, sources: Iterable[Source]) -> tuple[str, ...]:
        """The ids of the sources that are this shard's, in their order.

        Sources that share a registrable domain go together, so that a host's pauses are kept by one process. Which shard takes
        them depends on the domain's name alone: a roster that grows moves nobody.
        """
        listed = list(sources)
        heads = _heads(listed)
        return tuple(source.id for source in listed if _slot(heads[source.id], self.count) == self.index)


def registrable_domain(host: str) -> str:
    """The name that somebody registered (`mst.gov.vn` of `data.mst.gov.vn`); an address is its own."""
    return _SUFFIXES(host).top_domain_under_public_suffix or host


def _heads(sources: list[Source]) -> dict[str, str]:
    """For each source the first, by name, of all domains that it is joined to by sources with hosts in several."""
    parent: dict[str, str] = {}

    def find(domain: str) -> str:
        while (above := parent.setdefault(domain, domain)) != domain:
            domain = above
        return domain

    for source in sources:
        roots = {find(registrable_domain(host)) for host in source.hosts} or {find(source.id)}
        for root in roots:
            parent[root] = min(roots)
    return {source.id: find(registrable_domain(next(iter(source.hosts), source.id))) for source in sources}


def _slot(name: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % count + 1
