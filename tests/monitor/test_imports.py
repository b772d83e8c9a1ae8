"""Imports: every encoding and separator of an office, every bad line named, nothing kept by halves."""

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.roster import load_roster
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.imports import Kind, Taken, read_figures, take_in
from monitor.periods import read_period
from monitor.sheets import SheetError

ROSTER = load_roster()
FIGURES = "target_id,unit_id,period,numerator,denominator,document\n"
GOOD = "officials-2025,ha-noi,2026-Q3,950,1000,Báo cáo số 12/BC-UBND\n"
TASKS = "id,title,agency_id,year_from,year_to,secret\n"
CHANNELS = "id,name,url,kind,audience\n"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = open_database(tmp_path / "x.db")
    sync_roster(database, ROSTER, sources=False)
    return database


def take(db: Database, kind: Kind, content: str | bytes, *, partial: bool = False) -> Taken:
    file = Path(db.execute("pragma database_list").fetchone()[2]).with_name("in.csv")
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_in(db, ROSTER, kind, file, partial=partial)


def rows(db: Database, table: str) -> list[tuple[object, ...]]:
    return db.execute(f"select * from {table} order by 1, 2").fetchall()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_separator_gives_the_same(db: Database, encoding: str, delimiter: str) -> None:
    document = "Báo cáo số 12/BC-UBND"
    # windows-1258 spells the marks that it has no letter for after the letter: ế is ê and an acute.
    spelled = document if encoding != "windows-1258" else "Báo cáo sô\u0301 12/BC-UBND"
    content = (FIGURES + GOOD).replace(document, spelled).replace(",", delimiter)
    assert take(db, "figures", content.encode(encoding)) == Taken(1, ())
    assert rows(db, "figures") == [("officials-2025", "ha-noi", "2026-Q3", 950.0, 1000.0, document)]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("B\xb8o c\xb8o s\xe8 12".encode("latin-1"), "in.csv:2: encoding: .*TCVN3"),
        ("Báo cáo số 12".encode() + b"\xe1", "in.csv:2: encoding: not UTF-8"),
    ],
)
def test_letters_of_another_alphabet_are_named_and_not_kept_as_signs(db: Database, document: bytes, said: str) -> None:
    line = b"officials-2025,ha-noi,2026-Q3,950,1000," + document + b"\n"
    with pytest.raises(SheetError, match=said):
        take(db, "figures", FIGURES.encode() + line)
    assert rows(db, "figures") == []


def test_vietnamese_headings_below_a_merged_title_and_full_names(db: Database) -> None:
    content = (
        "BÁO CÁO QUÝ III;;;;;\r\n;;;;;\r\n"
        "Mã mục tiêu;Đơn vị;Kỳ báo cáo;Số đạt;Tổng số;Văn bản;Ghi chú\r\n"
        "training-2030;Bộ Y tế;2026;1.234.567;2 000 000;12/BC-BYT;x\r\n;;;;;\r\n"
    )
    assert take(db, "figures", content).problems == ()
    assert rows(db, "figures") == [("training-2030", "bo-y-te", "2026", 1234567.0, 2000000.0, "12/BC-BYT")]


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("officials-2026,ha-noi,2026,1,2,x", "target_id", "unknown target officials-2026"),
        ("plans-2025,ha-noi,2026,1,2,x", "target_id", "not by figures"),
        ("officials-2025,atlantis,2026,1,2,x", "unit_id", "unknown agency atlantis"),
        ("grassroots-2030,bo-y-te,2026,1,2,x", "unit_id", "not a province"),
        ("officials-2025,yen-bai,2026,1,2,x", "unit_id", "did not exist in 2026"),
        ("channels-2025,kenh-1,2026,1,2,x", "unit_id", "unknown channel kenh-1"),
        ("officials-2025,ha-noi,2026-13,1,2,x", "period", "2026-13 is not"),
        ("officials-2025,ha-noi,2026-Q5,1,2,x", "period", "2026-Q5 is not"),
        ("officials-2025,ha-noi,10/2026,1,2,x", "period", "10/2026 is not"),
        ("officials-2025,ha-noi,2026,3,2,x", "numerator", "impossible fraction 3/2"),
        ("officials-2025,ha-noi,2026,0,0,x", "numerator", "impossible fraction 0/0"),
        ("officials-2025,ha-noi,2026,-1,2,x", "numerator", "not a number of 0 or more"),
        ("officials-2025,ha-noi,2026,nan,2,x", "numerator", "not a number of 0 or more"),
        ("officials-2025,ha-noi,2026,1e3,2,x", "numerator", "not a number of 0 or more"),
        ("officials-2025,ha-noi,2026,1,1.234,x", "denominator", "two ways"),
        ("officials-2025,ha-noi,2026,=A1,2,x", "numerator", "formula"),
        ("officials-2025,ha-noi,2026,1,2,\"=HYPERLINK(1)\"", "document", "formula"),
        ("officials-2025,ha-noi,2026,1,2,", "document", "is empty"),
        ("officials-2025,ha-noi,2026", "numerator", "is empty"),
        (GOOD.strip(), "period", "the same key as in line 2"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_is_kept_unless_partial(db: Database, line: str, field: str, reason: str) -> None:
    content = FIGURES + GOOD + line + "\n"
    taken = take(db, "figures", content)
    assert [(p.line, p.field) for p in taken.problems] == [(3, field)] and reason in taken.problems[0].reason
    assert taken.kept == 0 and rows(db, "figures") == []
    assert take(db, "figures", content, partial=True).kept == 1
    assert len(rows(db, "figures")) == 1


def test_importing_twice_gives_the_same_and_a_corrected_figure_replaces(db: Database) -> None:
    for _ in range(2):
        take(db, "figures", FIGURES + GOOD)
    assert len(rows(db, "figures")) == 1
    take(db, "figures", FIGURES + GOOD.replace("950", "960"))
    assert rows(db, "figures")[0][3] == 960.0


def test_a_secret_tasks_title_is_never_taken_up(db: Database) -> None:
    content = TASKS + "KC.01,Nghiên cứu cảm biến,bo-khcn,2024,2026,0\nKC.02,Đề tài tuyệt mật,Bộ Quốc phòng,2025,,Có\n"
    assert take(db, "tasks", content).problems == ()
    assert rows(db, "tasks") == [
        ("KC.01", "Nghiên cứu cảm biến", "bo-khcn", 2024, 2026, 0, None),
        ("KC.02", "", "bo-quoc-phong", 2025, None, 1, None),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("tasks", TASKS + "1,Tên,bo-khcn,2026,2024,0\n", "year_to"),
        ("tasks", TASKS + "1,Tên,bo-khcn,MMXX,2024,0\n", "year_from"),
        ("tasks", TASKS + "1,Tên,bo-khcn,2020,2024,maybe\n", "secret"),
        ("tasks", TASKS + ",Tên,bo-khcn,2020,2024,0\n", "id"),
        ("channels", CHANNELS + "a,Kênh,javascript:alert(1),tv,\n", "url"),
        ("channels", CHANNELS + "a,Kênh,http://,tv,\n", "url"),
        ("channels", CHANNELS + "a,Kênh,https://a.vn/,radio,\n", "kind"),
    ],
)
def test_registers_name_the_field_that_is_wrong(db: Database, kind: Kind, content: str, field: str) -> None:
    assert [(p.line, p.field) for p in take(db, kind, content).problems] == [(2, field)]


