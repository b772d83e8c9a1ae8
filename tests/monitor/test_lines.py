"""What `extract` says of lines and files that nobody should have given it: one line out for each, and the next is answered."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter

from monitor.lines import extract_lines

PAGE = (
    "<html><body><h1>Letters of the flood</h1><p>The museum keeps three hundred letters that nobody has read.</p></body></html>"
)


def answers(lines: list[str]) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    bad = extract_lines(lines, out)
    return bad, [json.loads(line) for line in out.getvalue().splitlines()]


def locked(path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(path)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(210):
                part.write(bytes(1 << 20))


def nested(path: Path) -> None:
    path.write_bytes(b"<div>" * 200_000)


HOSTILE = {
    "locked.pdf": (locked, "password"),
    "bomb.docx": (bomb, "too-large"),
    "nested.html": (nested, "empty"),
    "empty.html": (lambda path: path.touch(), "no bytes"),
    "binary.html": (lambda path: path.write_bytes(bytes(range(32)) * 100), "neither HTML"),
    "folder": (Path.mkdir, "not a file"),
    "pipe": (os.mkfifo, "not a file"),
    "huge.html": (lambda path: path.write_bytes(b"<p>words " * 5_600_000), "larger than"),
    "absent.html": (lambda path: None, "No such file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_costs_one_line_that_names_it(tmp_path: Path, name: str) -> None:
    make, told = HOSTILE[name]
    make(tmp_path / name)
    (tmp_path / "good.html").write_text(PAGE)
    lines = [json.dumps({"id": n, "path": str(tmp_path / file)}) for n, file in enumerate((name, "good.html"))]
    bad, (first, second) = answers(lines)
    assert bad == 1 and first["id"] == 0 and set(first) == {"id", "error"}
    assert name in str(first["error"]) and told in str(first["error"]) and "\n" not in str(first["error"])
    assert "three hundred letters" in str(second["text"])


@pytest.mark.parametrize(
    "line",
    ["", "no json", "[1]", '{"id": 1}', '{"path": 5}', '{"path": "x", "url": 7}', '{"path": "\\ud800"}', '{"path": "a\\u0000b"}'],
)
def test_bad_lines_are_told(line: str) -> None:
    bad, (answer,) = answers([line])
    assert bad == 1 and answer["error"]


def test_half_a_character_comes_back_as_it_was() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert extract_lines(['{"id": "\\ud800", "path": "absent"}'], out) == 1
    out.seek(0)
    assert json.loads(out.read())["id"] == "\ud800"
