"""Extraction beside its peers: the body's shingles, titles and dates, and pages a second, on pages whose right text is known."""

from __future__ import annotations

import gzip
import html
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from benchmarks import families
from benchmarks.pages import SIZE, related_pages
from benchmarks.peer import Peer, files, peers, turns_of
from benchmarks.turns import Result, cpu_of, in_turns
from crawler.extract.article import read_page
from crawler.items import Page, Unreadable
from monitor.demo.routes import build_routes
from monitor.demo.server import bundled_web

Extractor = Callable[[bytes, str], str]
FOLDERS = "NQ57_BENCH_PAGES"
"""Folders of pages with truth, as the article-extraction-benchmark lays them out, separated by colons."""
EACH = 3
_WORD = re.compile(r"\w+")
_SHINGLE = 4


@dataclass(frozen=True, slots=True)
class Known:
    """One page and the text that is its body."""

    group: str
    url: str
    page: bytes
    body: str
    title: str = ""
    day: str | None = None
    """Of publication, ISO 8601; None where nothing on the page tells it."""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of counted shingles of four words, means over pages as in the article-extraction-benchmark."""

    precision: float
    recall: float
    exact: float

    @property
    def f1(self) -> float:
        """Of the mean precision and the mean recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(pairs: Iterable[tuple[str, str]]) -> Score:
    """Score pairs of the right text and the found one; a page where nothing was found counts for recall alone."""
    precisions: list[float] = []
    recalls: list[float] = []
    exact = count = 0
    for right, found in pairs:
        wanted, got = _shingles(right), _shingles(found)
        common = (wanted & got).total()
        if got:
            precisions.append(common / got.total())
        if wanted:
            recalls.append(common / wanted.total())
        exact += wanted == got
        count += 1
    return Score(_mean(precisions), _mean(recalls), exact / max(1, count))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1))) if words else Counter()


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def ours(page: bytes, url: str) -> str:
    """What `nq57 extract` gives, nothing where it refuses the page."""
    try:
        return read_page(Page(url, 200, (), page, None)).text
    except Unreadable:
        return ""


def _trafilatura(page: bytes, url: str) -> str:
    return trafilatura.extract(page, url=url, include_comments=False) or ""


OWN: Mapping[str, Extractor] = {"nq57": ours, "trafilatura": _trafilatura}
PEERS = ("newspaper4k", "readability-lxml", "resiliparse")


def press_web() -> Iterator[Known]:
    """The press web's readable pages; their bodies are what its truth has."""
    web = bundled_web()
    routes = build_routes(web)
    for item in web.all_items():
        route = routes.find(item.site.host, item.path)
        if item.document in (None, "html") and item.oddity is None and not item.site.fault and route is not None:
            right = "\n".join((*((item.summary,) if item.summary else ()), *item.paragraphs))
            day = item.when.date().isoformat()
            yield Known("press web", item.url, route.make().body, html.unescape(right), item.title, day)


def family_pages(each: int = EACH, seed: int = 57) -> Iterator[Known]:
    """Pages of the families, those held out as a group of their own."""
    for n, made in enumerate(families.made(each, seed)):
        group = "Vietnamese families" if made.language == "vi" else "families"
        held = ", held out" if made.family in families.HELD_OUT else ""
        yield Known(group + held, f"https://{made.family}.demo/{n}/a-story-{n}.html", made.page.encode(), made.body)


