"""What a made page tells: a title, a lead, blocks of text, and the furniture to put round them."""

from __future__ import annotations

import html
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.families import prose
from monitor.demo.addresses import slug


@dataclass(frozen=True, slots=True)
class Story:
    """One made-up article; `blocks` are pairs of a kind (p, h2, ul, quote, table) and its texts."""

    language: str
    title: str
    lead: str
    author: str
    when: datetime
    blocks: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The texts of its blocks, one after the other."""
        return tuple(text for _, texts in self.blocks for text in texts)

    @property
    def iso(self) -> str:
        """When it was published, with the zone."""
        return self.when.isoformat()


Maker = Callable[[Story, random.Random], tuple[str, str]]
"""A story in, a page and the text that has to be found in it out."""


@dataclass(frozen=True, slots=True)
class Made:
    """One page of a family, and the text that has to be found in it."""

    family: str
    language: str
    story: Story
    page: str
    body: str


def story(rng: random.Random, language: str) -> Story:
    """A story of 4 to 30 blocks."""
    size = rng.choice((4, 6, 8, 10, 14, 20, 30))
    blocks: list[tuple[str, tuple[str, ...]]] = []
    for number in range(size):
        kind = rng.choices(("p", "h2", "ul", "quote"), (16, 2 if number else 0, 1, 1))[0]
        if kind == "h2":
            blocks.append(("h2", (prose.title(rng, language),)))
            kind = "p"
        count = rng.randrange(3, 6) if kind == "ul" else 1
        blocks.append((kind, tuple(prose.paragraph(rng, language, 1 if kind != "p" else 0) for _ in range(count))))
    when = datetime(2025, 1, 5, 8, 30, tzinfo=UTC) + timedelta(minutes=rng.randrange(800_000))
    lead = prose.paragraph(rng, language, 1)
    return Story(language, prose.title(rng, language), lead, prose.name(rng, language), when, tuple(blocks))


def esc(text: str) -> str:
    """For HTML."""
    return html.escape(text, quote=True)


_TAGS = {"p": "<p{}>{}</p>", "h2": "<h2>{1}</h2>", "quote": "<blockquote><p{}>{}</p></blockquote>"}


def block(kind: str, texts: tuple[str, ...], mark: str = "") -> str:
    """One block as plain HTML; `mark`: attributes of its paragraphs."""
    if kind == "ul":
        return "<ul>" + "".join(f"<li>{esc(text)}</li>" for text in texts) + "</ul>"
    return _TAGS[kind].format(mark, esc(texts[0]))


def body_html(told: Story, rng: random.Random, inserts: tuple[str, ...] = (), mark: str = "") -> str:
    """All blocks, with each of `inserts` put between two of them."""
    parts = [block(kind, texts, mark) for kind, texts in told.blocks]
    for insert in inserts:
        parts.insert(rng.randrange(1, len(parts) + 1), insert)
    return "\n".join(parts)


def links(rng: random.Random, language: str, count: int, wrap: str = "<li>{}</li>") -> str:
    """Linked headlines."""
    titles = [prose.title(rng, language) for _ in range(count)]
    return "\n".join(wrap.format(f'<a href="/{slug(t)[:60]}-{rng.randrange(10**6)}.html">{esc(t)}</a>') for t in titles)


def teasers(rng: random.Random, language: str, count: int, wrap: str) -> str:
    """Headlines with a sentence each: `wrap` has a place for the link and one for the sentence."""
    made = []
    for _ in range(count):
        headline = prose.title(rng, language)
        link = f'<a href="/n/{slug(headline)[:60]}-{rng.randrange(10**6)}">{esc(headline)}</a>'
        made.append(wrap.format(link, esc(prose.paragraph(rng, language, 1))))
    return "\n".join(made)


def head(told: Story, site: str, *, ld: str = "", og: bool = True) -> str:
    """A document's head."""
    tags = f'<meta charset="utf-8"><title>{esc(told.title)} - {esc(site)}</title>'
    if og:
        tags += (
            f'<meta property="og:title" content="{esc(told.title)}"><meta property="og:type" content="article">'
            f'<meta property="og:site_name" content="{esc(site)}"><meta property="og:description" content="{esc(told.lead)}">'
            f'<meta property="article:published_time" content="{told.iso}">'
        )
    return f"<head>{tags}{ld}<style>.a{{color:#333}}.b{{margin:0}}</style></head>"


def page(told: Story, inner: str, top: str) -> str:
    """A whole document."""
    return f'<!DOCTYPE html><html lang="{told.language}">{top}<body>{inner}<script>window.data={{"a":1}}</script></body></html>'


def text_of(told: Story, lead: bool = False) -> str:
    """The text that has to be found; `lead`: the lead is part of it."""
    return "\n".join((*((told.lead,) if lead else ()), *told.paragraphs))
