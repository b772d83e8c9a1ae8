"""A path or an address of a WARC file in, a stream out that can seek: local files, http(s) by byte ranges, S3."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from crawler.archive import ArchiveError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Made = TypeVar("Made")
_BLOCK = 4 << 20
"""Bytes asked for at a time, at a distance as here."""
_REMOTE = ("http://", "https://", "s3://")
_TRIES = 6
"""With pauses that double from half a second: what does not come back within half a minute is for the next run."""
_NO_RANGES = "the server gives no byte ranges; fetch the file first"
_SILENCE = 30
"""Seconds without a byte after which a server is given up for this try."""


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open `file` for reading. Raises ArchiveError naming it, then and later whenever a distant file cannot be had.

    What is damaged in a file raises OSError instead: that costs a record and no more, while an outage ends the reading.
    """
    try:
        raw = _Distant(file) if file.startswith(_REMOTE) else io.FileIO(file)
    except ImportError as error:
        raise ArchiveError(file, 0, f"addresses need {error.name}; pip install 'nq57[scale]'") from error
    except OSError as error:
        raise ArchiveError(file, 0, error.strerror or str(error)) from error
    with io.BufferedReader(raw, _BLOCK) as stream:
        yield stream


def located(file: str) -> str:
    """The same file for whoever is not in this folder: workers, and the next run, which goes on by this name."""
    return file if file.startswith(_REMOTE) else str(Path(file).resolve())


def size_of(file: str) -> int:
    """Its bytes. Raises ArchiveError naming it."""
    with opened(file) as stream:
        return stream.seek(0, io.SEEK_END)


class _Distant(io.RawIOBase):
    """A file over a network, read by byte ranges; whatever passes by itself is waited for.

    Raises ImportError where the libraries for addresses are not installed, ArchiveError for all that a server or a network does.
    """

    def __init__(self, file: str) -> None:
        from fsspec.core import url_to_fs

        self._name = file
        self._at = 0
        self._system, self._path = url_to_fs(file, **(_s3() if file.startswith("s3://") else _http()))
        known = self._patiently(lambda: self._system.info(self._path))
        if known.get("size") is None or not known.get("partial", True):
            raise ArchiveError(file, 0, _NO_RANGES)
        self._size = int(known["size"])

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill `buffer` with what comes next, from one request."""
        view = memoryview(buffer)
        end = min(self._at + len(view), self._size)
        if end <= self._at:
            return 0
        found = self._patiently(lambda: self._range(self._at, end))
        view[: len(found)] = found
        self._at = end
        return len(found)

    def readable(self) -> bool:
        """It is only read."""
        return True

    def seekable(self) -> bool:
        """By byte ranges."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go there; nothing is asked for yet."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def _range(self, start: int, end: int) -> bytes:
        found = bytes(self._system.cat_file(self._path, start, end))
        if len(found) > end - start:
            raise ValueError(_NO_RANGES)
        if len(found) < end - start:
            raise OSError(f"{len(found)} of {end - start} bytes came")
        return found

    def _patiently(self, ask: Callable[[], Made]) -> Made:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

        wait = wait_exponential_jitter(multiplier=0.5, jitter=0.5)
        tries = Retrying(stop=stop_after_attempt(_TRIES), wait=wait, retry=retry_if_exception(_passes), reraise=True)
        try:
            return tries(ask)
        except ImportError:
            raise
        except Exception as error:  # each library at the other end has a hierarchy of its own
            raise ArchiveError(self._name, self._at, _words(error)) from error


def _http() -> dict[str, Any]:
    from aiohttp import ClientTimeout

    timeout = ClientTimeout(total=None, sock_connect=_SILENCE, sock_read=_SILENCE)
    return {"client_kwargs": {"timeout": timeout}}


def _s3() -> dict[str, Any]:
    from obstore.fsspec import register

    register("s3")
    return {"retry_config": {"max_retries": 0}}  # its own patience is three minutes a read


def _passes(error: BaseException) -> bool:
    """Whether the same request may be answered a moment later."""
    error = _root(error)
    if isinstance(error, ImportError | FileNotFoundError | PermissionError | ValueError) or not isinstance(error, Exception):
        return False
    status = getattr(error, "status", None)
    return not isinstance(status, int) or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS


def _root(error: BaseException) -> BaseException:
    """fsspec takes whatever goes wrong at the first request for a file that is not there, and says why only as the cause."""
    return error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ else error


def _words(error: BaseException) -> str:
    error = _root(error)
    if isinstance(error, FileNotFoundError) or getattr(error, "status", None) == HTTPStatus.NOT_FOUND:
        return "not found there"
    return (str(error) or type(error).__name__).splitlines()[0][:300]
