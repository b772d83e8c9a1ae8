"""A second crawl with nothing new asks each endpoint once, gets 304 where the server can say so, and fetches no article again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from monitor.demo.server import PressWeb

NQ57 = Path(sys.executable).with_name("nq57")
pytestmark = pytest.mark.slow
SOURCE = """
- id: nhip-so
  name: Tạp chí Nhịp Số
  kind: press
  hosts: [{host}]
  home: http://{host}/
  feeds: [{feeds}]
"""


def crawl(directory: Path, roster: Path, press: PressWeb, host: str) -> None:
    command = [NQ57, "crawl", "--json", "--delay", "0", "--db", directory / "nq57.db", "--roster", roster]
    done = subprocess.run(
        [*command, "--proxy", press.proxy_url, "--allow-address", "127.0.0.0/8"], capture_output=True, text=True
    )
    assert json.loads(done.stdout)["counts"] is not None, done.stderr


def test_a_second_crawl_asks_the_endpoints_and_nothing_else(tmp_path: Path) -> None:
    with PressWeb() as press:
        feeds = [url for url in press.urls("feed") if "song" in url]
        host = feeds[0].split("/")[2]
        feeds = [url for url in feeds if url.split("/")[2] == host]
        roster = tmp_path / "sources.yaml"
        roster.write_text(SOURCE.format(host=host, feeds=", ".join(feeds)), encoding="utf-8")
        crawl(tmp_path, roster, press, host)
        first = len(press.requests)
        crawl(tmp_path, roster, press, host)
        again = press.requests[first:]
    assert first > len(feeds) + 1
    assert len(again) <= len(feeds) + 1
    assert {request.path for request in again} == {"/robots.txt", *(url.split(host, 1)[1] for url in feeds)}
    answers = Counter(request.status for request in again if request.path != "/robots.txt")
    assert answers[304] >= 0.95 * len(feeds)
