"""A username, a name or a password as a person typed it in; the form that is kept, or what is wrong with it, out."""

from __future__ import annotations

import re
import unicodedata

from crawler.store.accounts.people import ROLES, Refused, Role
from monitor.site.passwords import LEAST, MOST

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_LONGEST_NAME = 80


def read_username(typed: str) -> str:
    """Small letters, digits, dot, dash, underscore. Raises Refused."""
    username = typed.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Refused("username")
    return username


def read_name(typed: str, username: str) -> str:
    """The name that pages show, on one line without control and direction marks; the username where none is given."""
    shown = "".join(letter for letter in unicodedata.normalize("NFC", typed) if unicodedata.category(letter)[0] != "C")
    return " ".join(shown.split())[:_LONGEST_NAME] or username


def read_password(password: str, again: str, username: str) -> str:
    """A password that two fields agree on and that is no guess. Raises Refused."""
    if password != again:
        raise Refused("different")
    if len(password) < LEAST:
        raise Refused("short")
    if len(password) > MOST:
        raise Refused("long")
    if len(set(password)) < 5 or username in password.lower():
        raise Refused("guess")
    return password


def read_role(typed: str) -> Role:
    """One of the roles. Raises Refused."""
    for role in ROLES:
        if role == typed:
            return role
    raise Refused("role")
