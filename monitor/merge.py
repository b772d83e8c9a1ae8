"""The databases of several crawls in, one database with one archive out; the same call again changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from crawler.archive import ArchiveError, read_record
from crawler.extensions import archive_directory
from crawler.store import health, merge, tallies
from crawler.store.db import BadDatabase, open_database
from monitor.process import group_stories
from monitor.runs import CannotRun, Run, locked


def join(run: Run, others: Sequence[Path]) -> None:
    """Join each of `others`, with its archive, to the run's database; one that cannot be joined is named in `run`.

    Stories and the ledger are made again; verdicts are the next measure's.
    """
    for other in others:
        try:
            _join_one(run, other)
        except (CannotRun, BadDatabase, merge.Foreign, sqlite3.Error, OSError) as error:
            problem = str(error)
            run.attention.append(problem if str(other) in problem else f"{other}: {problem}")
    group_stories(run.db)
    tallies.rebuild_ledger(run.db)


def _join_one(run: Run, other: Path) -> None:
    if not other.is_file():
        raise CannotRun(f"{other}: no such database")
    with locked(other):  # a crawl that is still at work would be torn in the middle of a page
        with closing(open_database(other)) as theirs:
            if damage := health.corruption(theirs):
                raise CannotRun(f"{other}: {damage}; `nq57 --db {other} doctor --repair` first")
        with merge.attached(run.db, other) as uuid:
            files = merge.archive_files(run.db)
            ours = health.uuid(run.db)
            names = {file: _name_here(file, uuid, ours) for file in files}
            source, target = archive_directory(other), archive_directory(run.path)
            for file, last in files.items():
                _copy(run, source / file, target / names[file])
                _check(run, target, names[file], last)
            run.counts.update(merge.join(run.db, uuid, names))


def _name_here(file: str, theirs: str, ours: str) -> str:
    """An archive file keeps the mark of the database that wrote it, through however many joins it comes back."""
    marked = file if file.count("-") > 1 else f"{theirs}-{file}"
    return marked.removeprefix(f"{ours}-")


def _copy(run: Run, source: Path, target: Path) -> None:
    """Copy a file whole or not at all. One that is there in full is left alone: archive files are never written to again."""
    if not source.is_file():
        if not target.is_file():
            run.attention.append(f"{source}: missing; its pages stay without their archived copy until it is there")
        return
    if source.resolve() == target.resolve() or (target.is_file() and target.stat().st_size >= source.stat().st_size):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.half")
    try:
        shutil.copyfile(source, half)
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.replace(target)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def _check(run: Run, directory: Path, file: str, last: int) -> None:
    if not (directory / file).is_file():
        return
    try:
        read_record(directory, file, last)
    except ArchiveError as error:
        run.attention.append(f"{error}; copied only in part? Copy it again and repeat the merge")
