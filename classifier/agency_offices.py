"""A form of a ministry's or an agency's name in; whether it is that body here, out."""

from __future__ import annotations

import re

from classifier.agency_context import Lexicon, Passage, Token, acts
from classifier.agency_index import CJK, Found, Hit, NameIndex, Weight, spelling
from classifier.agency_names import Form

_SEPARATOR = re.compile(r"\s*(?:,|;|:|/|-|&|,?\s*va|,?\s*and|,?\s*cung|,?\s*giua)\s*")
_LIST_END = re.compile(r"\s*(?:[-,.;:)!?\n]|va\b|and\b|cung\b|\Z)")
_UNIT_AFTER = re.compile(r"\s*(?:tinh|thanh pho|tp|xa|phuong|huyen|cap)\b")
_PERSON = re.compile(r"\s+([^\W\d_]+)\s")
_BYLINE_AFTER = re.compile(r"[\u4e00-\u9fff]{0,6}\s?(?:-|—|[）)】]|[\u4e00-\u9fff\d]{0,8}电)")
_FOREIGN_CJK = re.compile("(?:中国|中國|美国|日本|韩国|俄罗斯|老挝|柬埔寨|泰国|印度|法国|德国|英国|新加坡|古巴|两国)的?\\Z")
_LEAD_IN = re.compile(r"\s?(?::|-\s)")
_CREDIT_LINE = re.compile(
    r"(?:^|[\n.(\[])[^\n.:()]{0,12}\b(?:anh|photo|nguon|do hoa|video|clip|infographics?)\s?:\s?[^\n.:;()]{0,40}\s?[-,]\s?\Z"
)
"""A credit that names the photographer first: "Ảnh: Minh Quyết - "."""
_DATED_END = re.compile(r"[\s\d/.,\-]{0,14}[)\]]")
_OF = re.compile(r"\s*[,(]?\s*(?:cua|of|and)?\s*(?:nuoc|the)?\s*")


class OfficeReader:
    """Reads the names of ministries and agencies in one passage, from left to right: lists have a memory."""

    def __init__(self, index: NameIndex, words: Lexicon, passage: Passage) -> None:
        self._index = index
        self._words = words
        self._passage = passage
        self._list_end = -1
        self._list_named = False
        """Whether a phrase such as "các Bộ:" opened the list, so that everything in it is a ministry."""
        self._list_long = False

    def open_list(self, end: int) -> None:
        """A phrase that ends at `end` opens a list of ministries whose names go without their first word."""
        self._list_end, self._list_named, self._list_long = end, True, False

    def read(self, found: Found, form: Form) -> Hit | None:
        """The occurrence, if the form is believed."""
        if form.how == "part":
            return self._part(found, form)
        right = self._well_spelt(found, form) if form.how == "name" else self._is_code(found, form)
        if not right:
            return None
        words, passage = self._words, self._passage
        near = words.right_before(passage, found.start)
        after = words.after(passage, found.end)
        if near is not None and ("nationalities" in near.kinds or (form.how == "name" and self._completes(near, found))):
            return None
        if CJK.match(passage.text, found.start) and _FOREIGN_CJK.search(passage.text, max(0, found.start - 6), found.start):
            return None
        if self._foreign(found.end, after) or (form.agency_id in words.media and self._credited(found, form, near)):
            return None
        if form.text not in words.ambiguous:
            self._list_end, self._list_named, self._list_long = found.end, False, False
        return self._hit(found, form, after)

    def _part(self, found: Found, form: Form) -> Hit | None:
        """A ministry's name without its first word counts right after the head of a list, or after another member."""
        passage = self._passage
        gap = passage.folded[self._list_end : found.start] if self._list_end >= 0 else None
        if gap is None or len(gap) > 12 or not (_SEPARATOR.fullmatch(gap) or (self._list_named and gap.isspace())):
            return None
        follows = passage.text[found.end + 1 : found.end + 2]
        listed = self._list_named or (self._list_long and gap.strip(" ,") in {"va", "and"})
        goes_on = (listed and follows.islower()) or self._minister_named(found)
        if not (_LIST_END.match(passage.folded, found.end) or goes_on) or _UNIT_AFTER.match(passage.folded, found.end):
            return None
        if not (passage.text[found.start].isupper() or passage.caseless) or not self._well_spelt(found, form):
            return None
        self._list_end, self._list_long = found.end, True
        return self._hit(found, form, self._words.after(passage, found.end))

    def _minister_named(self, found: Found) -> bool:
        """Whether this is a minister's office with the name behind it: Bộ trưởng Quốc phòng Phan Văn Giang."""
        person = _PERSON.match(self._passage.text, found.end)
        titled = self._list_end >= 0 and self._passage.folded.endswith(" truong", 0, self._list_end)
        return titled and person is not None and person[1] in self._words.surnames

    def _hit(self, found: Found, form: Form, after: list[Token]) -> Hit:
        before, _ = self._words.before(self._passage, found.start)
        actor = acts(self._words, self._passage, found.start, found.end, before, after)
        return Hit(form.agency_id, found.start, found.end, Weight.BODY, actor)

    def _well_spelt(self, found: Found, form: Form) -> bool:
        """Whether the diacritics are right, all left out, or damaged in a way that leaves no doubt."""
        written, right = spelling(self._passage.text[found.start : found.end]), self._index.spelt(form)
        if written.isascii() or written == right or len(written) >= 16:
            return True
        same = sum(map(str.__eq__, written, right))
        return len(written) == len(right) and same >= 0.8 * len(right) and written.split()[0] == right.split()[0]

    def _is_code(self, found: Found, form: Form) -> bool:
        """Whether an abbreviation stands here exactly, and neither in a document's number nor in a heading in capitals."""
        passage = self._passage
        if passage.text[found.start : found.end] != form.text or passage.in_a_number(found.start, found.end):
            return False
        return form.text.startswith("B") or not passage.shouted(found.start, found.end)

    def _completes(self, near: Token, found: Found) -> bool:
        """Whether the "bộ" belongs to the word before it: cán bộ, nội bộ."""
        passage = self._passage
        if "before_bo" not in near.kinds or not passage.folded.startswith("bo ", found.start):
            return False
        adjacent = passage.folded[near.end : found.start].isspace()
        return adjacent and (not passage.text[found.start].isupper() or passage.shouted(found.start, found.end))

    def _foreign(self, end: int, after: list[Token]) -> bool:
        """Whether the name of another country follows."""
        country = next((token for token in after[:2] if "countries" in token.kinds), None)
        return country is not None and _OF.fullmatch(self._passage.folded, end, country.start) is not None

    def _credited(self, found: Found, form: Form, near: Token | None) -> bool:
        """Whether a news agency stands here as the source of a text or picture."""
        folded = self._passage.folded
        before, after = folded[found.start - 1 : found.start], folded[found.end : found.end + 1]
        named_so = near is not None and "credits" in near.kinds and not (form.how == "name" and "reporters" in near.kinds)
        if CJK.match(folded, found.start) and _BYLINE_AFTER.match(folded, found.end):
            return True
        opens_line = folded[max(0, found.start - 1) : found.start] in {"", "\n"}
        if form.how == "code" and opens_line and _LEAD_IN.match(folded, found.end):
            return True
        if _CREDIT_LINE.search(folded, max(0, found.start - 70), found.start):
            return True
        return named_so or "/" in (before, after) or (before in {"(", "["} and _DATED_END.match(folded, found.end) is not None)
