"""`nq57 sources discover` on a hostile site: whatever its pages do to a parser, it happens in a child that is bounded."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from tests.faults.bed import Bed, Wire
from tests.faults.conftest import NQ57, _watch, feed

pytestmark = pytest.mark.slow

MOST_OF_THE_COMMAND = 300_000_000
"""Bytes of its own process; a tree of the page below takes more than that alone."""
LINKS = "".join(f"<li><a href='/muc-{n}'>Khoa học {n}</a></li>" for n in range(3))


def test_a_hostile_home_page_is_read_where_it_can_be_stopped(tmp_path: Path) -> None:
    async def hostile(wire: Wire) -> None:
        base = f"http://{wire.ask.host}:{wire.ask.port}"
        if wire.ask.path == "/":
            nested = "<i><b a=''>" * 850_000
            await wire.answer(f"<html><link rel=alternate type=application/rss+xml href=/feed.xml><ul>{LINKS}</ul>{nested}")
        elif wire.ask.path == "/feed.xml":
            await wire.answer(feed([f"{base}/tin/bai-viet-so-{n}.html" for n in range(100_000, 100_005)]), kind="text/xml")
        elif wire.ask.path.startswith("/muc-"):
            await wire.answer("<ul>" + "<li><a href='/tin/mot-bai-viet-100001.html'>x</a>" * 150_000)
        else:
            await wire.answer("không có", "404 Not Found")

    with Bed({"127.0.65.1": hostile}) as bed:
        line = [NQ57, "sources", "discover", f"http://127.0.65.1:{bed.port}/", "--allow-address", "127.0.0.0/8", "--delay", "0"]
        with subprocess.Popen(list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            peak = [0, 0]
            watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
            watch.start()
            try:
                out, err = process.communicate(timeout=300)
            finally:
                process.kill()
            watch.join(5)
    assert "Traceback" not in err, err
    # Either the page could be read within the bounds, and then its feed was found, or its reader was stopped and that is said.
    assert "/feed.xml" in out if process.returncode == 0 else "worker-lost" in err or "too-slow" in err, (err, out, peak)
    assert 0 < peak[1] < MOST_OF_THE_COMMAND
