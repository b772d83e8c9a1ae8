"""The connection check, and the names of its failures: every address passes the guard before Twisted connects to it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import exceptions
from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.guard import Guard, Refused
from crawler.items import Reason

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

REFUSED_NAMES: dict[str, str] = {}
"""Names that resolved to refused addresses only, with the address. Twisted says of them no more than that they do not
resolve, so the failure handler looks here; a resolver is installed once a process, hence one table a process."""

_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (exceptions.CannotResolveHostError, Reason.DNS),
    (exceptions.DownloadConnectionRefusedError, Reason.REFUSED),
    (exceptions.DownloadTimeoutError, Reason.TIMEOUT),
    (exceptions.DownloadCancelledError, Reason.TOO_LARGE),  # raised by DOWNLOAD_MAXSIZE, before and after decompression
    (exceptions.ResponseDataLossError, Reason.REFUSED),
    (exceptions.DownloadFailedError, Reason.REFUSED),
    (exceptions.UnsupportedURLSchemeError, Reason.OUTSIDE_HOSTS),
    (zlib.error, Reason.BAD_ENCODING),
    (ValueError, Reason.REDIRECT),  # an address that cannot be, such as a port of 99999: only a redirect leads to one
    (OSError, Reason.BAD_ENCODING),  # what gzip and brotli raise for bytes that are not theirs
)
_WORDS: tuple[tuple[str, Reason], ...] = (
    ("redirections", Reason.REDIRECT),
    ("Missing scheme in request url", Reason.REDIRECT),
    ("during decompression", Reason.TOO_LARGE),
    ("headers of more than", Reason.TOO_LARGE),
    ("brotli: decoder failed", Reason.BAD_ENCODING),
    ("Unable to decompress Zstandard data", Reason.BAD_ENCODING),
)
"""What Scrapy, brotli and zstandard tell by the words of a message only."""

_TWISTED = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ([^>]*)>\]?")
"""How Twisted prints a failure inside a failure; a person wants its message."""


class RefusedRequest(IgnoreRequest):
    """A request that we do not make, with the reason that its outcome will carry."""

    def __init__(self, reason: Reason, detail: str, *, deferred: bool = False) -> None:
        """`deferred`: the host is left alone for this run only, so the next one asks again."""
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
        self.deferred = deferred


class Interrupted(IgnoreRequest):
    """The run was stopped while this request was under way: nothing is known of it, and nothing is recorded."""


def reason_of(error: BaseException | None, host: str) -> tuple[Reason, str]:
    """The shared reason and a short detail for whatever Scrapy raised while asking `host`."""
    if isinstance(error, RefusedRequest):
        return error.reason, error.detail
    if isinstance(error, exceptions.CannotResolveHostError) and host in REFUSED_NAMES:
        return Reason.PRIVATE_ADDRESS, f"{host} resolves to {REFUSED_NAMES[host]}"
    detail = _TWISTED.sub(r"\1", str(error))[:300] or type(error).__name__
    if (told := next((reason for words, reason in _WORDS if words in str(error)), None)) is not None:
        return told, detail
    return next(((reason, detail) for kind, reason in _REASONS if isinstance(error, kind)), (Reason.HTTP, detail))


@implementer(IResolutionReceiver)
class CheckedAddresses:
    """Hands on only the addresses that the guard lets through; a name without any does not resolve."""

    def __init__(self, receiver: Any, guard: Guard, name: str) -> None:
        self._receiver = receiver
        self._guard = guard
        self._name = name

    def resolutionBegan(self, resolution: Any) -> None:
        """Twisted's call: nothing to check yet."""
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        """Twisted's call for each address: the one that would be connected to."""
        try:
            self._guard.check_address(address.host)
        except Refused as refusal:
            REFUSED_NAMES[self._name] = refusal.detail
        else:
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        """Twisted's call: the list is whole."""
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver behind the guard. Nothing resolves twice, so the address checked is the address connected to.

    The proxy that the user named is exempt: a person chose its address, not a page.
    """

    def __init__(self, reactor: Any, guard: Guard, exempt: str | None) -> None:
        self._reactor = reactor
        self._original = reactor.nameResolver
        self._guard = guard
        self._exempt = exempt

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        """Scrapy's way to make it, once a process."""
        proxy = crawler.settings["NQ57_PROXY"]
        exempt = urlsplit(proxy).hostname if proxy else None
        return cls(reactor, Guard(crawler.settings.getlist("NQ57_ALLOW_ADDRESSES")), exempt)

    def install_on_reactor(self) -> None:
        """Scrapy's way to put it in place."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Resolve, and let only checked addresses through to the receiver."""
        receiver = resolutionReceiver
        if hostName != self._exempt:
            receiver = CheckedAddresses(resolutionReceiver, self._guard, hostName)
        return self._original.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
