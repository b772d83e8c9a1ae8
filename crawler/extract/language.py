"""Text in, its ISO 639-1 language out: Vietnamese by its letters, anything else by py3langid."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from classifier.text import nfc

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("vi", "en", "ru", "fr", "zh", "ja", "ko", "es", "lo", "km", "th", "de", "pt", "it", "ar", "hi", "id", "uk")
"""What press and portals about Viet Nam are written in; fewer languages make short texts safer."""
_ENOUGH = 3_000
"""Characters looked at: more change no answer."""
_FEW = 20
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_LETTER = re.compile(r"[^\W\d_]")
_SHARE = 0.03
"""Vietnamese prose has these letters in some 20 of 100, a text that only names Vietnamese people below 2."""


def language_of(text: str, declared: str | None = None) -> str | None:
    """The language of `text`, or the page's own `declared` one where there are too few letters to tell, or None."""
    sample = nfc(text[:_ENOUGH])
    letters = len(_LETTER.findall(sample))
    if letters < _FEW:
        return _code(declared)
    if len(_VIETNAMESE.findall(sample)) >= _SHARE * letters:
        return "vi"
    found = _identifier().classify(sample)[0]
    return str(found)


def _code(declared: str | None) -> str | None:
    found = re.match(r"[a-z]{2}(?![a-z])", (declared or "").strip().lower())
    return found[0] if found else None


@cache
def _identifier() -> LanguageIdentifier:
    """Loaded once and only for texts that are not Vietnamese: half a second and 60 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier
