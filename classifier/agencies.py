"""A Document in, the bodies that it names out: each with its mentions, their spans, and whether it acts or is only named.

An Aho-Corasick automaton finds every written form of every name in the folded text (agency_index); what stands beside a
form decides whether it is the body (agency_offices for ministries and agencies, agency_places for provinces).
"""

from __future__ import annotations

from collections.abc import Iterable

from classifier.agency_context import Passage, lexicon
from classifier.agency_index import Hit, NameIndex, Weight
from classifier.agency_letterhead import Letterhead
from classifier.agency_offices import OfficeReader
from classifier.agency_places import PlaceReader
from classifier.types import AgencyMention, AgencyName, Document, Role

SHORT = 1200
"""In a text of no more characters, one mention of a province is enough."""


class Gazetteer:
    """Finds bodies in texts; made once from the rows of the roster, then free of state."""

    def __init__(self, names: Iterable[AgencyName]) -> None:
        self._words = lexicon()
        self._index = NameIndex(names, self._words)

    @property
    def size(self) -> int:
        """How many written forms are known."""
        return self._index.size

    def find(self, doc: Document) -> tuple[AgencyMention, ...]:
        """The bodies that `doc` names, those of the title first, then by their number of mentions.

        A ministry counts by any mention; a province by one of its organs, in the title, as the subject, or twice.
        Spans are offsets in the NFC form of the title and the text.
        """
        title, text = Passage.of(doc.title), Passage.of(doc.text)
        sport = self._words.is_sport(title.folded, text.folded)
        above = self._hits(title, heading=True, sport=sport)
        below = self._hits(text, heading=False, sport=sport)
        short = len(title.text) + len(text.text) <= SHORT
        head = Letterhead(title, text)
        mentions = []
        for agency_id in dict.fromkeys([*above, *below]):
            in_title, in_text = head.in_title(above.get(agency_id, [])), head.in_text(below.get(agency_id, []))
            if in_title or short or agency_id not in self._index.provinces or _is_subject(in_text):
                mentions.append(_mention(agency_id, in_title, in_text, title, text))
        return tuple(sorted(mentions, key=lambda m: (not m.in_title, -m.mentions)))

    def _hits(self, passage: Passage, *, heading: bool, sport: bool) -> dict[str, list[Hit]]:
        """The believed occurrences in a passage, by body."""
        offices = OfficeReader(self._index, self._words, passage)
        places = PlaceReader(self._index, self._words, passage, heading=heading, sport=sport)
        sure: dict[str, list[Hit]] = {}
        doubtful: list[Hit] = []
        for found in self._index.met(passage):
            if found.opener:
                offices.open_list(found.end)
            for form in found.forms:
                hit = places.read(found, form) if form.how == "place" else offices.read(found, form)
                if hit is None:
                    continue
                if form.text in self._words.ambiguous:
                    doubtful.append(hit)
                elif hit.weight >= Weight.NAME:
                    sure.setdefault(hit.agency_id, []).append(hit)
                break
        for hit in doubtful:  # an abbreviation that may mean something else counts beside the name in full
            if hit.agency_id in sure:
                sure[hit.agency_id].append(hit)
        return {agency_id: sorted(hits, key=lambda hit: hit.start) for agency_id, hits in sure.items()}


def _is_subject(hits: list[Hit]) -> bool:
    return len(hits) > 1 or any(hit.weight is Weight.BODY for hit in hits)


def _mention(agency_id: str, in_title: list[Hit], in_text: list[Hit], title: Passage, text: Passage) -> AgencyMention:
    spans = (
        *(title.span("title", hit.start, hit.end) for hit in in_title),
        *(text.span("text", hit.start, hit.end) for hit in in_text),
    )
    role: Role = "actor" if any(hit.actor for hit in (*in_title, *in_text)) else "named"
    return AgencyMention(agency_id, len(spans), bool(in_title), role, spans)
