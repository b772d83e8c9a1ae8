"""Reports as they were frozen: a month and its content in, the same bytes out whenever it is asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Frozen:
    """A month's report: its period (days, Asia/Ho_Chi_Minh), when it was made, and its content as canonical JSON."""

    month: str
    first_on: str
    last_on: str
    frozen_at: str
    content: str

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return sha256(self.content.encode()).hexdigest()


class DamagedMonth(Exception):
    """A frozen report is not what it was when it was frozen; the message names the month."""


def freeze(db: Database, frozen: Frozen) -> None:
    """Keep a month's report for ever; sqlite3.IntegrityError where the month has one already."""
    with db.atomic():
        db.execute(
            "insert into report_months (month, first_on, last_on, frozen_at, digest, content) values (?, ?, ?, ?, ?, ?)",
            [frozen.month, frozen.first_on, frozen.last_on, frozen.frozen_at, frozen.digest, frozen.content],
        )


def frozen(db: Database, month: str) -> Frozen | None:
    """The report of a month, or None where none was made. Raises DamagedMonth where its content fails its digest."""
    row = db.execute(
        "select month, first_on, last_on, frozen_at, content, digest from report_months where month = ?", [month]
    ).fetchone()
    if row is None:
        return None
    found = Frozen(*row[:5])
    if found.digest != row[5]:
        raise DamagedMonth(f"the frozen report of {month} is not what it was: its digest differs")
    return found


def frozen_months(db: Database) -> list[str]:
    """The months that have a report, the oldest first."""
    return [row[0] for row in db.execute("select month from report_months order by month").fetchall()]
