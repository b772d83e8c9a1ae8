"""The weekly job as a process of its own, against a press web that another process plays: `job.py DATABASE PROXY`."""

import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from crawler.roster import load_roster
from crawler.store.db import BadDatabase
from monitor.cli import cli
from monitor.crawl import CrawlOptions
from monitor.demo.show import ROSTER
from monitor.runs import CannotRun, running
from monitor.weekly import weekly

DAY = date(2026, 10, 31)


def main() -> int:
    """Say `running` once the lock is held; exit as `nq57 weekly` would."""
    path, proxy = Path(sys.argv[1]), sys.argv[2]
    roster = load_roster(ROSTER)
    names = tuple({urlsplit(source.home).hostname or "" for source in roster.sources})
    try:
        with running(path, "weekly") as run:
            print("running", flush=True)
            weekly(
                run, roster, CrawlOptions(ROSTER, delay=0, timeout=10, proxy=proxy, proxy_names=names, progress=False), as_of=DAY
            )
            attention = list(run.attention)
    except (BadDatabase, CannotRun) as error:
        attention = [str(error)]
    for line in attention:
        print(line, file=sys.stderr)
    return 1 if attention else 0


if __name__ == "__main__":
    assert cli  # imported as the command line is, so that a start takes as long
    sys.exit(main())
