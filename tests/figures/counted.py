"""Every figure that a page shows, counted once more: its `data-figure` in, the number out, from the raw rows in plain Python.

Nothing of the project counts here but this module: no tally, no set, no view, no summary table is read. What a figure means is
what docs/targets.md and docs/architecture.md say.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import yaml

ROSTER = Path(__file__).parents[2] / "crawler" / "roster"
COUNTED_KINDS = ("ministry", "ministerial", "government", "province")
Query = dict[str, list[str]]


@dataclass(frozen=True)
class Row:
    """An article with all that it is counted by."""

    id: int
    source: str
    kind: str
    day: str
    relevance: int
    story: int
    original: int
    language: str
    said: str
    topics: frozenset[str]
    agencies: frozenset[str]


def monday(day: str) -> str:
    """The Monday of a day's week."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def week(day: str) -> str:
    """The ISO week of a day, YYYY-Www."""
    year, number, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{number:02d}"


def bare(text: str) -> str:
    """A text without marks and case, its words parted by single blanks."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())


class Counted:
    """The raw rows of one database."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path)
        self._known: dict[str, float | None] = {}
        self.kinds = dict(self.db.execute("select id, kind from sources"))
        self.successor = dict(self.db.execute("select id, successor from agencies"))
        self.programme = yaml.safe_load((ROSTER / "programme.yaml").read_text(encoding="utf-8"))
        self.groups = {group["id"]: set(group["topics"]) for group in self.programme["task_groups"]}
        topics, agencies = defaultdict(set), defaultdict(set)
        for article, topic in self.db.execute("select article_id, topic_id from article_topics"):
            topics[article].add(topic)
        for article, agency in self.db.execute("select article_id, agency_id from article_agencies"):
            agencies[article].add(agency)
        self.rows = [
            Row(
                id, source, self.kinds[source], day or "", relevance, story, original, language or "",
                bare(f"{title} {summary or ''} {text}"), frozenset(topics[id]), frozenset(agencies[id]),
            )
            for id, source, day, relevance, story, original, language, title, summary, text in self.db.execute(
                "select id, source_id, published_on, relevance, story_id, original, language, title, summary, text from articles"
            )
        ]  # fmt: skip

    def value(self, figure: str) -> float | None:
        """What a figure of that name has to be."""
        if figure not in self._known:
            name, _, query = figure.partition("?")
            count: Callable[[Query], float | None] = getattr(self, f"_{name}")
            self._known[figure] = count(parse_qs(query))
        return self._known[figure]

    def weeks(self, query: str) -> dict[str, tuple[int, int]]:
        """Articles and originals of a question by the Monday of their week."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in self._chosen(parse_qs(query)):
            if row.day:
                found[monday(row.day)][0] += 1
                found[monday(row.day)][1] += row.original
        return {day: (articles, originals) for day, (articles, originals) in found.items()}

    def verdicts(self, target: str) -> dict[str, str]:
        """The newest verdict of each unit of a target."""
        sql = "select unit_id, verdict from target_verdicts where target_id = ? and as_of = ?"
        return dict(self.db.execute(sql, [target, self._measured(target)]))

    # ── coverage ───────────────────────────────────────────────────────────────────────────────
    def _chosen(self, query: Query) -> list[Row]:
        """The articles that /tim?QUERY is about; `kind` and `province` narrow them further."""
        asked = {name: set(values) for name, values in query.items()}
        least = 0 if asked.get("all") == {"1"} else 1
        phrase = bare("".join(query.get("q", [])))
        wanted = {topic for group in asked.get("group", ()) for topic in self.groups[group]}
        return [
            row
            for row in self.rows
            if row.relevance >= least
            and asked.get("topic", set()) <= row.topics
            and asked.get("agency", set()) <= row.agencies
            and (not wanted or wanted & row.topics)
            and row.source in asked.get("outlet", {row.source})
            and row.language in asked.get("lang", {row.language})
            and row.kind in asked.get("kind", {row.kind})
            and asked.get("province", set()) <= {self._today(agency) for agency in row.agencies}
            and (not asked.get("week") or (row.day and week(row.day) in asked["week"]))
            and (not asked.get("from") or row.day >= query["from"][0])
            and (not asked.get("to") or "" < row.day <= query["to"][0])
            and (not phrase or f" {phrase} " in f" {row.said} ")
        ]

    def _today(self, agency: str) -> str:
        while self.successor[agency]:
            agency = self.successor[agency]
        return agency

    def _articles(self, query: Query) -> int:
        return len(self._chosen(query))

    _within = _articles

    def _originals(self, query: Query) -> int:
        return sum(row.original for row in self._chosen(query))

    def _reprints(self, query: Query) -> int:
        return sum(not row.original for row in self._chosen(query))

    def _stories(self, query: Query) -> int:
        return len({row.story for row in self._chosen(query)})

    def _pages_of(self, query: Query) -> int:
        return -(-self._stories(query) // 20)

    def _page(self, query: Query) -> int:
        return int(query.get("page", ["1"])[0])

    def _copies(self, query: Query) -> int:
        story = next(row.story for row in self.rows if row.id == int(query["of"][0]))
        return sum(row.story == story for row in self._chosen(query)) - 1

    def _more(self, query: Query) -> int:
        return self._copies(query) - 5

    def _rest(self, query: Query) -> int:
        found: set[str] = set()
        for row in self._chosen(query):
            values: dict[str, Iterable[str]] = {
                "topic": row.topics, "agency": row.agencies, "outlet": [row.source], "lang": [row.language],
                "week": [week(row.day)] if row.day else [],
            }  # fmt: skip
            found.update(values[query["family"][0]])
        return min(len(found), 60) - 8

    def _published(self, query: Query) -> int:
        """All dated pages of a source or a kind of source, each once, whatever they are about."""
        rows = self.db.execute(
            """select p.source_id, p.published_on, a.published_on from pages p left join articles a on a.url = p.url
               where p.state not in ('discovered', 'failed', 'refused') and p.same_as is null"""
        )
        days = [(source, own or listed) for source, listed, own in rows if own or listed]
        return sum(
            source in query.get("outlet", [source])
            and self.kinds[source] in query.get("kind", [self.kinds[source]])
            and query.get("from", [""])[0] <= day <= query.get("to", ["9999"])[0]
            and week(day) in query.get("week", [week(day)])
            for source, day in days
        )

    def _share(self, query: Query) -> float | None:
        if "target" in query:
            found = list(self.verdicts(query["target"][0]).values())
            return found.count("met") / len(found)
        return self._articles(query) / self._published(query)

    # ── one article ────────────────────────────────────────────────────────────────────────────
    def _story(self, query: Query) -> int:
        story = next(row.story for row in self.rows if row.id == int(query["article"][0]))
        return sum(row.story == story for row in self.rows)

    def _others(self, query: Query) -> int:
        return self._story(query) - 1

    def _score(self, query: Query) -> float:
        if "topic" in query:
            sql = "select score from article_topics where article_id = ? and topic_id = ?"
            return self._one(sql, query["article"][0], query["topic"][0])
        return self._one("select relevance_score from articles where id = ?", query["article"][0])

    def _mentions(self, query: Query) -> float:
        return self._one(
            "select mentions from article_agencies where article_id = ? and agency_id = ?",
            query["article"][0],
            query["agency"][0],
        )

    def _words(self, query: Query) -> float:
        return self._one("select words from articles where id = ?", query["article"][0])

    def _versions(self, query: Query) -> float:
        return self._one("select count(*) from article_versions where article_id = ?", query["article"][0])

    # ── targets and duties ─────────────────────────────────────────────────────────────────────
    def _measured(self, target: str, until: str = "9999") -> str:
        sql = "select max(as_of) from target_verdicts where target_id = ? and as_of <= ?"
        return str(self.db.execute(sql, [target, until]).fetchone()[0])

    def _verdicts(self, query: Query) -> int:
        found = self.verdicts(query["target"][0])
        return sum(verdict in query.get("verdict", [verdict]) for verdict in found.values())

    def _due(self, query: Query) -> float:
        return float(next(target["share"] for target in self.programme["targets"] if target["id"] == query["target"][0]))

    def _gained(self, query: Query) -> int:
        target = query["target"][0]
        last = date.fromisoformat(self._measured(target))
        before = self._measured(target, (last.replace(day=1) - timedelta(days=1)).replace(day=min(last.day, 28)).isoformat())
        sql = "select count(*) from target_verdicts where target_id = ? and as_of = ? and verdict = 'met'"
        return abs(int(self._one(sql, target, last.isoformat()) - self._one(sql, target, before)))

    def _confirmed(self, query: Query) -> float:
        return self._one(
            """select count(*) from target_verdicts v join evidence e on e.id = v.evidence_id
               where v.target_id = ? and v.as_of = ? and v.verdict = 'met' and e.state = 'confirmed'""",
            query["target"][0], self._measured(query["target"][0]),
        )  # fmt: skip

    def _further(self, query: Query) -> float:
        """Evidence beyond the piece that is shown."""
        sql = "select count(*) - 1 from evidence where target_id = ? and unit_id = ?"
        return self._one(sql, query["target"][0], query["unit"][0])

    def _offset(self, query: Query) -> float:
        return self._one("select warc_offset from evidence where id = ?", query["evidence"][0])

    def _duties(self, query: Query) -> int:
        rows = self.db.execute("select agency_id, id, period, due_on, state from duties").fetchall()
        names = ("unit", "id", "period", "due", "state")
        return sum(all(row[n] in query.get(name, [row[n]]) for n, name in enumerate(names)) for row in rows)

    def _agencies(self, query: Query) -> float:
        return self._one("select count(*) from agencies where kind = ? and valid_to is null", query["kind"][0])

    def _uncovered(self, query: Query) -> int:
        """Counted bodies that nothing of the 30 days names, by their own name or a predecessor's."""
        until = str(self._one("select max(as_of) from target_verdicts"))
        since = (date.fromisoformat(until) - timedelta(days=29)).isoformat()
        named = {
            self._today(agency) for row in self.rows if row.relevance and since <= row.day <= until for agency in row.agencies
        }
        bodies = self.db.execute("select id, kind, valid_to from agencies").fetchall()
        return sum(kind in COUNTED_KINDS and not valid_to and id not in named for id, kind, valid_to in bodies)

    # ── sources and runs ───────────────────────────────────────────────────────────────────────
    def _sources(self, query: Query) -> float:
        return self._one("select count(*) from sources where status = ?", query["status"][0])

    def _pages(self, query: Query) -> float:
        if "source_id" not in query:
            return self._pages_of(query)
        rows = self.db.execute("select state from pages where source_id = ?", query["source_id"])
        return sum(state in query.get("state", [state]) for (state,) in rows)

    def _failures(self, query: Query) -> int:
        return len(self._failed(query))

    def _failing(self, query: Query) -> int:
        return len({source for source in self._failed(query) if source})

    def _failed(self, query: Query) -> list[str]:
        least = int(query.get("run_id__gte", ["0"])[0])
        rows = self.db.execute("select source_id, run_id, reason, severity from failures where run_id >= ?", [least])
        return [
            source
            for source, run, reason, severity in rows
            if str(run) in query.get("run_id", [str(run)])
            and reason in query.get("reason", [reason])
            and severity in query.get("severity", [severity])
        ]

    def _items(self, query: Query) -> float | None:
        return self._one("select items from endpoints where source_id = ? and url = ?", query["source"][0], query["url"][0])

    def _setting(self, query: Query) -> float | None:
        return None

    def _one(self, sql: str, *values: object) -> float:
        found: float = self.db.execute(sql, values).fetchone()[0]
        return found
