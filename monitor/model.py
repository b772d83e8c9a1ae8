"""Where the model lies: the one trained on this machine's corrections wins over the one in the package."""

from pathlib import Path

from classifier.suggest import default_model_path


def trained_path(db: Path) -> Path:
    """Where `nq57 train` writes for the database at `db`."""
    return db.parent / "model" / "topics.npz"


def model_path(db: Path) -> Path:
    """The model to tag with."""
    return default_model_path(trained_path(db))
