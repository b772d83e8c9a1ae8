"""Newspapers, broadcasters and agencies of the wider world, with hashed class names and boxes between the paragraphs."""

from __future__ import annotations

import json
import random

from benchmarks.families import prose
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of


def ld(told: Story, body: str | None = None, kind: str = "NewsArticle", **more: object) -> str:
    """A JSON-LD block for the head."""
    node: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": told.title,
        "datePublished": told.iso,
        "author": {"@type": "Person", "name": told.author},
        **more,
    }
    if body is not None:
        node["articleBody"] = body
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def _rich_links(told: Story, rng: random.Random) -> tuple[str, str]:
    """As a British daily renders its articles."""
    rich = (
        f'<aside data-component="rich-link" class="dcr-1b2c"><div>{links(rng, "en", 1, "<h3>{}</h3>")}<a>Read '
        f"more</a></div></aside>"
    )
    figure = (
        '<figure data-spacefinder-role="inline" class="dcr-173m"><picture><img/></picture><figcaption class="dcr-fd61"><span>'
        f"{esc(prose.sentence(rng, 'en'))} Photograph: {prose.name(rng, 'en')}/Agency</span></figcaption></figure>"
    )
    letter = (
        '<figure class="dcr-173m"><a href="#skip">skip past newsletter promotion</a><aside aria-label="newsletter '
        'promotion"><p>Sign up '
        "to Morning</p><p>Our morning email breaks down the key stories of the day</p><div><strong>Privacy Notice: "
        "</strong>Newsletters "
        "may contain info about charities and content funded by outside parties.</div></aside><p>after newsletter "
        "promotion</p></figure>"
    )
    inner = (
        f'<header class="dcr-top"><nav>{links(rng, "en", 9)}</nav></header><main><article class="dcr-k"><div '
        f'data-gu-name="title">'
        f'<a>Coast</a></div><div data-gu-name="headline"><h1>{esc(told.title)}</h1></div><div data-gu-name="standfirst"><p>'
        f'{esc(told.lead)}</p></div><div data-gu-name="meta"><address><a '
        f'rel="author">{told.author}</a></address><details><summary>'
        f"<span>{told.when:%a %d %b %Y %H.%M} GMT</span></summary>Last modified on {told.when:%a %d %b %Y} 12.00 "
        f"GMT</details><a>Share</a>"
        f'</div><div data-gu-name="body"><div id="maincontent" class="article-body-commercial-selector '
        f'article-body-viewer-selector">'
        f"{body_html(told, rng, (rich, figure, letter), chr(32) + 'class=' + chr(34) + 'dcr-ek' + chr(34))}</div></div><div><ul>Explore "  # noqa: E501
        f"more on these topics{links(rng, 'en', 3)}</ul></div></article><section><h2>More on this story</h2><ul>"
        f"{teasers(rng, 'en', 6, '<li><h3>{}</h3><div>{}</div></li>')}</ul></section><section><h2>Most viewed</h2><ol>"
        f"{links(rng, 'en', 10)}</ol></section></main><footer>© 2026 All rights reserved. (dcr)</footer>"
    )
    return page(told, inner, head(told, "The Tide", ld=ld(told))), text_of(told)


def _text_blocks(told: Story, rng: random.Random) -> tuple[str, str]:
    """As a British broadcaster: every paragraph in a div of its own."""
    parts = [
        f'<div data-component="{"subheadline-block" if kind == "h2" else "text-block"}" class="sc-18fde0d6-0">'
        + (
            f"<h2 class='sc-f3'>{esc(texts[0])}</h2>"
            if kind == "h2"
            else "".join(f'<p class="sc-eb7bd5f6-0">{esc(t)}</p>' for t in texts)
        )
        + "</div>"
        for kind, texts in told.blocks
    ]
    image = (
        '<figure><div data-component="image-block"><img/><span class="visually-hidden">Image source, '
        "</span><span>Getty</span></div><div "
        f'data-component="caption-block"><figcaption><span class="visually-hidden">Image caption, '
        f"</span>{esc(prose.sentence(rng, 'en'))}"
        "</figcaption></div></figure>"
    )
    related = (
        f'<div data-component="unordered-list-block"><div><ul '
        f'role="list">{links(rng, "en", 3, "<li><b>{}</b></li>")}</ul></div></div>'
    )
    parts.insert(min(2, len(parts)), image)
    parts.insert(min(4, len(parts)), related)
    inner = (
        f'<header><nav><ul>{links(rng, "en", 8)}</ul></nav></header><main id="main-content"><article '
        f'class="sc-6f"><div data-component='
        f'"headline-block"><h1>{esc(told.title)}</h1></div><div data-component="byline-block"><div><time>3 hours '
        f"ago</time></div><div>"
        f"<span>{told.author}</span><div>Business reporter</div></div></div>{''.join(parts)}<div data-component="
        f'"tags">{links(rng, "en", 3, "<a>{}</a>")}</div></article><div data-component="links-block"><h2>More on this story</h2>'
        f"{teasers(rng, 'en', 4, '<div><p>{}</p><p>{}</p></div>')}</div></main>"
        "<footer>Copyright © 2026. The broadcaster is not responsible for the content of external sites.</footer>"
    )
    return page(told, inner, head(told, "Broadcast News")), text_of(told)


