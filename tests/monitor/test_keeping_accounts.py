"""The accounts are copied with the database, for their owner's eyes alone, and doctor tells when nobody can sign in with them."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.store.accounts import people
from crawler.store.accounts.audit import By
from crawler.store.accounts.db import accounts_path, make_accounts, reading, writing
from crawler.store.db import open_database
from monitor.cli import cli


def run(db: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--db", str(db), *arguments], catch_exceptions=False)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database with two accounts, the second of which is still in SQLite's log alone."""
    path = tmp_path / "data" / "nq57.db"
    path.parent.mkdir()
    open_database(path).close()
    make_accounts(accounts_path(path))
    return path


def test_a_snapshot_holds_the_accounts_as_they_are_now_and_nobody_else_can_read_them(db: Path, tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        held = sqlite3.connect(accounts_path(db))  # keeps the log from being written back
        held.execute("begin").execute("select 1 from accounts").fetchall()
        with writing(accounts_path(db)) as connection:
            people.create(connection, By("nq57"), "lan", "Nguyễn Thị Lan", "staff", "$argon2id$none")
        done = run(db, "snapshot", str(tmp_path / "copies" / "weekly.db"))
        held.close()
    finally:
        os.umask(old)
    copy = tmp_path / "copies" / "weekly.accounts.db"
    assert done.exit_code == 0 and copy.name in done.output
    assert copy.stat().st_mode & 0o777 == 0o600
    with reading(copy) as connection:
        assert [account.username for account in people.everybody(connection)] == ["lan"]
    assert sorted(file.name for file in copy.parent.iterdir()) == ["weekly.accounts.db", "weekly.db"]
    # And it is of use: put in place of the lost one it is the accounts again.
    accounts_path(db).write_bytes(copy.read_bytes())
    assert "accounts: ok" in run(db, "doctor").output


def test_without_accounts_there_is_nothing_to_copy_or_to_complain_of(db: Path, tmp_path: Path) -> None:
    for file in db.parent.glob("accounts*"):
        file.unlink()
    assert run(db, "snapshot", str(tmp_path / "copies" / "weekly.db")).exit_code == 0
    assert [file.name for file in (tmp_path / "copies").iterdir()] == ["weekly.db"]
    assert "accounts: ok" in run(db, "doctor").output and not accounts_path(db).exists()


@pytest.mark.parametrize("harm", ["header", "page", "foreign", "tables", "mode"])
def test_doctor_says_what_is_wrong_with_the_accounts_and_how_to_go_on(db: Path, harm: str) -> None:
    path = accounts_path(db)
    with writing(path) as connection:
        for n in range(400):
            people.create(connection, By("nq57"), f"n{n}", "Người " * 9, "staff", "x" * 90)
    assert "accounts: ok" in run(db, "doctor").output
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("pragma journal_mode = delete")
        if harm == "tables":
            connection.execute("drop table attempts")
    if harm == "foreign":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("create table songs (title)")
    path.chmod(0o644 if harm == "mode" else 0o600)
    if harm in ("header", "page"):
        with path.open("r+b") as file:
            file.seek(0 if harm == "header" else 40 * 1024)
            file.write(b"\xff" * 4096)
    done = run(db, "doctor")
    assert done.exit_code == 1
    [told] = [line for line in done.output.splitlines() if "accounts.db" in line]
    assert ("chmod 600" if harm == "mode" else "nq57 snapshot") in told
