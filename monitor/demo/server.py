"""A forward HTTP proxy on 127.0.0.1 that plays every host of the press web under its own name; runs alone too."""

from __future__ import annotations

import argparse
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from monitor.demo.answers import Answer, Route
from monitor.demo.faults import misbehave
from monitor.demo.routes import Routes, build_routes
from monitor.demo.sites import load_sites
from monitor.demo.texts import load_texts
from monitor.demo.web import Web, build_web

LOOPBACK = "127.0.0.1"


class Request(NamedTuple):
    """One request as the log of the press web keeps it, in the order of the answers."""

    method: str
    host: str
    path: str
    status: int
    """0 where the connection ended without an answer."""
    time: float
    """Seconds since the epoch at which the request had been read."""


class _Server(ThreadingHTTPServer):
    """Threads that end with the server: it closes the connections that clients keep open."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, routes: Routes, log: list[Request]) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.routes = routes
        self.log = log
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self._made: dict[tuple[str, str], Answer] = {}

    def answer(self, host: str, target: str, route: Route) -> Answer:
        """The route's answer, rendered once."""
        key = (host, target)
        if key not in self._made:
            self._made[key] = route.make()
        return self._made[key]

    def hang_up(self) -> None:
        """End all conversations, those that hang included."""
        self.stopping.set()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was quicker

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "press"
    sys_version = ""
    server: _Server

    def setup(self) -> None:
        """Remember the connection, so that the server can end it."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection again."""
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        """Answer a request for a page."""
        self._serve()

    def do_HEAD(self) -> None:
        """Answer the same without a body."""
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: the log is a list."""

    def _serve(self) -> None:
        began = time.time()
        parts = urlsplit(self.path)
        host = (parts.hostname or "").lower()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        answer = self._answer(host, target)
        # Logged before it is sent, so that whoever has the answer finds the line.
        self.server.log.append(Request(self.command, host, target, answer.status if answer else 0, began))
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def _answer(self, host: str, target: str) -> Answer | None:
        try:
            route = self.server.routes.find(host, target)
        except KeyError:
            return Answer(b"unknown host\n", "text/plain", 502)
        if route is None:
            fault = self.server.routes.sites[host].fault
            answer = self.server.routes.missing(host)
        else:
            fault = route.fault
            answer = self.server.answer(host, target, route)
        if fault is not None:
            return misbehave(fault, answer, self.connection, self.server.stopping)
        return Answer(status=304, modified=answer.modified) if self._unchanged(answer) else answer

    def _unchanged(self, answer: Answer) -> bool:
        if answer.status != 200:
            return False
        if tag := self.headers.get("If-None-Match"):
            return tag == answer.etag
        since = self.headers.get("If-Modified-Since")
        return bool(since and answer.modified and answer.modified.replace(microsecond=0) <= _http_date(since))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.status == 200:
            self.send_header("ETag", answer.etag)
        if answer.modified:
            self.send_header("Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True))
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            length = len(answer.body) if answer.claimed_length is None else answer.claimed_length
            self.send_header("Content-Length", str(length))
        if answer.claimed_length is not None:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(answer.body)


class PressWeb:
    """The running press web; use it as a context manager.

    `web` is what to serve (None: the bundled one), `port` where (0: any free port). Only 127.0.0.1 is ever bound.
    """

    def __init__(self, web: Web | None = None, port: int = 0) -> None:
        self.web = web if web is not None else bundled_web()
        self.routes = build_routes(self.web)
        self.requests: list[Request] = []
        self._server = _Server(port, self.routes, self.requests)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="press web")

    @property
    def proxy_url(self) -> str:
        """What a client takes as its HTTP proxy."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def urls(self, kind: str = "html") -> tuple[str, ...]:
        """All addresses of a kind: html, feed, sitemap, document, robots or redirect."""
        return self.routes.urls(kind)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._thread.join()
        self._server.server_close()


def bundled_web() -> Web:
    """The press web of the repository: texts/*.yaml published as sites.yaml says."""
    return build_web(load_texts(), load_sites())


def _http_date(value: str) -> datetime:
    """A date of a conditional request; the distant past where it is none, so that the page is sent."""
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def main() -> None:
    """Serve until interrupted and print the proxy's address."""
    parser = argparse.ArgumentParser(prog="python -m monitor.demo.server", description="Play the press web through a proxy.")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    with PressWeb(port=parser.parse_args().port) as press:
        print(f"http_proxy={press.proxy_url}  {len(press.urls())} pages on {len(press.routes.table)} hosts", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
