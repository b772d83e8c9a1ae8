"""Longer forms: interviews, live blogs, reviews with tables, product pages, press releases, reports."""

from __future__ import annotations

import random

from benchmarks.families import prose
from benchmarks.families.newsrooms import ld
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of


def _interview(told: Story, rng: random.Random) -> tuple[str, str]:
    asked = [(f"What about {prose.title(rng, 'en').lower()}?", prose.paragraph(rng, "en", 3)) for _ in range(rng.randrange(4, 9))]
    talk = "".join(f"<p><strong>{esc(q)}</strong></p><p>{esc(a)}</p>" for q, a in asked)
    inner = (
        f'<div class="global-nav">{links(rng, "en", 8, "<a>{}</a>")}</div><main><div class="post-hero"><div '
        f'class="category">Interview</div>'
        f'<h1 class="post-hero__title">{esc(told.title)}</h1><div class="dek">{esc(told.lead)}</div><div class="author-line">By '
        f"{told.author} <span>{told.when:%m.%d.%Y}</span></div></div><div "
        f'class="body-copy"><p>{esc(told.paragraphs[0])}</p>{talk}<p><em>This '
        f'interview has been edited for length and clarity.</em></p></div><div class="promo-strip"><h3>Get the '
        f"magazine</h3><p>Subscribe now "
        f"and save 40 percent on your first year.</p></div><div "
        f'class="river">{teasers(rng, "en", 5, "<div>{}<p>{}</p></div>")}</div></main>'
    )
    lines = [told.paragraphs[0], *(t for pair in asked for t in pair), "This interview has been edited for length and clarity."]
    return page(told, inner, head(told, "Quarterly")), "\n".join(lines)


def _live(told: Story, rng: random.Random) -> tuple[str, str]:
    posts = [
        (prose.title(rng, "en"), prose.paragraph(rng, "en"), prose.paragraph(rng, "en")) for _ in range(rng.randrange(6, 12))
    ]
    shown = "".join(
        f'<article class="live-post" id="post-{n}"><div class="live-post__time"><time '
        f'datetime="{told.iso}">{n + 8:02}:15</time></div><h2>'
        f'{esc(t)}</h2><p>{esc(a)}</p><p>{esc(b)}</p><div class="share-tools"><a>Share</a><a>Copy link</a></div></article>'
        for n, (t, a, b) in enumerate(posts)
    )
    inner = (
        f"<header>{links(rng, 'en', 8)}</header><main><h1>{esc(told.title)}</h1><div "
        f'class="live-updates">{shown}</div><div class='
        f'"related-stories"><ul>{links(rng, "en", 5)}</ul></div></main>'
    )
    return page(told, inner, head(told, "Live", ld=ld(told, kind="LiveBlogPosting"))), "\n".join(t for p in posts for t in p)


def _review(told: Story, rng: random.Random) -> tuple[str, str]:
    rows = [
        (rng.choice(["Weight", "Range", "Price", "Screen", "Battery"]) + f" {n}", f"{rng.randrange(900)} units") for n in range(5)
    ]
    table = "<table><tbody>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</tbody></table>"
    inner = (
        f'<div class="masthead">{links(rng, "en", 9, "<a>{}</a>")}</div><article '
        f'class="review"><h1>{esc(told.title)}</h1><p class="byline">'
        f'{told.author} - {told.when:%b %d, %Y %I:%M %p} UTC</p><section class="article-guts"><div '
        f'class="article-content post-page">'
        f"{body_html(told, rng)}<h2>The numbers</h2>{table}</div></section><aside "
        f'class="author-mini-bio"><p>{told.author} has written about '
        f"things with screens since 2009.</p></aside><div "
        f'class="xrail">{teasers(rng, "en", 6, "<div>{}<p>{}</p></div>")}</div></article>'
    )
    return page(told, inner, head(told, "Bench")), "\n".join([text_of(told), "The numbers", *(t for row in rows for t in row)])


