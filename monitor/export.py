"""The database in, its tables as CSV, XLSX or Parquet out, with a data dictionary; every file whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from crawler.store import export as store
from crawler.store.db import open_database
from crawler.store.export import Column, Table
from monitor.runs import CannotRun
from monitor.serve import DATABASE_NAME, config_dir
from monitor.site.cells import BOM, safe_cell
from monitor.whole import whole_files

Format = Literal["csv", "xlsx", "parquet"]
Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]

DICTIONARY = Table("columns", tuple(Column(name, "text") for name in ("table", "column", "type", "vi", "en")), ())
"""The data dictionary: a row for each table (its column left empty) and for each column."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files, and how many rows each table has."""

    files: tuple[Path, ...]
    rows: dict[str, int]


def export(db: Path, directory: Path, form: Format, *, public: bool = False) -> Written:
    """Write the tables of the database at `db` into `directory`, which is made where it is missing.

    The rows are those of one moment, in a fixed order: two exports of the same database are equal. Raises CannotRun naming the
    file that cannot be written.
    """
    if not db.is_file():
        raise CannotRun(f"{db}: no such database")
    counts: dict[str, int] = {}
    with whole_files(directory) as files, closing(open_database(db)) as opened, store.one_moment(opened):
        tables = store.tables(opened, public=public)
        sheets = [(table, _counted(counts, table.name, store.rows(opened, table))) for table in tables]
        _WRITERS[form](files.part_of, [*sheets, (DICTIONARY, _dictionary(tables))])
    return Written(tuple(files.paths), counts)


def _counted(counts: dict[str, int], name: str, rows: Rows) -> Iterator[Sequence[Cell]]:
    counts[name] = 0
    for row in rows:
        counts[name] += 1
        yield row


def _dictionary(tables: Sequence[Table]) -> list[tuple[str, str, str, str, str]]:
    """What the tables and their columns mean: the schema's types and the sentences of datasette/metadata.yaml."""
    metadata = yaml.safe_load((config_dir() / "metadata.yaml").read_text(encoding="utf-8"))
    described = metadata["databases"][DATABASE_NAME]["tables"]
    found: list[tuple[str, str, str, str, str]] = []
    for table in tables:
        about = described[table.name]
        found.append((table.name, "", "", *_languages(about["description"])))
        found += [(table.name, c.name, c.type, *_languages(about["columns"][c.name])) for c in table.columns]
    return found


def _languages(sentence: str) -> tuple[str, str]:
    vietnamese, _, english = sentence.partition(" | ")
    return vietnamese, english


def _write_csv(part_of: Callable[[str], Path], sheets: Iterable[tuple[Table, Rows]]) -> None:
    """One file a table, UTF-8 with a byte order mark for Excel."""
    for table, rows in sheets:
        with part_of(f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(BOM)
            writer = csv.writer(file)
            writer.writerow([column.name for column in table.columns])
            writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def _write_xlsx(part_of: Callable[[str], Path], sheets: Iterable[tuple[Table, Rows]]) -> None:
    from monitor.workbook import write_workbook

    write_workbook(part_of("nq57.xlsx"), sheets)


def _write_parquet(part_of: Callable[[str], Path], sheets: Iterable[tuple[Table, Rows]]) -> None:
    try:
        from monitor.parquet import write_table
    except ImportError as error:
        raise CannotRun("--format parquet: pyarrow is not installed; pip install 'nq57[parquet]'") from error
    for table, rows in sheets:
        write_table(part_of(f"{table.name}.parquet"), table, rows)


_WRITERS: dict[Format, Callable[[Callable[[str], Path], Iterable[tuple[Table, Rows]]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}
