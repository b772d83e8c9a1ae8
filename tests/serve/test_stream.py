"""Answers that are made while they are sent: no faster and no longer than they are read, never cut short in silence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.site.stream import Streamed

PIECE = b"x" * 70_000


class Reader:
    """An ASGI server's side: takes what is sent, and leaves after so many pieces."""

    def __init__(self, leaves_after: int | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.leaves_after = leaves_after
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, str]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        if self.leaves_after is not None and len(self.sent) > self.leaves_after:
            self.left.set()
        await asyncio.sleep(0)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def streamed(reader: Reader, work: Any, slot: asyncio.Semaphore | None = None) -> Streamed:
    return Streamed(work, "text/plain", reader.receive, slot or asyncio.Semaphore(1))


@pytest.mark.asyncio
async def test_everything_arrives_in_order_and_is_ended() -> None:
    reader = Reader()
    await streamed(reader, lambda: (b"%d," % n for n in range(50_000))).asgi_send(reader.send)
    assert reader.body == b"".join(b"%d," % n for n in range(50_000))
    assert [m["type"] for m in reader.sent].count("http.response.start") == 1
    assert reader.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.asyncio
async def test_the_work_stops_when_the_reader_leaves_and_gives_its_slot_back() -> None:
    made, closed = [], threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                made.append(1)
                yield PIECE
        finally:
            closed.set()

    reader, slot = Reader(leaves_after=3), asyncio.Semaphore(1)
    sending = asyncio.create_task(streamed(reader, endless, slot).asgi_send(reader.send))
    await asyncio.wait_for(asyncio.shield(reader.left.wait()), 10)
    await asyncio.wait_for(sending, 10)
    assert closed.is_set() and len(made) < 100 and not slot.locked()


@pytest.mark.asyncio
async def test_the_work_waits_for_a_slow_reader() -> None:
    made: list[int] = []

    def many() -> Iterator[bytes]:
        for n in range(1_000):
            made.append(n)
            yield PIECE

    ahead: list[int] = []
    reader = Reader(leaves_after=20)
    send = reader.send

    async def slow(message: dict[str, Any]) -> None:
        await asyncio.sleep(0.01)
        ahead.append(len(made) - len(reader.sent))
        await send(message)

    await asyncio.wait_for(streamed(reader, many).asgi_send(slow), 20)
    assert max(ahead) <= 8


@pytest.mark.asyncio
async def test_what_fails_before_the_first_byte_sends_nothing() -> None:
    def broken() -> Iterator[bytes]:
        raise ValueError("no such thing")
        yield b""

    reader = Reader()
    with pytest.raises(ValueError, match="no such thing"):
        await streamed(reader, broken).asgi_send(reader.send)
    assert reader.sent == []


@pytest.mark.asyncio
async def test_what_fails_later_is_never_ended_as_if_it_were_whole() -> None:
    def breaks() -> Iterator[bytes]:
        yield PIECE
        yield PIECE
        raise OSError("disk")

    reader = Reader()
    with pytest.raises(OSError, match="disk"):
        await streamed(reader, breaks).asgi_send(reader.send)
    assert reader.sent and all(m.get("more_body", True) for m in reader.sent)
