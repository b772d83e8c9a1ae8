"""A topic's count with its error: draw a stratified sample, have it checked, and say how many texts really have the topic."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from crawler.clock import now
from crawler.store import samples, search
from crawler.store.samples import Candidate, Stratum
from crawler.store.search import Wanted
from monitor.estimate import FEWEST, Estimate, Part, total
from monitor.runs import CannotRun

CUTS = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
"""Where the bands of scores begin; most texts lie in the first and the last, most errors between."""
SMALLEST = 2 * FEWEST
"""A band with fewer texts joins its neighbour; each stratum gives at least so many to the sample."""
LEAST_SPREAD = 0.1
"""Standard deviation that even a certain stratum is believed to have: its scores may be wrong."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample as it was drawn."""

    id: int
    topic_id: str
    size: int
    population: int
    strata: tuple[Stratum, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest sample of a topic: how far it is checked, the count as the tags have it, and as it really is."""

    topic_id: str
    sample_id: int
    drawn_at: str
    drawn: int
    checked: int
    given: int
    adjusted: Estimate | None

    def as_json(self) -> dict[str, Any]:
        """One object of `nq57 sample list --json`; the adjusted count is null while too little is checked."""
        found = self.adjusted
        row = {key: getattr(self, key) for key in ("topic_id", "sample_id", "drawn_at", "drawn", "checked", "given")}
        return row | {"adjusted": {"value": round(found.value, 1), "half": round(found.half, 1)} if found else None}


def draw(db: Database, topic: str, size: int, seed: int, model_file: Path) -> Drawn:
    """Draw about `size` articles of those that nobody has judged for the topic; the same seed and articles give the same sample.

    Strata by the model's decision and band of score; each gets texts by its size times the spread that its scores promise
    (Neyman's allocation, Cochran 1977, section 5.5). What people judged before counts as it is and is not drawn: it was not
    chosen at random, and the model may have learnt it. Raises CannotRun when there is nothing to draw from, or when the articles
    were tagged by several models.
    """
    # Here, not above: pages tell of samples, and only who draws one needs the model.
    from monitor.scores import fill

    fill(db, model_file)
    found = samples.candidates(db, topic)
    models = {article.model for article in found}
    if not found:
        raise CannotRun(f"{topic}: no relevant article that nobody has judged")
    if len(models) > 1:
        raise CannotRun(
            f"{topic}: the articles were tagged by several models ({', '.join(sorted(models))}); `nq57 process --all`"
        )
    strata, members = _stratify(found)
    drawn = [
        (article, stratum.number)
        for stratum, articles, count in zip(strata, members, _allocate(members, size), strict=True)
        for article in sorted(articles, key=lambda article: _lot(seed, topic, article))[:count]
    ]
    drawn.sort(key=lambda row: _lot(seed + 1, topic, row[0]))
    at = now().isoformat(timespec="seconds")
    number = samples.write(db, topic, models.pop(), seed, at, strata, [(article.id, stratum) for article, stratum in drawn])
    return Drawn(number, topic, len(drawn), len(found), tuple(strata))


def adjusted(connection: sqlite3.Connection, topic: str, articles: Sequence[int] | None = None) -> Estimate | None:
    """How many of these articles, or of all relevant ones, really have the topic, with a 95 % interval.

    `articles`: the ids of all that are asked about, those that were not given the topic included. None where no sample was drawn,
    too little of it is checked, or the articles were tagged by another model than the sample speaks for.
    """
    sample = samples.latest(connection, topic)
    if sample is None:
        return None
    asked = samples.asked(connection, sample, articles)
    if asked.unplaced:
        return None
    parts = [Part(row.checked, row.true, row.inside - row.inside_checked, row.inside_true, row.score) for row in asked.strata]
    found = total(parts)
    return Estimate(found.value + asked.known, found.half, found.checked) if found else None


def standings(connection: sqlite3.Connection) -> list[Standing]:
    """The newest samples of all topics that have one."""
    return [
        Standing(
            row.topic_id,
            row.sample_id,
            row.drawn_at,
            row.drawn,
            row.checked,
            search.count(connection, Wanted(topics=(row.topic_id,))),
            adjusted(connection, row.topic_id),
        )
        for row in samples.progress(connection)
    ]


def adjusted_result(
    connection: sqlite3.Connection, wanted: Wanted, find: Callable[[Wanted], Sequence[int]] | None = None
) -> Estimate | None:
    """The true count of a search for one topic; None for any other search, where a sample says nothing.

    `find` gives the ids of what is wanted, for who knows a quicker way than asking every row.
    """
    if len(wanted.topics) != 1 or wanted.groups or wanted.relevance != 1:
        return None
    (topic,) = wanted.topics
    if samples.latest(connection, topic) is None:
        return None
    everywhere = replace(wanted, topics=())
    articles = None if everywhere == Wanted() else (find or partial(search.ids, connection))(everywhere)
    return adjusted(connection, topic, articles)


def _stratify(found: Sequence[Candidate]) -> tuple[list[Stratum], list[list[Candidate]]]:
    strata: list[Stratum] = []
    members: list[list[Candidate]] = []
    for given in (False, True):
        decided = [article for article in found if article.given == given]
        if not decided:
            strata.append(Stratum(len(strata), given, 0.0, 2.0, 0))
            members.append([])
            continue
        edges = _edges(sorted(article.score for article in decided))
        for low, high in zip(edges, [*edges[1:], 2.0], strict=True):
            inside = [article for article in decided if low <= article.score < high]
            strata.append(Stratum(len(strata), given, low, high, len(inside)))
            members.append(inside)
    return strata, members


def _edges(scores: Sequence[float]) -> list[float]:
    """Where the bands of one decision begin, none with fewer than SMALLEST texts but where all together are fewer."""
    edges, have = [0.0], 0
    bands = [sum(low <= score < high for score in scores) for low, high in zip(CUTS, [*CUTS[1:], 2.0], strict=True)]
    for number, count in enumerate(bands):
        if have >= SMALLEST and sum(bands[number:]) >= SMALLEST:
            edges.append(CUTS[number])
            have = 0
        have += count
    return edges


def _allocate(members: Sequence[Sequence[Candidate]], size: int) -> list[int]:
    """How many to draw from each stratum."""
    weights = [len(articles) * _spread(articles) for articles in members]
    whole = sum(weights) or 1.0
    return [
        min(len(articles), max(SMALLEST, round(size * weight / whole))) for articles, weight in zip(members, weights, strict=True)
    ]


def _spread(articles: Sequence[Candidate]) -> float:
    if not articles:
        return 0.0
    return max(LEAST_SPREAD, sqrt(sum(article.score * (1 - article.score) for article in articles) / len(articles)))


def _lot(seed: int, topic: str, article: Candidate) -> bytes:
    """As good as random, and the same on every machine and in every merged database."""
    return hashlib.sha256(f"{seed} {topic} {article.url}".encode()).digest()
