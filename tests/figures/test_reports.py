"""Two months of the press web as reports: every number of every form counted once more, and the forms held against each other."""

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import openpyxl
import pytest
import yaml

from monitor.serve import config_dir
from tests.figures.conftest import nq57
from tests.figures.counted import Counted, monday

pytestmark = pytest.mark.slow
MONTHS = {"2026-10": ("2026-09-20", "2026-10-19"), "2026-11": ("2026-10-20", "2026-11-19")}
BEFORE = {"2026-11": "2026-10"}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEETS = {
    "targets": "Mục tiêu", "groups": "Nhóm nhiệm vụ", "weeks": "Theo tuần", "ministries": "Bộ, ngành", "provinces": "Địa phương",
    "press": "Báo chí", "portals": "Cổng thông tin", "duties": "Nhiệm vụ",
}  # fmt: skip


@pytest.fixture(scope="module")
def counted(whole: Path) -> Counted:
    return Counted(whole)


@pytest.fixture(scope="module")
def files(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    for month in MONTHS:
        nq57(whole, "report", "--month", month, "--out", out)
    return out


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((config_dir() / "locales" / "vi.yaml").read_text(encoding="utf-8"))
    return found


def sheet(files: Path, month: str, name: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet without its heading."""
    book = openpyxl.load_workbook(files / f"nq57-{month}.xlsx", read_only=True)
    rows = [tuple(row) for row in book[SHEETS.get(name, name)].iter_rows(min_row=2, values_only=True)]
    book.close()
    return rows


@pytest.mark.parametrize("month", MONTHS)
def test_the_coverage_of_groups_weeks_bodies_and_sources(files: Path, counted: Counted, names: Any, month: str) -> None:
    first, last = MONTHS[month]
    span = f"from={first}&to={last}"

    def count(what: str, query: str) -> float:
        return counted.value(f"{what}?{query}") or 0

    groups = {row[0]: row[1:] for row in sheet(files, month, "groups")}
    assert len(groups) == 5
    for id in counted.groups:
        own = groups[names["group"][id]]
        assert list(own[:4]) == [count(w, f"group={id}&{span}") for w in ("articles", "stories", "originals", "reprints")], id
        if month in BEFORE:
            before = count("articles", "group={}&from={}&to={}".format(id, *MONTHS[BEFORE[month]]))
            assert own[4:6] == (before, own[0] - before), id
    weeks = sheet(files, month, "weeks")
    assert len(weeks) == 13 and weeks[-1][0].date().isoformat() == monday(last)
    for row in weeks:
        day = row[0].date().isoformat()
        own_span = f"from={day}&to={min(last, date.fromordinal(row[0].date().toordinal() + 6).isoformat())}"
        assert list(row[1:4]) == [count(w, own_span) for w in ("articles", "originals", "reprints")], day
        assert list(row[4:]) == [count("articles", f"group={id}&{own_span}") for id in counted.groups], day
    bodies = {row[1]: row[-1] for name in ("ministries", "provinces") for row in sheet(files, month, name)}
    ids = dict(counted.db.execute("select name_vi, id from agencies where valid_to is null"))
    assert len(bodies) == 56
    assert bodies == {name: count("articles", f"province={ids[name]}&{span}") for name in bodies}
    sources = dict(counted.db.execute("select name, id from sources"))
    outputs = [(row[0], row[-5:]) for name in ("press", "portals") for row in sheet(files, month, name)]
    assert {name for name, _ in outputs} == set(sources)
    for name, own in outputs:
        query = f"outlet={sources[name]}&{span}"
        published = count("published", query)
        assert list(own[:4]) == [*(count(w, query) for w in ("articles", "originals", "reprints")), published], name
        assert own[4] is None if not published else abs(own[4] - own[0] / published) < 1e-9, name


@pytest.mark.parametrize("month", MONTHS)
def test_the_targets_duties_and_failures(files: Path, counted: Counted, names: Any, month: str) -> None:
    last = MONTHS[month][1]
    rows = {row[1]: row for row in sheet(files, month, "targets")}
    for target in counted.programme["targets"]:
        own = rows[names["target"][target["id"]]]
        sql = "select verdict from target_verdicts where target_id = ? and as_of = ?"
        verdicts = [row[0] for row in counted.db.execute(sql, [target["id"], last])]
        counts = tuple(verdicts.count(verdict) for verdict in ("met", "not_met", "unknown"))
        assert own[4:8] == (*counts, len(verdicts)), target["id"]
        assert own[3] == target["share"] and own[2].date() == target["due_on"]
        assert own[8] is None if not counts[0] + counts[1] else abs(own[8] - counts[0] / len(verdicts)) < 1e-9
    for name, due_on, *counts in sheet(files, month, "duties"):
        id = next(id for id, said in names["duty"]["name"].items() if said == name)
        sql = "select state from duties where id = ? and due_on = ?"
        states = [row[0] for row in counted.db.execute(sql, [id, due_on.date().isoformat()])]
        assert counts == [len(states), *(states.count(state) for state in ("done", "late", "waiting"))], name


@pytest.mark.parametrize("month", MONTHS)
def test_the_sentences_say_the_counted_numbers(files: Path, counted: Counted, names: Any, month: str) -> None:
    page = lxml.html.parse(str(files / f"nq57-{month}.html"))
    first, last = MONTHS[month]
    span = f"from={first}&to={last}"

    def told(section: str, place: int = 0) -> list[int]:
        text = page.xpath(f"//section[@id='{section}']/p")[place].text_content()
        return [int(n.replace(".", "")) for n in re.findall(r"\d[\d.]*", re.sub(r"\d+/\d+(/\d+)?|Nghị quyết 57", "", text))]

    counts = [counted.value(f"{what}?{span}") for what in ("articles", "originals", "reprints", "stories")]
    if month in BEFORE:
        before = counted.value("articles?from={}&to={}".format(*MONTHS[BEFORE[month]])) or 0
        counts += [before, abs((counts[0] or 0) - before)]
    assert told("tong-quan") == counts
    rows = sheet(files, month, "targets")
    outcomes = [row[-1] for row in rows]
    assert told("tong-quan", 1) == [8, *(outcomes.count(word) for word in ("Đạt", "Chưa đạt", "Chưa đủ căn cứ"))]
    for n, id in enumerate(counted.groups):
        own = [counted.value(f"{what}?group={id}&{span}") for what in ("articles", "originals", "reprints")]
        own += [counted.value("articles?group={}&from={}&to={}".format(id, *MONTHS[BEFORE[month]]))] if month in BEFORE else []
        assert told("nhom", n + 1) == own, id
    bodies = [row for name in ("ministries", "provinces") for row in sheet(files, month, name)]
    plans, columns = [row[2] for row in bodies], [row[5] for row in bodies]
    silent = sum(row[5] == "Chưa đạt" and "30 ngày" in (row[6] or "") for row in bodies)
    unknown = names["verdict"]["unknown"]
    assert told("co-quan") == [
        len(bodies), plans.count("Đạt"), plans.count(unknown), columns.count("Đạt"), silent, 30, columns.count(unknown)
    ]  # fmt: skip


@pytest.mark.parametrize("month", MONTHS)
def test_word_page_and_workbook_show_the_same_tables(files: Path, month: str) -> None:
    """Cell by cell, as printed; the Word file is read as the XML that it is."""
    page = lxml.html.parse(str(files / f"nq57-{month}.html"))
    shown = {
        table.find("caption").text: [[cell.text_content() for cell in row.findall("td")] for row in table.findall("tbody/tr")]
        for table in page.iter("table")
    }
    with zipfile.ZipFile(files / f"nq57-{month}.docx") as packed:
        body = lxml.etree.fromstring(packed.read("word/document.xml")).find(f"{W}body")
    assert body is not None
    found, title = {}, ""
    for element in body:
        if element.tag == f"{W}tbl" and title in shown and title not in found:
            rows = [["".join(cell.itertext()) for cell in row.findall(f"{W}tc")] for row in element.findall(f"{W}tr")]
            found[title] = rows[1:]
        elif text := "".join(element.itertext()).strip():
            title = text
    assert found == shown and len(found) >= 11
    book = openpyxl.load_workbook(files / f"nq57-{month}.xlsx")
    titles = {str(own.oddHeader.center.text): own for own in book}
    for title, rows in shown.items():
        own = titles[title]
        cells = [[_printed(cell) for cell in row] for row in own.iter_rows(min_row=2)]
        assert cells == [["" if text == "–" else text for text in row] for row in rows], title


def _printed(cell: Any) -> str:
    """A cell as it is read in Vietnamese."""
    value, form = cell.value, cell.number_format
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M" if "hh" in form else "%d/%m/%Y")
    if isinstance(value, str):
        return value
    if "%" in form:
        percent = value * 100
        return (f"{percent:.0f}" if abs(percent - round(percent)) < 0.05 else f"{percent:.1f}").replace(".", ",") + "%"
    sign = "+" if form.startswith("+") and value > 0 else ""
    return sign + f"{value:,.0f}".replace(",", ".").replace("-", "−")


def test_asked_again_the_month_is_the_same_to_the_byte(whole: Path, files: Path, tmp_path: Path) -> None:
    for month in MONTHS:
        nq57(whole, "report", "--month", month, "--out", tmp_path)
        for form in ("json", "html", "xlsx", "docx"):
            name = f"nq57-{month}.{form}"
            assert (tmp_path / name).read_bytes() == (files / name).read_bytes(), name
