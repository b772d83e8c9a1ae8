"""A little web for the tests of the crawl: a forward proxy on loopback that plays the hosts and pages that a test writes down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.store.db import open_database

HOSTS = [f"bao{n}.vn" for n in range(1, 9)]
TEXT = (
    "<h1>{title}</h1><time datetime='2026-10-{day:02d}T08:00:00+07:00'></time><article>"
    "<p>Nghị quyết số 57-NQ/TW của Bộ Chính trị được {who} triển khai bằng những việc cụ thể trong tháng này.</p>"
    "<p>{who} giao từng đơn vị chịu trách nhiệm về kết quả, báo cáo hằng tuần và công khai tiến độ để người dân theo dõi, "
    "góp ý và cùng giám sát việc thực hiện.</p>"
    "<p>Những khó khăn về dữ liệu, hạ tầng và nhân lực ở {who} được nêu thẳng thắn cùng hướng tháo gỡ.</p></article>"
)


@dataclass
class LittleWeb:
    """`pages` maps an address to its body, its status, or (status, headers, body); what is not in it answers 404."""

    pages: dict[str, str | bytes | int | tuple[int, dict[str, str], str | bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    proxy: str = ""
    hosts: list[str] = field(default_factory=list)
    roster: Path = Path()

    def answer(self, url: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(url)
        found = self.pages.get(url, 404)
        status, headers, body = (
            found if isinstance(found, tuple) else (found, {}, "") if isinstance(found, int) else (200, {}, found)
        )
        return status, headers, body.encode() if isinstance(body, str) else body


@pytest.fixture
def little_web() -> Iterator[LittleWeb]:
    web = LittleWeb()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = web.answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.proxy = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield web
    server.shutdown()
    server.server_close()
    thread.join()


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that two ways to the same rows must agree on: without ids, runs and times of processing."""
    db = open_database(path)
    of = "join articles a on a.id = t.article_id order by 1, 2"
    queries = {
        "pages": """select url, source_id, state, reason, http_status, digest, title, published_on, found_on, way, same_as
            from pages order by url""",
        "articles": """select a.url, a.source_id, a.title, a.text, a.language, a.published_at, a.relevance, a.relevance_score,
            a.original, f.url, s.articles from articles a join stories s on s.id = a.story_id
            join articles f on f.id = s.first_article_id order by a.url""",
        "topics": f"select a.url, t.topic_id, t.score from article_topics t {of}",
        "agencies": f"select a.url, t.agency_id, t.mentions, t.role from article_agencies t {of}",
        "versions": f"select a.url, t.n, t.digest from article_versions t {of}",
        "endpoints": "select source_id, url, kind, status, items, digest from endpoints order by 1, 2",
        "sources": "select id, status from sources order by 1",
        "search": """select a.url from articles_fts f join articles a on a.id = f.rowid
            where articles_fts match 'nghi quyet' order by 1""",
    }
    rows = {name: db.execute(query).fetchall() for name, query in queries.items()}
    rows["integrity"] = db.execute("pragma integrity_check").fetchall() + db.execute("pragma foreign_key_check").fetchall()
    db.close()
    return rows


@pytest.fixture
def rows_of() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """Everything in a database that must not depend on the way in which it was filled."""
    return _rows


@pytest.fixture
def web(little_web: LittleWeb, tmp_path: Path) -> LittleWeb:
    """Eight newspapers with three articles each; the third of each is the same text everywhere."""
    rows = []
    for number, host in enumerate(HOSTS, 1):
        links = []
        for day in (1, 2, 3):
            who = "Bộ Khoa học và Công nghệ" if day == 3 else f"xã Đông {number} thôn {day}"
            url = f"http://{host}/tin-so-{day}-nghi-quyet-57-{number}{day}1234.html"
            little_web.pages[url] = f"<title>Tin {day}</title>" + TEXT.format(
                title=f"Tin số {day} từ báo {number}", day=day, who=who
            )
            links.append(f"<li><a href='{url}'>Tin số {day} của tờ báo này</a></li>")
        links.append(f"<li><a href='http://{host}/hoa-qua-mua-nay-{number}991234.html'>Hoa quả của mùa này rất ngon</a></li>")
        little_web.pages[f"http://{host}/hoa-qua-mua-nay-{number}991234.html"] = "<h1>Hoa quả</h1><p>Ngon và rẻ.</p>"
        little_web.pages[f"http://{host}/tin"] = f"<body><ul>{''.join(links)}</ul></body>"
        rows.append({"id": f"bao-{number}", "name": f"Báo {number}", "kind": "press", "hosts": [host], "home": f"http://{host}/"})
        rows[-1]["listings"] = [f"http://{host}/tin"]
    (tmp_path / "sources.yaml").write_text("\n".join(f"- {json.dumps(row)}" for row in rows), "utf-8")
    little_web.hosts = HOSTS
    little_web.roster = tmp_path / "sources.yaml"
    return little_web
