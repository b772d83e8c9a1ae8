"""`nq57 accounts` and the first start: what whoever runs the machine does, and what a mistake is answered with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.store.accounts import audit, people
from crawler.store.accounts.db import accounts_path, reading, writing
from monitor import serve
from monitor.cli import cli


def nq57(db: Path, *words: str) -> Any:
    return CliRunner().invoke(cli, ["--db", str(db), *words])


def test_an_account_is_added_changed_locked_and_let_in_again(tmp_path: Path) -> None:
    db = tmp_path / "nq57.db"
    added = nq57(db, "accounts", "add", "Hoa", "--role", "admin", "--name", "Phạm Thị Hoa", "--site", "https://nq57.example/")
    link = re.search(r"^https://nq57\.example/dang-nhap/([\w-]{30,})$", added.output, re.M)
    assert added.exit_code == 0 and link
    with reading(accounts_path(db)) as connection:
        found = people.link_of(connection, link[1])
        assert found and found.account and found.account.role == "admin"
    assert nq57(db, "accounts", "add", "nam").exit_code == 0
    assert nq57(db, "accounts", "role", "nam", "analyst").exit_code == 0
    assert nq57(db, "accounts", "lock", "nam").exit_code == 0
    rows = json.loads(nq57(db, "accounts", "list", "--json").output)
    assert rows == [
        {"username": "hoa", "name": "Phạm Thị Hoa", "role": "admin", "locked": False},
        {"username": "nam", "name": "nam", "role": "analyst", "locked": True},
    ]
    assert "argon2" not in nq57(db, "accounts", "list").output
    assert nq57(db, "accounts", "unlock", "nam").exit_code == 0
    again = json.loads(nq57(db, "accounts", "link", "hoa", "--json").output)["link"]
    with reading(accounts_path(db)) as connection:
        assert people.link_of(connection, link[1]) is None and people.link_of(connection, again.rpartition("/")[2])
        assert {entry.actor for entry in audit.entries(connection)} == {"nq57"}
        deeds = [entry.deed for entry in audit.entries(connection, limit=4)]
    assert deeds == ["account.link", "account.unlocked", "account.locked", "account.role"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "hoa"], "already"),
        (["add", "Lê Hoa"], "valid username"),
        (["add", "x; drop table accounts"], "valid username"),
        (["lock", "ai"], "no such account"),
        (["lock", "hoa"], "last administrator"),
        (["role", "hoa", "staff"], "last administrator"),
        (["role", "hoa", "root"], "root"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, words: list[str], said: str) -> None:
    db = tmp_path / "nq57.db"
    nq57(db, "accounts", "add", "hoa", "--role", "admin")
    with writing(accounts_path(db)) as connection:
        people.set_password(connection, audit.By("test"), "hoa", "hash")
    result = nq57(db, "accounts", *words)
    assert result.exit_code != 0 and said in result.output and "Traceback" not in result.output


def test_the_first_start_prints_a_new_link_until_somebody_used_one(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    db = tmp_path / "nq57.db"
    codes = []
    for _ in range(2):
        serve.welcome(db, "0.0.0.0", 8057)
        printed = re.search(r"http://127\.0\.0\.1:8057/dang-nhap/([\w-]+)", capfd.readouterr().err)
        assert printed
        codes.append(printed[1])
    with reading(accounts_path(db)) as connection:
        assert [people.link_of(connection, code) is not None for code in codes] == [False, True]
    nq57(db, "accounts", "add", "hoa", "--role", "admin")
    serve.welcome(db, "0.0.0.0", 8057)
    assert capfd.readouterr().err == ""
    with reading(accounts_path(db)) as connection:
        assert people.link_of(connection, codes[1]) is None


def test_accounts_that_cannot_be_read_keep_nobody_from_serving(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accounts.db").write_bytes(b"no database at all, but long enough to be looked at" * 10)
    serve.welcome(tmp_path / "nq57.db", "127.0.0.1", 8057)
    assert re.fullmatch(r"nq57 serve: .*accounts\.db: .*; nobody can sign in\n", capfd.readouterr().err)
