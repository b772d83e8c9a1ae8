"""Results in, a JSON file, a Markdown page and a page with plots out: every figure with what was wanted of it."""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import environments
from benchmarks.plots import page_with_plots
from benchmarks.turns import Result

ROOT = Path(__file__).resolve().parent.parent
PAGE, DATA = ROOT / "docs" / "benchmarks.md", ROOT / "benchmarks" / "results.json"
PLOTS, PROSE = ROOT / "docs" / "benchmarks.html", ROOT / "benchmarks" / "where-the-time-goes.md"
_PARTS = (
    "scrapy",
    "Twisted",
    "trafilatura",
    "fastwarc",
    "hyperscan",
    "feedparser",
    "scikit-learn",
    "ahocorasick-rs",
    "numpy",
)


def versions() -> dict[str, str]:
    """What took part, with its version; a peer that is missing says why."""
    found = {"Python": platform.python_version(), "machine": platform.machine()}
    for part in _PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            found[part] = "not installed"
    return found | environments.versions()


def write(results: Sequence[Result], order: Sequence[str]) -> None:
    """Write the files anew, in the `order` of the benchmarks; those that did not run this time keep their last figures."""
    before, days = _last()
    run = {r.benchmark for r in results}
    kept = [r for r in before if r.benchmark not in run]
    days |= dict.fromkeys(run, date.today().isoformat())
    rows = sorted([*kept, *results], key=lambda r: order.index(r.benchmark) if r.benchmark in order else len(order))
    used = versions()
    told = {"versions": used, "measured": days, "results": [_row(r) for r in rows]}
    DATA.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(rows, days, used), encoding="utf-8")
    PLOTS.write_text(page_with_plots(rows, days, used), encoding="utf-8")


def _row(result: Result) -> dict[str, object]:
    sides = {name: round(value, 4) for name, value in result.sides}
    value = None if math.isnan(result.value) else round(result.value, 4)
    return dataclasses.asdict(result) | {"value": value, "sides": sides, "reached": result.reached}


def _last() -> tuple[list[Result], dict[str, str]]:
    if not DATA.is_file():
        return [], {}
    told = json.loads(DATA.read_text(encoding="utf-8"))
    names = [field.name for field in dataclasses.fields(Result)]
    results = []
    for row in told["results"]:
        row |= {"value": math.nan if row["value"] is None else row["value"], "sides": tuple(row.get("sides", {}).items())}
        results.append(Result(**{name: row[name] for name in names if name in row}))
    return results, told.get("measured", {})


def page(results: Sequence[Result], days: Mapping[str, str], used: Mapping[str, str]) -> str:
    """The Markdown page."""
    missed = sum(r.reached is False for r in results)
    wanted = sum(r.reached is not None for r in results)
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`make bench ONLY=crawl` for one), never by hand; `make bench-full` adds what takes longer.",
        "Each ratio comes from one run in which all sides took turns, in CPU time: a busy machine slows all alike. Read the",
        "ratios, not the times. Every peer runs in an environment of its own (`benchmarks/environments/`).",
        f"Of {wanted} figures that something is wanted of, {wanted - missed} are reached and {missed} are not.",
        "",
        "| benchmark | measured | value | wanted | reached | detail |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(r) for r in results]
    if PROSE.is_file():
        lines += ["", PROSE.read_text(encoding="utf-8").rstrip()]
    told = ", ".join(f"{name} {found}" for name, found in used.items())
    when = ", ".join(f"{name} {day}" for name, day in days.items())
    return "\n".join([*lines, "", f"With {told}.", "", f"Measured: {when}.", ""])


def _line(r: Result) -> str:
    wanted = "" if r.wanted is None else f"{'≥' if r.at_least else '≤'} {r.wanted:g}"
    reached = {True: "yes", False: "**no**", None: ""}[r.reached]
    value = "–" if math.isnan(r.value) else f"{r.value:.4g} {r.unit}".strip()
    sides = f"{r.sides_in}: " + ", ".join(f"{name} {value:.4g}" for name, value in r.sides) if r.sides else ""
    detail = "; ".join(part for part in (sides, r.detail) if part).replace("|", "/")
    return f"| {r.benchmark} | {r.what} | {value} | {wanted} | {reached} | {detail} |"
