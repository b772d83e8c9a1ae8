"""What a right crawl of the press web finds: texts/ and sites.yaml in, truth.json out, never a word from the pipeline."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from monitor.demo.addresses import SHAPES, page_path
from monitor.demo.server import bundled_web
from monitor.demo.sites import Site
from monitor.demo.web import Item, Web

TRUTH = Path(__file__).parent / "truth.json"

LIVE_DAYS = 30
"""A column is alive with an item in the last 30 days (target columns-2025)."""

_UNREACHABLE = {"drop": "refused", "reset": "refused", "hang": "timeout", "status": "http", "partial": "http"}
_ODD = {
    "gone": "http",
    "error": "http",
    "garbled": "bad-encoding",
    "undated": "bad-date",
    "empty": "empty",
    "broken-pdf": "bad-document",
    "script": "needs-script",
    "outside": "outside-hosts",
}
"""The reason in the failures table that each oddity has to end with."""

Row = dict[str, Any]


def truth(web: Web) -> Row:
    """The whole truth as JSON values: lists of rows, each in a fixed order."""
    today = web.press.now.date()
    return {
        "as_of": today.isoformat(),
        "articles": sorted((_article(item) for item in _readable(web) if item.labels.relevance), key=_by_url),
        "decoys": sorted(
            ({"url": i.url, "source_id": i.site.id, "kind": i.kind} for i in _readable(web) if not i.labels.relevance),
            key=_by_url,
        ),
        "columns": [_column(web, site, today) for site in web.sites if site.agency],
        "plans": sorted(_plans(web), key=_by_url),
        "press": [_press(web, site, today) for site in web.sites if site.key],
        "failures": sorted(_failures(web), key=lambda row: (row["source_id"], row["url"] or "")),
        "verdicts": {
            "plans-2025": _plan_verdicts(web),
            "columns-2025": [_column_verdict(_column(web, site, today), site) for site in web.sites if site.agency],
            "press-2025": [
                {"unit_id": row["source_id"], "verdict": row["verdict"], "reason": row["reason"]}
                for row in (_press(web, site, today) for site in web.sites if site.key)
            ],
        },
        # Every body that no row names has no source in this web.
        "otherwise": {"verdict": "unknown", "reason": "no-source"},
    }


def _by_url(row: Row) -> str:
    return str(row["url"])


def _unknown(site: Site) -> str | None:
    """Why nothing can be said of a site, or None where it can be read."""
    if site.fault and site.fault.name in _UNREACHABLE:
        return "unreachable"
    return "robots" if "Disallow: /" in site.robots.splitlines() else None


def _readable(web: Web) -> Iterator[Item]:
    """What a polite reader gets to see as an article."""
    for item in web.all_items():
        if _unknown(item.site) is None and item.oddity in (None, "undated"):
            yield item


def _article(item: Item) -> Row:
    return {
        "url": item.url,
        "source_id": item.site.id,
        "title": item.title,
        "language": item.language,
        "relevance": item.labels.relevance,
        "topics": sorted(item.labels.topics),
        "agencies": sorted(item.labels.agencies),
        "published_on": None if item.oddity == "undated" else item.when.date().isoformat(),
        "story": item.story,
        # A reprint may have lost the end that names a body or a subject: hold tags against originals only.
        "original": item.original,
        "document": item.document if item.document != "html" else None,
    }


def _column_url(site: Site) -> str | None:
    if site.column is None:
        return None
    return f"http://{site.host}{page_path(SHAPES[site.shape], site.column.slug, 1, size=site.page_size)}"


def _column(web: Web, site: Site, today: date) -> Row:
    if _unknown(site):
        return {"agency": site.agency, "url": None, "state": "unknown", "last_item_on": None}
    items = web.column_items(site)
    if not items:
        return {"agency": site.agency, "url": None, "state": "missing", "last_item_on": None}
    last = items[0].when.date()
    state = "live" if last >= today - timedelta(days=LIVE_DAYS) else "silent"
    return {"agency": site.agency, "url": _column_url(site), "state": state, "last_item_on": last.isoformat()}


def _column_verdict(row: Row, site: Site) -> Row:
    verdict, reason = {
        "live": ("met", "met"),
        "silent": ("not_met", "silent"),
        "missing": ("not_met", "missing"),
        "unknown": ("unknown", _unknown(site)),
    }[row["state"]]
    return {"unit_id": row["agency"], "verdict": verdict, "reason": reason}


def _plans(web: Web) -> Iterator[Row]:
    for item in _readable(web):
        plan = item.labels.plan
        # A passing mention may stand in the part that a reprint cut off.
        if plan and (item.original or plan.kind != "mention"):
            yield {
                "agency": plan.agency,
                "url": item.url,
                "kind": plan.kind,
                "number": plan.number,
                "issued_by": plan.issued_by,
                "verdict": "met" if plan.kind in ("plan", "plan-report") else "not_met",
            }


def _plan_verdicts(web: Web) -> list[Row]:
    """One row for each body that has a portal here or a plan that anybody published or reported."""
    with_plan = {row["agency"] for row in _plans(web) if row["verdict"] == "met"}
    sites = {site.agency: site for site in web.sites if site.agency}
    rows = []
    for agency in sorted(with_plan | sites.keys()):
        blocked = _unknown(sites[agency]) if agency in sites else "no-source"
        if agency in with_plan:
            verdict, reason = "met", "met"
        elif blocked:
            verdict, reason = "unknown", blocked
        else:
            verdict, reason = "not_met", "no-plan"
        rows.append({"unit_id": agency, "verdict": verdict, "reason": reason})
    return rows


def _press(web: Web, site: Site, today: date) -> Row:
    row = {"source_id": site.id, "url": _column_url(site), "last_item_on": None}
    if blocked := _unknown(site):
        return {**row, "url": None, "verdict": "unknown", "reason": blocked}
    items = web.column_items(site)
    if not items:
        return {**row, "url": None, "verdict": "not_met", "reason": "no-page"}
    row["last_item_on"] = items[0].when.date().isoformat()
    since = today - timedelta(days=LIVE_DAYS)
    if items[0].when.date() < since:
        return {**row, "verdict": "not_met", "reason": "silent"}
    if not any(item.labels.relevance and item.when.date() >= since for item in web.items[site.id]):
        return {**row, "verdict": "not_met", "reason": "no-output"}
    return {**row, "verdict": "met", "reason": "met"}


def _failures(web: Web) -> Iterator[Row]:
    for site in web.sites:
        blocked = _unknown(site)
        if blocked:
            reason = "robots" if blocked == "robots" or site.fault is None else _UNREACHABLE[site.fault.name]
            yield {"source_id": site.id, "url": None, "reason": reason, "severity": "error"}
            continue
        for feed in site.feeds:
            if feed.malformed:
                yield {"source_id": site.id, "url": f"http://{site.host}{feed.path}", "reason": "bad-feed", "severity": "error"}
        for item in web.items[site.id]:
            if item.oddity:
                severity = "warning" if item.oddity == "undated" else "error"
                yield {"source_id": site.id, "url": item.url, "reason": _ODD[item.oddity], "severity": severity}


def dumps(value: Row) -> str:
    """The file's text: one line a field, letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write truth.json, or with --check say whether it is up to date (exit code 1 where it is not)."""
    parser = argparse.ArgumentParser(
        prog="python -m monitor.demo.truth", description="What a right crawl of the press web finds."
    )
    parser.add_argument("--check", action="store_true", help="only compare the file with the texts and sites")
    wanted = dumps(truth(bundled_web()))
    if not parser.parse_args().check:
        TRUTH.write_text(wanted, encoding="utf-8")
    elif not TRUTH.exists() or TRUTH.read_text(encoding="utf-8") != wanted:
        sys.exit(f"{TRUTH}: out of date; run python -m monitor.demo.truth")


if __name__ == "__main__":
    main()
