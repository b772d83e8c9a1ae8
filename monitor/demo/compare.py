"""What the crawl of the press web found, held against its truth: a database and the truth in, one sentence a difference out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database

from crawler.store import facts

Truth = Mapping[str, Any]


def differences(db: Database, truth: Truth) -> list[str]:
    """Every way in which the database departs from the truth; empty when the result is right."""
    found = facts.articles(db)
    return [
        *_relevance(found, truth),
        *_dates(found, truth),
        *_stories(found, truth),
        *_verdicts(db, truth),
        *_evidence(db, truth),
        *_failures(db, truth),
    ]


def _relevance(found: Iterable[facts.ArticleFact], truth: Truth) -> Iterator[str]:
    """Which pages speak of the Resolution; a page that should not be there at all counts against precision too."""
    relevant = {fact.url: fact.relevance for fact in found if fact.relevance}
    wanted = {row["url"]: row["relevance"] for row in truth["articles"]}
    for url in sorted(wanted.keys() - relevant.keys()):
        yield f"missed: {url}"
    for url in sorted(relevant.keys() - wanted.keys()):
        yield f"wrongly relevant: {url}"


def _dates(found: Iterable[facts.ArticleFact], truth: Truth) -> Iterator[str]:
    published = {fact.url: fact.published_on for fact in found}
    for row in truth["articles"]:
        if row["url"] in published and published[row["url"]] != row["published_on"]:
            yield f"dated {published[row['url']]}, is of {row['published_on']}: {row['url']}"


def _stories(found: Iterable[facts.ArticleFact], truth: Truth) -> Iterator[str]:
    story = {fact.url: fact.story_url for fact in found}
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in truth["articles"]:
        wanted[row["story"]].add(row["url"])
    seen: dict[str | None, str] = {}
    for name, urls in wanted.items():
        groups = {story[url] for url in urls if url in story}
        if len(groups) > 1:
            yield f"story {name}: in {len(groups)} parts: {', '.join(sorted(urls))}"
        for group in groups:
            if group in seen and seen[group] != name:
                yield f"stories {seen[group]} and {name} are taken for one"
            seen[group] = name


def _verdicts(db: Database, truth: Truth) -> Iterator[str]:
    otherwise = truth["otherwise"]
    wanted = {(target, row["unit_id"]): row for target, rows in truth["verdicts"].items() for row in rows}
    for fact in facts.verdicts(db, date.fromisoformat(truth["as_of"])):
        if fact.target_id not in truth["verdicts"]:
            continue
        row = wanted.pop((fact.target_id, fact.unit_id), otherwise)
        # Why a target is met differs by the strongest evidence; that it is met does not.
        right = fact.verdict == row["verdict"] and (fact.verdict == "met" or fact.reason == row["reason"])
        if not right:
            yield f"{fact.target_id} {fact.unit_id}: {fact.verdict} ({fact.reason}), is {row['verdict']} ({row['reason']})"
    for target, unit in sorted(wanted):
        yield f"{target} {unit}: no verdict"


def _evidence(db: Database, truth: Truth) -> Iterator[str]:
    found = {(fact.unit_id, fact.url, fact.kind): fact for fact in facts.evidence(db)}
    for row in truth["plans"]:
        if row["kind"] != "mention" and (row["agency"], row["url"], row["kind"]) not in found:
            others = [kind for unit, url, kind in found if unit == row["agency"] and url == row["url"]]
            yield f"{row['kind']} of {row['agency']} not found (but {others}): {row['url']}"
    proofs = {(row["agency"], row["url"]) for row in truth["plans"] if row["verdict"] == "met"}
    for unit, url, kind in sorted(found):
        if kind in ("plan", "plan-report") and (unit, url) not in proofs:
            yield f"{kind} of {unit} that is none: {url}"
    columns = {(unit, url) for unit, url, kind in found if kind == "column"}
    for row in truth["columns"]:
        if row["url"] and (row["agency"], row["url"]) not in columns:
            yield f"column of {row['agency']} not found: {row['url']}"


def _failures(db: Database, truth: Truth) -> Iterator[str]:
    found = facts.failures(db)
    sources = {(source, reason) for source, _, reason in found}
    for row in truth["failures"]:
        if row["url"] is None and (row["source_id"], row["reason"]) not in sources:
            yield f"failure not recorded: {row['source_id']} {row['reason']}"
        if row["url"] is not None and (row["source_id"], row["url"], row["reason"]) not in found:
            others = sorted(reason for source, url, reason in found if source == row["source_id"] and url == row["url"])
            yield f"failure not recorded: {row['source_id']} {row['reason']} (but {others}): {row['url']}"
