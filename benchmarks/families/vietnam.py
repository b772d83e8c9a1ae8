"""Vietnamese newspapers and their content systems; the lead (sapo) is part of the text."""

from __future__ import annotations

import random

from benchmarks.families import prose
from benchmarks.families.newsrooms import ld
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of

LICENCE = (
    "<p>Giấy phép số 123/GP-BTTTT do Bộ Thông tin và Truyền thông cấp ngày 01/09/2021. Tổng biên tập: Vũ Thị Hòa. "
    "Địa chỉ: 12 phố Ví "
    "Dụ, Hà Nội. Ghi rõ nguồn khi phát hành lại thông tin từ website này.</p>"
)


def _menu(rng: random.Random) -> str:
    return (
        f'<ul class="menu">{links(rng, "vi", 3)}<li><a href="/kinh-te">Kinh tế</a></li><li><a href="/phap-luat">Pháp '
        f"luật</a></li></ul>"
    )


def _caption(rng: random.Random) -> str:
    return esc(f"{prose.sentence(rng, 'vi')[:90]}. Ảnh: {prose.name(rng, 'vi')}")


def _express(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        f'<figure class="tplCaption" data-size="true"><div class="fig-picture"><img/></div><figcaption '
        f'itemprop="description"><p class="Image">'
        f"{_caption(rng)}</p></figcaption></figure>"
    )
    box = (
        f'<div class="box-tinlienquanv2"><article class="item-news"><h4>{links(rng, "vi", 1, "{}")}</h4><p '
        f'class="description">{esc(prose.sentence(rng, "vi"))}</p></article></div>'
    )
    see = f'<ul class="list-news" data-campaign="Box-Related">{links(rng, "vi", 2)}</ul>'
    text = body_html(told, rng, (figure, box, see), ' class="Normal"')
    inner = (
        f'<section class="header">{_menu(rng)}</section><section class="section page-detail top-detail"><div '
        f'class="container"><div class='
        f'"sidebar-1"><div class="header-content"><ul class="breadcrumb"><li><a>Khoa học</a></li></ul><span class="date">Thứ tư, '
        f'{told.when:%d/%m/%Y, %H:%M} (GMT+7)</span></div><h1 class="title-detail">{esc(told.title)}</h1><p '
        f'class="description"><span class='
        f'"location-stamp">Hà Nội</span>{esc(told.lead)}</p><article class="fck_detail">{text}<p class="Normal" '
        f'style="text-align:right;">'
        f'<strong>{told.author}</strong></p></article><div class="footer-content"><a class="back">Trở lại Khoa '
        f'học</a><div class="social">Chia '
        f'sẻ</div></div><div class="box_comment_vne"><h3>Ý kiến</h3><p '
        f'class="full_content">{esc(prose.paragraph(rng, "vi"))}</p></div></div><div '
        f'class="sidebar-2">{teasers(rng, "vi", 8, "<article class=item-news><h3>{}</h3><p class=description>{}</p></article>")}</div></div>'  # noqa: E501
        f"</section><footer>{LICENCE}</footer>"
    )
    return page(told, inner, head(told, "Báo Nhanh", ld=ld(told))), text_of(told, lead=True)


def _vccorp(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        f'<figure class="VCSortableInPreviewMode" type="Photo"><div><img/></div><figcaption '
        f'class="PhotoCMS_Caption"><p data-placeholder="Nhập '
        f'chú thích ảnh">{_caption(rng)}</p></figcaption></figure>'
    )
    related = (
        f'<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a class="VCRelatedNewsOne__title" '
        f'href="/b.htm">{esc(prose.title(rng, "vi"))}'
        f'</a><p class="sapo">{esc(prose.sentence(rng, "vi"))}</p></div>'
    )
    inner = (
        f'<div class="header">{_menu(rng)}</div><div class="main"><div class="container"><div '
        f'class="detail__main"><h1 class="detail-title" '
        f'data-role="title">{esc(told.title)}</h1><div class="detail-info"><div '
        f'class="detail-author">{told.author}</div><div class="detail-time">'
        f'<div data-role="publishdate">{told.when:%d/%m/%Y %H:%M} GMT+7</div></div></div><h2 class="detail-sapo" '
        f'data-role="sapo">{esc(told.lead)}'
        f'</h2><div class="detail-content afcbc-body" data-role="content" '
        f'itemprop="articleBody">{body_html(told, rng, (figure, related))}'
        f'</div><div class="detail-like-share">Chia sẻ</div><div '
        f'class="detail__tag"><ul>{links(rng, "vi", 3)}</ul></div><div class='
        f'"detail-comment">Bình luận (0)</div></div><div '
        f'class="detail__sub">{teasers(rng, "vi", 6, "<div class=box-category-item><h3>{}</h3><p>{}</p></div>")}'
        f'</div></div></div><div class="detail__bottom"><div class="box-category" data-layout="5"><h2>Tin cùng chuyên mục</h2>'
        f'{teasers(rng, "vi", 6, "<div class=box-category-item><h3>{}</h3><p class=box-category-sapo>{}</p></div>")}</div></div><div class="footer">{LICENCE}</div>'  # noqa: E501
    )
    return page(told, inner, head(told, "Phương Nam")), text_of(told, lead=True)


