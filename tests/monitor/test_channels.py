"""Channels: each address of the register is asked once by the crawl, feeds and pages; what nobody may ask stays unknown."""

import subprocess
import sys
from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import now
from crawler.roster import load_roster
from crawler.store import imports
from crawler.store.db import open_database
from crawler.store.imports import Channel
from crawler.store.roster import sync_roster
from monitor.channels import asked_address
from monitor.targets import measure

NQ57 = Path(sys.executable).with_name("nq57")
VIDEO = "UC" + "x" * 22
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kênh khoa học</title><entry><id>yt:video:1</id><title>Video 1</title>
<link href="{link}"/><published>{day}T08:00:00+00:00</published></entry></feed>"""
RSS = """<rss version="2.0"><channel><title>Tạp chí Trẻ</title>
<item><title>Bài cũ</title><link>http://tapchi.vn/bai-cu-1000001.html</link><pubDate>{day}</pubDate></item></channel></rss>"""
LINKS = "".join(f'<li><a href="/mot-bai-viet-rat-hay-20000{n}.html">Một bài viết rất hay số {n}</a></li>' for n in range(6))


def test_a_video_channel_is_read_by_its_feed() -> None:
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={VIDEO}"
    assert asked_address(f"https://www.youtube.com/channel/{VIDEO}/videos") == feed
    for other in (feed, "https://www.youtube.com/@kenh", f"https://youtube.com.evil.vn/channel/{VIDEO}", "https://kenh.vn/"):
        assert asked_address(other) == other


@pytest.mark.slow
def test_each_address_is_asked_once_and_says_how_the_channel_does(little_web: Any, tmp_path: Path) -> None:
    today = now().date()
    silent = now() - timedelta(days=60)
    little_web.pages = {
        f"http://kenh.vn/feeds/videos.xml?channel_id={VIDEO}": (
            200, {"Content-Type": "text/xml"},
            ATOM.format(link="http://kenh.vn/watch?v=1", day=today - timedelta(days=3)),
        ),
        "http://tapchi.vn/tin.rss": (200, {"Content-Type": "application/rss+xml"}, RSS.format(day=format_datetime(silent))),
        "http://trang.vn/khoa-hoc": f"<title>Trang khoa học</title><ul>{LINKS}</ul>",
        "http://cam.vn/robots.txt": (200, {"Content-Type": "text/plain"}, "User-agent: *\nDisallow: /"),
        "http://cam.vn/khoa-hoc": f"<ul>{LINKS}</ul>",
        "http://hong.vn/khoa-hoc": 500,
    }  # fmt: skip
    path, roster = tmp_path / "nq57.db", tmp_path / "sources.yaml"
    roster.write_text("[]", "utf-8")
    db = open_database(path)
    listed = {
        "video": (f"http://kenh.vn/feeds/videos.xml?channel_id={VIDEO}", "tv"),
        "rss": ("http://tapchi.vn/tin.rss", "publication"),
        "trang": ("http://trang.vn/khoa-hoc", "publication"), "cam": ("http://cam.vn/khoa-hoc", "tv"),
        "hong": ("http://hong.vn/khoa-hoc", "tv"), "mat": ("http://mat.vn/khoa-hoc", "tv"),
        "xa-hoi": ("http://xahoi.vn/nhom", "social"), "khong-dia-chi": (None, "tv"),
    }  # fmt: skip
    imports.keep_channels(db, [Channel(id, id, url, kind, None) for id, (url, kind) in listed.items()])  # type: ignore[arg-type]
    db.close()
    command = [NQ57, "--db", path, "crawl", "--roster", roster, "--proxy", little_web.proxy, "--delay", "0", "--timeout", "10"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=180, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    # A server's own error is asked again at once, as everywhere in the crawl.
    asked = [url for url in little_web.asked if not url.endswith("/robots.txt") and "hong.vn" not in url]
    assert len(asked) == len(set(asked)) and set(asked) >= {"http://tapchi.vn/tin.rss", "http://mat.vn/khoa-hoc"}
    assert not any("xahoi.vn" in url or "cam.vn/khoa-hoc" in url or "mot-bai" in url for url in asked)

    db, own = open_database(path), load_roster()
    sync_roster(db, own, sources=False)
    measure(db, own, today)
    verdicts = {
        unit: (verdict, reason)
        for unit, verdict, reason in db.execute(
            "select unit_id, verdict, reason from target_verdicts where target_id = 'channels-2025' and as_of = ?", [str(today)]
        ).fetchall()
    }
    assert verdicts == {
        "video": ("met", "channel-alive"), "rss": ("not_met", "channel-silent"), "trang": ("unknown", "channel-undated"),
        "cam": ("unknown", "robots"), "hong": ("unknown", "unreachable"), "mat": ("not_met", "gone"),
        "xa-hoi": ("unknown", "not-crawled"), "khong-dia-chi": ("unknown", "unchecked"),
    }  # fmt: skip
    row = db.execute("select title, items, last_item_on, status from channels where id = 'video'").fetchone()
    assert row == ("Kênh khoa học", 1, str(today - timedelta(days=3)), "ok")
    # Nothing of a channel becomes a source, a page or an article of ours.
    counted = [db.execute(f"select count(*) from {table}").fetchone()[0] for table in ("sources", "pages", "articles")]
    assert counted == [0, 0, 0]
    # A new address knows nothing of the old one's answers.
    imports.keep_channels(db, [Channel("video", "video", "http://kenh.vn/khac.rss", "tv", None)])
    measure(db, own, today)
    assert db.execute("select reason from target_verdicts where unit_id = 'video' and as_of = ?", [str(today)]).fetchone() == (
        "unchecked",
    )
    measure(db, own, date(2026, 1, 1))
