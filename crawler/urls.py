"""Addresses in, keys out: one canonical form for the many addresses of one page, and what an address alone tells about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

MAX_LENGTH = 2048
"""Characters; the bound that Media Cloud's fetcher sets, well above any address seen on a Vietnamese site."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_STRIPPED = " \t\r\n\f\v\u00a0\u200b\u2060\ufeff"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

# Second-level registries: `m.gov.vn` is a body of its own, not the mobile edition of `gov.vn`.
_REGISTRIES = frozenset(
    f"{name}.vn" for name in ("com", "gov", "org", "edu", "net", "info", "name", "pro", "health", "int", "ac")
)
_EDITIONS = re.compile(r"(?:m|amp|lite)\.(?=[^.]+\.[^.])")

_TRACKING = re.compile(
    r"(?:utm|vn|itm|pk|mtm|ga|hsa|at|vero)_(?:source|medium|campaign|term|content|id|aid|name|zone|thumb|topic|bizid).*"
    r"|utm_.*|fb_(?:action|comment|source|ref).*|mc_[ce]id|_g[al]|_hsenc|_hsmi|_openstat|ref_(?:src|url)|referr?er|ref|spm|cmpid"
    r"|(?:fb|g|d|tw|y|z|ysc|tt)clid|msclkid|gbraid|wbraid|igshid|igsh|zarsrc|gidzl|zalo_.*|inheritredirect|fromrss|share_?from",
    re.IGNORECASE,
)
_SESSION = re.compile(r"(?:phpsessid|jsessionid|sessionid|session_id|aspsessionid.*|cfid|cftoken)", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-z]{16,}", re.IGNORECASE)
# What only asks for the same page in another dress: AMP, print, e-mail form, an opened tab (seen on Vietnamese sites).
_DRESS = re.compile(
    r"(?:layout|view|outputtype|type|format|mode|display)=(?:amp|print)|amp(?:=.{0,4})?|print(?:=(?:1|true|yes)?)?"
    r"|tmpl=component|ac=emails|tab=[0-9]+|src=rss|source=rss",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\(S\([0-9a-z]+\)\)(?=/)", re.IGNORECASE)
_PRINT_SEGMENT = re.compile(r"/(?:print|savefile)(?=/(?:[^/]+/)*[^/]*[0-9][^/]*\.html?$)", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])/amp/?$", re.IGNORECASE)
_DOT_SEGMENT = re.compile(r"/\.(?=/|$)|/{2,}")
_ENCODE = re.compile(r"%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")


@lru_cache(maxsize=1024)  # one address is asked about several times over: what it is, whether it lists, what day it names
def canonical(url: str, base: str | None = None) -> str | None:
    """The key of a page: one address for all the addresses under which sites hand out the same page.

    The scheme, `www.` and the trailing slash stay as found, since sites exist that answer only one of the two. Gone are fragment,
    default port, trailing dot of the host, tracking and session parameters, the prefixes `m.`, `amp.` and `lite.`, the AMP, print
    and save-file dresses; escapes follow RFC 3986 section 6.2.2 and parameters are sorted by name. `base` resolves relative
    addresses. None where it is no http or https address, carries a user name, a backslash or a control character, has an
    impossible host or port, or is longer than `MAX_LENGTH`. Canonical of canonical is itself; no string raises.
    """
    absolute = _absolute(url, base)
    if absolute is None:
        return None
    try:
        parts = urlsplit(absolute)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.netloc, parts.hostname)
    if parts.scheme not in _DEFAULT_PORTS or host is None or port == 0:
        return None
    authority = _main_edition(host) + ("" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}")
    query = _query(_encode(parts.query))
    result = f"{parts.scheme}://{authority}{_path(_encode(parts.path))}{'?' + query if query else ''}"
    return result if len(result) <= MAX_LENGTH else None


def twins(key: str) -> tuple[str, ...]:
    """A key and its copies on the same site: http and https, with and without `www.`, itself first.

    They are one page nearly everywhere, but which of them answers differs from site to site, so that the key stays as it was
    first found and the ledger looks under all of them. An address with a port of its own, or a number for a host, has no copies
    under another name.
    """
    scheme, _, rest = key.partition("://")
    authority = rest.partition("/")[0]
    if ":" in authority or _is_address(authority):
        return (key,)
    other = rest[4:] if rest.startswith("www.") else f"www.{rest}"
    schemes = (scheme, "http" if scheme == "https" else "https")
    return tuple(f"{way}://{place}" for place in (rest, other) for way in schemes)


