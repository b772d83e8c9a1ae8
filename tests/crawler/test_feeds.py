"""Feeds beyond the fixtures: lying headers, hostile bytes, bounds."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.feeds import MAX_ITEMS, read_feed
from crawler.items import Found, Reason, Unreadable

URL = "http://bao.vn/rss"
HEAD = b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>"
TAIL = b"</channel></rss>"
ITEM = "<item><title>Đường Nghị quyết</title><link>http://bao.vn/1</link></item>"
RSS = f"<rss version='2.0'><channel><title>T</title>{ITEM}</channel></rss>"


def attempt(body: bytes) -> Found | Unreadable:
    try:
        return read_feed(body, URL)
    except Unreadable as error:
        return error


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RSS.encode(), "text/html; charset=iso-8859-1"),
        (RSS.encode(), "application/octet-stream"),
        (b"\xef\xbb\xbf" + RSS.encode(), "text/xml; charset=windows-1258"),
        ((f"<?xml version='1.0' encoding='iso-8859-1'?>{RSS}").encode(), "text/xml"),
        ((f"<?xml version='1.0' encoding='utf-16'?>{RSS}").encode("utf-16"), "text/xml"),
        (normalize("NFD", RSS).encode(), "text/plain"),
        (b"\r\n\r\n" + RSS.replace("<channel>", "<channel>\x00\x0b").encode(), ""),
    ],
)
def test_wrong_declarations_cost_no_letter(body: bytes, content_type: str) -> None:
    found = read_feed(body, URL, [("Content-Type", content_type)])
    assert [entry.title for entry in found.entries] == ["Đường Nghị quyết"]


def test_items_are_bounded_and_doubles_are_one() -> None:
    items = b"".join(b"<item><link>http://bao.vn/%d</link></item>" % number for number in range(MAX_ITEMS + 500))
    found = read_feed(HEAD + items + TAIL, URL)
    assert len(found.entries) == MAX_ITEMS
    assert [warning.reason for warning in found.warnings] == [Reason.TOO_MANY]
    twice = read_feed(HEAD + b"<item><link>http://bao.vn/1?fbclid=%d</link></item>" % 1 + ITEM.encode() + TAIL, URL)
    assert [entry.url for entry in twice.entries] == ["http://bao.vn/1?fbclid=1"]


def test_a_path_or_an_address_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(RSS)
    for body in (str(secret).encode(), secret.as_uri().encode(), b"http://127.0.0.1:9/rss"):
        with pytest.raises(Unreadable):
            read_feed(body, URL)


def test_entities_are_not_expanded() -> None:
    head = b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/hostname'><!ENTITY b 'lollol'><!ENTITY c '&b;&b;'>]>"
    found = read_feed(head + b"<rss><channel><item><title>&a; &c;</title><link>/1</link></item></channel></rss>", URL)
    assert "lol" not in (found.entries[0].title or "")
    assert Path("/etc/hostname").read_text().strip() not in (found.entries[0].title or "")


def test_a_thousand_items_without_an_address_are_told_a_hundred_times() -> None:
    found = read_feed(HEAD + b"<item><title>x</title></item>" * 1_000 + ITEM.encode() + TAIL, URL)
    assert len(found.entries) == 1
    assert len(found.warnings) == 100


@pytest.mark.parametrize("reference", ["&#0;", "&#1;", "&#xD800;", "&#xdfff;", "&#xFFFF;", "&#x110000;"])
def test_a_letter_that_no_xml_can_hold_costs_no_item(reference: str) -> None:
    items = "".join(f"<item><title>Tin {reference}{n}</title><link>/{n}</link></item>" for n in range(2))
    found = read_feed(HEAD + items.encode() + TAIL, URL)
    assert [entry.title for entry in found.entries] == ["Tin 0", "Tin 1"]


@pytest.mark.parametrize("before", ["<br />\n<b>Warning</b>: session_start() in x.php on line 3<br />\n", "\n\n  ", "\ufeff"])
def test_what_a_site_prints_before_its_feed_costs_no_item(before: str) -> None:
    feed = "<rss version='2.0'><channel><item><title>Tin</title><link>http://x.vn/1</link></item></channel></rss>"
    found = read_feed((before + feed).encode(), "http://x.vn/feed")
    assert [entry.url for entry in found.entries] == ["http://x.vn/1"]
    assert [notice.reason for notice in found.warnings] == ([Reason.BAD_FEED] if "Warning" in before else [])


HOSTILE = {
    "author": HEAD + b"<item><author>" + b"a" * 5_000_000 + b"</author><link>/1</link></item>" + TAIL,
    "creators": HEAD
    + b"<item><z:creator xmlns:z='http://purl.org/dc/elements/1.1/'>" * 50
    + (b"a." * 30_000 + b"</z:creator><link>/1</link></item>") * 50,
    "nested": HEAD + b"<item>" * 1_500_000,
    "open brackets": HEAD + b"<" * 9_000_000,
    "ampersands": HEAD + b"&" * 9_000_000,
    "cdata": HEAD + b"<![CDATA[" * 1_000_000,
    "entities": b"<!ENTITY " * 1_000_000,
    "attributes": HEAD + b"<item " + b"".join(b"a%d='>' " % i for i in range(600_000)) + b"/>" + TAIL,
    "long date": HEAD + b"<item><link>/1</link><pubDate>" + b"1 " * 3_000_000 + b"</pubDate></item>" + TAIL,
    "long title": HEAD + b"<item><link>/1</link><title>" + b"&amp;lt;" * 1_000_000 + b"</title></item>" + TAIL,
    "nul": b"\x00" * 9_000_000,
    "no text": b"\xff" * 9_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_end_soon(name: str) -> None:
    started = time.process_time()
    outcome = attempt(HOSTILE[name])
    assert time.process_time() - started < 5
    assert isinstance(outcome, Unreadable) or all(len(entry.title or "") <= 1_000 for entry in outcome.entries)


_PIECES = st.sampled_from(
    [
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<link>",
        "</link>",
        "/1",
        "<title>",
        "</title>",
        "<![CDATA[",
        "]]>",
        "&",
        "&nbsp;",
        "<a",
        "'>",
        "ế",
    ]
)


@given(st.one_of(st.binary(), st.lists(_PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_are_found_or_unreadable(body: bytes) -> None:
    outcome = attempt(body)
    assert isinstance(outcome, Found) or outcome.reason is Reason.BAD_FEED


def test_a_packed_feed_is_unpacked_within_the_bound() -> None:
    assert [entry.url for entry in read_feed(gzip.compress(RSS.encode()), URL).entries] == ["http://bao.vn/1"]
    with pytest.raises(Unreadable) as raised:
        read_feed(gzip.compress(b" " * 20_000_000), URL)
    assert raised.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "left_open", ["<description>x<br></item>", "<description>x<b></item>", "<description><p>x<img src='a'></item>"]
)
def test_a_tag_that_an_item_leaves_open_swallows_no_other(left_open: str) -> None:
    items = [f"<item><title>Tin {n}</title><link>http://bao.vn/{n}</link></item>" for n in range(40)]
    body = "".join(item.replace("</item>", left_open) if n % 3 else item for n, item in enumerate(items))
    found = read_feed(HEAD + body.encode() + TAIL, URL)
    assert [entry.title for entry in found.entries] == [f"Tin {n}" for n in range(40)]


def test_what_follows_an_open_break_is_read() -> None:
    item = ITEM.replace("<link>", "<description><img src='a'>x<br></description><link>")
    assert [entry.url for entry in read_feed(HEAD + item.encode() + TAIL, URL).entries] == ["http://bao.vn/1"]
