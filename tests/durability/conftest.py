"""One press web for all tests here, and the weekly job against it as a process that can be killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.demo.server import PressWeb
from tests.monitor.test_demo import dump

NQ57 = Path(sys.executable).with_name("nq57")
ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def press_web() -> Iterator[PressWeb]:
    with PressWeb() as web:
        yield web


@pytest.fixture(scope="module")
def start(press_web: PressWeb) -> Start:
    """Start the weekly job on a database; keywords go to Popen."""

    def starting(db: Path, **more: object) -> subprocess.Popen[str]:
        command = [sys.executable, Path(__file__).with_name("job.py"), db, press_web.proxy_url]
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
        )

    return starting


@pytest.fixture(scope="module")
def undisturbed(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a job that nobody disturbed. Copy its directory before you damage it."""
    db = tmp_path_factory.mktemp("undisturbed") / "nq57.db"
    job = start(db)
    _, errors = job.communicate(timeout=120)
    assert "database" not in errors
    return db


@pytest.fixture
def db(undisturbed: Path, tmp_path: Path) -> Path:
    """A copy of the undisturbed database with its archive, to be damaged."""
    shutil.copytree(undisturbed.parent, tmp_path / "copy")
    return tmp_path / "copy" / "nq57.db"


def nq57(db: Path, *arguments: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command on a database."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [NQ57, "--db", db, *arguments], capture_output=True, text=True, timeout=120, **more
    )


def articles(db: Path) -> list[tuple[object, ...]]:
    """What has to be there again after a repair: every article with its tags and its story."""
    return [row for row in dump(db.parent) if len(row) == 10]
