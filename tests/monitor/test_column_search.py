"""Columns that find themselves: from a portal's home page through its menus, within a budget, once a week; people decide."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.clock import now
from crawler.spiders.column_search import MOST_PAGES
from crawler.store import columns
from crawler.store.db import open_database

NQ57 = Path(sys.executable).with_name("nq57")
pytestmark = pytest.mark.slow
HOME = "http://tinh.gov.vn/"


def crawl(web: object, place: Path, *more: str) -> list[str]:
    """The addresses that a crawl of the portal asked."""
    row = {"id": "portal-ha-noi", "name": "Cổng", "kind": "portal", "agency": "ha-noi", "hosts": ["tinh.gov.vn"], "home": HOME}
    (place / "sources.yaml").write_text(f"- {json.dumps(row)}\n", "utf-8")
    web.asked.clear()  # type: ignore[attr-defined]
    given = ["--db", str(place / "x.db"), "crawl", "--roster", str(place / "sources.yaml"), "--delay", "0", "--timeout", "10"]
    given += ["--proxy", web.proxy, *more]  # type: ignore[attr-defined]
    done = subprocess.run([NQ57, *given], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    return [url.removeprefix(HOME) for url in web.asked]  # type: ignore[attr-defined]


def menu(*entries: tuple[str, str]) -> str:
    return "<nav>" + "".join(f"<a href='/{path}'>{name}</a>" for path, name in entries) + "</nav>"


def items(title: str) -> str:
    return "".join(f"<h3><a href='/bai/{len(title)}-{n}-10006{n}.html'>{title} ở xã thứ {n}</a></h3>" for n in range(5))


def proposed(place: Path) -> list[tuple[str, str, bool, str, str | None]]:
    db = open_database(place / "x.db")
    found = [(p.url.removeprefix(HOME), p.state, p.clear, p.why, p.status) for p in columns.proposals(db)]
    db.close()
    return found


def test_a_column_two_menus_deep_is_found_visited_and_kept_with_its_evidence(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        HOME: menu(("the-thao", "Thể thao"), ("khcn", "Khoa học và công nghệ")) + items("Tin chung của tỉnh"),
        HOME + "the-thao": items("Bóng đá tỉnh nhà"),
        HOME + "khcn": menu(("x/nq", "Nghị quyết 57")) + items("Tin khoa học của tỉnh"),
        HOME + "x/nq": "<h1>Chuyên trang Nghị quyết 57</h1>" + items("Đưa Nghị quyết 57 vào cuộc sống"),
    }
    asked = crawl(little_web, tmp_path)
    assert "x/nq" in asked
    assert "the-thao" not in asked, "the menu that promises most comes first, and the first column ends the search"
    assert proposed(tmp_path) == [("x/nq", "proposed", True, "anchor", "ok")]
    db = open_database(tmp_path / "x.db")
    (found,) = columns.proposals(db)
    db.close()
    assert (found.anchor, found.title, found.found_on) == ("Nghị quyết 57", "Chuyên trang Nghị quyết 57", HOME + "khcn")
    listed = subprocess.run(
        [NQ57, "--db", tmp_path / "x.db", "sources", "list", "--json", "--roster", tmp_path / "sources.yaml"],
        capture_output=True,
        text=True,
    )
    assert json.loads(listed.stdout)[0]["proposed"] == [HOME + "x/nq"]


def test_what_only_looks_like_a_column_waits_for_a_person(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    little_web.pages = {
        HOME: menu(("khcn", "Khoa học và công nghệ"), ("tuyen-truyen", "Tuyên truyền")),
        HOME + "khcn": items("Tin khoa học của tỉnh"),
        HOME + "tuyen-truyen": items("Người dân học Nghị quyết 57-NQ/TW"),
    }
    assert crawl(little_web, tmp_path).count("tuyen-truyen") == 1
    assert proposed(tmp_path) == [("tuyen-truyen", "proposed", False, "items", None)]
    db = open_database(tmp_path / "x.db")
    columns.decide(db, "portal-ha-noi", HOME + "tuyen-truyen", "accepted", "Lan", now())
    assert "tuyen-truyen" in crawl(little_web, tmp_path)
    assert db.execute("select count(*) from column_items").fetchone()[0] == 5
    columns.decide(db, "portal-ha-noi", HOME + "tuyen-truyen", "rejected", "Lan", now(), "của huyện")
    little_web.pages[HOME] = menu(("tuyen-truyen", "Nghị quyết 57"))
    assert "tuyen-truyen" not in crawl(little_web, tmp_path), "rejected, however clearly it is found again"
    assert proposed(tmp_path) == [("tuyen-truyen", "rejected", True, "anchor", None)]
    with pytest.raises(columns.NoSuchProposal):
        columns.decide(db, "portal-ha-noi", HOME + "khac", "accepted", "Lan", now())
    db.close()


def test_a_search_keeps_to_its_budget_and_comes_again_in_a_week_or_with_a_new_menu(little_web, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sections = [(f"muc-{n}", f"Khoa học {n}") for n in range(40)]
    little_web.pages = {HOME: menu(*sections)} | {
        HOME + path: menu(*sections) + items("Tin tức trong ngày") for path, _ in sections
    }
    searched = [path for path in crawl(little_web, tmp_path) if path.startswith("muc-")]
    assert len(searched) == len(set(searched)) == MOST_PAGES
    assert crawl(little_web, tmp_path) == ["robots.txt", ""], "a run on the day after asks what the endpoints are, no more"
    little_web.pages[HOME] = menu(*sections, ("nq", "Nghị quyết")) + "<p>Hôm nay</p>"
    assert crawl(little_web, tmp_path)[:3] == ["robots.txt", "", "nq"]
    db = open_database(tmp_path / "x.db")
    with db.atomic():
        db.execute("update column_searches set searched_at = ?", [(now() - timedelta(days=7)).isoformat()])
    db.close()
    assert len(crawl(little_web, tmp_path)) == 2 + MOST_PAGES
