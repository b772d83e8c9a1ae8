"""What a child process may take: called in the child itself, it makes the child end with its parent and bounds its memory."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from multiprocessing import get_context

CONTEXT = get_context("spawn")
"""A forked child would inherit the database connection and the run's lock."""
OUT_OF_MEMORY = 77
"""The exit code of a child that ran against its address-space limit."""
_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """End this process with its `parent`: a child that is busy would not notice the closed pipe, so the kernel kills it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the parent was gone before we could ask


def bound_memory(more: int) -> None:
    """Allow `more` bytes of address space beyond what is taken now. Only Linux says what that is and keeps to the limit."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no path object: this is the kernel's
            taken = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (taken + more, taken + more))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
