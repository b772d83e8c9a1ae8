"""Heavy questions: a few at once, the rest asked to come back; asked twice they cost once, and never an old answer."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.store.db import open_database
from monitor.site.line import Crowded, Line
from monitor.site.memory import Memory


@pytest.mark.asyncio
async def test_no_more_than_allowed_are_inside_and_the_rest_is_sent_away() -> None:
    line, inside, most = Line(2, 3, 5), 0, 0
    free = asyncio.Event()

    async def visit() -> str:
        nonlocal inside, most
        try:
            async with line.place():
                inside += 1
                most = max(most, inside)
                await free.wait()
                inside -= 1
                return "served"
        except Crowded:
            return "sent away"

    visits = [asyncio.create_task(visit()) for _ in range(9)]
    await asyncio.sleep(0.05)
    free.set()
    answers = await asyncio.gather(*visits)
    assert (most, answers.count("served"), answers.count("sent away")) == (2, 5, 4)
    assert await visit() == "served"


@pytest.mark.asyncio
async def test_who_waits_too_long_is_sent_away_and_leaves_no_trace() -> None:
    line = Line(1, 5, 0.01)
    async with line.place():
        with pytest.raises(Crowded):
            async with line.place():
                pass
    async with line.place():
        pass


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["ask", "write", "write in between"]), max_size=12))
def test_an_answer_is_never_older_than_the_database(deeds: list[str]) -> None:
    async def play(path: Path) -> None:
        memory: Memory[int] = Memory(path, 3)
        with closing(open_database(path)) as db:
            db.execute("create table n (n integer)")
            db.conn.commit()

            def now() -> int:
                with closing(sqlite3.connect(path)) as other:
                    return int(other.execute("select count(*) from n").fetchone()[0])

            def write() -> None:
                with db.atomic():
                    db.execute("insert into n values (1)")

            async def count(disturbed: bool = False) -> int:
                found = now()
                if disturbed:
                    write()
                return found

            for deed in deeds:
                if deed == "write":
                    write()
                elif deed == "ask":
                    assert await memory.answer("n", count) == now()
                else:
                    await memory.answer("n", lambda: count(disturbed=True))

    with tempfile.TemporaryDirectory() as place:
        asyncio.run(play(Path(place) / "x.db"))


@pytest.mark.asyncio
async def test_a_question_asked_twice_costs_once_and_old_ones_are_forgotten(tmp_path: Path) -> None:
    path, asked = tmp_path / "x.db", []
    open_database(path).close()
    memory: Memory[str] = Memory(path, 2)

    async def work(key: str) -> str:
        asked.append(key)
        return key

    for key in ("a", "a", "b", "c", "a"):
        assert await memory.answer(key, lambda key=key: work(key)) == key  # type: ignore[misc]
    assert asked == ["a", "b", "c", "a"]
