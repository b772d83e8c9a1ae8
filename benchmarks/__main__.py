"""Run the benchmarks named, or all of them, say each result, and write the report."""

from __future__ import annotations

import sys

from benchmarks import crawl, extract, report, reprints, scan, tag
from benchmarks.turns import Result

BENCHMARKS = {"scan": scan.run, "crawl": crawl.run, "extract": extract.run, "reprints": reprints.run, "tag": tag.run}


def main() -> None:
    """Exit 2 for a benchmark that does not exist."""
    chosen = sys.argv[1:] or [*BENCHMARKS]
    if unknown := set(chosen) - set(BENCHMARKS):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    results: list[Result] = []
    for name in chosen:
        for result in BENCHMARKS[name]():
            results.append(result)
            print(f"{name}: {result.what}: {result.value:.4g} {result.unit} ({result.detail})", flush=True)
    report.write(results)


if __name__ == "__main__":
    sys.exit(main())
