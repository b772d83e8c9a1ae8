"""The command line: exit codes, one-line errors that name the input, JSON Lines in order."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.store.db import copy, open_database

NQ57 = Path(sys.executable).with_name("nq57")


def run(*arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NQ57, *map(str, arguments)], input=stdin, capture_output=True, text=True, cwd=cwd, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["crwl"], "crwl"),
        (["crawl", "--delay", "soon"], "soon"),
        (["crawl", "--since", "yesterday"], "yesterday"),
        (["crawl", "--roster", "no-such-file.yaml"], "no-such-file.yaml"),
        (["crawl", "--source", "no-such-source"], "no-such-source"),
        (["crawl", "--allow-address", "127.0.0/8"], "127.0.0/8"),
        (["measure", "--as-of", "31/12/2025"], "31/12/2025"),
        (["process", "--workers", "0"], "0"),
        (["crawl", "--proxy", "127.0.0.1:3128"], "127.0.0.1:3128"),
        ([], "command"),
        (["sources"], "sources --help"),
    ],
)
def test_wrong_use_is_answered_in_one_line_with_code_2(arguments: list[str], named: str, tmp_path: Path) -> None:
    done = run("--db", tmp_path / "x.db", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and named in done.stderr


@pytest.mark.parametrize("before", [True, False])
def test_global_options_stand_before_or_after_the_command(before: bool, tmp_path: Path) -> None:
    db = tmp_path / "a" / "x.db"
    given = ["--db", db, "--json"]
    done = run(*given, "measure") if before else run("measure", *given)
    assert done.returncode == 0, done.stderr
    assert db.is_file()
    assert len(json.loads(done.stdout)["targets"]) == 8


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"these are my notes, not a database" * 100)
    done = run("--db", file, "measure")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and "notes.db" in done.stderr
    assert file.read_bytes().startswith(b"these are my notes")


def test_measuring_an_empty_database_knows_nothing_and_says_so(tmp_path: Path) -> None:
    done = run("--db", tmp_path / "x.db", "measure", "--as-of", "2026-10-31", "--json")
    rows = {row["target_id"]: row for row in json.loads(done.stdout)["targets"]}
    assert (rows["plans-2025"]["unknown"], rows["plans-2025"]["denominator"]) == (56, 56)
    assert rows["channels-2025"]["denominator"] == 0 and rows["channels-2025"]["share"] is None


@pytest.mark.parametrize(("day", "bodies"), [("2025-06-16", 85), ("2025-06-30", 85), ("2025-07-01", 56)])
def test_the_denominator_is_that_of_the_day(day: str, bodies: int, tmp_path: Path) -> None:
    done = run("--db", tmp_path / "x.db", "measure", "--as-of", day, "--json")
    rows = {row["target_id"]: row for row in json.loads(done.stdout)["targets"]}
    assert rows["columns-2025"]["denominator"] == bodies


def test_tag_answers_each_line_in_order_and_goes_on_after_bad_ones() -> None:
    lines = [
        json.dumps({"id": 1, "url": None, "title": "Triển khai Nghị quyết 57-NQ/TW", "text": "Bộ Y tế chuyển đổi số."}),
        "not json",
        json.dumps({"id": "ba", "title": 7}),
        json.dumps([1]),
        json.dumps({"id": 5, "title": None, "text": "Giá vàng hôm nay tăng nhẹ."}),
    ]
    done = run("tag", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [answer["id"] for answer in answers] == [1, None, "ba", None, 5]
    assert answers[0]["relevance"] == 2 and "bo-y-te" in {found["id"] for found in answers[0]["agencies"]}
    assert set(answers[0]) == {"id", "relevance", "relevance_score", "topics", "agencies"}
    assert all("error" in answers[n] for n in (1, 2, 3))
    assert answers[4]["relevance"] == 0


def test_tag_with_good_lines_only_exits_0() -> None:
    done = run("tag", stdin=json.dumps({"id": 1, "title": "a", "text": "b"}) + "\n")
    assert done.returncode == 0 and done.stderr == ""


def test_extract_reads_files_relative_to_where_one_stands(tmp_path: Path) -> None:
    body = "<p>Sáng 14/9, Sở Khoa học và Công nghệ tổ chức hội nghị triển khai Nghị quyết số 57-NQ/TW tại các xã, phường.</p>" * 5
    page = f"<html><head><title>Hội nghị</title></head><body><article><h1>Hội nghị triển khai</h1>{body}</article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing follows")
    lines = [{"id": 1, "url": None, "path": "page.html"}, {"id": 2, "path": "absent.html"}, {"id": 3, "path": "broken.pdf"}]
    done = run("extract", stdin="".join(json.dumps(line) + "\n" for line in lines), cwd=tmp_path)
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert "Nghị quyết số 57-NQ/TW" in first["text"] and first["language"] == "vi"
    assert set(first) == {"id", "title", "text", "author", "language", "published_at", "date_source"}
    assert (first["published_at"], first["date_source"]) == (None, "none")
    assert "absent.html" in second["error"] and "broken.pdf" in third["error"]


def test_two_runs_at_once_one_works_and_the_other_says_so(tmp_path: Path) -> None:
    from filelock import FileLock

    db = tmp_path / "x.db"
    with FileLock(f"{db}.lock"):
        done = run("--db", db, "process")
        told = run("--db", db, "process", "--json")
    assert done.returncode == told.returncode == 1
    assert "another run" in done.stderr and len(done.stderr.splitlines()) == 1
    assert json.loads(told.stdout)["exit"] == 1


def test_a_snapshot_is_a_whole_database(tmp_path: Path) -> None:
    db, made = tmp_path / "x.db", tmp_path / "copy.db"
    run("--db", db, "measure", "--as-of", "2026-10-31")
    assert run("--db", db, "snapshot", made).returncode == 0
    assert run("--db", made, "doctor").returncode == 0


def test_a_copy_has_no_file_beside_it_that_a_full_disk_would_leave(tmp_path: Path) -> None:
    db, out, seen = tmp_path / "x.db", tmp_path / "out", set[str]()
    run("--db", db, "measure", "--as-of", "2026-10-31")
    out.mkdir()

    class Watched(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: object) -> None:
            super().backup(target, pages=50, progress=lambda *_: seen.update(file.name for file in out.iterdir()))

    with closing(sqlite3.connect(db, factory=Watched)) as source:
        copy(source, out / "copy.db")
    assert seen == {".copy.db.part"}
    assert [file.name for file in out.iterdir()] == ["copy.db"]


def test_a_database_of_an_earlier_version_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    db = tmp_path / "nq57.db"
    with closing(open_database(db).conn) as opened:
        opened.execute("drop table articles_titles")
        opened.execute("delete from _sqlite_migrations where name = (select max(name) from _sqlite_migrations)")
        opened.commit()
    done = run("--db", db, "doctor")
    assert done.returncode == 1 and "kept by an earlier version; `nq57 measure` brings it up to date" in done.stderr
    assert "--repair" not in done.stderr


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    run("--db", db, "measure")
    damaged = bytearray(db.read_bytes())
    for page in range(5, len(damaged) // 4096, 3):
        damaged[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    db.write_bytes(damaged)
    done = run("--db", db, "doctor")
    assert done.returncode == 1 and "x.db" in done.stderr and "Traceback" not in done.stderr


def test_serving_nothing_or_the_database_of_another_program_is_refused_in_one_line(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("create table accounts (id)")
    for file in (tmp_path / "none.db", foreign):
        done = run("--db", file, "serve", "--port", "0")
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1 and str(file) in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_broken_entries_of_a_sources_file_are_named_and_recorded_and_the_others_are_crawled(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    good = "{id: good, name: Good, kind: press, hosts: [127.0.0.1], home: 'http://127.0.0.1:9/'}"
    file.write_text(f"- 5\n- {good}\n- {good.replace('good', 'bad').replace('press', 'magazine')}\n", "utf-8")
    options = ["--roster", file, "--allow-address", "127.0.0.0/8", "--delay", "0", "--json"]
    done = run("--db", tmp_path / "x.db", "crawl", *options)
    told = json.loads(done.stdout)
    assert done.returncode == told["exit"] == 1
    assert f"{file}:1: entry:" in done.stderr and f"{file}:3: kind:" in done.stderr and "Traceback" not in done.stderr
    assert told["failures"]["bad-document"] == 2 and "refused" in told["failures"]
    with sqlite3.connect(tmp_path / "x.db") as connection:
        assert connection.execute("select id, status from sources").fetchall() == [("good", "failing")]
        details = [row[0] for row in connection.execute("select detail from failures where stage = 'roster' order by detail")]
    assert details[0].startswith(f"{file}:1: entry: ") and details[1].startswith(f"{file}:3: kind: ")
