"""What the parts of one walk share: the session, what was asked already, and how far anything may be followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scrapy import Request
from scrapy.settings import BaseSettings

from crawler.clock import now
from crawler.extensions import Session
from crawler.guard import Refused
from crawler.items import Fetched, Outcome, Visit
from crawler.roster import Source
from crawler.traps import trap_in

Step = Request | Outcome | Visit | Fetched

RESOLUTION_ON = date(2024, 12, 22)
"""Nothing published before the Resolution can be about it (Resolution 57-NQ/TW is dated 22 December 2024)."""
ENDPOINT_PRIORITY = 10


@dataclass(slots=True)
class Walk:
    """One crawl as its parts see it."""

    session: Session
    settings: BaseSettings
    asked: set[str] = field(default_factory=set)
    """Every address that was asked for in this run, endpoints as the roster writes them, pages by their key."""

    @property
    def earliest(self) -> date:
        """The day before which nothing is wanted."""
        return self.session.since or RESOLUTION_ON

    def bound(self, name: str) -> int:
        """The setting of that name, or the one for a crawl that goes back."""
        return int(self.settings.getint(f"{name}_SINCE" if self.session.since else name))

    def reachable(self, source: Source, url: str) -> bool:
        """Whether a source may ask for an address, and it is part of no trap by itself."""
        try:
            self.session.guard.check_url(url, self.session.reach[source.id])
        except Refused:
            return False
        return trap_in(url, now().date()) is None