def _dantri(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = f'<figure class="image align-center"><img/><figcaption><p>{_caption(rng)}</p></figcaption></figure>'
    inner = (
        f'<header>{_menu(rng)}</header><main class="body container"><article class="singular-container"><h1 '
        f'class="title-page detail">'
        f'{esc(told.title)}</h1><div class="author-wrap"><div class="author-meta"><div '
        f'class="author-name"><a><b>{told.author}</b></a></div><time '
        f'class="author-time" datetime="{told.when:%Y-%m-%d %H:%M}">Thứ ba, '
        f"{told.when:%d/%m/%Y - %H:%M}</time></div></div><h2 class="
        f'"singular-sapo">(Dân Ta) - {esc(told.lead)}</h2><div '
        f'class="singular-content">{body_html(told, rng, (figure,))}<p><strong>Xem thêm: '
        f"</strong>{links(rng, 'vi', 1, '{}')}</p></div><ul "
        f'class="tags-wrap">{links(rng, "vi", 4)}</ul></article><div class="article-related">'
        f"<h3>Tin liên quan</h3>{teasers(rng, 'vi', 4, '<article class=article-item><h3>{}</h3><div class=article-excerpt>{}</div></article>')}</div>"  # noqa: E501
        f"</main><footer>{LICENCE}</footer>"
    )
    return page(told, inner, head(told, "Dân Ta")), "\n".join(["(Dân Ta) - " + told.lead, *told.paragraphs])


def _bold_lead(told: Story, rng: random.Random) -> tuple[str, str]:
    """A newspaper whose lead is the first bold paragraph of the body, with links to others between and the author at the end."""
    more = f'<p class="MsoNormal">&gt;&gt;&gt; {links(rng, "vi", 1, "{}")}</p>'
    inner = (
        f'<div id="header">{_menu(rng)}</div><div class="content-detail"><div class="breadcrumbs"><a>Trang chủ</a> / '
        f"<a>Thời sự</a></div><h1 "
        f'class="content-detail-title">{esc(told.title)}</h1><div class="bread-crumb-detail__time">Thứ Sáu, '
        f"{told.when:%d/%m/%Y - %H:%M}</div>"
        f'<div class="maincontent main-content" '
        f'id="maincontent"><p><strong>{esc(told.lead)}</strong></p>{body_html(told, rng, (more,))}<p '
        f'style="text-align:right"><strong>{told.author}</strong></p></div><div class="article-tags">Từ khóa: '
        f"{links(rng, 'vi', 3, '{}')}</div>"
        f'<div class="insert-wiki-content">{teasers(rng, "vi", 3, "<div>{}<div>{}</div></div>")}</div></div><div '
        f'class="box-tin-moi"><h3>Tin mới'
        f'</h3><ul>{links(rng, "vi", 10)}</ul></div><div id="footer">{LICENCE}</div>'
    )
    return page(told, inner, head(told, "Việt Mạng")), text_of(told, lead=True)


def _photo_tables(told: Story, rng: random.Random) -> tuple[str, str]:
    """Pictures in tables with their captions in cells, as older systems have them."""
    table = (
        f'<table class="picture" align="center"><tbody><tr><td class="pic"><img/></td></tr><tr><td class="pCaption '
        f'caption"><p>{_caption(rng)}</p></td></tr></tbody></table>'
    )
    plain = (
        f'<table align="center" border="0"><tr><td><img/></td></tr><tr><td '
        f'style="text-align:center"><em>{_caption(rng)}</em></td></tr></table>'
    )
    inner = (
        f'<div class="page-wrapper">{_menu(rng)}<article class="the-article"><header class="the-article-header"><p '
        f'class="the-article-category">'
        f'<a>Xã hội</a></p><h1 class="the-article-title">{esc(told.title)}</h1><ul class="the-article-meta"><li '
        f'class="the-article-author">'
        f'{told.author}</li><li class="the-article-publish">Thứ hai, {told.when:%d/%m/%Y %H:%M} '
        f'(GMT+7)</li></ul></header><section class="main">'
        f'<p class="the-article-summary">{esc(told.lead)}</p><div '
        f'class="the-article-body">{body_html(told, rng, (table, plain))}<div class='
        f'"inner-article"><a href="/k.html"><h2 class="inner-title">{esc(prose.title(rng, "vi"))}</h2><p class="inner-summary">'
        f"{esc(prose.sentence(rng, 'vi'))}</p></a></div></div></section><p "
        f'class="the-article-tags">{links(rng, "vi", 3, "{}")}</p></article>'
        f'<section class="recommendation">{teasers(rng, "vi", 5, "<article><p>{}</p><p>{}</p></article>")}</section></div>{LICENCE}'  # noqa: E501
    )
    return page(told, inner, head(told, "Tri Thức")), text_of(told, lead=True)


def _party_paper(told: Story, rng: random.Random) -> tuple[str, str]:
    """A provincial party paper: the lead in a div, other items linked by bullet in the middle, a rating after the text."""
    other = f'<div class="b-maincontent-related"><ul>{links(rng, "vi", 3)}</ul></div>'
    inner = (
        f'<form id="form1"><div class="banner"></div>{_menu(rng)}<div class="c-detail-head"><h1 '
        f'class="c-detail-head__title">{esc(told.title)}</h1>'
        f'<span class="c-detail-head__time">{told.when:%d/%m/%Y %H:%M}</span></div><div '
        f'class="desc">{esc(told.lead)}</div><div class='
        f'"b-maincontent">{body_html(told, rng, (other,))}<p class="author" style="text-align: '
        f'right;"><b>{told.author}</b></p></div><div class="c-rating">'
        f'Đánh giá bài viết: 5 sao trên tổng số 12 đánh giá</div><div class="c-news-related"><h3>Các tin khác</h3>'
        f'{links(rng, "vi", 8, "<div>{}<span>(09/07/2025)</span></div>")}</div></form><div class="footer">{LICENCE}</div>'
    )
    return page(told, inner, head(told, "Báo Tỉnh Ví Dụ", og=False)), text_of(told, lead=True)


def _broken_lines(told: Story, rng: random.Random) -> tuple[str, str]:
    """One div, lines parted by br, as copied from a message."""
    text = "<br/>\n<br/>\n".join(esc(p) for p in told.paragraphs)
    inner = (
        f'<div class="top">{_menu(rng)}</div><div class="left-col"><div '
        f'class="news-title"><h2>{esc(told.title)}</h2></div><div class="news-date">'
        f'Ngày đăng: {told.when:%d/%m/%Y} | Lượt xem: 314</div><div class="news-content">{text}</div><div '
        f'class="other-news"><h3>Tin cùng loại:'
        f"</h3><ul>{links(rng, 'vi', 7)}</ul></div></div><div "
        f'class="right-col">{links(rng, "vi", 9, "<p>{}</p>")}</div><div>{LICENCE}</div>'
    )
    return page(told, inner, head(told, "Đài Ví Dụ", og=False)), text_of(told)


def _questions(told: Story, rng: random.Random) -> tuple[str, str]:
    """An interview: questions in bold, a reporter's prefix, a box about the guest."""
    asked = [(f"PV: {prose.title(rng, 'vi')}, thưa ông?", prose.paragraph(rng, "vi", 3)) for _ in range(6)]
    talk = "".join(f"<p><b>{esc(q)}</b></p><p>{esc(a)}</p>" for q, a in asked)
    inner = (
        f'<header>{_menu(rng)}</header><div class="article"><h1 class="article__header">{esc(told.title)}</h1><div '
        f'class="article__meta"><time '
        f'class="time" datetime="{told.iso}">{told.when:%d/%m/%Y %H:%M}</time></div><div '
        f'class="article__sapo">{esc(told.lead)}</div><div class='
        f'"article__body cms-body" itemprop="articleBody">{talk}<div '
        f'class="article-relate">{links(rng, "vi", 2, "<h5>{}</h5>")}</div></div><div '
        f'class="article__author">{told.author}</div><div '
        f'class="article__tag">{links(rng, "vi", 3, "{}")}</div></div><div class="timeline">'
        f"{teasers(rng, 'vi', 7, '<article class=story><h2>{}</h2><div class=story__summary>{}</div></article>')}</div><footer>{LICENCE}</footer>"  # noqa: E501
    )
    return page(told, inner, head(told, "Nhân Văn")), "\n".join([told.lead, *(t for pair in asked for t in pair)])


FAMILIES: dict[str, Maker] = {
    "vi-express": _express,
    "vi-vccorp": _vccorp,
    "vi-dantri": _dantri,
    "vi-bold-lead": _bold_lead,
    "vi-photo-tables": _photo_tables,
    "vi-party-paper": _party_paper,
    "vi-broken-lines": _broken_lines,
    "vi-questions": _questions,
}
