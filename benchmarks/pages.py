"""Realistic pages of about 250 kB: the press web's own templates and texts, with the bulk that real sites wrap round them."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache

from classifier.naming import find_names, might_name
from classifier.text import nfc
from monitor.demo.addresses import slug
from monitor.demo.routes import Routes, build_routes
from monitor.demo.server import bundled_web
from monitor.demo.web import Item

SIZE = 250_000
"""Bytes of a page; the mean of the real pages on which the peers were compared is 249 kB."""
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.S)
_STYLE, _SCRIPT = 0.4, 0.7
"""So much of the bulk is style sheets, so much with scripts and their data; the rest is menus and lists of links."""
_PLAIN = (
    *(
        "Thời sự",
        "Thế giới",
        "Kinh doanh",
        "Bất động sản",
        "Thể thao",
        "Giải trí",
        "Pháp luật",
        "Sức khỏe",
        "Đời sống",
        "Du lịch",
    ),
    *("Văn hóa", "Ý kiến", "Tâm sự", "Xe", "Giáo dục", "Bạn đọc", "Video", "Podcast", "Ảnh", "Liên hệ quảng cáo"),
)
_DENSE = (
    *("Khoa học", "Khoa học và Công nghệ", "Khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số", "Chuyển đổi số", "Số hóa"),
    *(
        "Sở Khoa học và Công nghệ",
        "Bộ KH&amp;CN",
        "KHCN",
        "Khoa Điện tử",
        "Số nhà 57 Nguyễn Du",
        "Công dân số",
        "Đột phá tư duy.",
    ),
    *("Quỹ phát triển khoa học và công nghệ quốc gia", "57 thủ tục hành chính", "Văn phòng Chương trình khoa học"),
    *("Nghị quyết của Quốc hội.", "Ban Chỉ đạo phòng, chống thiên tai.", "Bộ Chính trị họp.", "Lấy ý kiến: 57% đồng tình"),
)
_IDENTIFIERS = (
    *(
        "box",
        "head",
        "item",
        "list",
        "news",
        "foot",
        "menu",
        "wrap",
        "title",
        "thumb",
        "desc",
        "more",
        "video",
        "photo",
        "banner",
    ),
    *("side", "main", "inner", "left", "right"),
)


@cache
def _routes() -> Routes:
    return build_routes(bundled_web())


@cache
def _unrelated() -> tuple[Item, ...]:
    """The press web's pages in Vietnamese in which nothing could name the Resolution, for the scan has to read those whole."""
    return tuple(item for item in _readable() if item.labels.relevance == 0 and not might_name(_shown(_rendered(item))))


@cache
def _headlines(*, with_number: bool) -> tuple[str, ...]:
    """Headlines for the lists of links; the number is that of other documents, streets and counts."""
    found = tuple(
        i.title for i in _readable() if i.labels.relevance == 0 and not might_name(i.title) and "Nghị quyết" not in i.title
    )
    return found if with_number else tuple(title for title in found if "57" not in title)


@cache
def _related() -> tuple[Item, ...]:
    return tuple(item for item in _readable() if item.labels.relevance == 2 and find_names(_shown(_rendered(item))))


def _readable() -> Iterator[Item]:
    items = _routes().web.all_items()
    return (i for i in items if i.language == "vi" and i.document is None and not i.site.fault and i.oddity is None)


def texts_of_items() -> list[tuple[str, tuple[str, ...]]]:
    """Title and paragraphs of the press web's pages in Vietnamese."""
    return [(item.title, tuple(item.paragraphs)) for item in _readable() if item.paragraphs]


def _shown(page: str) -> str:
    return nfc(html.unescape(_TAG.sub(" ", page)))


def plain_pages(count: int, *, size: int = SIZE, seed: int = 1) -> list[bytes]:
    """Pages about anything but the Resolution."""
    return [_page(item, size, rng, _PLAIN, _headlines(with_number=False)) for item, rng in _chosen(_unrelated(), count, seed)]


