"""Gzip bodies are unpacked whole or not at all, whichever library does it."""

import gzip
import zlib

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.discover import packed
from crawler.download import RefusedRequest
from crawler.items import Reason
from crawler.middlewares import EncodingMiddleware

BODY = "<p>Nghị quyết 57</p>".encode() * 3_000
MOST = 100_000


@pytest.fixture(params=["installed", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setattr(packed, "inflate", zlib)


def unpacked(body: bytes) -> Response:
    answer = HtmlResponse("http://bao.vn/", headers={"Content-Encoding": "gzip"}, body=body)
    return EncodingMiddleware(MOST).process_response(Request("http://bao.vn/"), answer)


@pytest.mark.usefixtures("library")
def test_members_follow_each_other_and_what_is_none_is_left_out() -> None:
    whole = gzip.compress(BODY)
    assert unpacked(whole).body == unpacked(whole + b"\0\0 not gzip").body == BODY
    assert unpacked(whole + gzip.compress(b"end")).body == BODY + b"end"
    assert "Content-Encoding" not in unpacked(whole).headers


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(BODY)[:-9], Reason.BAD_ENCODING),
        (gzip.compress(BODY)[:-8] + bytes(8), Reason.BAD_ENCODING),
        (b"<html>no gzip at all</html>", Reason.BAD_ENCODING),
        (gzip.compress(bytes(MOST + 1)), Reason.TOO_LARGE),
        (gzip.compress(BODY) + gzip.compress(bytes(MOST)), Reason.TOO_LARGE),
        (gzip.compress(b"") * 400_000, Reason.TOO_LARGE),  # eight megabytes, one after the other: minutes
    ],
)
def test_what_is_broken_or_too_large_is_refused(body: bytes, reason: Reason) -> None:
    with pytest.raises(RefusedRequest) as refused:
        unpacked(body)
    assert refused.value.reason is reason
