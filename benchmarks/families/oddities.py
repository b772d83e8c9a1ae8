"""Pages that lead extractors astray: table layouts, line breaks for paragraphs, short texts in much furniture, two articles."""

from __future__ import annotations

import random

from benchmarks.families import prose
from benchmarks.families.blogs import comments
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of


def _tables(told: Story, rng: random.Random) -> tuple[str, str]:
    text = "<br><br>\n".join(f"<font face=Arial size=2>{esc(p)}</font>" for p in told.paragraphs)
    inner = (
        f'<table width="100%"><tr><td colspan=2><img src="logo.gif"></td></tr><tr><td width=150 valign=top>'
        f"{links(rng, 'en', 12, '{}<br>')}</td><td valign=top><font size=5><b>{esc(told.title)}</b></font><br><i>by "
        f"{told.author}, "
        f'{told.when:%B %d, %Y}</i><br><br>{text}<br><br><a href="/">Back to the home page</a></td></tr><tr><td '
        f"colspan=2><font size=1>"
        f"Copyright 1999-2026 by the author. All rights reserved.</font></td></tr></table>"
    )
    return page(told, inner, head(told, "Old pages", og=False)), text_of(told)


def _divs(told: Story, rng: random.Random) -> tuple[str, str]:
    flat = "".join(f"<div>{esc(p)}</div><div><br></div>" for p in told.paragraphs)
    inner = (
        f'<div id="wrap"><div id="menu">{links(rng, "en", 8, "<span>{}</span>")}</div><div '
        f'id="col1"><h1>{esc(told.title)}</h1><div '
        f'class="dateline">{told.when:%d.%m.%Y}</div><div class="txt">{flat}</div></div><div id="col2">'
        f"{teasers(rng, 'en', 5, '<div>{}<div>{}</div></div>')}</div></div>"
    )
    return page(told, inner, head(told, "Divisions", og=False)), text_of(told)


def _breaks(told: Story, rng: random.Random) -> tuple[str, str]:
    text = "<br><br>".join(esc(p) for p in told.paragraphs)
    inner = (
        f'<div class="top">{links(rng, "en", 6, "<a>{}</a>")}</div><div class="article_wrap"><h2 '
        f'class="article_title">{esc(told.title)}</h2>'
        f'<div class="article_info">Posted : {told.when:%Y-%m-%d %H:%M} Updated : {told.when:%Y-%m-%d} '
        f'23:10</div><div class="article_view" '
        f'id="articleBody">{text}<br><br></div><div '
        f'class="article_relation"><h4>Related</h4>{links(rng, "en", 5, "<dl>{}</dl>")}</div></div>'
    )
    return page(told, inner, head(told, "The Peninsula")), text_of(told)


def _short(told: Story, rng: random.Random) -> tuple[str, str]:
    text = [prose.paragraph(rng, "en", 1) for _ in range(2)]
    inner = (
        f"<header>{links(rng, 'en', 8)}</header><main><article><h1>{esc(told.title)}</h1><p "
        f'class="date">{told.when:%b %d, %Y}</p><div '
        f'class="story">{"".join(f"<p>{esc(p)}</p>" for p in text)}</div></article><section '
        f'class="latest-news"><h2>Latest news</h2>'
        f"{teasers(rng, 'en', 14, '<div class=item><h3>{}</h3><p>{}</p></div>')}</section></main>"
    )
    return page(told, inner, head(told, "Brief")), "\n".join(text)


def _argued(told: Story, rng: random.Random) -> tuple[str, str]:
    """More comments than article."""
    talk = "".join(
        f'<div class="dsq-comment"><div class="dsq-header">{prose.name(rng, "en")} • 2 days ago</div><div class="dsq-text"><p>'
        f"{esc(prose.paragraph(rng, 'en', 4))}</p></div></div>"
        for _ in range(30)
    )
    inner = (
        f'<header>{links(rng, "en", 4)}</header><div id="main"><h1>{esc(told.title)}</h1><div class="post-meta">{told.author}, '
        f'{told.when:%d %B %Y}</div><div class="text">{body_html(told, rng)}</div><div id="disqus_thread"><h3>30 '
        f"Comments</h3>{talk}</div></div>"
    )
    return page(told, inner, head(told, "Quarrel")), text_of(told)


