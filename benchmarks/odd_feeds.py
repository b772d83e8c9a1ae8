"""Feeds as they really are and should not be, each with the items that a person would read in it."""

from __future__ import annotations

from dataclasses import dataclass

URL = "https://bao.demo/rss/tin-moi.rss"
_TITLE, _LINK = "Chuyển đổi số ở các xã", "https://bao.demo/chuyen-doi-so-100001.html"
_WHEN = "2025-06-17T15:29:00+07:00"
_SECOND = "Cổng dữ liệu mở", "https://bao.demo/cong-du-lieu-100002.html", "2025-06-18T08:00:00+07:00"


@dataclass(frozen=True, slots=True)
class Item:
    """What a person reads: the instant in ISO 8601, None where there is none to be told."""

    title: str
    link: str
    when: str | None


@dataclass(frozen=True, slots=True)
class Odd:
    """A feed and what is right."""

    what: str
    body: bytes
    items: tuple[Item, ...]


def odd_feeds() -> list[Odd]:
    """All of them; dates in the forms that Vietnamese outlets write, in Vietnamese time unless they say otherwise."""
    return [*_dates(), *_shapes(), *_bytes(), *_breaks()]


_DATES = {
    "Tue, 17 Jun 2025 15:29:00 +0700": _WHEN,
    "Tue, 17 Jun 2025 15:29:00 GMT+7": _WHEN,
    "Tue, 17 Jun 2025 08:29:00 GMT": _WHEN,
    "6/17/2025 3:29:00 PM": _WHEN,
    "17/06/2025 15:29": _WHEN,
    "17/06/2025 15:29:00": _WHEN,
    "15:29 17/06/2025": _WHEN,
    "2025-06-17 15:29:00": _WHEN,
    "2025-06-17T15:29:00+07:00": _WHEN,
    "Thứ Ba, 17/06/2025 15:29 (GMT+7)": _WHEN,
    "Thứ ba, 17/6/2025, 15:29 (GMT+7)": _WHEN,
    "05/06/2025 15:29": "2025-06-05T15:29:00+07:00",
    "": None,
}


def _dates() -> list[Odd]:
    return [
        Odd(f"date {raw or 'empty'}", _rss(_item(date=raw)).encode(), (Item(_TITLE, _LINK, when),))
        for raw, when in _DATES.items()
    ]


def _shapes() -> list[Odd]:
    both = (Item(_TITLE, _LINK, _WHEN), Item(*_SECOND))
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Chuyển &amp;amp; đổi</title><link href="{_LINK}"/>'
        f"<published>{_WHEN}</published><updated>2025-07-01T00:00:00Z</updated></entry></feed>"
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://bao.demo/"><title>Báo</title></channel>'
        f'<item rdf:about="{_LINK}"><title>{_TITLE}</title><link>{_LINK}</link><dc:date>{_WHEN}</dc:date></item></rdf:RDF>'
    )
    return [
        Odd("two items", _rss(_item() + _second()).encode(), both),
        Odd("Atom, escaped twice", atom.encode(), (Item("Chuyển & đổi", _LINK, _WHEN),)),
        Odd("RDF", rdf.encode(), (Item(_TITLE, _LINK, _WHEN),)),
        Odd("relative address", _rss(_item(link="/chuyen-doi-so-100001.html")).encode(), (Item(_TITLE, _LINK, _WHEN),)),
        Odd("address in CDATA with spaces", _rss(_item(link=f"<![CDATA[ {_LINK}\n]]>")).encode(), (Item(_TITLE, _LINK, _WHEN),)),
        Odd(
            "the address is the guid",
            _rss(
                f"<item><title>{_TITLE}</title><guid isPermaLink='true'>{_LINK}</guid><pubDate>{_WHEN}</pubDate></item>"
            ).encode(),
            (Item(_TITLE, _LINK, _WHEN),),
        ),
        Odd("markup in the title", _rss(_item("<![CDATA[<b>Chuyển đổi số</b> ở các xã]]>")).encode(), both[:1]),
        Odd(
            "entities of HTML",
            _rss(_item("Chuy&#7875;n &#273;&#7893;i s&#7889; &ocirc;")).encode(),
            (Item("Chuyển đổi số ô", _LINK, _WHEN),),
        ),
    ]


def _bytes() -> list[Odd]:
    both = (Item(_TITLE, _LINK, _WHEN), Item(*_SECOND))
    whole = _rss(_item() + _second())
    old = whole.replace("Chuyển đổi số ở các xã", "Tin kinh tế").replace("Cổng dữ liệu mở", "Tin xã hội")
    renamed = (Item("Tin kinh tế", _LINK, _WHEN), Item("Tin xã hội", *_SECOND[1:]))
    return [
        Odd("byte order mark", b"\xef\xbb\xbf" + whole.encode(), both),
        Odd("UTF-16", whole.replace("utf-8", "utf-16").encode("utf-16"), both),
        Odd("says utf-16, is UTF-8", whole.replace('"utf-8"', '"utf-16"').encode(), both),
        Odd("says us-ascii, is UTF-8", whole.replace('"utf-8"', '"us-ascii"').encode(), both),
        Odd("control characters", whole.replace("các xã", "các\x0b xã").encode(), both),
        Odd("empty lines before the declaration", b"\n\n " + whole.encode(), both),
        Odd("a warning of PHP before it", b"<br /><b>Warning</b>: mysql_connect() in <b>/x.php</b><br />" + whole.encode(), both),
        Odd("windows-1252 without a word", old.replace(' encoding="utf-8"', "").encode("cp1258", "xmlcharrefreplace"), renamed),
    ]


def _breaks() -> list[Odd]:
    both = (Item(_TITLE, _LINK, _WHEN), Item(*_SECOND))
    with_ampersand = (Item("Khoa học & công nghệ", "https://bao.demo/tin.aspx?id=1&muc=2", _WHEN), both[1])
    bare = _item("Khoa học & công nghệ", "https://bao.demo/tin.aspx?id=1&muc=2")
    return [
        Odd("bare ampersands", _rss(bare + _second()).encode(), with_ampersand),
        Odd("cut in the third item", (_rss(_item() + _second())[: -len("</channel></rss>")] + "<item><title>Cắt").encode(), both),
        Odd("unclosed tag in an item", _rss(_item().replace("</item>", "<description>x<br></item>") + _second()).encode(), both),
        Odd(
            "unknown entity",
            _rss(_item() + _second().replace("<title>", "<title>&khoangtrang;")).encode(),
            (both[0], Item("&khoangtrang;" + _SECOND[0], *_SECOND[1:])),
        ),
        Odd("an item without an address beside one with", _rss("<item><title>Trống</title></item>" + _item()).encode(), both[:1]),
        Odd("address javascript: beside a good one", _rss(_item(link="javascript:void(0)") + _second()).encode(), both[1:]),
    ]


def _rss(items: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo</title>{items}</channel></rss>'


def _item(title: str = _TITLE, link: str = _LINK, date: str = "Tue, 17 Jun 2025 15:29:00 +0700") -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def _second() -> str:
    return _item(_SECOND[0], _SECOND[1], "Wed, 18 Jun 2025 08:00:00 +0700")
