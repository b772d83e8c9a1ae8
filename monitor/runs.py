"""One run of a command: the lock, the database, its row in `runs`, and the exit code that it has earned."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from crawler.clock import now
from crawler.store import runs
from crawler.store.db import open_database


class CannotRun(Exception):
    """The run could not start or finish; the message is one line for the person who started it."""


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
        }


@contextmanager
def running(path: Path, command: str) -> Iterator[Run]:
    """Hold the lock beside the database, open it, and record the run whatever happens in it.

    Raises CannotRun when another run holds the lock, and when the disk is full or the database fails under way;
    BadDatabase when the file is none of ours.
    """
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CannotRun(f"{path}: another run is at work (lock {lock.lock_file})") from error
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror or error}") from error
    try:
        db = open_database(path)
        run = Run(runs.start(db, command, now()), command, path, db)
        try:
            yield run
        except (KeyboardInterrupt, Interrupted):
            runs.finish(db, run.id, "interrupted", run.summary(), now())
            raise
        except (sqlite3.Error, OSError) as error:
            _finish_if_possible(run, str(error))
            raise CannotRun(f"{path}: {error}") from error
        except Exception as error:
            _finish_if_possible(run, f"{type(error).__name__}: {error}")
            raise
        else:
            runs.finish(db, run.id, "attention" if run.attention else "ok", {**run.summary(), "attention": run.attention}, now())
        finally:
            db.close()
    finally:
        lock.release()


def _finish_if_possible(run: Run, why: str) -> None:
    """The store itself may be what failed; then the next run closes this one as interrupted."""
    try:
        runs.finish(run.db, run.id, "failed", {**run.summary(), "state": "failed", "exit": 1, "attention": [why]}, now())
    except sqlite3.Error:
        return
