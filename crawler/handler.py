"""One request on the wire: paced by the run's courtesy, bounded in its headers, stopped at once when the run is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    StopDownload,
)
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from crawler.clock import now
from crawler.courtesy import Courtesy
from crawler.download import Interrupted, RefusedRequest, reason_of
from crawler.extensions import STOP, Session
from crawler.items import Reason

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_HEADER_LINES = 200
MAX_HEADER_BYTES = 65_536
"""Of all headers of one answer; a line longer than Twisted's 16 KiB ends it too. The largest seen on a portal is 6 kB."""
ROBOTS_READ = 1_048_576
"""Bytes read of a robots.txt; RFC 9309 2.5 asks for at least 500 KiB to be parsed."""
_SILENT = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)


class SwollenHeaders(Exception):
    """An answer whose headers pass the bounds."""

    def __init__(self) -> None:
        super().__init__(f"headers of more than {MAX_HEADER_BYTES} bytes or {MAX_HEADER_LINES} lines")


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https behind the run's courtesy.

    It waits here rather than in a middleware because every request passes: redirect steps, robots.txt and retries too.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        self._contextFactory: Any = Certificates(crawler, self._contextFactory)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._stopped = False
        self._robots = 0
        """Files of rules that are under way."""
        crawler.signals.connect(self._note_headers, signal=signals.headers_received)
        crawler.signals.connect(self.stop, signal=STOP)

    def stop(self) -> None:
        """Let go of everything that is under way."""
        self._stopped = True
        for task in tuple(self._under_way):
            task.cancel()

    async def download_request(self, request: Request) -> Response:
        """One answer. Raises RefusedRequest while the host wants to be left alone, Interrupted when the run is stopped."""
        if self._stopped:
            raise Interrupted
        task = asyncio.ensure_future(self._ask(request, Session.of(self._crawler).courtesy))
        self._under_way.add(task)
        try:
            return await task
        except asyncio.CancelledError as error:
            raise Interrupted from error
        finally:
            self._under_way.discard(task)

    async def _ask(self, request: Request, courtesy: Courtesy) -> Response:
        host = urlsplit(request.url).hostname or ""
        while not (deferral := courtesy.deferral(host)) and (seconds := courtesy.wait(host)) > 0:
            await asyncio.sleep(seconds)
        if deferral is not None:
            raise RefusedRequest(deferral.reason, deferral.detail, deferred=True)
        courtesy.asked(host)
        try:
            with self._bounded(request):
                response = await super().download_request(request)
        except _SILENT as error:
            reason, detail = reason_of(error, host)
            if isinstance(error, DownloadTimeoutError) and request.meta.get("answering"):
                reason = Reason.TOO_SLOW
            courtesy.failed(host, request.url, reason, detail)
            if reason in (Reason.TOO_SLOW, Reason.TOO_LARGE):
                raise RefusedRequest(reason, detail) from error
            raise
        told = response.headers.get("Retry-After")
        courtesy.answered(host, response.status, told.decode("latin-1") if told else None, now())
        return response

    def _note_headers(self, request: Request) -> None:
        """An answer that began and is not whole in time was too slow; one that never began timed out."""
        request.meta["answering"] = True

    @contextmanager
    def _bounded(self, request: Request) -> Iterator[None]:
        """Watch the bytes of a robots.txt. Nobody listens at other times: the signal is sent for every piece of a page."""
        if not request.meta.get("is_robots"):
            yield
            return
        self._robots += 1
        if self._robots == 1:
            self._crawler.signals.connect(self._read_enough, signal=signals.bytes_received)
        try:
            yield
        finally:
            self._robots -= 1
            if not self._robots:
                self._crawler.signals.disconnect(self._read_enough, signal=signals.bytes_received)

    def _read_enough(self, data: bytes, request: Request) -> None:
        """Of a robots.txt the beginning counts, however long it is."""
        if request.meta.get("is_robots"):
            request.meta["robots_read"] = request.meta.get("robots_read", 0) + len(data)
            if request.meta["robots_read"] > ROBOTS_READ:
                raise StopDownload(fail=False)


@implementer(IPolicyForHTTPS)
class Certificates:
    """Certificates are checked, but for the hosts of which a person has said that theirs is broken."""

    def __init__(self, crawler: Crawler, checked: Any) -> None:
        self._checked = checked
        self._unchecked = _ScrapyClientContextFactory.from_crawler(crawler)
        self._unchecked._verify_certificates = False
        self._broken = frozenset(crawler.settings.getlist("NQ57_BROKEN_CERTIFICATES"))

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        """Twisted's call for each connection."""
        policy: Any = self._unchecked if hostname.decode("ascii") in self._broken else self._checked
        return policy.creatorForNetloc(hostname, port)


class _BoundedParser(_LenientHTTPClientParser):
    lines = 0
    size = 0

    def lineReceived(self, line: bytes) -> None:
        """Twisted's call for each line before the body; it keeps all of them, so they are counted."""
        self.lines += 1
        self.size += len(line)
        if self.lines > MAX_HEADER_LINES or self.size > MAX_HEADER_BYTES:
            raise SwollenHeaders
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Twisted's call for a line without an end."""
        raise SwollenHeaders


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        """Twisted makes the parser inside this call and offers no other way to choose it."""
        answer = super().request(request)
        self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        """Twisted's call for each connection."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
