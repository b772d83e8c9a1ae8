"""Bytes of a web page in, readable Unicode out: charsets declared, lied about or long dead, in NFC and without control bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from classifier.text import nfc
from crawler.items import Notice, Reason

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096
"""How far the declaration may stand from the start; HTML says 1,024, real pages are later."""
_SNIFF_BYTES = 20_000
_TELLING = 3
"""Words of an old encoding that make a text one of it: one or two are names, or another language."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ALIASES = {"utf8": "utf-8", "x-user-defined": "windows-1252", "iso-8859-1": "windows-1252", "latin1": "windows-1252"}

_WESTERN = frozenset(
    {"latin_1", "iso8859_14", "iso8859_15", "iso8859_9", "iso8859_10", "iso8859_13", "cp1254", "cp1250", "cp1257"}
)
"""What a guess confuses with windows-1252, which is the one in use."""

# TCVN 5712:1993 (the .VnTime fonts) in the places where windows-1252 shows its bytes.
_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# VNI Windows: a base letter followed by a letter that stands for its mark.
_VNI_ROWS = {
    "a": "ùá øà ûả õã ïạ ââ áấ àầ åẩ ãẫ äậ êă éắ èằ úẳ üẵ ëặ",
    "e": "ùé øè ûẻ õẽ ïẹ âê áế àề åể ãễ äệ",
    "o": "ùó øò ûỏ õõ ïọ âô áố àồ åổ ãỗ äộ",
    "u": "ùú øù ûủ õũ ïụ",
    "y": "ùý øỳ ûỷ õỹ",
    "ô": "ùớ øờ ûở õỡ ïợ",
    "ö": "ùứ øừ ûử õữ ïự",
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}

# The commonest words that tell the encodings apart; each needs a letter outside ASCII.
_COMMON = ("và", "của", "các", "được", "những", "người", "không", "với", "một", "để")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, what it was decoded from, and what could not be saved."""

    text: str
    encoding: str
    warnings: tuple[Notice, ...] = ()


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page: BOM, then UTF-8 where the bytes are valid, then the HTTP charset, the page's own, and a guess.

    Valid UTF-8 comes before every declaration because text in another charset is hardly ever valid UTF-8, while
    declarations are often wrong. Never raises; lost or converted characters are told in the warnings.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _finish(body[len(bom) :].decode(name, "replace"), name)
    if body[:2] in (b"<\0", b"\0<"):
        name = "utf-16-le" if body[:1] == b"<" else "utf-16-be"
        return _finish(body.decode(name, "replace"), name)
    try:
        return _finish(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    name = "utf-8" if _mostly_utf8(body) else _charset(body, content_type)
    return _finish(body.decode(name, "replace"), name)


def looks_damaged(text: str) -> str | None:
    """Say how `text` is damaged (an old encoding, lost characters), or None where it reads well."""
    lost = text.count("\ufffd")
    if lost:
        return f"{lost} characters could not be decoded"
    for name, words in _SIGNATURES.items():
        if _is_legacy(text, words):
            return f"text looks like {name}"
    return None


def _finish(text: str, encoding: str) -> Decoded:
    warnings = []
    for name, words in _SIGNATURES.items():
        if _is_legacy(text, words):
            text = _from_tcvn3(text) if name == "TCVN3" else _from_vni(text) if name == "VNI" else _from_mojibake(text)
            warnings.append(Notice(Reason.BAD_ENCODING, f"converted from {name}"))
            break
    return Decoded(nfc(_CONTROL.sub("", text)), encoding, tuple(warnings))


def _charset(body: bytes, content_type: str | None) -> str:
    """The declared charset, unless another one gives Vietnamese and it does not; a guess where none is declared."""
    sample = _sample(body)
    declared = _declared(body, content_type)
    scores = {name: _vietnamese(nfc(sample.decode(name, "replace"))) for name in (*declared, "cp1258")}
    best = max(scores, key=lambda name: scores[name])
    if scores[best]:
        return best
    western = sample.decode("cp1252", "replace")
    if any(_is_legacy(western, words) for words in _SIGNATURES.values()):
        return "cp1252"
    return declared[0] if declared else _sniffed(sample)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    named = []
    if content_type and (found := _HTTP_CHARSET.search(content_type)):
        named.append(found[1])
    if meta := _META_CHARSET.search(body[:_HEAD_BYTES]):
        named.append(meta[1].decode("ascii", "replace"))
    return [known for name in named if (known := _known(name)) and known != "utf-8"]


def _known(name: str) -> str | None:
    """The codec's name as Python knows it; None for names of no text encoding."""
    name = name.lower()
    try:
        info = codecs.lookup(_ALIASES.get(name, name))
        "".encode(info.name)
    except LookupError:
        return None
    return info.name


