"""Search through HTTP beside stock Datasette's search page and tantivy, exports beside its CSV, and how well terms are found.

`NQ57_BENCH_DB` names a database that benchmarks/million.py made, `NQ57_BENCH_ARTICLES` the size of one to be made.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import fmean, median
from urllib.parse import quote

from benchmarks import crowd
from benchmarks.environments import Absent
from benchmarks.million import make
from benchmarks.peer import Peer
from benchmarks.served import Served
from benchmarks.turns import Result
from classifier.text import fold, fold_tone, syllables
from crawler.store.db import open_database
from crawler.store.search import Wanted
from monitor.lexicon import Lexicon
from monitor.search import read
from monitor.serve import build_command, config_dir
from monitor.site.desk import site_lexicon
from monitor.site.finder import Finder

TERMS = (
    "chuyển đổi số", "đổi mới", "đổi mới sáng tạo", "bán dẫn", "trí tuệ nhân tạo", "nguồn nhân lực", "doanh nghiệp",
    "dịch vụ công", "kế hoạch", "giáo dục", "bình dân học vụ số", "sở hữu trí tuệ", "tập huấn", "học sinh", "nhà khoa học",
    "sáng kiến", "khởi nghiệp", "cơ sở dữ liệu", "truyền thông", "báo chí", "chuyên mục", "thông tin cơ sở", "truyền thanh",
    "mạng xã hội", "viện nghiên cứu", "phòng thí nghiệm", "trường đại học", "giảng viên", "sinh viên", "thanh niên",
    "hợp tác quốc tế", "chương trình hành động", "ban chỉ đạo", "tỉnh ủy", "thủ tướng", "quốc hội", "nghị định", "kinh phí",
    "triệu đồng", "khen thưởng", "giải thưởng", "giám sát", "kiểm tra", "sơ kết", "tổng kết", "người dân", "hộ gia đình",
    "nông dân", "đường bộ", "bản đồ",
)  # fmt: skip
PAIRS = (
    ("chuyển đổi số", "giáo dục"), ("bán dẫn", "sinh viên"), ("trí tuệ nhân tạo", "doanh nghiệp"), ("đổi mới", "học sinh"),
    ("dịch vụ công", "người dân"), ("truyền thanh", "thanh niên"), ("nhà khoa học", "kinh phí"), ("khởi nghiệp", "sinh viên"),
)  # fmt: skip
JUDGED = 10_000
"""Articles that are read word by word for the truth."""
TURNS = 2
OURS, STOCK = 8190, 8191


def run() -> list[Result]:
    """All of it on one database."""
    with _database() as path:
        return [*_quality(path), *_served(path)]


@contextmanager
def _database() -> Iterator[Path]:
    """A copy, since the site brings what it opens up to date."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "nq57.db"
        if given := os.environ.get("NQ57_BENCH_DB"):
            shutil.copyfile(given, path)
        else:
            make(path, int(os.environ.get("NQ57_BENCH_ARTICLES", "1000000")))
        open_database(path).close()
        yield path


def _quality(path: Path) -> Iterator[Result]:
    """Against the syllables of each text as they stand there."""
    with closing(sqlite3.connect(path)) as connection:
        lexicon = Lexicon.load(config_dir() / "search.yaml", ())
        # Other names of a thing are right to find, but are not the words looked for.
        plain = Lexicon(terms=lexicon.terms | lexicon.aliases.keys())
        last = connection.execute("select max(id) from articles").fetchone()[0]
        rows = connection.execute("select id, title, summary, text from articles where id > ?", [last - JUDGED])
        # What ends a title and begins a summary is no word of both.
        texts = {key: " | ".join(_words(part) for part in parts if part) for key, *parts in rows}
        ask = partial(_found, connection, Finder(), plain, frozenset(texts))
        truth = {term: {key for key, text in texts.items() if _words(term) in text} for term in {*TERMS, *sum(PAIRS, ())}}
        terms = [term for term in TERMS if truth[term]]
        right = {term: (ask(fold(term)), ask(term)) for term in terms}
    of = f"{len(terms)} terms in {len(texts)} articles"
    recall = min(len(right[term][0] & truth[term]) / len(truth[term]) for term in terms)
    precision = sum(len(right[term][1] & truth[term]) for term in terms) / sum(len(right[term][1]) for term in terms)
    yield Result("search", "recall of the worst term, typed without marks", recall, "", 0.999, True, of)
    yield Result("search", "precision, typed with marks", precision, "", 0.99, True, of)
    yield Result(
        "search", "F1 of questions of two terms", _pairs(path, truth, texts.keys()), "", 0.95, True, f"{len(PAIRS)} questions"
    )


def _pairs(path: Path, truth: dict[str, set[int]], among: frozenset[int]) -> float:
    with closing(sqlite3.connect(path)) as connection:
        lexicon = Lexicon(terms=site_lexicon(connection, config_dir()).terms)
        scores = []
        for one, other in PAIRS:
            found, right = _found(connection, Finder(), lexicon, among, f"{one} {other}"), truth[one] & truth[other]
            scores.append(2 * len(found & right) / max(len(found) + len(right), 1))
    return sum(scores) / len(scores)


