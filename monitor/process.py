"""Archived pages in, tagged rows out: read in processes that can be stopped, written by one writer, grouped into stories."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from classifier.shingles import MAGIC
from classifier.stories import StoryIndex
from classifier.taxonomy import load_taxonomy
from classifier.types import AgencyName
from crawler.bounds import allow_children
from crawler.clock import now
from crawler.items import Article, Notice, Outcome, Reason, State
from crawler.store import articles, corrections, pages, runs, sets
from crawler.store.articles import Archival, Signed
from crawler.store.pages import Archived
from crawler.urls import canonical
from monitor import scores
from monitor.reading import Reader, Reading
from monitor.spread import spread
from monitor.workers import read_all

BATCH = 200
"""Pages that a Dask worker reads at a time: some 15 s of work beside the second that its child needs to start."""
OFTEN = 20_000
"""Pages read between two savings of the sets that search counts with: so far behind may whoever reads them be."""
WORTH_A_WORKER = 150
"""Below this many pages a process, starting another one takes longer than reading."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What each worker's reader is made from."""

    directory: Path
    model: Path
    names: tuple[AgencyName, ...]


def process(
    db: Database,
    plan: Plan,
    run_id: int,
    *,
    everything: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    on_read: Callable[[int, int], None] = lambda done, total: None,
) -> Counter[str]:
    """Read what waits in the archive (or `everything` in it), write it, group it; give the count of each page state.

    `scheduler`: the address of a Dask scheduler whose workers read, instead of processes of this machine; they need the archive
    and the model at the same paths. `on_read(done, total)` is called after each page. Raises ModelError when the model file is
    none of ours, CannotRun when no process to read in can be started.
    """
    articles.sync_topics(db, [(topic.id, topic.name_vi, topic.name_en, topic.facet) for topic in load_taxonomy()])
    waiting = pages.archived(db, everything=everything)
    counts: Counter[str] = Counter()
    readings = _on_dask(plan, waiting, scheduler) if scheduler else _here(plan, waiting, workers)
    for done, reading in enumerate(readings, 1):
        with db.atomic():
            counts[_write(db, run_id, reading)] += 1
        if done % OFTEN == 0:
            sets.save(db)
        on_read(done, len(waiting))
    if waiting or articles.ungrouped(db):
        group_stories(db)
    scores.fill(db, plan.model)
    return counts


def _here(plan: Plan, waiting: Sequence[Archived], workers: int | None) -> Iterator[Reading]:
    crew = workers or min(os.cpu_count() or 1, 1 + len(waiting) // WORTH_A_WORKER)
    return read_all(partial(Reader, plan.directory, plan.model, plan.names), waiting, crew)


def _on_dask(plan: Plan, waiting: Sequence[Archived], scheduler: str) -> Iterator[Reading]:
    if not waiting:
        return
    plan = replace(plan, directory=plan.directory.resolve(), model=plan.model.resolve())
    batches = [(plan, waiting[start : start + BATCH]) for start in range(0, len(waiting), BATCH)]
    with spread(1, scheduler) as cluster:
        for readings in cluster.map(read_batch, batches):
            yield from readings


def read_batch(task: tuple[Plan, Sequence[Archived]]) -> list[Reading]:
    """What a Dask worker does: read some pages in a child that can be stopped, so that no page ends the worker itself."""
    plan, waiting = task
    allow_children()
    return list(read_all(partial(Reader, plan.directory, plan.model, plan.names), waiting, 1))


def _write(db: Database, run_id: int, reading: Reading) -> str:
    """Write one reading and give the state of its page."""
    archived = reading.archived
    outcome = Outcome(archived.url, archived.source_id, State.FAILED, reading.reason, reading.detail)
    kept = articles.kept(db, archived.url)
    later = kept is not None and kept.place != (archived.warc_file, archived.warc_offset)
    if kept is not None and (reading.says_nothing or (later and reading.tags is None)):
        return _keep(db, run_id, outcome, kept)
    if reading.article is None:
        articles.remove(db, archived.url)
    elif reading.tags is None:
        articles.remove(db, archived.url)
        outcome = replace(outcome, state=State.UNRELATED)
    elif not later and (twin := _twin(db, archived, reading.article)) is not None:
        articles.remove(db, archived.url)
        outcome = replace(outcome, state=State.UNRELATED, same_as=twin)
    else:
        article = replace(reading.article, url=archived.url, title=reading.article.title or archived.title or archived.url)
        archival = Archival(archived.warc_file, archived.warc_offset, reading.fetched_at)
        articles.write(db, archived.source_id, article, reading.tags, archival, reading.signature)
        state = State.DOCUMENT if article.kind == "document" else State.ARTICLE
        outcome = replace(outcome, state=state, published=article.published)
        undated = () if article.published else (Notice(Reason.BAD_DATE, "no date of publication found"),)
        _notices(db, run_id, archived, (*article.warnings, *undated))
    pages.record(db, outcome, now())
    if outcome.reason is not None:
        runs.fail(db, run_id, runs.failure(outcome, "process"), now())
    return outcome.state.value


def _keep(db: Database, run_id: int, outcome: Outcome, kept: articles.Kept) -> str:
    """An article that was read before stays as it was: only this reading, or a later visit to its page, brought nothing."""
    if outcome.reason is not None:
        runs.fail(db, run_id, runs.failure(outcome, "process"), now())
    file, offset = kept.place
    back = replace(outcome, state=State(kept.kind), reason=None, detail="", warc_file=file, warc_offset=offset)
    pages.record(db, back, now())
    return kept.kind


def _twin(db: Database, archived: Archived, article: Article) -> str | None:
    """The address that the page itself calls its own, if that page is in the archive too."""
    named = canonical(article.canonical_url, base=archived.url) if article.canonical_url else None
    own = pages.known_as(db, archived.source_id, named) if named else None
    return own if own and own != archived.url and pages.is_archived(db, archived.source_id, own) else None


def _notices(db: Database, run_id: int, archived: Archived, notices: Iterable[Notice]) -> None:
    for notice in notices:
        failure = runs.Failure("process", "warning", notice.reason, notice.detail, archived.source_id, archived.url)
        runs.fail(db, run_id, failure, now())


def group_stories(db: Database) -> None:
    """Group all articles into stories; the original is the earliest, a news agency's text before others of the same time."""
    index = StoryIndex()
    articles.sign(db, ((article_id, index.signature(text)) for article_id, text in articles.unsigned(db, MAGIC)))
    members: dict[int, list[Signed]] = {}
    apart = corrections.alone(db.conn)
    for item in articles.signed(db):
        if item.id in apart:  # a person said that it is nobody's reprint
            members[-item.id] = [item]
            continue
        members.setdefault(index.add_signature(item.id, item.signature), []).append(item)
    articles.write_stories(db, [(_original(story).id, [item.id for item in story]) for story in members.values()])
    sets.save(db)


def _original(story: list[Signed]) -> Signed:
    return min(story, key=lambda item: (item.published_at is None, item.published_at or "", not item.is_news_agency, item.url))
