"""Write official documents as files: a title and paragraphs in, the bytes of a PDF or a DOCX out, the same every time."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from docx import Document as new_docx

_HERE = Path(__file__).parent
_FONT = _HERE / "dejavu-sans-condensed-vietnamese.ttf"
"""DejaVu Sans Condensed (FONT-LICENSE.txt), cut down to the letters of Vietnamese with fontTools:
`pyftsubset DejaVuSansCondensed.ttf --layout-features= --no-hinting --text-file=LETTERS`."""

_SIZE = 11
_LEADING = 16
_LEFT, _TOP, _BOTTOM = 70, 780, 70
_LINE = 84
"""Characters that fit on a line between the margins of an A4 page at 11 points."""

# Objects 3 to 5 of every file; 6 is the map back to Unicode, 7 the font itself.
_TYPE0 = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /DejaVuSansCondensed /Encoding /Identity-H"
    b" /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>"
)
_CID_FONT = (
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /DejaVuSansCondensed /CIDToGIDMap /Identity /DW 600"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R"
)
_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /DejaVuSansCondensed /Flags 4 /FontBBox [-1000 -400 1500 1100] /ItalicAngle 0"
    b" /Ascent 928 /Descent -236 /CapHeight 729 /StemV 80 /FontFile2 7 0 R >>"
)

_TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{chunks}
endcmap CMapName currentdict /CMap defineresource pop end end"""


@cache
def _glyphs() -> dict[str, tuple[int, int]]:
    """Character to glyph number in the font and advance width in thousandths of the type size."""
    return {char: (gid, width) for char, (gid, width) in json.loads((_HERE / "glyphs.json").read_text(encoding="utf-8")).items()}


def pdf(title: str, paragraphs: Sequence[str], when: datetime) -> bytes:
    """A PDF with an embedded Unicode font, so that readers get the Vietnamese text back.

    `title` and `when`, the creation date, stand in its properties only: official documents begin with the name of the body.
    """
    pages = list(_pages(paragraphs))
    used = sorted({char for page in pages for line in page for char in line} & _glyphs().keys())
    font = _FONT.read_bytes()
    widths = " ".join(f"{gid} [{width}]" for gid, width in sorted(_glyphs()[char] for char in used))
    first = 8
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (vi) >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        _TYPE0,
        _CID_FONT + f" /W [{widths}] >>".encode(),
        _DESCRIPTOR,
        _stream(_to_unicode(used).encode()),
        _stream(font, f" /Length1 {len(font)}"),
    ]
    for n, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * n + 1} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(_stream(_content(page).encode()))
    objects.append(
        b"<< /Title <" + ("\ufeff" + title).encode("utf-16-be").hex().encode() + b">"
        b" /CreationDate (D:" + f"{when:%Y%m%d%H%M%S}+07'00'".encode() + b") >>"
    )
    return _assemble(objects)


def docx(title: str, paragraphs: Sequence[str], when: datetime) -> bytes:
    """A Word file of these paragraphs; `title` and `when`, the creation date, stand in its properties only."""
    document = new_docx()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    properties = document.core_properties
    properties.title, properties.author = title, "Văn phòng"
    properties.created = properties.modified = when.replace(tzinfo=None)
    properties.last_modified_by, properties.revision = "Văn phòng", 1
    written = io.BytesIO()
    document.save(written)
    return _undated(written.getvalue())


def broken_pdf() -> bytes:
    """What an interrupted upload leaves: the head of a PDF, and no objects in it."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R\n" + bytes(range(128, 256)) * 4


def _undated(archive: bytes) -> bytes:
    """The same archive with one fixed time on every member: the bytes must not change from start to start."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(zipfile.ZipInfo(member.filename), source.read(member), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _pages(paragraphs: Sequence[str]) -> list[list[str]]:
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [*textwrap.wrap(paragraph, _LINE, break_long_words=False, break_on_hyphens=False), ""]
    height = (_TOP - _BOTTOM) // _LEADING
    return [lines[start : start + height] for start in range(0, len(lines), height)]


def _content(lines: Sequence[str]) -> str:
    shown = (f"<{''.join(f'{_glyphs()[char][0]:04X}' for char in line if char in _glyphs())}> Tj T*" for line in lines)
    return f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n" + "\n".join(shown) + "\nET"


def _to_unicode(used: Sequence[str]) -> str:
    pairs = [f"<{_glyphs()[char][0]:04X}> <{ord(char):04X}>" for char in used]
    # The format allows at most 100 pairs a block.
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    return _TO_UNICODE.format(chunks="\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks))


def _stream(data: bytes, extra: str = "") -> bytes:
    packed = zlib.compress(data, 9)
    return f"<< /Length {len(packed)} /Filter /FlateDecode{extra} >>\nstream\n".encode() + packed + b"\nendstream"


def _assemble(objects: Sequence[bytes]) -> bytes:
    body = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for n, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{n} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()