def absolute(url: str, base: str) -> str | None:
    """The address as found, made absolute against `base`; None where it has no key (see `canonical`)."""
    found = _absolute(url, base)
    return found if found is not None and canonical(found) is not None else None


def host_of(url: str) -> str | None:
    """The host of an http or https address as it would be asked for: lower case, punycode, no port; None where there is none."""
    absolute = _absolute(url, None)
    if absolute is None:
        return None
    try:
        parts = urlsplit(absolute)
        return _host(parts.netloc, parts.hostname) if parts.scheme in _DEFAULT_PORTS else None
    except ValueError:
        return None


def same_site(url: str, hosts: Iterable[str]) -> bool:
    """Whether the address lies on one of these hosts or, where the host is a name, below it."""
    host = host_of(url)
    if host is None:
        return False
    for allowed in hosts:
        wanted = _host(allowed, allowed.strip("[]"))
        if wanted is None:
            continue
        if host == wanted or (not _is_address(wanted) and host.endswith("." + wanted)):
            return True
    return False


_LISTING_SEGMENTS = re.compile(
    r"/(?:tags?|tu-khoa|tukhoa|hashtag|topics?|chu-de|tim-kiem|timkiem|search|tac-gia|author|but-danh|rss|rssfeed|feed|feeds"
    r"|page|trang|lien-he|dang-nhap|login|gioi-thieu|sitemap|so-do-site)(?:[/.]|$)"
    r"|-p?tag[0-9]*\.html?$|/trang-?[0-9]+(?:\.[a-z]+)?/?$|[.\-/]p[0-9]{1,3}(?:\.[a-z]+)?/?$",
    re.IGNORECASE,
)
_SECTION_SEGMENTS = re.compile(r"/(?:chuyen-muc|chuyenmuc|category|categories|danh-muc)/", re.IGNORECASE)
_SEARCH_PARAMETERS = re.compile(r"(?:^|&)(?:q|s|key|keyword|keywords|search|tag|tu-khoa)=", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|[-/]|post|ar|c|d)[0-9]{4,}(?:p[0-9]+c[0-9]+)?(?:\.[a-z]{2,5})?/?$", re.IGNORECASE)
_NUMBERED_QUERY = re.compile(r"(?:^|&)(?:[a-z]{0,12}id|ddocname|p|news|item)=[a-z]{0,12}[0-9]{2,}(?:&|$)", re.IGNORECASE)
_PAGE_FILE = re.compile(r"\.(?:html?|chn|vnp|tpo|ldo|epi|gd|vov|vgp|antd|aspx|php|jsp|dm|bld)$", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|atom|mp[34]|avi|mov|webm|zip|rar|7z|gz|exe|apk|woff2?"
    r"|pdf|docx?|xlsx?|pptx?|odt)$",
    re.IGNORECASE,
)


def is_listing_url(url: str) -> bool:
    """Whether the address is a tag, search, topic, author, section or numbered page: these carry leads, no article."""
    parts = _split(url)
    if parts is None:
        return False
    path, query = parts
    if _LISTING_SEGMENTS.search(path) or _SEARCH_PARAMETERS.search(query):
        return True
    return bool(_SECTION_SEGMENTS.search(path)) and not _NUMBERED.search(path)


def looks_like_article(url: str) -> bool:
    """Whether the address has a shape in which Vietnamese sites publish single texts: an id or a long slug, and no listing."""
    parts = _split(url)
    if parts is None or is_listing_url(url) or _OTHER_FILE.search(parts[0]):
        return False
    path, query = parts
    if _NUMBERED_QUERY.search(query):
        return True
    slug = path.rstrip("/").rsplit("/", 1)[-1]
    words = [word for word in re.split(r"[-_]", _PAGE_FILE.sub("", slug)) if word]
    if _NUMBERED.search(slug):
        return True
    if "/asset_publisher/" in path or "/-/" in path or date_in_url(url) is not None:
        return len(words) >= 3
    if _PAGE_FILE.search(slug):
        # NukeViet: /column/slug-69.html. Sections with an id of their own are short: /xa-hoi-2.htm.
        return len(words) >= 7 or (len(words) >= 5 and words[-1].isdigit())
    return len(words) >= 7


