"""Extraction beside its peers: the body's shingles, titles and dates, and pages a second, on pages whose right text is known."""

from __future__ import annotations

import gzip
import html
import importlib
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks import families
from benchmarks.pages import SIZE, related_pages
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


def extractors() -> dict[str, Extractor]:
    """Ours, trafilatura, and each peer that is installed."""
    found: dict[str, Extractor] = {
        "nq57": ours,
        "trafilatura": lambda page, url: trafilatura.extract(page, url=url, include_comments=False) or "",
    }
    for name, (modules, make) in _PEERS.items():
        try:
            found[name] = make(*(importlib.import_module(module) for module in modules))
        except ImportError:
            continue
    return found


def missing() -> list[str]:
    """The peers that are not installed."""
    return [name for name in _PEERS if name not in extractors()]


def _newspaper(newspaper: Any) -> Extractor:
    settings = newspaper.Config()
    settings.fetch_images = False  # or it goes to the network

    def extract(page: bytes, url: str) -> str:
        article = newspaper.Article(url, config=settings)
        article.download(input_html=page.decode("utf-8", "replace"))
        article.parse()
        return str(article.text)

    return extract


def _readability(readability: Any, html_text: Any) -> Extractor:
    return lambda page, url: str(html_text.extract_text(readability.Document(page.decode("utf-8", "replace"), url=url).summary()))


def _resiliparse(extract: Any, parse: Any) -> Extractor:
    return lambda page, url: str(extract.extract_plain_text(parse.HTMLTree.parse_from_bytes(page), main_content=True))


_PEERS: Mapping[str, tuple[tuple[str, ...], Callable[..., Extractor]]] = {
    "newspaper4k": (("newspaper",), _newspaper),
    "readability-lxml": (("readability", "html_text"), _readability),
    "resiliparse": (("resiliparse.extract.html2text", "resiliparse.parse.html"), _resiliparse),
}


def press_web() -> Iterator[Known]:
    """The press web's readable pages; their bodies are what its truth has."""
    web = bundled_web()
    routes = build_routes(web)
    for item in web.all_items():
        route = routes.find(item.site.host, item.path)
        if item.document in (None, "html") and item.oddity is None and not item.site.fault and route is not None:
            right = "\n".join((*((item.summary,) if item.summary else ()), *item.paragraphs))
            yield Known("press web", item.url, route.make().body, html.unescape(right))


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


def quality(pages: Sequence[Known], ways: Mapping[str, Extractor]) -> dict[str, dict[str, Score]]:
    """The score of each way on each group of pages; a page that makes an extractor fail counts as nothing found."""
    groups: dict[str, list[Known]] = defaultdict(list)
    for known in pages:
        groups[known.group].append(known)
    return {
        group: {name: score((k.body, _tried(way, k)) for k in members) for name, way in ways.items()}
        for group, members in groups.items()
    }


def _tried(way: Extractor, known: Known) -> str:
    try:
        return way(known.page, known.url)
    except Exception:  # noqa: BLE001 - a peer that fails on a page has found nothing there
        return ""


def run() -> list[Result]:
    """Quality on every group of pages, then pages a second beside trafilatura with its metadata."""
    ways = extractors()
    absent = "".join(f"; {name} not installed" for name in missing())
    given = [Path(part) for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part]
    pages = [*press_web(), *family_pages(), *(known for path in given for known in folder(path))]
    results = []
    for group, scores in quality(pages, ways).items():
        told = ", ".join(f"{name} {s.f1:.3f} (P {s.precision:.3f}, R {s.recall:.3f})" for name, s in scores.items())
        ahead = scores["nq57"].f1 - scores["trafilatura"].f1
        count = sum(known.group == group for known in pages)
        results.append(
            Result("extract", f"body F1 less trafilatura's, {group}", ahead, "", 0.005, True, f"{count} pages: {told}{absent}")
        )
    return [*results, *_speed(ways)]


def _speed(ways: Mapping[str, Extractor]) -> list[Result]:
    pages = related_pages(8)

    def each(way: Callable[[bytes], object]) -> Callable[[], float]:
        return lambda: cpu_of(lambda: [way(page) for page in pages])

    taking = {name: each(lambda page, way=way: way(page, "http://a.demo/b-1.html")) for name, way in ways.items()}  # type: ignore[misc]
    taking["trafilatura with metadata"] = each(lambda page: trafilatura.bare_extraction(page, with_metadata=True))
    least = in_turns(taking)
    rates = {name: len(pages) / seconds for name, seconds in least.items()}
    told = f"pages of {SIZE // 1000} kB a second: " + ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items())
    ratio = rates["nq57"] / rates["trafilatura with metadata"]
    return [Result("extract", "pages a second / trafilatura's with metadata", ratio, "times", 1, True, told)]


def main() -> None:
    """Score the folders named, or the families one by one, and print a table; nothing is written."""
    named = [Path(part) for part in sys.argv[1:]]
    try:
        pages = [known for path in named for known in folder(path)] if named else _by_family()
    except ValueError as error:
        sys.exit(str(error))
    ways = extractors()
    for group, scores in quality(pages, ways).items():
        print(
            f"{group:24}", *(f"{name} {s.f1:.3f} (P {s.precision:.3f} R {s.recall:.3f})" for name, s in scores.items()), sep="  "
        )


def _by_family() -> list[Known]:
    return [
        Known(made.family, f"https://{made.family}.demo/{n}/a-story-{n}.html", made.page.encode(), made.body)
        for n, made in enumerate(families.made(EACH))
    ]


if __name__ == "__main__":
    main()
