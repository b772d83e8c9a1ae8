"""The records of the roster, as the YAML files spell them: each checks its own fields when it is made."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import field
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasPath, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.dataclasses import dataclass

AgencyKind = Literal["ministry", "ministerial", "government", "province", "party", "press"]
SourceKind = Literal["press", "portal", "foreign"]

_STRICT = ConfigDict(extra="forbid", populate_by_name=True)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _host(value: object) -> object:
    """A host name or address in its plain form; ValueError for anything that is more or less than that."""
    if not isinstance(value, str):
        return value
    bare = value.strip().lower().rstrip(".")
    if "/" in bare or "@" in bare:
        raise ValueError("a host name without scheme and path is expected, not an address of a page")
    try:
        return str(ipaddress.ip_address(bare.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    if ":" in bare:
        raise ValueError("a host is given without its port")
    try:
        name = bare.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"no host name: {value!r}") from error
    if not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(f"no host name: {value!r}")
    return name


def _url(value: object) -> object:
    """An absolute http or https address; ValueError for anything else."""
    if not isinstance(value, str):
        return value
    if re.search(r"[\s\x00-\x1f\x7f\\]", value):
        raise ValueError("an address holds no spaces")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an absolute http or https address is expected")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address holds no user name or password")
    if parts.port == 0:
        raise ValueError("port 0 does not exist")
    _host(parts.hostname)
    return value


def _day(value: object) -> object:
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


def _endpoint(value: object) -> object:
    """A bare address as a mapping; `verified: null`, written out, says that nobody has seen the endpoint work."""
    if isinstance(value, str):
        return {"url": value}
    if isinstance(value, dict) and "unverified" not in value:
        return {**value, "unverified": "verified" in value and value["verified"] is None}
    return value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    # Not pydantic's min_length, which also complains of a list whose only item is broken.
    if not value:
        raise ValueError("at least one is expected")
    return value


def _none_is_empty(value: object) -> object:
    return () if value is None else value


def _aliases(value: object) -> object:
    """Names by language, or a plain list of Vietnamese ones, as a list of aliases."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return [{"language": "vi", "text": name} for name in value]
    if isinstance(value, dict):
        return [{"language": language, "text": text} for language, texts in value.items() for text in _texts(texts)]
    return _none_is_empty(value)


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Host = Annotated[str, BeforeValidator(_host)]
Url = Annotated[str, BeforeValidator(_url)]
Day = Annotated[date, BeforeValidator(_day)]


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Endpoint:
    """One address that lists articles; `verified` is the day on which somebody reported it alive."""

    url: Url
    verified: Day | None = None
    unverified: bool = False
    """True where the file says that nobody has seen it work; its failure makes no source failing."""
    article: Words | None = None
    """CSS selector or URL pattern of a listing's articles."""
    label: Words | None = None
    source: Words | None = None


