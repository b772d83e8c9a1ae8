"""Each number on each page is named for what it counts, and is what the raw rows say; a number that no name explains fails."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import lxml.html
import pytest
import pytest_asyncio
import yaml
from datasette.app import Datasette

from monitor.serve import config_dir
from tests.figures.counted import Counted, monday, week
from tests.serve.people import Person, sign_in

pytestmark = pytest.mark.slow
QUIET = ("time", "code", "blockquote", "mark")
"""Elements that hold what was stored or said, letter by letter, and no figure of ours."""
QUOTED = ("text", "external", "snippet", "detail", "title", "skip", "word")
"""Classes of the same."""
DAY = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})(?: \d{2}:\d{2})?")


@pytest.fixture(scope="module")
def counted(whole: Path) -> Counted:
    return Counted(whole)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(whole: Path) -> AsyncIterator[Person]:
    site = Datasette(files=[str(whole)], config_dir=config_dir())
    await site.invoke_startup()
    yield sign_in(site, "staff")
    site.close()


@pytest.fixture(scope="module")
def said(counted: Counted) -> list[str]:
    """Everything with a digit in it that is stored or written in the locales: names, titles, documents, fixed words."""
    columns = {
        "agencies": ("name_vi", "name_en"), "sources": ("name",), "topics": ("name_vi", "name_en"),
        "articles": ("title", "author"),
        "targets": ("name_vi", "name_en"), "tasks": ("id", "title"), "channels": ("name",), "endpoints": ("title",),
        "evidence": ("document", "note", "actor", "issued_by", "warc_file"), "duties": ("document",),
        "target_verdicts": ("detail",),
    }  # fmt: skip
    found: set[str] = set()
    for table, names in columns.items():
        for row in counted.db.execute(f"select {', '.join(names)} from {table}"):
            found.update(" ".join(str(value).split()) for value in row if value)
    for language in ("vi", "en"):
        words = (config_dir() / "locales" / f"{language}.yaml").read_text(encoding="utf-8")
        found.update(
            " ".join(part.split()) for string in _strings(yaml.safe_load(words)) for part in re.split(r"\{\w+\}", string)
        )
    described = yaml.safe_load((config_dir() / "metadata.yaml").read_text(encoding="utf-8"))
    found.update(" ".join(part.split()) for string in _strings(described) for part in string.split(" | "))
    found.update(f"{p[5:]}/{p[:4]}" if "-" in p else p for (p,) in counted.db.execute("select distinct period from duties"))
    return sorted((text for text in found if re.search(r"\d", text)), key=len, reverse=True)


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _strings(value)
    else:
        yield str(tree)


def _all_pages(counted: Counted) -> Iterator[str]:
    ids = {table: [row[0] for row in counted.db.execute(f"select id from {table} order by 1")] for table in
           ("articles", "agencies", "sources", "topics", "targets")}  # fmt: skip
    yield from ("/", "/muc-tieu", "/co-quan", "/tinh-trang", "/du-lieu")
    yield from (f"/?o={target}" for target in ("plans-2025", "training-2030"))
    yield from (f"/co-quan/{id}" for id in ids["agencies"])
    yield from (f"/bao/{id}" for id in ids["sources"])
    yield from (f"/chu-de/{id}" for id in ids["topics"])
    yield from (f"/nhom/{id}" for id in counted.groups)
    yield from (f"/muc-tieu/{id}" for id in ids["targets"])
    yield from (f"/muc-tieu/{id}?verdict={verdict}" for id in ids["targets"] for verdict in ("met", "unknown"))
    yield from (f"/tuan/{name}" for name in sorted({week(row.day) for row in counted.rows if row.day}))
    yield from (f"/bai/{id}" for id in ids["articles"])
    questions = (
        "", "all=1", "page=2", "lang=en", "group=education", "topic=innovation", "week=2026-W42", "sort=date&page=3",
        "q=%22chuyển đổi số%22", "q=%22doanh nghiệp%22&sort=date", "outlet=song-viet&from=2026-10-01",
        "topic=innovation&topic=education&agency=ha-noi", "from=2026-09-01&to=2026-09-30",
        "agency=lao-cai&group=enterprises&group=education",
    )  # fmt: skip
    yield from (f"/tim?{question}" for question in questions)


@pytest.mark.asyncio(loop_scope="session")
async def test_every_number_on_every_page_is_the_one_counted_from_the_rows(
    reader: Person, counted: Counted, said: list[str]
) -> None:
    wrong, seen, pages = [], set(), 0
    for path in _all_pages(counted):
        answer = await reader.get(path)
        assert answer.status_code == 200, path
        page = lxml.html.document_fromstring(answer.text)
        pages += 1
        for found in page.xpath("//data[@data-figure] | //*[local-name()='text'][@data-figure]"):
            figure = _whole(found.get("data-figure"), path)
            seen.add(figure.partition("?")[0])
            problem = _figure_problem(counted, reader.site, figure, found)
            if problem:
                wrong.append(f"{path}: {problem}")
        wrong += [f"{path}: {problem}" for problem in (*_drawn(counted, page), *_unexplained(page, said))]
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:60]])
    assert pages > 300 and len(seen) >= 25, sorted(seen)


def _whole(figure: str, path: str) -> str:
    """A figure of the page's own question, with the question."""
    name = figure.partition("?")[0]
    return f"{figure}&{path.partition('?')[2]}" if name in ("within", "copies", "more", "rest") else figure


