"""PDF and DOCX bytes in, the document's heading, text and date out; whatever cannot be read says why."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import docx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from classifier.text import clean, fold
from crawler.dates import parse_date
from crawler.extract.dating import document_day
from crawler.items import PublishedAt, Reason, Unreadable

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it could not read is told by the Unreadable

MAX_PAGES = 500
MAX_TEXT = 5_000_000
MAX_UNPACKED = 200 << 20
"""What the parts of a DOCX may unpack to; text of 1,000 pages is 20 MB of XML."""
_MAX_PARTS = 5_000
_MIN_TEXT = 20
_KIND = re.compile(
    r"^(?:ke hoach|quyet dinh|chuong trinh|nghi quyet|thong bao|bao cao|cong van|chi thi|to trinh|huong dan|de an|thong tu"
    r"|ket luan|nghi dinh|phuong an|cong dien)\b"
)
_BODY = re.compile(
    r"^(?:can cu|(?:thuc hien|trien khai) (?:nghi quyet|quyet dinh|ke hoach|chi thi|cong)|kinh gui"
    r"|[ivx]{1,4}[.)]|\d{1,2}[.)]|[a-z][.)]|phan "
    r"|chuong [ivx\d]|dieu \d|-)"
)
_FURNITURE = re.compile(
    r"cong hoa xa hoi|doc lap\s*[-–]|dang cong san|^so\s*[:.]|\bngay .{0,6}thang .{0,6}nam\b"
    r"|^uy ban nhan dan|^ubnd|^bo \w+( \w+)?$|^[\W\d_]*$"
)
_ENDS = re.compile(r"[.;:!?…]\W*$")


@dataclass(frozen=True, slots=True)
class Read:
    """One document: its heading as title, its paragraphs, the day in its head."""

    title: str
    text: str
    published: PublishedAt | None
    made: PublishedAt | None
    """When the PDF file was made: the last resort for a document that names no day."""


def document_kind(body: bytes) -> Literal["pdf", "docx", "other"] | None:
    """What the bytes are by their first marks: a PDF, a DOCX, another binary format, or None for text such as HTML."""
    head = body[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    binary = (
        b"\xd0\xcf\x11\xe0",
        b"{\\rtf",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"RIFF",
        b"\x1f\x8b",
        b"Rar!",
        b"7z\xbc",
        b"ID3",
        b"\0\0\0",
    )
    unicode16 = head[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
    controls = 0 if unicode16 else sum(1 for byte in head if byte < 9 or 13 < byte < 27)
    return "other" if head.startswith(binary) or controls * 20 > len(head) else None


def read_pdf(body: bytes) -> Read:
    """Read a PDF; raises Unreadable: BAD_DOCUMENT where it is broken or locked, NO_TEXT where it holds pictures only."""
    try:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(Reason.BAD_DOCUMENT, "PDF is locked with a password")
        pages: list[str] = []
        for number, page in enumerate(reader.pages):
            if number >= MAX_PAGES or sum(map(len, pages)) > MAX_TEXT:
                break
            pages.append(page.extract_text())
        made = reader.metadata.creation_date_raw if reader.metadata else None
    except Unreadable:
        raise
    except PyPdfError as error:
        raise Unreadable(Reason.BAD_DOCUMENT, f"PDF: {error}") from error
    except Exception as error:
        raise Unreadable(Reason.BAD_DOCUMENT, f"PDF: {type(error).__name__}: {error}") from error
    lines = [line for page in pages for line in _lines(page)]
    if sum(map(len, lines)) < _MIN_TEXT:
        raise Unreadable(Reason.NO_TEXT, f"PDF of {len(pages)} pages without text: scanned pictures")
    claim = parse_date(str(made), source="pdf") if made else None
    return _read(_paragraphs(lines), "pdf", claim)


def read_docx(body: bytes) -> Read:
    """Read a DOCX, tables and text boxes in their place; raises Unreadable(BAD_DOCUMENT, NO_TEXT or TOO_LARGE)."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > _MAX_PARTS:
                raise Unreadable(Reason.TOO_LARGE, "DOCX unpacks to more than a document can hold")
            if not any(part.filename.startswith("word/") for part in parts):
                raise Unreadable(Reason.BAD_DOCUMENT, "a ZIP file that is no DOCX")
        document = docx.Document(io.BytesIO(body))
        paragraphs = list(_docx_paragraphs(document))
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(Reason.BAD_DOCUMENT, f"DOCX: {type(error).__name__}: {error}") from error
    lines = [line for paragraph in paragraphs for line in _lines(paragraph)]
    if sum(map(len, lines)) < _MIN_TEXT:
        raise Unreadable(Reason.NO_TEXT, "DOCX without text")
    return _read(lines, "docx", None)


def _docx_paragraphs(document: docx.document.Document) -> Iterator[str]:
    """Every paragraph in document order, those in table cells and text boxes too, each once."""
    size = 0
    for element in document.element.body.iter(qn("w:p")):
        if next(element.iterancestors("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"), None) is not None:
            continue  # the same text box again, for old versions of Word
        text = Paragraph(element, document).text
        size += len(text)
        if size > MAX_TEXT:
            return
        yield text


def _lines(text: str) -> list[str]:
    return [line for raw in clean(text).splitlines() if (line := " ".join(raw.split()))]


def _paragraphs(lines: list[str]) -> list[str]:
    """Join what the page's width broke: a full line that does not end a sentence goes on in the next."""
    full = 0.7 * sorted(map(len, lines))[int(len(lines) * 0.9)]
    joined: list[str] = []
    open_end = False
    for line in lines:
        starts_anew = bool(_BODY.match(fold(line))) or (_is_upper(line) != (bool(joined) and _is_upper(joined[-1])))
        if joined and open_end and not starts_anew:
            joined[-1] += " " + line
        else:
            joined.append(line)
        open_end = len(line) >= full and not _ENDS.search(line)
        if line[:1].islower() and not _ENDS.search(line) and len(line) < full:
            open_end = False
    return joined


def _is_upper(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def _read(lines: list[str], source: Literal["pdf", "docx"], made: PublishedAt | None) -> Read:
    day = document_day("\n".join(lines[:60]))
    published = PublishedAt(day.value, day.has_time, source) if day else None
    return Read(_heading(lines), "\n".join(lines), published, made)


def _heading(lines: list[str]) -> str:
    """KẾ HOẠCH and the lines that say for what, up to where the body begins; else the first lines that are no letterhead."""
    for number, line in enumerate(lines[:60]):
        if _KIND.match(fold(line)) and (_is_upper(line.split(":")[0]) or len(line) < 20):
            return " ".join(_until_body(lines[number:]))[:1_000]
    plain = [line for line in lines[:30] if not _FURNITURE.search(fold(line))]
    return " ".join((plain or lines)[:2])[:1_000]


def _until_body(lines: list[str]) -> Iterator[str]:
    yield lines[0]
    size = 0
    for line in lines[1:6]:
        begins = _BODY.match(fold(line)) and (size or not fold(line).startswith(("thuc hien", "trien khai")))
        if begins or not re.search(r"\w", line) or (size and size + len(line) > 400):
            return
        if size and line.endswith((".", ":", ";")):
            return
        size += len(line)
        yield line
