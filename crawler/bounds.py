"""A child process that reads what others wrote in, the same one bounded out: in its time, in its memory, and ending with us."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from multiprocessing import current_process

OUT_OF_MEMORY = 77
"""The exit code of a child that ran against its address-space limit."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    seconds: float = 20.0
    """From the hand-over of a page to its reading; an ordinary page takes less than a tenth of a second."""
    memory: int = 768 << 20
    """Bytes of address space beyond what a loaded worker has: a page of 10 MB takes some 200 MB as a tree."""
    start: float = 120.0
    """Seconds for a child to load model and gazetteer; on an idle machine it takes one or two."""


def die_with(parent: int) -> None:
    """End this process with its `parent`: a child that is busy would not notice the closed pipe, so the kernel kills it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the parent was gone before we could ask


def allow_children() -> None:
    """Let this process have children though it is a daemon, as Dask's workers are; ours end with their parent all the same."""
    current_process()._config["daemon"] = False  # type: ignore[attr-defined]


def bound_memory(more: int) -> None:
    """Allow `more` bytes of address space beyond what is taken now. Only Linux says what that is and keeps to the limit."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no path object: this is the kernel's
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    _, allowed = resource.getrlimit(resource.RLIMIT_AS)  # whoever started us may have set less
    limit = taken + more if allowed == resource.RLIM_INFINITY else min(taken + more, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
