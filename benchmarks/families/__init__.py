"""A seed in, pages of made-up articles out with the text that has to be found: families that imitate the systems in the wild."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.families import blogs, magazines, newsrooms, oddities, portals, vietnam, wild
from benchmarks.families.story import Made, Maker, story

FAMILIES: dict[str, Maker] = {
    **blogs.FAMILIES,
    **newsrooms.FAMILIES,
    **magazines.FAMILIES,
    **oddities.FAMILIES,
    **vietnam.FAMILIES,
    **portals.FAMILIES,
    **wild.FAMILIES,
    **wild.FAMILIES_VI,
}
"""Each by its name; the texts are in English but for the families of `vietnam` and `portals`."""
_VIETNAMESE = {*vietnam.FAMILIES, *portals.FAMILIES, *wild.FAMILIES_VI}
HELD_OUT = frozenset(name for number, name in enumerate(sorted(FAMILIES)) if number % 2)
"""Every other family: what is changed for the sake of the rest is judged on these."""


def made(each: int, seed: int = 57) -> Iterator[Made]:
    """So many pages of every family; the same for the same seed."""
    for name, maker in FAMILIES.items():
        language = "vi" if name in _VIETNAMESE else "en"
        for number in range(each):
            rng = random.Random(f"{seed} {name} {number}")  # noqa: S311 - a page, not a secret
            told = story(rng, language)
            page, body = maker(told, rng)
            yield Made(name, language, told, page, body)
