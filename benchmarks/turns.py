"""Two ways to do one thing in, the CPU time of each out: they take turns, so that whatever else runs disturbs both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report: what was measured, as a ratio between two ways or as a plain figure, and what is wanted."""

    benchmark: str
    what: str
    value: float
    unit: str
    wanted: float | None
    at_least: bool
    detail: str
    sides_in: str = ""
    """What the figures of the sides are, where there are any."""
    sides: tuple[tuple[str, float], ...] = ()
    """Each side by name, for the plot."""

    @property
    def reached(self) -> bool | None:
        """None where nothing is wanted of it."""
        if self.wanted is None:
            return None
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted


def in_turns(ways: Mapping[str, Callable[[], float]], turns: int = 3) -> dict[str, float]:
    """The least CPU seconds that each way reports, of so many turns A B A B; the least is what the work itself needs."""
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(turns):
        for name, way in ways.items():
            least[name] = min(least[name], way())
    return least


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds of this process while `work` runs."""
    start = time.process_time()
    work()
    return time.process_time() - start
