"""How far a listing is followed: what its pages showed so far in, whether the next one is worth asking out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from crawler.items import Found
from crawler.urls import canonical


@dataclass(slots=True)
class Depth:
    """One crawl's memory of the pages that listings have shown; only a crawl that goes back needs it."""

    since: date | None
    _shown: dict[str, set[str | None]] = field(default_factory=dict)

    def goes_on(self, listing: str, found: Found, news: int) -> bool:
        """Whether the page after this one is to be asked; `news` is how many of its entries are still to be fetched.

        A page of which everything is known ends a listing. For a crawl that goes back to `since` it is a page that is older as a
        whole, or that shows nothing beyond the pages before it: many sites answer any page number with their last page.
        """
        if self.since is None:
            return news > 0
        shown = {canonical(entry.url) for entry in found.entries}
        before = self._shown.setdefault(listing, set())
        fresh = shown - before
        before |= shown
        days = [entry.published.value.date() for entry in found.entries if entry.published]
        older = bool(days) and 2 * len(days) >= len(found.entries) and max(days) < self.since
        return bool(fresh) and not older
