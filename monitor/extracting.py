"""`extract`: lines that name files in, one line of text and facts each out, in order, read in processes that can be stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, LifoQueue, Queue
from threading import Lock, Thread
from typing import Any, TextIO

from crawler.bounds import OUT_OF_MEMORY, Limits, bound_memory, die_with
from monitor.lines import BadLine, answer, text_in, written

MAX_FILE = 50_000_000
"""Bytes of a file that is read: the bound of a document in a crawl."""
_MOST_WORKERS = 8
_AHEAD = 8
"""Lines for each worker that are read before the first of them is answered."""

# One process imports what is needed and is forked for each child: a new one in the place of a stopped one costs nothing.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["monitor.extracting", "crawler.extract.article"])

_Answers = Queue[Future[dict[str, Any]] | None]


def extract_lines(lines: Iterable[str], out: TextIO, workers: int | None = None, limits: Limits | None = None) -> int:
    """Extract each line's file (HTML, PDF or DOCX); give how many lines were bad.

    As many files at a time as there are processors, or `workers`; each line is written as soon as those before it are. A file
    that takes more than `limits` costs its own line alone. Raises what writing to `out` raises, and CannotRun where no process
    can be started.
    """
    count = workers or min(
        _MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    pending: _Answers = Queue(_AHEAD * count)
    crew = _Crew(limits or Limits())
    writer = _Writer(pending, out)
    writer.start()
    with ThreadPoolExecutor(count) as pool:
        try:
            for line in lines:
                pending.put(pool.submit(answer, line, crew.extract))
                if writer.failure is not None:
                    break
            pending.put(None)
            writer.join()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            crew.end()
    if writer.failure is not None:
        raise writer.failure
    return writer.bad


class _Writer(Thread):
    """Writes the answers in the order of their lines while further lines are read."""

    def __init__(self, pending: _Answers, out: TextIO) -> None:
        super().__init__(daemon=True)
        self._pending, self._out = pending, out
        self.bad = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Until there are no more; after a failure the rest is only taken away, so that nobody waits."""
        while (future := self._pending.get()) is not None:
            if self.failure is not None:
                continue
            try:
                said = future.result()
                self.bad += "error" in said
                self._out.write(written(said) + "\n")
                self._out.flush()
            except BaseException as error:  # noqa: BLE001 - it is raised again where the lines are read
                self.failure = error


class _Crew:
    """The children: started when there is work for one more, used again while they live."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle: LifoQueue[_Child] = LifoQueue()
        self._all: set[_Child] = set()
        self._lock = Lock()

    def extract(self, record: dict[str, Any]) -> dict[str, Any]:
        """Read the file that a line names; raises BadLine where it cannot be read."""
        path = text_in(record, "path")
        if not path:
            raise BadLine("no path")
        url = text_in(record, "url")
        child = self._free()
        said = child.read(path, url or "")
        if child.is_alive:
            self._idle.put(child)
        else:
            with self._lock:
                self._all.discard(child)
        if isinstance(said, str):
            raise BadLine(f"{path}: {said}")
        return said

    def end(self) -> None:
        """End all of them, whatever they do."""
        with self._lock:
            for child in self._all:
                child.end()

    def _free(self) -> _Child:
        try:
            return self._idle.get_nowait()
        except Empty:
            child = _Child(self._limits)
            with self._lock:
                self._all.add(child)
            return child


class _Child:
    """One process that reads files, and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, limits.memory), daemon=True)
        self._process.start()
        theirs.close()
        self.is_alive = True
        try:
            ready = self._pipe.poll(limits.start) and self._pipe.recv()
        except (EOFError, OSError):
            ready = False
        if not ready:
            self.end()
            from monitor.runs import CannotRun

            raise CannotRun(f"a process to read files in did not start within {limits.start:g} s")

    def read(self, path: str, url: str) -> dict[str, Any] | str:
        """What the file holds, or in a word why not; after too long, or too much memory, the process has ended."""
        try:
            self._pipe.send((path, url))
            if self._pipe.poll(self._limits.seconds):
                said: dict[str, Any] | str = self._pipe.recv()
                return said
        except (EOFError, OSError):
            self._process.join()
            self.is_alive = False
            code = self._process.exitcode
            memory = f"reading took more than {self._limits.memory >> 20} MB"
            return f"worker-lost: {memory if code == OUT_OF_MEMORY else f'the process ended with code {code}'}"
        self.end()
        return f"too-slow: reading took more than {self._limits.seconds:g} s"

    def end(self) -> None:
        """End it, whatever it does."""
        self.is_alive = False
        self._process.kill()
        self._process.join()


def _work(pipe: Connection, memory: int) -> None:
    """A child's whole life."""
    die_with(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    bound_memory(memory)
    pipe.send(True)
    while True:
        try:
            path, url = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_read(path, url))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # nothing may be trusted to work after it, the interpreter's own end included


def _read(path: str, url: str) -> dict[str, Any] | str:
    """The file's text and facts, or why there are none."""
    from crawler.clock import now
    from crawler.extract.article import read_page
    from crawler.items import Page, Unreadable
    from crawler.urls import canonical

    try:
        file_path = Path(path)
        if file_path.exists() and not file_path.is_file():
            return "not a file"  # reading a pipe or a terminal would wait for ever
        with file_path.open("rb") as file:
            body = file.read(MAX_FILE + 1)
        if len(body) > MAX_FILE:
            return f"larger than {MAX_FILE} bytes"
        article = read_page(Page(canonical(url) or "http://localhost/", 200, (), body, now()), stumps=True)
    except MemoryError:
        raise
    except Unreadable as error:
        return str(error)
    except (OSError, ValueError) as error:
        return str(getattr(error, "strerror", None) or error)
    except Exception as error:  # noqa: BLE001 - the edge of one file: the next one must still be read
        return f"{type(error).__name__}: {error}"[:500]
    return {
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "language": article.language,
        "published_at": article.published.iso() if article.published else None,
        "date_source": article.published.source if article.published else "none",
    }
