"""Exports: every table with its meaning, whole files or the old ones, no cell that computes, equal bytes for equal rows."""

import csv
import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from crawler.clock import VIETNAM
from crawler.items import Article, PublishedAt
from crawler.roster import Source, load_roster
from crawler.store import articles, imports
from crawler.store.articles import Archival, Named, Tags
from crawler.store.db import open_database
from crawler.store.export import TABLES
from crawler.store.imports import Figure
from crawler.store.roster import sync_roster
from monitor.export import export
from monitor.runs import CannotRun

AT = datetime(2026, 10, 31, 8, tzinfo=VIETNAM)
FORMULA = '=HYPERLINK("http://evil.vn")'
TEXT = "Dòng một.\nDòng hai, “có ngoặc”; và dấu phẩy."


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    database = open_database(path)
    roster = load_roster()
    source = Source(id="bao", name="+Báo", kind="press", home="https://bao.vn/", hosts=("bao.vn",))
    sync_roster(database, type(roster)((source,), roster.agencies, roster.programme))
    articles.sync_topics(database, [("innovation", "Đổi mới sáng tạo", "Innovation", "subject")])
    tags = Tags(2, 0.75, (("innovation", 0.9),), (Named("ha-noi", 1, False, "actor"),), (), "test")
    with database.atomic():
        for n, title in enumerate((FORMULA, "＝1+1", "-5 độ ở Sa Pa", "Nghị quyết 57")):
            url, published = f"https://bao.vn/{n}", PublishedAt(AT, True, "meta")
            found = Article(url, title, None, TEXT, None, "vi", published)
            articles.write(database, "bao", found, tags, Archival("a.warc.gz", 0, AT.isoformat()), b"")
    imports.keep_figures(database, [Figure("officials-2025", "ha-noi", "2026", 1.5, 2, "12/BC")])
    database.close()
    return path


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_csv_has_every_table_with_a_mark_for_excel_and_a_dictionary(db: Path, tmp_path: Path) -> None:
    written = export(db, tmp_path / "out", "csv")
    assert {file.stem for file in written.files} == {*TABLES, "columns"}
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in written.files)
    assert [row["text"] for row in read_csv(tmp_path / "out" / "articles.csv")] == [TEXT] * 4
    assert read_csv(tmp_path / "out" / "figures.csv")[0]["numerator"] == "1.5"
    meaning = {(row["table"], row["column"]): row for row in read_csv(tmp_path / "out" / "columns.csv")}
    for table in TABLES:
        with (tmp_path / "out" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines))
        assert all(meaning[table, column]["vi"] and meaning[table, column]["en"] for column in ["", *header])
    assert meaning["articles", "relevance_score"]["type"] == "real"


def test_counts_are_those_of_the_database(db: Path, tmp_path: Path) -> None:
    written = export(db, tmp_path / "out", "csv")
    opened = open_database(db)
    for table, rows in written.rows.items():
        if table != "columns":
            assert rows == opened.execute(f"select count(*) from {table}").fetchone()[0], table
    opened.close()


def test_no_cell_begins_as_a_formula(db: Path, tmp_path: Path) -> None:
    titles = [row["title"] for row in (export(db, tmp_path / "out", "csv"), read_csv(tmp_path / "out" / "articles.csv"))[1]]
    assert titles == [f"'{FORMULA}", "'＝1+1", "'-5 độ ở Sa Pa", "Nghị quyết 57"]


def test_two_exports_are_equal_to_the_byte(db: Path, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "parquet"):
        first = export(db, tmp_path / "one", form)  # type: ignore[arg-type]
        export(db, tmp_path / "two", form)  # type: ignore[arg-type]
        for file in first.files:
            assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_public_export_has_no_texts_and_no_notes(db: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    written = export(db, out, form, public=True)  # type: ignore[arg-type]
    for file in written.files:
        assert b"D\xc3\xb2ng hai" not in file.read_bytes()
    if form == "csv":
        assert "text" not in read_csv(out / "articles.csv")[0]
        meaning = {(row["table"], row["column"]) for row in read_csv(out / "columns.csv")}
        assert ("articles", "text") not in meaning and ("evidence", "note") not in meaning


def test_a_workbook_has_real_numbers_and_days_and_no_formula(db: Path, tmp_path: Path) -> None:
    (book,) = export(db, tmp_path / "out", "xlsx").files
    with zipfile.ZipFile(book) as parts:
        names = parts.read("xl/workbook.xml").decode()
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert all(f'name="{table}"' in names for table in (*TABLES, "columns"))
    assert "<f>" not in sheet and "HYPERLINK" in sheet
    # 2026-10-31 is day 46326 of a spreadsheet; 08:00 a third of a day.
    assert "<v>46326</v>" in sheet and "<v>46326.33333333334</v>" in sheet and "<v>0.75</v>" in sheet
    assert 'state="frozen"' in sheet and "<autoFilter" in sheet


def test_parquet_has_typed_columns(db: Path, tmp_path: Path) -> None:
    export(db, tmp_path / "out", "parquet")
    table = pyarrow.parquet.read_table(tmp_path / "out" / "articles.parquet")
    assert table.column("title").to_pylist()[0] == FORMULA
    assert {name: str(table.schema.field(name).type) for name in ("id", "relevance_score", "published_on")} == {
        "id": "int64",
        "relevance_score": "double",
        "published_on": "string",
    }


def test_without_pyarrow_the_extra_is_named(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "monitor.parquet", raising=False)
    with pytest.raises(CannotRun, match=r"nq57\[parquet\]"):
        export(db, tmp_path / "out", "parquet")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_on_a_full_disk_the_old_files_stay_whole(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    out = tmp_path / "out"
    before = {file: file.read_bytes() for file in export(db, out, form).files}  # type: ignore[arg-type]

    def full(*_: object) -> list[tuple[str, ...]]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.export._dictionary", full)
    with pytest.raises(CannotRun, match="No space left"):
        export(db, out, form)  # type: ignore[arg-type]
    assert {file: file.read_bytes() for file in out.iterdir()} == before


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_disk_that_takes_only_so_much_leaves_nothing_half_written(db: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    opened = open_database(db)
    with opened.atomic():
        opened.execute("update articles set text = hex(randomblob(100000))")
    opened.close()
    # No file may grow beyond 40,000 bytes: the system refuses the write just as on a full disk.
    code = (
        "import resource, signal, sys; from pathlib import Path; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from monitor.export import export; from monitor.runs import CannotRun; import monitor.workbook, monitor.parquet\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "try: export(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])\n"
        "except CannotRun as error: print(error); sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(db), str(out), form], capture_output=True, text=True, timeout=120)
    assert done.returncode == 7, done.stderr
    assert done.stderr == ""
    assert list(out.iterdir()) == []


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("nq57"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_tells_what_it_wrote(db: Path, tmp_path: Path) -> None:
    done = run("--db", db, "export", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["articles"] == 4
    done = run("--db", tmp_path / "absent.db", "export", tmp_path / "out")
    assert done.returncode == 1 and "absent.db" in done.stderr and len(done.stderr.splitlines()) == 1
    (tmp_path / "file").write_text("")
    assert run("--db", db, "export", tmp_path / "file").returncode == 2
