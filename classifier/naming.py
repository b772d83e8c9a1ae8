"""How the Resolution is named: NFC text in, every passage that names it out, with what only looks like it left aside.

`naming.yaml` lists the forms, `classifier.grammar` compiles them; here is the order of decision around the bare number:
a code of its own decides, then a code of another document, then who issued it, then what it is about, then the rest of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from classifier.grammar import Kind, Phrase, grammar
from classifier.text import fold, latin

_G = grammar()
PHRASES = _G.phrases
"""The names without a number, for whoever searches for them in another way."""
NUMBER = "57"
DECISION = "1169"
_ANCHORS = tuple(dict.fromkeys(anchor for phrase in PHRASES for anchor in phrase.folded_anchors))
MAX_NAMES = 2_000
"""So many of one phrase are enough to judge any text; a hostile one may hold millions."""
MAX_NUMBERS = 5_000
"""So many 57 and 1169 are looked at."""
_BEFORE = 130
_AFTER = 220
_NEAR = 150

_SIGNS = (
    dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃"), "-")
    | dict.fromkeys(map(ord, "∕⁄／"), "/")
    | dict.fromkeys(map(ord, "\xa0\u2009\u202f"), " ")
)
_SIGN_MARKS = tuple(map(chr, _SIGNS))
_MARKS = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# TU is a provincial committee's, TƯ (TW) the centre's; folded they are alike.
_CENTRAL = re.compile(r"(?<=T)Ư|(?<=T\.)Ư|(?<=/t)ư")
_DIGIT = re.compile(r"\d")
# What a committee's or a foreign resolution's name always has in it: looked for before the whole expression is.
_COMMITTEE = ("ban", "bcd", "cong", "giup")
_FOREIGN = ("solu", "резолюц", "пост", "решени", "决议", "決議", "결의", "संकल्प")
_DECIMALS = re.compile(r"[.,](\d+)")


@dataclass(frozen=True, slots=True)
class Name:
    """A passage that names the Resolution or its programme: offsets in characters of the NFC text."""

    start: int
    end: int
    kind: Kind
    text: str


class _Verdict(Enum):
    OWN = "this Resolution beyond doubt"
    OPEN = "this number; the rest of the text decides"
    RIVAL = "another resolution of the same number"
    CODED = "another document by its own code"
    COUNT = "so many of something"


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    kind: Kind
    verdict: _Verdict


def find_names(text: str) -> list[Name]:
    """Every passage of `text` (NFC) that names the Resolution or Decision 1169, in order, none inside another.

    The whole text is weighed: a bare "Nghị quyết 57" counts beside a full code, or where the text is about the Resolution's
    matter, and does not where the text has another resolution of that number only.
    """
    flat, places = _flat(text)
    candidates = _candidates(flat)
    kept = _settled(flat, candidates)
    spans = ((places[c.start], places[c.end - 1] + 1, c.kind) if places else (c.start, c.end, c.kind) for c in kept)
    return [Name(start, end, kind, text[start:end]) for start, end, kind in spans]


def might_name(text: str) -> bool:
    """True wherever `find_names` would find something in a longer text around `text`, and sometimes more; for pre-selection."""
    flat, _ = _flat(text)
    numbered = (c for c in _numbered(flat) if c.verdict is not _Verdict.CODED)
    return any(numbered) or any(phrase.pattern.search(flat) for phrase in _promising(flat))


def column_name(text: str) -> bool:
    """True if a link's text, a page title or a URL's path names a column dedicated to the Resolution.

    The name alone, or the name among the words that columns are called by; a headline has other words left.
    """
    words = re.sub(r"https?://[^/\s]+", " ", text)
    words = re.sub(r"[/.?=_|>»:+]|\.html?\b", " ", words) if "/" in words and " " not in words.strip() else words
    names = [name for name in find_names(words) if name.kind in ("code", "number", "title", "foreign", "decision")]
    if not names or len(words) > 200:
        return False
    for name in reversed(names):
        words = f"{words[: name.start]} | {words[name.end :]}"
    rest = re.sub(r"\d+|[^\w\s]|_", " ", fold(words))
    return all(word in _G.column_words for word in _G.column_places.sub(" ", rest).split())


def _flat(text: str) -> tuple[str, list[int]]:
    """Folded text with one kind of dash and space, no stray marks; where it had some, the place of each character left."""
    flat = fold(_CENTRAL.sub("W", text) if "Ư" in text or "/tư" in text else text)
    if flat.isascii():
        return flat, []
    if any(mark in flat for mark in _SIGN_MARKS):
        flat = flat.translate(_SIGNS)
    flat = latin(flat)
    if not _MARKS.search(flat):
        return flat, []
    places = [i for i, c in enumerate(flat) if not _MARKS.match(c)]
    return "".join(flat[i] for i in places), places


def _candidates(flat: str) -> list[_Candidate]:
    found = [*_numbered(flat)]
    for phrase in _promising(flat):
        found += _phrased(flat, phrase)
    return found


def _numbered(flat: str) -> Iterator[_Candidate]:
    """Candidates around each 57 and 1169 that stands alone as a number."""
    for number, judge in ((NUMBER, _judged_number), (DECISION, _judged_decision)):
        looked_at = 0
        at = flat.find(number)
        while at >= 0 and looked_at < MAX_NUMBERS:
            end = at + len(number)
            if _stands_alone(flat, at, end):
                looked_at += 1
                candidate = judge(flat, at, end)
                if candidate:
                    yield candidate
            at = flat.find(number, end)


def _stands_alone(flat: str, start: int, end: int) -> bool:
    """Not a part of a longer number: 157, 570, 57,5, 1.57; but "57,59" without a space is a list."""
    if flat[end : end + 1].isdigit() or (start and flat[start - 1].isdigit()):
        return False
    decimals = _DECIMALS.match(flat, end)
    if decimals and decimals[1] not in _G.companions:
        return False
    return not (start > 1 and flat[start - 1] == "." and flat[start - 2].isdigit())


def _judged_number(flat: str, at: int, end: int) -> _Candidate | None:
    low = max(0, at - _BEFORE)
    own = _own_code(flat, end)
    around = flat[low:at]
    before = _G.items_before.search(flat, low, at) if _DIGIT.search(around) else None
    after = _G.items_after.match(flat, end if own is None else own, end + _AFTER)
    listed = bool(before or after) and _has_companion(flat, before, after, at, end)
    head_end = before.start() if before else at
    head = None
    if "q" in around:  # every way to write resolution has one; most numbers stand nowhere near it
        head = _G.head.search(flat, low, at) or (_G.head.search(flat, low, head_end) if before else None)
    start = head.start() if head else at
    if own is not None:
        return _Candidate(start, own, "list" if listed else "code", _Verdict.OWN)
    if "nq" in around and _G.code_before.search(flat, low, at):
        return _Candidate(start, end, "code", _Verdict.OWN)
    if head and (short := _G.short.match(flat, end)):
        return _Candidate(start, short.end(), "code", _Verdict.OWN)
    tail = after.end() if after and listed else end
    if cjk := _G.cjk.match(flat, end):
        return _foreign(flat, at, cjk.end())
    if head:
        return _judged_head(flat, start, end, tail, listed)
    return _headless(flat, at, end, tail, before if listed else None, listed)


def _judged_head(flat: str, start: int, end: int, tail: int, listed: bool) -> _Candidate | None:
    """A number behind "Nghị quyết": another document's code, its issuer or its matter may take it away."""
    other = _G.other.match(flat, end)
    if other and not listed:
        # 57-KL/TW and the like are not resolutions at all; only resolutions of the same number are rivals for its bare number.
        return _Candidate(start, other.end(), "number", _Verdict.CODED)
    if listed and (shared := _G.other.match(flat, tail)):
        return _Candidate(start, shared.end(), "number", _Verdict.RIVAL)
    if _G.count.match(flat, end):
        return _Candidate(start, end, "number", _Verdict.COUNT)
    kind: Kind = "list" if listed else "number"
    return _Candidate(start, end, kind, _issued(flat, start, tail, listed))


