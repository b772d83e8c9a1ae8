"""Which parser reads a column: its first element decides, not the XML declaration that XHTML has too."""

from __future__ import annotations

import pytest

from crawler.clock import now
from crawler.items import Page
from crawler.spiders.reading import read_endpoint
from crawler.store.endpoints import Endpoint

PAGE = """<html><head><title>Chuyên trang</title></head><body><h1>Chuyên trang Nghị quyết 57</h1><div>
<h3><a href="/nq57/ha-noi-dua-nghi-quyet-57-100060.html">Hà Nội đưa Nghị quyết 57 vào cuộc sống</a></h3><p>20/10/2026</p>
<h3><a href="/nq57/hue-dua-nghi-quyet-57-100061.html">Huế đưa Nghị quyết 57 vào cuộc sống ra sao</a></h3><p>19/10/2026</p>
</div></body></html>"""
FEED = """<rss version="2.0"><channel><title>Chuyên trang</title><link>http://a.vn/</link><description>x</description><item>
<title>Hà Nội đưa Nghị quyết 57 vào cuộc sống</title><link>http://a.vn/nq57/100060.html</link></item></channel></rss>"""


def column(body: str) -> tuple[str, ...]:
    endpoint = Endpoint("a", "http://a.vn/nq57", "column", None, None, None, None, "unknown")
    page = Page("http://a.vn/nq57", 200, (), body.encode(), now())
    return tuple(entry.way for entry in read_endpoint(endpoint.kind, page, as_listing=False).entries)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '\ufeff<?xml version="1.0"?>\n<?xml-stylesheet href="/x.xsl"?>\n<!-- made by hand -->\n',
    ],
)
def test_a_column_is_read_as_what_its_first_element_says(before: str) -> None:
    assert column(before + PAGE) == ("column", "column")
    assert column(before + FEED) == ("column",)


def test_an_xhtml_column_with_its_doctype_is_a_page() -> None:
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
    assert column(f'<?xml version="1.0"?>\n{doctype}{PAGE}') == ("column", "column")
