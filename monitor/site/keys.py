"""The site's secret in a file of its own in; signed cookies, the tokens of forms and keyed digests out."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

FILE = "accounts.key"
_BYTES = 32


class BadKey(Exception):
    """The secret cannot be read or made; the message names the file."""


class Keys:
    """What can be made of the secret; each kind of value has a key of its own, so that none passes for another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, token: str) -> str:
        """A token as its cookie holds it."""
        return f"{token}.{self._mac('session', token)}"

    def unseal(self, cookie: str) -> str | None:
        """The token of a cookie that this site gave out, None for any other."""
        token, _, mac = cookie.rpartition(".")
        return token if token and hmac.compare_digest(mac.encode(), self._mac("session", token).encode()) else None

    def form_token(self, browser: str) -> str:
        """What a form must bring that was shown to this browser."""
        return self._mac("form", browser)

    def name_key(self, username: str) -> bytes:
        """A name under which attempts are counted, without writing the name down."""
        return hmac.digest(self._secret, f"name {username}".encode(), "sha256")

    def _mac(self, kind: str, value: str) -> str:
        return hmac.new(self._secret, f"{kind} {value}".encode(), hashlib.sha256).hexdigest()


def load_keys(path: Path) -> Keys:
    """Read the secret, or make it at the first start, readable by its owner alone. Raises BadKey."""
    try:
        if not path.exists():
            _make(path)
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise BadKey(f"{path}: {error}") from error
    if len(secret) != _BYTES:
        raise BadKey(f"{path}: not a key of this site; remove it, and everybody signs in again")
    return Keys(secret)


def _make(path: Path) -> None:
    # Written whole and then named: of two processes that start at once, both end with the same key.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            Path(path).hardlink_to(name)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
