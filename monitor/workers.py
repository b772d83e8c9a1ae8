"""Archived pages in, readings out: read in child processes, where a page that takes too long or too much can be stopped."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Protocol

from classifier.model_file import ModelError
from crawler.items import Reason
from crawler.store.pages import Archived
from monitor.reading import Reading
from monitor.runs import CannotRun

# spawn: a forked child would inherit the database connection and the run's lock
_CONTEXT = get_context("spawn")
_PR_SET_PDEATHSIG = 1
_OUT_OF_MEMORY = 77
"""The exit code of a child that ran against its address-space limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    seconds: float = 20.0
    """From the hand-over of a page to its reading; an ordinary page takes less than a tenth of a second."""
    memory: int = 768 << 20
    """Bytes of address space beyond what a loaded worker has: a page of 10 MB takes some 200 MB as a tree."""
    start: float = 120.0
    """Seconds for a child to load model and gazetteer; on an idle machine it takes one or two."""


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
            page, reason=Reason.WORKER_LOST, detail=memory if code == _OUT_OF_MEMORY else f"the process ended with code {code}"
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
    _bound_memory(memory)
    pipe.send(None)
    while True:
        try:
            reading = reader.read(pipe.recv())
        except EOFError:
            return
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)  # nothing may be trusted to work after it, the interpreter's own end included
        pipe.send(reading)


def die_with(parent: int) -> None:
    """End this process with its `parent`: a child that is busy would not notice the closed pipe, so the kernel kills it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the parent was gone before we could ask


def _bound_memory(more: int) -> None:
    """Allow `more` bytes of address space beyond what is taken now. Only Linux says what that is and keeps to the limit."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no path object: this is the kernel's
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    _, allowed = resource.getrlimit(resource.RLIMIT_AS)  # whoever started us may have set less
    limit = taken + more if allowed == resource.RLIM_INFINITY else min(taken + more, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
