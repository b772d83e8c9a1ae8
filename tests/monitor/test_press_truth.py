"""The truth about the press web: up to date, as the situations of its sites say, and within reach of the demo's sources."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from crawler.roster import load_roster
from crawler.urls import canonical
from monitor.demo.routes import Routes, build_routes
from monitor.demo.server import bundled_web
from monitor.demo.truth import TRUTH, dumps, truth
from monitor.demo.web import Web

ROSTER = Path(__file__).parents[2] / "monitor" / "demo" / "roster"
LINK = re.compile(r'(?:href="|<loc>|<link>\s*)([^"<\s]+)')


@pytest.fixture(scope="module")
def web() -> Web:
    return bundled_web()


@pytest.fixture(scope="module")
def routes(web: Web) -> Routes:
    return build_routes(web)


@pytest.fixture(scope="module")
def found(web: Web) -> dict[str, Any]:
    return truth(web)


def test_the_file_is_up_to_date(found: dict[str, Any]) -> None:
    assert TRUTH.read_text(encoding="utf-8") == dumps(found), "run python -m monitor.demo.truth"


def test_the_situations_of_the_portals(found: dict[str, Any]) -> None:
    states = {row["agency"]: (row["state"], row["last_item_on"]) for row in found["columns"]}
    assert {agency for agency, (state, _) in states.items() if state == "live"} == {
        *("bo-khcn", "bo-gddt", "nhnn", "vast", "ha-noi", "da-nang", "lao-cai", "thai-nguyen")
    }
    assert states["bo-y-te"] == ("silent", "2026-08-12")
    assert states["nghe-an"] == ("silent", "2026-07-30")
    assert {agency for agency, (state, _) in states.items() if state == "missing"} == {"bo-ngoai-giao", "hai-phong", "an-giang"}
    assert {agency for agency, (state, _) in states.items() if state == "unknown"} == {"hue", "can-tho", "gia-lai"}
    plans = {row["unit_id"]: (row["verdict"], row["reason"]) for row in found["verdicts"]["plans-2025"]}
    assert {agency for agency, (verdict, _) in plans.items() if verdict == "met"} == {
        *("bo-khcn", "bo-gddt", "bo-y-te", "bo-ngoai-giao", "ha-noi", "hai-phong", "da-nang", "lao-cai", "can-tho", "thai-nguyen")
    }
    assert {agency for agency, verdict in plans.items() if verdict == ("not_met", "no-plan")} == {
        "nhnn",
        "vast",
        "nghe-an",
        "an-giang",
    }
    assert plans["hue"] == ("unknown", "unreachable")
    assert plans["gia-lai"] == ("unknown", "robots")
    inherited = [row for row in found["plans"] if row["agency"] == "thai-nguyen" and row["verdict"] == "met"]
    assert [(row["issued_by"], row["kind"]) for row in inherited] == [("bac-kan", "plan")]


def test_the_situations_of_the_key_press(found: dict[str, Any]) -> None:
    assert {row["source_id"]: (row["verdict"], row["reason"]) for row in found["press"]} == {
        "song-viet": ("met", "met"),
        "dai-mat-troi": ("met", "met"),
        "phuong-dong": ("not_met", "silent"),
        "tan-tin": ("not_met", "no-page"),
        "bien-xa": ("unknown", "unreachable"),
    }


def test_enough_of_everything(web: Web, found: dict[str, Any]) -> None:
    copies = [item for item in web.all_items() if not item.original]
    assert len(copies) >= 30
    assert sum(item.site.id == "kinh-te-moi" for item in copies) >= 6
    assert len({row["story"] for row in found["articles"]} | {row["url"] for row in found["decoys"]}) >= 100
    assert {row["language"] for row in found["articles"]} == {"vi", "en", "ru"}
    assert {row["document"] for row in found["articles"]} == {None, "pdf", "docx"}
    assert {row["reason"] for row in found["failures"]} >= {
        "bad-feed",
        "bad-document",
        "bad-encoding",
        "bad-date",
        "empty",
        "http",
    }


def test_what_is_left_of_a_relevant_reprint_still_speaks_of_the_resolution(web: Web) -> None:
    for item in web.all_items():
        if item.labels.relevance and not item.original:
            kept = " ".join((item.title, *item.paragraphs))
            assert re.search(r"57|Ban Chỉ đạo Trung ương|đột phá phát triển khoa học", kept), item.id


def test_every_address_of_the_truth_is_its_own_key_and_unique(found: dict[str, Any]) -> None:
    urls = [row["url"] for kind in ("articles", "decoys") for row in found[kind]]
    assert len(set(urls)) == len(urls)
    for url in urls:
        assert canonical(url) == url


def test_sources_load_without_a_problem(web: Web) -> None:
    roster = load_roster(ROSTER)
    assert roster.problems == ()
    assert [source.id for source in roster.sources] == [site.id for site in web.sites]
    columns = {source.id: source.columns for source in roster.sources}
    assert columns["portal-lao-cai"] == columns["portal-thai-nguyen"] == ()


def test_every_page_is_within_reach_of_the_endpoints_in_the_sources(routes: Routes, found: dict[str, Any]) -> None:
    for source in load_roster(ROSTER).sources:
        endpoints = [e.url for kind in (source.feeds, source.sitemaps, source.listings, source.columns) for e in kind]
        reached = set(_follow(routes, source.hosts[0], endpoints))
        expected = {row["url"] for kind in ("articles", "decoys") for row in found[kind] if row["source_id"] == source.id}
        expected |= {row["url"] for row in found["failures"] if row["source_id"] == source.id and row["url"]}
        assert expected <= reached, (source.id, expected - reached)


def test_discovered_columns_are_linked_from_the_home_page(routes: Routes, found: dict[str, Any]) -> None:
    for agency, host, label in (
        ("lao-cai", "laocai.gov.vn.demo", "Triển khai Nghị quyết 57"),
        ("thai-nguyen", "thainguyen.gov.vn.demo", "Đưa Nghị quyết 57 vào cuộc sống"),
    ):
        url = next(row["url"] for row in found["columns"] if row["agency"] == agency)
        page = _body(routes, host, "/")
        assert label in page
        assert url in {urljoin(f"http://{host}/", link) for link in LINK.findall(page)}


def _body(routes: Routes, host: str, target: str) -> str:
    route = routes.find(host, target)
    if route is None or route.kind in ("document", "redirect"):
        return ""
    answer = route.make()
    if answer.content_type == "application/x-gzip":
        return gzip.decompress(answer.body).decode()
    return answer.body.decode("utf-8", "replace")


def _follow(routes: Routes, host: str, endpoints: list[str]) -> Iterator[str]:
    """All addresses that the endpoints, their child sitemaps and their following pages name; redirects resolved."""
    lists = set(endpoints)
    queue = list(endpoints)
    base = f"http://{host}"
    while queue:
        url = queue.pop()
        yield url
        for link in LINK.findall(_body(routes, host, url.removeprefix(base)).replace("&amp;", "&")):
            target = urljoin(url, link)
            if not target.startswith(base):
                continue
            route = routes.find(host, target.removeprefix(base))
            if route is not None and route.kind == "redirect" and (location := route.make().location):
                yield location
            yield target
            follows = any(target.startswith(part.removesuffix(".htm").removesuffix("/")) for part in endpoints)
            if target not in lists and (follows or target.endswith(".xml.gz")):
                lists.add(target)
                queue.append(target)
