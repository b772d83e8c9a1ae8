"""Named misbehaviour, after Scrapy's mock server: a fault and a good answer in, what goes over the wire out, or nothing."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace
from threading import Event

from monitor.demo.answers import Answer
from monitor.demo.sites import Fault


def misbehave(fault: Fault, answer: Answer, connection: socket.socket, stopping: Event) -> Answer | None:
    """Let the fault befall the answer; None where the connection ends without one.

    `drop` closes, `reset` closes with RST, `hang` says nothing until the server stops, `delay` waits `seconds` first, `partial`
    sends half of what it announces, `status` answers with `code`.
    """
    match fault.name:
        case "delay":
            stopping.wait(fault.seconds)
            return answer
        case "status":
            return Answer(body=b"<!DOCTYPE html><title>Error</title><h1>Server Error</h1>", status=fault.code)
        case "partial":
            return replace(answer, body=answer.body[: len(answer.body) // 2], claimed_length=len(answer.body))
        case "hang":
            stopping.wait()
        case "reset":
            # A zero linger time makes the kernel send RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return None
