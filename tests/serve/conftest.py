"""A small database as a weekly run leaves it, hostile articles included, and a site that serves it."""

# ruff: noqa: E501 - the sentences of the articles stay on one line each.
from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from datasette.app import Datasette

from crawler.roster import load_roster
from crawler.store.db import open_database
from crawler.store.roster import sync_roster
from monitor.serve import config_dir
from monitor.site import desk
from tests.serve.people import Person, sign_in

TODAY = date(2026, 10, 31)
VERDICT = "(target_id, unit_id, as_of, verdict, reason, since, rule, last_item_on, evidence_id)"
SCRIPT = "<script>alert('nq57')</script>"
NAMED = "Nghị quyết số 57-NQ/TW"
TOPICS = [
    ("science-technology", "Khoa học, công nghệ", "Science and technology", "subject"),
    ("innovation", "Đổi mới sáng tạo", "Innovation", "subject"),
    ("digital-transformation", "Chuyển đổi số", "Digital transformation", "subject"),
    ("mass-communication", "Truyền thông đại chúng", "Mass communication", "subject"),
    ("grassroots-information", "Thông tin cơ sở", "Grassroots information", "subject"),
    ("education", "Giáo dục", "Education", "audience"),
    ("enterprise", "Doanh nghiệp", "Enterprises", "audience"),
    ("research", "Nghiên cứu khoa học", "Research", "audience"),
    ("international", "Quốc tế", "International", "audience"),
    ("implementation-plan", "Kế hoạch triển khai", "Implementation plan", "action"),
    ("youth", "Thanh thiếu nhi", "Youth", "audience"),
]
SOURCES = [
    ("song-viet", "Báo Sóng Việt", "press", 1, None, "ok"),
    ("tan-tin", "Hãng tin Tân Tín", "press", 1, None, "ok"),
    ("bien-xa", "Báo Biển Xa", "press", 1, None, "failing"),
    ("nhip-so", "Tạp chí Nhịp Số", "press", 0, None, "quiet"),
    ("lotus-post", "The Lotus Post", "foreign", 0, None, "ok"),
    ("portal-bo-khcn", "Cổng thông tin Bộ Khoa học và Công nghệ", "portal", 0, "bo-khcn", "ok"),
    ("portal-gia-lai", "Cổng thông tin tỉnh Gia Lai", "portal", 0, "gia-lai", "blocked"),
    ("evil", f'Báo "Độc" {SCRIPT}', "press", 0, None, "unknown"),
]
TEXTS = [
    ("Đà Nẵng đưa {named} vào từng tổ dân phố",
     "Tổ công nghệ số cộng đồng của thành phố hướng dẫn người dân dùng dịch vụ công trực tuyến.\nÔng Lê Văn Tám, tổ trưởng, cho biết việc thực hiện {named} bắt đầu từ chiếc loa truyền thanh.\nĐổi mới không chờ ai.",
     ["digital-transformation", "grassroots-information"], ["da-nang"]),
    ("Doanh nghiệp bán dẫn xin thử nghiệm có kiểm soát",
     "Các doanh nghiệp bán dẫn nói cơ chế thử nghiệm trong {named} giúp họ tiết kiệm một năm.\nHọ mong thủ tục được đổi mới.", ["enterprise", "science-technology"], ["bo-khcn"]),
    ("Trường học vùng cao dạy lập trình cho học sinh",
     "Sau khi có {named}, ngành giáo dục Lào Cai mở lớp lập trình.\nHọc sinh làm quen với trí tuệ nhân tạo.", ["education", "youth"], ["lao-cai", "bo-gddt"]),
    ("Viện nghiên cứu đặt hàng đề tài về vật liệu mới",
     "Theo tinh thần {named}, viện nghiên cứu được khoán chi tới sản phẩm cuối cùng.\nNhà khoa học có thêm thời gian cho phòng thí nghiệm.", ["research", "science-technology"], ["vast"]),
    ("Báo chí mở chuyên mục về chuyển đổi số",
     "Nhiều tòa soạn mở chuyên mục truyền thông {named}.\nHòa bình trong từng bản tin, nói như một nhà báo, là nói đúng và đủ.", ["mass-communication", "digital-transformation"], ["bo-khcn"]),
]  # fmt: skip
HOSTILE = [
    (f"{SCRIPT} chuyển đổi số", f"Nội dung {SCRIPT} & <img src=x onerror=alert(1)> nói về {NAMED}.", "https://evil.example/a"),
    ('=HYPERLINK("http://evil.example","bấm")', f"Công thức trong tiêu đề, {NAMED}.", "javascript:alert(document.domain)"),
    ("+84 912 345 678", f"@SUM(A1:A9) {NAMED}", 'https://evil.example/"onmouseover="alert(1)'),
    ("\u202eđảo ngược " + "rất dài " * 1200, f"Dòng rất dài {'x' * 5000} {NAMED}", "data:text/html,<script>alert(1)</script>"),
    ("\x02\x03 ký tự lạ \x0b", f"Dấu \x02 và \x03 trong bài. {NAMED}", "https://evil.example/%00"),
    ("＝1+1 toàn chữ", f"Dấu bằng toàn chữ {NAMED}", "https://evil.example/fullwidth"),
]


