"""Pages put together at random: any way to write a body in any wrapping, with boxes in it and round it, named well or badly."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.families import prose
from benchmarks.families.story import Maker, Story, block, esc, head, links, page, teasers

_Words = dict[str, tuple[str, ...]]
_WORDS: dict[str, _Words] = {
    "en": {
        "related": ("Related articles", "More stories", "You might like", "Read next", "In other news", "Also in this section"),
        "letter": (
            "Get our newsletter|The best of the week, every Friday, in your inbox.",
            "Stay in touch|Leave your address and we will write to you once a month.",
            "Support our work|Readers like you make this possible. Please consider a gift.",
        ),
        "bio": (
            "has been writing for us since 2011 and lives by the sea.",
            "is a reporter on the business desk.",
            "covers science.",
        ),
        "talk": ("comments", "responses", "Join the conversation", "What do you think?"),
        "foot": (
            "All rights reserved. No part of this site may be copied without our leave.",
            "Terms of use and privacy policy.",
        ),
        "label": ("Opinion", "World", "Science", "5 min read", "Updated 3 hours ago", "Exclusive"),
        "photo": ("Photo: ", "Credit: ", "Image: ", "Photograph by ", ""),
    },
    "vi": {
        "related": ("Tin liên quan", "Xem thêm", "Cùng chuyên mục", "Bài đọc nhiều", "Tin mới nhất", "Có thể bạn quan tâm"),
        "letter": (
            "Đăng ký nhận bản tin|Mỗi sáng một bức thư với những tin chính trong ngày.",
            "Theo dõi chúng tôi|Cập nhật tin tức mới nhất trên các trang mạng của báo.",
        ),
        "bio": ("là phóng viên ban Khoa học.", "viết về chuyển đổi số từ năm 2015."),
        "talk": ("Bình luận", "Ý kiến bạn đọc", "Gửi ý kiến của bạn"),
        "foot": ("Giấy phép số 57/GP-TTĐT cấp ngày 05/06/2021. Tổng biên tập: Đào Văn Ví.", "Ghi rõ nguồn khi phát hành lại."),
        "label": ("Thời sự", "Khoa học", "Góc nhìn", "5 phút đọc", "Nghe bài viết"),
        "photo": ("Ảnh: ", "Nguồn ảnh: ", "Đồ họa: ", ""),
    },
}
_MAIN = (
    "article",
    "main",
    "post",
    "content",
    "story",
    "single",
    "detail",
    "page",
    "left",
    "column",
    "wrapper",
    "container",
    "inner",
)
_TEXT = (
    *(
        "body",
        "text",
        "article-body",
        "entry-content",
        "post-content",
        "story-text",
        "content-detail",
        "rich",
        "richtext",
        "copy",
    ),
    *(
        "cms-content",
        "article__content",
        "td-post-content",
        "elementor-widget-theme-post-content",
        "fusion-text",
        "wysiwyg",
        "prose",
    ),
)
_BOX = ("box", "block", "widget", "module", "card", "list", "item", "section", "component", "row", "col", "panel", "zone", "slot")


def _name(rng: random.Random, words: tuple[str, ...]) -> str:
    """A class: telling, one of several, hashed, or none."""
    form = rng.randrange(6)
    if form == 0:
        return ""
    if form == 1:
        return f' class="{"".join(rng.choices("abcdefghkmnpqrstxyz", k=6))}"'
    more = (
        f" {rng.choice(('clearfix', 'col-md-8', 'mt-4', 'is-wide', 'has-image', 'js-x', 'u-flex'))}" if rng.random() < 0.5 else ""
    )
    return f' {"id" if form == 2 else "class"}="{rng.choice(words)}{more}"'


def _wrapped(rng: random.Random, inner: str, words: tuple[str, ...], most: int = 3) -> str:
    for _ in range(rng.randrange(most + 1)):
        tag = rng.choice(("div", "div", "div", "section"))
        inner = f"<{tag}{_name(rng, words)}>{inner}</{tag}>"
    return inner


def _linked(rng: random.Random, text: str) -> str:
    """The text with a few of its words linked."""
    words = text.split(" ")
    if rng.random() < 0.3 and len(words) > 6:
        at = rng.randrange(len(words) - 3)
        return (
            f'{esc(" ".join(words[:at]))} <a href="/x{at}">{esc(" ".join(words[at : at + 3]))}</a> '
            f"{esc(' '.join(words[at + 3 :]))}"
        )
    return esc(text)


def _body(told: Story, rng: random.Random, inserts: list[str]) -> tuple[str, list[str]]:
    """The text in one of seven ways, with boxes in between, and its lines."""
    way = rng.choice(("p", "p", "p", "p", "div", "br", "span", "sections", "nested"))
    parts: list[str] = []
    mark = _name(rng, ("text", "paragraph", "Normal", "p1", "MsoNormal")) if rng.random() < 0.4 else ""
    for kind, texts in told.blocks:
        if kind != "p" or way == "p":
            parts.append(block(kind, texts) if kind != "p" else f"<p{mark}>{_linked(rng, texts[0])}</p>")
        elif way == "div":
            parts.append(f"<div{mark}>{_linked(rng, texts[0])}</div>")
        elif way == "br":
            parts.append(f"{_linked(rng, texts[0])}<br/><br/>")
        elif way == "span":
            parts.append(f"<div><span{mark}>{_linked(rng, texts[0])}</span></div>")
        elif way == "sections":
            parts.append(f"<section{_name(rng, _BOX)}><p>{_linked(rng, texts[0])}</p></section>")
        else:
            parts.append(f'<div class="block-text"><div><p>{_linked(rng, texts[0])}</p></div></div>')
    for insert in inserts:
        parts.insert(rng.randrange(1, len(parts) + 1), insert)
    return "\n".join(parts), list(told.paragraphs)


def _figure(rng: random.Random, told: Story) -> str:
    words = f"{prose.sentence(rng, told.language)} {rng.choice(_WORDS[told.language]['photo'])}{prose.name(rng, told.language)}"
    return rng.choice(
        (
            f"<figure><img src=a.jpg><figcaption>{esc(words)}</figcaption></figure>",
            f'<div class="image"><img src=a.jpg><p class="caption">{esc(words)}</p></div>',
            f'<figure class="media"><img><div><figcaption>{esc(words)}</figcaption></div></figure>',
        )
    )


def _cards(rng: random.Random, told: Story) -> str:
    heading = f"<h3>{rng.choice(_WORDS[told.language]['related'])}</h3>"
    kind = rng.randrange(5)
    if kind == 0:
        inner = f"<ul>{links(rng, told.language, rng.randrange(2, 9))}</ul>"
    elif kind == 1:
        inner = teasers(rng, told.language, rng.randrange(3, 9), f"<div{_name(rng, _BOX)}><h4>{{}}</h4><p>{{}}</p></div>")
    elif kind == 2:
        inner = teasers(rng, told.language, rng.randrange(3, 7), "<li>{}<span>{}</span></li>")
    elif kind == 3:
        inner = teasers(
            rng, told.language, rng.randrange(3, 6), "<article><h2>{}</h2><div>{}</div><time>2 days ago</time></article>"
        )
    else:
        inner = links(rng, told.language, rng.randrange(3, 8), "<p>{}</p>")
    return _wrapped(rng, f"<div{_name(rng, _BOX)}>{heading}{inner}</div>", _BOX, 1)


def _letter(rng: random.Random, told: Story) -> str:
    title, text = rng.choice(_WORDS[told.language]["letter"]).split("|")
    return f"<div{_name(rng, ('newsletter', 'signup', *_BOX))}><h4>{title}</h4><p>{text}</p><form><input><button>OK</button></form></div>"  # noqa: E501


def _talk(rng: random.Random, told: Story) -> str:
    marks = rng.choice(("comments", "disqus_thread", "comment-list", "responses", "discussion", "fb-comments"))
    said = "".join(
        f'<div class="{rng.choice(("comment", "reply"))}"><b>{prose.name(rng, told.language)}</b><p>'
        f"{esc(prose.paragraph(rng, told.language))}</p></div>"
        for _ in range(rng.randrange(1, 12))
    )
    return f'<div id="{marks}"><h3>{rng.choice(_WORDS[told.language]["talk"])}</h3>{said}</div>'


def _bio(rng: random.Random, told: Story) -> str:
    words = f"{told.author} {rng.choice(_WORDS[told.language]['bio'])}"
    return f"<div{_name(rng, ('author-box', 'author-bio', 'about-author', 'bio', 'byline'))}><img><p>{words}</p></div>"


def _side(rng: random.Random, told: Story) -> str:
    inner = "".join(_cards(rng, told) for _ in range(rng.randrange(1, 4)))
    return f"<{rng.choice(('aside', 'div', 'div'))}{_name(rng, ('sidebar', 'right', 'rail', 'col-md-4', 'widget-area', 'w3'))}>{inner}</div>"  # noqa: E501


def _wild(told: Story, rng: random.Random) -> tuple[str, str]:
    language = told.language
    inserts = [rng.choice((_figure, _figure, _cards, _letter))(rng, told) for _ in range(rng.randrange(4))]
    text, lines = _body(told, rng, inserts)
    text = _wrapped(rng, f"<div{_name(rng, _TEXT)}>{text}</div>", _TEXT, 2)
    stamp = told.when.strftime("%d/%m/%Y %H:%M") if language == "vi" else told.when.strftime("%B %d, %Y")
    tag = rng.choice(("h1", "h1", "h1", "h2"))
    heading = f"<{tag}{_name(rng, ('title', 'headline', 'entry-title'))}>{esc(told.title)}</{tag}>"
    lead = (
        f'<p class="{rng.choice(("sapo", "lead", "summary"))}">{esc(told.lead)}</p>'
        if language == "vi" and rng.random() < 0.7
        else ""
    )
    before = [
        f"<div{_name(rng, ('label', 'category', 'kicker'))}>{rng.choice(_WORDS[language]['label'])}</div>",
        heading,
        f"<div{_name(rng, ('meta', 'byline', 'info'))}><span>{told.author}</span> <span>{stamp}</span></div>",
        *((_figure(rng, told),) if rng.random() < 0.4 else ()),
    ]
    makers: tuple[Callable[[random.Random, Story], str], ...] = (_bio, _letter, _cards, _talk)
    after = [maker(rng, told) for maker in makers if rng.random() < 0.55]
    top = "".join(before)
    if rng.random() < 0.5:
        main = _wrapped(rng, top + lead + text + "".join(after), _MAIN)
    else:
        main = _wrapped(rng, f"<header>{top}</header>{lead}{_wrapped(rng, text, _MAIN, 2)}", _MAIN) + "".join(after)
    tag = rng.choice(("article", "div", "div"))
    columns = [f"<{tag}{_name(rng, _MAIN)}>{main}</{tag}>"]
    if rng.random() < 0.7:
        columns.insert(rng.randrange(2), _side(rng, told))
    menu = f"<{rng.choice(('nav', 'div', 'header'))}><ul>{links(rng, language, rng.randrange(3, 12))}</ul></div>"
    below = _cards(rng, told) if rng.random() < 0.5 else ""
    foot = f"<{rng.choice(('footer', 'div'))}{_name(rng, ('footer', 'bottom', 'site-info'))}><p>{rng.choice(_WORDS[language]['foot'])}</p></div>"  # noqa: E501
    made = page(
        told, f"{menu}{_wrapped(rng, ''.join(columns), _MAIN, 2)}{below}{foot}", head(told, "Wild", og=rng.random() < 0.6)
    )
    return made, "\n".join(((told.lead,) if lead else ()) + tuple(lines))


FAMILIES: dict[str, Maker] = {f"wild-{n:02}": _wild for n in range(10)}
FAMILIES_VI: dict[str, Maker] = {f"wild-vi-{n:02}": _wild for n in range(10)}
