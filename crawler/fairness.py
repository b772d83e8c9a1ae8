"""Which host's request is next: Scrapy's queue, without the hosts that already have their share under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scrapy.pqueues import DownloaderAwarePriorityQueue

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

SHARE = 2
"""Requests of one host in the downloader: one on the wire, one ready behind it. Scrapy's own queue prefers idle hosts but gives
a slow one every free place, until places for the others are gone."""


class FairQueue(DownloaderAwarePriorityQueue):
    """A request that waits for its host waits here, where it keeps nobody from anything."""

    def __init__(self, crawler: Crawler, *args: Any, **kwargs: Any) -> None:
        super().__init__(crawler, *args, **kwargs)
        self._downloader_interface = _Shares(crawler)  # type: ignore[assignment]


class _Shares:
    """What the queue asks the downloader, counting also requests that still wait for robots.txt, which Scrapy does not."""

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.engine is not None  # the scheduler belongs to it
        self._downloader = crawler.engine.downloader
        self._known: dict[Request, str] = {}
        self._busy: Counter[str] = Counter()

    def stats(self, possible_slots: Iterable[str]) -> list[tuple[int, str]]:
        """How many requests each host has under way, for those that may have one more; none of them: the queue rests."""
        # Asked for every request, of which only one or two have come or gone since.
        active, known, busy = self._downloader.active, self._known, self._busy
        for gone in known.keys() - active:
            busy[known.pop(gone)] -= 1
        for new in active - known.keys():
            key = known[new] = self._downloader.get_slot_key(new)
            busy[key] += 1
        return [(busy[slot], slot) for slot in possible_slots if busy[slot] < SHARE]

    def get_slot_key(self, request: Request) -> str:
        """The host that a request belongs to."""
        return self._downloader.get_slot_key(request)
