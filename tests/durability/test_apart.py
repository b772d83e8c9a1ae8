"""Parsers in children: what a call may cost, and that only the call that exceeds it is lost."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crawler.apart import Apart, Ended, Limits
from crawler.items import Reason, Unreadable

LIMITS = Limits(seconds=2.0, memory=256 << 20)


def double(number: int) -> int:
    return 2 * number


def child() -> int:
    return os.getpid()


def refuse() -> None:
    raise Unreadable(Reason.BAD_FEED, "no feed")


def fail() -> None:
    raise ValueError("nobody foresaw this")


def spin() -> None:
    while True:
        pass


def hog() -> int:
    return len(bytearray(1 << 30))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(work: Callable[[Apart], Awaitable[Any]], most: int = 1) -> Any:
    async def whole() -> Any:
        apart = Apart(LIMITS, most)
        try:
            return await work(apart)
        finally:
            apart.close()

    return asyncio.run(whole())


def test_a_child_is_used_again() -> None:
    async def work(apart: Apart) -> list[int]:
        return [await apart.call(child), await apart.call(child), await apart.call(double, 4)]

    first, second, eight = run(work)
    assert first == second != os.getpid() and eight == 8


@pytest.mark.parametrize(
    ("function", "reason", "detail"),
    [
        (refuse, Reason.BAD_FEED, "no feed"),
        (fail, Reason.BAD_DOCUMENT, "ValueError: nobody foresaw this"),
        (spin, Reason.TOO_SLOW, "more than 2 s"),
        (hog, Reason.WORKER_LOST, "more than 256 MB"),
        (die, Reason.WORKER_LOST, "code -9"),
    ],
)
def test_what_a_call_does_is_its_own_failure(function: Callable[[], None], reason: Reason, detail: str) -> None:
    async def work(apart: Apart) -> int:
        await apart.call(child)
        with pytest.raises(Unreadable) as raised:
            await apart.call(function)
        assert raised.value.reason is reason and detail in raised.value.detail
        return await apart.call(double, 21)

    assert run(work) == 42


def test_a_call_without_end_keeps_the_others_from_nothing() -> None:
    async def work(apart: Apart) -> list[int]:
        await asyncio.gather(apart.call(child), apart.call(child))
        hanging = asyncio.ensure_future(apart.call(spin))
        await asyncio.sleep(0)
        done = [await apart.call(double, n) for n in range(20)]
        assert not hanging.done()
        with pytest.raises(Unreadable):
            await hanging
        return done

    assert run(work, most=2) == [2 * n for n in range(20)]


def test_closing_ends_the_children_whatever_they_do() -> None:
    async def work(apart: Apart) -> int:
        pid = await apart.call(child)
        hanging = [asyncio.ensure_future(apart.call(spin)) for _ in range(3)]
        await asyncio.sleep(0.2)
        apart.close()
        told = await asyncio.gather(*hanging, apart.call(child), return_exceptions=True)
        assert all(isinstance(one, Ended) for one in told)
        return int(pid)

    pid = run(work)
    ends = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < ends:  # noqa: PTH110 - the kernel's
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110