def test_channels_take_vietnamese_kinds_and_need_no_address(db: Database) -> None:
    content = CHANNELS + "a,VTV2,https://vtv.vn/vtv2,Truyền hình,sinh viên\nb,Trang,,mạng xã hội,\n"
    assert take(db, "channels", content).problems == ()
    assert [row[2:4] for row in rows(db, "channels")] == [("https://vtv.vn/vtv2", "tv"), (None, "social")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "workbook"),
        (b"", "no column target_id"),
        (b"a,b,c\n1,2,3\n", "no column target_id"),
        (FIGURES.replace("period", "unit_id").encode(), "header"),
        (b"\xff\xfea", "encoding"),
        (b"target_id\x00unit", "NUL"),
        ((FIGURES + 'officials-2025,"ha-noi,2026,1,2,x\n').encode(), ":2: row"),
        (b"\x8a\x8d\xd0", "encoding"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(db: Database, content: bytes, said: str) -> None:
    with pytest.raises(SheetError) as refused:
        take(db, "figures", content)
    assert "in.csv" in str(refused.value) and said in str(refused.value) and "\n" not in str(refused.value)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_whatever_do_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, headed: bool
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes((FIGURES.encode() if headed else b"") + content)
    try:
        read_figures(file, ROSTER, set())
    except SheetError as refused:
        assert "any.csv" in str(refused)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_lies_in_its_month_quarter_and_year(day: date) -> None:
    for name in (f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y}-Q{(day.month + 2) // 3}"):
        period = read_period(name)
        assert period is not None and period.first <= day <= period.last


def test_a_hundred_thousand_lines_take_seconds(db: Database) -> None:
    content = TASKS + "".join(f'KC.{n},"Nghiên cứu số {n}, giai đoạn hai",bo-khcn,2024,2026,0\n' for n in range(100_000))
    begun = time.monotonic()
    assert take(db, "tasks", content).kept == 100_000
    assert time.monotonic() - begun < 30


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("nq57"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_names_each_bad_line_and_exits_1(tmp_path: Path) -> None:
    file, db = tmp_path / "số liệu.csv", tmp_path / "x.db"
    file.write_text(FIGURES + GOOD + GOOD.replace("ha-noi", "ha-noy") + GOOD.replace("2026-Q3", "quý 3"), encoding="utf-8")
    done = run("--db", db, "import", "figures", file, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["counts"] == {"rejected": 2} and json.loads(done.stdout)["exit"] == 1
    assert f"{file}:3: unit_id: unknown agency ha-noy" in done.stderr and f"{file}:4: period: quý 3 is not" in done.stderr
    done = run("--db", db, "import", "figures", file, "--partial", "--json")
    assert json.loads(done.stdout)["counts"] == {"kept": 1, "rejected": 2} and done.returncode == 1


def test_wrong_use_of_the_command_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("nothing\n")
    assert run("--db", tmp_path / "x.db", "import", "figures", tmp_path / "absent.csv").returncode == 2
    assert run("--db", tmp_path / "x.db", "import", "pigeons", tmp_path / "x.csv").returncode == 2
    done = run("--db", tmp_path / "x.db", "import", "tasks", tmp_path / "x.csv")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "x.csv" in done.stderr
