"""The press web answers as its data files say: hosts, pages, feeds, sitemaps, conditional requests and faults."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import etree

from monitor.demo.server import PressWeb, bundled_web
from monitor.demo.sites import Fault, Press, Reprint, Section, Site
from monitor.demo.texts import BadDemo, Labels, Text, load_texts
from monitor.demo.web import Web, build_web

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Balance(HTMLParser):
    """Notes every tag that is closed out of turn or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


class Client:
    """Asks through the proxy, one connection a request."""

    def __init__(self, press: PressWeb) -> None:
        self._proxy = urlsplit(press.proxy_url)

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._proxy.hostname or "", self._proxy.port, timeout=5)
        try:
            connection.request("GET", url, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def press() -> Iterator[PressWeb]:
    with PressWeb() as running:
        yield running


@pytest.fixture(scope="module")
def client(press: PressWeb) -> Client:
    return Client(press)


def toy(*texts: Text, **site: object) -> Web:
    """A web of one newspaper with these texts."""
    values: dict[str, object] = {
        "id": "thu",
        "host": "thu.vn.demo",
        "name": "Báo Thử",
        "template": "vnexpress",
        "shape": "vnexpress",
        "sections": (Section("tin-moi", "Tin mới"), Section("thoi-su", "Thời sự")),
    }
    return build_web(texts, Press(datetime(2026, 10, 31, 8), (Site(**{**values, **site}),)))  # type: ignore[arg-type]


def text(key: str = "mot", **values: object) -> Text:
    base: dict[str, object] = {
        "id": key,
        "site": "thu",
        "kind": "news",
        "date": datetime(2026, 9, 14, 8, 30),
        "title": f"Bài {key} về Nghị quyết 57-NQ/TW",
        "paragraphs": ("Đoạn một.", "Đoạn hai."),
        "labels": Labels(relevance=2),
    }
    return Text(**{**base, **values})  # type: ignore[arg-type]


def visit(press: PressWeb, client: Client) -> Iterator[tuple[str, int, str, bytes]]:
    """Every HTML page of the sites that answer at all."""
    silent = {site.host for site in press.web.sites if site.fault and site.fault.name == "drop"}
    for url in press.urls():
        if urlsplit(url).hostname not in silent:
            status, headers, body = client.get(url)
            yield url, status, headers["content-type"], body


def test_a_web_of_many_hosts_and_pages_that_are_valid_html(press: PressWeb, client: Client) -> None:
    pages = list(visit(press, client))
    served = [url for url, status, _, _ in pages if status == 200]
    assert len({urlsplit(url).hostname for url in press.urls()}) >= 24
    assert len(served) >= 400
    assert len({site.template for site in press.web.sites}) >= 6
    for url, status, kind, body in pages:
        charset = kind.partition("charset=")[2]
        if not body or status >= 500:
            continue
        page = Balance()
        page.feed(body.decode(charset.replace("windows-1258", "cp1258"), "replace"))
        assert (url, page.wrong, page.open) == (url, [], [])


def test_it_renders_the_same_twice() -> None:
    first = PressWeb(bundled_web())
    first._server.server_close()
    second = build_web(load_texts(), first.web.press)
    assert [item.url for item in first.web.all_items()] == [item.url for item in second.all_items()]


def test_only_loopback_is_bound(press: PressWeb) -> None:
    assert press._server.server_address[0] == "127.0.0.1"


def test_unknown_hosts_pages_and_www(press: PressWeb, client: Client) -> None:
    assert client.get("http://vnexpress.net/")[0] == 502
    assert client.get("http://songviet.vn.demo/khong-co")[0] == 404
    status, headers, _ = client.get("http://www.songviet.vn.demo/tin-moi")
    assert (status, headers["location"]) == (301, "http://songviet.vn.demo/tin-moi")
    last = press.requests[-1]
    assert (last.method, last.host, last.path, last.status) == ("GET", "www.songviet.vn.demo", "/tin-moi", 301)


def test_conditional_requests_get_304(client: Client) -> None:
    for url in ("http://songviet.vn.demo/rss/tin-moi.rss", "http://phuongdong.vn.demo/sitemap.xml"):
        _, headers, body = client.get(url)
        assert client.get(url, If_None_Match=headers["etag"])[0] == 304
        assert client.get(url, If_Modified_Since=headers["last-modified"])[0] == 304
        assert client.get(url, If_None_Match='"other"')[2] == body
        assert client.get(url, If_Modified_Since="never")[0] == 200


def test_feeds_of_every_kind(press: PressWeb, client: Client) -> None:
    versions = {}
    for site in press.web.sites:
        for feed in site.feeds if site.fault is None else ():
            _, headers, body = client.get(f"http://{site.host}{feed.path}")
            parsed = feedparser.parse(body)
            versions[feed.kind] = parsed.version
            assert headers["content-type"] == feed.content_type
            urls = {entry.link for entry in parsed.entries}
            known = {item.url for item in press.web.items[site.id]}
            assert (not urls) if feed.malformed else (urls and urls <= known), feed.path
    assert versions == {"rss2": "rss20", "rss1": "rss10", "rss091": "rss091u", "atom": "atom10"}


def test_sitemaps_list_every_readable_page(press: PressWeb, client: Client) -> None:
    _, _, index = client.get("http://phuongdong.vn.demo/sitemap.xml")
    found = []
    for child in etree.fromstring(index).iter("{*}loc"):
        _, headers, body = client.get(str(child.text))
        assert headers["content-type"] == "application/x-gzip" and "content-encoding" not in headers
        found += [str(loc.text) for loc in etree.fromstring(gzip.decompress(body)).iter("{*}loc")]
    assert sorted(found) == sorted(item.url for item in press.web.items["phuong-dong"])
    _, _, news = client.get("http://nhipso.vn.demo/news-sitemap.xml")
    assert b"publication_date" in news
    assert len(list(etree.fromstring(news).iter("{*}loc"))) == len(press.web.items["nhip-so"])


def test_former_mobile_amp_print_and_tracked_addresses_lead_to_the_same_text(press: PressWeb, client: Client) -> None:
    oldest = press.web.items["phuong-dong"][-1]
    page = client.get("http://phuongdong.vn.demo/thoi-su.htm")[2].decode()
    pages = page + "".join(client.get(urljoin(oldest.url, h))[2].decode() for h in re.findall(r'href="([^"]*trang-[^"]*)"', page))
    former = re.findall(r'href="(/tin-cu/[^"]+)"', pages)
    assert former
    assert client.get(urljoin(oldest.url, former[0]))[1]["location"] == oldest.url
    daily = next(item for item in press.web.items["song-viet"] if item.oddity is None)
    for address in (daily.url.replace("://", "://m."), daily.url + "?utm_source=home&utm_medium=doc-nhieu"):
        status, _, body = client.get(address)
        assert status == 200 and f'rel="canonical" href="{daily.url}"' in body.decode()
    magazine = next(item for item in press.web.items["nhip-so"] if item.oddity is None)
    assert f'rel="amphtml" href="{magazine.url}amp/"' in client.get(magazine.url)[2].decode()
    assert client.get(f"{magazine.url}amp/")[0] == 200


def test_old_code_page_and_split_letters_read_back(press: PressWeb, client: Client) -> None:
    charsets = set()
    for item in press.web.items["lang-que"]:
        if item.oddity is None:
            _, headers, body = client.get(item.url)
            charset = headers["content-type"].partition("charset=")[2]
            charsets.add(charset)
            text = body.decode(charset.replace("windows-1258", "cp1258"))
            assert item.title not in text and unescape(unicodedata.normalize("NFC", text)).count(item.title) >= 2
    assert charsets == {"windows-1258", "utf-8"}
    damaged = next(item for item in press.web.items["lang-que"] if item.oddity == "garbled")
    _, headers, body = client.get(damaged.url)
    assert body.decode().count("\ufffd") > 100 and headers["content-type"].endswith("utf-8")


def test_the_undated_page_shows_no_date_of_its_own(press: PressWeb, client: Client) -> None:
    item = next(item for item in press.web.items["portal-an-giang"] if item.oddity == "undated")
    dates = set(re.findall(r"\d{1,2}/\d{1,2}/\d{4}", client.get(item.url)[2].decode()))
    assert dates == {"31/10/2026", "01/09/2021"}  # today's, and that of the licence
    listing = client.get("http://angiang.gov.vn.demo/Pages/tin-tuc.aspx")[2].decode()
    assert item.title in listing and set(re.findall(r"\d{1,2}/\d{1,2}/\d{4}", listing)) == dates


@pytest.mark.parametrize("fault", ["drop", "reset"])
def test_a_dead_host_ends_the_connection_without_an_answer(fault: str) -> None:
    with PressWeb(toy(text(), fault=Fault(name=fault))) as press:  # type: ignore[arg-type]
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            Client(press).get("http://thu.vn.demo/")
        assert press.requests[-1].status == 0


def test_other_faults() -> None:
    with PressWeb(toy(text(), fault=Fault(name="partial"))) as press, pytest.raises(http.client.IncompleteRead):
        Client(press).get("http://thu.vn.demo/")
    with PressWeb(toy(text(), fault=Fault(name="status", code=503, spare_robots=True))) as press:
        assert Client(press).get("http://thu.vn.demo/")[0] == 503
        assert Client(press).get("http://thu.vn.demo/nowhere")[0] == 503
        assert Client(press).get("http://thu.vn.demo/robots.txt")[0] == 200
    with PressWeb(toy(text(), fault=Fault(name="delay", seconds=0.3))) as press:
        began = time.perf_counter()
        assert Client(press).get("http://thu.vn.demo/")[0] == 200
        assert time.perf_counter() - began >= 0.3


def test_a_hanging_host_says_nothing_and_the_server_still_stops() -> None:
    with PressWeb(toy(text(), fault=Fault(name="hang"))) as press:
        port = urlsplit(press.proxy_url).port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
            connection.sendall(b"GET http://thu.vn.demo/ HTTP/1.1\r\nHost: thu.vn.demo\r\n\r\n")
            with pytest.raises(TimeoutError):
                connection.recv(1)


def test_content_is_escaped_wherever_it_stands() -> None:
    nasty = text(title='<script>x</script> "57" & ]]>', summary="a ]]> b <b>", paragraphs=("</div><script>y</script>",))
    for template, shape in (
        ("vnexpress", "vnexpress"),
        ("wordpress", "wordpress"),
        ("nukeviet", "nukeviet"),
        ("liferay", "liferay"),
    ):
        web = toy(nasty, template=template, shape=shape, feeds=({"path": "/rss", "cdata": True},))
        with PressWeb(web) as press:
            client = Client(press)
            for url in press.urls():
                page = Balance()
                page.feed(client.get(url)[2].decode())
                assert page.wrong == page.open == []
            feed = feedparser.parse(client.get("http://thu.vn.demo/rss")[2])
            assert [entry.link for entry in feed.entries] == [web.items["thu"][0].url]
            assert b"<script>y" not in client.get(web.items["thu"][0].url)[2]


def test_data_files_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(BadDemo, match="no site khac"):
        toy(text(site="khac"))
    with pytest.raises(BadDemo, match="has no column"):
        toy(text(column=True))
    again = Reprint(of="hai", title="Lại", date=datetime(2026, 9, 15))
    with pytest.raises(BadDemo, match="reprints hai, which no text file has"):
        toy(text(), reprints=(again,))
    with pytest.raises(BadDemo, match="before it was published"):
        toy(text(), reprints=(replace(again, of="mot", date=datetime(2026, 9, 1)),))


def test_reprints_keep_a_share_and_the_story() -> None:
    long = text(paragraphs=tuple(f"Câu số {n} rất dài, ông cho biết." for n in range(10)))
    web = toy(long, reprints=(Reprint(of="mot", title="Lại", date=datetime(2026, 9, 15), cut=0.6, tampered=True),))
    copy, first = web.items["thu"]
    assert (copy.story, copy.original, first.original) == ("mot", False, True)
    assert len(copy.paragraphs) == 6
    assert copy.paragraphs[0] == "Câu số 0 hết sức dài, ông chia sẻ."
