"""Vietnamese government portals: NukeViet, Liferay, SharePoint, Joomla, ASP.NET tables, a plan shown as a page."""

from __future__ import annotations

import html
import random

from benchmarks.families import prose
from benchmarks.families.story import Maker, Story, body_html, esc, head, links, page, teasers, text_of
from benchmarks.families.vietnam import LICENCE


def _nukeviet(told: Story, rng: random.Random) -> tuple[str, str]:
    figure = (
        f'<div style="text-align:center"><figure '
        f'class="image"><img/><figcaption>{esc(prose.sentence(rng, "vi"))}</figcaption></figure></div>'
    )
    inner = (
        f'<div class="section-nav"><nav><ul>{links(rng, "vi", 8)}</ul></nav></div><div class="col-sm-16 '
        f'col-md-18"><div class="news_column panel '
        f'panel-default"><div class="panel-body"><h1 class="title margin-bottom-lg">{esc(told.title)}</h1><div '
        f'class="row margin-bottom-lg"><div '
        f'class="col-md-12"><span class="h5">Thứ năm - {told.when:%d/%m/%Y %H:%M}</span></div></div><div '
        f'class="clearfix"><div class='
        f'"hometext m-bottom">{esc(told.lead)}</div></div><div id="news-bodyhtml" class="bodytext '
        f'margin-bottom-lg">{body_html(told, rng, (figure,))}'
        f'</div><div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả: '
        f"</strong>{told.author}</p></div></div></div><div class="
        f'"news_column panel panel-default"><div class="panel-body"><form id="form3B"><div class="h5 '
        f'clearfix"><p>Tổng số điểm của bài viết là: 5 '
        f'trong 1 đánh giá</p></div></form></div></div><div class="news_column panel"><p class="h3"><strong>Những '
        f"tin cũ hơn</strong></p><ul class="
        f'"related list-inline">{links(rng, "vi", 9)}</ul></div></div><div '
        f'class="col-md-6">{links(rng, "vi", 6, "<p>{}</p>")}</div><footer>'
        f"{LICENCE}</footer>"
    )
    return page(told, inner, head(told, "Xã Ví Dụ", og=False)), text_of(told, lead=True)


def _liferay(told: Story, rng: random.Random) -> tuple[str, str]:
    others = teasers(rng, "vi", 6, '<div class="asset-abstract"><h4>{}</h4><div class="asset-summary">{}</div></div>')
    inner = (
        f'<div id="wrapper"><div id="banner">{links(rng, "vi", 6, "<li>{}</li>")}</div><div class="portlet-boundary '
        f'portlet-asset-publisher">'
        f'<h2 class="portlet-title-text">Tin khác của Bộ</h2>{others}</div><div class="portlet-boundary"><div '
        f'class="journal-content-article" '
        f'data-analytics-asset-title="x"><h3 class="title-detail-news">{esc(told.title)}</h3><div '
        f'class="time-news">{told.when:%d/%m/%Y} | '
        f'{told.when:%H:%M} PM</div><div class="sapo-detail"><p>{esc(told.lead)}</p></div><div '
        f'class="content-detail">{body_html(told, rng)}</div>'
        f'</div></div><div class="portlet-boundary"><h3>Tin liên '
        f'quan</h3><ul>{links(rng, "vi", 5)}</ul></div></div><div id="footer">{LICENCE}</div>'
    )
    return page(told, inner, head(told, "Bộ Ví Dụ", og=False)), text_of(told, lead=True)


def _sharepoint(told: Story, rng: random.Random) -> tuple[str, str]:
    text = "".join(f'<p style="text-align:justify"><span style="font-size:14pt">{esc(p)}</span></p>' for p in told.paragraphs)
    inner = (
        f'<form id="aspnetForm"><div id="s4-workspace"><div id="s4-bodyContainer"><div '
        f'class="ms-core-navigation">{links(rng, "vi", 9)}</div><div '
        f'id="DeltaPlaceHolderMain"><table width="100%"><tr><td valign="top"><div class="ms-webpart-zone"><div '
        f'class="ArticleHeader"><span class='
        f'"ArticleDate">{told.when:%d/%m/%Y %I:%M:%S %p}</span><h2 '
        f'class="ArticleTitle">{esc(told.title)}</h2></div><div class="ArticleSummary">'
        f'<div class="ms-rtestate-field"><p><b>{esc(told.lead)}</b></p></div></div><div class="ArticleContent"><div '
        f'class="ms-rtestate-field">{text}'
        f'</div></div><div class="ArticleAuthor">{told.author}</div></div></td><td '
        f'width="220">{links(rng, "vi", 7, "<div>{}</div>")}</td></tr>'
        f'</table></div></div></div></form><div class="cuoi-trang">{LICENCE}</div>'
    )
    return page(told, inner, head(told, "Tỉnh Ví Dụ", og=False)), text_of(told, lead=True)