def _columns(told: Story, rng: random.Random) -> tuple[str, str]:
    """As an American daily: companion columns, advertisements by name."""
    advert = '<div id="story-ad-2-wrapper" class="css-1r07"><p>Advertisement</p><a href="#after">SKIP ADVERTISEMENT</a></div>'
    parts = [
        (
            f'<div class="css-s99gbd StoryBodyCompanionColumn"><div '
            f'class="css-53u6y8">{body_html(told, rng, (), " class=css-at9mc1")}</div></div>'
        )
    ]
    half = len(told.blocks) // 2
    if half > 1:
        first = Story(told.language, told.title, told.lead, told.author, told.when, told.blocks[:half])
        second = Story(told.language, told.title, told.lead, told.author, told.when, told.blocks[half:])
        wrap = '<div class="css-s99gbd StoryBodyCompanionColumn"><div class="css-53u6y8">{}</div></div>'
        parts = [wrap.format(body_html(first, rng, (), " class=css-at9mc1")), advert, wrap.format(body_html(second, rng))]
    inner = (
        f'<div id="app"><div class="NYTAppHideMasthead">{links(rng, "en", 6, "<a>{}</a>")}</div><main '
        f'id="site-content"><article id="story"'
        f'><header class="css-1"><h1 data-testid="headline">{esc(told.title)}</h1><div><p>By <span '
        f'itemprop="name">{told.author}</span></p>'
        f'<ul><li><time datetime="{told.iso}">{told.when:%b. %d, %Y}</time></li></ul></div></header><section '
        f'name="articleBody" class='
        f'"meteredContent css-1r7ky0e">{"".join(parts)}</section><div '
        f'class="bottom-of-article"><div><p>{told.author} is a reporter who '
        f"covers the harbour. <a>More about {told.author}</a></p><p>A version of this article appears in print on "
        f"page 4 of the edition."
        f'</p></div></div><div>See more on: <a>Ports</a></div><section id="related"><h2>Related Content</h2>'
        f"{teasers(rng, 'en', 5, '<li>{}<p>{}</p></li>')}</section></article></main></div>"
    )
    return page(told, inner, head(told, "The Columns")), text_of(told)


def _agency(told: Story, rng: random.Random) -> tuple[str, str]:
    """As a news agency: paragraphs that are divs."""
    flat = "".join(
        f'<div data-testid="paragraph-{n}" class="text__text__1FZLe text__dark-grey article-body__paragraph__2">{esc(t)}</div>'
        for n, t in enumerate(told.paragraphs)
    )
    inner = (
        f'<div id="fusion-app"><header>{links(rng, "en", 7, "<li>{}</li>")}</header><div '
        f'class="regular-article-layout__main"><article><div '
        f'data-testid="Heading"><h1 data-testid="Heading">{esc(told.title)}</h1></div><div '
        f'class="info-content__author-date"><div>By '
        f"{told.author}</div><time "
        f'datetime="{told.iso}"><span>{told.when:%B %d, %Y}</span><span>{told.when:%I:%M %p} UTC</span><span>'
        f'Updated 2 hours ago</span></time></div><div class="article-body__content__17Yit"><div '
        f'class="primary-gallery"><p data-testid='
        f'"primary-gallery-caption">{esc(prose.sentence(rng, "en"))} REUTER/{told.author} <a>Purchase Licensing '
        f"Rights</a></p></div>{flat}"
        f'<div data-testid="Sign-up"><p>Get the day in your inbox with the briefing. Sign up here.</p></div></div><div class='
        f'"article-body__sign-off"><p>Reporting by {told.author}; Editing by {prose.name(rng, "en")}</p></div><p>Our '
        f"Standards: <a>The Trust "
        f"Principles.</a></p><div "
        f'data-testid="article-tags">{links(rng, "en", 3, "<li>{}</li>")}</div></article></div><div class='
        f'"read-next">{teasers(rng, "en", 6, "<div data-testid=ReadNextCard>{}<span>{}</span></div>")}</div></div>'
    )
    return page(told, inner, head(told, "Wire", ld=ld(told))), text_of(told)


