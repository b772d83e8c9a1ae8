"""The demo: the whole weekly job against the press web, then the result held against the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.roster import load_roster
from monitor import say
from monitor.crawl import CrawlOptions
from monitor.demo.compare import differences
from monitor.demo.server import PressWeb
from monitor.demo.truth import TRUTH
from monitor.runs import running
from monitor.weekly import weekly

ROSTER = Path(__file__).parent / "roster"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo did: its database, the run's summary, and where the result departs from the truth."""

    db: Path
    summary: dict[str, Any]
    differences: list[str]


def show(directory: Path, *, quiet: bool = False) -> Shown:
    """Run the weekly job in `directory` against the press web on loopback. Run again, it goes on where it ended.

    The press web stands still on its own day, so that day is what is measured.
    """
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    day = date.fromisoformat(truth["as_of"])
    roster = load_roster(ROSTER)
    db = directory / "nq57.db"
    with PressWeb() as web, running(db, "demo") as run:
        names = tuple({urlsplit(source.home).hostname or "" for source in roster.sources})
        options = CrawlOptions(ROSTER, delay=0, timeout=10, proxy=web.proxy_url, proxy_names=names, progress=not quiet)
        with say.bar("Đọc trang lưu trữ", quiet=quiet) as on_read:
            progress = weekly(run, roster, options, as_of=day, on_read=on_read)
        found = differences(run.db, truth)
        # The press web's planned failures need nobody; a difference from its truth does.
        run.attention[:] = found
        summary = run.summary() | {"requests": len(web.requests)}
    if not quiet:
        say.summary(summary)
        say.targets(roster, progress, day)
        print(f"So với đáp án: {'đúng hết' if not found else f'{len(found)} chỗ khác'}")
    return Shown(db, summary, found)
