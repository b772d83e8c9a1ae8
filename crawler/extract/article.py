"""One fetched page in, one Article out, or the reason why not: HTML, PDF and DOCX, told apart by their bytes."""

from __future__ import annotations

import re

from lxml.etree import ParserError

from classifier.text import clean, fold
from crawler.extract.body import body_of
from crawler.extract.clearing import article_lines
from crawler.extract.dating import RESOLUTION_DAY, choose, document_day
from crawler.extract.documents import Read, document_kind, read_docx, read_pdf
from crawler.extract.encoding import decode, looks_damaged
from crawler.extract.kind import is_listing, is_paid, refuse_soft_404, refuse_walls, shown_text
from crawler.extract.language import language_of
from crawler.extract.metadata import address_date, parse, read_metadata
from crawler.extract.titles import MAX_TITLE
from crawler.extract.wrappings import as_markup, unwrapped
from crawler.items import Article, Notice, Page, PublishedAt, Reason, Unreadable

MAX_PAGE_BYTES = 10_000_000
MAX_DOCUMENT_BYTES = 50_000_000
_PLAN = re.compile(r"(?:ke hoach|chuong trinh|quyet dinh)\W*$|ke hoach (?:so )?\d")
_MIN_TEXT = 40
"""Characters: less is no article in any language, not even a news flash."""
_LOST = 30
"""One lost character in this many, and no name or number can be trusted: Vietnamese has one accented letter in four."""


def read_page(page: Page, *, hint: PublishedAt | None = None, stumps: bool = False) -> Article:
    """Read one page; `hint` is the date that its feed or listing gave, used after the page's own dates and its address.

    `stumps`: what a paywall shows is an article too, with a warning, rather than a refusal.

    Raises Unreadable with EMPTY, NO_TEXT, SOFT_404, PAYWALL, NEEDS_SCRIPT, BOT_WALL, BAD_ENCODING, BAD_DOCUMENT or TOO_LARGE;
    what is wrong but not fatal (BAD_DATE, BAD_ENCODING, PAYWALL) is in the article's warnings.
    """
    if not page.body.strip(b" \t\r\n\0"):
        raise Unreadable(Reason.EMPTY, "no bytes")
    kind = document_kind(page.body)
    if len(page.body) > (MAX_DOCUMENT_BYTES if kind else MAX_PAGE_BYTES):
        raise Unreadable(Reason.TOO_LARGE, f"{len(page.body)} bytes")
    if kind == "pdf":
        return _document(page, read_pdf(page.body), hint)
    if kind == "docx":
        return _document(page, read_docx(page.body), hint)
    if kind == "other":
        raise Unreadable(Reason.BAD_DOCUMENT, "a format that is neither HTML nor PDF nor DOCX")
    return _html(page, unwrapped(page.body), hint, stumps)


def _html(page: Page, body: bytes, hint: PublishedAt | None, stumps: bool) -> Article:
    decoded = decode(body, page.header("Content-Type"))
    try:
        tree = parse(as_markup(decoded.text))
    except (ParserError, ValueError) as error:
        raise Unreadable(Reason.EMPTY, str(error)) from error
    metadata = read_metadata(tree, page.url, page.fetched_at, hint)
    shown = shown_text(tree)
    refuse_walls(shown, decoded.text, metadata.title)
    lines = article_lines(tree, metadata.heading)
    listing = is_listing(lines, metadata, page.url)
    text = body_of(
        tree,
        lines,
        page.url,
        heading=metadata.heading,
        title=metadata.title,
        sapo=metadata.sapo,
        described=metadata.described.body,
    )
    refuse_soft_404(metadata.title, text)
    warnings = [*decoded.warnings, *metadata.warnings]
    if not listing:
        if is_paid(shown, metadata, text, stumps):
            warnings.append(Notice(Reason.PAYWALL, "the page says that it is not free"))
        if len(text) < _MIN_TEXT:
            raise Unreadable(Reason.NO_TEXT, f"{len(text)} characters of text")
    lost = text.count("\ufffd") + metadata.title.count("\ufffd")
    if lost * _LOST > len(text):
        raise Unreadable(Reason.BAD_ENCODING, f"{lost} of {len(text)} characters are lost")
    if damage := looks_damaged(f"{metadata.title}\n{text}"):
        warnings.append(Notice(Reason.BAD_ENCODING, damage))
    return Article(
        url=page.url,
        title=metadata.title or text.split("\n", 1)[0][:MAX_TITLE],
        summary=metadata.summary,
        text=text,
        author=metadata.author,
        language=language_of(f"{metadata.title}\n{text}", metadata.language),
        published=metadata.published or (None if listing else _day_of_plan(text)),
        kind="listing" if listing else "article",
        canonical_url=metadata.canonical_url,
        warnings=tuple(warnings),
    )


def _day_of_plan(text: str) -> PublishedAt | None:
    """The day in the head of a plan that stands on the page as a page, where nothing else dates it: marked as a guess."""
    if not any(_PLAN.match(fold(line)) for line in text.splitlines()[:20]):
        return None
    day = document_day(text)
    return PublishedAt(day.value, day.has_time, "guess") if day and day.value.date() > RESOLUTION_DAY else None


def _document(page: Page, read: Read, hint: PublishedAt | None) -> Article:
    """The day in the document's head counts first, then the address, the hint, and the day on which the file was made."""
    claims = [claim for claim in (read.published, address_date(page.url), hint, read.made) if claim is not None]
    published, warnings = choose(claims, page.fetched_at)
    if damage := looks_damaged(read.text):
        warnings = (*warnings, Notice(Reason.BAD_ENCODING, damage))
    return Article(
        url=page.url,
        title=clean(read.title),
        summary=None,
        text=read.text,
        author=None,
        language=language_of(read.text),
        published=published,
        kind="document",
        warnings=warnings,
    )
