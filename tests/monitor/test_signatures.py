"""Signatures that another version of the software wrote are made again, and stories with them."""

from __future__ import annotations

from pathlib import Path

from crawler.store.db import open_database
from monitor.process import group_stories

TEXT = "Hôm nay, lãnh đạo tỉnh khai mạc phiên chợ công nghệ với hơn hai trăm gian hàng của các hợp tác xã trong vùng."


def test_signatures_of_an_older_version_are_made_again(tmp_path: Path) -> None:
    db = open_database(tmp_path / "x.db")
    with db.atomic():
        db.execute("insert into sources (id, name, kind, home) values ('bao', 'Báo', 'press', 'http://bao.vn/')")
        for number, text in enumerate(
            (TEXT, f"{TEXT} Hết.", "Một tin khác hẳn, không ai in lại ở đâu cả, nói về con đường mới."), 1
        ):
            db.execute(
                """insert into articles (id, url, source_id, title, text, published_at, fetched_at, words, relevance,
                       relevance_score, model) values (?, ?, 'bao', 'Tin', ?, ?, '2026-10-01', 9, 2, 1, 'm')""",
                [number, f"http://bao.vn/{number}", text, f"2026-10-0{number}"],
            )
            db.execute("insert into article_signatures values (?, ?)", [number, b"NQS1" + bytes(60)])
        db.execute("delete from article_signatures where article_id = 2")
    group_stories(db)
    assert db.execute("select id, story_id, original from articles order by id").fetchall() == [(1, 1, 1), (2, 1, 0), (3, 3, 1)]
    db.close()
