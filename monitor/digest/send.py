"""A database and the mail settings in; the digest of its newest run handed to the mail server, or kept for the next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

from sqlite_utils import Database

from crawler.clock import now
from crawler.store.db import open_database
from crawler.store.runs import attention_of
from monitor.digest.content import Digest, gather
from monitor.digest.message import compose
from monitor.digest.outbox import Sent, keep, outbox_of, read_envelope, read_server, send_all
from monitor.report.letterhead import read_letterhead
from monitor.runs import CannotRun


def write_digest(path: Path, given: Mapping[str, str]) -> EmailMessage:
    """The digest of the newest run in the database at `path`. Raises CannotRun."""
    if not path.is_file():
        raise CannotRun(f"{path}: no such database")
    with closing(open_database(path)) as db:
        return _composed(_gathered(path, db, None), given)


def send_digest(path: Path, db: Database, given: Mapping[str, str], attention: Sequence[str] | None = None) -> Sent | None:
    """Send the digest of the newest run, after what still waits from before; None where no mail server is named.

    It is kept in the outbox first, so that nothing is lost whatever happens to the network or to us. `attention` is what the
    run says needs a person; None reads it from the run. Raises CannotRun.
    """
    server = read_server(given)
    if server is None:
        return None
    digest = _gathered(path, db, attention)
    outbox = outbox_of(path)
    # One file a run: a digest asked for again takes the place of one that still waits.
    keep(_composed(digest, given), outbox / f"run-{digest.run.id:09d}.eml")
    return send_all(server, outbox)


def _gathered(path: Path, db: Database, attention: Sequence[str] | None) -> Digest:
    digest = gather(db.conn, tuple(attention_of(db) if attention is None else attention))
    if digest is None:
        raise CannotRun(f"{path}: nothing has run yet, so there is nothing to tell")
    return digest


def _composed(digest: Digest, given: Mapping[str, str]) -> EmailMessage:
    letterhead = given.get("NQ57_LETTERHEAD")
    site = read_letterhead(Path(letterhead) if letterhead else None).site
    return compose(digest, read_envelope(given), site, now())
