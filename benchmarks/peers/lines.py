"""A function in, a process that answers each line on standard input with its result and CPU seconds out."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def serve(work: Callable[[dict[str, Any]], Any]) -> None:
    """Answer until the input ends; an empty question is answered at once, to say that the peer is loaded."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        question = json.loads(line)
        start = time.process_time()
        answer = work(question) if question else None
        spent = time.process_time() - start
        out.write(json.dumps({"answer": answer, "cpu": spent}) + "\n")
        out.flush()
