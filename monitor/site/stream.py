"""Work that makes bytes in, a response out that sends them as they come: little memory however much there is.

The work runs in a thread of its own, goes no faster than the reader takes it, and stops when the reader leaves. What fails
before the first byte becomes an ordinary error page; what fails later breaks the connection, so that no half file passes for a
whole one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

_PIECE = 1 << 16
"""Bytes that are sent at once: rows are small, and each sending costs."""
_AHEAD = 4
"""Pieces that may wait for a slow reader."""

Work = Callable[[], Iterator[bytes]]
_END = object()


@dataclass(slots=True)
class Streamed:
    """A response whose body is made while it is sent; `receive` tells when the reader leaves, `slot` is given back at the end."""

    work: Work
    content_type: str
    receive: Callable[[], Awaitable[Any]]
    slot: asyncio.Semaphore
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    async def asgi_send(self, send: Callable[[Any], Awaitable[None]]) -> None:
        """Send it all. Raises what the work raises."""
        async with self.slot:
            pipe = _Pipe(asyncio.get_running_loop())
            maker = threading.Thread(target=pipe.fill, args=(self.work,), name="export", daemon=True)
            maker.start()
            leaving = asyncio.create_task(self._left(pipe))
            try:
                await self._send(send, pipe)
            finally:
                pipe.stopped.set()
                leaving.cancel()
                await pipe.drain()
                await asyncio.to_thread(maker.join)

    async def _send(self, send: Callable[[Any], Awaitable[None]], pipe: _Pipe) -> None:
        piece = await pipe.next()
        names = {"content-type": self.content_type, **self.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in names.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await pipe.next()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _left(self, pipe: _Pipe) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        pipe.stopped.set()


def _pieces(made: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth sending; one at least."""
    waiting = bytearray()
    for part in made:
        waiting += part
        if len(waiting) >= _PIECE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


class _Pipe:
    """Between the thread that makes and the loop that sends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue: asyncio.Queue[Any] = asyncio.Queue(_AHEAD)
        self.stopped = threading.Event()

    def fill(self, work: Work) -> None:
        """In the thread: put pieces of a good size, at last the end or what went wrong."""
        last: Any = _END
        try:
            for piece in _pieces(work()):
                if self.stopped.is_set():
                    break
                self._put(piece).result()
        except Exception as error:  # noqa: BLE001 - whatever it was, the sender has to hear of it
            last = error
        self._put(last)

    async def next(self) -> bytes | None:
        """The next piece, None at the end. Raises what the work raised."""
        found = await self.queue.get()
        if isinstance(found, BaseException):
            raise found
        return None if found is _END else found

    async def drain(self) -> None:
        """Let a thread that waits for room see that it has been stopped."""
        while not self.queue.empty():
            self.queue.get_nowait()

    def _put(self, piece: Any) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(self.queue.put(piece), self.loop)
