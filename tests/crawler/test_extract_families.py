"""Made-up pages of many makes: their bodies, titles and dates come out, and better than trafilatura's."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import trafilatura

from benchmarks.extract import Score, folder, ours, score
from benchmarks.families import FAMILIES, HELD_OUT, Made, made
from crawler.clock import VIETNAM
from crawler.extract.article import read_page
from crawler.items import Article, Page, Reason, Unreadable

SEED = 3
UNDATED = {"tutorial", "product", "plain-comments"}


@cache
def read() -> tuple[tuple[Made, Article], ...]:
    return tuple(
        (page, read_page(Page("https://a.demo/1/a-story-9.html", 200, (), page.page.encode(), None))) for page in made(1, SEED)
    )


def scores() -> dict[str, Score]:
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for page, article in read():
        pairs[page.family].append((page.body, article.text))
    return {family: score(found) for family, found in pairs.items()}


def test_no_family_is_misread() -> None:
    low = {family: round(found.f1, 3) for family, found in scores().items() if found.f1 < 0.9}
    assert not low and len(scores()) == len(FAMILIES) >= 60


@pytest.mark.parametrize("language", ["en", "vi"])
def test_bodies_are_nearer_the_truth_than_trafilatura_s(language: str) -> None:
    pages = [(page, article) for page, article in read() if page.language == language and page.family in HELD_OUT]
    here = score((page.body, article.text) for page, article in pages)
    there = score((page.body, trafilatura.extract(page.page, include_comments=False) or "") for page, _ in pages)
    assert here.f1 >= 0.985 and here.f1 >= there.f1 + 0.005


def test_titles_are_those_of_the_stories() -> None:
    wrong = {page.family: article.title for page, article in read() if article.title != page.story.title}
    assert not wrong


def test_dates_are_right_or_absent_where_the_page_shows_none() -> None:
    for page, article in read():
        days = {page.story.when.date(), page.story.when.astimezone(VIETNAM).date()}
        if page.family in UNDATED:
            assert article.published is None, page.family
        elif article.published is None:
            assert page.family.startswith("wild"), page.family
        else:
            assert article.published.value.date() in days, (page.family, article.published.iso(), page.story.when)


def test_scores_are_counted_shingles_of_four_words() -> None:
    found = score([("a b c d e f", "a b c d e x"), ("a b c d", ""), ("one two", "one two")])
    assert found.precision == pytest.approx((2 / 3 + 1) / 2)  # an empty answer is no imprecise one
    assert found.recall == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert found.exact == pytest.approx(1 / 3)


def test_pages_with_truth_are_read_as_the_benchmark_lays_them_out(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "1.html.gz").write_bytes(
        gzip.compress(b"<html><body><p>Words of a page that are long enough to be read.</p></body></html>")
    )
    (tmp_path / "ground-truth.json").write_text(
        json.dumps({"1": {"articleBody": "Words of a page that are long enough to be read.", "url": "http://a.demo/b"}})
    )
    (known,) = folder(tmp_path)
    assert (known.url, known.body) == ("http://a.demo/b", "Words of a page that are long enough to be read.")
    assert ours(known.page, known.url) == known.body
    (tmp_path / "html" / "1.html.gz").unlink()
    with pytest.raises(ValueError, match="not laid out"):
        list(folder(tmp_path))


def test_a_stump_is_refused_or_told_as_one_wants() -> None:
    words = "<p>The museum keeps three hundred letters that nobody has read since the flood of that winter.</p>"
    page = (
        f"<html><body><article><h1>Letters of the flood</h1>{words}</article><p>Subscribe to continue reading</p></body></html>"
    )
    fetched = Page("http://a.demo/x/letters-1.html", 200, (), page.encode(), None)
    with pytest.raises(Unreadable) as refused:
        read_page(fetched)
    assert refused.value.reason is Reason.PAYWALL
    told = read_page(fetched, stumps=True)
    assert "three hundred letters" in told.text and [w.reason for w in told.warnings] == [Reason.PAYWALL]


@pytest.mark.parametrize(
    "crowd",
    [
        "<form><input></form>" * 30_000,
        "<div><a href=/x>A linked title of some length</a>" * 20_000,
        '<script>{"datePublished":"2025-01-01"}</script>' * 30_000,
        "<blockquote><p>The same words as they stand in every other quotation here.</p></blockquote>" * 20_000,
    ],
    ids=["forms", "nested-links", "script-data", "quotations"],
)
def test_crowds_of_anything_end(crowd: str) -> None:
    words = "<p>The museum keeps three hundred letters that nobody has read since the flood of that winter.</p>" * 2
    page = f"<html><body><h1>Letters of the flood</h1><div>{words}</div>{crowd}</body></html>"
    assert isinstance(ours(page.encode(), "http://a.demo/x/letters-1.html"), str)
