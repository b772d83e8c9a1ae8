"""Keep the data safe: consistent copies of database and accounts, and a check of everything that a run depends on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from classifier.model_file import ModelError
from classifier.topics import TopicModel
from crawler.archive import ArchiveError, iter_pages
from crawler.extensions import archive_directory
from crawler.roster import RosterError, load_roster
from crawler.store import health
from crawler.store.accounts.db import NoAccounts, accounts_path, copy_accounts, damage_of_accounts, is_open_to_others
from crawler.store.db import BadDatabase, copy, is_behind, open_database
from monitor.model import model_path

ENOUGH = 500 << 20
"""Bytes: a first run over 200 sites archives some 300 MB, and SQLite's log may grow to the size of what is written at once."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `problem` is None where it is well."""

    name: str
    problem: str | None


def snapshot(db: Path, target: Path) -> dict[Path, int]:
    """Copy the database to `target` and the accounts beside it, each consistent even while others write; gives sizes in bytes.

    Each copy appears whole or not at all. Raises BadDatabase naming the file that could not be read or written.
    """
    copies = [_copy_database(db, target)]
    if (accounts := accounts_path(db)).is_file():
        beside = target.with_name(f"{target.stem}.{accounts.name}")
        try:
            copy_accounts(accounts, beside)
        except NoAccounts as error:
            raise BadDatabase(str(error)) from error
        copies.append(beside)
    return {made: made.stat().st_size for made in copies}


def _copy_database(db: Path, target: Path) -> Path:
    if not db.is_file():
        raise BadDatabase(f"{db}: no such database")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as source:
            copy(source, target)
    except (sqlite3.Error, OSError) as error:
        raise BadDatabase(f"{target}: {error}") from error
    return target


def doctor(db: Path) -> Iterator[Check]:
    """Look at roster, model, disk, accounts, database and archive, and name what is wrong with each."""
    yield Check("roster", _roster_problem())
    yield Check("model", _model_problem(db))
    yield Check("disk", _space_problem(db.parent))
    yield Check("accounts", _accounts_problem(accounts_path(db)))
    if not db.is_file():
        yield Check("database", f"{db}: no such database; `nq57 crawl` makes one")
        return
    if (damage := damage_of(db)) is not None:
        yield Check("database", f"{db}: {damage}; `nq57 doctor --repair` makes it again from what is left and from the archive")
        return
    with closing(open_database(db, migrate=False)) as opened:
        if is_behind(opened):
            yield Check("database", f"{db}: kept by an earlier version; `nq57 measure` brings it up to date")
            return
        unwritable = health.unwritable(opened)
        yield Check("database", f"{db}: {unwritable}" if unwritable else None)
        search = None if unwritable else health.search_damage(opened)
        yield Check("search", f"{db}: {search}; `nq57 doctor --repair` builds it again" if search else None)
        wrong = health.contradictions(opened)
        yield Check("rows", f"{db}: {', '.join(wrong)}; `nq57 doctor --repair` reads them again" if wrong else None)
        yield from _archive_checks(archive_directory(db), health.named_records(opened))


def damage_of(db: Path) -> str | None:
    """What makes the file useless as our database, or None."""
    try:
        with closing(open_database(db, migrate=False)) as opened:
            return health.corruption(opened)
    except BadDatabase as error:
        return str(error).removeprefix(f"{db}: ")


def damage_in(file: Path) -> tuple[list[ArchiveError], set[int]]:
    """The broken places of an archive file, and the offsets of the records that can be read."""
    damage: list[ArchiveError] = []
    whole = {offset for offset, _ in iter_pages(file, damage.append)}
    return damage, whole


def _archive_checks(directory: Path, named: Mapping[str, set[int]]) -> Iterator[Check]:
    for file in sorted(directory.glob("*.warc.gz")):
        damage, whole = damage_in(file)
        lost = named.get(file.name, set()) - whole
        told = [str(damage[0])] if damage else []
        told += [f"{file}: {len(lost)} records that the database names cannot be read"] if lost else []
        yield Check(f"archive {file.name}", "; ".join(told) or None)
    missing = sorted(file for file in named if not (directory / file).is_file())
    yield Check("archive files", f"{directory}: missing {', '.join(missing)}" if missing else None)


def _accounts_problem(path: Path) -> str | None:
    if not path.exists():
        return None  # `nq57 serve` makes them
    if damage := damage_of_accounts(path):
        return (
            f"{path}: {damage}; put back the copy that `nq57 snapshot` made, or move it away and begin with `nq57 accounts add`"
        )
    return f"{path}: others on this machine may read or write it; `chmod 600 {path}`" if is_open_to_others(path) else None


def _space_problem(directory: Path) -> str | None:
    there = next(place for place in (directory.resolve(), *directory.resolve().parents) if place.is_dir())
    free = shutil.disk_usage(there).free
    return f"{directory}: only {free >> 20} MB free, a run may need {ENOUGH >> 20}" if free < ENOUGH else None


def _roster_problem() -> str | None:
    try:
        load_roster(strict=True)
    except RosterError as error:
        return str(error)
    return None


def _model_problem(db: Path) -> str | None:
    try:
        TopicModel.load(model_path(db))
    except ModelError as error:
        return str(error)
    return None
