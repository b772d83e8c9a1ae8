"""Which hosts and addresses a source may reach: a URL or an address in, nothing or a named refusal out."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.items import Reason
from crawler.roster import Source

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_LENGTH = 2_048
WEB_PORTS = frozenset({80, 443})

# Ranges that `is_global` lets through although they lead elsewhere than the public web (IANA special-purpose registries).
_NEVER_PUBLIC: tuple[Network, ...] = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relay
    ipaddress.ip_network("64:ff9b::/96"),  # NAT64: an IPv4 address in disguise
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("2001::/32"),  # Teredo
)


class Refused(Exception):
    """A request that must not be made; `reason` and `detail` go into the failures table."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one source's requests may go: its hosts with their subdomains, and its ports."""

    hosts: frozenset[str]
    ports: frozenset[int]

    @classmethod
    def of(cls, source: Source) -> Reach:
        """The reach of a roster entry: its hosts, the web's ports and those of its own URLs."""
        ports = {port for url in _urls(source) if (port := _port(url)) is not None}
        return cls(frozenset(host.lower().rstrip(".") for host in source.hosts), WEB_PORTS | frozenset(ports))


class Guard:
    """The one gate for scheme, host, port and address; `allow` names the non-public networks that may be reached."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """`allow`: CIDR blocks. Raises ValueError naming the one that is not a network."""
        self._allow: tuple[Network, ...] = tuple(_network(block) for block in allow)

    def check_url(self, url: str, reach: Reach) -> None:
        """Raise Refused unless `url` is http(s), short, without user name, and within `reach`.

        An address written as a number in any notation is no host name of a source, so it passes only when the roster
        itself names it, and then only if it is public or allowed.
        """
        if len(url) > MAX_URL_LENGTH:
            raise Refused(Reason.TRAP, f"URL of {len(url)} characters")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise Refused(Reason.OUTSIDE_HOSTS, f"{url[:200]}: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise Refused(Reason.OUTSIDE_HOSTS, f"not a web address: {url[:200]}")
        if "\\" in url or parts.username is not None or (host := _plain(host)) is None:
            raise Refused(Reason.OUTSIDE_HOSTS, f"disguised host: {url[:200]}")
        if not _belongs(host, reach.hosts):
            raise Refused(Reason.OUTSIDE_HOSTS, f"{host} is not one of the source's hosts")
        if (port or (443 if parts.scheme == "https" else 80)) not in reach.ports:
            raise Refused(Reason.OUTSIDE_HOSTS, f"port {port} is not one of the source's ports")
        if (address := _literal(host)) is not None:
            self.check_address(address)

    def check_address(self, address: str | Address) -> None:
        """Raise Refused unless the address is public or allowed; called with the address actually connected to."""
        parsed = ipaddress.ip_address(address) if isinstance(address, str) else address
        mapped = getattr(parsed, "ipv4_mapped", None)
        parsed = mapped or parsed
        if any(parsed.version == network.version and parsed in network for network in self._allow):
            return
        hidden = any(parsed.version == network.version and parsed in network for network in _NEVER_PUBLIC)
        if hidden or not parsed.is_global or parsed.is_multicast:
            raise Refused(Reason.PRIVATE_ADDRESS, str(parsed))


def _network(block: str) -> Network:
    try:
        return ipaddress.ip_network(block, strict=False)
    except ValueError as error:
        raise ValueError(f"--allow-address {block}: not a network ({error})") from error


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return None


def _plain(host: str) -> str | None:
    """The host in ASCII; a name in Vietnamese letters stands for its punycode, letters that only look like others for nothing."""
    if not host.isascii():
        if unicodedata.normalize("NFKC", host) != host:
            return None
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return host.lower().rstrip(".")


def _belongs(host: str, hosts: frozenset[str]) -> bool:
    if host in hosts:
        return True
    # An address has no subdomains: 1.127.0.0.1 is not inside 127.0.0.1.
    return any(host.endswith(f".{own}") for own in hosts if _literal(own) is None)


def _urls(source: Source) -> Iterable[str]:
    yield source.home
    for endpoints in (source.feeds, source.sitemaps, source.listings, source.columns):
        for endpoint in endpoints:
            yield endpoint.url


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None
