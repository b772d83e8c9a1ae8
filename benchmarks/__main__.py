"""Run the benchmarks named, or all that are quick, say each result, and write the report.

A benchmark that fails is told and costs the others nothing; the exit code is then 1.
"""

from __future__ import annotations

import sys
import time
import traceback
from importlib import import_module

from benchmarks import report
from benchmarks.turns import Result

QUICK = ("warcs", "crawl", "scan", "extract", "feeds", "tag", "learn", "reprints")
"""Half an hour together on two cores."""
LONG = ("scale", "search", "long_crawl")
"""What a million articles cost, and a crawl of 100,000 pages."""


def main() -> int:
    """Exit 1 when a benchmark failed, 2 for one that does not exist."""
    chosen = [name for given in sys.argv[1:] or QUICK for name in ((*QUICK, *LONG) if given == "all" else (given,))]
    if unknown := set(chosen) - {*QUICK, *LONG}:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join((*QUICK, *LONG))}, all", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen:
        results: list[Result] = []
        start = time.monotonic()
        try:
            for result in import_module(f"benchmarks.{name}").run():
                results.append(result)
                print(f"{name}: {result.what}: {result.value:.4g} {result.unit} ({result.detail})", flush=True)
        except Exception:  # noqa: BLE001 - the others are still worth their time
            traceback.print_exc()
            failed = 1
            continue
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
        report.write(results, (*QUICK, *LONG))
    return failed


if __name__ == "__main__":
    sys.exit(main())
