"""What stands beside a name: windows of text in, the phrases of agencies.yaml that are found there out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import ahocorasick_rs

from classifier.shipped import read_shipped
from classifier.text import fold, fold_tone, latin, nfc
from classifier.types import Field, Span

BEFORE = 90
"""How many characters before a name may decide what it means."""
AFTER = 60
NEAR_VERB = 45
SPORT_WORDS = 3
"""So many different words of the list make a text a report of a match."""

# Phrases of these lists are looked for around names; the other lists are words to compare with.
_KINDS = (
    "organs", "territory", "institutions", "things", "places", "stops", "neutral", "events", "followers", "english_organs",
    "former", "predicates", "acts", "works", "credits", "reporters", "countries", "nationalities", "before_bo", "assigns",
    "passing", "communes", "origins",
)  # fmt: skip
_CLAUSE_END = re.compile(r'(?<!\btp)(?<!\bt\.p)[.](?=\s|$)|[!?;:\n()\[\]"“”|•]')


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ASIDE = re.compile(r"\s?\([^()\n]{1,24}\)")
_ASIDE_BEFORE = re.compile(r"\s?\([^()\n]{1,12}\)\s\Z")
_UNIT_BEFORE = re.compile(r"\bt\.?p\.\Z")
_DONE_BY = re.compile(
    r"\b(?:held|organi[sz]ed|issued|hosted|launched|chaired|approved|signed|adopted|announced)\sby\s(?:the\s)?\Z"
)
_NOT_DONE = re.compile(
    r"\b(?:chua|se|khong|can(?! tho\b)|phai|nen|tham du|du le|du hoi|chung kien|will|to be|has yet|has not|should|must)\b"
)
_GROUNDS = re.compile(r"\bcan cu\b[^.;\n]*\Z")
"""What a document rests on is another body's: "Căn cứ Quyết định của Bộ ..."."""
_POSSESSED = re.compile(r"\s(?:cua|do|by|of)\s[^,]{0,40}\Z")


@dataclass(frozen=True)
class Passage:
    """One field of a document: its text without invisible marks, and the same folded, with one kind of dash and of space.

    `text` and `folded` are of equal length; `original` is the NFC form of the field, in which spans are counted.
    """

    text: str
    folded: str
    original: str
    places: tuple[int, ...] = ()
    """Where each character of `text` stands in `original`; empty where the two are alike."""

    @classmethod
    def of(cls, raw: str) -> Passage:
        """The passage of any Unicode text."""
        original = nfc(raw)
        text = latin(original)
        places: tuple[int, ...] = ()
        if not text.isascii() and _INVISIBLE.search(text):
            places = tuple(i for i, c in enumerate(text) if not _INVISIBLE.match(c))
            text = "".join(text[i] for i in places)
        folded = fold(text)
        if not folded.isascii():
            for odd, plain in _ODD:
                folded = folded.replace(odd, plain)
        return cls(text, folded, original, places)

    def span(self, field: Field, start: int, end: int) -> Span:
        """The passage from `start` to `end` of `text` as it stands in the NFC form of the field."""
        if self.places:
            start, end = self.places[start], self.places[end - 1] + 1
        return Span(field, start, end, self.original[start:end])

    @cached_property
    def caseless(self) -> bool:
        """Whether the text has no capitals, or no small letters, so that case says nothing."""
        return not (any(map(str.isupper, self.text)) and any(map(str.islower, self.text)))

    def shouted(self, start: int, end: int) -> bool:
        """Whether what stands around a passage is in capitals throughout."""
        around = self.text[max(0, start - 16) : start] + self.text[end : end + 16]
        return any(map(str.isupper, around)) and not any(map(str.islower, around))

    def in_a_number(self, start: int, end: int) -> bool:
        """Whether a name is part of a document's number or of an address: 408/TB-VPCP, VOV.VN."""
        before, after = self.folded[max(0, start - 2) : start], self.folded[end : end + 2]
        bound = (
            before[-1:] in {"/", "-", "_", "@", "."}
            and before[:1].strip() != ""
            and not _UNIT_BEFORE.search(self.folded, max(0, start - 5), start)
        )
        return bound or (after[:1] in {"/", "-", ".", "_"} and after[1:].isalnum())


