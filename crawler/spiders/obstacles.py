"""A short answer in, what stands there instead of a page out: a bot wall, an error dressed as a page, an empty shell."""

from __future__ import annotations

from lxml.etree import ParserError

from crawler.extract.encoding import decode
from crawler.extract.kind import refuse_soft_404, refuse_walls, shown_text
from crawler.extract.metadata import parse
from crawler.items import Page, Reason, Unreadable

SHORT = 30_000
"""Bytes. The walls and error pages seen are shorter; articles with their furniture are ten times as long."""
_WALL_STATUS = frozenset({200, 202, 401, 403, 405, 406, 429, 503})


def obstacle(page: Page) -> Unreadable | None:
    """What keeps us from the page, or None. The scan would throw such a page away as unrelated, and nobody would know."""
    if page.header("cf-mitigated") is not None:
        return Unreadable(Reason.BOT_WALL, "the host says that it wants a challenge solved")
    if len(page.body) > SHORT or page.is_document() or b"<" not in page.body[:1024]:
        return None
    try:
        source = decode(page.body, page.header("Content-Type")).text
        tree = parse(source)
        shown = shown_text(tree)
        title = " ".join(tree.xpath("string(//title)").split())
        refuse_walls(shown, source, title)
        refuse_soft_404(title, shown)
    except (ParserError, ValueError):
        return None
    except Unreadable as error:
        return error
    return None


def bot_wall(page: Page) -> Unreadable | None:
    """Only whether a bot wall answered, with whatever status it does."""
    if page.status not in _WALL_STATUS:
        return None
    found = obstacle(page)
    return found if found is not None and found.reason is Reason.BOT_WALL else None
