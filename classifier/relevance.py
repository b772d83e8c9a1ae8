"""Is a text about Resolution 57: a Document in, its level, the probability that it names it, and the deciding passages out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from math import exp
from typing import Literal

from classifier.grammar import Kind
from classifier.naming import Name, column_name, find_names
from classifier.text import fold, nfc
from classifier.types import Document, Relevance, Span

ISSUED_ON = date(2024, 12, 22)
"""The day on which the Politburo issued the Resolution: a text from before cannot speak of it."""
MAX_SPANS = 12
_LEAD_SENTENCES = 3
_LEAD_CHARACTERS = 450

# How surely a passage of a kind is what it seems, by the kind's look-alikes. The surest passage of a text counts.
_SURE: dict[Kind, float] = {
    "code": 0.998,
    "number": 0.97,
    "title": 0.96,
    "decision": 0.96,
    "list": 0.95,
    "foreign": 0.95,
    "event": 0.92,
}
_UNNAMED = 0.01
_LOOKALIKE = 0.04
"""For a text that has a resolution and a 57 in it which did not belong together."""

_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n|。")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LOOKS_ALIKE = re.compile(r"(?:nghi quyet|nq|resolution)\W{0,12}57")
_TAG_LINE = re.compile(r"\s*(?:tags?|tu khoa|keywords?|the tag|chu de|метки|теги)\s*[:|]")
_RELATED_LINE = re.compile(
    r"\s*(?:>>|(?:xem them|doc them|(?:tin|bai|bai viet|tin bai) lien quan|read more|see also|читаите также)\s*[:|>])"
)
_RELATED_HEADER = re.compile(
    r"\s*(?:(?:cac )?(?:tin|bai|bai viet|tin bai)(?: tuc)? (?:lien quan|cung chuyen muc|khac|moi hon|cu hon|doc nhieu|noi bat)"
    r"|xem them|doc them|doc nhieu(?: nhat)?|co the ban quan tam|related (?:news|articles|stories)|read more|more news"
    r"|читаите также|по теме)\s*:?\s*"
)
_BREADCRUMB = re.compile(r"\s*(?:trang chu|home|главная)\s*[>»/|›]")
_CARRYING_OUT = re.compile(
    r"(?:thuc hien|trien khai|quan triet|hoc tap|cu the hoa|thi hanh|dua|tuyen truyen|truyen thong|pho bien|hien thuc hoa"
    r"|huong ung|so ket|tong ket|giam sat|kiem tra|chao mung|theo tinh than|ban chi dao|implement|carry(?:ing)? out|disseminat"
    r"|realis|realiz|выполнен|реализац|mise en|application de|aplicacion|implementacion|落实|贯彻|执行)"
)
_HELD_FOR_IT = re.compile(
    r"(?:nam trong|thuoc|nham|phan viec|nhiem vu|hoat dong|de an|mo hinh|chuong trinh|ke hoach|cong trinh|registered|under the)\b"
    r"[^.;]{0,80}(?:thuc hien|thuc thi|trien khai|cu the hoa|hien thuc hoa|implement|carry out)"
)
_OTHER_RESOLUTION = re.compile(
    r"(?:nghi quyet|nq|resolutions?|резолюци\w*|постановлени\w*)\W{1,3}(?:so\s|no\W{1,2}|№\s?)?(?!57)\d{1,3}\b"
    # The Government's, an assembly's or a province's carries one of the Politburo's out: 71/NQ-CP is the programme for this one.
    r"(?!\s?/\s?(?:nq\W|20\d\d)|\s?-\s?nq/tu\b)"
    r"|第\s?(?!57)\d{1,3}\s?(?:-nq/tw\s?)?[号號]"
)
_GROUND_BEFORE = re.compile(
    r"\b(?:vien dan|trich dan|the che hoa|nhac (?:toi|den|lai)|(?:da|vua|moi) ban hanh|muc tieu (?:tai|cua)|trong do|nhu"
    r"|such as|including|напомнил о)\W{1,3}(?:(?:co|cac|the)\s)?\Z"
    r"|\b(?:boi canh|against the backdrop)\b[^.;\n]{0,100}\Z|\bcan cu\b[^.\n]{0,300}\Z"
)
_GROUND_AFTER = re.compile(
    r"[^.;\n]{0,60}?\b"
    r"(?:khang dinh|xac dinh|nhan manh|chi ro|neu ro|xac lap|dat muc tieu|da tao|coi)\b"
)
"""What is said around the Resolution where it is the ground on which a text about something else stands."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What is counted of the text's own passages: `alone` are sentences that name no other resolution, `held` says that one of
    them calls an activity a part of carrying it out. `grounds` of them only stand something else on the Resolution ("trong bối
    cảnh ...", "Căn cứ ...", "Nghị quyết 57 đã khẳng định ..."): those are neither lead nor purpose."""

    sentences: int
    naming: int
    alone: int
    grounds: int
    lead: bool
    lead_purpose: bool
    purposes: int
    held: bool
    others: int


def relevance(doc: Document) -> Relevance:
    """How far `doc` is about the Resolution: 2 mainly, 1 names it, 0 does not.

    Decided by where and how often it is named: the headline is enough; else the lead, the share of sentences, words of carrying
    out; a text on several resolutions at once stays 1. The score is the probability of 1 or 2. Page furniture (addresses, tags,
    related links, breadcrumbs) does not count.
    """
    title, text = nfc(doc.title), nfc(doc.text)
    shown_title, shown_text = _without_section(title), _without_furniture(text)
    offset = len(title) + 1
    names = find_names(f"{shown_title}\n{shown_text}")
    if doc.published_on is not None and doc.published_on < ISSUED_ON and not any(name.kind == "code" for name in names):
        names = []
    if not names:
        alike = _LOOKS_ALIKE.search(fold(shown_text)) if "57" in shown_text else None
        return Relevance(0, _LOOKALIKE if alike else _UNNAMED)
    in_title = [name for name in names if name.start < offset]
    in_text = [replace(name, start=name.start - offset, end=name.end - offset) for name in names if name.start >= offset]
    level = _level(shown_title, in_title, shown_text, in_text)
    spans = [Span("title", n.start, n.end, title[n.start : n.end]) for n in in_title]
    spans += [Span("text", n.start, n.end, text[n.start : n.end]) for n in in_text]
    return Relevance(level, _score(names), tuple(spans[:MAX_SPANS]))


def _level(title: str, in_title: list[Name], text: str, in_text: list[Name]) -> Literal[1, 2]:
    if any(name.kind != "list" for name in in_title) and not _OTHER_RESOLUTION.search(fold(title)):
        return 2
    evidence = _evidence(text, in_text)
    return 2 if evidence.naming and _mainly(evidence, listed_in_title=bool(in_title)) >= 0.5 else 1


def _mainly(evidence: _Evidence, *, listed_in_title: bool) -> float:
    """How probable it is that a text whose headline does not say so is about the Resolution.

    The weights follow a logistic fit on the examples and the tuned half of tests/classifier/adversarial, rounded by hand so that
    one mention further down, however dutiful, leaves a text at 1.
    """
    ground = evidence.alone == 1 and evidence.grounds == 1
    share = 0.0 if ground else evidence.alone / max(evidence.sentences, 1)
    points = -2.4
    points += 2.1 if evidence.lead else 0.0
    points += 0.8 if evidence.lead_purpose else 0.0
    points += 0.9 * min(evidence.alone, 6)
    points += 0.5 if evidence.purposes else 0.0
    points += 1.2 if evidence.held else 0.0
    points += 3.0 * min(share, 0.5)
    points -= 1.6 * min(evidence.naming - evidence.alone, 3)
    points -= 0.5 * min(max(evidence.others - evidence.alone, 0), 4)
    points -= 0.3 if listed_in_title else 0.0
    return 1.0 / (1.0 + exp(-points))


def _evidence(text: str, names: list[Name]) -> _Evidence:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)] + [len(text)]
    named: dict[int, list[Name]] = {}
    at = 0
    for name in names:
        while ends[at] <= name.start:
            at += 1
        named.setdefault(at, []).append(name)
    real = [index for index, end in enumerate(ends) if end - (ends[index - 1] if index else 0) > 15]
    order = {index: place for place, index in enumerate(real)}
    alone = grounds = lead = lead_purpose = purposes = held = 0
    for index, found in named.items():
        start = ends[index - 1] if index else 0
        sentence = fold(text[start : ends[index]])
        if all(name.kind == "list" for name in found) or _OTHER_RESOLUTION.search(sentence):
            continue
        alone += 1
        if _is_ground(sentence, found[0].start - start, found[-1].end - start):
            grounds += 1
            continue
        purpose = bool(_CARRYING_OUT.search(sentence))
        purposes += purpose
        held |= bool(_HELD_FOR_IT.search(sentence))
        if order.get(index, 0) < _LEAD_SENTENCES and start < _LEAD_CHARACTERS:
            lead = 1
            lead_purpose |= purpose
    others = len(_OTHER_RESOLUTION.findall(fold(text)))
    return _Evidence(len(real), len(named), alone, grounds, bool(lead), bool(lead_purpose), purposes, bool(held), others)


