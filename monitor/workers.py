"""Archived pages in, readings out: read in child processes, where a page that takes too long or too much can be stopped."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Protocol

from classifier.model_file import ModelError
from crawler.bounds import OUT_OF_MEMORY, Limits, bound_memory, die_with
from crawler.items import Reason
from crawler.store.pages import Archived
from monitor.reading import Reading
from monitor.runs import CannotRun

# spawn: a forked child would inherit the database connection and the run's lock
_CONTEXT = get_context("spawn")


class PageReader(Protocol):
    """What a worker does with each page."""

    def read(self, archived: Archived) -> Reading:
        """Read one page; whatever the page contains is in the reading."""


def read_all(
    make: Callable[[], PageReader], waiting: Sequence[Archived], workers: int, limits: Limits | None = None
) -> Iterator[Reading]:
    """Give one reading for every page, in any order; `make` (which must be picklable) makes each child's reader.

    A page that exceeds `limits` or ends its process is a failed reading, too-slow or worker-lost; its neighbours are read.
    The children end with the iterator, and with this process however it ends. Raises ModelError when the model is none of
    ours, CannotRun when no child can be started.
    """
    limits = limits or Limits()
    queue = deque(waiting)
    again: set[str] = set()
    crew: list[_Worker] = []
    try:
        crew += [_Worker(make, limits) for _ in range(min(workers, len(queue)))]
        while crew:
            patience = min(worker.deadline for worker in crew) - monotonic()
            ready = wait([worker.pipe for worker in crew], max(0.0, patience))
            late = [worker for worker in crew if worker.pipe not in ready and worker.deadline <= monotonic()]
            for worker in [*(worker for worker in crew if worker.pipe in ready), *late]:
                reading = worker.give_up() if worker in late else worker.answer()
                if reading is not None and worker.was_killed and reading.archived.url not in again:
                    # Somebody else ended it, perhaps for want of memory: the page gets a second chance.
                    again.add(reading.archived.url)
                    queue.append(reading.archived)
                    reading = None
                crew.remove(worker)
                if queue:
                    crew.append(worker if worker.is_alive else _Worker(make, limits))
                    if worker.is_alive:
                        worker.take(queue.popleft())
                else:
                    worker.end()
                if reading is not None:
                    yield reading
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    """One child, the pipe to it, and the page that it has in hand."""

    def __init__(self, make: Callable[[], PageReader], limits: Limits) -> None:
        self._limits = limits
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, make, limits.memory, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        self._page: Archived | None = None
        self.deadline = monotonic() + limits.start
        self.is_alive = True
        self.was_killed = False
        """By a signal that was not ours."""

    def take(self, page: Archived) -> None:
        """Hand it a page."""
        self._page, self.deadline = page, monotonic() + self._limits.seconds
        try:
            self.pipe.send(page)
        except OSError:
            return  # it has just ended; the broken pipe says so when it is asked for its answer

    def answer(self) -> Reading | None:
        """What it has to say: a reading, or None where it only says that it is ready."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            return self._lost()
        if isinstance(said, ModelError):
            raise said
        self._page = None
        return said if isinstance(said, Reading) else None

    def give_up(self) -> Reading:
        """End it, because its time is over."""
        page = self._page
        self.end()
        if page is None:
            raise CannotRun(f"a process to read pages in did not start within {self._limits.start:g} s")
        return Reading(page, reason=Reason.TOO_SLOW, detail=f"reading took more than {self._limits.seconds:g} s")

    def end(self) -> None:
        """End it, whatever it does."""
        self.is_alive = False
        self.pipe.close()
        self._process.kill()
        self._process.join()

    def _lost(self) -> Reading:
        page = self._page
        self._process.join()
        code = self._process.exitcode or 0
        self.end()
        if page is None:
            raise CannotRun(f"a process to read pages in ended before it began (exit code {code})")
        self.was_killed = code < 0
        memory = f"reading took more than {self._limits.memory >> 20} MB"
        return Reading(
            page, reason=Reason.WORKER_LOST, detail=memory if code == OUT_OF_MEMORY else f"the process ended with code {code}"
        )


def _work(pipe: Connection, make: Callable[[], PageReader], memory: int, parent: int) -> None:
    """A child's whole life."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    try:
        reader = make()
    except ModelError as error:
        pipe.send(error)
        return
    bound_memory(memory)
    pipe.send(None)
    while True:
        try:
            reading = reader.read(pipe.recv())
        except EOFError:
            return
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # nothing may be trusted to work after it, the interpreter's own end included
        pipe.send(reading)
