"""Blogs and small sites: WordPress in three dresses, Blogger, Medium-like, tutorials, lists, recipes, photo pages."""

from __future__ import annotations

import random

from benchmarks.families import prose
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of

_SHARE = (
    '<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social"><h3 class="sd-title">Share this:'
    '</h3><div class="sd-content"><ul><li><a href="?share=twitter">Click to share on Twitter (Opens in new window)</a></li><li>'
    '<a href="?share=facebook">Click to share on Facebook (Opens in new window)</a></li></ul></div></div></div>'
)


def comments(rng: random.Random, language: str, count: int) -> str:
    """A list of comments as WordPress writes them."""
    items = (
        f'<li class="comment even" id="comment-{n}"><article class="comment-body"><footer class="comment-meta"><b class="fn">'
        f'{prose.name(rng, language)}</b> says: <time datetime="2026-02-0{n % 9 + 1}T10:00:00Z">February {n % 9 + 1}, 2026</time>'
        f'</footer><div class="comment-content"><p>{esc(prose.paragraph(rng, language))}</p></div><a>Reply</a></article></li>'
        for n in range(count)
    )
    return (
        f'<div id="comments" class="comments-area"><h2 class="comments-title">{count} thoughts</h2><ol class="comment-list">'
        f'{"".join(items)}</ol><div id="respond" class="comment-respond"><h3>Leave a Reply</h3><p>Your email address will not be '
        "published. Required fields are marked *</p><form><textarea></textarea></form></div></div>"
    )


def _wp_classic(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        '<div id="attachment_12" style="width: 650px" class="wp-caption aligncenter"><img src="a.jpg" alt=""/>'
        f'<p class="wp-caption-text">{esc(prose.sentence(rng, "en"))}</p></div>'
    )
    related = f"<div id='jp-relatedposts' class='jp-relatedposts'><h3>Related</h3>{links(rng, 'en', 3, '<p>{}</p>')}</div>"
    author = (
        f'<div class="author-box"><h4>About {told.author}</h4><p>{told.author} writes about the coast and its people. '
        f"{esc(prose.sentence(rng, 'en'))}</p></div>"
    )
    widgets = f'<aside id="secondary" class="widget-area"><h3>Recent Posts</h3><ul>{links(rng, "en", 8)}</ul></aside>'
    inner = (
        f'<div id="page" class="site"><header id="masthead"><p class="site-title"><a href="/">Notes</a></p><nav>'
        f'<ul>{links(rng, "en", 4)}</ul></nav></header><div id="content"><main id="main"><article id="post-9" '
        f'class="post hentry">'
        f'<header class="entry-header"><h1 class="entry-title">{esc(told.title)}</h1><div class="entry-meta">Posted on '
        f'<time class="entry-date" datetime="{told.iso}">{told.when:%B %d, %Y}</time> by <a href="/author/x">{told.author}</a>'
        f'</div></header><div class="entry-content">{body_html(told, rng, (figure,))}{_SHARE}{related}</div>'
        f'<footer class="entry-footer">Posted in <a href="/c">Coast</a> Tagged <a '
        f'href="/t">harbour</a></footer>{author}</article>'
        f'<nav class="post-navigation">{links(rng, "en", 2, "<div>{}</div>")}</nav>{comments(rng, "en", rng.randrange(9))}</main>'
        f"</div>{widgets}</div>"
    )
    return page(told, inner, head(told, "Notes")), text_of(told)


def _wp_block(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        '<figure class="wp-block-image size-large"><img src="b.jpg"/><figcaption class="wp-element-caption">'
        f"{esc(prose.sentence(rng, 'en'))}</figcaption></figure>"
    )
    pull = f'<figure class="wp-block-pullquote"><blockquote><p>{esc(told.paragraphs[0][:90])}</p></blockquote></figure>'
    form = (
        '<div class="wp-block-group newsletter-signup"><h3>Never miss a post</h3><p>Join 4,000 readers who get it '
        "weekly.</p></div>"
    )
    latest = (
        f'<div class="wp-block-query"><h2>More from the '
        f"blog</h2><ul>{teasers(rng, 'en', 4, '<li><h3>{}</h3><p>{}</p></li>')}</ul></div>"
    )
    inner = (
        f'<div class="wp-site-blocks"><header class="wp-block-template-part">{links(rng, "en", 5, "<span>{}</span>")}</header>'
        f'<main class="wp-block-group"><h1 class="wp-block-post-title">{esc(told.title)}</h1><div class="wp-block-post-date">'
        f'<time datetime="{told.iso}">{told.when:%b %d, %Y}</time></div><div '
        f'class="wp-block-post-author-name">{told.author}</div>'
        f'<div class="entry-content wp-block-post-content '
        f'is-layout-constrained">{body_html(told, rng, (figure, pull, form))}</div>'
        f'{latest}{comments(rng, "en", 3)}</main><footer class="wp-block-template-part"><p>Designed with care</p></footer></div>'
    )
    return page(told, inner, head(told, "The Shed")), text_of(told)


