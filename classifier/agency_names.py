"""One official name in; every form in which the press writes it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from classifier.types import AgencyName

How = Literal["name", "code", "place", "part"]


@dataclass(frozen=True, slots=True)
class Form:
    """A written form of a body's name and what it takes to be believed.

    `name`: a whole name, in any case. `code`: an abbreviation, exactly as written. `place`: a territory's bare name.
    `part`: a ministry's name without "Bộ", which counts in a list of ministries only.
    """

    agency_id: str
    text: str
    how: How
    city: bool = False
    """True for a form of a place that says "city" itself, as TP.HCM does."""


_UNITS = re.compile(r"^(?:Tỉnh|Thành phố|TP\.?) |(?: Province| City)$")
_CITY_CODE = re.compile(r"^(?:TP[ .]*(?:HCM|Hồ Chí Minh)|HCMC|HCM City|Ho Chi Minh City)$")
_ORGAN = re.compile(r"^(?:UBND|HĐND|Tỉnh ủy|Thành ủy|Sở) ")
_JOINTS = re.compile(r",\s*|\s+(?:và|&)\s+|\s+-\s+")
_FULL_JOINTS = (" và ", " & ", " - ", "-", "&", ", ", " ")
_SHORT_JOINTS = ("", "&", " & ", "-", " - ", " và ", " và", "& ", " &")
_EARLY_JOINTS = ("", ",", ", ", "-", " - ", " ", "&", " & ")
_CENTRAL = (" TW", " T.Ư", " T.W", " TƯ", "TW", " T.ư")
_TP_HCM = ("TP.HCM", "TPHCM", "TP HCM", "TP. HCM", "TP.Hồ Chí Minh", "TP Hồ Chí Minh", "TP. Hồ Chí Minh", "T.P Hồ Chí Minh")
_ENGLISH_OFFICE = re.compile(r"^Ministry of ")
_FRENCH_OFFICE = re.compile(r"^ministère (?=de|du|des)")
_RUSSIAN_OFFICE = re.compile(r"^Министерство ")
_BRITISH = (("Defence", "Defense"), ("Labour", "Labor"), ("Communications", "Communication"))


def forms(row: AgencyName, spellings: Sequence[Sequence[str]] = ()) -> Iterator[Form]:
    """All forms of one row of the gazetteer; `spellings` are syllables that are written in several ways."""
    if row.kind == "province":
        yield from _places(row, spellings)
    elif row.short and " " not in row.name:
        yield Form(row.agency_id, row.name, "code")
        if "Đ" in row.name:
            yield Form(row.agency_id, row.name.replace("Đ", "D"), "code")
    elif row.name.startswith("Bộ "):
        yield from _ministry(row)
    else:
        for text in (row.name, *_anglo(row.name), *_slavic(row.name), *_other(row.name)):
            yield Form(row.agency_id, text, "name")
        part = _ENGLISH_OFFICE.sub("", row.name)
        if part != row.name:
            yield from (Form(row.agency_id, text, "part") for text in (part, part.replace(" and ", " & ")))


def initials(words: str) -> str:
    """The first letters of the words, as abbreviations are made: Khoa học → KH."""
    return "".join(word[0].upper() for word in words.split())


def _ministry(row: AgencyName) -> Iterator[Form]:
    core = row.name.removeprefix("Bộ ")
    parts = _JOINTS.split(core)
    cores = dict.fromkeys([core, *_joined(parts)])
    for text in cores:
        yield Form(row.agency_id, f"Bộ {text}", "name")
        if " " in text:
            yield Form(row.agency_id, f"Bộ{text}", "name")  # as damaged pages join words
        if len(text) > 3:
            yield Form(row.agency_id, text, "part")
    if len(parts) == 1 and len(initials(core)) >= 2 and initials(core) not in {"CT", "TP"}:
        yield Form(row.agency_id, f"Bộ {initials(core)}", "name")
    if len(parts) > 1 and not core.isupper():
        yield Form(row.agency_id, "B" + "".join(map(initials, parts)), "code")


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """A name of two or three parts with every joint that is in use, in full, abbreviated, and half and half."""
    if len(parts) == 1:
        return
    short = [initials(p) if not p.isupper() else p for p in parts]
    rest, last = parts[:-1], parts[-1]
    short_rest, short_last = short[:-1], short[-1]
    if len(parts) == 2:
        for joint in _FULL_JOINTS:
            yield f"{rest[0]}{joint}{last}"
        for joint in _SHORT_JOINTS:
            yield f"{short_rest[0]}{joint}{short_last}"
        for joint in (" và ", " & ", "&"):
            yield f"{rest[0]}{joint}{short_last}"
            yield f"{short_rest[0]}{joint}{last}"
        return
    for early, late in product((", ", " - ", "-", ","), _FULL_JOINTS):
        yield early.join(rest) + late + last
    for early, late in product(_EARLY_JOINTS, _SHORT_JOINTS):
        yield early.join(short_rest) + late + short_last


def _anglo(name: str) -> Iterator[str]:
    core = _ENGLISH_OFFICE.sub("", name)
    if core == name:
        return
    for text in dict.fromkeys([core, core.replace(" and ", " & "), *(core.replace(a, b) for a, b in _BRITISH)]):
        yield f"Ministry of {text}"
        yield f"Minister of {text}"
        yield f"Minister for {text}"
        yield f"{text} Ministry"
        yield f"{text} Minister"


def _slavic(name: str) -> Iterator[str]:
    """The cases of a Russian office: Министерства, министру."""
    core = _RUSSIAN_OFFICE.sub("", name)
    if core != name:
        yield from (f"министерств{ending} {core}" for ending in ("о", "а", "у", "ом", "е"))
        yield from (f"министр{ending} {core}" for ending in ("", "а", "у", "ом", "е", "ы", "ов"))


def _other(name: str) -> Iterator[str]:
    if _FRENCH_OFFICE.match(name):
        yield _FRENCH_OFFICE.sub("ministre ", name)
        yield _FRENCH_OFFICE.sub("ministère vietnamien ", name)
        yield _FRENCH_OFFICE.sub("ministre vietnamien ", name)
    if name.startswith("Viện Hàn lâm "):
        for full, short in (("Khoa học và Công nghệ", "KH&CN"), ("Khoa học và Công nghệ", "KH-CN"), ("xã hội", "XH")):
            yield name.replace(full, short)
        yield name.replace("Khoa học và", "Khoa học &")
    if name.endswith(" Việt Nam") and len(name) > 20:
        yield name.replace(" Việt Nam", " VN")
        yield name.replace("Khoa học và Công nghệ Việt Nam", "KH&CN VN")
        yield name.replace("Khoa học và Công nghệ Việt Nam", "KHCNVN")
        yield name.replace("Khoa học xã hội Việt Nam", "KHXHVN")
    if name.endswith(" Trung ương"):
        stem = name.removesuffix(" Trung ương")
        yield from (stem + end for end in _CENTRAL)
        yield from (f"{s}{end}" for s in (stem.replace(" và ", " & "), stem.replace("Tuyên giáo và Dân vận", "TG&DV"),
                                               stem.replace("Tuyên giáo và Dân vận", "TGDV"), stem.replace(" và ", " - "))
                    for end in (" Trung ương", " TW"))  # fmt: skip


def _places(row: AgencyName, spellings: Sequence[Sequence[str]]) -> Iterator[Form]:
    if _ORGAN.match(row.name):  # the organs are found by what stands before the bare name
        return
    if _CITY_CODE.match(row.name) or row.name.endswith("Hồ Chí Minh"):
        yield from (Form(row.agency_id, text, "place", city=True) for text in (row.name, *_TP_HCM) if text != "Hồ Chí Minh")
        return
    bare = _UNITS.sub("", row.name)
    if bare == "Ho Chi Minh":
        return
    for text in dict.fromkeys([bare, *_spelt(bare, spellings)]):
        yield Form(row.agency_id, text, "place")
        if " - " in text:
            yield from (Form(row.agency_id, text.replace(" - ", joint), "place") for joint in ("-", " ", "- ", " -"))
    yield from (Form(row.agency_id, text, "place") for text in _declined(bare))


def _spelt(name: str, spellings: Sequence[Sequence[str]]) -> list[str]:
    found = [name]
    for group in spellings:
        for one in group:
            if any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", n) for n in found):
                found += [re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", other, n) for n in found for other in group]
                break
    return list(dict.fromkeys(found))


def _declined(name: str) -> Iterator[str]:
    """The cases of a Russian place name that ends in a consonant: Ханоя, в Хошимине."""
    if not re.search(r"[а-я]$", name) or name[-1] in "аеиоуыэюя":
        return
    stem, soft = (name[:-1], True) if name[-1] in "йь" else (name, False)
    yield from (stem + ending for ending in (("я", "ю", "ем", "е", "и", "ью") if soft else ("а", "у", "ом", "е")))
