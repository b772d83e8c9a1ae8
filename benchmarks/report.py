"""Results in, a JSON file and a Markdown page out: every figure with what was wanted of it and what it was measured with."""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.turns import Result

ROOT = Path(__file__).resolve().parent.parent
PAGE, DATA = ROOT / "docs" / "benchmarks.md", ROOT / "benchmarks" / "results.json"
_PARTS = (
    "scrapy",
    "Twisted",
    "trafilatura",
    "ahocorasick-rs",
    "rensa",
    "numpy",
    "datasketch",
    "newspaper4k",
    "readability-lxml",
    "resiliparse",
)


def versions() -> dict[str, str]:
    """What took part, with its version; a peer that is missing says so."""
    found = {"Python": platform.python_version(), "machine": platform.machine()}
    for part in _PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            found[part] = "not installed"
    return found


def write(results: Sequence[Result]) -> None:
    """Write both files anew; benchmarks that did not run this time keep their last figures."""
    run = {r.benchmark for r in results}
    results = [*(r for r in _last() if r.benchmark not in run), *results]
    rows = [
        dataclasses.asdict(r) | {"value": None if math.isnan(r.value) else round(r.value, 4), "reached": r.reached}
        for r in results
    ]
    DATA.write_text(json.dumps({"versions": versions(), "results": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")


def _last() -> list[Result]:
    if not DATA.is_file():
        return []
    rows = json.loads(DATA.read_text(encoding="utf-8"))["results"]
    names = [field.name for field in dataclasses.fields(Result)]
    return [
        Result(**{name: row[name] for name in names} | {"value": math.nan if row["value"] is None else row["value"]})
        for row in rows
    ]


def page(results: Sequence[Result]) -> str:
    """The Markdown page."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`, never by hand. Each ratio comes from one run in which both sides took turns, in CPU time,",
        "so that a busy machine slows both alike. Read the ratios, not the times.",
        "",
        "| benchmark | measured | value | wanted | reached | detail |",
        "|---|---|---|---|---|---|",
    ]
    for r in results:
        wanted = "" if r.wanted is None else f"{'≥' if r.at_least else '≤'} {r.wanted:g}"
        reached = {True: "yes", False: "**no**", None: ""}[r.reached]
        value = "–" if math.isnan(r.value) else f"{r.value:.4g} {r.unit}".strip()
        lines.append(f"| {r.benchmark} | {r.what} | {value} | {wanted} | {reached} | {r.detail} |")
    told = ", ".join(f"{name} {found}" for name, found in versions().items())
    return "\n".join([*lines, "", f"With {told}.", ""])