def _wp_amp(told: Story, rng: random.Random) -> tuple[str, str]:
    inner = (
        f'<header id="top" class="amp-wp-header"><a href="/">Daily</a></header><article class="amp-wp-article"><header class='
        f'"amp-wp-article-header"><h1 class="amp-wp-title">{esc(told.title)}</h1><div class="amp-wp-meta amp-wp-byline">'
        f'<span class="amp-wp-author">{told.author}</span></div><div class="amp-wp-meta amp-wp-posted-on"><time '
        f'datetime="{told.iso}"'
        f'>5 days ago</time></div></header><figure class="amp-wp-article-featured-image"><amp-img src="c.jpg"></amp-img><p class='
        f'"wp-caption-text">{esc(prose.sentence(rng, "en"))}</p></figure><div class="amp-wp-article-content">'
        f'{body_html(told, rng)}</div><footer class="amp-wp-article-footer"><div class="amp-wp-meta '
        f'amp-wp-tax-category">Categories: '
        f'<a>Life</a></div></footer></article><footer class="amp-wp-footer"><p>Powered by a press of words</p></footer>'
    )
    return page(told, inner, head(told, "Daily", og=False)), text_of(told)


def _blogger(told: Story, rng: random.Random) -> tuple[str, str]:
    text = "<br /><br />".join(esc(p) for p in told.paragraphs)
    archive = f"<div class='widget BlogArchive' id='BlogArchive1'><h2>Blog Archive</h2><ul>{links(rng, 'en', 12)}</ul></div>"
    inner = (
        f"<div class='content-outer'><div class='header'><h1 class='title'><a href='/'>Kitchen window</a></h1></div>"
        f"<div class='main-outer'><div class='blog-posts hfeed'><div class='date-outer'><h2 class='date-header'><span>"
        f"{told.when:%A, %B %d, %Y}</span></h2><div class='date-posts'><div class='post hentry'><h3 "
        f"class='post-title entry-title'>"
        f"{esc(told.title)}</h3><div class='post-body entry-content' id='post-body-1'><div "
        f"dir='ltr'>{text}</div><div style='clear: "
        f"both;'></div></div><div class='post-footer'>Posted by {told.author} at <abbr class='published' title='{told.iso}'>7:30 AM</abbr> "  # noqa: E501
        f"<a>Email This</a> <a>BlogThis!</a> Labels: <a>bread</a></div></div><div class='comments' "
        f"id='comments'><h4>2 comments:</h4>"
        f"<p class='comment-body'>{esc(prose.paragraph(rng, 'en'))}</p></div></div></div></div></div>"
        f"<div class='column-right-outer'>{archive}<div class='widget Profile'><h2>About "
        f"Me</h2><p>{esc(prose.sentence(rng, 'en'))}"
        f"</p></div></div></div>"
    )
    return page(told, inner, head(told, "Kitchen window", og=False)), text_of(told)


def _medium(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        f"<figure class='nj nk'><div role='button'><img/></div><figcaption class='nl "
        f"fe'>{esc(prose.sentence(rng, 'en'))}</figcaption></figure>"
    )
    body = body_html(told, rng, (figure,), ' class="pw-post-body-paragraph ob oc" data-selectable-paragraph=""')
    more = teasers(rng, "en", 4, "<div class='cf'><h2 class='be'>{}</h2><h3 class='bf'>{}</h3><p>4 min read</p></div>")
    inner = (
        f"<div id='root'><div class='a b'><nav><a>Open in app</a><a>Sign up</a><a>Sign in</a></nav><article><div class='l'><div "
        f"class='l'><section><div><div class='fh'><h1 class='pw-post-title gq'>{esc(told.title)}</h1><div "
        f"class='speechify-ignore'>"
        f"<a>{told.author}</a><span>Follow</span><span>7 min "
        f"read</span><span>·</span><span>{told.when:%b %d, %Y}</span><p>231</p>"
        f"<p>14</p><p>Listen</p><p>Share</p></div>{body}</div></div></section></div></div></article><div class='k'><p>Written by "
        f"{told.author}</p><p>1.2K Followers</p><p>{esc(prose.sentence(rng, 'en'))}</p></div><div class='m'><h2>More from "
        f"{told.author}</h2>{more}<h2>Recommended</h2>{more}</div><p>Help</p><p>Status</p><p>About</p></div></div>"
    )
    return page(told, inner, head(told, "Middling")), text_of(told)