def _is_ground(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence only stands something else upon the Resolution that it names from `start` to `end`."""
    return bool(_GROUND_BEFORE.search(sentence, 0, start) or _GROUND_AFTER.match(sentence, end))


def _score(names: list[Name]) -> float:
    doubt = min(1.0 - _SURE[name.kind] for name in names)
    return round(1.0 - doubt / (1 + 0.25 * min(len(names) - 1, 8)), 4)


def _without_section(title: str) -> str:
    """The title with the site's section blanked: "Giá vàng hôm nay | Nghị quyết 57" is not a headline on the Resolution."""
    head, bar, tail = title.rpartition(" | ")
    return head + " " * (len(bar) + len(tail)) if bar and len(head) > 15 and column_name(tail) else title


def _without_furniture(text: str) -> str:
    """The text with addresses, tag lines, breadcrumbs and lists of related links blanked; as long as before."""
    if "57" not in text and "1169" not in text:
        return text
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    lines = text.split("\n")
    related = False
    for index, line in enumerate(lines):
        if len(line) > 400:
            related = False
            continue
        folded = fold(line)
        if _RELATED_HEADER.fullmatch(folded):
            related = True
        elif related and (len(line) > 180 or folded.rstrip().endswith((".", "./."))):
            related = False
        if related or _TAG_LINE.match(folded) or _RELATED_LINE.match(folded) or _BREADCRUMB.match(folded):
            lines[index] = " " * len(line)
    return "\n".join(lines)
