"""A web of items in, a table of routes out: for each host and path what answers there, made when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from jinja2 import Environment

from monitor.demo import documents, feeds
from monitor.demo.addresses import SHAPES, page_path, tag_path
from monitor.demo.answers import Answer, Route
from monitor.demo.render import Listing, Renderer, environment, former_path, has_tag, menu_sections, print_path
from monitor.demo.sites import Site
from monitor.demo.web import Item, Web

OUTSIDE = "http://quangcao.vn.demo/khuyen-mai"
"""Where a link that leaves its site leads: a host that nobody may visit."""

_NOISE = re.compile(r"(?:utm_\w+|fbclid|zarsrc|inheritRedirect)=[^&]*&?")
_HOME_SIZE = 8


@dataclass(frozen=True)
class Routes:
    """Every address of the press web."""

    web: Web
    table: dict[str, dict[str, Route]] = field(repr=False)
    sites: dict[str, Site]
    """Host, mobile hosts included, to its site."""
    renderer: Renderer

    def find(self, host: str, target: str) -> Route | None:
        """The route of an address; None where the host exists and the page does not. KeyError for an unknown host."""
        table = self.table.get(host)
        if table is None:
            if host.startswith("www.") and host[4:] in self.table:
                return Route("redirect", partial(Answer, status=301, location=f"http://{host[4:]}{target}"))
            raise KeyError(host)
        return table.get(target) or table.get(_NOISE.sub("", target).rstrip("?&"))

    def missing(self, host: str) -> Answer:
        """The host's page for an address that it does not have."""
        return self.renderer.notice(self.sites[host], "gone", 404)

    def urls(self, kind: str = "html") -> tuple[str, ...]:
        """All addresses of a kind, those included that break on purpose."""
        return tuple(f"http://{host}{path}" for host, table in self.table.items() for path, r in table.items() if r.kind == kind)


def build_routes(web: Web) -> Routes:
    """The table of a whole press web; nothing is rendered yet."""
    renderer, templates = Renderer(web), environment()
    table: dict[str, dict[str, Route]] = {}
    sites: dict[str, Site] = {}
    for site in web.sites:
        pages = dict(_listing_routes(web, site, renderer))
        articles = dict(_article_routes(web, site, renderer))
        table[site.host] = {**pages, **articles, **dict(_feed_routes(web, site, templates))}
        sites[site.host] = site
        if "m" in site.editions:
            table[f"m.{site.host}"], sites[f"m.{site.host}"] = {**pages, **articles}, site
    return Routes(web, table, sites, renderer)


def listings(web: Web, site: Site) -> tuple[Listing, ...]:
    """Every list of a site but its front page; the first section holds all the news."""
    items = web.items[site.id]
    news = tuple(item for item in items if not (item.document and site.documents))
    found = []
    for section in menu_sections(site):
        heading = section.title or section.name
        if section is site.column:
            found.append(Listing(section.slug, heading, web.column_items(site), site.page_size, "column"))
        elif section is site.documents:
            papers = tuple(item for item in items if item.document)
            found.append(Listing(section.slug, heading, papers, site.page_size, "documents"))
        else:
            chosen = news if section is site.sections[0] else tuple(item for item in news if item.section == section.slug)
            found.append(Listing(section.slug, heading, chosen, site.page_size))
    return tuple(found)


def _listing_routes(web: Web, site: Site, renderer: Renderer) -> Iterator[tuple[str, Route]]:
    shape = SHAPES[site.shape]
    front = Listing("", site.name, web.items[site.id][:_HOME_SIZE], _HOME_SIZE, "home")
    yield "/", Route("html", partial(renderer.listing, site, front, 1), site.fault)
    yield shape.about, Route("html", partial(renderer.about, site), site.fault)
    for listing in listings(web, site):
        for n in range(1, listing.pages + 1):
            path = page_path(shape, listing.slug, n, size=listing.size)
            yield path, Route("html", partial(renderer.listing, site, listing, n), site.fault)
    for tag in site.tags:
        tagged = tuple(item for item in web.items[site.id] if has_tag(item, tag))
        listing = Listing(tag.slug, tag.title or tag.name, tagged, max(1, len(tagged)), "tag")
        yield tag_path(shape, tag.slug), Route("html", partial(renderer.listing, site, listing, 1), site.fault)


def _article_routes(web: Web, site: Site, renderer: Renderer) -> Iterator[tuple[str, Route]]:
    for item in web.items[site.id]:
        if item.document in ("pdf", "docx"):
            yield item.path, Route("document", partial(_document, item), site.fault)
            continue
        if item.oddity == "outside":
            yield item.path, Route("redirect", partial(Answer, status=302, location=OUTSIDE), site.fault)
            continue
        yield item.path, Route("html", _page_maker(item, renderer), site.fault)
        if item.oddity is None:
            yield from _editions(web, item, renderer)


def _page_maker(item: Item, renderer: Renderer) -> partial[Answer]:
    match item.oddity:
        case "gone":
            return partial(renderer.notice, item.site, "gone", 404)
        case "error":
            return partial(renderer.notice, item.site, "failed", 500)
        case "empty":
            return partial(Answer)
        case _:
            return partial(renderer.article, item)


def _editions(web: Web, item: Item, renderer: Renderer) -> Iterator[tuple[str, Route]]:
    """The same text under other addresses: former, for print, for AMP."""
    site = item.site
    if site.moved and item is web.items[site.id][-1]:
        yield former_path(item), Route("redirect", partial(Answer, status=301, location=item.url), site.fault)
    if path := print_path(item):
        yield path, Route("html", partial(renderer.article, item), site.fault)
    if "amp" in site.editions:
        yield f"{item.path}amp/", Route("html", partial(renderer.article, item), site.fault)


def _feed_routes(web: Web, site: Site, templates: Environment) -> Iterator[tuple[str, Route]]:
    items = tuple(item for item in web.items[site.id] if item.document not in ("pdf", "docx"))
    lists = {listing.slug: listing for listing in listings(web, site)}
    spared = None if site.fault is None or site.fault.spare_robots else site.fault
    yield "/robots.txt", Route("robots", partial(feeds.robots, site), spared)
    for feed in site.feeds:
        chosen = tuple(item for item in items if feed.section is None or item in lists[feed.section].items)
        title = lists[feed.section].heading if feed.section else site.name
        make = partial(feeds.feed, templates, site, feed, title, chosen, web.press.now)
        yield feed.path, Route("feed", make, site.fault)
    for sitemap in site.sitemaps:
        match sitemap.kind:
            case "plain":
                yield sitemap.path, Route("sitemap", partial(feeds.sitemap, templates, items), site.fault)
            case "news":
                yield sitemap.path, Route("sitemap", partial(feeds.news_sitemap, templates, site, items), site.fault)
            case "index":
                children = feeds.by_quarter(items)
                yield sitemap.path, Route("sitemap", partial(feeds.sitemap_index, templates, site, children), site.fault)
                for path, part in children.items():
                    yield path, Route("sitemap", partial(_packed_sitemap, templates, part), site.fault)


def _packed_sitemap(templates: Environment, items: tuple[Item, ...]) -> Answer:
    return feeds.compressed(feeds.sitemap(templates, items))


def _document(item: Item) -> Answer:
    if item.oddity == "broken-pdf":
        return Answer(documents.broken_pdf(), "application/pdf", modified=item.when)
    if item.document == "pdf":
        return Answer(documents.pdf(item.title, item.paragraphs, item.when), "application/pdf", modified=item.when)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return Answer(documents.docx(item.title, item.paragraphs, item.when), word, modified=item.when)
