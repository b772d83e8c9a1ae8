"""Further faults, by the room of the house that they knock at: addresses, messages, texts, feeds, sitemaps, rules."""

from __future__ import annotations

import gzip

from tests.faults.bed import Serve, Wire
from tests.faults.scenarios import DISALLOW, FORBIDDEN, SCENARIOS, Scenario, article, feed, good_links, leads, raw, says

PAGE = article()
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


SPELLINGS = (
    *("http://2130731777/", "http://0x7f006301/", "http://0177.0.0143.1/", "http://127.0.25345/", "http://127.6504193/"),
    *("http://0x7f.0.0x63.1/", "http://[::ffff:127.0.99.1]/", "http://[::ffff:7f00:6301]/", "http://１２７.０.９９.１/"),
    *("http://①②⑦.0.99.1/", "http:/\\127.0.99.1/", "http://127.0.99.1#@{host}/", "http://{host}:{port}@127.0.99.1/"),
    *("http://127.0.99.1\\@{host}/", "http://127.0.99.1./", "http://%31%32%37.0.99.1/", "http://127。0。99。1/"),
    *("http://[64:ff9b::127.0.99.1]/", "http://0:{port}/", "http://[::]:{port}/", "http://LOCALHOST:{port}/"),
    *("http://{host}.127.0.99.1/", "http:127.0.99.1", "//127.0.99.1/", "http://[2002:7f00:6301::]/"),
)


def _page(name: str, does: str, reason: str, play: Serve) -> Scenario:
    return Scenario(name, "page", does, reason, play)


def _feed(name: str, does: str, reason: str, change: str, into: str) -> Scenario:
    """A good feed in which one thing is otherwise."""

    async def serve(wire: Wire) -> None:
        base = f"http://{wire.ask.host}:{wire.ask.port}"
        await wire.answer(feed(good_links(base)).replace(change, into), kind="application/rss+xml")

    return Scenario(name, "feed", does, reason, serve)


def _rules(name: str, does: str, reason: str, text: str | bytes, kind: str = "text/plain") -> Scenario:
    return Scenario(name, "robots", does, reason, says(text, kind=kind))


def _links(name: str, does: str, reason: str, *paths: str) -> Scenario:
    """Addresses in a feed; {base} is the host's own, {host} and {port} its parts."""

    def links(base: str) -> list[str]:
        host, _, port = base.removeprefix("http://").rpartition(":")
        return [path.format(base=base, host=host, port=port) for path in paths]

    return Scenario(name, "links", does, reason, links=links)


def _message(head: str, body: bytes = PAGE.encode()) -> Serve:
    return raw(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)


async def interim(wire: Wire) -> None:
    for _ in range(3000):
        await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


async def cookies(wire: Wire) -> None:
    lines = "".join(f"Set-Cookie: c{n}={'x' * 250}\r\n" for n in range(150))
    await wire.send(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(PAGE.encode())}\r\n\r\n{PAGE}".encode())