def dense_pages(count: int, *, size: int = SIZE, seed: int = 2) -> list[bytes]:
    """Pages about anything but the Resolution, full of the words and numbers that its names are made of."""
    return [_page(item, size, rng, _DENSE, _headlines(with_number=True)) for item, rng in _chosen(_unrelated(), count, seed)]


def related_pages(count: int, *, size: int = SIZE, seed: int = 3) -> list[bytes]:
    """Pages about the Resolution."""
    return [_page(item, size, rng, _PLAIN, _headlines(with_number=False)) for item, rng in _chosen(_related(), count, seed)]


def _chosen(items: tuple[Item, ...], count: int, seed: int) -> Iterator[tuple[Item, random.Random]]:
    for n in range(count):
        yield items[n % len(items)], random.Random(seed * 1_000_003 + n)  # noqa: S311 - a page, not a secret


def _page(item: Item, size: int, rng: random.Random, words: tuple[str, ...], titles: tuple[str, ...]) -> bytes:
    text = _rendered(item)
    bulk = max(0, size - len(text.encode()))
    head = f"<style>{_style(rng, int(bulk * _STYLE))}</style>"
    data = f"<script>window.__STATE__={_script(rng, int(bulk * (_SCRIPT - _STYLE)), titles)};</script>"
    links = _links(rng, int(bulk * (1 - _SCRIPT)), words, titles)
    menu, tail = links[: len(links) // 4], links[len(links) // 4 :]
    text = text.replace("</head>", f"{head}</head>", 1).replace("<body>", f'<body><ul class="menu-all">{"".join(menu)}</ul>', 1)
    return text.replace("</body>", f'<div class="box-more"><ul>{"".join(tail)}</ul></div>{data}</body>', 1).encode()


@cache
def _rendered(item: Item) -> str:
    """The page as its site shows it; a plain one where the site writes another encoding than UTF-8."""
    route = _routes().find(item.site.host, item.path)
    assert route is not None
    page = route.make().body
    if b"charset=utf-8" in page[:1_000].lower():
        return page.decode("utf-8")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in item.paragraphs)
    return (
        f"<!DOCTYPE html><html lang='vi'><head><title>{item.title}</title></head><body><h1>{item.title}</h1>{body}</body></html>"
    )


def _style(rng: random.Random, size: int) -> str:
    def name() -> str:
        return "-".join(rng.choices(_IDENTIFIERS, k=3))

    def rule() -> str:
        return (
            f".{name()} .{name()}:hover,.{name()} ul li{{width:{rng.randrange(1200)}px;padding:{rng.randrange(40)}px;"
            f"color:#{rng.choice('0369cf') * 3};margin:0 auto;display:block;background:url(i/{name()}.png) no-repeat center}}\n"
        )

    return "".join(_until(size, rule))


def _script(rng: random.Random, size: int, titles: tuple[str, ...]) -> str:
    def row() -> str:
        title = rng.choice(titles)
        return (
            f'{{"id":{rng.randrange(10**5)},"title":{json.dumps(title)},"zone":"{rng.choice(_IDENTIFIERS)}","published":true,'
            f'"url":"/{slug(title)}-{rng.randrange(1000)}.html","comments":{{"enabled":true,"count":{rng.randrange(99)}}}}},'
        )

    return f"[{''.join(_until(size, row))}0]"


def _until(size: int, make: Callable[[], str]) -> Iterator[str]:
    while size > 0:
        made = make()
        size -= len(made.encode())
        yield made


def _links(rng: random.Random, size: int, words: tuple[str, ...], titles: tuple[str, ...]) -> list[str]:
    def link() -> str:
        name = rng.choice(words) if rng.random() < 0.7 else html.escape(rng.choice(titles))
        address = f"/{rng.choice(_IDENTIFIERS)}/{rng.choice(_IDENTIFIERS)}-{rng.randrange(10**4)}.html"
        image = f"https://cdn.vn.demo/{rng.choice(_IDENTIFIERS)}/{rng.choice(_IDENTIFIERS)}.jpg"
        return f'<li class="item"><a href="{address}" title="{name}"><img src="{image}" alt="">{name}</a>;</li>\n'

    return [*_until(size, link)]
