"""A function in, a process that answers each line on standard input with its result and CPU seconds out."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any


def serve(work: Callable[[dict[str, Any]], Any]) -> None:
    """Answer until the input ends; an empty question is answered at once, to say that the peer is loaded."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        question = json.loads(line)
        start = _spent()
        answer = work(question) if question else None
        out.write(json.dumps({"answer": answer, "cpu": _spent() - start}) + "\n")
        out.flush()


def _spent() -> float:
    """CPU seconds of this process and of those that it has started and seen end."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)
