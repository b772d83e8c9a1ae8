"""Columns beyond the fixtures: what is proposed, what is refused, hostile bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.columns import MAX_COLUMNS, find_columns, read_column
from crawler.items import Found, Reason, Unreadable

HOME = "http://www.tinh.gov.vn/"


@pytest.mark.parametrize(
    ("anchor", "is_column"),
    [
        ('<a href="/nq57">NQ57</a>', True),
        ('<a href="/x" title="Triển khai Nghị quyết 57">Chuyên mục</a>', True),
        ('<a href="http://tinh.gov.vn/x">Nghị quyết số 57-NQ/TW</a>', True),
        ('<a href="http://so-khcn.tinh.gov.vn/x">Nghị quyết 57</a>', True),
        ('<nav><a href="/nghi-quyet-57-12345.html">Nghị quyết 57</a></nav>', True),
        ('<h3><a href="/nghi-quyet-57-12345.html">Nghị quyết 57</a></h3>', False),
        ('<a href="/x">Tỉnh sơ kết một năm thực hiện Nghị quyết 57 và bàn giải pháp cho năm sau</a>', False),
        ('<a href="/x">Nghị quyết 59-NQ/TW</a>', False),
        ('<a href="/quoc-lo-57">Quốc lộ 57</a>', False),
        ('<a href="/tim-kiem?key=nghi-quyet-57">Nghị quyết 57</a>', False),
        ('<a href="javascript:void(0)">Nghị quyết 57</a>', False),
        (f'<a href="{HOME}">Nghị quyết 57</a>', False),
    ],
)
def test_what_is_a_column(anchor: str, is_column: bool) -> None:
    assert bool(find_columns(f"<body>{anchor}</body>".encode(), HOME)) is is_column


def test_proposals_are_bounded() -> None:
    body = "".join(f'<a href="/muc-{n}">Nghị quyết 57</a>' for n in range(100))
    assert len(find_columns(body.encode(), HOME)) == MAX_COLUMNS


@pytest.mark.parametrize(
    "body", [b"", b"<html><h1>Ngh\xe1\xbb\x8b quy\xe1\xba\xbft 57</h1></html>", b"<rss><channel><title>x</title></channel></rss>"]
)
def test_a_column_that_lists_nothing_is_empty(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_column(body, HOME)
    assert caught.value.reason is Reason.EMPTY


@given(st.binary())
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    assert find_columns(body, HOME) == () or body
    try:
        assert isinstance(read_column(body, HOME), Found)
    except Unreadable as error:
        assert error.reason in (Reason.EMPTY, Reason.BAD_FEED)
