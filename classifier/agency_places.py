"""A form of a province's name in; out, whether it is the province here, and how much that says.

A territory's name means the body when one of its organs stands before it, when it is the subject, or the ground of the
text; a place line, an institution, a street, a person of that name are none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.agency_context import Lexicon, Passage, Token, acts
from classifier.agency_index import CJK, Found, Hit, NameIndex, Weight, spelling, without_tones
from classifier.agency_names import Form
from classifier.text import fold, fold_tone

LEAD = 320
"""A province that begins a sentence within so many characters is what the text is about."""

_CHAIN = re.compile(r"\s*(?:,|;|/|-|&|,?\s*va|,?\s*and|,?\s*cung|hay|hoac|и)\s*(?:cac\s+)?(?:(?:tinh|thanh pho|tp\.?)\s+)?")
_UNIT = re.compile(
    r"(?:(?<=\W)|\A)(?:(tinh|province of|провинци\w+|province de)|(thanh pho|thu do|tp\.?|t\.p\.?|city of|город\w*))\s*\Z"
)
_MONTH = r"(?:jan|feb|march|april|may|june|july|august|sept|oct|nov|dec)[a-z]*\b"
_DATELINE = re.compile(rf"\s*(?:\((?!cu|moi)|-\s|--|,\s*(?:ngay|\d|{_MONTH}))")
# A place line further down, behind a caption or a letterhead: "Hà Nội, ngày 15 tháng 6", "Hanoi (VNA)".
_DATED = re.compile(rf",\s(?:ngay\s\d|{_MONTH}\s\d)|\s\((?:ttxvn|vna|avi|cvn|vns|qdnd|chinhphu\.vn|vov\w*|plo|nld|glo|tpo|ldo)\b")
# "Số: 12/KH-UBND | Bình Minh, ngày ...": an office of the province numbered it, though its name is not in the letterhead.
_OWN_NUMBER = re.compile(r"\bso\s?:?\s{0,3}[\d./… ]{1,14}[-/]\s?[a-z]{1,4}\s?-\s?(?:ubnd|hdnd|tu)\b[\s|,;-]{0,12}\Z")
_DISTANCE = re.compile(r"\b(?:cach|from)\s(?:(?:trung tam|thu do|thanh pho|tp\.?|tinh)\s){0,3}\Z")
_BYLINE = re.compile(r"[\s\"'“(【]{0,4}(?:越通社|越南通讯社|越南之声|人民报)?")
_ADDRESS = re.compile(
    r"\b(?:ngu|cu tru|thuong tru|sinh (?:ngay|nam|ra)|born)\b|dia chi|lien he|\bso \d|tru so|so nha|hotline|dien thoai"
    r"|\b(?:o|tai|tru|tu|que|den)\s\Z"
)
_COMMUNE_THERE = re.compile(r"\b(?:xa|phuong|thon|buon|xom)(?:\s(?:toi|minh|nho|vung cao))?\so\s\Z")
_SITE = re.compile(
    r"\b(?:xa|phuong|thon|ban|buon|lang|ap|xom|huyen|cua khau|khu|cang|cho|dao|hem|vuon quoc gia)\b[^.;\n()]*\s?\(\Z"
)
_CJK_AT = frozenset("在从赴")
_CJK_FOLLOWER = re.compile(
    r"(?:消息|电(?![a-z视子力]))|市?(?:国家|理工|医科|医药|师范|科技|经济|外贸|百科|开放|农林|技术|工业){0,3}(?:大学(?!生)|学院)|(?:国际)?机场|日报|报(?=[》」』])|电视台|市?证券交易所|港(?!澳)"
)
_SIGNED = re.compile(r"\s?[-–]\s?(?P<other>[^\W\d_]+(?:\s[^\W\d_]+){0,3})[.\s]*\Z")
_SCHOOL = re.compile(r"\b(?:truong|thpt|thcs|dai hoc|hoc vien|benh vien|cong ty|clb|doi)\b[^.;()\n]*\(\Z")
_MET_THERE = re.compile(r"\b(?:ngay|sang|chieu|toi|trua|hom)\b[^.;\n]{0,24},\s?tai\s\Z")
"""A day and a place before a comma: "Ngày 17-4, tại tỉnh Bắc Giang, ..."."""
# "In Đà Nẵng, … the city has": the ground of what follows, not where somebody met.
_OF_THE_PLACE = re.compile(
    r"\b(?:the (?:central )?(?:city|province|locality)|(?:tinh|thanh pho|dia phuong) (?:nay|da|dang)|la ville|la province)\b"
)
_ABROAD = re.compile(r"\s*[,(]\s*(?:trung quoc|china)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\s+\Z")
_GAPS = re.compile(r"[\s‐‑‒–—−-]+")


@dataclass(frozen=True, slots=True)
class _Place:
    """A form with all that is around it."""

    found: Found
    form: Form
    written: str
    before: list[Token]
    after: list[Token]
    begin: int
    """Where the name begins with its "tỉnh" or "thành phố"."""
    unit: bool
    """Whether there is one."""
    governs: bool
    """Whether it makes the name that of the whole body: "tỉnh X", and "thành phố X" for a centrally-run city."""
    next: frozenset[str]
    """The lists in which the very next phrase stands."""
    next_text: str


class PlaceReader:
    """Reads the names of provinces in one passage, from left to right: members of a list share what is said of the first."""

    def __init__(self, index: NameIndex, words: Lexicon, passage: Passage, *, heading: bool, sport: bool) -> None:
        self._index = index
        self._words = words
        self._passage = passage
        self._heading = heading
        self._sport = sport
        self._last_end = -1
        self._read: list[tuple[int, int]] = []
        self._last_weight = Weight.OTHER

    def read(self, found: Found, form: Form) -> Hit | None:
        """The occurrence; its weight says how far it is to be believed. None where it is no such name at all."""
        passage = self._passage
        if passage.in_a_number(found.start, found.end):
            return None
        place = self._around(found, form)
        if not self._well_spelt(place):
            return None
        weight = self._weigh(place)
        if weight < Weight.BODY and self._is_everyday(place):
            weight = min(weight, Weight.PLACE)
        self._last_end, self._last_weight = found.end, weight
        self._read.append((found.start, found.end))
        actor = weight >= Weight.NAME and acts(self._words, passage, found.start, found.end, place.before, place.after)
        return Hit(form.agency_id, found.start, found.end, weight, actor)

    def _around(self, found: Found, form: Form) -> _Place:
        passage, folded = self._passage, self._passage.folded
        before, clause = self._words.before(passage, found.start)
        after = self._words.after(passage, found.end)
        unit = _UNIT.search(folded, clause, found.start)
        if unit and unit[1] == "tinh" and fold_tone(passage.text[unit.start(1) : unit.end(1)].lower()) not in {"tỉnh", "tinh"}:
            unit = None  # tính, tình, tĩnh
        follower = after[0] if after and not folded[found.end : after[0].start].strip(" '’s") else None
        return _Place(
            found,
            form,
            passage.text[found.start : found.end],
            before,
            after,
            begin=unit.start() if unit else found.start,
            unit=unit is not None,
            governs=unit is not None and (unit[1] is not None or form.agency_id in self._index.cities),
            next=follower.kinds if follower else frozenset(),
            next_text=folded[follower.start : follower.end] if follower else "",
        )

    def _weigh(self, place: _Place) -> Weight:
        if CJK.match(place.written) and self._passage.text[max(0, place.found.start - 1) : place.found.start] in _CJK_AT:
            return Weight.NAME if self._passage.text.startswith("省", place.found.end) else Weight.PLACE
        if CJK.match(place.written) and _CJK_FOLLOWER.match(self._passage.folded, place.found.end):
            return Weight.OTHER
        if self._is_signature(place):
            return Weight.OTHER
        if "followers" in place.next or _ABROAD.match(self._passage.folded, place.found.end) or self._is_person(place):
            return Weight.OTHER
        if "former" in place.next or ("english_organs" in place.next and place.next_text != "city"):
            return Weight.BODY
        said = self._said_before(place)
        if said is not None:
            return said
        if "english_organs" in place.next:
            return Weight.BODY
        chained = self._said_of_the_last(place)
        if chained is not None:
            return chained
        if _DISTANCE.search(self._passage.folded, max(0, place.begin - 40), place.begin):
            return Weight.PLACE
        if self._is_dateline(place.found):
            return Weight.BODY if self._numbers(place.found) else Weight.PLACE
        if self._bracketed(place.found):
            return (
                Weight.NAME
                if _SITE.search(self._passage.folded, max(0, place.found.start - 60), place.found.start)
                and not _SCHOOL.search(self._passage.folded, max(0, place.found.start - 90), place.found.start)
                else Weight.PLACE
            )
        if place.unit:
            return Weight.BODY if place.governs else Weight.NAME
        if self._sport:
            return Weight.OTHER
        subject = not place.next.isdisjoint({"predicates", "acts"})
        return Weight.BODY if subject or self._leads(place.found.start) else Weight.NAME

    def _said_before(self, place: _Place) -> Weight | None:
        """What the words before the name make of it, the nearest first; None where they say nothing."""
        folded = self._passage.folded
        for token in reversed(place.before):
            if token.end > place.begin or any(start <= token.start < end for start, end in self._read[-12:]):
                # The second for the "Ho" of Ho Chi Minh City, which is no lake.
                continue
            gap = folded[token.end : place.begin]
            if "communes" in token.kinds and gap.strip() and gap.endswith(", ") and gap.count(",") <= 2:
                return Weight.PLACE if _ADDRESS.search(folded, max(0, token.start - 80), token.start) else Weight.NAME
            said = self._said_next_to(token, place) if not gap.strip() else _said_at_a_distance(token, gap, place.unit)
            if said is not None:
                return said
            if "stops" in token.kinds:
                return None
        return None

    def _said_next_to(self, token: Token, place: _Place) -> Weight | None:
        kinds = token.kinds
        if "territory" in kinds or "organs" in kinds:
            return Weight.BODY
        if "things" in kinds and not place.unit:
            return Weight.OTHER
        if "origins" in kinds:
            return Weight.PLACE
        if "places" in kinds:
            return self._where(place)
        if "institutions" in kinds:
            return Weight.NAME if place.unit else Weight.OTHER
        return None

    def _where(self, place: _Place) -> Weight:
        """The weight after "tại": an event's place; but "ở tỉnh X", or in a heading without an event, the ground of the text."""
        folded = self._passage.folded
        met = folded.startswith(",", place.found.end) and _MET_THERE.search(folded, max(0, place.begin - 60), place.begin)
        if place.governs and place.form.agency_id not in self._index.cities and not met:
            return Weight.BODY
        if _COMMUNE_THERE.search(self._passage.folded, max(0, place.begin - 24), place.begin):
            return Weight.NAME
        if not self._heading:
            sentence = self._passage.folded[max(0, place.begin - 8) : place.begin]
            opens = re.search(r"(?:\A|[.!?:]\s|\n)\w{1,3}\s\Z", sentence) or place.begin < 8
            ground = opens and _OF_THE_PLACE.search(self._passage.folded, place.found.end, place.found.end + 250)
            return Weight.NAME if ground else Weight.PLACE
        tokens, _ = self._words.before(self._passage, len(self._passage.text))
        return Weight.PLACE if any("events" in token.kinds for token in tokens) else Weight.NAME

    def _said_of_the_last(self, place: _Place) -> Weight | None:
        """In "UBND các tỉnh X, Y và Z" what holds for X holds for Y and Z."""
        gap = self._passage.folded[self._last_end : place.found.start] if self._last_end >= 0 else ""
        if not gap or len(gap) >= 24 or not _CHAIN.fullmatch(gap):
            return None
        if self._last_weight is Weight.OTHER and "-" not in gap:
            return None
        return max(self._last_weight, Weight.NAME) if place.unit else self._last_weight

    def _well_spelt(self, place: _Place) -> bool:
        """Whether diacritics and capitals are those of the name, or all left out where that leaves no doubt."""
        if place.form.city or CJK.match(place.written):
            return True
        capitals = _capitals(place.written)
        if not place.written.isascii() and spelling(place.written) != self._index.spelt(place.form):
            # "tỉnh" vouches for a slip of the diacritics; French pages leave the tones out: Huê, Cân Tho.
            return capitals and (place.unit or without_tones(place.written, self._index.spelt(place.form)))
        organ = bool(place.before) and "organs" in place.before[-1].kinds
        return capitals or place.unit or self._passage.caseless or organ

    def _is_everyday(self, place: _Place) -> bool:
        """Whether an everyday word stands here in capitals or small letters throughout, so that it may be no name."""
        if place.unit or place.form.city or fold(place.form.text) not in self._words.everyday:
            return False
        if not _capitals(place.written) or self._passage.caseless:
            return True
        return place.written.isupper() and self._passage.shouted(place.found.start, place.found.end)

    def _is_person(self, place: _Place) -> bool:
        """Whether a family name stands right before: Nguyễn Hòa Bình."""
        start = place.found.start
        if place.unit or place.form.city or _names_an_organ(place, self._passage.folded):
            return False
        word = _WORD_BEFORE.search(self._passage.text, max(0, start - 12), start)
        return word is not None and word[1] in self._words.surnames and "\n" not in word[0]

    def _is_dateline(self, found: Found) -> bool:
        folded = self._passage.folded
        line = folded.rfind("\n", 0, found.start) + 1
        if _BYLINE.fullmatch(folded, line, found.start) and _DATELINE.match(folded, found.end):
            return True
        return bool(_DATED.match(folded, found.end))

    def _numbers(self, found: Found) -> bool:
        """Whether the place and day of a document stand behind a number of the province's own."""
        return _OWN_NUMBER.search(self._passage.folded, max(0, found.start - 60), found.start) is not None

    def _is_signature(self, place: _Place) -> bool:
        """Whether the name is an author's, at the very end of the text beside another one's: "Khánh Hòa - Văn Lộc"."""
        if place.unit or self._heading or not self._begins_a_sentence(place.found.start):
            return False
        beside = _SIGNED.match(self._passage.text, place.found.end)
        return beside is not None and _capitals(beside["other"]) and not self._index.is_place(beside["other"])

    def _bracketed(self, found: Found) -> bool:
        folded = self._passage.folded
        return folded[found.start - 1 : found.start] + folded[found.end : found.end + 1] == "()"

    def _leads(self, start: int) -> bool:
        """Whether the name begins a sentence of the lead."""
        return start <= LEAD and self._begins_a_sentence(start)

    def _begins_a_sentence(self, start: int) -> bool:
        before = self._passage.folded[max(0, start - 3) : start].rstrip(" \"'“")
        return not before.strip() or before[-1] in ".!?\n:"


