"""A file of terms and aliases in, the lexicon that the search box cuts questions with out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from classifier.text import clean, fold, syllables


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms that are searched as one phrase, and the names that mean the same thing; keys are folded syllables."""

    terms: frozenset[tuple[str, ...]] = frozenset()
    aliases: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, path: Path, names: tuple[str, ...] = ()) -> Lexicon:
        """Read a file with `terms` (a list) and `aliases` (a list of lists); `names` are further terms, e.g. agencies'.

        Read once for the same names: every connection and every question asks for it.
        """
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups = [{_folded(way): _typed(way) for way in group} for group in data["aliases"]]
        terms = (_folded(term) for term in [*data["terms"], *names])
        return cls(
            terms=frozenset(term for term in terms if len(term) > 1),
            aliases={way: tuple(group.values()) for group in groups for way in group},
        )

    @property
    def longest(self) -> int:
        """Syllables of the longest entry."""
        return max((len(key) for key in (*self.terms, *self.aliases)), default=1)


def _typed(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in syllables(clean(text)))


def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _typed(text))
