"""What `extract` says of lines and files that nobody should have given it: one line out for each, and the next is answered."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from pypdf import PdfWriter

from crawler.bounds import Limits
from monitor.extracting import extract_lines

PAGE = (
    "<html><body><h1>Letters of the flood</h1><p>The museum keeps three hundred letters that nobody has read.</p></body></html>"
)

LOCAL = "<html><body><h1>Thư mùa lũ</h1><p>Bảo tàng còn giữ ba trăm bức thư chưa ai đọc, viết hồi nước lên.</p></body></html>"
"""Its language needs no model, so that bounds may be narrow."""


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


SAVED = (
    b'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="B"\r\n\r\n--B\r\n'
    b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n--B--\r\n"
)


def test_a_page_saved_by_a_browser_is_read(tmp_path: Path) -> None:
    (tmp_path / "saved.mhtml").write_bytes(SAVED % PAGE.replace("three", "b=E1=BA=A3y").encode())
    bad, (said,) = answers([json.dumps({"id": 1, "path": str(tmp_path / "saved.mhtml")})])
    assert bad == 0 and said["title"] == "Letters of the flood" and "keeps bảy hundred letters" in str(said["text"])


def test_plain_text_keeps_its_paragraphs(tmp_path: Path) -> None:
    lines = [
        "Letters of the flood",
        "The museum keeps 300 letters & nobody has read one.",
        "They came in May, 5 < 6 of them torn.",
    ]
    (tmp_path / "letters.txt").write_text("\n\n".join(lines))
    bad, (said,) = answers([json.dumps({"id": 1, "path": str(tmp_path / "letters.txt")})])
    assert bad == 0 and str(said["text"]).splitlines()[-2:] == lines[1:]


def test_answers_keep_the_order_of_their_lines(tmp_path: Path) -> None:
    (tmp_path / "slow.html").write_text(LOCAL.replace("<p>", "<p>" + "<b>lũ</b> " * 3_000))
    (tmp_path / "good.html").write_text(LOCAL)
    lines = [json.dumps({"id": n, "path": str(tmp_path / ("slow.html" if n % 5 == 0 else "good.html"))}) for n in range(25)]
    out = io.StringIO()
    assert extract_lines(lines, out, workers=3) == 0
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == list(range(25))


def test_a_file_without_end_costs_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "slow.html").write_text("<p " + " ".join(f"a{n}=1" for n in range(500_000)) + ">" + PAGE)
    (tmp_path / "good.html").write_text(LOCAL)
    out = io.StringIO()
    lines = [json.dumps({"id": n, "path": str(tmp_path / name)}) for n, name in enumerate(("slow.html", "good.html"))]
    assert extract_lines(lines, out, workers=1, limits=Limits(seconds=10)) == 1
    slow, good = (json.loads(line) for line in out.getvalue().splitlines())
    assert "too-slow" in slow["error"] and "ba trăm bức thư" in good["text"]


def test_a_file_that_takes_all_memory_costs_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "large.html").write_text("<p>" + "<b>w</b>" * 1_000_000)
    (tmp_path / "good.html").write_text(LOCAL)
    out = io.StringIO()
    lines = [json.dumps({"id": n, "path": str(tmp_path / name)}) for n, name in enumerate(("large.html", "good.html"))]
    assert extract_lines(lines, out, workers=1, limits=Limits(memory=128 << 20)) == 1
    large, good = (json.loads(line) for line in out.getvalue().splitlines())
    assert large["error"] and "ba trăm bức thư" in good["text"]


def test_each_line_is_answered_before_the_next_is_given(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(LOCAL)
    out = io.StringIO()

    def asking() -> Iterator[str]:
        for n in range(3):
            yield json.dumps({"id": n, "path": str(tmp_path / "good.html")})
            until = monotonic() + 60
            while out.getvalue().count("\n") <= n and monotonic() < until:
                sleep(0.01)
            assert out.getvalue().count("\n") == n + 1

    assert extract_lines(asking(), out) == 0


def test_a_closed_output_ends_it(tmp_path: Path) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    (tmp_path / "good.html").write_text(LOCAL)
    with pytest.raises(BrokenPipeError):
        extract_lines([json.dumps({"id": n, "path": str(tmp_path / "good.html")}) for n in range(50)], Closed())