_DATED_ID = re.compile(
    r"(?<![0-9])(?:(?P<full>20[0-9]{6})(?:[0-9]{9}|[0-9]{6}|[0-9]{4})?|1[0-9]{2}(?P<short>[0-9]{6})[0-9]{9})"
    r"(?:(?![0-9])|(?=p[0-9]+c[0-9]))"
)
_DATED_PATH = re.compile(r"/(20[0-9]{2})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?![0-9])")


def date_in_url(url: str) -> date | None:
    """The day that the address itself names, or None.

    Known shapes: `/2025/07/09/`, `/2025-7-9/`, ids such as `-20250709101500123.htm`, and those of the sites whose ids begin with
    a three-digit site code, as `-197260203172212789.htm` (3 February 2026). Only the path counts; a month is no date.
    """
    parts = _split(url)
    if parts is None:
        return None
    for match in _DATED_PATH.finditer(parts[0]):
        if found := _day(int(match[1]), int(match[2]), int(match[3])):
            return found
    for match in _DATED_ID.finditer(parts[0]):
        digits = match["full"] or "20" + match["short"]
        if found := _day(int(digits[:4]), int(digits[4:6]), int(digits[6:])):
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 2000 <= year <= 2060 else None
    except ValueError:
        return None


def _split(url: str) -> tuple[str, str] | None:
    """Path and query of an address, canonical where it can be."""
    key = canonical(url)
    if key is None:
        return None
    parts = urlsplit(key)
    return parts.path, parts.query


def _absolute(url: str, base: str | None) -> str | None:
    text = _ESCAPED_AMPERSAND.sub("&", url.strip(_STRIPPED))
    if not text or len(text) > MAX_LENGTH or _CONTROL.search(text):
        return None
    try:
        text.encode()
        return unicodedata.normalize("NFC", text if base is None else urljoin(base.strip(_STRIPPED), text))
    except ValueError:  # lone surrogates, and what urljoin takes for a broken IPv6 address
        return None


def _host(netloc: str, hostname: str | None) -> str | None:
    if not hostname or "@" in netloc:
        return None
    if ":" in hostname:
        return f"[{hostname}]" if (address := _address(hostname)) and not address.count("%") else None
    try:
        # The codec also maps full-width digits and ideographic dots, as a resolver would.
        name = (
            hostname.encode("idna").decode("ascii").lower().rstrip(".")
            if not hostname.isascii()
            else hostname.lower().rstrip(".")
        )
    except UnicodeError:
        return None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return None
    return name


def _address(host: str) -> str | None:
    try:
        return ip_address(host).compressed
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    return _address(host.strip("[]")) is not None


def _main_edition(host: str) -> str:
    while match := _EDITIONS.match(host):
        if host[match.end() :] in _REGISTRIES:
            break
        host = host[match.end() :]
    return host


def _encode(part: str) -> str:
    return _ENCODE.sub(_encode_one, part)


def _encode_one(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1 or found[0] != "%":
        return quote(found, safe="")
    plain = chr(int(found[1:], 16))
    return plain if _UNRESERVED.fullmatch(plain) else found.upper()


def _path(path: str) -> str:
    path = path if path.startswith("/") else "/" + path
    while (shorter := _shorter(path)) != path:  # one removal can lay open the next; each shortens the path
        path = shorter
    return path


def _shorter(path: str) -> str:
    path = _DOT_SEGMENT.sub(lambda match: "/" if match[0].endswith("/") else "", path)
    if "/.." in path:
        kept: list[str] = []
        for segment in path.split("/"):
            if segment != "..":
                kept.append(segment)
            elif len(kept) > 1:
                kept.pop()
        path = "/".join(kept)
    path = _PRINT_SEGMENT.sub("", _PATH_SESSION.sub("", path), count=1)
    return _AMP_SUFFIX.sub("", path) or "/"


def _query(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _is_noise(pair)]
    return "&".join(sorted(kept, key=lambda pair: pair.partition("=")[0]))


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if name.lower() == "sid":
        return bool(_SESSION_VALUE.fullmatch(value))
    return bool(_TRACKING.fullmatch(name) or _SESSION.fullmatch(name) or _DRESS.fullmatch(pair))
