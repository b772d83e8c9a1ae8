"""Every request passes here, redirect steps too: the guard, the proxy, and robots.txt by RFC 9309."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import ACCEPTED_ENCODINGS
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.http.request import NO_CALLBACK

from crawler.discover.packed import BrokenGzip, gunzipped
from crawler.download import Interrupted, RefusedRequest, reason_of
from crawler.extensions import Session
from crawler.guard import Refused
from crawler.items import Reason, Unreadable
from crawler.urls import canonical

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ROBOTS_MAX_BYTES = 10_000_000
"""A robots.txt that is declared or unpacked to more than this is not read at all."""
ROBOTS_PARSED = 1_048_576
"""Bytes of it that count (RFC 9309 2.5: at least 500 KiB); the handler stops reading there."""
ENCODINGS = frozenset({"", "identity", "x-gzip", *(coding.decode() for coding in ACCEPTED_ENCODINGS)})
HARMLESS = frozenset({"none", "binary", "8bit", "utf-8", "utf8", "text", "text/html"})
"""What servers write by mistake over a body that is not packed at all; browsers read it as it is, and so do we."""

Rules = Protego | RefusedRequest | Interrupted
"""What robots.txt said, or why nobody knows."""


class GuardMiddleware:
    """Lets a source's requests reach only that source, and sends them through the proxy where one is set."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._proxy: str = crawler.settings["NQ57_PROXY"]
        self._played = tuple(crawler.settings.getlist("NQ57_PROXY_NAMES"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what the guard refuses; every redirect step comes through here again."""
        # A redirect step carries the slot of the host that it came from; each host has its own.
        for stale in ("download_slot", "answering"):
            request.meta.pop(stale, None)
        session = Session.of(self._crawler)
        try:
            reach = session.reach[request.meta["source_id"]]
            session.guard.check_url(request.url, reach)
            if self._proxy:
                await self._check_name(session, request.url)
        except Refused as refusal:
            raise RefusedRequest(refusal.reason, refusal.detail) from refusal
        # Here and not where it is listed: by then nothing of its path was fetched yet.
        if "entry" in request.cb_kwargs and (trap := session.echoes.trap_in(canonical(request.url) or request.url)) is not None:
            raise RefusedRequest(Reason.TRAP, trap, deferred=True)
        if self._proxy:
            request.meta["proxy"] = self._proxy

    async def _check_name(self, session: Session, url: str) -> None:
        """A proxy connects by itself, so a name is checked here before it is handed over.

        A name that does not resolve here may well resolve at the proxy: an office behind one often has no DNS of its own.
        """
        host = urlsplit(url).hostname or ""
        if any(host == name or host.endswith(f".{name}") for name in self._played):
            return
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return
        for *_, address in found:
            session.guard.check_address(str(address[0]))


class EncodingMiddleware:
    """One content-encoding that we know, or none: a pile of them is how a bomb grows beyond any bound.

    Gzip, which nearly every server uses, is unpacked here: in one call instead of Scrapy's many, and half a page, which Scrapy
    and browsers take as far as it goes, does not pass for a whole one.
    """

    def __init__(self, most: int) -> None:
        """`most`: bytes after unpacking, unless a request says otherwise."""
        self._most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EncodingMiddleware:
        """Scrapy's way to make it."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse before anything is unpacked."""
        told = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        codings = [coding.strip().lower() for coding in told.split(",")]
        if len(codings) > 1 or codings[0] not in ENCODINGS | HARMLESS:
            raise RefusedRequest(Reason.BAD_ENCODING, f"content-encoding {told[:100]}")
        if codings[0] not in ("gzip", "x-gzip"):
            return response
        body = _gunzip(response.body, request.meta.get("download_maxsize", self._most))
        # Without it Scrapy would look for a charset in the packed bytes, and take what it finds for the page's.
        fresh: dict[str, Any] = {"encoding": None} if isinstance(response, TextResponse) else {}
        unpacked: Response = response.replace(body=body, **fresh)
        del unpacked.headers["Content-Encoding"]
        return unpacked


def _gunzip(packed: bytes, most: int) -> bytes:
    """A whole gzip file, or RefusedRequest."""
    try:
        body, is_whole = gunzipped(packed, most)
    except BrokenGzip as error:
        raise RefusedRequest(Reason.BAD_ENCODING, f"gzip: {error}") from error
    except Unreadable as error:
        raise RefusedRequest(error.reason, error.detail) from error
    if not is_whole:
        raise RefusedRequest(Reason.BAD_ENCODING, "gzip breaks off")
    return body


class RobotsMiddleware:
    """robots.txt by RFC 9309: 4xx allows, 5xx and network errors disallow for now; crawl-delay is honoured up to a bound."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["NQ57_ROBOTS_AGENT"]
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids; robots.txt itself is fetched once a host and run."""
        if request.meta.get("is_robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin, request.meta["source_id"]))
        # shield: one cancelled request must not cancel the rules that the others wait for
        rules = await asyncio.shield(self._rules[origin])
        if isinstance(rules, IgnoreRequest):
            raise rules
        if not rules.can_fetch(request.url, self._agent):
            raise RefusedRequest(Reason.ROBOTS, f"disallowed by {origin}/robots.txt")
        if (delay := rules.crawl_delay(self._agent)) is not None:
            Session.of(self._crawler).courtesy.slow(parts.hostname or "", float(delay))

    async def _fetch(self, origin: str, source_id: str) -> Rules:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=1_000,
            meta={"is_robots": True, "source_id": source_id, "download_maxsize": ROBOTS_MAX_BYTES, "max_retry_times": 1},
        )
        engine = self._crawler.engine
        assert engine is not None  # a request is under way, so the engine runs
        try:
            response = await engine.download_async(request)
        except (RefusedRequest, Interrupted) as refusal:
            return refusal
        except Exception as error:  # noqa: BLE001 - whatever keeps robots.txt from us disallows the host for this run
            reason, detail = reason_of(error, urlsplit(origin).hostname or "")
            return RefusedRequest(reason, f"{origin}/robots.txt: {detail}")
        return _rules(response, origin)


def _rules(response: Response, origin: str) -> Rules:
    status = response.status
    if status == 429:
        return RefusedRequest(Reason.RATE_LIMITED, f"{origin}/robots.txt answered 429", deferred=True)
    if status >= 500 or 300 <= status < 400:
        reason = Reason.REDIRECT if "Location" in response.headers else Reason.HTTP
        return RefusedRequest(reason, f"{origin}/robots.txt answered {status}")
    if status >= 400:
        return Protego.parse("")
    return Protego.parse(response.body[:ROBOTS_PARSED].decode("utf-8-sig", errors="replace"))
