"""A Dask scheduler in, the shards of a crawl out: each worked on by one worker, with a database of its own, joined at the end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep

from crawler.bounds import allow_children, die_with
from crawler.roster import load_roster
from crawler.shards import Shard
from crawler.store.db import BadDatabase
from crawler.store.roster import sync_roster
from monitor.crawl import CrawlOptions, crawl
from monitor.merge import join
from monitor.runs import Busy, CannotRun, Run, running
from monitor.spread import spread

# spawn: Twisted cannot restart within a process, and a forked child would inherit the worker's threads and sockets
_CONTEXT = get_context("spawn")
_TRIES = 2
"""Times that a worker begins a shard whose process somebody ended."""
_PATIENCE = 30.0
"""Seconds for the kernel to let go of the lock of a crawl whose worker was lost."""


@dataclass(frozen=True, slots=True)
class Task:
    """One shard, and how it is crawled."""

    shard: Shard
    db: Path
    options: CrawlOptions


@dataclass(frozen=True, slots=True)
class Crawled:
    """What became of a shard."""

    task: Task
    failures: Counter[str] = field(default_factory=Counter)
    attention: tuple[str, ...] = ()


def crawl_shards(
    run: Run,
    options: CrawlOptions,
    scheduler: str,
    shards: int | None = None,
    on_shard: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Crawl the roster in parts on the workers of the scheduler at an address, and join what they found to the run's database.

    A worker that is lost has its shards gone on with by another: a shard's database and archive lie beside the run's, where all
    workers must see them, and hold what was fetched. `shards`: how many; left out as many as there were last time, at first one
    a worker. Raises CannotRun when workers or scheduler are lost for good, or when `shards` is not what it was.
    """
    place = run.path.resolve().with_suffix(".shards")
    with spread(1, scheduler) as cluster:
        count = _count(place, shards, cluster.width)
        parts = [Shard(index, count) for index in range(1, count + 1)]
        given = replace(options, roster=options.roster.resolve() if options.roster else None, progress=False)
        tasks = [Task(part, place / f"{part.index}-of-{count}" / "nq57.db", replace(given, shard=part)) for part in parts]
        failures: Counter[str] = Counter()
        for done, crawled in enumerate(cluster.map(crawl_shard, tasks), 1):
            failures += crawled.failures
            run.attention += [f"shard {crawled.task.shard}: {line}" for line in crawled.attention]
            on_shard(done, count)
    sync_roster(run.db, load_roster(options.roster))
    join(run, [task.db for task in tasks])
    run.more["failures"] = dict(sorted(failures.items()))


def _count(place: Path, wanted: int | None, workers: int) -> int:
    """A domain moves between shards when their number changes, and its new shard would not know what the old one has fetched."""
    before = {int(part.name.rpartition("-")[2]) for part in place.glob("*-of-*")}
    if wanted is not None and before - {wanted}:
        raise CannotRun(f"{place}: holds a crawl in {min(before - {wanted})} parts; --shards {min(before)}, or move it away")
    return wanted or min(before, default=workers)


def crawl_shard(task: Task) -> Crawled:
    """What a Dask worker does: crawl one shard in a process of its own, which ends with the worker."""
    allow_children()
    code: int | None = None
    for _ in range(_TRIES):
        ours, theirs = _CONTEXT.Pipe()
        child = _CONTEXT.Process(target=_work, args=(theirs, task, os.getpid()), daemon=True)
        child.start()
        theirs.close()
        try:
            answer = ours.recv()
        except EOFError:
            answer = None
        child.join()
        if isinstance(answer, Crawled):
            return answer
        code = child.exitcode
    return Crawled(task, attention=(f"the crawl's process ended with code {code}; run it again to go on",))


def _work(pipe: Connection, task: Task, parent: int) -> None:
    """A child's whole life."""
    die_with(parent)
    allow_children()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the worker too; it decides
    pipe.send(_crawled(task, monotonic() + _PATIENCE))


def _crawled(task: Task, deadline: float) -> Crawled:
    while True:
        try:
            with running(task.db, "crawl") as run:
                crawl(run, load_roster(task.options.roster), task.options)
                return Crawled(task, Counter(run.failures()), tuple(run.attention))
        except Busy as error:
            if monotonic() > deadline:
                return Crawled(task, attention=(str(error),))
            sleep(0.2)
        except (CannotRun, BadDatabase) as error:
            return Crawled(task, attention=(str(error),))