def folder(path: Path) -> Iterator[Known]:
    """A folder in the article-extraction-benchmark's layout: ground-truth.json and html/ID.html.gz.

    Raises ValueError for a folder that is not laid out so.
    """
    try:
        truth = json.loads((path / "ground-truth.json").read_text(encoding="utf-8"))
        for name, right in truth.items():
            with gzip.open(path / "html" / f"{name}.html.gz") as packed:
                yield Known(path.name, right.get("url") or f"http://{name}.demo/a", packed.read(), right["articleBody"])
    except (OSError, KeyError, AttributeError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: not laid out as the article-extraction-benchmark is: {error}") from error


def quality(pages: Sequence[Known], found: Mapping[str, Peer]) -> dict[str, dict[str, Score]]:
    """The score of each way on each group of pages; a page that makes an extractor fail counts as nothing found."""
    texts = {name: [_tried(way, known) for known in pages] for name, way in OWN.items()}
    with files([known.page for known in pages]) as paths:
        asked = [[path, known.url] for path, known in zip(paths, pages, strict=True)]
        texts |= {name: peer.ask(pages=asked)[0] for name, peer in found.items()}
    groups: dict[str, list[int]] = defaultdict(list)
    for number, known in enumerate(pages):
        groups[known.group].append(number)
    return {
        group: {name: score((pages[n].body, read[n]) for n in members) for name, read in texts.items()}
        for group, members in groups.items()
    }


def _tried(way: Extractor, known: Known) -> str:
    try:
        return way(known.page, known.url)
    except Exception:  # noqa: BLE001 - an extractor that fails on a page has found nothing there
        return ""


def run() -> Iterator[Result]:
    """Quality on every group of pages, titles and dates, then pages a second beside trafilatura with its metadata."""
    given = [Path(part) for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part]
    pages = [*press_web(), *family_pages(), *(known for path in given for known in folder(path))]
    with peers(PEERS, "bodies") as (found, absent):
        for group, scores in quality(pages, found).items():
            told = ", ".join(f"{name} P {s.precision:.3f} R {s.recall:.3f}" for name, s in scores.items())
            ahead = scores["nq57"].f1 - scores["trafilatura"].f1
            count = sum(known.group == group for known in pages)
            yield Result(
                "extract", f"body F1 less trafilatura's, {group}", ahead, "", 0.005, True,
                "; ".join([f"{count} pages: {told}", *absent]), "F1 of the body", tuple((n, s.f1) for n, s in scores.items()),
            )  # fmt: skip
        yield from _facts(pages)
        yield _speed(found, absent)


def _facts(pages: Sequence[Known]) -> Iterator[Result]:
    """Titles and dates of the press web, beside trafilatura's."""
    known = [page for page in pages if page.title]
    read = {"nq57": [_facts_of_ours(page) for page in known], "trafilatura": [_facts_of_trafilatura(page) for page in known]}
    titles = {name: _share(a[0] == k.title for a, k in zip(answers, known, strict=True)) for name, answers in read.items()}
    dated = {name: [(a[1], k.day) for a, k in zip(answers, known, strict=True) if k.day] for name, answers in read.items()}
    right = {name: _share(day == wanted for day, wanted in pairs) for name, pairs in dated.items()}
    wrong = {name: _share(day is not None and day != wanted for day, wanted in pairs) for name, pairs in dated.items()}
    told = f"{len(known)} pages of the press web; trafilatura "
    sides = tuple(titles.items())
    yield Result(
        "extract", "titles equal", titles["nq57"], "%", 82, True, f"{told}{titles['trafilatura']:.1f} %", "titles equal, %", sides
    )
    sides = tuple(right.items())
    yield Result(
        "extract", "dates right", right["nq57"], "%", 98.8, True, f"{told}{right['trafilatura']:.1f} %", "dates right, %", sides
    )
    yield Result("extract", "dates wrong", wrong["nq57"], "%", 1, False, f"{told}{wrong['trafilatura']:.1f} %")


def _facts_of_ours(known: Known) -> tuple[str, str | None]:
    try:
        read = read_page(Page(known.url, 200, (), known.page, None))
    except Unreadable:
        return "", None
    return read.title or "", read.published.value.date().isoformat() if read.published else None


def _facts_of_trafilatura(known: Known) -> tuple[str, str | None]:
    read = trafilatura.bare_extraction(known.page, url=known.url, with_metadata=True)
    return (read.title or "", read.date or None) if read else ("", None)


def _share(answers: Iterable[bool]) -> float:
    return 100 * _mean([float(answer) for answer in answers])


def _speed(found: Mapping[str, Peer], absent: Sequence[str]) -> Result:
    pages = related_pages(8)

    def each(way: Callable[[bytes], object]) -> Callable[[], float]:
        return lambda: cpu_of(lambda: [way(page) for page in pages])

    taking = {name: each(lambda page, way=way: way(page, "http://a.demo/b-1.html")) for name, way in OWN.items()}  # type: ignore[misc]
    taking["trafilatura with metadata"] = each(lambda page: trafilatura.bare_extraction(page, with_metadata=True))
    with files(pages) as paths:
        least = in_turns(taking | turns_of(found, pages=[[path, "http://a.demo/b-1.html"] for path in paths]))
    rates = {name: len(pages) / seconds for name, seconds in least.items()}
    ratio = rates["nq57"] / rates["trafilatura with metadata"]
    told = "; ".join([f"pages of {SIZE // 1000} kB", *absent])
    what = "pages a second / trafilatura's with metadata"
    return Result("extract", what, ratio, "times", 1, True, told, "pages a second", tuple(rates.items()))


def main() -> None:
    """Score the folders named, or the families one by one, and print a table; nothing is written."""
    named = [Path(part) for part in sys.argv[1:]]
    try:
        pages = [known for path in named for known in folder(path)] if named else _by_family()
    except ValueError as error:
        sys.exit(str(error))
    with peers(PEERS, "bodies") as (found, absent):
        for why in absent:
            print(why, file=sys.stderr)
        for group, scores in quality(pages, found).items():
            told = (f"{name} {s.f1:.3f} (P {s.precision:.3f} R {s.recall:.3f})" for name, s in scores.items())
            print(f"{group:24}", *told, sep="  ")


def _by_family() -> list[Known]:
    return [
        Known(made.family, f"https://{made.family}.demo/{n}/a-story-{n}.html", made.page.encode(), made.body)
        for n, made in enumerate(families.made(EACH))
    ]


if __name__ == "__main__":
    main()
