"""A function and its arguments in, what it returns out: called in a child, which is ended when it takes too long or too much.

What a hostile feed does to a parser (minutes in one expression, gigabytes in one tree) would otherwise stop the whole crawl.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from crawler.bounds import OUT_OF_MEMORY, bound_memory, die_with
from crawler.items import Page, Reason, Unreadable

P = ParamSpec("P")
R = TypeVar("R")

# spawn: a forked child would inherit the database connection and the run's lock
_CONTEXT = get_context("spawn")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost."""

    seconds: float = 20.0
    """A sitemap of 50,000 long addresses takes eight."""
    memory: int = 512 << 20
    """Bytes of address space beyond what a new child has: a sitemap of 50 MB takes some 200 MB."""
    large: int = 2_000_000
    """Bytes of a page from which on it is read alone, by a child that ends with it: two trees of some 300 MB are never there at
    once, and none of the memory is kept."""
    start: float = 60.0
    """Seconds more that the first call of a child may take, in which it loads the parsers."""


class Ended(Exception):
    """The crawl is over or was stopped while a call waited: nothing is known, and nothing is recorded."""


class Apart:
    """Calls functions in a small crew of children, which are started when they are needed and live as long as the crawl."""

    def __init__(self, limits: Limits | None = None, most: int = 2) -> None:
        """`most`: children at once. One that is busy with a hostile feed keeps nobody from using the other."""
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(most)
        self._large = asyncio.Lock()
        self._threads = ThreadPoolExecutor(most, "apart")
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function of that name returns in a child; it and its arguments must be picklable.

        Raises Unreadable: the function's own; TOO_SLOW beyond the time, WORKER_LOST beyond the memory or when the child ended;
        BAD_DOCUMENT where the function failed in a way that nobody foresaw. Raises Ended after `close`.
        """
        is_large = sum(len(arg.body) for arg in args if isinstance(arg, Page)) > self._limits.large
        async with self._large if is_large else nullcontext(), self._places:
            answer = await self._ask(_Call(function, args, kwargs), for_once=is_large)
        if self._closed:
            raise Ended
        if isinstance(answer, _Refusal):
            raise Unreadable(answer.reason, answer.detail)
        result: R = answer
        return result

    async def _ask(self, call: _Call, *, for_once: bool) -> Any:
        if self._closed:
            raise Ended
        child = self._idle.pop() if self._idle else _Child(self._limits)
        self._busy.add(child)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, child.ask, call)
        finally:
            self._busy.discard(child)
            if for_once or self._closed:
                child.kill()
            elif child.is_alive:
                self._idle.append(child)

    def close(self) -> None:
        """End all children, whatever they do; further calls raise Ended."""
        self._closed = True
        for child in (*self._idle, *self._busy):
            child.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Call:
    """What a child is to do."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An Unreadable on its way through the pipe."""

    reason: Reason
    detail: str


class _Child:
    """One child and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, limits.memory, os.getpid()), daemon=True)
        self._process.start()
        theirs.close()
        self._is_new = True
        self.is_alive = True

    def ask(self, call: _Call) -> Any:
        """The result or a _Refusal; blocks, and may be called from any thread."""
        seconds = self._limits.seconds + (self._limits.start if self._is_new else 0)
        self._is_new = False
        try:
            self._pipe.send(call)
            if self._pipe.poll(seconds):
                return self._pipe.recv()
        except (EOFError, OSError):
            return self._lost()
        self.kill()
        return _Refusal(Reason.TOO_SLOW, f"reading took more than {self._limits.seconds:g} s")

    def kill(self) -> None:
        """End it; whoever waits for its answer is told."""
        self.is_alive = False
        self._process.kill()
        self._process.join()

    def _lost(self) -> _Refusal:
        self._process.join(5)
        code = self._process.exitcode
        self.kill()
        memory = f"reading took more than {self._limits.memory >> 20} MB"
        return _Refusal(Reason.WORKER_LOST, memory if code == OUT_OF_MEMORY else f"the process ended with code {code}")


def _serve(pipe: Connection, memory: int, parent: int) -> None:
    """A child's whole life."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    bounded = False
    while True:
        try:
            call: _Call = pipe.recv()
            if not bounded:  # the first call has loaded what it needs by now
                bound_memory(memory)
                bounded = True
            answer = call.function(*call.args, **call.kwargs)
        except EOFError:
            return
        except Unreadable as error:
            answer = _Refusal(error.reason, error.detail)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # nothing may be trusted to work after it, the interpreter's own end included
        except Exception as error:  # noqa: BLE001 - the edge of one page: what it does to a parser is its own failure
            answer = _Refusal(Reason.BAD_DOCUMENT, f"{type(error).__name__}: {error}"[:300])
        pipe.send(answer)
