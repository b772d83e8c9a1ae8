"""Keep the data safe: a consistent copy of the database, and a check of everything that a run depends on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.model_file import ModelError
from classifier.topics import TopicModel
from crawler.archive import ArchiveError, iter_pages
from crawler.extensions import archive_directory
from crawler.roster import RosterError, load_roster
from crawler.store.db import BadDatabase, open_database
from crawler.store.health import corruption, missing_records
from monitor.model import model_path


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `problem` is None where it is well."""

    name: str
    problem: str | None


def snapshot(db: Path, target: Path) -> int:
    """Copy the database to `target`, consistent even while others write; gives its size in bytes.

    The copy appears whole or not at all. Raises BadDatabase naming the file that could not be read or written.
    """
    if not db.is_file():
        raise BadDatabase(f"{db}: no such database")
    partial = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        source, copy = sqlite3.connect(f"file:{db}?mode=ro", uri=True), sqlite3.connect(partial)
        try:
            source.backup(copy)
        finally:
            source.close()
            copy.close()
        partial.replace(target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise BadDatabase(f"{target}: {error}") from error
    return target.stat().st_size


def doctor(db: Path) -> Iterator[Check]:
    """Look at roster, model, database and archive, and name what is wrong with each."""
    yield Check("roster", _roster_problem())
    yield Check("model", _model_problem(db))
    if not db.is_file():
        yield Check("database", f"{db}: no such database; `nq57 crawl` makes one")
        return
    try:
        opened = open_database(db, migrate=False)
    except BadDatabase as error:
        yield Check("database", str(error))
        return
    try:
        broken = corruption(opened)
        yield Check("database", f"{db}: {broken}" if broken else None)
        for file in sorted(archive_directory(db).glob("*.warc.gz")):
            yield Check(f"archive {file.name}", _archive_problem(file))
        lost = missing_records(opened, archive_directory(db)) if broken is None else []
        yield Check("archive files", f"{archive_directory(db)}: missing {', '.join(lost)}" if lost else None)
    finally:
        opened.close()


def _roster_problem() -> str | None:
    try:
        load_roster(strict=True)
    except RosterError as error:
        return str(error)
    return None


def _model_problem(db: Path) -> str | None:
    try:
        TopicModel.load(model_path(db))
    except ModelError as error:
        return str(error)
    return None


def _archive_problem(file: Path) -> str | None:
    damage: list[ArchiveError] = []
    for _ in iter_pages(file, damage.append):
        pass
    return str(damage[0]) if damage else None
