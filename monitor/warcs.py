"""A path or an address of a WARC file in, a stream out that can seek: local files, http(s) by byte ranges, S3."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from crawler.archive import ArchiveError

_BLOCK = 4 << 20
"""Bytes asked for at a time where they come over a network."""
_REMOTE = ("http://", "https://", "s3://")


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open `file` for reading. Raises ArchiveError naming it."""
    try:
        stream = _remote(file) if file.startswith(_REMOTE) else io.BufferedReader(io.FileIO(file), _BLOCK)
    except ImportError as error:
        raise ArchiveError(file, 0, "addresses need fsspec; pip install 'nq57[scale]'") from error
    except (OSError, ValueError) as error:
        raise ArchiveError(file, 0, (error.strerror if isinstance(error, OSError) else None) or str(error)) from error
    with stream:
        yield stream


def size_of(file: str) -> int:
    """Its bytes. Raises ArchiveError naming it."""
    with opened(file) as stream:
        try:
            return stream.seek(0, 2)
        except (OSError, ValueError) as error:
            raise ArchiveError(file, 0, "the server gives no byte ranges; fetch the file first") from error


def _remote(file: str) -> BinaryIO:
    import fsspec

    if file.startswith("s3://"):
        from obstore.fsspec import register

        register("s3")
    return cast("BinaryIO", fsspec.open(file, "rb", block_size=_BLOCK).open())