@pytest.fixture(scope="session", autouse=True)
def no_old_pages() -> Iterator[None]:
    """What a test writes shows at once: test_kept_pages.py is about how long strangers may see what was before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "AGE", 0.0)
        yield


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeded file; its name is not nq57, to see that the site names it so all the same."""
    path = tmp_path_factory.mktemp("serve") / "coverage of 2026.db"
    seed(path)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(database: Path) -> AsyncIterator[Datasette]:
    """The project's own Datasette over the seeded database."""
    datasette = Datasette(files=[str(database)], config_dir=config_dir())
    await datasette.invoke_startup()
    yield datasette
    datasette.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(site: Datasette) -> Any:
    """A client of the site."""
    return site.client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def staff(site: Datasette) -> Person:
    """Somebody of the communication staff, signed in."""
    return sign_in(site, "staff")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def analyst(site: Datasette) -> Person:
    """An analyst, signed in."""
    return sign_in(site, "analyst")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def admin(site: Datasette) -> Person:
    """An administrator, signed in."""
    return sign_in(site, "admin")


def seed(path: Path) -> None:
    """Write the database: 66 articles, three measured targets, one run with failures."""
    db = open_database(path)
    sync_roster(db, load_roster(), sources=False)
    with db.conn:
        _seed_sources(db.conn)
        _seed_articles(db.conn)
        _seed_hostile(db.conn)
        _seed_targets(db.conn)
        _seed_run(db.conn)
    db.conn.execute("pragma wal_checkpoint(truncate)")
    db.close()


def _seed_sources(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "insert into topics values (?, ?, ?, ?, ?) on conflict do nothing", [(*topic, n) for n, topic in enumerate(TOPICS)]
    )
    for id_, name, kind, key, agency, status in SOURCES:
        reason = {"failing": "dns", "blocked": "robots"}.get(status)
        connection.execute(
            "insert into sources values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id_, name, kind, key, agency, f"https://{id_}.example/", '["vi"]', status, reason,
             None if reason else "2026-10-31T06:00:00+07:00", None if reason else "2026-10-30T09:00:00+07:00"),
        )  # fmt: skip
        connection.execute(
            "insert into endpoints (url, source_id, kind, status, reason, title, items, checked_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (f"https://{id_}.example/nq57", id_, "column", status, reason, "Đưa Nghị quyết 57 vào cuộc sống", 12,
             "2026-10-31T06:00:00+07:00"),
        )  # fmt: skip


