"""The wheel carries the trained model and, inside monitor, the folder that Datasette serves."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from classifier.topics import TopicModel

ROOT = Path(__file__).parents[1]
SOURCES = ("classifier", "crawler", "monitor", "datasette")
MADE = shutil.ignore_patterns("__pycache__", "model")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("wheel")
    source = home / "source"
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=MADE)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(home / "dist"), str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = (home / "dist").glob("*.whl")
    return path


@pytest.mark.slow
def test_the_wheel_holds_three_packages_and_no_fourth(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"classifier", "crawler", "monitor"}


@pytest.mark.slow
def test_the_wheel_carries_datasette_inside_monitor(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name.removeprefix("monitor/") for name in archive.namelist() if name.startswith("monitor/datasette/")}
    present = {path.relative_to(ROOT).as_posix() for path in (ROOT / "datasette").rglob("*") if path.is_file()}
    assert carried == {name for name in present if "__pycache__" not in name}
    assert "datasette/__init__.py" not in carried


@pytest.mark.slow
def test_the_wheel_carries_data_and_a_model_that_loads(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        model = archive.extract("classifier/model/topics.npz", tmp_path)
    assert {"classifier/labels/awards.yaml", "classifier/examples/news.jsonl", "classifier/baseline.json"} <= names
    assert {"crawler/roster/agencies.yaml", "crawler/store/migrations/0001_initial.sql"} <= names
    assert {"crawler/store/accounts/migrations/0001_accounts.sql", "crawler/store/views/articles_public.sql"} <= names
    assert TopicModel.load(Path(model)).about["examples"] > 170
