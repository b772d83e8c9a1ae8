"""A Document in, the bodies that it names out: each with its mentions, their spans, and whether it acts or is only named.

An Aho-Corasick automaton finds every written form of every name in the folded text; what stands beside a form decides
whether it is the body (classifier/agencies.yaml holds the words, docs/agencies.md the rules).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

import ahocorasick_rs

from classifier.agency_context import Lexicon, Passage, Token, lexicon
from classifier.agency_names import Form, forms
from classifier.text import fold, fold_tone, nfc
from classifier.types import AgencyMention, AgencyName, Document, Field, Role, Span

LEAD = 320
"""A province that begins a sentence within so many characters is what the text is about."""
SHORT = 500
"""In a text no longer than this, one mention of a province is enough."""


class Weight(IntEnum):
    """How much one occurrence says: nothing (another thing's name), where something was, the name, the body itself."""

    OTHER = 0
    PLACE = 1
    NAME = 2
    BODY = 3


@dataclass(frozen=True, slots=True)
class _Hit:
    """A believed occurrence of a body's name."""

    agency_id: str
    start: int
    end: int
    weight: Weight
    province: bool
    actor: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the automaton met which pattern."""

    start: int
    end: int
    forms: tuple[Form, ...]
    opener: bool


_SEPARATOR = re.compile(r"\s*(?:,|;|:|/|-|&|,?\s*va|,?\s*and|,?\s*cung|,\s*giua)\s*")
_PLACE_CHAIN = re.compile(r"\s*(?:,|;|/|-|&|,?\s*va|,?\s*and|,?\s*cung|hay|hoac|и)\s*(?:cac\s+)?(?:(?:tinh|thanh pho|tp\.?)\s+)?")
_UNIT = re.compile(
    r"(?:(?<=\W)|\A)(?:(tinh|province of|провинци\w+|province de)|(thanh pho|thu do|tp\.?|t\.p\.?|city of|город\w*))\s*\Z"
)
_DATELINE = re.compile(r"\s*(?:\((?!cu|moi)|-\s|,\s*(?:ngay|\d|january|february|march|april|may|june|july|august|september|"
                       r"october|november|december|jan\.|feb\.|oct\.|nov\.|dec\.))")  # fmt: skip
_POSSESSED = re.compile(r"\s(?:cua|do|by|of)\s*(?:cac\s+)?\Z")
_LIST_END = re.compile(r"\s*(?:[,.;:)!?\n]|va\b|and\b|cung\b|\Z)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\s+\Z")
_CJK = re.compile("[\u4e00-\u9fff]")


class Gazetteer:
    """Finds bodies in texts; made once from the rows of the roster, then free of state."""

    def __init__(self, names: Iterable[AgencyName]) -> None:
        self._lexicon = lexicon()
        rows = [AgencyName(r.agency_id, nfc(r.name).strip(), r.kind, r.short) for r in names]
        lists = self._lexicon.lists
        self._kinds = {row.agency_id: row.kind for row in rows}
        self._cities = frozenset(r.agency_id for r in rows if r.kind == "province" and r.name.startswith("Thành phố "))
        by_pattern: dict[str, dict[Form, None]] = defaultdict(dict)
        for row in rows:
            for form in forms(row, lists["spellings"]):
                if len(form.text) > 2 or _CJK.search(form.text):
                    by_pattern[_pattern(form.text)][form] = None
        openers = {_pattern(phrase) for phrase in lists["list_openers"]}
        for phrase in (*lists["decoys"], *openers):
            by_pattern.setdefault(_pattern(phrase), {})
        self._patterns = [
            _Found(0, 0, tuple(_without_doubles(found)), pattern in openers) for pattern, found in by_pattern.items()
        ]
        # The places' names with their diacritics: "Hải Dương" is the province, "hai đường" is not.
        self._spelt = {form: fold_tone(form.text.lower()) for pattern in self._patterns for form in pattern.forms}
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_pattern), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        self.size = len(by_pattern)

    def find(self, doc: Document) -> tuple[AgencyMention, ...]:
        """The bodies that `doc` names, those of the title first, then by their number of mentions.

        A ministry counts by any mention; a province by one of its organs, in the title, as the subject, or twice.
        """
        title, text = Passage.of(doc.title), Passage.of(doc.text)
        in_title = _Reader(self, title, heading=True).hits()
        in_text = _Reader(self, text, heading=False).hits()
        short = len(title.text) + len(text.text) <= SHORT
        mentions = []
        for agency_id in dict.fromkeys(hit.agency_id for hit in (*in_title, *in_text)):
            above = [h for h in in_title if h.agency_id == agency_id]
            below = [h for h in in_text if h.agency_id == agency_id]
            if _counts(above, below, short):
                mentions.append(_mention(agency_id, above, below, title, text))
        return tuple(sorted(mentions, key=lambda m: (not m.in_title, -m.mentions)))

    def _met(self, passage: Passage) -> Iterator[_Found]:
        folded = passage.folded.replace("\n", " ")
        for number, start, end in self._automaton.find_matches_as_indexes(folded):
            pattern = self._patterns[number]
            before, after = folded[start - 1 : start], folded[end : end + 1]
            if (before.isalnum() or after.isalnum()) and not _CJK.match(folded, start):
                continue
            yield _Found(start, end, pattern.forms, pattern.opener)


class _Reader:
    """One pass over one field."""

    def __init__(self, gazetteer: Gazetteer, passage: Passage, *, heading: bool) -> None:
        self._gazetteer = gazetteer
        self._words: Lexicon = gazetteer._lexicon
        self._passage = passage
        self._heading = heading
        self._caseless: bool | None = None
        self._hits: list[_Hit] = []
        self._maybe: list[_Hit] = []
        """Ambiguous abbreviations, believed only beside the full name."""
        self._list_end = -1
        self._list_named = False
        self._places_end = -1
        self._places_weight = Weight.OTHER

    def hits(self) -> list[_Hit]:
        """The believed occurrences in order of place."""
        for found in self._gazetteer._met(self._passage):
            self._read(found)
        named = {hit.agency_id for hit in self._hits}
        return sorted([*self._hits, *(h for h in self._maybe if h.agency_id in named)], key=lambda h: h.start)

    def _read(self, found: _Found) -> None:
        if found.opener:
            self._list_end, self._list_named = found.end, True
        for form in found.forms:
            match form.how:
                case "place":
                    done = self._place(found, form)
                case "name":
                    done = self._name(found, form)
                case "code":
                    done = self._code(found, form)
                case _:
                    done = self._part(found, form)
            if done:
                return

    # ── Ministries and agencies ────────────────────────────────────────────────────────────────

    def _name(self, found: _Found, form: Form) -> bool:
        words, passage = self._words, self._passage
        if not self._well_spelt(found, form):
            return False
        tokens, _ = words.before(passage, found.start)
        near = tokens[-1] if tokens and not passage.folded[tokens[-1].end : found.start].strip(" :-/") else None
        if near is not None:
            adjacent = passage.folded[near.end : found.start].isspace()
            if adjacent and "before_bo" in near.kinds and passage.folded.startswith("bo ", found.start):
                if not passage.text[found.start : found.start + 1].isupper() or self._shouted(found):
                    return False
            if "nationalities" in near.kinds:
                return False
        after = words.after(passage, found.end)
        if self._foreign(found.end, after) or (form.agency_id in words.media and self._credited(found, near)):
            return False
        self._list_end, self._list_named = found.end, False
        self._believe(found, form, Weight.BODY, tokens, after)
        return True

    def _code(self, found: _Found, form: Form) -> bool:
        words, passage = self._words, self._passage
        if passage.text[found.start : found.end] != form.text or self._in_a_number(found):
            return False
        tokens, _ = words.before(passage, found.start)
        near = tokens[-1] if tokens and not passage.folded[tokens[-1].end : found.start].strip(" :-/") else None
        if (near is not None and "nationalities" in near.kinds) or (self._shouted(found) and not form.text.startswith("B")):
            return False
        after = words.after(passage, found.end)
        if self._foreign(found.end, after) or (form.agency_id in words.media and self._credited(found, near)):
            return False
        if form.text in words.ambiguous:
            self._maybe.append(self._hit(found, form, Weight.BODY, tokens, after))
        else:
            self._believe(found, form, Weight.BODY, tokens, after)
            self._list_end, self._list_named = found.end, False
        return True

    def _part(self, found: _Found, form: Form) -> bool:
        """A ministry's name without its first word counts right after the head of a list, or after another member."""
        passage = self._passage
        gap = passage.folded[self._list_end : found.start] if self._list_end >= 0 else None
        if gap is None or len(gap) > 12 or not (_SEPARATOR.fullmatch(gap) or (self._list_named and gap.isspace())):
            return False
        if not self._well_spelt(found, form):
            return False
        rest = passage.text[found.end : found.end + 2]
        if not _LIST_END.match(passage.folded, found.end) and not (self._list_named and rest[1:].islower()):
            return False
        if not (passage.text[found.start].isupper() or self._is_caseless()) or _UNIT_AFTER.match(passage.folded, found.end):
            return False
        tokens, _ = self._words.before(passage, found.start)
        self._believe(found, form, Weight.BODY, tokens, self._words.after(passage, found.end))
        self._list_end = found.end
        return True

    def _foreign(self, end: int, after: list[Token]) -> bool:
        for token in after[:2]:
            if "countries" in token.kinds:
                return bool(_OF.fullmatch(self._passage.folded, end, token.start))
        return False

    def _credited(self, found: _Found, near: Token | None) -> bool:
        """Whether a news agency stands here as the source of a text or picture."""
        folded = self._passage.folded
        if near is not None and "credits" in near.kinds:
            return True
        if folded[found.end : found.end + 1] == "/" or folded[found.start - 1 : found.start] == "/":
            return True
        return folded[found.start - 1 : found.start] in {"(", "["} and folded[found.end : found.end + 1] in {")", "]"}

    def _in_a_number(self, found: _Found) -> bool:
        """Whether an abbreviation is part of a document's number or of an address: 408/TB-VPCP, VOV.VN."""
        folded = self._passage.folded
        before, after = folded[max(0, found.start - 2) : found.start], folded[found.end : found.end + 2]
        return (
            before[-1:] in {"/", "-", "_", "@", "."} and before[:1].strip() != ""
        ) or (after[:1] in {"/", "-", ".", "_"} and after[1:].isalnum())  # fmt: skip

    # ── Provinces ──────────────────────────────────────────────────────────────────────────────

    def _place(self, found: _Found, form: Form) -> bool:
        words, passage = self._words, self._passage
        if self._in_a_number(found):
            return False
        tokens, clause = words.before(passage, found.start)
        unit = _UNIT.search(passage.folded, clause, found.start)
        if unit and unit[1] == "tinh" and fold_tone(passage.text[unit.start(1) : unit.end(1)].lower()) not in {"tỉnh", "tinh"}:
            unit = None
        if not self._place_spelt(found, form, bool(unit)):
            return False
        after = words.after(passage, found.end)
        weight = self._place_weight(found, form, tokens, unit, after)
        if weight < Weight.BODY and self._needs_more(found, form, unit):
            weight = min(weight, Weight.PLACE)
        self._places_end, self._places_weight = found.end, weight
        self._list_end = found.end
        if weight >= Weight.NAME:
            self._believe(found, form, weight, tokens, after)
        return True

    def _place_weight(
        self, found: _Found, form: Form, tokens: list[Token], unit: re.Match[str] | None, after: list[Token]
    ) -> Weight:
        folded = self._passage.folded
        begin = unit.start() if unit else found.start
        follower = after[0] if after and not folded[found.end : after[0].start].strip(" '’s") else None
        if follower is not None and "followers" in follower.kinds:
            return Weight.OTHER
        if _ABROAD.match(folded, found.end) or (not unit and not form.city and self._is_person(found.start)):
            return Weight.OTHER
        said_before = self._said_before(begin, found, tokens, bool(unit))
        if said_before is not None:
            return said_before
        if follower is not None and "english_organs" in follower.kinds:
            return Weight.BODY
        chained = folded[self._places_end : found.start] if 0 <= self._places_end else None
        if chained is not None and len(chained) < 24 and _PLACE_CHAIN.fullmatch(chained):
            if self._places_weight > Weight.OTHER or "-" in chained:
                return max(self._places_weight, Weight.NAME) if unit else self._places_weight
        if self._is_dateline(found):
            return Weight.PLACE
        if unit:
            return Weight.BODY if unit[1] or form.agency_id in self._gazetteer._cities else Weight.NAME
        subject = follower is not None and not follower.kinds.isdisjoint({"predicates", "acts"})
        if subject or (found.start <= LEAD and self._begins_sentence(found.start)):
            return Weight.BODY
        return Weight.NAME

    def _said_before(self, begin: int, found: _Found, tokens: list[Token], unit: bool) -> Weight | None:
        """What the words before the name make of it; None where they say nothing."""
        folded = self._passage.folded
        for token in reversed(tokens):
            if token.end > begin:
                continue
            gap = folded[token.end : begin]
            near, kinds = not gap.strip(), token.kinds
            if near and "territory" in kinds:
                return Weight.BODY
            if near and "things" in kinds and not unit:
                return Weight.OTHER
            if near and "places" in kinds:
                return self._where(found, unit)
            if "organs" in kinds and _organ_gap(gap):
                return Weight.BODY
            if "institutions" in kinds and "," not in gap and not gap.endswith((" va ", " and ")) and gap.count(" ") < 10:
                return Weight.NAME if unit else Weight.OTHER
            if not unit and "things" in kinds and gap.endswith(", "):
                return Weight.PLACE
            if "stops" in kinds:
                return None
        return None

    def _where(self, found: _Found, unit: bool) -> Weight:
        """The weight after "tại": an event's place, but in a heading without an event the ground of the text."""
        if unit:
            return Weight.NAME
        if self._heading:
            tokens, _ = self._words.before(self._passage, len(self._passage.text))
            return Weight.PLACE if any("events" in t.kinds for t in tokens) else Weight.NAME
        return Weight.PLACE

    def _place_spelt(self, found: _Found, form: Form, unit: bool) -> bool:
        written = self._passage.text[found.start : found.end]
        if form.city or _CJK.match(written):
            return True
        lower = fold_tone(written.lower())
        if lower != self._gazetteer._spelt[form] and not written.isascii():
            # A slip of the diacritics is forgiven where a "tỉnh" vouches for the name.
            if not (unit and _capitals(written)):
                return False
        if _capitals(written):
            return True
        return unit or self._is_caseless() or bool(self._organ_right_before(found))

    def _organ_right_before(self, found: _Found) -> bool:
        tokens, _ = self._words.before(self._passage, found.start)
        return bool(tokens) and "organs" in tokens[-1].kinds

    def _needs_more(self, found: _Found, form: Form, unit: re.Match[str] | None) -> bool:
        """Whether an everyday word stands here in capitals or small letters throughout."""
        if unit or form.city or fold(form.text) not in self._words.everyday:
            return False
        written = self._passage.text[found.start : found.end]
        return not _capitals(written) or (written.isupper() and self._shouted(found)) or self._is_caseless()

    def _is_person(self, start: int) -> bool:
        word = _WORD_BEFORE.search(self._passage.text, max(0, start - 12), start)
        return word is not None and word[1] in self._words.surnames and "\n" not in word[0]

    def _is_dateline(self, found: _Found) -> bool:
        line = self._passage.folded.rfind("\n", 0, found.start) + 1
        before = self._passage.folded[line : found.start].strip(" \"'“(")
        if not before and _DATELINE.match(self._passage.folded, found.end):
            return True
        around = self._passage.folded[found.start - 1 : found.start] + self._passage.folded[found.end : found.end + 1]
        return around == "()"

    def _begins_sentence(self, start: int) -> bool:
        before = self._passage.folded[max(0, start - 3) : start].rstrip(" \"'“")
        return not before.strip() or before[-1] in ".!?\n:"

    # ── Both ───────────────────────────────────────────────────────────────────────────────────

    def _believe(self, found: _Found, form: Form, weight: Weight, before: list[Token], after: list[Token]) -> None:
        self._hits.append(self._hit(found, form, weight, before, after))

    def _hit(self, found: _Found, form: Form, weight: Weight, before: list[Token], after: list[Token]) -> _Hit:
        province = self._gazetteer._kinds[form.agency_id] == "province"
        return _Hit(form.agency_id, found.start, found.end, weight, province, self._acts(found, before, after))

    def _acts(self, found: _Found, before: list[Token], after: list[Token]) -> bool:
        folded = self._passage.folded
        for token in reversed(before):
            if "assigns" in token.kinds and not folded[token.end : found.start].strip(" ,"):
                return False
            if "works" in token.kinds and _POSSESSED.search(folded, token.end, found.start):
                return True
        for token in after:
            if token.start - found.end > 45:
                return False
            if "acts" in token.kinds:
                return True
            if "stops" in token.kinds and "passing" not in token.kinds:
                return False
        return False

    def _well_spelt(self, found: _Found, form: Form) -> bool:
        """Whether the diacritics are right, all left out, or damaged in a way that leaves no doubt."""
        written = fold_tone(self._passage.text[found.start : found.end].replace("\n", " ").lower())
        right = self._gazetteer._spelt[form]
        if written.isascii() or written == right or len(written) >= 16:
            return True
        same = sum(map(str.__eq__, written, right))
        return len(written) == len(right) and same >= 0.8 * len(right) and written.split()[0] == right.split()[0]

    def _shouted(self, found: _Found) -> bool:
        around = self._passage.text[max(0, found.start - 16) : found.start] + self._passage.text[found.end : found.end + 16]
        return any(map(str.isupper, around)) and not any(map(str.islower, around))

    def _is_caseless(self) -> bool:
        if self._caseless is None:
            self._caseless = self._passage.caseless()
        return self._caseless


_OF = re.compile(r"\s*[,(]?\s*(?:cua|of|and)?\s*(?:nuoc|the)?\s*")
_ABROAD = re.compile(r"\s*[,(]\s*(?:trung quoc|china)")
_UNIT_AFTER = re.compile(r"\s*(?:tinh|thanh pho|tp|xa|phuong|huyen|cap)\b")


def _organ_gap(gap: str) -> bool:
    """Whether what stands between an organ and a place belongs to the organ's name: "Sở Văn hóa, Thể thao và Du lịch"."""
    if gap.rstrip().endswith((" va", " and")) or any(map(str.isdigit, gap)):
        return False
    comma = gap.rfind(",")
    return comma < 0 or gap[comma + 1 :].lstrip().startswith(("the thao", "tt"))


def _capitals(written: str) -> bool:
    """Whether every word begins with a capital."""
    return all(word[:1].isupper() for word in re.split(r"[\s-]+", written) if word)


def _pattern(text: str) -> str:
    return Passage.of(text).folded


def _without_doubles(found: Iterable[Form]) -> Iterator[Form]:
    """One form for a body, a way of counting, and a spelling with its diacritics."""
    seen = set()
    for form in found:
        key = (form.agency_id, form.how, fold_tone(form.text.lower()) if form.how != "code" else form.text)
        if key not in seen:
            seen.add(key)
            yield form


def _counts(above: list[_Hit], below: list[_Hit], short: bool) -> bool:
    """Whether the occurrences of one body make it one that the text is about or names."""
    hits = [*above, *below]
    if not hits[0].province or above or short:
        return True
    return len(below) > 1 or any(hit.weight is Weight.BODY for hit in below)


def _mention(agency_id: str, above: list[_Hit], below: list[_Hit], title: Passage, text: Passage) -> AgencyMention:
    spans = tuple(
        Span(field, hit.start, hit.end, passage.text[hit.start : hit.end])
        for field, passage, hits in _fields(above, below, title, text)
        for hit in hits
    )
    role: Role = "actor" if any(hit.actor for hit in (*above, *below)) else "named"
    return AgencyMention(agency_id, len(spans), bool(above), role, spans)


def _fields(
    above: list[_Hit], below: list[_Hit], title: Passage, text: Passage
) -> tuple[tuple[Field, Passage, list[_Hit]], tuple[Field, Passage, list[_Hit]]]:
    return ("title", title, above), ("text", text, below)