def _figure_problem(counted: Counted, site: Datasette, figure: str, found: Any) -> str | None:
    name, _, query = figure.partition("?")
    shown = found.text_content().strip()
    if name == "setting":
        asked = parse_qs(query)
        true: float | None = site.setting(asked["name"][0]) / int(asked.get("of", ["1"])[0])
    else:
        true = counted.value(figure)
    share = shown.endswith("%")
    if true is None:
        return None if shown == "–" else f"{figure} is nothing, shown {shown}"
    number = float(shown.rstrip("%").replace(".", "").replace(",", ".")) if shown != "–" else None
    near = abs((number or 0) - true * 100) <= 0.051 if share else number == true
    value = found.get("value")
    if number is None or not near or (value is not None and abs(float(value) - true) > 1e-9):
        return f"{figure} is {true}, shown {shown} ({value})"
    return None


# ── drawings ───────────────────────────────────────────────────────────────────────────────────
def _drawn(counted: Counted, page: Any) -> Iterator[str]:
    for bar in page.xpath("//svg[contains(@class, 'bar')][@data-figure]"):
        verdicts = list(counted.verdicts(parse_qs(bar.get("data-figure").partition("?")[2])["target"][0]).values())
        told = [int(n) for n in re.findall(r"\d+", bar.get("aria-label"))]
        counts = [verdicts.count(verdict) for verdict in ("met", "not_met", "unknown")]
        widths = [float(bar.xpath(f"./rect[@class='{name}']/@width")[0]) for name in ("met", "not-met", "unknown")]
        if told != [*counts, len(verdicts)] or any(
            abs(w - 600 * n / len(verdicts)) > 0.11 for w, n in zip(widths, counts, strict=True)
        ):
            yield f"bar {bar.get('data-figure')}: {told} {widths}, is {counts}"
    for curve in page.xpath("//svg[contains(@class, 'curve')][@data-figure]"):
        yield from _curve_problems(counted, curve)
    for tile in page.xpath("//svg[contains(@class, 'tiles')]//a[.//*[@data-figure]]"):
        told, shown = re.findall(r"\d+", tile.get("aria-label")), tile.xpath(".//*[@data-figure]")[0].text
        if told[-1:] != [shown]:
            yield f"tile {tile.get('href')}: {told} beside {shown}"


def _curve_problems(counted: Counted, curve: Any) -> Iterator[str]:
    """The bars stand as high as the counts, and the description says the highest and the last."""
    weeks = counted.weeks(curve.get("data-figure").partition("?")[2])
    words = curve.xpath("./*[local-name()='desc']")[0].text
    days = ["-".join(reversed(found.groups())) for found in DAY.finditer(words)]
    first, last = min(days), max(days)
    spanned = {day: counts for day, counts in weeks.items() if first <= day <= last}
    told = [int(n) for n in re.findall(r"\d+", DAY.sub("", words))]
    true = [max((n for n, _ in spanned.values()), default=0), weeks.get(last, (0, 0))[0]]
    if told != true or monday(first) != first or monday(last) != last:
        yield f"curve {curve.get('data-figure')}: says {told}, is {true}"
    top = max(int(text.replace(".", "")) for text in curve.xpath(".//*[local-name()='text']/text()") if "/" not in text)
    for kind, place in (("all", 0), ("original", 1)):
        high = [float(h) for h in re.findall(r"v-([\d.]+)h", curve.xpath(f"./path[@class='bar-{kind}']/@d")[0])]
        wanted = [162 * counts[place] / top for _, counts in sorted(spanned.items()) if counts[place]]
        if len(high) != len(wanted) or any(abs(a - b) > 0.06 for a, b in zip(high, wanted, strict=True)):
            yield f"curve {curve.get('data-figure')}: {kind} drawn {high}, is {wanted}"


# ── what is left ───────────────────────────────────────────────────────────────────────────────
def _unexplained(page: Any, said: list[str]) -> Iterator[str]:
    """Texts of the page with a digit that is no figure, no day, no week, no stored name and no fixed word."""
    for element in page.xpath("//main//*[not(self::script)]"):
        if not isinstance(element.tag, str) or _quoted(element):
            continue
        texts = [element.text, *(child.tail for child in element)]
        if element.tag in ("data", "text") and element.get("data-figure"):
            texts = []
        for text in texts:
            left = " ".join((text or "").split())
            if re.search(r"\d", left) and re.search(r"\d", _without_known(left, said)):
                yield f"<{element.tag}> {left!r}"


def _quoted(element: Any) -> bool:
    for one in (element, *element.iterancestors()):
        classes = (one.get("class") or "").split()
        if (
            one.tag in QUIET
            or one.find("mark") is not None
            or set(classes) & set(QUOTED)
            or (one.tag == "svg" and set(classes) & {"curve", "chart", "bar"})
        ):
            return True
    return False


def _without_known(text: str, said: list[str]) -> str:
    text = re.sub(r"\b\d{4}-W\d{2}\b", "", DAY.sub("", text))
    for known in said:
        if not re.search(r"\d", text):
            break
        text = text.replace(known, "")
    return text


def test_a_number_that_nothing_explains_is_seen(said: list[str]) -> None:
    page = lxml.html.document_fromstring("<main><p>12 bài</p><p>Nghị quyết</p><p>20/10/2026</p></main>")
    assert list(_unexplained(page, said)) == ["<p> '12 bài'"]


def test_a_wrong_figure_is_seen(whole: Path, counted: Counted) -> None:
    element = lxml.html.fragment_fromstring('<data value="1" data-figure="articles?">1</data>')
    site = Datasette(files=[str(whole)], config_dir=config_dir())
    assert _figure_problem(counted, site, "articles?", element)
    with sqlite3.connect(whole) as db:
        true = db.execute("select count(*) from articles where relevance > 0").fetchone()[0]
    db.close()
    element = lxml.html.fragment_fromstring(f'<data value="{true}" data-figure="articles?">{true}</data>')
    assert _figure_problem(counted, site, "articles?", element) is None
    site.close()
