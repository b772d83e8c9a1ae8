"""A topic, or none, in; the order in which doubtful tags are to be checked out: made one at a time and kept for a while."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from monitor.site import review
from monitor.site.desk import Desk
from monitor.site.once import once_a_site

RANK_MS, GLANCE_MS = 60_000, 400
"""To order the doubtful tags of a million articles takes a while; for a mere count on another queue's page nobody waits."""
MOST_KEPT = 20
"""There are 16 topics; what else is asked for by hand must not fill the memory."""
FRESH_S = 900.0
"""How long an order is used; what was checked meanwhile is left out of it at once, new texts come into the next one."""


class Rankings:
    """The orders of doubtful tags, by topic, made one at a time and kept for a while."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._not_before = 0.0
        self._kept: dict[str | None, tuple[float, review.Ranking]] = {}

    async def of(self, desk: Desk, topic: str | None, *, patient: bool) -> review.Ranking | None:
        """The order for a topic, or for all; None where it is not there and would take too long for one who is not patient."""
        if not patient and (self._lock.locked() or time.monotonic() < self._not_before):
            return self._kept.get(topic, (0.0, None))[1]
        async with self._lock:
            made, kept = self._kept.get(topic, (0.0, None))
            if kept is not None and time.monotonic() - made < FRESH_S:
                return kept
            try:
                found = await desk.read(lambda db: review.rank(db, topic), RANK_MS if patient else GLANCE_MS)
            except sqlite3.OperationalError:
                if patient:
                    raise
                self._not_before = time.monotonic() + FRESH_S
                return kept
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            self._kept[topic] = (time.monotonic(), found)
            return found


rankings_of = once_a_site(lambda _: Rankings())
"""The orders of a site."""
