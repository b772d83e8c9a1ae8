"""A path or an address of a WARC file in, a stream out that can seek: local files, http(s) by byte ranges, S3."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
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


def size_of(file: str) -> int:
    """Its bytes. Raises ArchiveError naming it."""
    with opened(file) as stream:
        try:
            return stream.seek(0, 2)
        except (OSError, ValueError) as error:
            raise ArchiveError(file, 0, "the server gives no byte ranges; fetch the file first") from error


class _Distant(io.RawIOBase):
    """A file over a network; whatever passes by itself is waited for.

    Raises ImportError where the libraries for addresses are not installed, ArchiveError for all that a server or a network does.
    """

    def __init__(self, file: str) -> None:
        import fsspec

        self._name = file
        self._file: Any = None
        options = _s3() if file.startswith("s3://") else _http()
        self._file = self._patiently(lambda: fsspec.open(file, "rb", cache_type="none", **options).open())

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill `buffer` with what comes next, from one request."""
        view = memoryview(buffer)
        found = self._patiently(lambda: self._file.read(len(view)))
        view[: len(found)] = found
        return len(found)

    def readable(self) -> bool:
        """It is only read."""
        return True

    def seekable(self) -> bool:
        """Whether the server gives byte ranges."""
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go there; nothing is asked for yet. Raises ValueError where the server gives no byte ranges."""
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        """Where the next read begins."""
        return int(self._file.tell())

    def close(self) -> None:
        """Let go of the connection."""
        if self._file is not None:
            self._file.close()
        super().close()

    def _patiently(self, ask: Callable[[], Made]) -> Made:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

        wait = wait_exponential_jitter(multiplier=0.5, jitter=0.5)
        tries = Retrying(stop=stop_after_attempt(_TRIES), wait=wait, retry=retry_if_exception(_passes), reraise=True)
        try:
            return tries(ask)
        except ImportError:
            raise
        except Exception as error:  # each library at the other end has a hierarchy of its own
            raise ArchiveError(self._name, self._at(), _words(error)) from error

    def _at(self) -> int:
        return 0 if self._file is None else self.tell()


def _http() -> dict[str, Any]:
    from aiohttp import ClientTimeout

    return {"client_kwargs": {"timeout": ClientTimeout(total=None, sock_connect=_SILENCE, sock_read=_SILENCE)}}


def _s3() -> dict[str, Any]:
    from obstore.fsspec import register

    register("s3")
    return {"retry_config": {"max_retries": 0}, "client_options": {"timeout": f"{_SILENCE}s"}}


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
