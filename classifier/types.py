"""What goes in and what comes out of the classifier: a Document, a Suggestion and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Field = Literal["title", "text"]
Role = Literal["actor", "named"]
DecidedBy = Literal["model", "rule", "person"]


@dataclass(frozen=True, slots=True)
class Document:
    """One text to be tagged. `title` and `text` may hold any Unicode; they are normalised inside."""

    title: str
    text: str
    url: str | None = None
    language: str | None = None
    """ISO 639-1, or None where it is not known."""
    published_on: date | None = None
    """The day in Asia/Ho_Chi_Minh, or None."""


@dataclass(frozen=True, slots=True)
class Span:
    """A passage that decided something: offsets in characters of the NFC form of the field."""

    field: Field
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """2 mainly about the Resolution, 1 mentions it, 0 neither; `score` is the probability of 1 or 2."""

    level: Literal[0, 1, 2]
    score: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A decided topic with its calibrated probability."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class AgencyMention:
    """A body that the document names: how often, whether in the title, and whether it acts."""

    id: str
    mentions: int
    in_title: bool
    role: Role
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyName:
    """One row of the gazetteer, as the roster hands it over: a name and the body that it means."""

    agency_id: str
    name: str
    kind: str
    """ministry | ministerial | government | province | party | press"""
    short: bool = False
    """A bare territory name or an abbreviation, which needs context to count as the body."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Everything the classifier says of one Document, and the model that said it."""

    relevance: Relevance
    topics: tuple[TopicScore, ...]
    agencies: tuple[AgencyMention, ...]
    model: str