def _joomla(told: Story, rng: random.Random) -> tuple[str, str]:
    inner = (
        f'<div class="body"><div class="header">{links(rng, "vi", 6)}</div><main id="content" role="main"><div '
        f'class="item-page" itemscope><div '
        f'class="page-header"><h2 itemprop="headline">{esc(told.title)}</h2></div><dl class="article-info muted"><dt '
        f'class="article-info-term">Chi '
        f'tiết</dt><dd class="createdby">Viết bởi <span itemprop="name">{told.author}</span></dd><dd '
        f'class="published"><time datetime="{told.iso}">'
        f'Thứ bảy, {told.when:%d} Tháng {told.when.month} {told.when:%Y %H:%M}</time></dd><dd class="hits">Lượt xem: '
        f"71</dd></dl><div itemprop="
        f'"articleBody">{body_html(told, rng)}</div><ul class="pager '
        f'pagenav"><li>{links(rng, "vi", 1, "{}")}</li></ul></div></main><div id="aside">'
        f'<div class="well"><h3>Bài đọc nhiều</h3><ul>{links(rng, "vi", 8)}</ul></div></div></div>{LICENCE}'
    )
    return page(told, inner, head(told, "Trường Ví Dụ", og=False)), text_of(told)


def _tables(told: Story, rng: random.Random) -> tuple[str, str]:
    text = "".join(f'<div align="justify" style="margin:6px"><span>{esc(p)}</span></div>' for p in told.paragraphs)
    inner = (
        f'<table id="main" width="1000"><tbody><tr><td colspan="3">{links(rng, "vi", 6, "{} | ")}</td></tr><tr><td width="200">'
        f'{links(rng, "vi", 10, "<table><tr><td>{}</td></tr></table>")}</td><td><table width="100%"><tr><td '
        f'class="tieude">{esc(told.title)}</td></tr>'
        f'<tr><td class="ngay">({told.when:%d/%m/%Y %H:%M:%S})</td></tr><tr><td '
        f'class="trichdan"><b>{esc(told.lead)}</b></td></tr><tr><td class='
        f'"noidung">{text}</td></tr><tr><td align="right"><b>{told.author}</b></td></tr><tr><td><b>Các tin đã đưa:</b>'
        f'{links(rng, "vi", 8, "<li>{} (12/06/2025)</li>")}</td></tr></table></td><td width="180"></td></tr><tr><td '
        f'colspan="3">{LICENCE}</td></tr>'
        f"</tbody></table>"
    )
    return page(told, inner, head(told, "Sở Ví Dụ", og=False)), text_of(told, lead=True)


def _plan(told: Story, rng: random.Random) -> tuple[str, str]:
    """A plan shown as a page: a letterhead in a table, numbered parts, a table of tasks, the signature."""
    tasks = [(str(n), prose.title(rng, "vi"), "Sở Ví Dụ") for n in range(1, 6)]
    rows = "".join("<tr>" + "".join(f"<td><p>{esc(c)}</p></td>" for c in row) + "</tr>" for row in tasks)
    parts = "".join(
        f"<p><b>{n}. {esc(prose.title(rng, 'vi'))}</b></p><p>{esc(p)}</p>" for n, p in enumerate(told.paragraphs[:6], 1)
    )
    heads = [html.unescape(line.split("</b>")[0]) for line in parts.split("<p><b>")[1:]]
    inner = (
        f'<div class="wrapper">{links(rng, "vi", 7, "<span>{}</span>")}<div '
        f'class="vanban"><h1>{esc(told.title)}</h1><div class="ngaydang">'
        f'{told.when:%d/%m/%Y}</div><div class="noidung-vb"><p>Căn cứ Chương trình hành động của Ví Dụ, Ủy ban nhân '
        f"dân ban hành kế hoạch với các "
        f'nội dung sau:</p>{parts}<table border="1"><tbody>{rows}</tbody></table></div></div><div '
        f'class="vb-khac"><h3>Văn bản khác</h3><ul>'
        f'{links(rng, "vi", 6)}</ul></div></div><div class="footer">{LICENCE}</div>'
    )
    intro = "Căn cứ Chương trình hành động của Ví Dụ, Ủy ban nhân dân ban hành kế hoạch với các nội dung sau:"
    lines = [
        intro,
        *(t for pair in zip(heads, told.paragraphs[:6], strict=True) for t in pair),
        *(c for row in tasks for c in row),
    ]
    return page(told, inner, head(told, "Văn bản", og=False)), "\n".join(lines)


FAMILIES: dict[str, Maker] = {
    "vi-nukeviet": _nukeviet,
    "vi-liferay": _liferay,
    "vi-sharepoint": _sharepoint,
    "vi-joomla": _joomla,
    "vi-tables": _tables,
    "vi-plan": _plan,
}