def _said_at_a_distance(token: Token, gap: str, unit: bool) -> Weight | None:
    """What a phrase says of the name that words part from it."""
    kinds = token.kinds
    if "organs" in kinds and _is_part_of_an_organ(gap):
        return Weight.BODY
    if "institutions" in kinds and gap.endswith(", ") and not unit:
        return Weight.PLACE
    if "institutions" in kinds and "," not in gap and not gap.endswith((" va ", " and ")) and gap.count(" ") < 10:
        return Weight.NAME if unit else Weight.OTHER
    if "things" in kinds and not unit and gap.endswith(", "):
        return Weight.PLACE
    return None


def _is_part_of_an_organ(gap: str) -> bool:
    """Whether what stands between an organ and a place belongs to the organ's name: "Sở Văn hóa, Thể thao và Du lịch"."""
    if gap.rstrip().endswith((" va", " and")) or any(map(str.isdigit, gap)):
        return False
    comma = gap.rfind(",")
    return comma < 0 or gap[comma + 1 :].lstrip().startswith(("the thao", "tt"))


def _names_an_organ(place: _Place, folded: str) -> bool:
    last = place.before[-1] if place.before else None
    return last is not None and "organs" in last.kinds and not folded[last.end : place.found.start].strip()


def _capitals(written: str) -> bool:
    """Whether every word begins with a capital."""
    return all(word[:1].isupper() for word in _GAPS.split(written) if word)
