"""Every fault by name: what the host does, the reason that must be recorded, and the code that plays it."""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Literal

import brotli

from tests.faults.bed import MOST, Serve, Wire

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Place = Literal["page", "feed", "sitemap", "robots", "links"]
BOMB = 120_000_000
"""Bytes that a bomb unpacks to: more than every bound, less than what would hurt the machine if a bound failed."""
FORBIDDEN = "127.0.99.1"
"""Listens, belongs to no source, and must never be contacted."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of docs/faults.md."""

    name: str
    place: Place
    does: str
    reason: str
    """The reason of the failure row; "none" where nothing may be lost at all."""
    play: Callable[[Wire], Awaitable[None]] | None = None
    links: Callable[[str], list[str]] | None = None
    """For place `links`: what the feed lists beside the good ones, given the host's base address."""


def article(title: str = "Nghị quyết 57-NQ/TW đi vào cuộc sống") -> str:
    """A page that is about the Resolution."""
    text = "<p>Nghị quyết 57-NQ/TW của Bộ Chính trị về đột phá phát triển khoa học, công nghệ được các đơn vị triển khai.</p>"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text * 8}</body></html>"


def feed(links: list[str]) -> str:
    """An RSS feed of these addresses."""
    items = "".join(
        f"<item><title>Bài {n} về Nghị quyết 57</title><link>{link.replace('&', '&amp;')}</link>"
        f"<pubDate>Mon, 02 Nov 2026 08:{n % 60:02}:00 +0700</pubDate></item>"
        for n, link in enumerate(links)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'


def good_links(base: str) -> list[str]:
    """What every host has beside its fault."""
    return [f"{base}/tin/nghi-quyet-57-trien-khai-tai-co-so-{n}.html" for n in (100001, 100002, 100003)]


def bad_link(base: str) -> str:
    """Where the fault of a `page` scenario is."""
    return f"{base}/tin/nghi-quyet-57-bai-hong-900001.html"


def host(scenario: Scenario) -> Serve:
    """The whole host of a scenario: its fault, and everything else as it should be."""

    async def serve(wire: Wire) -> None:
        base, path = f"http://{wire.ask.host}:{wire.ask.port}", wire.ask.path
        fault = scenario.play
        places = {"robots": "/robots.txt", "feed": "/feed.xml", "sitemap": "/sitemap", "page": "/tin/nghi-quyet-57-bai-hong"}
        if fault and scenario.place in places and path.startswith((places[scenario.place], "/fault")):
            await fault(wire)
        elif path == "/robots.txt":
            await wire.answer("", "404 Not Found")
        elif path == "/feed.xml":
            extra = scenario.links(base) if scenario.links else [bad_link(base)] if scenario.place == "page" else []
            good = good_links(base)
            await wire.answer(feed([good[0], *extra, *good[1:]]), kind="application/rss+xml")
        elif path.startswith("/tin/"):
            await wire.answer(article())
        else:
            await wire.answer("không có", "404 Not Found")

    return serve


# ── what the faults do ─────────────────────────────────────────────────────────────────────────
async def nothing(wire: Wire) -> None:
    """Close."""


async def reset(wire: Wire) -> None:
    wire.reset()


async def hang(wire: Wire) -> None:
    await asyncio.sleep(60)


async def hang_after_headers(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>")
    await asyncio.sleep(60)


async def drip(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(300):
        await wire.send(b"a")
        await asyncio.sleep(0.1)


async def drip_headers(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    for n in range(180):
        await wire.send(f"X-{n}: a\r\n".encode())
        await asyncio.sleep(0.2)


async def endless(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    for _ in range(MOST // 2_000_000):
        await wire.send(b"<p>x</p>" * 250_000)


async def endless_headers(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    for n in range(MOST // 65_536):
        await wire.send(f"X-{n}: {'a' * 8000}\r\n".encode() * 8)


async def many_headers(wire: Wire) -> None:
    lines = "".join(f"X-{n}: 1\r\n" for n in range(5000))
    await wire.send(f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{lines}\r\nab".encode())


async def long_header(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\nab")


async def broken_chunks(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n")


@cache
def bomb(encoding: str) -> bytes:
    """BOMB bytes in one of the encodings."""
    data = b"<p>57</p>" * (BOMB // 9)
    match encoding:
        case "gzip":
            return gzip.compress(data, 6)
        case "deflate":
            return zlib.compress(data, 6)
        case "br":
            return bytes(brotli.compress(data, quality=1))
        case _:
            return bytes(zstd.compress(data))


def bombs(encoding: str) -> Serve:
    async def serve(wire: Wire) -> None:
        await wire.answer(bomb(encoding), Content_Encoding=encoding)

    return serve


async def bomb_file(wire: Wire) -> None:
    await wire.answer(bomb("gzip"), kind="application/gzip")


def says(body: bytes | str, status: str = "200 OK", kind: str = "text/html; charset=utf-8", **more: str) -> Serve:
    async def serve(wire: Wire) -> None:
        await wire.answer(body, status, kind, **more)

    return serve


def raw(data: bytes) -> Serve:
    async def serve(wire: Wire) -> None:
        await wire.send(data)

    return serve


def leads(where: str) -> Serve:
    """A redirect; {host}, {port}, {trap} and {n} (one more each time) are filled in."""

    async def serve(wire: Wire) -> None:
        n = int(wire.ask.path.rpartition("/fault")[2] or 0) if "/fault" in wire.ask.path else 0
        filled = where.format(host=wire.ask.host, port=wire.ask.port, n=n + 1)
        await wire.answer("", "302 Found", Location=filled)

    return serve


def limited(status: str, retry_after: str | None, times: int) -> Serve:
    """Refuse so many times, then answer."""

    async def serve(wire: Wire) -> None:
        if wire.tries >= times:
            await wire.answer(article())
        elif retry_after is None:
            await wire.answer("chậm lại", status)
        else:
            await wire.answer("chậm lại", status, Retry_After=retry_after)

    return serve


async def http_date(wire: Wire) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    await wire.answer("chậm lại", "503 Service Unavailable", Retry_After=later)


async def nested(wire: Wire) -> None:
    await wire.answer(article().replace("</body>", "<div>" * 1_000_000))


async def led_to_rules(wire: Wire) -> None:
    n = int(wire.ask.path.rpartition("/fault")[2] or 0) if "/fault" in wire.ask.path else 0
    if n < 3:
        await wire.answer("", "301 Moved Permanently", Location=f"/fault{n + 1}")
    else:
        await wire.answer(DISALLOW, kind="text/plain")


async def big_feed(wire: Wire) -> None:
    await wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss version='2.0'><channel>"
    )
    item = b"<item><title>Tin</title><link>http://example.invalid/a</link></item>" * 30_000
    for _ in range(50_000_000 // len(item)):
        await wire.send(item)


async def nested_sitemaps(wire: Wire) -> None:
    base = f"http://{wire.ask.host}:{wire.ask.port}"
    n = wire.ask.path.count("x") + 1
    await wire.answer(
        "<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        + "".join(f"<sitemap><loc>{base}/sitemap{'x' * n}{k}.xml</loc></sitemap>" for k in range(30))
        + "</sitemapindex>",
        kind="application/xml",
    )


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(8))
    + '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
)
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head>"
    "<body><script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>"
)
SHELL = "<html><head><title>Báo</title><script src=/a.js></script></head><body><div id='root'></div></body></html>"
GONE = "<html><head><title>404 - Không tìm thấy trang</title></head><body><p>Không tìm thấy trang bạn yêu cầu.</p></body></html>"
REFRESH = (
    f"<html><head><meta http-equiv='refresh' content='0; url=http://{FORBIDDEN}/'><title>x</title></head><body></body></html>"
)
DISALLOW = "User-agent: *\nDisallow: /\n"


def _permutations(base: str) -> list[str]:
    return [f"{base}/loc?mau={a}&co={b}&loai={c}" for a in range(6) for b in range(6) for c in range(6)]


def _p(name: str, does: str, reason: str, play: Serve) -> Scenario:
    return Scenario(name, "page", does, reason, play)


SCENARIOS: tuple[Scenario, ...] = (
    _p("drop", "closes the connection without a word", "refused", nothing),
    _p("reset", "resets the connection", "refused", reset),
    _p("hang", "accepts and says nothing", "timeout", hang),
    _p("hang-after-headers", "sends headers and stops", "too-slow", hang_after_headers),
    _p("drip", "sends a byte every tenth of a second", "too-slow", drip),
    _p("drip-headers", "sends a header line now and then", "timeout", drip_headers),
    _p("endless-body", "never stops sending", "too-large", endless),
    _p(
        "declared-huge",
        "declares a body of 99 GB",
        "too-large",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99000000000\r\n\r\n<p>"),
    ),
    _p("gzip-bomb", "100 kB that unpack to 120 MB (gzip)", "too-large", bombs("gzip")),
    _p("deflate-bomb", "the same in deflate", "too-large", bombs("deflate")),
    _p("br-bomb", "the same in brotli", "too-large", bombs("br")),
    _p("zstd-bomb", "the same in zstd", "too-large", bombs("zstd")),
    _p(
        "two-encodings",
        "gzip inside gzip",
        "bad-encoding",
        says(gzip.compress(gzip.compress(b"a" * 1000)), Content_Encoding="gzip, gzip"),
    ),
    _p("unknown-encoding", "an encoding that nobody knows", "bad-encoding", says("abc", Content_Encoding="x-secret")),
    _p("false-gzip", "says gzip and sends text", "bad-encoding", says(article(), Content_Encoding="gzip")),
    _p("charset-as-encoding", "content-encoding: UTF-8 over a plain page", "none", says(article(), Content_Encoding="UTF-8")),
    _p("false-br", "says brotli and sends text", "bad-encoding", says(article(), Content_Encoding="br")),
    _p("false-zstd", "says zstd and sends text", "bad-encoding", says(article(), Content_Encoding="zstd")),
    _p(
        "short-body",
        "ends before its Content-Length",
        "refused",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<p>57</p>"),
    ),
    _p("broken-chunks", "chunks with nonsense for a length", "refused", broken_chunks),
    _p("many-headers", "5,000 header lines", "too-large", many_headers),
    _p("long-header", "one header of a megabyte", "too-large", long_header),
    _p("endless-headers", "headers without end", "too-large", endless_headers),
    _p("garbage", "bytes that are no HTTP", "refused", raw(b"\x00\x01\x02SSH-2.0-OpenSSH\r\n\r\n")),
    _p(
        "http-09",
        "HTML without status and headers",
        "refused",
        raw(b"<html><body>Ngh\xe1\xbb\x8b quy\xe1\xba\xbft 57</body></html>\r\n"),
    ),
    _p("redirect-loop", "redirects to itself", "redirect", leads("http://{host}:{port}/fault0")),
    _p("redirect-chain", "redirects ever further", "redirect", leads("http://{host}:{port}/fault{n}")),
    _p("redirect-file", "redirects to file:", "redirect", leads("file:///etc/passwd")),
    _p("redirect-data", "redirects to data:", "redirect", leads("data:text/html,57")),
    _p("redirect-private", "redirects to 10.0.0.1", "outside-hosts", leads("http://10.0.0.1/")),
    _p("redirect-metadata", "redirects to a cloud's metadata address", "outside-hosts", leads("http://169.254.169.254/latest/")),
    _p("redirect-decimal", "redirects to loopback as one number", "outside-hosts", leads("http://2130706433/")),
    _p("redirect-host", "redirects to somebody else's host", "outside-hosts", leads(f"http://{FORBIDDEN}:{{port}}/")),
    _p("redirect-port", "redirects to another port of its own", "outside-hosts", leads("http://{host}:22/")),
    _p("redirect-user", "redirects to a host behind an @", "outside-hosts", leads(f"http://{{host}}:{{port}}@{FORBIDDEN}/")),
    _p("redirect-ipv6", "redirects to ::1", "outside-hosts", leads("http://[::1]:{port}/")),
    _p("rate-limit-short", "429, Retry-After 2 seconds, then the page", "none", limited("429 Too Many Requests", "2", 1)),
    _p("rate-limit-long", "429, Retry-After an hour", "rate-limited", limited("429 Too Many Requests", "3600", 9)),
    _p(
        "rate-limit-nonsense", "429, Retry-After nonsense, for ever", "rate-limited", limited("429 Too Many Requests", "soon", 99)
    ),
    _p("busy-date", "503, Retry-After a date in an hour", "rate-limited", http_date),
    _p("busy", "503 for ever", "http", limited("503 Service Unavailable", None, 99)),
    _p("error-500", "500", "http", says("lỗi", "500 Internal Server Error")),
    _p("gone", "404", "http", says("không có", "404 Not Found")),
    _p("not-modified", "304 to a first request", "http", raw(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")),
    _p("empty-body", "200 and nothing", "empty", says("")),
    _p("blank-body", "200 and spaces", "empty", says(" \r\n\t " * 50)),
    _p("meta-refresh", "sends on by meta refresh to somebody else's host", "empty", says(REFRESH)),
    _p("soft-404", "200 for a page that is not there", "soft-404", says(GONE)),
    _p("bot-wall", "200 with a challenge", "bot-wall", says(CHALLENGE)),
    _p("bot-wall-403", "403 with a challenge", "bot-wall", says(CHALLENGE, "403 Forbidden")),
    _p("needs-script", "a shell that scripts would fill", "needs-script", says(SHELL)),
    _p(
        "picture",
        "a picture under an article's address",
        "bad-document",
        says(b"\x89PNG\r\n\x1a\n" + b"\0" * 500, kind="image/png"),
    ),
    _p("nested-tags", "a million nested tags", "none", nested),
    _p("lying-charset", "UTF-8 that says it is windows-1252", "none", says(article(), kind="text/html; charset=windows-1252")),
    _p("nul-bytes", "NUL bytes between the words", "none", says(article().replace(" Bộ", " \0\0Bộ"))),
    Scenario("feed-50-mb", "feed", "50 MB of items", "too-large", big_feed),
    Scenario("feed-gzip-bomb", "feed", "a bomb in gzip", "too-large", bombs("gzip")),
    Scenario("feed-is-html", "feed", "a page instead of a feed", "bad-feed", says(article())),
    Scenario("feed-empty", "feed", "200 and nothing", "bad-feed", says("")),
    Scenario("feed-bot-wall", "feed", "a challenge instead of a feed", "bot-wall", says(CHALLENGE, "503 Service Unavailable")),
    Scenario("feed-not-modified", "feed", "304 to a first request", "http", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")),
    Scenario("feed-drip", "feed", "a byte every tenth of a second", "too-slow", drip),
    Scenario("feed-rate-limit", "feed", "429, Retry-After an hour", "rate-limited", limited("429 Too Many Requests", "3600", 9)),
    Scenario(
        "feed-entities", "feed", "entities that grow and one that reads a file", "empty", says(f"{ENTITIES}<rss>&i;&x;</rss>")
    ),
    Scenario("sitemap-bomb", "sitemap", "a gzip file that unpacks to 120 MB", "too-large", bomb_file),
    Scenario("sitemap-entities", "sitemap", "entities that grow", "bad-feed", says(f"{ENTITIES}<urlset>&i;</urlset>")),
    Scenario("sitemap-nest", "sitemap", "an index of indexes without end", "too-many", nested_sitemaps),
    Scenario("robots-403", "robots", "403", "none", says("", "403 Forbidden")),
    Scenario("robots-404", "robots", "404", "none", says("", "404 Not Found")),
    Scenario("robots-binary", "robots", "random bytes", "none", says(bytes(range(256)) * 40, kind="application/octet-stream")),
    Scenario("robots-500", "robots", "500", "http", says("", "500 Internal Server Error")),
    Scenario("robots-hang", "robots", "says nothing", "timeout", hang),
    Scenario("robots-drop", "robots", "closes the connection", "refused", nothing),
    Scenario("robots-429", "robots", "429", "rate-limited", says("", "429 Too Many Requests", Retry_After="1")),
    Scenario("robots-disallow", "robots", "forbids everything", "robots", says(DISALLOW, kind="text/plain")),
    Scenario("robots-moved", "robots", "forbids everything, three redirects away", "robots", led_to_rules),
    Scenario(
        "robots-delay", "robots", "asks for 1.5 seconds between requests", "none", says("User-agent: *\nCrawl-delay: 1.5\n")
    ),
    Scenario("robots-oversize", "robots", "forbids everything, then 8 MB of lines", "robots", says(DISALLOW + "#" * 8_000_000)),
    Scenario("robots-late-rule", "robots", "forbids everything after 490 KiB", "robots", says("#\n" * 250_000 + DISALLOW)),
    Scenario("robots-bomb", "robots", "a bomb in gzip", "too-large", bombs("gzip")),
    Scenario("robots-loop", "robots", "redirects to itself", "redirect", leads("http://{host}:{port}/robots.txt")),
    Scenario(
        "robots-elsewhere",
        "robots",
        "redirects to somebody else's host",
        "outside-hosts",
        leads(f"http://{FORBIDDEN}/robots.txt"),
    ),
    Scenario("link-script", "links", "a javascript: link", "bad-feed", links=lambda base: ["javascript:alert(57)"]),
    Scenario("link-port", "links", "a link to port 99999", "bad-feed", links=lambda base: ["http://127.0.0.1:99999/tin"]),
    Scenario("link-file", "links", "a link to file:", "bad-feed", links=lambda base: ["file:///etc/passwd"]),
    Scenario(
        "link-host",
        "links",
        "a link to somebody else's host",
        "outside-hosts",
        links=lambda base: [f"http://{FORBIDDEN}/tin-57-1.html"],
    ),
    Scenario("link-octal", "links", "loopback in octal", "outside-hosts", links=lambda base: ["http://0177.0.0.1/tin-57-1.html"]),
    Scenario(
        "link-deep",
        "links",
        "a path of forty segments",
        "trap",
        links=lambda base: [base + "/".join(["", *map(str, range(40)), "57.html"])],
    ),
    Scenario(
        "link-repeat",
        "links",
        "a path that repeats itself",
        "trap",
        links=lambda base: [f"{base}/tin/a/tin/a/tin/a/tin/a/nghi-quyet-57.html"],
    ),
    Scenario(
        "link-session",
        "links",
        "a session id in the path",
        "trap",
        links=lambda base: [f"{base}/sid-0a1b2c3d4e5f60718293/nghi-quyet-57-1.html"],
    ),
    Scenario(
        "link-calendar",
        "links",
        "a calendar's page of 2031",
        "trap",
        links=lambda base: [f"{base}/lich/2031/05/nghi-quyet-57-1.html"],
    ),
    Scenario("link-permutations", "links", "216 permutations of three parameters", "trap", links=_permutations),
    Scenario(
        "link-long", "links", "an address of 5,000 characters", "bad-feed", links=lambda base: [f"{base}/{'a' * 5000}-57.html"]
    ),
)