def _sample(body: bytes) -> bytes:
    """The middle of the page holds more prose than its head."""
    if len(body) <= 4 * _SNIFF_BYTES:
        return body
    middle = len(body) // 2
    return body[middle - 2 * _SNIFF_BYTES : middle + 2 * _SNIFF_BYTES]


def _mostly_utf8(body: bytes) -> bool:
    """UTF-8 with a few broken sequences (a text cut inside a letter) is still UTF-8."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 20 < sum(1 for c in text[: 4 * _SNIFF_BYTES] if c > "\x7f")


def _sniffed(sample: bytes) -> str:
    best = from_bytes(sample[:_SNIFF_BYTES]).best()
    if best is None:
        return "utf-8"
    return "cp1252" if best.encoding in _WESTERN else best.encoding


def _vietnamese(text: str) -> int:
    return _count(text, _COMMON)


def _count(text: str, words: tuple[str, ...]) -> int:
    plain = text[: 8 * _SNIFF_BYTES]
    return sum(plain.count(f" {word} ") for word in words if not word.isascii())


def _is_legacy(text: str, words: tuple[str, ...]) -> bool:
    """Whether three of the words occur, more often than the right ones.

    A single letter is found many times as fast as a word: most pages have none of the letters that give an old encoding away.
    """
    if text.isascii():
        return False
    found = sum(1 for word in words if _telltale(word) in text and word in text)
    return found >= _TELLING and _count(text, words) > 2 * _vietnamese(text)


def _telltale(word: str) -> str:
    """The letter of a word that is least likely on any other page: a mark that stands for a letter, where it has one."""
    return next((letter for letter in reversed(word) if not letter.isalnum()), max(word))


def _from_tcvn3(text: str) -> str:
    return text.translate({ord(old): new for old, new in _TCVN3.items()})


def _from_vni(text: str) -> str:
    return _VNI.sub(lambda found: _VNI_TABLE[found[0]], text)


def _from_mojibake(text: str) -> str:
    """UTF-8 that was read as windows-1252 and written as UTF-8 again."""
    raw = b"".join(c.encode("cp1252", "ignore") or c.encode("latin-1", "ignore") or c.encode() for c in text)
    return raw.decode("utf-8", "replace")


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for base, row in _VNI_ROWS.items():
        table.update({base + pair[0]: pair[1] for pair in row.split()})
    upper = {old.upper(): new.upper() for old, new in table.items()}
    mixed = {old[0].upper() + old[1:]: new.upper() for old, new in table.items() if len(old) == 2}
    return {**table, **upper, **mixed}


_VNI_TABLE = _vni_table()
_VNI = re.compile("|".join(sorted(map(re.escape, _VNI_TABLE), key=len, reverse=True)))


def _signature(table: dict[str, str]) -> tuple[str, ...]:
    """The common words as they look in an old encoding."""
    back = {new: old for old, new in table.items()}
    return tuple("".join(back.get(c, c) for c in word) for word in _COMMON)


_SIGNATURES = {
    "TCVN3": _signature(_TCVN3),
    "VNI": _signature({old: new for old, new in _VNI_TABLE.items() if old == old.lower()}),
    "doubly encoded UTF-8": tuple(
        "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in word.encode()) for word in _COMMON
    ),
}
