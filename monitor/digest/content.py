"""A database in, what the digest says out: what is new, what broke, what waits; each list short, each with its whole count."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from crawler.store import read_digest, read_targets, signals
from crawler.store.read_digest import Broken, CollectingRun, NewArticle, Turned, Waiting
from crawler.store.read_targets import Progress
from crawler.store.signals import SignalRow

SHOWN = 15
"""Lines of each list; the pages have the rest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything that one digest says."""

    run: CollectingRun
    as_of: str | None
    """The day that was measured last."""
    before: str | None
    """The day that verdicts are compared with."""
    articles: int
    newest: tuple[NewArticle, ...]
    turned: tuple[Turned, ...]
    all_turned: int
    signals: tuple[SignalRow, ...]
    progress: tuple[Progress, ...]
    attention: tuple[str, ...]
    all_attention: int
    broken: tuple[Broken, ...]
    all_broken: int
    failures: tuple[tuple[str, int], ...]
    waiting: Waiting


def gather(db: sqlite3.Connection, attention: tuple[str, ...] = ()) -> Digest | None:
    """The digest of the newest run that collected, with what that run says needs a person; None where nothing ran yet."""
    run = read_digest.run(db)
    if run is None:
        return None
    articles, newest = read_digest.new_articles(db, run.started_at, SHOWN)
    now, before = read_digest.days(db)
    turned = read_digest.turned(db, before, now) if before and now else []
    broken = read_digest.broken(db)
    return Digest(
        run=run,
        as_of=now,
        before=before,
        articles=articles,
        newest=tuple(newest),
        turned=tuple(turned[:SHOWN]),
        all_turned=len(turned),
        signals=tuple(signals.newest(db, SHOWN)),
        progress=tuple(read_targets.progress(db)),
        attention=attention[:SHOWN],
        all_attention=len(attention),
        broken=tuple(broken[:SHOWN]),
        all_broken=len(broken),
        failures=tuple(read_digest.failures(db, run.id)[:SHOWN]),
        waiting=read_digest.waiting(db),
    )
