"""Roster files in, one checked Roster out: whom the programme counts, where to look for coverage, what is owed.

A broken entry among the sources is named with file, line and field, and left out; the others still load. Agencies and
programme decide what is counted, so there one broken entry refuses the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from crawler.roster_model import Agency, Alias, Denominator, Duty, Endpoint, Programme, Source, Target, TaskGroup, Territory
from crawler.roster_yaml import Read, YamlProblem, read_yaml

__all__ = [
    "Agency",
    "Alias",
    "Denominator",
    "Duty",
    "Endpoint",
    "NameRow",
    "Programme",
    "Roster",
    "RosterError",
    "RosterProblem",
    "Source",
    "Target",
    "TaskGroup",
    "Territory",
    "load_roster",
]

T = TypeVar("T")

OWN = Path(__file__).with_name("roster")
COUNTED_KINDS = frozenset({"ministry", "ministerial", "government", "province"})
_LARGEST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """What is wrong at one place of a roster file; `line` counts from 1."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class RosterError(Exception):
    """A roster that cannot be used; its text is one `file:line: field: message` a problem."""

    def __init__(self, problems: Iterable[RosterProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name and the body it means; `short` where it is an abbreviation or a bare territory name."""

    agency_id: str
    name: str
    kind: str
    short: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that is watched and owed. Read-only; made by `load_roster`."""

    sources: tuple[Source, ...]
    agencies: tuple[Agency, ...]
    programme: Programme
    problems: tuple[RosterProblem, ...] = ()
    """The entries of the sources file that were left out, and why."""

    def bodies_on(self, day: date) -> tuple[Agency, ...]:
        """The bodies that the targets count on `day`: 85 on the day of signing, 56 since 2025-07-01."""
        return tuple(a for a in self.agencies if a.kind in COUNTED_KINDS and a.valid_on(day))

    def agency(self, agency_id: str) -> Agency:
        """The body of that id; KeyError if there is none."""
        return next((a for a in self.agencies if a.id == agency_id), None) or _missing(agency_id)

    def source(self, source_id: str) -> Source:
        """The source of that id; KeyError if there is none."""
        return next((s for s in self.sources if s.id == source_id), None) or _missing(source_id)

    def today_of(self, agency_id: str, day: date) -> Agency:
        """The body that stands for `agency_id` on `day`: itself, or the last of its successors' line by then."""
        agency = self.agency(agency_id)
        for _ in self.agencies:
            if agency.valid_to is None or agency.valid_to >= day or agency.successor is None:
                break
            agency = self.agency(agency.successor)
        return agency

    def key_press(self) -> tuple[Source, ...]:
        """The sources that count for the key-press target."""
        return tuple(s for s in self.sources if s.key_press)

    def agency_names(self) -> tuple[NameRow, ...]:
        """Every name of every body, as plain rows for the gazetteer; no row twice."""
        return tuple(dict.fromkeys(row for agency in self.agencies for row in _names(agency)))


def load_roster(sources: Path | None = None, *, strict: bool = False) -> Roster:
    """The project's own roster, or another one: `sources` is a sources file or a directory of roster files.

    What a directory lacks of agencies and programme comes from the project's own. A broken entry among the sources is
    reported in `problems` and left out; with `strict` it raises RosterError, as a file that cannot be read always does.
    """
    folder = sources if sources is not None and sources.is_dir() else OWN
    file = sources if sources is not None and not sources.is_dir() else folder / "sources.yaml"
    agencies_file = folder / "agencies.yaml" if (folder / "agencies.yaml").exists() else OWN / "agencies.yaml"
    programme_file = folder / "programme.yaml" if (folder / "programme.yaml").exists() else OWN / "programme.yaml"

    agencies_read = _read(agencies_file)
    agencies, problems = _entries(agencies_file, agencies_read, _AGENCY)
    problems += _agency_problems(agencies_file, agencies_read, agencies)
    programme, programme_problems = _programme(programme_file)
    if problems or programme_problems or programme is None:
        raise RosterError(_sorted(problems + programme_problems))

    read = _read(file)
    rows, problems = _entries(file, read, _SOURCE)
    kept, more = _checked_sources(file, read, rows, {a.id for a in agencies.values()})
    problems = _sorted(problems + more)
    if problems and strict:
        raise RosterError(problems)
    return Roster(tuple(kept), tuple(agencies.values()), programme, tuple(problems))


_AGENCY = TypeAdapter(Agency)
_SOURCE = TypeAdapter(Source)
_PROGRAMME = TypeAdapter(Programme)


def _read(file: Path) -> Read:
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise RosterError([RosterProblem(str(file), 1, "file", f"larger than {_LARGEST_FILE} bytes")])
        return read_yaml(file.read_text("utf-8-sig"), own=file.parent == OWN)
    except OSError as error:
        raise RosterError([RosterProblem(str(file), 1, "file", error.strerror or str(error))]) from error
    except UnicodeDecodeError as error:
        raise RosterError([RosterProblem(str(file), 1, "file", f"not UTF-8 at byte {error.start}")]) from error
    except YamlProblem as error:
        raise RosterError([RosterProblem(str(file), error.line, "file", error.message)]) from error


def _entries(file: Path, read: Read, adapter: TypeAdapter[T]) -> tuple[dict[int, T], list[RosterProblem]]:
    """The entries of a file that is a list, by their place in it, and what is wrong with the others."""
    if not isinstance(read.value, list):
        raise RosterError([RosterProblem(str(file), 1, "file", "a list of entries is expected")])
    good: dict[int, T] = {}
    problems = [RosterProblem(str(file), line, _field(path), "this key stands here twice") for path, line in read.doubled]
    broken = {path[0] for path, _ in read.doubled}
    for place, value in enumerate(read.value):
        try:
            entry = adapter.validate_python(value)
        except ValidationError as error:
            problems += _problems(file, read, error, (place,))
        else:
            if place not in broken:
                good[place] = entry
    return good, problems


def _programme(file: Path) -> tuple[Programme | None, list[RosterProblem]]:
    read = _read(file)
    problems = [RosterProblem(str(file), line, _field(path), "this key stands here twice") for path, line in read.doubled]
    try:
        return _PROGRAMME.validate_python(read.value), problems
    except ValidationError as error:
        return None, problems + _problems(file, read, error, ())


def _problems(file: Path, read: Read, error: ValidationError, prefix: tuple[int, ...]) -> list[RosterProblem]:
    found = []
    for detail in error.errors(include_url=False, include_context=False):
        path = (*prefix, *detail["loc"])
        known: dict[str, Any] = {
            "unexpected_keyword_argument": "no such field",
            "missing": "is missing",
            "dataclass_type": "fields with values are expected",
        }
        message = known.get(detail["type"], detail["msg"].removeprefix("Value error, "))
        found.append(RosterProblem(str(file), read.line_of(path), _field(path[len(prefix) :]) or "entry", message))
    return found


def _field(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


def _sorted(problems: list[RosterProblem]) -> list[RosterProblem]:
    return sorted(problems, key=lambda p: (p.file, p.line, p.field))


def _agency_problems(file: Path, read: Read, agencies: dict[int, Agency]) -> list[RosterProblem]:
    ids: set[str] = set()
    problems: list[RosterProblem] = []
    everybody = {a.id for a in agencies.values()}

    def complain(place: int, name: str, message: str) -> None:
        problems.append(RosterProblem(str(file), read.line_of((place, name)), name, message))

    for place, agency in agencies.items():
        if agency.id in ids:
            complain(place, "id", f"{agency.id} is taken")
        ids.add(agency.id)
        if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
            complain(place, "valid_to", "lies before valid_from")
        others = {"successor": [agency.successor] if agency.successor else [], "predecessors": [*agency.predecessors]}
        others["territory"] = [part for territory in agency.territory for part in territory.of]
        for name, wanted in others.items():
            for other in wanted:
                if other not in everybody:
                    complain(place, name, f"no agency {other}")
        if agency.successor == agency.id or (agency.successor and agency.valid_to is None):
            complain(place, "successor", "only a body that has ended has a successor, and it is another")
    return problems


def _checked_sources(
    file: Path, read: Read, rows: dict[int, Source], agencies: set[str]
) -> tuple[list[Source], list[RosterProblem]]:
    """The sources that go together, in order, and what is wrong with the others: the later one of two is the wrong one."""
    kept: list[Source] = []
    problems: list[RosterProblem] = []
    ids: set[str] = set()
    feeds: dict[str, str] = {}
    for place, source in rows.items():
        wrong = [*_source_faults(source, agencies), *_doubled_feeds(source, feeds)]
        if source.id in ids:
            wrong.append((("id",), f"{source.id} is taken"))
        problems += [RosterProblem(str(file), read.line_of((place, *path)), _field(path), message) for path, message in wrong]
        if not wrong:
            kept.append(source)
            ids.add(source.id)
            feeds |= {_same(e.url): source.id for e in source.feeds}
    return kept, problems


def _source_faults(source: Source, agencies: set[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if source.kind == "portal" and source.agency is None:
        yield ("agency",), "a portal names the agency that it belongs to"
    if source.agency is not None and source.agency not in agencies:
        yield ("agency",), f"no agency {source.agency}"
    if not _inside(source.home, source.hosts):
        yield ("home",), f"lies outside hosts ({', '.join(source.hosts)})"
    for name in ("feeds", "sitemaps", "listings", "columns"):
        for i, endpoint in enumerate(getattr(source, name)):
            if not _inside(endpoint.url, source.hosts):
                yield (name, i, "url"), f"lies outside hosts ({', '.join(source.hosts)})"


def _doubled_feeds(source: Source, taken: dict[str, str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    seen: set[str] = set()
    for i, feed in enumerate(source.feeds):
        key = _same(feed.url)
        if key in taken or key in seen:
            yield ("feeds", i, "url"), f"this feed is already that of {taken.get(key, source.id)}"
        seen.add(key)


def _inside(url: str, hosts: tuple[str, ...]) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


def _same(url: str) -> str:
    """What two spellings of one address have in common."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _names(agency: Agency) -> Iterator[NameRow]:
    def row(name: str, short: bool) -> NameRow:
        return NameRow(agency.id, name, agency.kind, short)

    bare = {agency.short} if agency.short else set[str]()
    yield row(agency.name_vi, False)
    yield row(agency.name_en, False)
    for name in bare:
        yield row(name, True)
    for name in agency.abbreviations:
        yield row(name, True)
    for alias in agency.aliases:
        # A province's alias is its bare name in another spelling or language; a ministry's is a whole name.
        yield row(alias.text, agency.kind == "province")
    for name in agency.body_forms:
        yield row(name, False)


def _missing(wanted: str) -> Any:
    raise KeyError(wanted)
