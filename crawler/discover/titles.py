"""Fragments of markup in, titles as people read them out."""

from __future__ import annotations

import html
import re

from classifier.text import clean

MAX_TITLE = 1_000
"""Characters kept of a title."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->", re.DOTALL)
_SPACES = re.compile(r"\s+")


def plain(fragment: str | None) -> str:
    """The text without tags, entities (also those escaped twice, as many feeds do) and superfluous space."""
    text = (fragment or "")[: 4 * MAX_TITLE]
    for _ in range(2):
        text = html.unescape(_TAG.sub(" ", text))
    return spaced(_TAG.sub(" ", text))[:MAX_TITLE]


def spaced(text: str) -> str:
    """NFC without control characters, every run of white space one space."""
    return _SPACES.sub(" ", clean(text)).strip()
