"""What stops a command: SIGTERM ends the site with its server, and after a crawl our own handlers are back."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.store.db import open_database

ROOT = Path(__file__).parents[2]
AFTER_A_CRAWL = """
import signal, sys
from pathlib import Path
from crawler.roster import load_roster
from monitor.crawl import CrawlOptions, crawl
from monitor.runs import running
before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
roster = Path(sys.argv[2])
with running(Path(sys.argv[1]), "crawl") as run:
    crawl(run, load_roster(roster), CrawlOptions(roster, progress=False))
assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
"""


def test_after_a_crawl_the_handlers_are_ours_again(tmp_path: Path) -> None:
    roster = tmp_path / "sources.yaml"
    roster.write_text("[]", "utf-8")
    command = [sys.executable, "-c", AFTER_A_CRAWL, str(tmp_path / "x.db"), str(roster)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
def test_sigterm_ends_the_site_and_its_server_even_where_sigint_is_ignored(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    open_database(database).close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begin = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from monitor.cli import main; main()"
    command = [sys.executable, "-c", begin, "--db", str(database), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as site:
        for _ in range(200):
            if _answers(port):
                break
            time.sleep(0.1)
        else:
            site.kill()
            pytest.fail("the site did not come up")
        site.send_signal(signal.SIGTERM)
        assert site.wait(timeout=20) == 0
    assert not _answers(port)


def _answers(port: int) -> bool:
    with socket.socket() as door:
        door.settimeout(1)
        return door.connect_ex(("127.0.0.1", port)) == 0