def _seed_articles(connection: sqlite3.Connection) -> None:
    presses = ["song-viet", "tan-tin", "nhip-so", "portal-bo-khcn"]
    for n in range(60):
        title, text, topics, agencies = TEXTS[n % len(TEXTS)]
        named = (NAMED, "Nghị quyết 57", "NQ57")[n % 3]
        day = TODAY - timedelta(days=1 + n * 3 // 2)
        reprint = n % 10 == 9
        title = f"{title.format(named=named)}, đợt {n + 1}"
        add(
            connection, n + 1, presses[n % 4], f"https://{presses[n % 4]}.example/bai-{n + 1}.html", title, text.format(named=named),
            published=f"{day}T08:{n % 60:02d}:00+07:00", relevance=1 + n % 2, story=n if reprint else n + 1,
            original=not reprint, topics=topics, agencies=agencies,
        )  # fmt: skip
    extra = [
        (61, "Đời mới ở bản Mông", "Cuộc đời mới của bà con sau khi có đường.", "vi", 1),
        (62, "Cong bo ke hoach chuyen doi so", "Bai viet khong dau ve chuyen doi so va doi moi.", "vi", 1),
        (63, "Resolution 57 opens the door to chips", "Resolution No. 57 of the Politburo, semiconductors.", "en", 2),
        (64, "Nghị định 57 về đường bộ", "Nghị định 57 không phải là nghị quyết.", "vi", 0),
    ]
    for key, title, text, language, relevance in extra:
        source = "lotus-post" if language == "en" else "song-viet"
        add(
            connection, key, source, f"https://{source}.example/{key}", title, text, published="2026-10-20",
            relevance=relevance, language=language, story=key,
        )  # fmt: skip


def _seed_hostile(connection: sqlite3.Connection) -> None:
    for n, (title, text, url) in enumerate(HOSTILE):
        add(connection, 101 + n, "evil", url, title, text, published="2026-10-01T10:00:00+07:00", story=101 + n)


def add(
    connection: sqlite3.Connection, key: int, source: str, url: str, title: str, text: str, *, published: str | None,
    relevance: int = 2, language: str = "vi", story: int, original: bool = True, topics: Any = (), agencies: Any = (),
) -> None:  # fmt: skip
    """One article with its tags, its relevance passages, its story and its archived page."""
    connection.execute("insert into stories (id, articles) values (?, 0) on conflict do nothing", (story,))
    connection.execute(
        "insert into articles values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (key, url, source, title, None, text, "Minh Hà" if key % 2 else None, language, published, published and published[:10],
         "jsonld", "2026-10-31T06:00:00+07:00", len(text.split()), relevance, 0.97 if relevance else 0.02, story, int(original),
         "article", "nq57-topics-1", None),
    )  # fmt: skip
    connection.execute("update stories set articles = articles + 1, first_article_id = coalesce(first_article_id, ?) where id = ?",
                       (key, story))  # fmt: skip
    connection.execute(
        "insert into pages (url, source_id, state, first_seen_at, warc_file, warc_offset) values (?, ?, 'article', ?, ?, ?)",
        (url, source, "2026-10-31T06:00:00+07:00", "NQ57-20261031-0001.warc.gz", key * 1000),
    )
    for field, words in (("title", title), ("text", text)):
        for name in (NAMED, "Nghị quyết 57", "NQ57"):
            if (at := words.find(name)) >= 0:
                connection.execute(
                    "insert or ignore into article_spans values (?, 'relevance', ?, ?, ?)", (key, field, at, at + len(name))
                )
    for topic in topics:
        connection.execute("insert into article_topics values (?, ?, 0.91, 'model', 'nq57-topics-1')", (key, topic))
    for agency in agencies:
        connection.execute("insert into article_agencies values (?, ?, 2, 1, 'actor', 'rule')", (key, agency))