def _issued(flat: str, start: int, tail: int, listed: bool) -> _Verdict:
    """What follows "Nghị quyết 57": a date, an issuer, a subject."""
    stop = tail + _AFTER
    dated = _G.date.match(flat, tail, stop) or _G.year.match(flat, tail, stop)
    year = int(dated["year"]) if dated else None
    rest = dated.end() if dated else tail
    if _G.issuer_own.match(flat, rest, stop):
        return _Verdict.OWN
    implementing = _G.implementing.search(flat, max(0, start - 70), start)
    if _G.issuer_other.match(flat, rest, stop):
        planned = _G.action_programme.search(flat, max(0, start - 90), start)
        return _Verdict.OPEN if planned and implementing else _Verdict.RIVAL
    if _G.issuer_local.match(flat, rest, stop) and not implementing:
        return _Verdict.RIVAL
    if _G.passing.search(flat, max(0, start - 30), start):  # assemblies pass resolutions, the Politburo issues them
        return _Verdict.RIVAL
    if year is not None and year < 2024 and not (listed or _G.topics.search(flat, tail, stop)):
        return _Verdict.RIVAL
    if _G.about.match(flat, rest, stop) and not _G.topics.search(flat, rest, rest + _NEAR):
        return _Verdict.RIVAL
    if dated and dated.re is _G.date and (dated["day"], dated["month"], year) == ("22", "12", 2024):
        return _Verdict.OWN
    return _Verdict.OWN if listed else _Verdict.OPEN