Endpoints = Annotated[tuple[Annotated[Endpoint, BeforeValidator(_endpoint)], ...], BeforeValidator(_none_is_empty)]


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Source:
    """One newspaper or portal: whose it is, which hosts its requests may reach, and where it lists what it publishes."""

    id: Slug
    name: Words
    kind: SourceKind
    home: Url
    hosts: Annotated[tuple[Host, ...], AfterValidator(_some)]
    key_press: bool = False
    agency: Slug | None = None
    languages: Annotated[tuple[Language, ...], AfterValidator(_some)] = ("vi",)
    feeds: Endpoints = ()
    sitemaps: Endpoints = ()
    listings: Endpoints = ()
    columns: Endpoints = ()
    name_en: Words | None = None
    republisher: bool = False
    """True for a mirror or aggregator, which is never counted as the publisher of what it carries."""
    owner: Words | None = None
    owner_source: Words | None = None
    tier: Words | None = None
    url_patterns: Annotated[tuple[Words, ...], BeforeValidator(_none_is_empty)] = ()
    source: Words | None = None
    note: Words | None = None

    def endpoints(self) -> tuple[tuple[Literal["feed", "sitemap", "listing", "column"], Endpoint], ...]:
        """Every endpoint with its kind, feeds first."""
        return (
            *(("feed", e) for e in self.feeds),
            *(("sitemap", e) for e in self.sitemaps),
            *(("listing", e) for e in self.listings),
            *(("column", e) for e in self.columns),
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Alias:
    """Another name of a body and the language that it belongs to."""

    language: Language
    text: Words


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Territory:
    """What a province consisted of between two days (both included; null: always, still)."""

    of: tuple[Slug, ...]
    valid_from: Day | None = None
    valid_to: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Agency:
    """One body: a ministry, an agency, a province with all its organs, or a party commission."""

    id: Slug
    kind: AgencyKind
    name_vi: Words = Field(validation_alias=AliasPath("name", "vi"))
    name_en: Words = Field(validation_alias=AliasPath("name", "en"))
    city: bool = False
    """True for a centrally-run city."""
    short: Words | None = None
    """A province's bare name."""
    abbreviations: tuple[Words, ...] = ()
    aliases: Annotated[tuple[Alias, ...], BeforeValidator(_aliases)] = ()
    body_forms: tuple[Words, ...] = ()
    """How the press names the organs of a province."""
    valid_from: Day | None = None
    """First day; None: always."""
    valid_to: Day | None = None
    """Last day; None: still."""
    successor: Slug | None = None
    predecessors: tuple[Slug, ...] = ()
    territory: tuple[Territory, ...] = ()
    code: int | None = None
    """The statistics office's number of a province, since 2025."""
    code_before: int | None = None
    portal: Host | None = None
    portal_source: Words | None = None
    source: Words | None = None
    source_before: Words | None = None
    names_source: Words | None = None
    note: Words | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the body existed on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Target:
    """What is to be reached by `due_on`: `share` (0..1) of the units."""

    id: Slug
    position: int
    name_vi: Words = Field(validation_alias=AliasPath("name", "vi"))
    name_en: Words = Field(validation_alias=AliasPath("name", "en"))
    due_on: Day
    share: Annotated[float, Field(ge=0, le=1)]
    unit: Literal["agency", "source", "channel", "task", "programme"]
    measured_by: Literal["crawl", "figures", "register"]
    rule: Words
    numerator: Words | None = None
    denominator: Words | None = None
    measurable_from_web: Words | None = None
    source: Words | None = None
    note: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class TaskGroup:
    """One of the programme's task groups and the topics that belong to it."""

    id: Slug
    position: int
    name_vi: Words = Field(validation_alias=AliasPath("name", "vi"))
    name_en: Words = Field(validation_alias=AliasPath("name", "en"))
    topics: tuple[Slug, ...]
    lead: Slug | None = None
    source: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Duty:
    """What somebody owes at fixed times. `by` holds agency ids, `bodies` (all counted ones) or `key-press` (all key sources)."""

    id: Slug
    name_vi: Words = Field(validation_alias=AliasPath("name", "vi"))
    name_en: Words = Field(validation_alias=AliasPath("name", "en"))
    by: tuple[Slug, ...]
    to: Slug
    every: Literal["month", "year", "once"]
    due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    due_month: Annotated[int, Field(ge=1, le=12)] | None = None
    due_on: Day | None = None
    source: Words | None = None
    note: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Denominator:
    """How many bodies there are from a day on, as stated by documents; the rows of agencies must add up to it."""

    on: Day
    ministries: int
    ministerial: int
    government: int
    provinces: int
    total: int
    note: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="ignore"))
class Instrument:
    """A document by number and date."""

    number: Words
    date: Day


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Programme:
    """Decision 1169: targets, task groups, duties, and the counted bodies. Background facts stay as they are read."""

    decision: Instrument
    resolution: Instrument
    targets: tuple[Target, ...]
    task_groups: tuple[TaskGroup, ...]
    duties: tuple[Duty, ...]
    denominators: tuple[Denominator, ...] = ()
    related_documents: tuple[dict[str, Any], ...] = ()
    responsibilities: tuple[dict[str, Any], ...] = ()
    reporting_cycle: dict[str, Any] = field(default_factory=dict)
    note: Words | None = None
    provenance: Words | None = None
