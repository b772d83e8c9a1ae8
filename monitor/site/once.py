"""How to make a thing in, a function out that gives a site (a Datasette) its own one, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


def once_a_site(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """What `make` gives for a site, the same one each time; it goes when the site goes."""
    made: WeakKeyDictionary[Any, T] = WeakKeyDictionary()

    def of(datasette: Any) -> T:
        if (found := made.get(datasette)) is None:
            found = made[datasette] = make(datasette)
        return found

    return of
