"""What an article costs as the database grows: the same commands on a small and a large one, CPU time and bytes an article.

`NQ57_BENCH_SIZES` gives other sizes than 10,000, 100,000 and 1,000,000. Databases are made anew (benchmarks/million.py), or
copied from the folder that `NQ57_BENCH_DATABASES` names, where `<articles>.db` is there: a million take half an hour to make.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.million import LAST_DAY, make
from benchmarks.turns import Result

SIZES = (10_000, 100_000, 1_000_000)
FLAT = 1.3
"""Times that an article may cost in the largest what it costs in the smallest."""
REPORTED = f"{LAST_DAY:%Y-%m}"
EMPTY = 200
"""Articles of the database on which the start of a command is measured, which is then left out."""


def run() -> Iterator[Result]:
    """Each command on each size; then the ratio of an article's cost in the largest and in the smallest."""
    sizes = tuple(map(int, os.environ["NQ57_BENCH_SIZES"].split(","))) if "NQ57_BENCH_SIZES" in os.environ else SIZES
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for size in (EMPTY, *sizes):
            _provide(place / f"{size}.db", size)
        each = {size: (place / f"{size}.db").stat().st_size / size for size in sizes}
        told = ", ".join(f"{size:,} articles {size * each[size] / 1e6:.0f} MB" for size in sizes)
        by_size = tuple((f"{size:,}", each[size]) for size in sizes)
        what = f"database at {sizes[-1]:,} articles"
        yield Result("scale", what, each[sizes[-1]], "bytes an article", None, False, told, "bytes an article", by_size)
        for name, arguments in _commands(place).items():
            # Learning costs what was decided, not what there is: its whole cost is compared.
            start = 0.0 if name == "train" else _cpu(place / f"{EMPTY}.db", arguments)
            cost = {size: 1000 * (_cpu(place / f"{size}.db", arguments) - start) / size for size in sizes}
            sides = tuple((f"{size:,}", cost[size]) for size in sizes)
            what = f"{name}: cost of an article in {sizes[-1]:,} / in {sizes[0]:,}"
            yield Result("scale", what, cost[sizes[-1]] / cost[sizes[0]], "times", FLAT, False, "", "CPU ms an article", sides)


def _provide(db: Path, size: int) -> None:
    """A copy of one that was made before, so that every run begins with the same; else a new one."""
    made = Path(os.environ["NQ57_BENCH_DATABASES"]) / db.name if "NQ57_BENCH_DATABASES" in os.environ else db
    if made.is_file():
        shutil.copyfile(made, db)
    else:
        make(db, size)


def _commands(place: Path) -> dict[str, list[str]]:
    """`{}` stands for the database; merge takes it into an empty one."""
    return {
        "measure": ["--db", "{}", "measure"],
        "doctor": ["--db", "{}", "doctor"],
        "process, with nothing new": ["--db", "{}", "process"],
        "report": ["--db", "{}", "report", "--month", REPORTED, "--out", str(place / "report")],
        "export": ["--db", "{}", "export", str(place / "out")],
        "export as XLSX": ["--db", "{}", "export", str(place / "out"), "--format", "xlsx"],
        "export as Parquet": ["--db", "{}", "export", str(place / "out"), "--format", "parquet"],
        "snapshot": ["--db", "{}", "snapshot", str(place / "copy.db")],
        "train": ["--db", "{}", "train"],
        "merge": ["--db", str(place / "joined" / "x.db"), "merge", "{}"],
    }


def _cpu(db: Path, arguments: list[str]) -> float:
    """CPU seconds of one command. Raises RuntimeError when it fails."""
    for left in [*db.parent.glob("joined/*"), db.parent / "copy.db"]:
        left.unlink(missing_ok=True)
    for folder in ("out", "report"):
        shutil.rmtree(db.parent / folder, ignore_errors=True)
    given = [str(db) if one == "{}" else one for one in arguments]
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "--quiet", *given]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: something needs a person, as the missing archive of a made database does
        raise RuntimeError(f"{' '.join(command)} exited {process.returncode}")
    return used.ru_utime + used.ru_stime
