"""The parameters of a search page in, a Question out: what is wanted, how sorted, which page, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import quote_plus, urlencode

from crawler.store.search import Sort, Wanted
from monitor.lexicon import Lexicon
from monitor.search import read
from monitor.site.formats import week_days

PAGE_SIZE = 20
MAX_PAGE = 100_000
MAX_VALUES = 20
"""Values of one filter that are read."""
FILTERS = ("topic", "agency", "outlet", "group", "lang")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it stands in the address, and what it means."""

    q: str
    since: str
    until: str
    week: str
    chosen: Mapping[str, tuple[str, ...]]
    sort: Sort
    sort_given: bool
    everything: bool
    all_time: bool
    """In a large database words without a date are looked for among the newest articles, unless this is asked for."""
    page: int
    wanted: Wanted
    unread: tuple[str, ...] = field(default=())
    """Parameters whose value made no sense and was left out."""

    def query(self, *, without: tuple[str, str] | None = None, **changes: object) -> str:
        """The query string of this question with some parameters changed or one value dropped; the page starts anew."""
        pairs: list[tuple[str, str]] = [("q", self.q), ("from", self.since), ("to", self.until), ("week", self.week)]
        pairs += [(name, value) for name in FILTERS for value in self.chosen[name]]
        pairs += [("sort", self.sort if self.sort_given else ""), ("all", "1" if self.everything else "")]
        pairs.append(("time", "all" if self.all_time else ""))
        pairs = [pair for pair in pairs if pair[1] and pair != without]
        for name, value in changes.items():
            if name in FILTERS:
                pairs.append((name, str(value)))
            else:
                pairs = [pair for pair in pairs if pair[0] != name] + ([(name, str(value))] if value else [])
        return urlencode(pairs)

    def with_each(self, name: str, values: Iterable[str]) -> Iterator[str]:
        """The query string with each of some values of a filter chosen as well, or each of some weeks in place of this one."""
        around = self.query() if name in FILTERS else self.query(week="")
        head = f"{around}&{name}=" if around else f"{name}="
        yield from (head + quote_plus(value) for value in values)


def read_question(args: Mapping[str, Sequence[str]], lexicon: Lexicon) -> Question:
    """Read the parameters of /tim; whatever makes no sense is left out and named in `unread`, never an error."""
    unread: list[str] = []
    q = _first(args, "q")
    since, until = (_day(args, name, unread) for name in ("from", "to"))
    week = _first(args, "week")
    days = week_days(week) if week else None
    if week and not days:
        unread.append("week")
        week = ""
    chosen = {name: tuple(dict.fromkeys(v for v in args.get(name, ())[:MAX_VALUES] if v)) for name in FILTERS}
    asked = read(q, lexicon)
    everything, all_time = _first(args, "all") == "1", _first(args, "time") == "all"
    sort, given = _sort(args, q)
    wanted = Wanted(
        folded=asked.folded,
        exact=asked.exact,
        strict=asked.strict,
        others=asked.others,
        spelled=asked.spelled,
        excluded=asked.excluded,
        since=max(filter(None, (since, days[0].isoformat() if days else "")), default=None),
        until=min(filter(None, (until, days[1].isoformat() if days else "")), default=None),
        topics=chosen["topic"],
        agencies=chosen["agency"],
        outlets=chosen["outlet"],
        groups=chosen["group"],
        languages=chosen["lang"],
        relevance=0 if everything else 1,
    )
    page = _page(args, unread)
    return Question(q, since, until, week, chosen, sort, given, everything, all_time, page, wanted, tuple(unread))


def _sort(args: Mapping[str, Sequence[str]], q: str) -> tuple[Sort, bool]:
    asked = _first(args, "sort")
    if asked == "date":
        return "date", True
    if asked == "relevance":
        return "relevance", True
    return ("relevance" if q.strip() else "date"), False


def _first(args: Mapping[str, Sequence[str]], name: str) -> str:
    values = args.get(name) or [""]
    return values[0].strip()


def _day(args: Mapping[str, Sequence[str]], name: str, unread: list[str]) -> str:
    """A day as browsers send it or as people here write it."""
    value = _first(args, name)
    if not value:
        return ""
    for way in (date.fromisoformat, lambda text: datetime.strptime(text, "%d/%m/%Y").date()):
        try:
            return way(value).isoformat()
        except ValueError:
            continue
    unread.append(name)
    return ""


def _page(args: Mapping[str, Sequence[str]], unread: list[str]) -> int:
    value = _first(args, "page")
    if not value:
        return 1
    if value.isascii() and value.isdigit() and len(value) < 9:
        return min(max(int(value), 1), MAX_PAGE)
    unread.append("page")
    return 1
