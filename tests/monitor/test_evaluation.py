"""`nq57 evaluate`: the page shows what the figures say, and a bad line of a gold file is named and left out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from classifier.confusion import Confusion
from classifier.evaluate import Evaluation, Score
from classifier.reliability import Bin, Reliability
from monitor.cli import cli
from monitor.evaluation_page import page

FIGURES = Evaluation(
    7,
    "topics-<1>",
    (Score("relevance", 1.0, 0.5, 0.667, 0.4, 0.9, 7), Score("youth", 0.25, 1.0, 0.4, 0.1, 0.8, 3)),
    (Confusion("awards", "youth", 2),),
    Reliability((Bin(0.0, 0.1, 90, 0.02, 0.05), Bin(0.9, 1.0, 10, 0.95, 0.8)), 0.042, 0.03),
)


def evaluate(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--db", str(tmp_path / "x.db"), "evaluate", *arguments])


def gold(tmp_path: Path, *lines: object) -> str:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return str(path)


class Strict(HTMLParser):
    """Keeps what is open, to see that all is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_every_figure_and_needs_nothing_else() -> None:
    written = page(FIGURES, "gold & co.jsonl")
    parser = Strict()
    parser.feed(written)
    assert parser.open == []
    assert "topics-&lt;1&gt;" in written
    assert "gold &amp; co.jsonl" in written
    for figure in ("0.667", "0.400 – 0.900", "awards → youth", "0.042", "0.950", "0.800"):
        assert figure in written
    assert written.count("<svg") == 3
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|@import", written)
    assert page(FIGURES, "gold & co.jsonl") == written


def test_a_dot_stands_where_its_figure_says() -> None:
    written = page(FIGURES, "g")
    dots = [float(x) for x in re.findall(r'<circle cx="([0-9.]+)" cy="[0-9]+" r="4"', written)]
    assert dots == pytest.approx([190 + 380 * 0.667, 190 + 380 * 0.4], abs=0.1)
    at = re.findall(r'<circle cx="([0-9.]+)" cy="([0-9.]+)" r="([0-9.]+)" fill="#0b4f6c" fill-op', written)
    (x, y, large), (_, _, small) = [[float(value) for value in circle] for circle in at]
    assert (x, y) == pytest.approx((60 + 300 * 0.02, 312 - 300 * 0.05), abs=0.1)
    assert large > small


def test_nothing_judged_leaves_its_part_out() -> None:
    written = page(Evaluation(1, "m", FIGURES.scores[:1]), "g")
    assert written.count("<svg") == 1


def test_bad_lines_are_named_one_by_one_and_the_others_counted(tmp_path: Path) -> None:
    good = {"id": "a", "text": "Nghị quyết 57-NQ/TW.\u2028Một dòng.", "relevance": 1}
    file = gold(
        tmp_path, good, b"{", b"", {"id": "b", "text": "x", "topics": ["weather"]}, b'"\xff"', [1], {**good, "id": "c"}, good
    )
    done = evaluate(tmp_path, "--gold", file, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["texts"] == 2
    named = [re.search(r"gold\.jsonl:(\d+): (.*)", line) for line in done.stderr.splitlines()]
    assert [(found[1], found[2].split(":")[0]) for found in named if found] == [
        ("2", "not JSON"),
        ("4", "topics"),
        ("5", "not UTF-8"),
        ("6", "an object is needed"),
        ("8", "id"),
    ]


def test_a_file_without_a_usable_line_is_refused_in_one_line(tmp_path: Path) -> None:
    done = evaluate(tmp_path, "--gold", gold(tmp_path))
    assert done.exit_code == 1
    assert isinstance(done.exception, Exception)
    assert "no text to evaluate on" in str(done.exception)


def test_page_and_card_are_written_and_a_place_that_is_none_is_named(tmp_path: Path) -> None:
    file = gold(tmp_path, {"id": "a", "text": "Lễ trao giải", "topics": ["awards"]})
    done = evaluate(tmp_path, "--gold", file, "--html", str(tmp_path / "e.html"), "--card", str(tmp_path / "card.md"), "--quiet")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "gold.jsonl" in (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "gold.jsonl" in (tmp_path / "card.md").read_text(encoding="utf-8")
    nowhere = evaluate(tmp_path, "--gold", file, "--html", str(tmp_path / "none" / "e.html"))
    assert nowhere.exit_code == 1
    assert "none/e.html" in nowhere.stderr
