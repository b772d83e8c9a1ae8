"""What pyproject.toml cannot say: while the package is built, the model is trained and datasette/ put inside monitor."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# A build front end runs this file without the project on its path, and the trainer lives in the project.
sys.path.insert(0, str(ROOT))

IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


class BuildWithModel(build_py):
    """build_py, then the model (in place for an editable install) and, for a wheel, the folder that Datasette serves."""

    def run(self) -> None:
        """Copy the packages, then make what is made rather than copied."""
        super().run()
        home = ROOT if self.editable_mode else Path(self.build_lib)
        self._train(home / "classifier" / "model" / "topics.npz")
        if not self.editable_mode:
            self._carry_datasette(home / "monitor" / "datasette")

    def _train(self, model: Path) -> None:
        from classifier.train import train_shipped

        trained = train_shipped(model)
        self.announce(f"{'trained' if trained else 'up to date'}: {model}", level=2)

    def _carry_datasette(self, target: Path) -> None:
        """As a folder of monitor: at the top level it would shadow the datasette package itself."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ROOT / "datasette", target, ignore=IGNORED)


setup(cmdclass={"build_py": BuildWithModel})
