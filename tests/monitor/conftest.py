"""A little web for the tests of the crawl: a forward proxy on loopback that plays the hosts and pages that a test writes down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class LittleWeb:
    """`pages` maps an address to its body, its status, or (status, headers, body); what is not in it answers 404."""

    pages: dict[str, str | bytes | int | tuple[int, dict[str, str], str | bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    proxy: str = ""

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
