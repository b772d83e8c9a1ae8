"""The head of a document in; which of the bodies named there issued it, out: they act, though no verb says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from classifier.agency_context import Passage
from classifier.agency_index import Hit

HEAD = 700
"""In so many characters of a document its letterhead stands."""

_NUMBERED = re.compile(r"\bso\s?:?\s{0,3}[\d./… _]{0,14}[-/]\s?[a-z0-9]{1,6}(?:\s?[-/]\s?[a-z0-9&]{1,8})+")
_MOTTO = re.compile(r"\bcong hoa xa hoi chu nghia|\bdang cong san viet nam|\bkhoa [ivxl]+, ky hop")
_KIND = re.compile(
    r"(?:^|[\n|.;*]|\s[-:])\s{0,3}(?:KẾ HOẠCH|QUYẾT ĐỊNH|NGHỊ QUYẾT|CHỈ THỊ|CÔNG VĂN|CÔNG ĐIỆN|THÔNG BÁO|THÔNG TƯ|HƯỚNG DẪN"
    r"|BÁO CÁO|TỜ TRÌNH|CHƯƠNG TRÌNH|ĐỀ ÁN|QUY CHẾ|KẾT LUẬN)\b"
)
_ADDRESSED = re.compile(r"\b(?:kinh gui|can cu|noi nhan|dieu 1)\b")
_FIELD = re.compile(r"\b(?:co quan|noi|don vi) ban hanh\s?[:|]\s{0,3}\Z|\bissuing body\s?[:|]\s{0,3}\Z")
_ORGANS = re.compile(
    r"(?:^|[\n|;*•]|[.:]\s|\s-\s)\s{0,3}(?:(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|tinh uy|thanh uy|ban thuong vu"
    r"|ban chap hanh|dang bo|dang uy|van phong|bch|btv|doan tncs ho chi minh|tinh doan|thanh doan|uy ban mttq(?: viet nam)?"
    r"|cong an|so [a-zđ&,\- ]{2,45}|tinh|thanh pho|tp\.?)\s{1,3})*\Z"
)
_CLOSED = re.compile(r"\s{0,3}(?:\Z|[\n|.;:*•]|-{2,}|[-–]\s|cong hoa\b|dang cong san\b|so\s?:|khoa\b)")
_OFFICE = re.compile(r"(?:bo|ban|uy ban|ngan hang|van phong|thanh tra|vien|dai|thong tan)\b")
_OF_A_PROVINCE = re.compile(
    r"\s*(?:ke hoach|quyet dinh|nghi quyet|chi thi|cong van|chuong trinh hanh dong|huong dan|bao cao|to trinh)(?: hanh dong)?"
    r"\s(?:so\s)?\d{1,6}(?:/\d{4})?\s?[/-]\s?[a-z]{1,6}\s?[-/]\s?(?:ubnd|hdnd|tu)\b"
)


class Letterhead:
    """The head of one document.

    The issuer stands alone on a line of the letterhead, above the number or the kind of the document ("BỘ Y TẾ", "UBND TỈNH LÀO
    CAI - KẾ HOẠCH"), in a legal site's field ("Cơ quan ban hành: Tỉnh Hà Tĩnh"), or in a headline that begins with a number of
    the province's own ("Kế hoạch 186/KH-UBND ... tỉnh Bắc Ninh").
    """

    def __init__(self, title: Passage, text: Passage) -> None:
        self._title, self._text = title, text

    def in_title(self, hits: Sequence[Hit]) -> list[Hit]:
        """Hits of the title, those of the issuer marked as acting."""
        return [_acting(hit, self._is_numbered or _is_issuer(self._title, hit, self._end_in_title)) for hit in hits]

    def in_text(self, hits: Sequence[Hit]) -> list[Hit]:
        """Hits of the text, those of the issuer marked as acting."""
        return [_acting(hit, hit.start < HEAD and _is_issuer(self._text, hit, self._end_in_text)) for hit in hits]

    @cached_property
    def _is_numbered(self) -> bool:
        return _OF_A_PROVINCE.match(self._title.folded) is not None

    @cached_property
    def _end_in_title(self) -> int:
        return _end_of_head(self._title)

    @cached_property
    def _end_in_text(self) -> int:
        return _end_of_head(self._text)


def _acting(hit: Hit, acts: bool) -> Hit:
    return replace(hit, actor=True) if acts and not hit.actor else hit


def _end_of_head(passage: Passage) -> int:
    """Where the number, the motto or the kind of a document stands first; 0 for a text that has no letterhead."""
    marks = [pattern.search(passage.folded, 0, HEAD) for pattern in (_NUMBERED, _MOTTO)]
    marks.append(_KIND.search(passage.text, 0, HEAD))
    ends = [mark.end() for mark in marks if mark]
    addressed = _ADDRESSED.search(passage.folded, 0, HEAD)
    return min(max(ends), addressed.start() if addressed else HEAD) if ends else 0


def _is_issuer(passage: Passage, hit: Hit, end: int) -> bool:
    before = max(0, hit.start - 110)
    if _FIELD.search(passage.folded, before, hit.start) or _FIELD.search(
        passage.folded, before, _without_unit(passage, hit.start)
    ):
        return True
    if hit.start >= end or _CLOSED.match(passage.folded, hit.end) is None:
        return False
    organ = _ORGANS.search(passage.folded, before, hit.start)
    if organ is None:
        return False
    # "Vĩnh Long" alone on a line is where something was written.
    office = _OFFICE.match(passage.folded, hit.start) or any(map(str.isalpha, organ[0]))
    return bool(office) or passage.text[hit.start : hit.end].isupper()


def _without_unit(passage: Passage, start: int) -> int:
    """Where "Tỉnh" or "Thành phố" begins before a name."""
    for unit in ("tinh ", "thanh pho "):
        if passage.folded.endswith(unit, 0, start):
            return start - len(unit)
    return start