def _product(told: Story, rng: random.Random) -> tuple[str, str]:
    facts = [prose.sentence(rng, "en") for _ in range(5)]
    text = told.paragraphs[:3]
    reviews = "".join(
        f'<div class="review"><b>{prose.name(rng, "en")}</b><p>{esc(prose.sentence(rng, "en"))}</p></div>' for _ in range(4)
    )
    inner = (
        f'<div class="shop-header">{links(rng, "en", 8, "<a>{}</a>")}</div><div class="product-main"><h1 '
        f'itemprop="name">{esc(told.title)}'
        f'</h1><div class="price">$49.00</div><button>Add to cart</button><div class="product-description" '
        f'itemprop="description">'
        f"{''.join(f'<p>{esc(p)}</p>' for p in text)}<ul>{''.join(f'<li>{esc(f)}</li>' for f in facts)}</ul></div></div><div class="  # noqa: E501
        f'"customer-reviews" id="reviews"><h2>Reviews</h2>{reviews}</div><div class="related-products"><h2>Goes well with</h2>'
        f"{links(rng, 'en', 6, '<div>{}<span>$12.00</span></div>')}</div>"
    )
    return page(told, inner, head(told, "Shop", og=False)), "\n".join([*text, *facts])


def _release(told: Story, rng: random.Random) -> tuple[str, str]:
    about = prose.paragraph(rng, "en", 2)
    inner = (
        f'<header class="gel-header">{links(rng, "en", 5, "<a>{}</a>")}</header><section class="container '
        f'release-header"><h1>{esc(told.title)}'
        f'</h1><div class="mb-no"><p>{told.when:%b %d, %Y, %H:%M} ET</p><p>News provided by</p><a>Harbour '
        f"Works</a></div></section><section "
        f'class="release-body container"><div class="row"><div class="col-lg-10"><p><span class="xn-location">LAKEVILLE</span>, '
        f'<span class="xn-chron">{told.when:%b %d, %Y}</span> /Newswire/ -- {esc(told.paragraphs[0])}</p>'
        f"{''.join(f'<p>{esc(p)}</p>' for p in told.paragraphs[1:])}<p><b>About Harbour "
        f"Works</b></p><p>{esc(about)}</p></div></div></section>"
        f'<div class="more-in"><h2>More Releases From This Source</h2>{teasers(rng, "en", 4, "<div>{}<p>{}</p></div>")}</div>'
    )
    first = f"LAKEVILLE, {told.when:%b %d, %Y} /Newswire/ -- {told.paragraphs[0]}"
    return page(told, inner, head(told, "Releases")), "\n".join([first, *told.paragraphs[1:], "About Harbour Works", about])


def _hashed(told: Story, rng: random.Random) -> tuple[str, str]:
    """No class says anything: nested divs with hashed names, paragraphs as spans in divs."""
    flat = "".join(f'<div class="_2xA"><div><span class="_9k">{esc(p)}</span></div></div>' for p in told.paragraphs)
    inner = (
        f'<div class="_1a"><div class="_3f">{links(rng, "en", 9, "<div class=_u>{}</div>")}</div><div '
        f'class="_7c"><div class="_8d"><h1 '
        f'class="_h">{esc(told.title)}</h1><div class="_m">{told.author} · {told.when:%d %b %Y}</div><div '
        f'class="_b">{flat}</div></div><div '
        f'class="_9e"><div class="_x">Popular</div>{teasers(rng, "en", 7, "<div class=_q><div>{}</div><div>{}</div></div>")}</div></div></div>'  # noqa: E501
    )
    return page(told, inner, head(told, "App")), text_of(told)


def _report(told: Story, rng: random.Random) -> tuple[str, str]:
    """A think tank's page: notes at the end, a box of key points, a citation line."""
    points = [prose.sentence(rng, "en") for _ in range(3)]
    inner = (
        f'<div class="usa-banner"><p>An official website of the harbour. Here is how you '
        f"know</p></div><nav>{links(rng, 'en', 6)}</nav><main "
        f'class="l-main"><div class="l-grid"><h1>{esc(told.title)}</h1><p class="meta">{told.when:%d %B %Y} | '
        f"Report</p><div class="
        f'"key-points"><h2>Key points</h2><ul>{"".join(f"<li>{esc(p)}</li>" for p in points)}</ul></div><div class="rich-text">'
        f'{body_html(told, rng)}</div></div><div class="l-side"><h3>Contact</h3><p>Press office, second floor, open '
        f"on weekdays from nine to "
        f"five. Call before you come.</p></div></main><footer><p>Privacy. Accessibility. Freedom of information.</p></footer>"
    )
    return page(told, inner, head(told, "Harbour Office", og=False)), "\n".join(["Key points", *points, text_of(told)])


FAMILIES: dict[str, Maker] = {
    "interview": _interview,
    "live": _live,
    "review": _review,
    "product": _product,
    "release": _release,
    "hashed": _hashed,
    "report": _report,
}
