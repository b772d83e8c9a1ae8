"""Items of the press web in, HTML pages of seven content systems and more out, with all the furniture of real ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.demo import damage
from monitor.demo.addresses import SHAPES, number, page_path, tag_path
from monitor.demo.answers import Answer
from monitor.demo.clocks import short_day, today_line, visible
from monitor.demo.sites import Section, Site
from monitor.demo.web import Item, Web

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor of a menu, a pager or a list of tags."""

    href: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Teaser:
    """An article in a list of articles."""

    href: str
    title: str
    summary: str | None
    date: str
    day: str
    iso: str


@dataclass(frozen=True)
class Listing:
    """A list of a site's texts under one heading, over as many pages as it takes."""

    slug: str
    heading: str
    items: tuple[Item, ...]
    size: int
    kind: str = "section"

    @property
    def pages(self) -> int:
        """How many pages it fills, at least one."""
        return max(1, math.ceil(len(self.items) / self.size))


def environment() -> Environment:
    """Templates that escape everything and fail on a name they do not know."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # Inside CDATA nothing is escaped, so that references stay literal; only the end mark must not occur.
    templates.filters["cdata"] = lambda text: templates.filters["safe"](str(text or "").replace("]]>", "]] >"))
    templates.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return templates


class Renderer:
    """Renders the pages of one press web; holds the templates and the words of each language."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._templates = environment()

    @cached_property
    def _words(self) -> dict[str, dict[str, Any]]:
        words: dict[str, dict[str, Any]] = yaml.safe_load((TEMPLATES / "words.yaml").read_text(encoding="utf-8"))
        return words

    def article(self, item: Item) -> Answer:
        """The page of one text, whichever edition of it is asked for."""
        site = item.site
        if item.oddity == "script":
            return self._page(site, "script.html", {"item": item})
        others = [other for other in self._web.items[site.id] if other is not item and other.oddity is None]
        undated = item.oddity == "undated"
        section = next((s for s in menu_sections(site) if s.slug == item.section), menu_sections(site)[0])
        context = {
            "item": item,
            "date": "" if undated else visible(item.when, site.shape, site.language),
            "iso": item.when.isoformat(),
            "iso_plain": f"{item.when:%Y-%m-%dT%H:%M:%S}",
            "jsonld": _news_article(item),
            "section": Link(page_path(SHAPES[site.shape], section.slug, 1, size=site.page_size), section.name),
            "related": [self._teaser(other) for other in _near(item, others)],
            "tags": [Link(tag_path(SHAPES[site.shape], tag.slug), tag.name) for tag in site.tags if has_tag(item, tag)],
            "views": number(item.id) % 4000 + 100,
            "print_href": print_path(item) or "#in",
            "amp": f"{item.url}amp/" if "amp" in site.editions else None,
        }
        template = f"{site.template}/article.html"
        if item.oddity == "garbled":
            return Answer(damage.garbled(self._html(site, template, context, "utf-8")))
        return self._page(site, template, context, number(item.id))

    def listing(self, site: Site, listing: Listing, n: int) -> Answer:
        """The n-th page of a list, counted from 1."""
        shape = SHAPES[site.shape]
        path = [page_path(shape, listing.slug, page, size=listing.size) for page in range(1, listing.pages + 1)]
        words = self._words[site.language]
        pager = [Link(href, str(page), page == n) for page, href in enumerate(path, start=1)] if len(path) > 1 else []
        if n < len(path):
            pager.append(Link(path[n], words["older"]))
        shown = listing.items[(n - 1) * listing.size : n * listing.size]
        leads = [item.summary or item.paragraphs[0] for item in shown if item.paragraphs] if listing.kind == "tag" else []
        cloud = site.tags if site.tag_cloud and listing.kind == "home" else ()
        context = {
            "heading": listing.heading,
            "number": n,
            "entries": [self._teaser(item) for item in shown],
            "pager": pager,
            "next": path[n] if n < len(path) else None,
            "lead": leads[0] if leads else "",
            "is_documents": listing.kind == "documents",
            "cloud": [Link(tag_path(shape, tag.slug), tag.name) for tag in cloud],
        }
        return self._page(site, f"{site.template}/listing.html", context)

    def about(self, site: Site) -> Answer:
        """The page about the office."""
        return self._page(site, "about.html", {"layout": f"{site.template}/base.html"})

    def notice(self, site: Site, word: str, status: int) -> Answer:
        """A page that says that there is nothing, with its status."""
        heading = self._words[site.language][word]
        page = self._page(site, "notice.html", {"layout": f"{site.template}/base.html", "heading": heading})
        return Answer(page.body, page.content_type, status)

    def _page(self, site: Site, template: str, context: dict[str, Any], key: int = 0) -> Answer:
        """Render and encode. On sites of the old code page some of the articles come in split UTF-8 instead, by their number."""
        split = site.encoding == "utf-8-nfd" or (site.encoding == "windows-1258" and key // 10 % 2 == 1)
        charset = "utf-8" if split or site.encoding == "utf-8" else "windows-1258"
        html = self._html(site, template, context, charset)
        body = damage.decomposed(html) if split else damage.windows_1258(html) if charset == "windows-1258" else html.encode()
        return Answer(body, f"text/html; charset={charset}")

    def _html(self, site: Site, template: str, context: dict[str, Any], charset: str) -> str:
        now = self._web.press.now
        return self._templates.get_template(template).render(
            site=site,
            w=self._words[site.language],
            charset=charset,
            today=today_line(now, site.language),
            today_iso=f"{now:%Y-%m-%d}",
            menu=menu(site),
            head_feeds=_head_feeds(site),
            most_read=self._most_read(site),
            **context,
        )

    def _teaser(self, item: Item) -> Teaser:
        site = item.site
        absolute = site.template in ("vccorp", "wordpress", "onecms")
        href = item.url if absolute else item.path
        if site.moved and item is self._web.items[site.id][-1]:
            href = former_path(item)
        return Teaser(
            href=href,
            title=item.title,
            summary=item.summary,
            date=visible(item.when, site.shape, site.language) if site.listing_dates else "",
            day=short_day(item.when, site.language) if site.listing_dates else "",
            iso=item.when.isoformat(),
        )

    def _most_read(self, site: Site) -> list[Teaser]:
        """Five texts as the box links them: on the mobile host, or with a tracking query."""
        items = [item for item in self._web.items[site.id] if item.oddity is None and item.document in (None, "html")]
        chosen = []
        for item in sorted(items, key=lambda item: number(item.id))[:5]:
            teaser = self._teaser(item)
            href = item.url.replace("://", "://m.", 1) if "m" in site.editions else item.url if site.tracking else teaser.href
            if site.tracking:
                href += ("&" if "?" in href else "?") + site.tracking
            chosen.append(Teaser(href, teaser.title, teaser.summary, teaser.date, teaser.day, teaser.iso))
        return chosen


def menu_sections(site: Site) -> tuple[Section, ...]:
    """All that the menu leads to: sections, the dedicated column, the list of documents."""
    return (*site.sections, *(extra for extra in (site.column, site.documents) if extra))


def menu(site: Site) -> list[Link]:
    """The menu that stands on every page of a site."""
    shape = SHAPES[site.shape]
    links = [Link(page_path(shape, section.slug, 1, size=site.page_size), section.name) for section in menu_sections(site)]
    return [*links, Link(shape.about, {"vi": "Giới thiệu", "en": "About us", "ru": "О нас"}[site.language])]


def has_tag(item: Item, tag: Section) -> bool:
    """Whether a text carries a tag: by its words."""
    return bool(tag.match) and f"-{tag.match}-" in f"-{item.words}-" and item.oddity is None


def former_path(item: Item) -> str:
    """Where the text stood before the site moved its pages."""
    return f"/tin-cu/{number(item.id)}.html"


def print_path(item: Item) -> str | None:
    """The print edition, where the content system has one."""
    if item.site.shape == "nukeviet":
        return item.path.replace("/vi/news/", "/vi/news/print/", 1)
    if item.site.shape == "joomla":
        return f"{item.path}?tmpl=component&print=1"
    return None


def _near(item: Item, others: Sequence[Item]) -> list[Item]:
    """The four texts published just before this one, or the newest where there are none."""
    older = [other for other in others if other.when < item.when]
    return (older or list(others))[:4]


def _head_feeds(site: Site) -> list[Link]:
    names = {section.slug: section.name for section in menu_sections(site)}
    return [Link(f"http://{site.host}{feed.path}", names.get(feed.section or "", site.name)) for feed in site.feeds]


def _news_article(item: Item) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "description": item.summary or "",
        "mainEntityOfPage": {"@type": "WebPage", "@id": item.url},
        "datePublished": item.when.isoformat(),
        "dateModified": item.when.isoformat(),
        "author": {"@type": "Person", "name": item.author or item.site.name},
        "publisher": {"@type": "Organization", "name": item.site.name},
    }
