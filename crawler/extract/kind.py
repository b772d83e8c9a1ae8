"""A parsed page in, what it really is out: an article, a listing, or one of the pages that only look like one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from classifier.text import fold
from crawler.extract.blocks import Line
from crawler.extract.metadata import Metadata
from crawler.items import Reason, Unreadable
from crawler.urls import is_listing_url

_SOFT_404 = re.compile(
    r"^(?:error |loi )?404\b|\b(?:error|loi) 404\b|\b404 not found|page (?:not found|cannot be found|does not exist)|^not found$"
    r"|khong tim thay (?:trang\b(?! phuc| bi| tri)|noi dung|bai viet|duong dan|lien ket|du lieu|tin)"
    r"|(?:trang|noi dung|bai viet|duong dan|lien ket|tin bai|du lieu)(?: \w+){0,6} "
    r"(?:khong (?:ton tai|duoc tim thay|tim thay)|da bi (?:xoa|go))"
    r"|страница не наидена"
)
_BOT_WALL_TITLE = re.compile(
    r"just a moment|attention required|access denied|checking your browser|ddos|are you a (?:human|robot)|security check"
    r"|verify you are|kiem tra trinh duyet|xac minh (?:ban|rang|trinh)|xac thuc truy cap"
    r"|pardon our interruption|request unsuccessful|captcha"
)
_BOT_WALL = re.compile(
    r"cf-chl-|/cdn-cgi/challenge-platform|_incapsula_resource|datadome|px-captcha|g-recaptcha|h-captcha|cf-turnstile|ddos-guard"
    r"|awswafcookie|distil_r_captcha",
    re.IGNORECASE,
)
_COOKIE_CHALLENGE = re.compile(r"document\.cookie\s*=", re.IGNORECASE)
_RELOAD = re.compile(r"location\s*\.\s*(?:reload|replace|href)|location\s*=|\.submit\(\)|http-equiv=[\"']?refresh", re.IGNORECASE)
_PAYWALL = re.compile(
    r"(?:dang nhap|dang ky|mua goi|tra phi|nang cap).{0,60}(?:doc tiep|doc toan bo|doc day du|xem tiep|xem toan bo|xem day du)"
    r"|(?:bai viet|noi dung) (?:nay )?(?:chi )?danh (?:rieng )?cho (?:thue bao|hoi vien|thanh vien|doc gia tra phi)"
    r"|subscribe to (?:continue|read)|for subscribers only|to continue reading|подпис\w+,? чтобы (?:читать|прочитать)"
)
_SCRIPT_ROOT = re.compile(r"<div[^>]{0,100}id=[\"']?(?:root|app|__next|__nuxt|q-app|main-app)\b|<app-root\b", re.IGNORECASE)
_SCRIPT_NEEDED = re.compile(
    r"(?:enable|turn on|requires?|bat|kich hoat|ho tro).{0,30}javascript|javascript.{0,40}(?:disabled|required|bi tat)"
)

_SHOWN = "//body//text()[not(parent::script or parent::style or parent::noscript or parent::template or parent::textarea)]"
_PROSE = 100
"""A line of this many characters, mostly unlinked, is prose; a teaser has at most one."""
_TEASERS = 8
_NOTHING, _LITTLE = 40, 300


def shown_text(tree: HtmlElement) -> str:
    """Everything that the page shows, furniture too, in one line, folded."""
    return fold(" ".join(" ".join(map(str, tree.xpath(_SHOWN, smart_strings=False))).split()))


def refuse_walls(shown: str, source: str, title: str) -> None:
    """Raise Unreadable for a bot wall, an empty shell that scripts would fill, and a page without anything on it."""
    size = len(shown)
    if size < 1_500 and (_BOT_WALL_TITLE.search(f"{fold(title)} {shown}") or _BOT_WALL.search(source)):
        raise Unreadable(Reason.BOT_WALL, (title or shown)[:100])
    if size < _NOTHING and _COOKIE_CHALLENGE.search(source) and _RELOAD.search(source):
        raise Unreadable(Reason.BOT_WALL, "a script sets a cookie and loads the page again")
    if size < _LITTLE and (_SCRIPT_ROOT.search(source) or _SCRIPT_NEEDED.search(fold(source[:200_000]))):
        raise Unreadable(Reason.NEEDS_SCRIPT, "the page is empty until its scripts run")
    if not size:
        raise Unreadable(Reason.EMPTY, "a blank page")


def refuse_soft_404(title: str, text: str) -> None:
    """Raise Unreadable(SOFT_404) where title or text says that there is no such page, though the server said 200."""
    if len(title) <= 120 and _SOFT_404.search(fold(title)) and len(text) < 800:
        raise Unreadable(Reason.SOFT_404, title)
    if len(text) < _LITTLE and _SOFT_404.search(fold(text)):
        raise Unreadable(Reason.SOFT_404, text[:100])


def is_paid(shown: str, metadata: Metadata, text: str, stumps: bool) -> bool:
    """Whether the page calls itself paid for; raises Unreadable(PAYWALL) for a stump where no `stumps` are wanted."""
    stump = len(text) < 1_000 and (_PAYWALL.search(shown) or (not metadata.described.free and len(text) < 600))
    if stump and not stumps:
        raise Unreadable(Reason.PAYWALL, "only the beginning is shown")
    return bool(stump) or not metadata.described.free


def is_listing(lines: list[Line], metadata: Metadata, url: str) -> bool:
    """Whether the page lists articles rather than being one: home, section, tag, search, by address, word or shape."""
    if not urlsplit(url).path.strip("/") and not urlsplit(url).query:
        return True
    if is_listing_url(url):
        return True
    described = metadata.described
    if described.is_article or (metadata.og_type or "").lower().startswith("article"):
        return False
    if described.is_listing:
        return True
    return _is_list_of_teasers(lines, metadata.heading)


def _is_list_of_teasers(lines: list[Line], heading: HtmlElement | None) -> bool:
    """Linked titles, the first before any prose, each with at most one lead beside it; or very many whatever stands between."""
    start = next((n + 1 for n, line in enumerate(lines) if heading is not None and line.element is heading), 0)
    teasers = run = longest = 0
    headed = False
    for line in lines[start:]:
        if line.linked * 10 > len(line.text) * 8 and len(line.text) >= 25:
            headed = headed or not longest
            teasers += 1
            run = 0
        elif len(line.text) >= _PROSE and line.linked * 2 < len(line.text):
            run += len(line.text)
            longest = max(longest, run)
    return (teasers >= _TEASERS and longest < 700) or (headed and longest < 400)