def _found(connection: sqlite3.Connection, finder: Finder, lexicon: Lexicon, among: frozenset[int], typed: str) -> set[int]:
    asked = read(typed, lexicon)
    return (
        set(finder.find(connection, Wanted(asked.folded, asked.exact, asked.strict, relevance=0, spelled=asked.spelled)).articles)
        & among
    )


def _words(text: str) -> str:
    return f" {' '.join(syllables(fold_tone(text.lower())))} "


def _served(path: Path) -> Iterator[Result]:
    """Pages and exports, both servers in turns; then tantivy over the same articles."""
    patient = ["--setting", "sql_time_limit_ms", "60000", "--setting", "facet_time_limit_ms", "60000"]
    stock = [sys.executable, "-m", "datasette", "serve", str(path), "--port", str(STOCK), *patient]
    root = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with Served(build_command(path, port=OURS), OURS, root) as ours, Served(stock, STOCK, {}) as theirs:
        yield Result("search", "CPU of the start", ours.started_cpu, "s", 1.5, False, "")
        with closing(sqlite3.connect(path)) as connection:
            articles = connection.execute("select count(*) from articles").fetchone()[0]
        asked = TERMS[:24]
        # What has been asked for lately is remembered; another first day makes each question a new one.
        first = [ours.get(f"/tim?q={quote(term)}") for term in asked]
        again = [ours.get(f"/tim?q={quote(term)}") for term in asked for _ in range(TURNS)]
        other = [theirs.get(f"/nq57/articles?_fts_table=articles_fts&_fts_pk=id&_search={quote(fold(term))}&_facet=source_id"
                            "&_facet=language&_size=20") for term in asked[:8]]  # fmt: skip
        cpus = sorted(answer.cpu for answer in first)
        shed = sum(a.status != 200 for a in first)
        of = f"{articles:,} articles, {len(asked)} questions, {shed} of them took too long and were asked to come back"
        yield Result("search", "search page the first time, median", median(cpus) * 1e3, "ms CPU", 45, False, of)
        yield Result(
            "search", "search page the first time, 95 of 100", cpus[int(len(cpus) * 0.95)] * 1e3, "ms CPU", 110, False, of
        )
        yield Result("search", "search page again", median(a.cpu for a in again) * 1e3, "ms CPU", 20, False, of)
        ratio = median(a.cpu for a in other) / max(median(cpus), 1e-3)
        detail = (
            f"theirs {median(a.cpu for a in other) * 1e3:.0f} ms with two facets and no curve, {len(other[0].body) // 1000} kB"
        )
        yield Result("search", "stock Datasette's search page / ours", ratio, "times", 20, True, detail)
        yield Result("search", "weight of a search page", max(len(a.body) for a in first) / 1e3, "kB", 25, False, "compressed")
        yield from _pages(ours)
        yield from _exports(ours, theirs)
        yield from crowd.run(ours, path, asked)
        yield Result("search", "most memory of the site", ours.memory(), "MB", 150, False, "all of the above")
    yield from _beside(path, asked, median(cpus))


def _pages(ours: Served) -> Iterator[Result]:
    """Each page as it is kept for strangers, and drawn: with a query none is kept."""
    for page in ("/", "/co-quan/ha-noi", "/chu-de/budget", "/muc-tieu/plans-2025", "/tuan/2026-W40", "/tinh-trang"):
        ours.get(page)
        again = fmean(ours.get(page).cpu for _ in range(20))
        drawn = fmean(ours.get(f"{page}?n={n}").cpu for n in range(10))
        yield Result("search", f"page {page}", again * 1e3, "ms CPU", 16, False, "mean of 20, drawn before")
        yield Result("search", f"page {page}, drawn", drawn * 1e3, "ms CPU", 16, False, "mean of 10")


def _exports(ours: Served, theirs: Served) -> Iterator[Result]:
    whole = ours.get("/tim.csv?all=1", packed=False)
    other = theirs.get("/nq57/articles_public.csv?_stream=1&_size=max", packed=False)
    rows, their_rows = (sum(1 for _ in csv.reader(io.StringIO(answer.body.decode()))) - 1 for answer in (whole, other))
    rate, their_rate = rows / max(whole.cpu, 1e-3), their_rows / max(other.cpu, 1e-3)
    yield Result("search", "rows of CSV a CPU second", rate, "", 60_000, True, f"{rows:,} rows")
    detail = f"theirs {their_rate:,.0f}, without tags, of {their_rows:,} rows"
    yield Result("search", "rows of CSV a CPU second / stock Datasette's", rate / their_rate, "times", 4, True, detail)


def _beside(path: Path, asked: Sequence[str], ours: float) -> Iterator[Result]:
    what = "tantivy with one facet, 20 newest / our search page"
    try:
        with Peer("tantivy", "indexes") as peer:
            peer.ask(database=str(path))
            took = [peer.ask(typed=term)[1] for term in asked]
        yield Result("search", what, median(took) / max(ours, 1e-3), "times", None, True, f"theirs {median(took) * 1e3:.0f} ms")
    except Absent as absent:
        yield Result("search", what, float("nan"), "", None, True, str(absent))