def _headless(flat: str, at: int, end: int, tail: int, before: re.Match[str] | None, listed: bool) -> _Candidate | None:
    """A number without "Nghị quyết" before it: a committee's, a foreign one, or a member of an enumeration."""
    low = max(0, at - _BEFORE)
    if _G.other.match(flat, end):
        foreign = _G.foreign.search(flat, low, at)
        return _Candidate(foreign.start(), end, "foreign", _Verdict.RIVAL) if foreign else None
    counted = _G.count.match(flat, end)
    around = flat[low:at]
    committee = _G.committee.search(flat, low, at) if any(word in around for word in _COMMITTEE) else None
    if committee:
        return _Candidate(committee.start(), end, "event", _Verdict.COUNT if counted else _Verdict.OPEN)
    if counted:
        return None
    spelled = any(word in around for word in _FOREIGN)
    head = _G.foreign.search(flat, low, before.start() if before else at) if spelled else None
    if head:
        return _foreign(flat, head.start(), end, "list" if listed else "foreign")
    if not listed:
        return None
    # "57 và 68-NQ/TW", "4 Nghị quyết (66, 68, 57, 59)": the list itself says what kind of numbers these are.
    around = flat[max(0, at - _NEAR) : tail + 40]
    if re.match(r"\s?-?\s?nq\s?[-/]\s?tw", flat[tail : tail + 12]) or re.search(
        r"nghi[\s\-_]{1,3}quyet|nq|resolution|bo[\s\-_]{1,3}tu|决议|決議", around
    ):
        return _Candidate(before.start() if before else at, tail, "list", _Verdict.OWN)
    return None


def _foreign(flat: str, start: int, end: int, kind: Kind = "foreign") -> _Candidate | None:
    if (
        _G.foreign_rivals.search(flat, max(0, start - 60), end + 30)
        or _G.other.match(flat, end)
        or _G.issuer_other.match(flat, end)
    ):
        return _Candidate(start, end, kind, _Verdict.RIVAL)
    return _Candidate(start, end, kind, _Verdict.OPEN)