def _tutorial(told: Story, rng: random.Random) -> tuple[str, str]:
    code = "def answer(x):\n    return x + 1\n\nprint(answer(41))"
    steps = "\n".join(f"<h3>Step {n}</h3><p>{esc(p)}</p>" for n, p in enumerate(told.paragraphs, 1))
    toc = "".join(f'<li><a href="#s{n}">Step {n}</a></li>' for n in range(1, len(told.paragraphs) + 1))
    inner = (
        f'<div class="layout"><div class="docs-sidebar">{links(rng, "en", 10, "<div>{}</div>")}</div><main class="content"><h1>'
        f'{esc(told.title)}</h1><div class="toc"><p>On this page</p><ul>{toc}</ul></div><div '
        f'class="prose">{steps}<pre><code>{code}'
        f'</code></pre><p>That is all there is to it.</p></div><div class="feedback">Was this page helpful? '
        f"<button>Yes</button></div>"
        f'<div class="pagination-nav">{links(rng, "en", 2, "<div>{}</div>")}</div></main></div>'
    )
    told_body = [line for n, p in enumerate(told.paragraphs, 1) for line in (f"Step {n}", p)]
    return page(told, inner, head(told, "Docs", og=False)), "\n".join([*told_body, code, "That is all there is to it."])


def _listicle(told: Story, rng: random.Random) -> tuple[str, str]:
    items = [(prose.title(rng, "en"), prose.paragraph(rng, "en", 2)) for _ in range(rng.randrange(5, 11))]
    shop = (
        '<div class="product-card"><a href="https://shop.example/x?tag=1">Buy now for $24.99 at the shop</a><span>In '
        "stock</span></div>"
    )
    body = "".join(f"<h2>{n}. {esc(t)}</h2><figure><img/></figure><p>{esc(p)}</p>{shop}" for n, (t, p) in enumerate(items, 1))
    inner = (
        f'<div class="header-wrap">{links(rng, "en", 6, "<span>{}</span>")}</div><div class="article-wrap"><article '
        f'class="post"><h1>'
        f'{esc(told.title)}</h1><div class="byline">By <a rel="author">{told.author}</a> | {told.when:%d/%m/%Y}</div><div class='
        f'"affiliate-disclosure"><em>We may earn a commission from links on this page.</em></div><div class="post__content"><p>'
        f"{esc(told.paragraphs[0])}</p>{body}</div><div "
        f'class="post__tags"><a>lists</a><a>home</a></div></article><div class="recirc">'
        f"<h3>You may also like</h3>{teasers(rng, 'en', 6, '<div>{}<p>{}</p></div>')}</div></div>"
    )
    lines = [told.paragraphs[0], *(line for n, (t, p) in enumerate(items, 1) for line in (f"{n}. {t}", p))]
    return page(told, inner, head(told, "Lists")), "\n".join(lines)


def _recipe(told: Story, rng: random.Random) -> tuple[str, str]:
    things = [f"{rng.randrange(1, 5)} cups of {w}" for w in rng.sample(["flour", "sugar", "oats", "milk", "rye", "honey"], 4)]
    steps = [prose.sentence(rng, "en") for _ in range(4)]
    inner = (
        f'<div class="site-container"><div class="nav-primary">{links(rng, "en", 5, "<a>{}</a>")}</div><div '
        f'class="content-sidebar-wrap">'
        f'<main class="content"><article class="entry"><header class="entry-header"><h1 '
        f'class="entry-title">{esc(told.title)}</h1>'
        f'<p class="entry-meta">{told.when:%B %d, %Y} by {told.author} <a href="#comments">{rng.randrange(90)} '
        f"Comments</a></p></header>"
        f'<div class="entry-content">{body_html(told, rng)}<h2>Ingredients</h2><ul>{"".join(f"<li>{t}</li>" for t in things)}</ul>'  # noqa: E501
        f"<h2>Method</h2><ol>{''.join(f'<li>{esc(s)}</li>' for s in steps)}</ol></div></article>{comments(rng, 'en', 25)}</main>"
        f'<div class="sidebar sidebar-primary"><p>Welcome to my kitchen! '
        f"{esc(prose.paragraph(rng, 'en', 2))}</p></div></div></div>"
    )
    return page(told, inner, head(told, "Rye", og=False)), "\n".join([text_of(told), "Ingredients", *things, "Method", *steps])


def _photos(told: Story, rng: random.Random) -> tuple[str, str]:
    short = told.paragraphs[:2]
    slides = "".join(
        f'<li class="slide"><img src="p{n}.jpg"><div class="slide-caption"><p>{esc(prose.paragraph(rng, "en", 2))}</p><span '
        f'class="credit">Photo: {prose.name(rng, "en")}</span></div></li>'
        for n in range(8)
    )
    inner = (
        f'<div class="wrapper"><h1 class="headline">{esc(told.title)}</h1><div class="gallery"><ul '
        f'class="slides">{slides}</ul></div>'
        f'<div class="story-text">{"".join(f"<p>{esc(p)}</p>" for p in short)}</div><div class="more-galleries">'
        f"{links(rng, 'en', 6, '<p>{}</p>')}</div></div>"
    )
    return page(told, inner, head(told, "Frames")), "\n".join(short)


FAMILIES: dict[str, Maker] = {
    "wp-classic": _wp_classic,
    "wp-block": _wp_block,
    "wp-amp": _wp_amp,
    "blogger": _blogger,
    "medium": _medium,
    "tutorial": _tutorial,
    "listicle": _listicle,
    "recipe": _recipe,
    "photos": _photos,
}
