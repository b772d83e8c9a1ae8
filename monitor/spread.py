"""One function and many tasks in, the results in the tasks' order out: in this process, in several, or on a Dask cluster."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.runs import CannotRun

Task = TypeVar("Task")
Made = TypeVar("Made")
_AHEAD = 2
"""Tasks in the hands of each worker: one at work and one waiting, so that results never pile up before the one writer."""
_RETRIES = 3
"""Times that a task is given to another worker after its own was lost."""
_PATIENCE = "10s"
"""For a scheduler to answer."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Where tasks are worked on; `submit` is None in this process."""

    width: int
    submit: Callable[..., Any] | None
    who: str = "the workers"
    """For messages."""

    def map(self, work: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """Give the result of each task, in order. `work` and tasks must be picklable unless the work is done here.

        Raises CannotRun when workers or scheduler are lost for good; what was given before stays given.
        """
        if self.submit is None:
            yield from map(work, tasks)
            return
        waiting: deque[Any] = deque()
        try:
            for task in tasks:
                waiting.append(self.submit(work, task))
                if len(waiting) > _AHEAD * self.width:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except (BrokenProcessPool, CancelledError, OSError) as error:
            raise CannotRun(f"{self.who} were lost ({type(error).__name__}); run it again to go on") from error
        except ImportError as error:
            raise CannotRun(f"{self.who} lack what is installed here: {error}") from error
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def spread(workers: int, scheduler: str | None = None) -> Iterator[Spread]:
    """`workers` processes of this machine (1: this one), or the workers of the Dask scheduler at an address.

    Raises CannotRun when no scheduler answers there, when it has no workers, or when Dask is not installed.
    """
    if scheduler is not None:
        with _dask(scheduler) as found:
            yield found
    elif workers == 1:
        yield Spread(1, None)
    else:
        context = multiprocessing.get_context("spawn")  # a forked child would inherit the database and the lock
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield Spread(workers, pool.submit)


@contextmanager
def _dask(scheduler: str) -> Iterator[Spread]:
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise CannotRun(f"--scheduler {scheduler}: Dask is not installed; pip install 'nq57[scale]'") from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it tells tracebacks of what we say in a line
    try:
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CannotRun(f"--scheduler {scheduler}: no scheduler answers there") from error
    try:
        cores = sum(client.ncores().values())
        if not cores:
            raise CannotRun(f"--scheduler {scheduler}: it has no workers")

        def submit(work: Callable[[Any], Any], task: object) -> Any:
            return client.submit(work, task, pure=False, retries=_RETRIES)

        yield Spread(cores, submit, f"--scheduler {scheduler}: the scheduler or all its workers")
    except KilledWorker as error:
        raise CannotRun(f"--scheduler {scheduler}: a task ended worker after worker; run it again to go on") from error
    finally:
        client.close(timeout=2)
