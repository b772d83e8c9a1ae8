"""Reading in children: what a page may cost, and that only the page that exceeds it is lost."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from classifier.model_file import ModelError
from crawler.bounds import Limits
from crawler.items import Reason
from crawler.store.pages import Archived
from monitor.reading import Reading
from monitor.runs import CannotRun
from monitor.workers import read_all

LIMITS = Limits(seconds=2.0, memory=256 << 20)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Misbehaving:
    """A reader that does what the URL says."""

    directory: str

    def read(self, archived: Archived) -> Reading:
        match archived.url:
            case "sleep":
                time.sleep(60)
            case "spin":
                while True:
                    pass
            case "exit":
                os._exit(3)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "kill-once" if not (marker := Path(self.directory, "killed")).exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case "hog":
                return Reading(archived, fetched_at=str(len(bytearray(1 << 30))))
        return Reading(archived, fetched_at="read")


def page(url: str) -> Archived:
    return Archived(url, "bao", "1-00000.warc.gz", 0, None, None)


def no_reader() -> Misbehaving:
    raise ModelError("topics.npz: not a topic model")


def dead_reader() -> Misbehaving:
    os._exit(9)


def read(urls: list[str], directory: Path, workers: int = 1) -> dict[str, Reading]:
    make = MakeReader(str(directory))
    found = list(read_all(make, [page(url) for url in urls], workers, LIMITS))
    assert len(found) == len(urls)
    return {reading.archived.url: reading for reading in found}


@dataclass(frozen=True)
class MakeReader:
    """Travels to the child."""

    directory: str

    def __call__(self) -> Misbehaving:
        return Misbehaving(self.directory)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_page_is_read_once(workers: int, tmp_path: Path) -> None:
    urls = [str(n) for n in range(50)]
    assert read(urls, tmp_path, workers).keys() == set(urls)


@pytest.mark.parametrize(
    ("bad", "reason", "detail"),
    [
        ("sleep", Reason.TOO_SLOW, "more than 2 s"),
        ("spin", Reason.TOO_SLOW, "more than 2 s"),
        ("exit", Reason.WORKER_LOST, "code 3"),
        ("kill", Reason.WORKER_LOST, "code -9"),
        ("hog", Reason.WORKER_LOST, "more than 256 MB"),
    ],
)
def test_a_page_that_exceeds_its_limits_fails_alone(bad: str, reason: Reason, detail: str, tmp_path: Path) -> None:
    found = read(["a", bad, "b", "c"], tmp_path)
    assert (found[bad].reason, found[bad].article) == (reason, None) and detail in found[bad].detail
    assert [found[url].fetched_at for url in "abc"] == ["read"] * 3


def test_a_page_whose_worker_somebody_killed_gets_a_second_chance(tmp_path: Path) -> None:
    assert read(["a", "kill-once", "b"], tmp_path)["kill-once"].fetched_at == "read"


def test_nothing_to_read_starts_nothing() -> None:
    assert list(read_all(dead_reader, [], 2)) == []


def test_what_keeps_a_worker_from_starting_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"topics\.npz"):
        list(read_all(no_reader, [page("a")], 1))
    with pytest.raises(CannotRun, match="ended before it began"):
        list(read_all(dead_reader, [page("a")], 1))


def test_a_reader_that_is_dropped_half_way_leaves_no_process(tmp_path: Path) -> None:
    readings = read_all(MakeReader(str(tmp_path)), [page(str(n)) for n in range(20)] + [page("sleep")], 2, LIMITS)
    next(readings)
    assert children(os.getpid())
    readings.close()  # type: ignore[attr-defined]
    assert not children(os.getpid())


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Also one that is busy with a page, and so would never look at its pipe."""
    script = tmp_path / "parent.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.durability.test_workers import MakeReader, page\n"
        "from monitor.workers import read_all\n"
        "if __name__ == '__main__':\n"
        "    for reading in read_all(MakeReader('.'), [page('a'), page('spin')], 1):\n"
        "        print('started', flush=True)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        busy = children(parent.pid)
        assert busy
        parent.kill()
    ends = time.monotonic() + 5
    while any(map(is_alive, busy)) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not [pid for pid in busy if is_alive(pid)]


def children(parent: int) -> list[int]:
    """The worker processes of a process; the tracker that multiprocessing keeps beside them reads no page."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent and b"spawn_main" in line:
            found.append(int(entry.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
