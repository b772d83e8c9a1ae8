"""Every column of every table has a sentence in both languages, and none is described that is not there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import yaml

from monitor.serve import DATABASE_NAME, config_dir

INTERNAL = ("articles_fts", "articles_exact", "articles_titles", "sqlite_", "_sqlite_")


def test_every_column_is_described(database: Path) -> None:
    described = yaml.safe_load((config_dir() / "metadata.yaml").read_text(encoding="utf-8"))["databases"][DATABASE_NAME]["tables"]
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table' or name like '%_public'")]
    tables = {name: {row[1] for row in connection.execute(f"pragma table_info({name})")} for name in names}
    connection.close()
    wanted = {name: columns for name, columns in tables.items() if not name.startswith(INTERNAL)}
    assert {name: set(table["columns"]) for name, table in described.items()} == wanted
    sentences = [text for table in described.values() for text in (table["description"], *table["columns"].values())]
    assert all(len(text.split(" | ")) == 2 for text in sentences)