def _seed_targets(connection: sqlite3.Connection) -> None:
    day = "2026-10-31"
    units = [
        row[0]
        for row in connection.execute(
            "select id from agencies where valid_to is null and kind in ('ministry', 'ministerial', 'government', 'province') order by id"
        )
    ]
    proof = connection.execute(
        """insert into evidence (target_id, unit_id, url, article_id, kind, decided_at, published_on, passage, document, rule,
               warc_file, warc_offset)
           values ('plans-2025', 'bo-khcn', 'https://bo-khcn.example/ke-hoach', 2, 'plan', '2026-10-31T06:00:00+07:00',
               '2025-07-02', 'Kế hoạch thực hiện Quyết định số 1169/QĐ-TTg', 'Kế hoạch số 12/KH-BKHCN', 'plans-2025/1',
               'NQ57-20261031-0001.warc.gz', 4096) returning id"""
    ).fetchone()[0]  # fmt: skip
    connection.execute(
        """insert into evidence (target_id, unit_id, url, kind, decided_at, published_on, passage, rule, state)
           values ('plans-2025', 'bo-khcn', 'javascript:alert(1)', 'mention', '2026-10-31', '2025-08-02', ?, 'plans-2025/1',
               'rejected')""",
        (SCRIPT,),
    )
    for n, unit in enumerate(units):
        met = n % 5 == 0 or unit == "bo-khcn"
        verdict, reason = ("met", "plan") if met else ("unknown", "robots") if n % 5 == 1 else ("not_met", "no-plan")
        connection.execute(
            f"insert into target_verdicts {VERDICT} values ('plans-2025', ?, ?, ?, ?, ?, 'plans-2025/1', null, ?)",
            (unit, day, verdict, reason, "2025-07-02" if met else None, proof if unit == "bo-khcn" else None),
        )
        connection.execute(
            f"insert into target_verdicts {VERDICT} values ('columns-2025', ?, ?, ?, ?, null, 'columns-2025/1', ?, null)",
            (unit, day, *(("not_met", "silent", "2026-08-12") if n % 3 else ("met", "alive", "2026-10-29"))),
        )
        connection.execute(
            f"insert into target_verdicts {VERDICT} values ('training-2030', ?, ?, 'unknown', 'no-figures', null, 'waiting/1', null, null)",
            (unit, day),
        )
    for outlet, verdict, reason in (("song-viet", "met", "alive"), ("tan-tin", "not_met", "no-page"),
                                    ("bien-xa", "unknown", "unreachable")):  # fmt: skip
        connection.execute(
            f"insert into target_verdicts {VERDICT} values ('press-2025', ?, ?, ?, ?, '2026-10-01', 'press-2025/1', null, null)",
            (outlet, day, verdict, reason),
        )
    connection.execute(
        """insert into target_progress
           select target_id, as_of, sum(verdict = 'met'), sum(verdict = 'not_met'), sum(verdict = 'unknown'), count(*),
               avg(verdict = 'met'), 0 from target_verdicts group by target_id, as_of"""
    )
    dims = {"all": "''", "source": "source_id"}
    for dim, key in dims.items():
        connection.execute(
            f"""insert into tallies
                select 'week', date(published_on, 'weekday 0', '-6 days'), ?, {key}, count(*), count(distinct story_id),
                    sum(original) from articles where relevance > 0 group by 2, 4""",
            (dim,),
        )


def _seed_run(connection: sqlite3.Connection) -> None:
    connection.execute(
        "insert into runs (id, command, started_at, finished_at, state, summary) values (1, 'weekly', '2026-10-31T05:00:00+07:00', '2026-10-31T05:04:00+07:00', 'attention', ?)",
        (json.dumps({"counts": {"article": 66}}),),
    )
    rows = [("bien-xa", "https://bien-xa.example/", "error", "dns", "không phân giải được tên"),
            ("portal-gia-lai", "https://portal-gia-lai.example/", "error", "robots", "Disallow: /"),
            ("evil", "javascript:alert(1)", "warning", "bad-feed", SCRIPT)]  # fmt: skip
    connection.executemany("insert into failures values (1, ?, ?, 'discover', ?, ?, ?, '2026-10-31T05:01:00+07:00')", rows)
