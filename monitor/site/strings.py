"""The words of the site: a language in, its strings out; one file a language, the same keys in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from markupsafe import Markup

LANGUAGES = ("vi", "en")
"""The first is the default."""
COOKIE = "nq57_hl"


@dataclass(frozen=True, slots=True)
class Strings:
    """All strings of one language by dotted key."""

    language: str
    by_key: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The string of `key` with `values` put in; HTML where one of them is.

        Raises KeyError for a key that the file does not have: a page must not show a key.
        """
        string = self.by_key[key]
        if any(isinstance(value, Markup) for value in values.values()):
            return Markup.escape(string).format_map(values)
        return string.format_map(values) if values else string

    def code(self, family: str, code: object) -> str:
        """The words for a code of the database, e.g. a reason; an unknown code is shown as it is."""
        return self.by_key.get(f"{family}.{code}", str(code))

    def name(self, vi: str, en: str) -> str:
        """Which of the two names to show."""
        return en if self.language == "en" else vi


@cache
def load_strings(directory: Path) -> dict[str, Strings]:
    """Read `vi.yaml` and `en.yaml` of a directory, once."""
    return {
        language: Strings(language, dict(_flat(yaml.safe_load((directory / f"{language}.yaml").read_text(encoding="utf-8")))))
        for language in LANGUAGES
    }


def choose_language(asked: str | None, remembered: str | None) -> str:
    """The language asked for with `?hl=`, else the remembered one, else Vietnamese."""
    return next((language for language in (asked, remembered) if language in LANGUAGES), LANGUAGES[0])


def _flat(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            pairs.extend(_flat(value, f"{prefix}{key}."))
        else:
            pairs.append((f"{prefix}{key}", str(value)))
    return pairs
