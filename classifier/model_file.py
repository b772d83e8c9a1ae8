"""A model's arrays and manifest in, one .npz file out, and back: plain numbers and JSON, so that loading executes nothing.

The file is an uncompressed zip of .npy arrays (never pickled) with fixed dates, hence the same model is the same bytes.
Its manifest is JSON in an array of bytes; a sha256 over all of it is checked before anything is believed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT = 64 * 1024 * 1024
"""Bytes. Sixteen topics over 60,000 terms take under 6 MB; anything near the limit is not one of our models."""
MANIFEST_LIMIT = 16 * 1024 * 1024
"""Bytes of JSON, which takes many times as much memory once read; with 20,000 training texts it is a megabyte."""

Arrays = Mapping[str, NDArray[Any]]

_MEMBERS = ("manifest", "terms", "idf", "coef", "digest")
_DTYPES = {"manifest": "|u1", "terms": "|u1", "idf": "<f4", "coef": "<f4", "digest": "|u1"}
_HEADER_LIMIT = 4096


class ModelError(ValueError):
    """A model file that cannot be used; the message names the file and says why."""


def write_model(path: Path, manifest: Mapping[str, object], arrays: Arrays) -> None:
    """Write `manifest` (JSON values) and `arrays` (terms, idf, coef) to `path`, whole or not at all; raises OSError."""
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    members = {"manifest": np.frombuffer(text.encode(), dtype=np.uint8), **arrays}
    members["digest"] = np.frombuffer(_digest(members), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name in _MEMBERS:
                    buffer = io.BytesIO()
                    np.lib.format.write_array(buffer, np.ascontiguousarray(members[name]), allow_pickle=False)
                    archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_model(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The manifest and the arrays of the file; raises ModelError if it is missing, foreign, damaged or too large."""
    try:
        if path.stat().st_size > LIMIT:
            raise ModelError(f"{path}: larger than {LIMIT} bytes")
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ModelError(f"{path}: not a model file: {error}") from error
    if members.pop("digest").tobytes() != _digest(members):
        raise ModelError(f"{path}: the digest does not match: damaged or changed")
    try:
        manifest = json.loads(members.pop("manifest").tobytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: the manifest is not JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise ModelError(f"{path}: the manifest is not an object")
    return manifest, members


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, NDArray[Any]]:
    entries = archive.infolist()
    if sorted(entry.filename for entry in entries) != sorted(f"{name}.npy" for name in _MEMBERS):
        raise ModelError(f"{path}: not one of our model files: it holds {[entry.filename for entry in entries][:8]}")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size > LIMIT for entry in entries):
        raise ModelError(f"{path}: compressed or too large members")
    if archive.getinfo("manifest.npy").file_size > MANIFEST_LIMIT:
        raise ModelError(f"{path}: a manifest of more than {MANIFEST_LIMIT} bytes")
    return {name: _array(path, name, archive.read(f"{name}.npy")) for name in _MEMBERS}


def _array(path: Path, name: str, data: bytes) -> NDArray[Any]:
    """One .npy member. The header is compared with the bytes first: numpy would allocate whatever it claims."""
    buffer = io.BytesIO(data)
    try:
        np.lib.format.read_magic(buffer)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(buffer, max_header_size=_HEADER_LIMIT)
        size = dtype.itemsize
        for length in shape:
            size *= length
        if fortran or dtype.str != _DTYPES[name] or size != len(data) - buffer.tell():
            raise ModelError(f"{path}: {name}: unexpected array {dtype.str}{shape}")
        buffer.seek(0)
        return np.lib.format.read_array(buffer, allow_pickle=False)
    except ModelError:
        raise
    except (ValueError, TypeError, SyntaxError, EOFError) as error:
        raise ModelError(f"{path}: {name}: not an array: {error}") from error


def _digest(members: Arrays) -> bytes:
    digest = hashlib.sha256()
    for name in _MEMBERS[:-1]:
        array = members[name]
        digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.digest()
