"""An article or document in; the plan that it is, or whose issue it reports, with the body and the words that say so, out.

A document with an official heading (number, KẾ HOẠCH) is the plan itself. An article reports a plan when one sentence says
that a body has issued it. A plan for the communication programme names Decision 1169/QĐ-TTg or the programme; a plan for
the Resolution names only the Resolution, and is a different thing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from classifier.naming import find_names
from classifier.text import fold
from crawler.store.targets import Placed, PlanText

PlanKind = Literal["plan", "plan-report", "resolution-plan", "mention"]

HEAD = 1_500
"""Characters in which the heading of a Vietnamese administrative document stands (Decree 30/2020/NĐ-CP, appendix I)."""
SUBJECT = 700
"""Characters after the word KẾ HOẠCH that say what the plan is for."""
LEAD = 600
_PASSAGE = 400
"""Characters of a passage that are kept as evidence; what is cut ends with an ellipsis."""

# Not the Prime Minister's own decisions (QĐ-TTg), which plans name as what they carry out.
_NUMBER = re.compile(r"\d{1,5}\s?[-/]\s?(?:KH|CTr|CTR|CTrHĐ|QĐ|ĐA)\s?[-/]\s?(?!TTg)[A-ZĐ][A-ZĐ&.,]{0,13}[A-ZĐ]")
_HEADING_NUMBER = re.compile(rf"[Ss]ố\s*:?\s*({_NUMBER.pattern})")
_HEADING = re.compile(r"(?m)^\s*(?:KẾ HOẠCH|CHƯƠNG TRÌNH HÀNH ĐỘNG|KẾ HOẠCH HÀNH ĐỘNG)\b")
_SENTENCE = re.compile(r"[^.!?;\n]+(?:[.](?=\S)[^.!?;\n]*)*")

_PLAN = r"(?:ke hoach|chuong trinh hanh dong)"
_ISSUED = re.compile(rf"\b(?:ban hanh|phe duyet|cong bo)\b(?! kem theo)(?:\s+[\w/.-]+){{0,6}}?\s+{_PLAN}\b")
_ISSUED_PASSIVE = re.compile(
    rf"\b{_PLAN}\b[^.]{{0,160}}?\b(?:duoc|do|da|vua)\b[^.]{{0,90}}?\b(?:ban hanh|phe duyet)\b(?! kem theo)"
)
_VERB = re.compile(r"\b(?:ban hanh|phe duyet|cong bo)\b(?! kem theo)")
_DONE = re.compile(r"\b(?:da|vua|moi|chinh thuc|ky)\s+(?:\w+\s+){0,3}$")
_NOT_YET = re.compile(
    r"\b(?:chua|se|sap|dang|du thao|chuan bi|yeu cau|de nghi|giao|can|phai|khan truong|som|du kien|tham muu|xay dung)\b"
)
_BEFORE_VERB = 70
"""Characters before the verb in which a word can turn `issued` into `not yet issued`."""


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A plan, or the report or mention of one, attributed to the body that issued it (an old body under its old id)."""

    agency_id: str
    kind: PlanKind
    document: str | None
    """Number as written, e.g. 312/KH-UBND."""
    passage: str


def find_plan(text: PlanText) -> PlanFinding | None:
    """The strongest finding in a text, or None. Offsets in `text.named` are those of its NFC title and text."""
    return _document(text) or _report(text) or _mention(text)


def _document(text: PlanText) -> PlanFinding | None:
    head = text.text[:HEAD]
    number, heading = _HEADING_NUMBER.search(head), _HEADING.search(head)
    if not number or not heading:
        return None
    subject = text.text[heading.start() : heading.start() + SUBJECT]
    kind = _kind_named(f"{text.title}\n{subject}") or _kind_named(text.text)
    above = [place for place in text.named if place.field == "text" and place.end <= heading.start()]
    agency = above[0].agency_id if above else _first_in_title(text) or text.portal_agency
    if kind is None or agency is None:
        return None
    return PlanFinding(agency, "plan" if kind == "programme" else "resolution-plan", number.group(1), _trim(subject))


def _report(text: PlanText) -> PlanFinding | None:
    findings: list[PlanFinding] = []
    for start, end, around in _issuing(text):
        kind = _kind_named(around) or _kind_named(text.title)
        sentence = text.text[start:end]
        agency = _issuer(text, start, end)
        if kind is None or agency is None:
            continue
        number = _NUMBER.search(sentence)
        found: PlanKind = "plan-report" if kind == "programme" else "resolution-plan"
        findings.append(PlanFinding(agency, found, number.group() if number else None, _trim(sentence)))
    return min(findings, key=lambda finding: finding.kind != "plan-report", default=None)


def _mention(text: PlanText) -> PlanFinding | None:
    named = next((name for name in find_names(text.text) if name.kind == "decision"), None)
    numbered = _NUMBER.search(text.text)
    if named is None and numbered is None:
        return None
    agency = _first_in_title(text) or text.portal_agency or next((p.agency_id for p in text.named if p.start < LEAD), None)
    if agency is None:
        return None
    at = named.start if named else numbered.start() if numbered else 0
    start, end = next(((a, b) for a, b in _sentences(text.text) if a <= at < b), (at, at + 200))
    return PlanFinding(agency, "mention", numbered.group() if numbered else None, _trim(text.text[start:end]))


def _kind_named(passage: str) -> Literal["programme", "resolution"] | None:
    kinds = {name.kind for name in find_names(passage)}
    if "decision" in kinds:
        return "programme"
    return "resolution" if kinds else None


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(text):
        yield match.start(), match.end()


def _issuing(text: PlanText) -> Iterator[tuple[int, int, str]]:
    """Sentences that say that a plan was issued: start, end, and the text from the sentence before to the one after."""
    spans = list(_sentences(text.text))
    for i, (start, end) in enumerate(spans):
        folded = fold(text.text[start:end])
        if _is_issued(folded):
            around = text.text[spans[max(i - 1, 0)][0] : spans[min(i + 1, len(spans) - 1)][1]]
            yield start, end, around


def _is_issued(folded: str) -> bool:
    for match in (*_ISSUED.finditer(folded), *_ISSUED_PASSIVE.finditer(folded)):
        verb = _VERB.search(folded, match.start()) or match
        before = folded[max(0, verb.start() - _BEFORE_VERB) : verb.start()]
        if _DONE.search(before) or not _NOT_YET.search(before):
            return True
    return False


def _issuer(text: PlanText, start: int, end: int) -> str | None:
    """The body named last before the verb in the sentence, else the title's, else the portal's own."""
    folded = fold(text.text[start:end])
    verb = _VERB.search(folded)
    limit = start + (verb.start() if verb else len(folded))
    inside = [place for place in text.named if place.field == "text" and start <= place.start and place.end <= limit]
    if inside:
        return inside[-1].agency_id
    return _first_in_title(text) or text.portal_agency


def _first_in_title(text: PlanText) -> str | None:
    places: list[Placed] = [place for place in text.named if place.field == "title"]
    return places[0].agency_id if places else None


def _trim(passage: str) -> str:
    return textwrap.shorten(passage, _PASSAGE, placeholder=" …")
