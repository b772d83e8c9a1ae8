"""A peer's name in, the Python of an environment of its own out; one that does not install says why.

`benchmarks/environments/NAME.txt` lists what a peer needs. Nothing of the project's own is in there, nor of another peer's, so
that each runs with the versions that it asks for.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
LISTS, BUILT = HERE / "environments", HERE / ".venv"


class Absent(Exception):
    """A peer that cannot take part; the message says why, in one line."""


def names() -> list[str]:
    """Every peer that has an environment."""
    return sorted(file.stem for file in LISTS.glob("*.txt"))


@cache
def python_of(name: str) -> Path:
    """Its interpreter; made at the first call, made anew when its list changes. Raises Absent."""
    wanted = (LISTS / f"{name}.txt").read_text(encoding="utf-8")
    place, stamp = BUILT / name, BUILT / name / "installed.txt"
    python = place / "bin" / "python"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        venv.create(place, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(LISTS / f"{name}.txt")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own lists
        if done.returncode:
            told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
            raise Absent(f"{name} did not install: {told[-1]}")
        stamp.write_text(wanted, encoding="utf-8")
    return python


def versions() -> dict[str, str]:
    """What took part of the peers, with its version."""
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    found = {}
    for name in names():
        try:
            done = subprocess.run([python_of(name), "-c", code, name], capture_output=True, text=True, check=False)  # noqa: S603
            found[name] = done.stdout.strip() or "not installed"
        except Absent as absent:
            found[name] = str(absent)
    return found


def main() -> None:
    """Make them all, and say which peers cannot take part."""
    for name in names():
        try:
            python_of(name)
        except Absent as absent:
            print(f"benchmarks: {absent}", file=sys.stderr)


if __name__ == "__main__":
    main()
