"""Questions to a peer in, its answers with the CPU seconds that they took out: a process of its own environment, kept alive.

The programs in benchmarks/peers/ import nothing of ours; each reads one JSON object a line and answers with one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.environments import HERE, Absent, python_of

_OWN = ("trafilatura", "scrapy", "own")
"""Peers that the project depends on itself: they run with its versions."""


class Peer:
    """One peer at work on one kind of task; start-up is not in what it reports."""

    def __init__(self, name: str, program: str) -> None:
        """Start `benchmarks/peers/<program>.py` with the peer's Python. Raises Absent where it does not run."""
        python = sys.executable if name in _OWN else str(python_of(name))
        self.name = name
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - our own programs
            [python, str(HERE / "peers" / f"{program}.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self.ask()
        except Absent:
            self.close()
            raise

    def ask(self, **question: Any) -> tuple[Any, float]:
        """Its answer, and the CPU seconds of its process. Raises Absent when it has ended."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._errors.seek(0)
            told = self._errors.read().strip().splitlines() or ["it ended without a word"]
            raise Absent(f"{self.name} does not run: {told[-1][:200]}")
        answer = json.loads(line)
        return answer["answer"], float(answer["cpu"])

    def cpu(self, **question: Any) -> float:
        """The CPU seconds of one question."""
        return self.ask(**question)[1]

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@contextmanager
def peers(names: Sequence[str], program: str) -> Iterator[tuple[dict[str, Peer], list[str]]]:
    """Those of the peers that can take part, and for each other one the line that says why it does not."""
    found: dict[str, Peer] = {}
    absent: list[str] = []
    try:
        for name in names:
            try:
                found[name] = Peer(name, program)
            except Absent as why:
                absent.append(str(why))
        yield found, absent
    finally:
        for peer in found.values():
            peer.close()


@contextmanager
def files(bodies: Sequence[bytes], suffix: str = "") -> Iterator[list[str]]:
    """The bodies as files that a peer can open, in order."""
    with tempfile.TemporaryDirectory() as place:
        paths = [Path(place) / f"{n}{suffix}" for n in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        yield [str(path) for path in paths]


def turns_of(found: Mapping[str, Peer], **question: Any) -> dict[str, Callable[[], float]]:
    """For each peer the way to be measured in turns: the CPU seconds of the same question."""
    return {name: (lambda peer=peer: peer.cpu(**question)) for name, peer in found.items()}  # type: ignore[misc]
