"""Who may do what: an actor and a deed in, yes or no out, by role and by what the settings open to everybody."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from crawler.store.accounts.people import Role

Deed = Literal["read", "read-text", "correct", "review", "sql", "accounts"]
Actor = Mapping[str, str]
"""`id` (the username), `name`, `role`, as Datasette hands it to every hook."""
Anonymous = Literal["all", "no-text", "nothing"]

ANONYMOUS: tuple[Anonymous, ...] = ("all", "no-text", "nothing")
VARIABLE = "NQ57_ANONYMOUS"
_STAFF: frozenset[Deed] = frozenset({"read", "read-text", "correct", "review"})
_DEEDS: Mapping[Role, frozenset[Deed]] = {
    "staff": _STAFF,
    "analyst": _STAFF | {"sql"},
    "admin": _STAFF | {"sql", "accounts"},
}
_OPEN: Mapping[Anonymous, frozenset[Deed]] = {
    "all": frozenset({"read", "read-text"}),
    "no-text": frozenset({"read"}),
    "nothing": frozenset(),
}


def anonymous_access() -> Anonymous:
    """What people who are not signed in may read, by $NQ57_ANONYMOUS: everything, unless it says otherwise."""
    value = os.environ.get(VARIABLE) or "all"
    # A word that nobody knows was meant to close something.
    return next((known for known in ANONYMOUS if known == value), "nothing")


def may(actor: Actor | None, deed: Deed) -> bool:
    """Whether the actor, or somebody who is not signed in (None), may do it."""
    if actor is None:
        return deed in _OPEN[anonymous_access()]
    role = actor.get("role")
    return any(deed in deeds for known, deeds in _DEEDS.items() if known == role)
