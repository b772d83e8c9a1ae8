"""A small web of faults on loopback: one host an address, every connection logged, everything bounded and over by itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

LIFETIME = 400.0
"""Seconds after which the bed ends, whatever its test does."""
PATIENCE = 40.0
MOST = 64_000_000
"""Bytes that an endless body sends at most."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as it came in."""

    host: str
    port: int
    path: str
    headers: dict[str, str]
    at: float
    """Seconds of the monotonic clock."""


@dataclass(slots=True)
class Wire:
    """What a fault writes to: the raw connection, and where it is."""

    ask: Ask
    writer: asyncio.StreamWriter
    tries: int
    """How often this address was asked before."""

    async def send(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, body: bytes | str, status: str = "200 OK", kind: str = "text/html; charset=utf-8", **more: str
    ) -> None:
        """One well-formed answer; `more` names headers with underscores for hyphens."""
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": kind, "Content-Length": str(len(data)), "Connection": "close"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        await self.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + data)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        opened: socket.socket = self.writer.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Serve = Callable[[Wire], Awaitable[None]]


@dataclass(slots=True)
class Bed:
    """Hosts by address; `with Bed(hosts) as bed` serves them from a thread. `traps` are addresses that nobody may contact."""

    hosts: dict[str, Serve]
    traps: tuple[str, ...] = ()
    certificate: ssl.SSLContext | None = None
    """Serve https with it instead of http."""
    patience: float = PATIENCE
    """Seconds that one connection may last."""
    port: int = 0
    trap_port: int = 0
    log: list[Ask] = field(default_factory=list)
    caught: list[str] = field(default_factory=list)
    """Connections to what must not be contacted."""
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _thread: threading.Thread | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _end: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.port, self.trap_port = _free_port(), _free_port()

    def __enter__(self) -> Bed:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop and self._end and self._thread
        # It may have stopped by itself: the fixture lives as long as the session, the servers only as long as they may.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)

    def asked(self, host: str, path: str = "") -> list[Ask]:
        """Every request to a host whose path begins like this, in order."""
        return [ask for ask in self.log if ask.host == host and ask.path.startswith(path)]

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with contextlib.AsyncExitStack() as stack:
            for address in self.hosts:
                server = await asyncio.start_server(
                    self._meet, address, self.port, limit=2**17, backlog=256, ssl=self.certificate
                )
                await stack.enter_async_context(server)
                if address.startswith("127."):
                    await stack.enter_async_context(await asyncio.start_server(self._catch, address, self.trap_port))
            for address in self.traps:
                for port in (self.port, self.trap_port):
                    await stack.enter_async_context(await asyncio.start_server(self._catch, address, port))
            ready.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), LIFETIME)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    async def _catch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        self.caught.append(f"{address}:{port}")
        writer.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(self.patience):
                await self._serve(reader, writer)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        address, port = writer.get_extra_info("sockname")[:2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        ask = Ask(address, port, head[0].split(" ")[1], headers, time.monotonic())
        self.log.append(ask)
        tries = self._counts.get((address, ask.path), 0)
        self._counts[address, ask.path] = tries + 1
        await self.hosts[address](Wire(ask, writer, tries))


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])
