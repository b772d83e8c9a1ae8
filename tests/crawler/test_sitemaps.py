"""Sitemaps beyond the fixtures: gzip, bombs, bounds, hostile XML."""

from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.sitemaps import MAX_ENTRIES, read_sitemap
from crawler.items import Found, Reason, Unreadable

URL = "http://bao.vn/sitemap.xml"
HEAD = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def page(number: int) -> bytes:
    return b"<url><loc>http://bao.vn/bai-%d.html</loc></url>" % number


def attempt(body: bytes) -> Found | Unreadable:
    try:
        return read_sitemap(body, URL)
    except Unreadable as error:
        return error


def test_gzip_whatever_the_name_says() -> None:
    assert len(read_sitemap(gzip.compress(HEAD + page(1) + b"</urlset>"), URL).entries) == 1


def test_a_gzip_file_of_several_parts_is_read_whole() -> None:
    packed = gzip.compress(HEAD + page(1)) + gzip.compress(page(2) + b"</urlset>")
    assert len(read_sitemap(packed, URL).entries) == 2


@pytest.mark.parametrize("strange", [*("&#0;", "&#1;", "&#xD800;", "&#x110000;", "&nbsp;", "\x00", "\x0b", "\ufffe"), b"\xe9"])
def test_a_letter_that_is_none_costs_no_page(strange: str | bytes) -> None:
    title = strange if isinstance(strange, bytes) else strange.encode()
    news = b'<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:title>Tin ' + title + b" hay</n:title></n:news>"
    found = read_sitemap(HEAD + page(1).replace(b"</url>", news + b"</url>") + page(2) + b"</urlset>", URL)
    assert [entry.url for entry in found.entries] == ["http://bao.vn/bai-1.html", "http://bao.vn/bai-2.html"]
    assert (found.entries[0].title or "").startswith("Tin")


def test_an_address_that_breaks_off_is_none() -> None:
    whole = HEAD + page(1) + page(2)
    found = read_sitemap(whole[: whole.rindex(b"2.html")], URL)
    assert [entry.url for entry in found.entries] == ["http://bao.vn/bai-1.html"]
    assert {notice.reason for notice in found.warnings} == {Reason.BAD_FEED}


def test_a_gzip_cut_short_keeps_what_came() -> None:
    packed = gzip.compress(HEAD + b"".join(map(page, range(5_000))) + b"</urlset>")
    found = read_sitemap(packed[:-200], URL)
    assert len(found.entries) > 1_000
    assert {warning.reason for warning in found.warnings} == {Reason.BAD_FEED}


def test_a_bomb_is_too_large_and_broken_gzip_is_unreadable() -> None:
    bomb = attempt(gzip.compress(b"\0" * 60_000_000, 1))
    assert isinstance(bomb, Unreadable) and bomb.reason is Reason.TOO_LARGE
    broken = attempt(b"\x1f\x8b" + b"\xff" * 100)
    assert isinstance(broken, Unreadable) and broken.reason is Reason.BAD_FEED


@pytest.mark.slow
def test_entries_are_bounded() -> None:
    found = read_sitemap(HEAD + b"".join(map(page, range(MAX_ENTRIES + 10))) + b"</urlset>", URL)
    assert len(found.entries) == MAX_ENTRIES
    assert [warning.reason for warning in found.warnings] == [Reason.TOO_MANY]


HOSTILE = {
    "nested": HEAD + b"<url>" * 1_500_000,
    "wide": HEAD + b"<url>" + b"<x/>" * 1_500_000,
    "strangers": HEAD + b"<x/>" * 1_500_000,
    "brackets": HEAD + b"<" * 9_000_000,
    "ampersands": HEAD + b"<url><loc>" + b"&" * 9_000_000,
    "attributes": HEAD + b"<url " + b"".join(b"a%d='>' " % i for i in range(600_000)) + b"/>",
    "no address": HEAD + b"<url><loc>x:y</loc></url>" * 300_000,
    "nul": b"\0" * 9_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sitemaps_end_soon(name: str) -> None:
    started = time.process_time()
    outcome = attempt(HOSTILE[name])
    assert time.process_time() - started < 15
    assert isinstance(outcome, Unreadable) or len(outcome.warnings) < 200


@given(st.binary(), st.binary(max_size=20))
def test_any_bytes_are_found_or_unreadable(body: bytes, inner: bytes) -> None:
    for data in (body, gzip.compress(body), HEAD + b"<url><loc>" + inner + b"</loc></url></urlset>"):
        outcome = attempt(data)
        assert isinstance(outcome, Found) or outcome.reason is Reason.BAD_FEED


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_a_list_of_addresses_is_a_sitemap(before: bytes) -> None:
    listed = before + b"http://bao.vn/20250612/bai-1.html\r\nnonsense\r\n\r\n  http://bao.vn/bai-2.html\nhttp://bao.vn/bai-2.html"
    found = read_sitemap(gzip.compress(listed), URL)
    assert [entry.url for entry in found.entries] == ["http://bao.vn/20250612/bai-1.html", "http://bao.vn/bai-2.html"]
    assert [notice.detail for notice in found.warnings] == ["1 lines without a usable address"]


def test_a_list_of_addresses_is_bounded() -> None:
    body = b"".join(b"http://bao.vn/bai-%d.html\n" % n for n in range(MAX_ENTRIES + 10))
    assert len(read_sitemap(body, URL).entries) == MAX_ENTRIES