def _plain_comments(told: Story, rng: random.Random) -> tuple[str, str]:
    inner = (
        f'<div class="main"><h1>{esc(told.title)}</h1><div '
        f'class="postbody">{body_html(told, rng)}</div>{comments(rng, "en", 14)}</div>'
    )
    return page(told, inner, head(told, "Plain", og=False)), text_of(told)


def _next_article(told: Story, rng: random.Random) -> tuple[str, str]:
    """Endless scrolling: the next article stands below in full."""
    other = "".join(f"<p>{esc(prose.paragraph(rng, 'en', 3))}</p>" for _ in range(8))
    inner = (
        f'<header>{links(rng, "en", 8)}</header><div class="stream"><article class="art" '
        f'data-id="1"><h1>{esc(told.title)}</h1><div class='
        f'"art-meta">{told.when:%d %b %Y}</div><div class="art-body">{body_html(told, rng)}</div></article><article '
        f'class="art" data-id="2">'
        f'<h1><a href="/next">{esc(prose.title(rng, "en"))}</a></h1><div class="art-meta">01 Jan 2026</div><div '
        f'class="art-body">{other}</div>'
        f"</article></div>"
    )
    return page(told, inner, head(told, "Stream")), text_of(told)


def _consent(told: Story, rng: random.Random) -> tuple[str, str]:
    """A long notice about cookies, in divs that are not called so, before everything else."""
    notice = (
        "<div id='qc-cmp2-ui'><h2>We value your privacy</h2><p>We and our 842 partners store and access personal "
        "data, like browsing data or "
        "unique identifiers, on your device. Selecting I accept enables tracking technologies to support the "
        "purposes shown under we and our "
        "partners process data to provide.</p><p>You can change your mind at any time by following the link at the "
        "bottom of every page. "
        "These choices will be signalled globally and will not affect browsing data. Store and access information on "
        "a device, use limited "
        "data to select advertising, create profiles for personalised advertising.</p><button>I accept</button></div>"
    )
    inner = (
        f'{notice}<div class="subscribe-modal"><h3>Do not miss a thing</h3><p>Give us your address and we send you '
        f"the best of the week.</p>"
        f'</div><div class="content-main"><h1>{esc(told.title)}</h1><p class="info">{told.author} / {told.when:%Y-%m-%d}</p>'
        f"{body_html(told, rng)}</div>"
    )
    return page(told, inner, head(told, "Consent")), text_of(told)


def _called_sidebar(told: Story, rng: random.Random) -> tuple[str, str]:
    """The main column is called a sidebar layout, the article a share box; the true sidebar has no telling name."""
    inner = (
        f'<div class="page-with-sidebar"><div class="has-related share-enabled"><div '
        f'class="header-text"><h1>{esc(told.title)}</h1></div><div '
        f'class="content-with-ads">{body_html(told, rng)}</div></div><div '
        f'class="w3">{teasers(rng, "en", 6, "<div>{}<p>{}</p></div>")}</div></div>'
    )
    return page(told, inner, head(told, "Right side")), text_of(told)


def _link_rich(told: Story, rng: random.Random) -> tuple[str, str]:
    """Every second paragraph is half made of links."""
    parts = []
    for n, p in enumerate(told.paragraphs):
        cut = int(len(p) * 0.55)
        parts.append(f'<p><a href="/x{n}">{esc(p[:cut])}</a>{esc(p[cut:])}</p>' if n % 2 else f"<p>{esc(p)}</p>")
    inner = (
        f'<nav>{links(rng, "en", 5)}</nav><div class="entry"><h1>{esc(told.title)}</h1><div '
        f'class="entry-body">{"".join(parts)}</div></div><div '
        f'class="also">{teasers(rng, "en", 5, "<div>{}<p>{}</p></div>")}</div>'
    )
    return page(told, inner, head(told, "Links")), text_of(told)


FAMILIES: dict[str, Maker] = {
    "tables": _tables,
    "divs": _divs,
    "breaks": _breaks,
    "short": _short,
    "argued": _argued,
    "plain-comments": _plain_comments,
    "next-article": _next_article,
    "consent": _consent,
    "called-sidebar": _called_sidebar,
    "link-rich": _link_rich,
}
