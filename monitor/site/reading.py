"""What each page shows: a connection and an id in, the template's values out, or None where there is no such thing."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta

from crawler.store import duties, read_articles, read_sources, read_tallies, read_targets, search, signals
from crawler.store.search import Wanted
from monitor.sample import adjusted
from monitor.site.finder import Finder, Found
from monitor.site.formats import week_days, week_name
from monitor.site.marks import mark, paragraphs
from monitor.site.results import all_names, unbroken

NEWEST = 8
TOP = 10
WEEKS = 26
Values = dict[str, object]


def home(db: sqlite3.Connection, finder: Finder, shown: str = "") -> Values:
    """The targets, the weekly curve by task group, the provinces, the newest coverage, the sources' health, the last run.

    `shown` is what the provinces' tiles show: the id of a target of agencies; anything else is the coverage.
    """
    found = finder.find(db, Wanted())
    sources = read_sources.sources(db)
    progress = read_targets.progress(db)
    weeks = read_tallies.weeks(db, limit=WEEKS)
    since = weeks[0].starts_on if weeks else ""
    by_agency = [row for row in progress if row.unit == "agency" and row.as_of]
    return {
        "progress": progress,
        "groups": read_tallies.groups(db),
        "weeks": weeks,
        "by_group": read_tallies.group_weeks(db, since),
        "provinces": read_tallies.provinces(db, since),
        "tile_targets": by_agency,
        "tiles": next((row for row in by_agency if row.id == shown), None),
        "standings": read_targets.verdicts_by_agency(db),
        "newest": _newest(db, finder, found, NEWEST),
        "count": len(found.articles),
        "names": all_names(db),
        "statuses": Counter(source.status for source in sources),
        "sources": len(sources),
        "trouble": [source for source in sources if source.status in ("failing", "dead", "blocked")][:NEWEST],
        "run": read_sources.last_collecting(db),
        "signals": signals.newest(db, NEWEST),
        "uncovered": signals.uncovered(db),
    }


def article(db: sqlite3.Connection, article_id: int) -> Values | None:
    """An article with what made it relevant marked, its tags, its story and what it proves."""
    row = read_articles.article(db, article_id)
    if row is None:
        return None
    spans = defaultdict(list)
    for passage in read_articles.passages(db, article_id):
        if passage.tag == "relevance":
            spans[passage.field].append((passage.start, passage.end))
    return {
        "article": row,
        "title": mark(row.title, spans["title"]),
        "paragraphs": paragraphs(row.text, spans["text"]),
        "marked": bool(spans),
        "topics": read_articles.topic_tags(db, article_id),
        "agencies": read_articles.agency_tags(db, article_id),
        "reprints": read_articles.reprints(db, article_id),
        "others": read_articles.others(db, article_id),
        "served": read_articles.served(db, article_id),
        "foreign": row.language if row.language and row.language != "vi" else None,
    }


def agencies(db: sqlite3.Connection, finder: Finder) -> Values:
    """All bodies by kind, with their verdicts and how much coverage names them."""
    found = finder.find(db, Wanted())
    rows = [_counted(row, found) for row in read_tallies.agencies(db)]
    targets = [row for row in read_targets.progress(db) if row.unit == "agency" and row.as_of]
    return {
        "kinds": {kind: [row for row in rows if row.kind == kind and not row.valid_to] for kind in _kinds(rows)},
        "former": [row for row in rows if row.valid_to],
        "targets": targets,
        "verdicts": read_targets.verdicts_by_agency(db),
    }


def agency(db: sqlite3.Connection, finder: Finder, agency_id: str) -> Values | None:
    """A body: its verdicts with their evidence, its portal, its coverage."""
    row = read_tallies.agency(db, agency_id)
    if row is None:
        return None
    return {
        "agency": _counted(row, finder.find(db, Wanted())),
        "predecessors": read_tallies.predecessors(db, agency_id),
        "portals": read_sources.portals_of(db, agency_id),
        "signals": signals.of_thing(db, "agency", agency_id),
        "duties": duties.shown(db, agency_id),
        "link": f"agency={agency_id}",
        **_standing(db, agency_id),
        **_coverage(db, finder, Wanted(agencies=(agency_id,))),
    }


def outlet(db: sqlite3.Connection, finder: Finder, source_id: str) -> Values | None:
    """A source: its health, endpoints, verdicts and coverage."""
    row = read_sources.source(db, source_id)
    if row is None:
        return None
    return {
        "source": _of_outlet(row, finder.find(db, Wanted())),
        "endpoints": read_sources.endpoints(db, source_id),
        "failures": read_sources.latest_failures(db, source_id),
        "signals": signals.of_thing(db, "source", source_id),
        "duties": duties.shown(db, source_id),
        "link": f"outlet={source_id}",
        **_standing(db, source_id),
        **_coverage(db, finder, Wanted(outlets=(source_id,))),
    }


def topic(db: sqlite3.Connection, finder: Finder, topic_id: str) -> Values | None:
    """A topic with its coverage."""
    name = next((name for name in read_tallies.topics(db) if name.id == topic_id), None)
    if name is None:
        return None
    coverage = _coverage(db, finder, Wanted(topics=(topic_id,)))
    return {
        "topic": name,
        "signals": signals.of_thing(db, "topic", topic_id),
        "link": f"topic={topic_id}",
        "adjusted": adjusted(db, topic_id),
        **coverage,
    }


def group(db: sqlite3.Connection, finder: Finder, group_id: str) -> Values | None:
    """A task group with its coverage: articles with any of its topics."""
    found = next((group for group in read_tallies.groups(db) if group.id == group_id), None)
    if found is None:
        return None
    return {"group": found, "link": f"group={group_id}", **_coverage(db, finder, Wanted(groups=(group_id,)))}


def week(db: sqlite3.Connection, finder: Finder, name: str) -> Values | None:
    """A week with its coverage and its neighbours."""
    days = week_days(name)
    if days is None:
        return None
    monday, sunday = days
    wanted = Wanted(since=monday.isoformat(), until=sunday.isoformat())
    return {
        "name": name,
        "monday": monday.isoformat(),
        "sunday": sunday.isoformat(),
        "before": week_name(monday - timedelta(days=7)),
        "after": week_name(monday + timedelta(days=7)),
        "link": f"week={name}",
        "signals": signals.between(db, monday.isoformat(), sunday.isoformat()),
        "shares": read_tallies.shares_by_kind(db, monday.isoformat()),
        **_coverage(db, finder, wanted, newest=50),
    }


def targets(db: sqlite3.Connection) -> Values:
    """All targets, and the duties of the programme: the period that was due last and the one to come, with who stands how."""
    kept: dict[tuple[str, str, str], list[duties.DutyRow]] = defaultdict(list)
    for row in duties.shown(db):
        kept[row.due_on, row.id, row.period].append(row)
    return {"progress": read_targets.progress(db), "duties": kept}


def target(db: sqlite3.Connection, target_id: str, only: str = "") -> Values | None:
    """A target: every unit with its verdict and evidence, or those of one verdict."""
    progress = read_targets.progress_of(db, target_id)
    if progress is None:
        return None
    units = {"met": progress.met or 0, "not_met": progress.not_met or 0, "unknown": progress.unknown or 0}
    only = only if only in units else ""
    proofs = defaultdict(list)
    for proof in read_targets.evidence(db, target_id):
        proofs[proof.unit_id].append(proof)
    return {
        "target": progress,
        "rows": read_targets.verdicts(db, target_id, only),
        "of": units[only] if only else sum(units.values()),
        "all_rows": sum(units.values()),
        "only": only,
        "proofs": proofs,
        "others": [other for other in read_targets.progress(db) if other.id != target_id],
    }


def health(db: sqlite3.Connection, finder: Finder) -> Values:
    """Every source with its state, the failures since the last collection by reason, the last runs."""
    since = read_sources.last_collection(db)
    found = finder.find(db, Wanted())
    sources = [_of_outlet(row, found) for row in read_sources.sources(db)]
    return {
        "sources": sources,
        "statuses": Counter(source.status for source in sources),
        "runs": read_sources.latest_runs(db),
        "since": since,
        "failures": read_sources.failures_by_reason(db, since),
    }


def _coverage(db: sqlite3.Connection, finder: Finder, wanted: Wanted, newest: int = NEWEST) -> Values:
    found = finder.find(db, wanted)
    values = found.facets()
    return {
        "count": len(found.articles),
        "newest": _newest(db, finder, found, newest),
        "weeks": unbroken(found.weeks, WEEKS, found.sets.last_week),
        "top": {facet: values[facet][:TOP] for facet in ("topic", "agency", "outlet")},
        "names": all_names(db),
    }


def _counted(row: read_tallies.AgencyRow, found: Found) -> read_tallies.AgencyRow:
    named = found.articles & found.sets.of("agency", row.id)
    return replace(row, articles=len(named), last_on=found.sets.last_day(named))


def _of_outlet(row: read_sources.SourceRow, found: Found) -> read_sources.SourceRow:
    return replace(row, articles=found.articles.intersection_cardinality(found.sets.of("outlet", row.id)))


def _newest(db: sqlite3.Connection, finder: Finder, found: Found, many: int) -> list[search.Hit]:
    return list(search.hits_of(db, finder.page(db, found, "date", found.articles, 0, many)))


def _standing(db: sqlite3.Connection, unit_id: str) -> Values:
    verdicts = read_targets.verdicts_of_unit(db, unit_id)
    return {
        "verdicts": verdicts,
        "proofs": {verdict.target_id: read_targets.evidence(db, verdict.target_id, unit_id) for verdict in verdicts},
    }


def _kinds(rows: list[read_tallies.AgencyRow]) -> list[str]:
    return list(dict.fromkeys(row.kind for row in rows if not row.valid_to))
