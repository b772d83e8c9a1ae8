"""What the classifier is made from on this machine: the model file and the roster's names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classifier.types import AgencyName

if TYPE_CHECKING:
    from crawler.roster import Roster


def trained_path(db: Path) -> Path:
    """Where `nq57 train` writes for the database at `db`."""
    return db.parent / "model" / "topics.npz"


def model_path(db: Path) -> Path:
    """The model to tag with: the one trained on this machine's corrections wins over the one in the package."""
    # Here, not above: the site asks for the path alone, and starts in half the time without the classifier.
    from classifier.suggest import default_model_path

    return default_model_path(trained_path(db))


def agency_names(roster: Roster) -> tuple[AgencyName, ...]:
    """The roster's names as the gazetteer takes them."""
    return tuple(AgencyName(row.agency_id, row.name, row.kind, row.short) for row in roster.agency_names())
