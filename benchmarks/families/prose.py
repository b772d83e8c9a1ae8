"""A random generator in, sentences and paragraphs out: English by a small grammar, Vietnamese from the press web's own texts."""

from __future__ import annotations

import random
import re
from functools import cache

from monitor.demo.server import bundled_web

_WHO = [
    "the city council",
    "researchers at the institute",
    "a spokeswoman for the company",
    "residents of the river district",
    "her team",
    "the ministry",
    "two former engineers",
    "the museum's curator",
    "local farmers",
    "the night-shift nurses",
    "a group of volunteers",
    "investors in the fund",
    "the head teacher",
    "his older brother",
    "most of the shop owners",
    "an official from the port authority",
    "the small bakery on Elm Road",
    "students in their final year",
    "the coach",
    "the new director",
    "a retired judge",
    "bus drivers",
    "many of our readers",
    "the regulator",
]
_DOES = [
    "had been waiting for",
    "finally agreed to",
    "refused to comment on",
    "is still looking into",
    "could not explain",
    "has spent years on",
    "plans to expand",
    "was the first to describe",
    "did not expect",
    "will have to pay for",
    "returned last week to",
    "praised",
    "quietly dropped",
    "wants to know more about",
    "argued over",
    "voted against",
    "built most of",
    "remembers",
    "warned about",
    "has published a long report on",
]
_WHAT = [
    "the bridge across the harbour",
    "a cheaper way to store heat",
    "the missing records",
    "its plan for a second runway",
    "the winter harvest",
    "a recipe that nobody had written down",
    "the price of copper wire",
    "an old film about the coast",
    "three hundred letters",
    "the repairs",
    "the new timetable",
    "a battery the size of a coin",
    "the library's opening hours",
    "those first experiments",
    "the strike at the mill",
    "a bill that would change how rents are set",
    "the story of the two sisters",
    "better lighting in the park",
    "the data from the probe",
]
_WHEN = [
    "on Tuesday",
    "after a long winter",
    "before the vote in March",
    "earlier this year",
    "in the weeks since the flood",
    "when the doors opened",
    "by the end of the decade",
    "during a break in the hearing",
    "over breakfast",
    "for the first time in twelve years",
    "as prices rose",
    "while the rest of the town slept",
    "at a meeting that lasted until midnight",
    "according to the minutes",
    "despite the rain",
]
_WHY = [
    "because there was nobody else to ask",
    "and that is where the trouble began",
    "but few people noticed at the time",
    "which is more than anyone had promised",
    "so the work will have to start again",
    "though it is not clear who will pay",
    "and it took them all by surprise",
    "because it was simply the right thing to do",
    "which the others found hard to believe",
    "even if the numbers say something else",
    "and she would like to keep it that way",
    "but that has not always been the case",
]
_OPEN = ["However, ", "In the end, ", "Last month ", "For now, ", "Of course, ", "At first ", "", "", "", "", "", "", ""]
_NAMES = [
    "Marta Lind",
    "Owen Hale",
    "Priya Nair",
    "Jonas Weber",
    "Aisha Bello",
    "Tom Carver",
    "Lucia Ferro",
    "Henrik Dahl",
    "Grace Okoye",
    "Paul Mercer",
]
_TITLES = [
    "{What} that {who} {does}",
    "Why {who} {does} {what}",
    "{Who} {does} {what}",
    "How {what} changed {when}",
    "What {who} learned {when}",
]
_NAMES_VI = [
    "Lê Minh Anh",
    "Phạm Quốc Khải",
    "Trần Thu Hà",
    "Hoàng Đức Long",
    "Vũ Ngọc Mai",
    "Đỗ Hải Yến",
    "Bùi Thanh Tùng",
    "Nguyễn Gia Bảo",
]
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZĐÀ-Ỹ])")


def name(rng: random.Random, language: str) -> str:
    """Somebody's name."""
    return rng.choice(_NAMES if language == "en" else _NAMES_VI)


def title(rng: random.Random, language: str) -> str:
    """A headline."""
    if language == "vi":
        return rng.choice(_titles_vi())
    who, what = rng.choice(_WHO), rng.choice(_WHAT)
    words = {"who": who, "does": rng.choice(_DOES), "what": what, "when": rng.choice(_WHEN)}
    made = rng.choice(_TITLES).format(**words, Who=who.capitalize(), What=what.capitalize())
    return made[0].upper() + made[1:]


def sentence(rng: random.Random, language: str) -> str:
    """One sentence."""
    if language == "vi":
        return rng.choice(_sentences_vi())
    who, does, what, when, why = (rng.choice(part) for part in (_WHO, _DOES, _WHAT, _WHEN, _WHY))
    form = rng.randrange(5)
    core = f"{who} {does} {what}"
    if form == 0:
        return _capital(f"{rng.choice(_OPEN)}{core} {when}, {why}.")
    if form == 1:
        return f'"{_capital(core)}," said {rng.choice(_NAMES)}. "It is {rng.randrange(2, 90)} percent of what we need."'
    if form == 2:
        return _capital(f"{core}, and {rng.choice(_WHO)} {rng.choice(_DOES)} {rng.choice(_WHAT)} {when}.")
    if form == 3:
        return _capital(f"{rng.choice(_OPEN)}{core}.")
    return _capital(f"{when}, {core}, {why}, as {rng.choice(_NAMES)} put it in {rng.randrange(1990, 2026)}.")


def paragraph(rng: random.Random, language: str, sentences: int = 0) -> str:
    """One to five sentences, or as many as are asked for."""
    return " ".join(sentence(rng, language) for _ in range(sentences or rng.choice((1, 1, 2, 2, 3, 4, 5))))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


@cache
def _titles_vi() -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.title for item in bundled_web().all_items() if item.language == "vi"))


@cache
def _sentences_vi() -> tuple[str, ...]:
    texts = (p for item in bundled_web().all_items() if item.language == "vi" and item.document is None for p in item.paragraphs)
    return tuple(dict.fromkeys(s for text in texts for s in _SENTENCE.split(text) if 30 <= len(s) <= 400))
