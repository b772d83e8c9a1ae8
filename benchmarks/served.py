"""A command that serves pages in, its answers with the CPU seconds and the memory that each took out."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

_TICK = os.sysconf("SC_CLK_TCK")
START_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and what it took of the server."""

    status: int
    body: bytes
    cpu: float
    """Seconds."""


class Served:
    """A server on a port of loopback; ends with the block."""

    def __init__(self, command: Sequence[str], port: int, environment: Mapping[str, str]) -> None:
        """Start it, and wait until it answers. Raises TimeoutError."""
        self._port = port
        begun = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                self.get("/-/versions.json")
                break
            except OSError:
                if time.monotonic() > begun + START_S:
                    self._process.kill()
                    raise TimeoutError(f"{command[-1]}: does not answer") from None
                time.sleep(0.02)
        self.started_cpu = self.cpu()

    def get(self, path: str, *, packed: bool = True) -> Answer:
        """Ask for a page, compressed or not, and read it whole."""
        before = self.cpu()
        connection = HTTPConnection("127.0.0.1", self._port, timeout=600)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip" if packed else "identity"})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, body, self.cpu() - before)

    def cpu(self) -> float:
        """CPU seconds of the process up to now."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> float:
        """The most that it held at once, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024

    def added(self, path: str) -> float:
        """MB that it held at most while it answered, beyond what it held before."""
        process = Path(f"/proc/{self._process.pid}")
        # 5 sets the most back to what is held now (proc(5)).
        (process / "clear_refs").write_text("5")
        before = self.memory()
        self.get(path)
        return self.memory() - before

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