def _judged_decision(flat: str, at: int, end: int) -> _Candidate | None:
    low = max(0, at - _BEFORE)
    head = _G.decision.search(flat, low, at)
    start = head.start() if head else at
    code = _G.decision_code.match(flat, end)
    tail = code.end() if code else end
    dated = _G.date.match(flat, tail, tail + 60) or _G.year.match(flat, tail, tail + 60)
    if dated and dated["year"] not in ("2025", "2026"):  # the Prime Minister signs a Decision 1169 most years
        return None
    if code:
        return _Candidate(start, tail, "decision", _Verdict.OWN)
    if not head or _G.decision_other.match(flat, end):
        return None
    return _Candidate(start, end, "decision", _Verdict.OPEN)


def _own_code(flat: str, end: int) -> int | None:
    """Where the Resolution's own code ends that begins with the number before `end`; None if there is none."""
    code = _G.own.match(flat, end)
    if not code:
        return None
    if code[0].endswith("u"):
        # A provincial committee's by its letters, so the Politburo has to follow.
        return code.end() if _G.issuer_own.match(flat, code.end(), code.end() + 90) else None
    return code.end()


def _has_companion(flat: str, before: re.Match[str] | None, after: re.Match[str] | None, at: int, end: int) -> bool:
    numbers = _G.numbers.findall((before[0] if before else "") + " " + (after[0] if after else ""))
    return any(number in _G.companions for number in numbers)


def _promising(flat: str) -> list[Phrase]:
    """The phrases one of whose anchors is in the text."""
    present = {anchor for anchor in _ANCHORS if anchor in flat}
    return [phrase for phrase in _G.phrases if not present.isdisjoint(phrase.folded_anchors)] if present else []


def _phrased(flat: str, phrase: Phrase) -> Iterator[_Candidate]:
    for count, match in enumerate(phrase.pattern.finditer(flat)):
        if count >= MAX_NAMES:
            return
        start, end = match.span()
        low = max(0, start - _NEAR)
        if phrase.not_after and phrase.not_after.search(flat, low, start):
            continue
        if phrase.near and not phrase.near.search(flat, low, end + _NEAR):
            continue
        if phrase.kind == "title" and _anothers_title(flat[low:start]):
            continue
        yield _Candidate(start, end, phrase.kind, _Verdict.OWN)


def _anothers_title(before: str) -> bool:
    """The words stand behind another resolution's number, or behind a provincial committee's."""
    head = before.rfind("nghi quyet")
    if head < 0:
        return False
    clause = before[head:]
    return bool(_G.numbered.match(clause) or ("57" not in clause and _G.local_issuer.search(clause)))


def _settled(flat: str, candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates that count, in order and apart, after the whole text has been weighed."""
    kept = [c for c in candidates if c.verdict in (_Verdict.OWN, _Verdict.OPEN)]
    certain = any(c.verdict is _Verdict.OWN for c in kept)
    if not certain:
        rivals = any(c.verdict in (_Verdict.RIVAL, _Verdict.CODED) for c in candidates)
        kept = [] if rivals else [c for c in kept if _about_it(flat, c)]
    apart: list[_Candidate] = []
    for candidate in sorted(kept, key=lambda c: (c.start, -c.end)):
        if not apart or candidate.start >= apart[-1].end:
            apart.append(candidate)
    return apart


def _about_it(flat: str, candidate: _Candidate) -> bool:
    """May a bare number stand for the Resolution in this text? By default it does: what else it could be has been seen before."""
    if _G.topics.search(flat):
        return True
    if candidate.kind == "foreign":
        return bool(_G.vietnam.search(flat)) or not _G.foreign_rivals.search(flat)
    low, high = max(0, candidate.start - _NEAR), candidate.end + _NEAR
    if _G.matters.search(flat, low, high):
        return False
    return bool(_G.watched.search(flat, low, candidate.start)) or not _G.assemblies.search(flat, low, high)