_ODD = tuple((odd, " ") for odd in "\u00a0\u2002\u2003\u2009\u202f\u3000") + tuple((odd, "-") for odd in "‐‑‒–—−")


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase of the lists, found at `start` to `end` of a passage, and the lists that it stands in."""

    start: int
    end: int
    kinds: frozenset[str]


class Lexicon:
    """The lists of agencies.yaml, and where their phrases stand in a text."""

    def __init__(self, lists: Mapping[str, Sequence[Any]]) -> None:
        self.lists = lists
        self.surnames = frozenset(lists["surnames"])
        self.everyday = frozenset(fold(name) for name in lists["everyday"])
        self.ambiguous = frozenset(lists["ambiguous"])
        self.media = frozenset(lists["media"])
        self._sports = tuple(fold(word.lower()) for word in lists["sports"])
        kinds: dict[str, dict[str, set[str]]] = {}
        for kind in _KINDS:
            for phrase in lists[kind]:
                spelt = fold_tone(phrase.lower())
                kinds.setdefault(fold(spelt), {}).setdefault(spelt, set()).add(kind)
        self._phrases = [{spelt: frozenset(found) for spelt, found in spellings.items()} for spellings in kinds.values()]
        self._any = [frozenset().union(*spellings.values()) for spellings in self._phrases]
        self._automaton = ahocorasick_rs.AhoCorasick(list(kinds), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def is_sport(self, title: str, text: str) -> bool:
        """Whether a folded title and text report a match, where a province's bare name is its team's."""
        return sum(word in title or word in text for word in self._sports) >= SPORT_WORDS

    def before(self, passage: Passage, end: int) -> tuple[list[Token], int]:
        """The phrases of the clause that ends at `end`, in order, and where that clause begins."""
        start = max(0, end - BEFORE)
        aside = _ASIDE_BEFORE.search(passage.folded, max(start, end - 20), end)
        end = aside.start() if aside else end  # "Đại học Quốc gia (ĐHQG) TPHCM"
        window = passage.folded[start:end]
        for found in _CLAUSE_END.finditer(window):
            start = end - len(window) + found.end()
        return self._tokens(passage, start, end), start

    def right_before(self, passage: Passage, end: int) -> Token | None:
        """The phrase that stands directly before `end`, be there a colon or a bracket between."""
        tokens = self._tokens(passage, max(0, end - 30), end)
        if not tokens or passage.folded[tokens[-1].end : end].strip(" :-/([|"):
            return None
        return tokens[-1]

    def after(self, passage: Passage, start: int) -> list[Token]:
        """The phrases of the rest of the clause from `start` on, in order."""
        window = passage.folded[start : start + AFTER]
        found = _CLAUSE_END.search(window)
        return self._tokens(passage, start, start + (found.start() if found else len(window)))

    def _tokens(self, passage: Passage, start: int, end: int) -> list[Token]:
        folded = passage.folded[start:end]
        spelt = passage.text[start:end]
        plain = spelt.isascii()
        tokens = []
        for number, first, last in self._automaton.find_matches_as_indexes(folded):
            if (first and folded[first - 1].isalnum()) or (last < len(folded) and folded[last].isalnum()):
                continue
            if plain:
                kinds: frozenset[str] | None = self._any[number]
            else:
                kinds = self._phrases[number].get(fold_tone(spelt[first:last].lower()))
            if kinds:
                tokens.append(Token(start + first, start + last, kinds))
        return tokens


def acts(words: Lexicon, passage: Passage, start: int, end: int, before: list[Token], after: list[Token]) -> bool:
    """Whether the body named at `start` to `end` does something: issues a plan, holds a training, leads.

    `before` and `after` are the phrases around the name. Being told to do it, having yet to do it, or attending is none.
    """
    folded = passage.folded
    for place, token in enumerate(reversed(before)):
        if "assigns" in token.kinds and _is_told(folded[token.end : start], before[len(before) - place :]):
            return False
        if (
            "works" in token.kinds
            and not _GROUNDS.search(folded, max(0, token.start - 60), token.start)
            and _POSSESSED.search(folded, token.end, start)
        ):
            return True
    if _DONE_BY.search(folded, max(0, start - 30), start):
        return True
    aside = _ASIDE.match(folded, end)
    if aside:
        end = aside.end()
        after = words.after(passage, end)
    for token in after:
        if token.start - end > NEAR_VERB or _NOT_DONE.search(folded, end, token.end):
            return False
        if "acts" in token.kinds:
            return True
        if "stops" in token.kinds and "passing" not in token.kinds:
            return False
    return False


def _is_told(gap: str, between: list[Token]) -> bool:
    """Whether nothing but the body's own organ stands between the order and its name."""
    return not gap.strip(" ,") or (len(gap) < 40 and bool(between) and all("organs" in token.kinds for token in between))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists that are shipped with the package."""
    return Lexicon(read_shipped("agencies.yaml"))
