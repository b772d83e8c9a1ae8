"""The register of science tasks and the texts of a database in, which speaks of which out; only what is new is held together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from crawler.store import task_matches as store
from crawler.store.task_matches import NewMatch, Prose, Title
from monitor.task_index import TaskIndex
from monitor.task_match import Prepared, overlap, prepare, runs_of, words_of

FEW = 50
"""New tasks up to this number ask the search index for likely texts; more of them are cheaper held against every text."""
LIKELY = 1_000
"""Texts that a new task is held against when it asks the index: those that share the most and rarest runs with its title."""
_BATCH = 500


def match_tasks(db: Database) -> None:
    """Hold new texts against the known tasks, and new tasks against all texts. What was done stays done if it is interrupted."""
    known = store.titles(db, new=False)
    index = TaskIndex([task.title for task in known])
    while texts := store.todo(db, _BATCH):
        found = [match for text in texts for match in _speaks_of(text, known, index)] if known else []
        store.settle_todo(db, texts, found)
    fresh = store.titles(db, new=True)
    if len(fresh) <= FEW:
        for task in fresh:
            store.settle_titles(
                db, [task], [match for text in _likely(db, task) if (match := _held(task, text.id, _prepared(text)))]
            )
    else:
        index = TaskIndex([task.title for task in fresh])
        found = [match for text in store.all_texts(db) for match in _speaks_of(text, fresh, index)]
        store.settle_titles(db, fresh, found)


def _likely(db: Database, task: Title) -> list[Prose]:
    words = words_of(task.title)
    return store.likely_texts(db, runs_of(words), LIKELY) if words else []


def _speaks_of(text: Prose, tasks: Sequence[Title], index: TaskIndex) -> Iterator[NewMatch]:
    prepared = _prepared(text)
    for n in index.candidates(prepared.words):
        if match := _held(tasks[n], text.id, prepared):
            yield match


def _prepared(text: Prose) -> Prepared:
    return prepare(f"{text.title}\n{text.text}")


def _held(task: Title, article_id: int, text: Prepared) -> NewMatch | None:
    found = overlap(task.title, text)
    if found.strength == "none":
        return None
    return task.id, article_id, found.score, int(found.strength == "strong"), found.passage
