"""`naming.yaml` compiled: the declared forms of the Resolution's names in, regular expressions over folded text out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from classifier.shipped import read_shipped
from classifier.text import fold

Kind = Literal["code", "number", "title", "event", "decision", "list", "foreign"]

_SEPARATOR = r"(?:[\s\-_]{1,3})"
_LISTING = r"(?:[\s,;&/+\-_]{1,4}(?:va[\s\-_]{1,3})?)"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name without a number, as `naming.yaml` declares it; `anchors` are the words that find it."""

    id: str
    kind: Kind
    pattern: re.Pattern[str]
    anchors: tuple[str, ...]
    folded_anchors: tuple[str, ...]
    near: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    example: str


def _compiled(pattern: str, pieces: dict[str, str]) -> re.Pattern[str]:
    """A pattern of `naming.yaml` as a regular expression over folded text; the file's head explains the signs."""
    for _ in range(3):  # pieces may hold pieces
        pattern = re.sub(r"\{([a-z]+)\}", lambda m: pieces[m[1]], pattern)
    parts = re.split(r"(\[(?:\\.|[^\]])*\])", pattern)
    parts[::2] = [part.replace("_", _SEPARATOR).replace("~", _LISTING) for part in parts[::2]]
    return re.compile("".join(c if c.isascii() else fold(c) for c in "".join(parts)))


class Grammar:
    """`naming.yaml`, compiled; attributes are named after what they match, and where."""

    def __init__(self, declared: dict[str, Any]) -> None:
        pieces = declared["pieces"]

        def compiled(pattern: str, *, before: bool = False) -> re.Pattern[str]:
            return _compiled(f"(?:{pattern})\\Z" if before else pattern, pieces)

        heads, suffixes, issuers = declared["heads"], declared["suffixes"], declared["issuers"]
        self.companions = frozenset(map(str, declared["companions"]))
        item = r"(?:(?:nq|nghi\s{1,2}quyet)\s{0,2}(?:so\s{1,2})?)?(?:so\s{1,2})?\d{1,3}(?!\d)(?:\s?[-/]\s?nq\s?[-/]\s?tw)?"
        between = (
            r"\s{0,3}(?:[,;/&+、]|-|va(?!\w)|and(?!\w)|и(?!\w)|et(?!\w)|y(?!\w)|hay(?!\w)|cung(?!\w)){1,2}\s{0,3}(?:va\s|and\s)?"
        )
        self.items_before = re.compile(rf"(?:{item}{between}){{1,9}}(?:so\s{{1,2}})?\Z")
        self.items_after = re.compile(rf"(?:{between}{item}){{1,9}}")
        self.numbers = re.compile(r"(?<!\d)\d{2,3}(?!\d)")
        self.head = compiled(heads["vi"], before=True)
        self.committee = compiled(heads["committee"], before=True)
        self.foreign = compiled(heads["foreign"], before=True)
        self.decision = compiled(heads["decision"], before=True)
        self.code_before = re.compile(r"nq[\s\-/]{0,3}tw[\s\-/:]{0,3}(?:so\s)?\Z")
        self.own = compiled(suffixes["own"])
        self.short = compiled(suffixes["short"])
        self.other = compiled(suffixes["other"])
        self.count = compiled(suffixes["count"])
        self.cjk = compiled(suffixes["cjk"])
        self.decision_code = compiled(suffixes["decision"])
        self.decision_other = compiled(suffixes["decision_other"])
        self.date = re.compile(
            r"[\s,(]{0,3}(?:(?:duoc\s)?(?:ban hanh|ky)\s)?(?:ngay\s{1,2}|dated\s|от\s|du\s)?"
            r"(?P<day>\d{1,2})\s?(?:[/.\-]|thang)\s?(?P<month>\d{1,2})\s?(?:[/.\-,]|nam)\s?(?P<year>\d{4})\)?"
        )
        self.year = re.compile(r"\s{0,2}(?:[/\-]|nam\s)\s{0,2}(?P<year>(?:19|20)\d\d)(?!\d)")
        self.issuer_own = compiled(rf"[\s,(\-]{{0,3}}(?:(?:cua|do|tu|by|of|from)\s)?(?:{issuers['own']})")
        self.issuer_other = compiled(
            rf"[ \t(]{{0,3}}(?:(?:cua|of|by|from|of\sthe)\s)?(?:{issuers['other']})"
            rf"|\s(?:do|(?:vua\s)?duoc)\s(?:{issuers['other']}|{issuers['local']})[^.;]{{0,30}}(?:ban\shanh|thong\squa)"
        )
        self.passing = compiled("thông_qua_", before=True)
        self.issuer_local = compiled(rf"[ \t(]{{0,3}}cua\s(?:{issuers['local']})")
        self.implementing = compiled(declared["implementing"])
        self.action_programme = compiled("chương_trình_hành_động|kế_hoạch")
        self.about = compiled(declared["other_subjects"])
        self.topics = compiled(declared["topics"])
        self.matters = compiled(declared["matters"])
        self.assemblies = compiled(declared["assemblies"])
        self.watched = compiled(rf"(?:{declared['watched']})_", before=True)
        self.vietnam = compiled(declared["vietnam"])
        self.foreign_rivals = compiled(declared["foreign_rivals"])
        self.numbered = re.compile(r"(?:nghi[\s\-_]{1,3}quyet|nq)[\s\-_]{1,3}(?:so\s{1,3})?(?!57)\d")
        self.local_issuer = compiled(r"(?:tỉnh|thành|huyện|quận|xã|phường|đảng)_(?:ủy|bộ)|hđnd|hội_đồng_nhân_dân")
        self.phrases = tuple(
            Phrase(
                id=row["id"],
                kind=row["kind"],
                pattern=compiled(row["pattern"]),
                anchors=tuple(row["anchor"]),
                folded_anchors=tuple(map(fold, row["anchor"])),
                near=compiled(row["near"]) if "near" in row else None,
                not_after=compiled(row["not_after"], before=True) if "not_after" in row else None,
                example=row["example"],
            )
            for row in declared["phrases"]
        )
        self.column_words = frozenset(fold(declared["column_words"]).replace("-", " ").split())
        self.column_places = compiled(declared["column_places"])


@cache
def grammar() -> Grammar:
    """The project's own grammar, read once."""
    return Grammar(read_shipped("naming.yaml"))
