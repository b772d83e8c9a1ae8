"""Address shapes of real content systems: a site and a text's data in, the path of its page out."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import datetime

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one content system builds paths; the fields are format strings over slug, section, number, stamp, when, n and ext."""

    article: str
    section: str
    page: str
    """The n-th page of a section, n from 2."""
    tag: str
    about: str
    file: str = "/uploads/van-ban/{when:%Y}_{when:%m}/{slug}.{ext}"
    drops_d: bool = False
    """Liferay leaves đ out of its slugs instead of writing d."""


SHAPES = {
    "nukeviet": Shape(
        article="/vi/news/{section}/{slug}-{number}.html",
        section="/vi/news/{section}/",
        page="/vi/news/{section}/page-{n}/",
        tag="/vi/news/tag/{slug}/",
        about="/vi/about/gioi-thieu.html",
    ),
    "liferay": Shape(
        article="/web/guest/{section}/-/asset_publisher/M66cW8cwSY8Q/content/{slug}",
        section="/web/guest/{section}",
        page="/web/guest/{section}?page={n}",
        tag="/web/guest/tag/{slug}",
        about="/web/guest/gioi-thieu",
        file="/documents/20182/{number}/{slug}.{ext}",
        drops_d=True,
    ),
    "sharepoint": Shape(
        article="/portal/Pages/{when.year}-{when.month}-{when.day}/{slug40}{hex}.aspx",
        section="/portal/Pages/{section}.aspx",
        page="/portal/Pages/{section}.aspx?page={n}",
        tag="/portal/Pages/tim-kiem.aspx?key={slug}",
        about="/portal/Pages/gioi-thieu.aspx",
        file="/portal/VanBan/{when.year}/{slug}.{ext}",
    ),
    "sharepoint-item": Shape(
        article="/Pages/ChiTietTin.aspx?ItemID={number}",
        section="/Pages/{section}.aspx",
        page="/Pages/{section}.aspx?page={n}",
        tag="/Pages/tim-kiem.aspx?key={slug}",
        about="/Pages/gioi-thieu.aspx",
        file="/SiteAssets/VanBan/{slug}.{ext}",
    ),
    "joomla": Shape(
        article="/index.php/{section}/{number}-{slug}",
        section="/index.php/{section}",
        page="/index.php/{section}?start={offset}",
        tag="/index.php/tags/{slug}",
        about="/index.php/gioi-thieu",
        file="/images/vanban/{slug}.{ext}",
    ),
    "vnexpress": Shape(
        article="/{slug}-4{number}.html",
        section="/{section}",
        page="/{section}-p{n}",
        tag="/tag/{slug}-{number}",
        about="/toa-soan/gioi-thieu",
    ),
    "query-page": Shape(
        article="/{section}/{slug}-{number}.html",
        section="/{section}",
        page="/{section}?page={n}",
        tag="/hashtag/{slug}",
        about="/gioi-thieu",
    ),
    "vccorp": Shape(
        article="/{slug}-{code}{stamp}.htm",
        section="/{section}.htm",
        page="/{section}/trang-{n}.htm",
        tag="/{slug}-ptag.html",
        about="/gioi-thieu.htm",
    ),
    "wordpress": Shape(
        article="/{when:%Y}/{when:%m}/{when:%d}/{slug}/",
        section="/category/{section}/",
        page="/category/{section}/page/{n}/",
        tag="/tag/{slug}/",
        about="/about/",
        file="/wp-content/uploads/{when:%Y}/{when:%m}/{slug}.{ext}",
    ),
    "onecms": Shape(
        article="/{slug}-post{number}.vnp",
        section="/{section}/",
        page="/{section}/trang-{n}/",
        tag="/tag/{slug}.vnp",
        about="/gioi-thieu/",
    ),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article's address is made of."""

    id: str
    title: str
    section: str
    when: datetime


def slug(text: str, *, drops_d: bool = False) -> str:
    """The text in lower-case ASCII words joined by dashes; Cyrillic gives an empty slug."""
    lower = text.lower().replace("đ", "" if drops_d else "d")
    plain = "".join(char for char in unicodedata.normalize("NFD", lower) if not unicodedata.combining(char))
    return _NOT_WORD.sub("-", plain).strip("-")


def number(key: str) -> int:
    """A six-digit id that depends on nothing but the key."""
    return 100_000 + zlib.crc32(key.encode()) % 900_000


def article_path(shape: Shape, subject: Subject, *, code: str = "188", ext: str | None = None) -> str:
    """The path of a text's page, or with `ext` that of the file that is offered instead."""
    words = slug(subject.title, drops_d=shape.drops_d) or slug(subject.id)
    key = number(subject.id)
    return (shape.file if ext else shape.article).format(
        slug=words[:110].rstrip("-"),
        slug40=words[:40],
        section=subject.section,
        number=key,
        hex=f"{key:06x}",
        when=subject.when,
        code=code,
        stamp=f"{subject.when:%y%m%d%H%M%S}{key % 1000:03}",
        ext=ext,
    )


def page_path(shape: Shape, section: str, n: int, *, size: int) -> str:
    """The path of a section's n-th listing page, counted from 1, with `size` entries each."""
    return (shape.section if n == 1 else shape.page).format(section=section, n=n, offset=(n - 1) * size)


def tag_path(shape: Shape, tag: str) -> str:
    """The path of a tag's or search word's page."""
    return shape.tag.format(slug=tag, number=number(tag))
