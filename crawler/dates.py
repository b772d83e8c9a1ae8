"""Dates as Vietnamese sites and feeds write them in, publication times in Asia/Ho_Chi_Minh out; nonsense gives None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from classifier.text import clean, fold
from crawler.clock import VIETNAM
from crawler.items import DateSource, PublishedAt

_PARSED = 300
_SEARCHED = 20_000
_WINDOW = 120
_YEARS = range(1990, 2100)

# All patterns read folded text (lower case, no diacritics) and have bounded quantifiers only.
_YEAR = r"((?:19|20)[0-9]{2})(?![0-9])"
_EN = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_RU = "январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[яи]|июн[ья]|июл[ья]|августа?|сентябр[ья]|октябр[ья]|ноябр[ья]|декабр[ья]"
_VI_WORDS = ("gieng", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai", "mot", "chap")
_VI = r"(?:thang|thg|th)[\s.]{0,2}(?:[01]?[0-9](?![0-9])|" + "|".join(sorted(_VI_WORDS, key=len, reverse=True)) + ")"
_WEST = (
    "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|januar|februar|marz|juni|juli|oktober|dezember"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_MONTH = rf"(?<![a-zа-я])({_VI}|{_EN}|{_RU}|{_WEST})(?![a-zа-я])"
_EN_STARTS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEST_STARTS = (
    *(("ja", "ene"), ("fev", "feb"), ("mar",), ("avr", "abr"), ("mai", "may"), ("juin", "juni", "jun")),
    *(("juil", "jul"), ("aou", "ago"), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez", "dic")),
)
_RU_STARTS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")

_ISO = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([-/.])([01]?[0-9])\2([0-3]?[0-9])(?![0-9])")
_HAN = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})\s?年\s?([01]?[0-9])\s?月\s?([0-3]?[0-9])\s?日")
_NUMERIC = re.compile(
    r"(?<![0-9:])(?<![0-9][/.])([0-3]?[0-9])\s{0,2}([/.\-])\s{0,2}([01]?[0-9])\s{0,2}\2\s{0,2}"
    r"((?:19|20)[0-9]{2}(?![0-9])|[0-9]{2}(?![0-9:]|\s?[/.\-]\s?[0-9]))"
)
_AMERICAN = re.compile(r"(?<![0-9:/.\-])([01]?[0-9])/([0-3]?[0-9])/((?:19|20)[0-9]{2})(?![0-9])")
_DAY_FIRST = re.compile(
    rf"(?<![0-9:])([0-3]?[0-9])(?:st|nd|rd|th)?[\s,.\-/]{{0,3}}(?:of\s|de\s)?{_MONTH}[\s,.\-/]{{0,3}}(?:nam\s{{0,2}}|de\s)?"
    rf"(?:{_YEAR}|([0-9]{{2}})(?=\s{{1,2}}[0-9]{{1,2}}:))"
)
_MONTH_FIRST = re.compile(rf"{_MONTH}[\s.,]{{1,3}}([0-3]?[0-9])(?:st|nd|rd|th)?[\s,]{{1,3}}{_YEAR}")
_ASCTIME = re.compile(
    rf"{_MONTH}\s{{1,2}}([0-3]?[0-9])\s{{1,2}}([0-2]?[0-9]:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s[+a-z0-9]{{1,5}})?)\s{_YEAR}"
)
_COMPACT = re.compile(
    r"\s?(?:d:)?((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?:[t ]?([0-2][0-9])([0-5][0-9])([0-5][0-9])?(?:[.][0-9]{1,9})?)?"
    r"\s?(z|[+-][0-9]{2}[:']?(?:[0-9]{2})?'?)?\s?"
)

_NAMED_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "ict": 7, "msk": 3, "jst": 9, "cet": 1, "cest": 2}
_NAMED_ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_TIME = (
    r"(?<![0-9])(?P<hour>[01]?[0-9]|2[0-4])\s?(?:[:hg]|\sgio\s)\s?(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,][0-9]{1,9})?)?"
    r"(?:\sphut)?(?:\s?(?P<half>am|pm|a\.m\.|p\.m\.|sa|ch)(?![a-z]))?"
    # A bare offset needs its minutes or a plus: in "17:15 -10 tháng 6" the dash is none.
    r"(?:[\s,]{0,2}\(?\s?(?:(?:gmt|utc)\s{0,2}(?P<named_offset>[+-]\s{0,2}[0-9]{1,2}(?::?[0-9]{2})?)"
    r"|(?P<offset>[+-][0-9]{2}:?[0-9]{2}(?![0-9/.\-])|\+[0-9]{1,2}(?![0-9/.\-]))"
    rf"|(?P<zone>{'|'.join(sorted(_NAMED_ZONES, key=len, reverse=True))})(?![a-z]))\s?\)?)?"
)
_GAP = r"[\s,;|()\-–—•·]{0,8}"
_WEEKDAY = (
    r"(?:(?:thu\s(?:hai|ba|tu|nam|sau|bay|[2-7])|chu\snhat|t[2-7]|cn|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6})[\s,.\-]{1,4})"
)
_TIME_AFTER = re.compile(rf"(?:t|{_GAP}(?:(?:vao\s)?(?:luc|hoi|at|в)\s)?){_TIME}")
_TIME_BEFORE = re.compile(rf"{_TIME}{_GAP}{_WEEKDAY}?(?:ngay[\s:]{{1,3}})?$")

# The dates of laws, licences and minutes are not dates of publication.
_OF_A_DOCUMENT = re.compile(
    r"giay phep|cap (?:lan \w{1,5} )?ngay"
    r"|(?:nghi quyet|quyet dinh|ket luan|chi thi|nghi dinh|cong van|thong tu|thong bao|ke hoach|to trinh|luat"
    r"|resolution|decision)[^\n]{0,80}?(?:ngay|dated?|of|on|ky)[\s:]{1,3}$"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    year: str
    month: int
    day: str
    inner_time: str | None = None


def parse_date(text: str, *, source: DateSource, month_first: bool = False) -> PublishedAt | None:
    """What a date field says, whatever stands round the date; None where it says nothing plausible. Never raises.

    Day comes before month (05/06/2025 is 5 June) unless `month_first` says that the page is American; two-digit years are of
    this century, a time without zone is Asia/Ho_Chi_Minh, any other zone is converted. Reads the first 300 characters. Forms:
    ISO 8601, RFC 822 with `GMT+7`, `+07:00` or no zone, asctime, PDF dates, d/m/Y with slash, dash or dot, month names in
    Vietnamese, English, Russian, French, German and Spanish.
    """
    folded = fold(clean(text[:_PARSED]))
    if compact := _COMPACT.fullmatch(folded):
        return _compact(compact, source)
    return next(
        (found for candidate in _candidates(folded, month_first) if (found := _published(candidate, folded, source))), None
    )


def find_date(text: str, *, source: DateSource = "visible", month_first: bool = False) -> PublishedAt | None:
    """The first plausible date of a visible text, with the time beside it, or None.

    Dates that belong to a document or a licence ("Nghị quyết số 57-NQ/TW ngày 22/12/2024", "cấp ngày 01/09/2021") are passed
    over. Reads the first 20,000 characters: give it the neighbourhood of the title, not the page.
    """
    folded = fold(clean(text[:_SEARCHED]))
    previous = 0
    for candidate in _candidates(folded, month_first):
        before = max(previous, candidate.start - _WINDOW)
        previous = max(previous, candidate.end)
        if _OF_A_DOCUMENT.search(folded, before, candidate.start):
            continue
        if found := _published(candidate, folded, source):
            return found
    return None


def _candidates(folded: str, month_first: bool) -> list[_Candidate]:
    return sorted(_unsorted(folded, month_first), key=lambda candidate: (candidate.start, -candidate.end))


def _unsorted(folded: str, month_first: bool) -> Iterator[_Candidate]:
    """Every date by its pattern; 06/25/2025 can only be American."""
    american = {m.start(): m for m in _AMERICAN.finditer(folded) if month_first or int(m[2]) > 12}
    for m in american.values():
        yield _Candidate(m.start(), m.end(), m[3], int(m[1]), m[2])
    for pattern in (_ISO, _HAN):
        for m in pattern.finditer(folded):
            year, *_, month, day = m.groups()
            yield _Candidate(m.start(), m.end(), year, int(month), day)
    for m in _NUMERIC.finditer(folded):
        if m.start() in american and int(m[1]) <= 12:
            continue
        yield _Candidate(m.start(), m.end(), m[4], int(m[3]), m[1])
    for m in _DAY_FIRST.finditer(folded):
        yield _Candidate(m.start(), m.end(), m[3] or m[4], _month(m[2]), m[1])
    for m in _MONTH_FIRST.finditer(folded):
        yield _Candidate(m.start(), m.end(), m[3], _month(m[1]), m[2])
    for m in _ASCTIME.finditer(folded):
        yield _Candidate(m.start(), m.end(), m[4], _month(m[1]), m[2], m[3])


def _month(name: str) -> int:
    """1 to 12 for a name that `_MONTH` matched."""
    if name.startswith(("thang", "thg", "th")):
        rest = re.sub(r"^(?:thang|thg|th)[\s.]*", "", name)
        if rest.isdigit():
            return int(rest)
        return {"mot": 1, "chap": 12}.get(rest) or _VI_WORDS.index(rest) + 1
    if name.isascii():
        starts = enumerate(((*west, english) for west, english in zip(_WEST_STARTS, _EN_STARTS, strict=True)), 1)
    else:
        starts = enumerate(((russian,) for russian in _RU_STARTS), 1)
    # "мар" begins with "ма": the longest start decides.
    return max((len(start), number) for number, known in starts for start in known if name.startswith(start))[1]


def _published(candidate: _Candidate, folded: str, source: DateSource) -> PublishedAt | None:
    year = int(candidate.year) + (2000 if len(candidate.year) == 2 else 0)
    day = _midnight(year, candidate.month, int(candidate.day))
    if day is None:
        return None
    if candidate.inner_time is not None:
        time = _TIME_AFTER.match(candidate.inner_time)
    else:
        time = _TIME_BEFORE.search(folded, max(0, candidate.start - _WINDOW), candidate.start)
        time = time or _TIME_AFTER.match(folded, candidate.end)
    return _at(day, time, source) if time else PublishedAt(day, has_time=False, source=source)


def _at(day: datetime, time: re.Match[str], source: DateSource) -> PublishedAt:
    hour = int(time["hour"])
    half = (time["half"] or "")[:1]
    if half in ("p", "c") and hour < 12:
        hour += 12
    elif half in ("a", "s") and hour == 12:
        hour = 0
    if hour > 23:
        return PublishedAt(day, has_time=False, source=source)
    zone = _zone(time["named_offset"] or time["offset"], time["zone"])
    local = day.replace(hour=hour, minute=int(time["minute"]), second=int(time["second"] or 0), tzinfo=zone)
    return _stamped(local, source)


def _stamped(local: datetime, source: DateSource) -> PublishedAt:
    """The moment in Vietnam; midnight east of it names the day that is written and no time, or it would be the day before."""
    here = local.astimezone(VIETNAM)
    if here.date() < local.date() and not (local.hour or local.minute or local.second):
        return PublishedAt(local.replace(tzinfo=VIETNAM), has_time=False, source=source)
    return PublishedAt(here, has_time=True, source=source)


def _zone(offset: str | None, name: str | None) -> timezone:
    """The zone that was written; Vietnam's where none was, or one that no clock on earth shows."""
    if name:
        return timezone(timedelta(hours=_NAMED_ZONES[name]))
    digits = re.sub(r"[^0-9]", "", offset or "")
    if not offset or not digits:
        return VIETNAM
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        return VIETNAM
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(-distance if offset.startswith("-") else distance)


def _compact(m: re.Match[str], source: DateSource) -> PublishedAt | None:
    day = _midnight(int(m[1]), int(m[2]), int(m[3]))
    if day is None or (m[4] and int(m[4]) > 23):
        return None
    if m[4] is None:
        return PublishedAt(day, has_time=False, source=source)
    zone = _zone(m[7], None) if m[7] != "z" else _zone(None, "z")
    local = day.replace(hour=int(m[4]), minute=int(m[5]), second=int(m[6] or 0), tzinfo=zone)
    return _stamped(local, source)


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=VIETNAM) if year in _YEARS else None
    except ValueError:
        return None
