"""Items in, the bytes of feeds, sitemaps and robots.txt out, each odd in its own way."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment

from monitor.demo.addresses import number
from monitor.demo.answers import Answer
from monitor.demo.clocks import feed_date
from monitor.demo.sites import Feed, Site
from monitor.demo.web import Item

_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a feed or sitemap."""

    url: str
    title: str
    summary: str
    date: str
    iso: str
    number: int


def feed(templates: Environment, site: Site, feed: Feed, title: str, items: Sequence[Item], now: datetime) -> Answer:
    """The feed's newest items; a malformed one breaks off before the first."""
    shown = items[: feed.limit]
    xml = templates.get_template("feeds/broken.xml" if feed.malformed else f"feeds/{feed.kind}.xml").render(
        site=site,
        title=title,
        feed_url=f"http://{site.host}{feed.path}",
        cdata=feed.cdata,
        updated=feed_date(shown[0].when if shown else now, "iso" if feed.kind == "atom" else "rfc822", 0),
        entries=[_line(item, feed.dates, position) for position, item in enumerate(shown)],
    )
    return Answer(xml.encode(), feed.content_type, modified=_newest(shown))


def sitemap(templates: Environment, items: Sequence[Item]) -> Answer:
    """A plain sitemap of these items."""
    xml = templates.get_template("feeds/sitemap.xml").render(entries=[_line(item, "iso", 0) for item in items])
    return Answer(xml.encode(), _XML, modified=_newest(items))


def news_sitemap(templates: Environment, site: Site, items: Sequence[Item]) -> Answer:
    """A sitemap in Google's news form."""
    xml = templates.get_template("feeds/news.xml").render(site=site, entries=[_line(item, "iso", 0) for item in items])
    return Answer(xml.encode(), _XML, modified=_newest(items))


def sitemap_index(templates: Environment, site: Site, children: dict[str, tuple[Item, ...]]) -> Answer:
    """An index over sitemaps: path to the items that each one lists."""
    entries = [{"url": f"http://{site.host}{path}", "iso": items[0].when.isoformat()} for path, items in children.items()]
    xml = templates.get_template("feeds/index.xml").render(children=entries)
    return Answer(xml.encode(), _XML, modified=_newest([item for items in children.values() for item in items]))


def compressed(answer: Answer) -> Answer:
    """The same as a gzip file, not as a content encoding; without a time in it, so that the bytes stay the same."""
    return Answer(gzip.compress(answer.body, mtime=0), "application/x-gzip", modified=answer.modified)


def by_quarter(items: Sequence[Item]) -> dict[str, tuple[Item, ...]]:
    """Items keyed by the path of the compressed sitemap of their quarter, newest first."""
    quarters: dict[str, tuple[Item, ...]] = {}
    for item in items:
        path = f"/sitemaps/tin-{item.when.year}-q{(item.when.month + 2) // 3}.xml.gz"
        quarters[path] = (*quarters.get(path, ()), item)
    return quarters


def robots(site: Site) -> Answer:
    """robots.txt with the site's rules and the addresses of its sitemaps."""
    maps = "".join(f"Sitemap: http://{site.host}{sitemap.path}\n" for sitemap in site.sitemaps)
    return Answer((site.robots + maps).encode(), "text/plain; charset=utf-8")


def _line(item: Item, style: str, position: int) -> Line:
    return Line(
        item.url, item.title, item.summary or "", feed_date(item.when, style, position), item.when.isoformat(), number(item.id)
    )


def _newest(items: Sequence[Item]) -> datetime | None:
    return max((item.when for item in items), default=None)
