"""A folder in, files written there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from monitor.runs import CannotRun


@dataclass(slots=True)
class Parts:
    """Files of one folder that are being written."""

    directory: Path
    paths: dict[Path, Path] = field(default_factory=dict)
    """Where each is written until all are done."""
    at: Path = field(init=False)
    """The one at hand, for messages."""

    def __post_init__(self) -> None:
        self.at = self.directory

    def part_of(self, name: str) -> Path:
        """The path under which the file `name` is to be written."""
        self.at = self.directory / name
        self.paths[self.at] = self.at.with_name(f".{name}.part")
        return self.paths[self.at]


@contextmanager
def whole_files(directory: Path) -> Iterator[Parts]:
    """Give every file that is asked for its name at the end, when all are on the disk; the folder is made where it is missing.

    What stood there stays whole when the disk is full or somebody interrupts. Raises CannotRun naming the file.
    """
    parts = Parts(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        yield parts
        for file, part in parts.paths.items():
            parts.at = file
            with part.open("rb") as written:
                os.fsync(written.fileno())
        for file, part in parts.paths.items():
            parts.at = file
            part.replace(file)
    except OSError as error:
        raise CannotRun(f"{parts.at}: {error.strerror or error}") from error
    finally:
        for part in parts.paths.values():
            part.unlink(missing_ok=True)
