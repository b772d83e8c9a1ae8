"""Passages of an article as safe HTML: texts and offsets in, escaped text with <mark> around what matters out."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from crawler.store.search import CLOSE, OPEN, Marked

SNIPPET = 260
"""Characters of a snippet: about three lines on a wide screen."""
_LEAD = 80
Span = tuple[int, int]


def mark(text: str, spans: Sequence[Span]) -> Markup:
    """`text` escaped, with <mark> around the spans; spans that touch are joined, those outside are passed over."""
    parts: list[Markup] = []
    at = 0
    for start, end in _joined(spans, text):
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def paragraphs(text: str, spans: Sequence[Span]) -> list[Markup]:
    """The paragraphs of a text, each marked: offsets are of the whole text."""
    shown: list[Markup] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            shown.append(mark(line, [(start - at, end - at) for start, end in spans]))
        at += len(line) + 1
    return shown


def found_spans(folded: str) -> list[Span]:
    """Where a highlighted text has its marks, as offsets in the text without them."""
    spans: list[Span] = []
    at = 0
    for piece in folded.split(CLOSE):
        before, opened, found = piece.partition(OPEN)
        at += len(before)
        if opened:
            spans.append((at, at + len(found)))
            at += len(found)
    return spans


def marked_title(found: Marked) -> Markup:
    """The title with what was found."""
    return mark(found.title, found_spans(found.folded_title))


def snippet(found: Marked) -> Markup:
    """The piece of the text where most was found, cut at spaces."""
    spans = found_spans(found.folded_text)
    if not spans:
        return opening(found.text)
    best = max(spans, key=lambda span: (sum(span[0] <= other[0] < span[0] + SNIPPET - _LEAD for other in spans), -span[0]))
    start = _space_before(found.text, max(0, best[0] - _LEAD))
    end = _space_after(found.text, min(len(found.text), start + SNIPPET))
    piece = mark(found.text[start:end], [(a - start, b - start) for a, b in spans])
    return Markup("{}{}{}").format("… " if start else "", piece, " …" if end < len(found.text) else "")


def opening(text: str) -> Markup:
    """The beginning of a text."""
    end = _space_after(text, min(len(text), SNIPPET))
    return Markup("{}{}").format(text[:end], " …" if end < len(text) else "")


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted((max(0, start), min(end, len(text))) for start, end in spans):
        if start >= end:
            continue
        if joined and not text[joined[-1][1] : start].strip(" "):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _space_before(text: str, at: int) -> int:
    space = max(text.rfind(" ", max(0, at - 20), at), text.rfind("\n", max(0, at - 20), at))
    return space + 1 if space >= 0 else at


def _space_after(text: str, at: int) -> int:
    space = text.find(" ", at, at + 20)
    return space if space >= 0 else at