async def half_gzip(wire: Wire) -> None:
    packed = gzip.compress((PAGE + "x" * 200_000).encode())
    await wire.answer(packed[: len(packed) // 2], Content_Encoding="gzip")


async def tiny_chunks(wire: Wire) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in PAGE.encode())
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")


async def packed_feed(wire: Wire) -> None:
    listed = feed(good_links(f"http://{wire.ask.host}:{wire.ask.port}"))
    await wire.answer(gzip.compress(listed.encode()), kind="application/rss+xml")


async def text_sitemap(wire: Wire) -> None:
    base = f"http://{wire.ask.host}:{wire.ask.port}"
    await wire.answer("\n".join([*good_links(base), f"{base}/tin/nghi-quyet-57-trien-khai-900004.html"]), kind="text/plain")


async def letterless_sitemap(wire: Wire) -> None:
    urls = "".join(
        f"<url><loc>{link}</loc><x>\x00&#1;&#xD800;</x></url>" for link in good_links(f"http://{wire.ask.host}:{wire.ask.port}")
    )
    await wire.answer(f"<urlset xmlns='{SITEMAP}'>{urls}</urlset>", kind="application/xml")


async def leads_to_a_tag(wire: Wire) -> None:
    await (says("<h1>Khoa học</h1>" + PAGE) if wire.ask.path.startswith("/fault") else leads("/fault/tag/khoa-hoc"))(wire)


async def long_sitemap(wire: Wire) -> None:
    urls = "".join(f"<url><loc>http://{FORBIDDEN}/{'./a' * 600}-{n}.html</loc></url>" for n in range(2_000))
    await wire.answer(f"<urlset xmlns='{SITEMAP}'>{urls}</urlset>", kind="application/xml")


async def sitemap_of_itself(wire: Wire) -> None:
    base = f"http://{wire.ask.host}:{wire.ask.port}"
    if wire.ask.path == "/sitemap.xml":
        inner = f"<sitemap><loc>{base}/sitemap.xml</loc></sitemap><sitemap><loc>{base}/sitemap-tin.xml</loc></sitemap>"
        await wire.answer(f"<sitemapindex xmlns='{SITEMAP}'>{inner}</sitemapindex>", kind="application/xml")
    else:
        urls = "".join(f"<url><loc>{link}</loc></url>" for link in good_links(base))
        await wire.answer(f"<urlset xmlns='{SITEMAP}'>{urls}</urlset>", kind="application/xml")


async def sitemap_elsewhere(wire: Wire) -> None:
    base = f"http://{wire.ask.host}:{wire.ask.port}"
    urls = "".join(
        f"<url><loc>{link}</loc></url>"
        for link in [f"http://{FORBIDDEN}:{wire.ask.port}/tin/nghi-quyet-57-o-lang-100009.html", *good_links(base)]
    )
    await wire.answer(f"<urlset xmlns='{SITEMAP}'>{urls}</urlset>", kind="application/xml")


async def many_items(wire: Wire) -> None:
    links = good_links(f"http://{wire.ask.host}:{wire.ask.port}")
    body = "".join(f"<item><title>a</title><link>{links[n % 3]}</link></item>" for n in range(6_000))
    await wire.answer(f"<rss version='2.0'><channel>{body}</channel></rss>", kind="application/rss+xml")


LURE = f"http://{FORBIDDEN}/"
LURES = (
    f"<img src='{LURE}a'><iframe src='{LURE}b'></iframe><link rel=prefetch href='{LURE}c'>"
    f"<form action='{LURE}'></form><video src='{LURE}d'></video>"
)
MORE: tuple[Scenario, ...] = (
    # addresses
    _page("redirect-octal", "redirects to loopback in octal", "outside-hosts", leads("http://0177.0.99.1:{port}/")),
    _page("redirect-hex", "redirects to loopback in hexadecimal", "outside-hosts", leads("http://0x7f.0.99.1:{port}/")),
    _page("redirect-short", "redirects to loopback as 127.1", "outside-hosts", leads("http://127.1:{port}/")),
    _page("redirect-mapped", "redirects to IPv4 inside IPv6", "outside-hosts", leads("http://[::ffff:127.0.99.1]:{port}/")),
    _page("redirect-nat64", "redirects to loopback behind NAT64", "outside-hosts", leads("http://[64:ff9b::7f00:6301]:{port}/")),
    _page("redirect-relative", "redirects to //somebody", "outside-hosts", leads(f"//{FORBIDDEN}:{{port}}/")),
    _page("redirect-backslash", "redirects to /\\somebody", "http", leads(f"/\\{FORBIDDEN}:{{port}}/")),
    _page("redirect-ftp", "redirects to ftp:", "redirect", leads(f"ftp://{FORBIDDEN}/")),
    _page("redirect-script", "redirects to javascript:", "redirect", leads("javascript:alert(1)")),
    _page(
        "redirect-long",
        "redirects to an address of 20,000 characters",
        "too-large",
        leads("http://{host}:{port}/" + "a" * 20_000),
    ),
    _page("redirect-nowhere", "302 without saying where to", "http", _message("HTTP/1.1 302 Found\nContent-Length: 0", b"")),
    _page("redirect-zone", "redirects to a link-local address with a zone", "outside-hosts", leads("http://[fe80::1%25eth0]/")),
    _links(
        "link-user",
        "a link with a user name and a password",
        "bad-feed",
        "http://ai:do@{host}:{port}/tin/nghi-quyet-57-a-100009.html",
    ),
    _links("link-full-width", "loopback in full-width digits", "outside-hosts", "http://１２７.０.９９.１:{port}/tin/1.html"),
    _links("link-mapped", "IPv4 inside IPv6", "outside-hosts", "http://[::ffff:127.0.99.1]:{port}/tin/1.html"),
    _links("link-broken-bracket", "an address with half a bracket", "bad-feed", "http://[::1/tin/1.html"),
    _links("link-mail", "mailto:, tel: and data: links", "bad-feed", "mailto:a@b.vn", "tel:0123", "data:text/html,57"),
    _links("link-nul", "a NUL and line breaks in the path", "none", "{base}/tin/a%00b%0d%0aX:y.html"),
    _links("link-climb", "a path that climbs out", "http", "{base}/../../../../etc/passwd"),
    _links("link-relative", "a link without a host", "none", "/tin/nghi-quyet-57-o-lang-100009.html"),
    _links(
        "link-twice",
        "the same page under fragments and upper case",
        "none",
        "{base}/tin/nghi-quyet-57-trien-khai-tai-co-so-100001.html#a",
        "HTTP://{host}:{port}/tin/nghi-quyet-57-trien-khai-tai-co-so-100002.html",
    ),
    # messages
    _page(
        "two-lengths",
        "two different Content-Lengths",
        "refused",
        _message("HTTP/1.1 200 OK\nContent-Length: 10\nContent-Length: 99"),
    ),
    _page("negative-length", "a negative Content-Length", "refused", _message("HTTP/1.1 200 OK\nContent-Length: -5")),
    _page("word-length", "a Content-Length in words", "refused", _message("HTTP/1.1 200 OK\nContent-Length: nhieu")),
    _page(
        "huge-chunk",
        "a chunk of 2^64 bytes",
        "refused",
        _message("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"ffffffffffffffff\r\nabc"),
    ),
    _page("interim-flood", "300,000 times 100 Continue", "too-large", interim),
    _page("status-word", "a status that is no number", "refused", _message("HTTP/1.1 abc OK\nContent-Length: 2", b"ab")),
    _page("status-999", "status 999", "http", says(PAGE, "999 Denied")),
    _page("status-204", "204 and nothing", "http", _message("HTTP/1.1 204 No Content", b"")),
    _page("status-206", "a part of the page", "http", says(PAGE[:200], "206 Partial Content")),
    _page("status-402", "402, pay first", "paywall", says("trả tiền", "402 Payment Required")),
    _page("status-403", "403 without a challenge", "http", says("cấm", "403 Forbidden")),
    _page("status-410", "410", "http", says("hết", "410 Gone")),
    _page("status-451", "451", "http", says("cấm", "451 Unavailable For Legal Reasons")),
    _page("cookie-flood", "150 cookies", "none", cookies),
    _page("half-gzip", "gzip that breaks off", "bad-encoding", half_gzip),
    # texts
    _page("utf-16", "UTF-16 with its mark", "none", says(PAGE.encode("utf-16"), kind="text/html")),
    _page("utf-16-bare", "UTF-16 without a mark", "none", says(PAGE.encode("utf-16-le"), kind="text/html; charset=utf-16le")),
    _page("utf-7", "says that it is UTF-7", "none", says(PAGE, kind="text/html; charset=utf-7")),
    _page("charset-nonsense", "a charset that nobody knows", "none", says(PAGE, kind="text/html; charset=chu-viet-9")),
    _page(
        "canonical-elsewhere",
        "names somebody else's host as its canonical address",
        "none",
        says(PAGE.replace("<head>", f"<head><link rel=canonical href='{LURE}tin/1.html'>")),
    ),
    _page(
        "base-elsewhere",
        "sets its base to somebody else's host",
        "none",
        says(PAGE.replace("<head>", f"<head><base href='{LURE}'>")),
    ),
    _page(
        "lure",
        "pictures, frames, prefetches and forms of somebody else",
        "none",
        says(PAGE.replace("</body>", f"{LURES}</body>")),
    ),
    _page(
        "refresh-to-itself",
        "sends on to itself by meta refresh",
        "empty",
        says("<html><head><meta http-equiv=refresh content='0;url=?'><title>x</title></head><body></body></html>"),
    ),
    _page(
        "long-line", "four megabytes in one attribute", "none", says(PAGE.replace("<body>", f"<body data-x='{'a' * 4_000_000}'>"))
    ),
    _page(
        "bait",
        "“Nghị quyết số” 200,000 times before the name",
        "none",
        says(PAGE.replace("</body>", "Nghị quyết số " * 200_000 + "</body>")),
    ),
    _page(
        "open-comment",
        "a comment that never ends",
        "none",
        says("<html><head><title>Nghị quyết 57</title></head><body><!-- " + "57 " * 100_000),
    ),
    # feeds
    _feed("feed-future", "items of the year 2099", "none", "02 Nov 2026", "02 Nov 2099"),
    _feed("feed-same-guid", "one guid for all items", "none", "</item>", "<guid>1</guid></item>"),
    _feed("feed-author-bait", "an author of 400,000 letters", "none", "<item>", f"<item><author>{'a' * 400_000}@</author>"),
    _feed("feed-style", "a style sheet of somebody else", "none", "?><rss", f"?><?xml-stylesheet href='{LURE}'?><rss"),
    _feed("feed-before", "warnings of PHP before the feed", "bad-feed", '<?xml version="1.0"?>', "<br />Warning: x in y.php\n"),
    _feed("feed-bare-ampersand", "ampersands that are none", "none", "Bài 0", "A & B &nbsp; &copy C"),
    _feed("feed-cut", "breaks off in its last item", "bad-feed", "</item></channel></rss>", ""),
    Scenario(
        "feed-deep", "feed", "200,000 nested elements", "bad-feed", says("<rss><channel>" + "<a>" * 200_000, kind="text/xml")
    ),
    Scenario(
        "feed-json",
        "feed",
        "JSON instead of XML",
        "bad-feed",
        says('{"version": "https://jsonfeed.org/version/1.1"}', kind="application/json"),
    ),
    Scenario("feed-many", "feed", "6,000 items", "too-many", many_items),
    # sitemaps
    Scenario("sitemap-of-itself", "sitemap", "an index that lists itself", "none", sitemap_of_itself),
    Scenario("sitemap-elsewhere", "sitemap", "lists somebody else's pages", "outside-hosts", sitemap_elsewhere),
    Scenario("sitemap-html", "sitemap", "a page instead of a sitemap", "bad-feed", says(PAGE)),
    # rules
    _rules("robots-html", "a page instead of rules", "none", PAGE, "text/html"),
    _rules("robots-old-breaks", "forbids everything, with the line breaks of old Macs", "robots", DISALLOW.replace("\n", "\r")),
    _rules("robots-mark", "forbids everything after a byte order mark", "robots", b"\xef\xbb\xbf" + DISALLOW.encode()),
    _rules(
        "robots-us",
        "forbids everything to us alone",
        "robots",
        "User-agent: NQ57-coverage-monitor\nDisallow: /\n\nUser-agent: *\nAllow: /\n",
    ),
    _rules(
        "robots-others",
        "forbids everything to others alone",
        "none",
        "User-agent: Googlebot\nDisallow: /\n\nUser-agent: *\nDisallow: /quan-tri\n",
    ),
    _rules(
        "robots-longest",
        "forbids everything but what is asked",
        "none",
        "User-agent: *\nDisallow: /\nAllow: /feed.xml\nAllow: /tin/\n",
    ),
    Scenario("robots-file", "robots", "redirects to file:", "redirect", leads("file:///etc/passwd")),
    Scenario(
        "robots-not-modified",
        "robots",
        "304 to a first request",
        "http",
        raw(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"),
    ),
    # what an attack on the whole crawl found
    _links("link-spellings", "somebody else's address in 25 spellings", "outside-hosts", *SPELLINGS),
    _page("redirect-no-port", "redirects to port 99999", "redirect", leads("http://{host}:99999/")),
    _page(
        "gzip-within",
        "gzip once more under one content-encoding",
        "bad-encoding",
        says(gzip.compress(gzip.compress(PAGE.encode())), Content_Encoding="gzip"),
    ),
    _page("dense", "57 three million times", "none", says(PAGE + "57 " * 3_000_000)),
    _page("hidden-letters", "letters as entities, 9 MB of them", "none", says("<p>" + "&#110;&#113;" * 750_000)),
    _page("chunks-of-one", "a page in chunks of one byte", "none", tiny_chunks),
    Scenario("feed-packed", "feed", "a gzip file that nobody announces", "none", packed_feed),
    _page(
        "gzip-members",
        "400,000 empty gzip files in one",
        "too-large",
        says(gzip.compress(b"") * 400_000, Content_Encoding="gzip"),
    ),
    _page("redirect-listing", "redirects to a page of a tag", "soft-404", leads_to_a_tag),
    _feed("feed-no-letters", "references to letters that are none", "none", "Bài", "Bài&#0;&#1;&#xD800;&#xFFFF;"),
    _feed("feed-escaped", "a title that is escaped over and over", "none", "Bài 0", "&amp;lt;" * 100_000),
    Scenario("sitemap-text", "sitemap", "a list of addresses without XML", "none", text_sitemap),
    Scenario("sitemap-no-letters", "sitemap", "bytes and references that are no letters", "bad-feed", letterless_sitemap),
    Scenario("sitemap-long", "sitemap", "2,000 addresses of 2,000 characters", "outside-hosts", long_sitemap),
    Scenario(
        "link-echo",
        "links",
        "one page under 200 values of a parameter that nobody knows",
        "trap",
        links=lambda base: [f"{base}/tin/nghi-quyet-57-xem.html?zq={7919 * n:x}zz{n}" for n in range(200)],
    ),
)
ALL = (*SCENARIOS, *MORE)
"""Every row of docs/faults.md."""