def _local_paper(told: Story, rng: random.Random) -> tuple[str, str]:
    """A regional paper: adverts, a trending box, prompts between the paragraphs."""
    prompt = "<p><strong>READ MORE: {}</strong></p>".format(links(rng, "en", 1, "{}"))
    app = "<p><em><strong><a href='/app'>Download our app to get the latest news alerts on your phone</a></strong></em></p>"
    box = f'<div class="tnt-related"><h4>Trending now</h4><ul>{links(rng, "en", 5)}</ul></div>'
    inner = (
        f'<div id="site-top-nav">{links(rng, "en", 10, "<li>{}</li>")}</div><div class="container"><div '
        f'class="row"><div class="col-md-8">'
        f'<h1 itemprop="headline" class="headline"><span>{esc(told.title)}</span></h1><div class="meta"><span><ul '
        f'class="list-inline"><li>'
        f"{told.author}</li><li><time "
        f'datetime="{told.iso}">{told.when:%b %d, %Y}</time></li><li><a>Comments</a></li></ul></span></div><div '
        f'itemprop="articleBody" class="asset-content subscriber-premium"><div '
        f'class="asset-body">{body_html(told, rng, (prompt, app, box))}'
        f'</div></div><div id="comments-block"><h3>Welcome to the discussion.</h3><p>Keep it Clean. Please avoid '
        f"obscene, vulgar or lewd "
        f'language. Be Truthful. Do not knowingly lie about anyone or anything.</p></div></div><div class="col-md-4 '
        f'sidebar-rail">'
        f"{teasers(rng, 'en', 8, '<div class=card>{}<p>{}</p></div>')}</div></div></div>"
    )
    return page(told, inner, head(told, "The Valley Post")), text_of(told)


def _drupal(told: Story, rng: random.Random) -> tuple[str, str]:
    block = (
        f'<div class="view view-related-content"><div '
        f'class="view-content">{teasers(rng, "en", 4, "<div class=views-row>{}<p>{}</p></div>")}</div></div>'
    )
    inner = (
        f'<div class="dialog-off-canvas-main-canvas"><div class="region '
        f'region-navigation">{links(rng, "en", 6)}</div><div class="region '
        f'region-content"><h1 class="page-title"><span class="field '
        f'field--name-title">{esc(told.title)}</span></h1><article role="article" '
        f'class="node node--type-article node--view-mode-full"><div class="node__meta"><em>Submitted by '
        f"{told.author} on {told.when:%d %B %Y}"
        f'</em></div><div class="node__content"><div class="field field--name-field-image"><img/></div><div '
        f'class="clearfix text-formatted '
        f'field field--name-body field--type-text-with-summary field__item">{body_html(told, rng)}</div><div class="field '
        f'field--name-field-tags"><div '
        f'class="field__label">Tags</div>{links(rng, "en", 3, "<div class=field__item>{}</div>")}</div></div>'
        f'</article></div><div class="region region-sidebar">{block}</div></div><div class="region '
        f'region-footer">Contact us</div>'
    )
    return page(told, inner, head(told, "The Institute", og=False)), text_of(told)


def _described(told: Story, rng: random.Random) -> tuple[str, str]:
    """The whole text only in JSON-LD: the page itself waits for its scripts, but for the first paragraph."""
    inner = (
        f'<div id="__next"><header>{links(rng, "en", 6, "<a>{}</a>")}</header><h1>{esc(told.title)}</h1><p>{esc(told.paragraphs[0])}</p>'  # noqa: E501
        f'<div class="skeleton"></div><div class="feed">{teasers(rng, "en", 5, "<div>{}<p>{}</p></div>")}</div></div>'
    )
    return page(told, inner, head(told, "Shell", ld=ld(told, "\n\n".join(told.paragraphs)))), text_of(told)


def _cut_description(told: Story, rng: random.Random) -> tuple[str, str]:
    """JSON-LD with a cut articleBody in one line beside a whole page."""
    whole, _ = _drupal(told, rng)
    return whole.replace("<style>", ld(told, " ".join(told.paragraphs)[:300] + "...") + "<style>", 1), text_of(told)


FAMILIES: dict[str, Maker] = {
    "rich-links": _rich_links,
    "text-blocks": _text_blocks,
    "columns": _columns,
    "agency": _agency,
    "local-paper": _local_paper,
    "drupal": _drupal,
    "described": _described,
    "cut-description": _cut_description,
}
