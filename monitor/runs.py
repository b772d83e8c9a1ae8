"""One run of a command: the lock, the database, its row in `runs`, and the exit code that it has earned."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from crawler.clock import now
from crawler.store import runs
from crawler.store.db import open_database
from crawler.store.health import corruption

_ADVICE = "; `nq57 doctor --repair` makes it again from what is left of it and from the archive"


class CannotRun(Exception):
    """The run could not start or finish; the message is one line for the person who started it."""


class Busy(CannotRun):
    """Another run holds the lock."""


class Interrupted(CannotRun):
    """A person or the machine ended the run; the next one goes on where it stopped."""


@dataclass(slots=True)
class Run:
    """What a command works with, and what it has to tell at the end."""

    id: int
    command: str
    path: Path
    db: Database
    counts: Counter[str] = field(default_factory=Counter)
    attention: list[str] = field(default_factory=list)
    """One line for each thing that needs a person; any of them makes the exit code 1."""
    more: dict[str, object] = field(default_factory=dict)
    """What only this command has to tell, for `--json`."""

    def failures(self) -> dict[str, int]:
        """How often each reason occurred in this run."""
        return runs.reasons(self.db, self.id)

    @property
    def exit_code(self) -> int:
        """0 all well, 1 something needs a person."""
        return 1 if self.attention else 0

    def summary(self) -> dict[str, object]:
        """The run as `--json` prints it and as `runs.summary` keeps it."""
        return {
            "run": self.id,
            "command": self.command,
            "state": "attention" if self.attention else "ok",
            "counts": {state: n for state, n in sorted(self.counts.items()) if n},
            "failures": self.failures(),
            "exit": self.exit_code,
            **self.more,
        }


@contextmanager
def running(path: Path, command: str) -> Iterator[Run]:
    """Hold the lock beside the database, open it, and record the run whatever happens in it.

    Raises CannotRun when another run holds the lock, when the database is damaged, and when the disk is full or the database
    fails under way; BadDatabase when the file is none of ours.
    """
    with locked(path), _one_line_for(path), closing(open_database(path)) as db:
        if damage := corruption(db, quick=True):
            raise CannotRun(f"{path}: {damage}{_ADVICE}")
        run = Run(runs.start(db, command, now()), command, path, db)
        try:
            yield run
        except (KeyboardInterrupt, Interrupted):
            runs.finish(db, run.id, "interrupted", run.summary(), now())
            raise
        except Exception as error:
            _finish_if_possible(
                run, str(error) if isinstance(error, (sqlite3.Error, OSError)) else f"{type(error).__name__}: {error}"
            )
            raise
        runs.finish(db, run.id, "attention" if run.attention else "ok", {**run.summary(), "attention": run.attention}, now())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside the database at `path`; the kernel lets go of it when the process ends, however it ends.

    Raises Busy at once when another run holds it, CannotRun when it cannot be made.
    """
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy(f"{path}: another run is at work (lock {lock.lock_file})") from error
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _one_line_for(path: Path) -> Iterator[None]:
    """A full disk, a read-only or a damaged database is for a person to see, in one line that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        advice = _ADVICE if "malformed" in str(error) or "not a database" in str(error) else ""
        raise CannotRun(f"{path}: {error}{advice}") from error


def _finish_if_possible(run: Run, why: str) -> None:
    """The store itself may be what failed; then the next run closes this one as interrupted."""
    try:
        runs.finish(run.db, run.id, "failed", {**run.summary(), "state": "failed", "exit": 1, "attention": [why]}, now())
    except sqlite3.Error:
        return
