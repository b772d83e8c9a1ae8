"""The rows of the gazetteer in; where a text holds any written form of any name out."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

import ahocorasick_rs

from classifier.agency_context import Lexicon, Passage
from classifier.agency_names import Form, forms
from classifier.text import fold, fold_tone, nfc
from classifier.types import AgencyName

CJK = re.compile("[\u4e00-\u9fff]")
_SPACES = re.compile(r"\s\s|[\t\r]")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_DASHES = re.compile("[‐‑‒–—−]")


class Weight(IntEnum):
    """How much one occurrence says: nothing (another thing's name), where something was, the name, the body itself."""

    OTHER = 0
    PLACE = 1
    NAME = 2
    BODY = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A believed occurrence of a body's name."""

    agency_id: str
    start: int
    end: int
    weight: Weight
    actor: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Where the automaton met which pattern; `opener` for a phrase that begins a list of ministries."""

    start: int
    end: int
    forms: tuple[Form, ...]
    opener: bool


class NameIndex:
    """All forms of all names in one automaton that prefers the leftmost and of these the longest."""

    def __init__(self, rows: Iterable[AgencyName], words: Lexicon) -> None:
        rows = [AgencyName(r.agency_id, nfc(r.name).strip(), r.kind, r.short) for r in rows]
        self.provinces = frozenset(r.agency_id for r in rows if r.kind == "province")
        self.cities = frozenset(r.agency_id for r in rows if r.kind == "province" and r.name.startswith("Thành phố "))
        by_pattern: dict[str, dict[Form, None]] = defaultdict(dict)
        for row in rows:
            for form in forms(row, words.lists["spellings"]):
                if len(form.text) > 2 or CJK.search(form.text):
                    by_pattern[_pattern(form.text)][form] = None
        openers = {_pattern(phrase) for phrase in words.lists["list_openers"]}
        for phrase in (*words.lists["decoys"], *openers):
            by_pattern.setdefault(_pattern(phrase), {})
        self._name_ends: dict[int, int] = {}
        for name, verb in words.lists["verbs_beside"]:
            self._name_ends[len(by_pattern)] = len(name)
            by_pattern[_pattern(f"{name} {verb}")] = by_pattern.get(_pattern(name), {})
        self._patterns = [(tuple(_without_doubles(found)), pattern in openers) for pattern, found in by_pattern.items()]
        self._spelt = {form: spelling(form.text) for found, _ in self._patterns for form in found}
        self._places = frozenset(spelt for form, spelt in self._spelt.items() if form.how == "place")
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_pattern), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        self.size = len(by_pattern)

    def is_place(self, written: str) -> bool:
        """Whether a province is written like this."""
        return spelling(written) in self._places

    def spelt(self, form: Form) -> str:
        """The form as `spelling` gives it: "Hải Dương" is the province, "hai đường" is not."""
        return self._spelt[form]

    def met(self, passage: Passage) -> Iterator[Found]:
        """Every pattern that stands in the passage as whole words, in order."""
        folded, places = _single_spaced(passage.folded)
        for number, start, end in self._automaton.find_matches_as_indexes(folded):
            before, after = folded[start - 1 : start], folded[end : end + 1]
            if (before.isalnum() or after.isalnum()) and not CJK.match(folded, start):
                continue
            end = start + self._name_ends[number] if number in self._name_ends else end
            if places is not None:
                start, end = places[start], places[end - 1] + 1
            yield Found(start, end, *self._patterns[number])


def spelling(written: str) -> str:
    """A name in small letters with its diacritics, one kind of dash and of space, the tone mark in one place."""
    return _DASHES.sub("-", fold_tone(" ".join(written.split()).lower()))


def without_tones(written: str, name: str) -> bool:
    """Whether each letter of a name is its own (as `spelling` gives it), or that without its tone, or without any mark."""
    given = spelling(written)
    return len(given) == len(name) and all(a in (b, fold(b), _toneless(b)) for a, b in zip(given, name, strict=True))


def _toneless(letter: str) -> str:
    return nfc(_TONES.sub("", unicodedata.normalize("NFD", letter)))


def _single_spaced(folded: str) -> tuple[str, list[int] | None]:
    """A name may be broken by a line end or by several spaces: one space each, and where each character stood, if any moved."""
    if not _SPACES.search(folded):
        return folded.replace("\n", " "), None
    places = [i for i, c in enumerate(folded) if not (c.isspace() and i and folded[i - 1].isspace())]
    return "".join(" " if folded[i].isspace() else folded[i] for i in places), places


def _pattern(text: str) -> str:
    return Passage.of(text).folded


def _without_doubles(found: Iterable[Form]) -> Iterator[Form]:
    """One form for a body, a way of counting, and a spelling with its diacritics."""
    seen = set()
    for form in found:
        key = (form.agency_id, form.how, form.text if form.how == "code" else spelling(form.text))
        if key not in seen:
            seen.add(key)
            yield form
