"""Lines in, which of them are no text of the article out: links to others, captions, bylines, prompts at either end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Literal

from lxml.html import HtmlElement

from classifier.text import fold
from crawler.extract.blocks import Line, marks
from crawler.extract.regions import is_prose

_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:caption|chu-?thich|photo-?desc|image-?desc|pcaption|imgcaption|avatar-?desc|wp-caption)", re.IGNORECASE
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|tac-?gia|byline|signature|source|nguon|post-?meta|entry-?meta|date|time|publish)(?:$|[\s_-])",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"(?:^|[\s_-])(?:(?P<maybe>respond|responses|discussion|y-?kien)"
    r"|comments?(?:-?(?:area|list|section|block|thread|wrap(?:per)?))?|commentlist"
    r"|c(?:om)?me?n?t-?(?:box|item|form|content|body|text)|disqus(?:_thread)?|dsq"
    r"|repl(?:y|ies)|(?:customer|reader|user)-?reviews?|binh-?luan|box_comment\w*|fb-comments)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Where readers speak, `maybe` what a column of opinions is called too, or the whole of a page that has a discussion."""

# On folded text.
_PROMPT = re.compile(
    r"^(?:>>|(?:xem|doc|tham khao) them|anh (?:minh hoa|tu lieu)\b.{0,30}$"
    r"|(?:cac )?(?:tin|bai)(?: viet)? (?:moi hon|cu hon|khac|lien quan|da dua|cung )"
    r"|cung chuyen muc|moi ban doc|theo doi .{0,40}tren google"
    r"|source:|nguon(?: tin| bai)?:|tac gia(?: bai viet)?:|anh:|comment \("
    r"|(?:read|see|watch|view|learn|find out) (?:more|also|next)\b.{0,3}(?::|$)|(?:read|see) (?:more|also):"
    r"|also read|related(?: \w+)?:?$"
    r"|image (?:source|caption|copyright)|photo(?:graph)?(?: by| credit|s)?:|getty images$|skip (?:past|ad|to)|advertisement$"
    r"|after newsletter promotion|(?:story|article) continues below|continue reading|scroll (?:down|to continue)"
    r"|share (?:this|on|via)\b|share$|tweet$|print$|email$|listen$|save$|copy link|follow$|\d+ min(?:ute)?s? read$"
    r"|sign up (?:here|now|for|to)\b|subscribe (?:to|now|here|today)\b|.{0,80}\b(?:sign up|subscribe) (?:here|now"
    r"|today)\W*$|(?:click|tap) here\b|download our app"
    r"|follow (?:us|him|her|them|@?\w+) on\b|like us on|join (?:us|the conversation)|leave a (?:comment|reply)"
    r"|(?:\(?c\)? ?)?copyright\W{0,3}(?:©|\(c\)|\d{4}|by\b)|©|all rights reserved"
    r"|have a (?:news )?tip|more (?:from|on this|in this|releases|stories)\b"
    r"|you may also like|most (?:read|viewed|popular)|recommended(?: for you)?$|popular$|trending(?: now)?$|tags?:|filed under"
    r"|posted (?:in|by|on)\b|this (?:article|story) (?:was )?(?:originally|first) (?:appeared|published)"
    r"|get the (?:magazine|newsletter)"
    r"|danh gia bai viet|tong so diem|chia se$|tu khoa:?|the:|ban quyen|quay lai|ve dau trang|gui (?:email|binh luan)|in bai)"
)
_DATED = re.compile(
    r"^(?:published|updated|posted|last (?:updated|modified)|first published|cap nhat|ngay dang|dang (?:luc|ngay))\b.{0,80}$"
    r"|^(?:by|written by|words by|von|par|tac gia:?|theo|pv)\s.{2,60}$|^\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago$"
    r"|^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|thu (?:hai|ba|tu|nam|sau|bay)"
    r"|chu nhat)?[,\s]*.{0,12}\b\d{1,2}[/.: ]\S{1,12}"
    r"[/.: ,]*\d{2,4}.{0,30}$"
)
_CREDIT = re.compile(
    r"(?:^|[.!?)\s])(?:anh|nguon anh|photo(?:graph|s)?(?: by| credit)?|image(?: credit)?|picture|credit"
    r"|фото)\s?: ?[^.!?:]{2,50}[.)]?$"
    r"|[(\[](?:ap |file |reuters )?(?:photo|image)s?(?: by|/| courtesy)[^()]{2,60}[)\]]$|(?:/|via )(?:getty images"
    r"|afp|reuters|ap)[.)]?$"
)
"""What ends the line under a picture."""
_IMPRINT = re.compile(
    r"^(?:(?:so )?giay phep (?:so|hoat dong|xuat ban|bao chi|thiet lap|trang|gp)|ghi ro nguon|(?:®|ban quyen)"
    r"|(?:tong bien tap|co quan chu quan|chiu trach nhiem (?:noi dung|chinh))\s?:)"
)
"""How a newspaper names itself at the foot of its pages."""
_DAY = re.compile(
    r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr"
    r"|may|jun|jul|aug|sep|oct|nov|dec)"
    r"\w*\.?,? \d{4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b"
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:(?: [-–] |[ ,/&]{1,3})[^\W\d_][\w.'’-]*){1,5}")
_LETTERHEAD = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap\s*[-–—]\s*tu do|dang cong san viet nam|^(?:so|luat so)\s*[:.]?\s*\d"
    r"|^(?:ke hoach|quyet dinh|chuong trinh|thong bao|nghi quyet|bao cao)\W*$"
)
"""What opens an official document shown as a page: it is read from its first line."""
_RIGHT = re.compile(r"text-align\s*:\s*right", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:e-?mail\s?:\s?)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""A line that is somebody's address alone."""
_MARKS = re.compile(r"[\W_]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_QUOTED = "\"'“”‘’«»„ .…"
_UNDER_A_PICTURE = 400
_REPEATED = 30
_NAMED, _LABEL = 40, 25
_EDGE = 100
"""Characters of a line that can be a prompt or a byline; sentences are longer."""


def squeezed(text: str) -> str:
    """Letters and figures alone, folded: what two writings of one text have in common."""
    return _MARKS.sub("", fold(text))


def is_caption(element: HtmlElement) -> bool:
    """Whether the element is what stands under a picture."""
    if element.tag == "figcaption" or _CAPTION.search(f"{marks(element)} {element.get('data-testid') or ''}"):
        return True
    return element.tag == "p" and _is_under_picture(element)


def _is_under_picture(paragraph: HtmlElement) -> bool:
    """Whether a paragraph is all italics, with a picture in it or alone in the paragraph before: a caption."""
    leaning = [part for part in paragraph.iter("em", "i") if (part.text_content() or "").strip()]
    if not leaning or paragraph.find(".//a") is not None:
        return False
    text = paragraph.text_content().strip()
    if not text or len(text) >= _UNDER_A_PICTURE or text != leaning[0].text_content().strip():
        return False
    before = paragraph.getprevious()
    return paragraph.find(".//img") is not None or (
        before is not None and before.find(".//img") is not None and not before.text_content().strip()
    )


def talk_of(element: HtmlElement) -> Literal["sure", "maybe"] | None:
    """Whether the element holds what readers say, or may hold it, if it is not the article itself."""
    found = _TALK.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    return None if found is None else "maybe" if found["maybe"] else "sure"


def is_link(line: Line) -> bool:
    """Whether the line is a link and, at most, a date beside it."""
    return line.linked * 10 > len(line.text) * 8 or (line.linked >= 15 and _letters(line.text) - line.linked <= 8)


def is_label(line: Line) -> bool:
    """Whether the line is a heading or a few words that end no sentence."""
    return line.element.tag in HEADINGS or (len(line.text) <= _NAMED and line.text[-1] not in '.!?…"”')


def is_aside(line: Line) -> bool:
    """Links to other articles, with their dates or without; captions and bylines; prompts to read, share or subscribe."""
    if is_link(line):
        return True
    names = marks(line.element)
    if _CAPTION.search(names) or (len(line.text) < _EDGE and _BYLINE.search(names)):
        return True
    if len(line.text) < 2 * _EDGE and (_PROMPT.match(fold(line.text[:_EDGE])) or _ADDRESS.fullmatch(fold(line.text))):
        return True
    if len(line.text) >= _UNDER_A_PICTURE:
        return False
    return bool(_CREDIT.search(fold(line.text[-_EDGE:])) or _IMPRINT.match(fold(line.text[:_EDGE])))


def trimmed(page: list[Line], chosen: Iterable[int], title: str) -> list[int]:
    """The chosen lines in order without the title, the byline and the date before the text, and headings of nothing after it."""
    name = squeezed(title)
    numbers = [number for number in sorted(chosen) if not _is_title(squeezed(page[number].text), name)]
    start = next((n for n, number in enumerate(numbers) if is_prose(page[number]) and not _is_stamp(page[number].text)), 0)
    heads, rest = numbers[:start], numbers[start:]
    if any(_LETTERHEAD.search(fold(page[number].text)) for number in heads):
        return _once(page, numbers)  # and to its last: who signed, whom it goes to
    while rest and (page[rest[-1]].element.tag in HEADINGS or is_name(page[rest[-1]].text) or _is_signature(page[rest[-1]])):
        rest.pop()
    heads = [number for number in heads if not _is_front(page[number])]
    return _once(page, [*heads, *rest])


def is_name(text: str) -> bool:
    """Whether the line is somebody's name and nothing else: who wrote it."""
    return len(text) <= _NAMED and not text.isupper() and bool(_NAME.fullmatch(text)) and text.title() == text


def _is_signature(line: Line) -> bool:
    """Whether the line stands at the right margin and ends no sentence: the office that wrote the text."""
    right = line.element.get("align") == "right" or _RIGHT.search(line.element.get("style") or "")
    return bool(right) and len(line.text) <= _EDGE and line.text[-1] not in ".!?…"


def _is_stamp(text: str) -> bool:
    """A long line that names when and where it was published, and says nothing."""
    return len(text) < 2 * _EDGE and text[-1] not in ".!?…" and bool(_DAY.search(fold(text)))


def _is_title(text: str, title: str) -> bool:
    return bool(title) and (text == title or (2 * len(text) > len(title) and title.startswith(text)))


def _is_front(line: Line) -> bool:
    text = fold(line.text)
    if len(text) >= _EDGE:
        return _is_stamp(line.text)
    label = len(text) <= _LABEL and is_label(line) and line.element.tag not in HEADINGS and not line.text.isupper()
    return bool(
        label or _DATED.match(text) or _DAY.search(text) or line.element.tag in ("time", "address", "h1") or is_name(line.text)
    )


def _once(page: list[Line], numbers: list[int]) -> list[int]:
    """Without repetitions: lines that stand there twice, quotations pulled out of the text."""
    texts = [page[number].text for number in numbers]
    whole = "\n".join(texts)
    seen: set[str] = set()
    kept = []
    for number, text in zip(numbers, texts, strict=True):
        quoted = _REPEATED <= len(text) <= _UNDER_A_PICTURE and _is_pulled(page[number].element)
        if text not in seen and not (quoted and whole.count(text.strip(_QUOTED)) > 1):
            kept.append(number)
        if len(text) >= _REPEATED:
            seen.add(text)
    return kept


def _is_pulled(element: HtmlElement) -> bool:
    return any(
        above.tag in ("blockquote", "aside", "figure", "q") or "quote" in marks(above).lower()
        for above in (element, *islice(element.iterancestors(), 3))
    )


def _letters(text: str) -> int:
    """Characters but for figures and marks: what stands beside a link and is more than a date."""
    return sum(1 for c in text if c.isalpha() or c == " ")
