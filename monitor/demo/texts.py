"""Read the written texts of the press web: a folder of YAML files in, frozen Text records out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TEXTS = Path(__file__).parent / "texts"

Kind = Literal["news", "plan", "feature", "interview", "brief", "decoy", "subject"]
PlanKind = Literal["plan", "plan-report", "resolution-plan", "mention"]
FileKind = Literal["html", "pdf", "docx"]

_STRICT = ConfigDict(extra="forbid")


class BadDemo(Exception):
    """A data file of the press web contradicts the format or another file; the message names file and entry."""


@dataclass(frozen=True, config=_STRICT)
class Plan:
    """What a text says about a body's plan."""

    agency: str
    kind: PlanKind
    number: str | None = None
    issued_by: str | None = None
    """The body that issued it then: a predecessor, where a merged province goes on with the plan."""


@dataclass(frozen=True, config=_STRICT)
class Labels:
    """What a right reader says of a text."""

    relevance: Literal[0, 1, 2] = 0
    topics: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    plan: Plan | None = None


@dataclass(frozen=True, config=_STRICT)
class Text:
    """One written text as its first publisher brought it."""

    id: str
    site: str
    kind: Kind
    date: datetime
    """Local time of Asia/Ho_Chi_Minh, written without a zone."""
    title: str
    paragraphs: tuple[str, ...]
    language: Literal["vi", "en", "ru"] = "vi"
    author: str | None = None
    summary: str | None = None
    document: FileKind | None = None
    """An official document rather than an article, and the format in which its portal offers it."""
    column: bool = False
    """Whether the site lists it in its dedicated column or special page."""
    labels: Labels = Labels()

    @property
    def when(self) -> datetime:
        """The time of publication, aware, in Asia/Ho_Chi_Minh."""
        return self.date.replace(tzinfo=VIETNAM)


_FILE = TypeAdapter(tuple[Text, ...])


def load_texts(folder: Path = TEXTS) -> tuple[Text, ...]:
    """All texts of a folder of YAML files, in the order of file and entry.

    Raises BadDemo for a file that does not fit the format and for an id used twice.
    """
    texts: list[Text] = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            texts.extend(_FILE.validate_python(yaml.safe_load(file.read_text(encoding="utf-8")) or ()))
        except (ValidationError, yaml.YAMLError) as error:
            raise BadDemo(f"{file}: {error}") from error
    seen: set[str] = set()
    for text in texts:
        if text.id in seen:
            raise BadDemo(f"{folder}: two texts have the id {text.id}")
        seen.add(text.id)
    return tuple(texts)
