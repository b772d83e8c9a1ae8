"""`tag`: lines with texts in, one line of labels each out, in order, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from classifier.agencies import Gazetteer
from classifier.suggest import Suggester, default_model_path
from classifier.topics import TopicModel
from classifier.types import AgencyName, Document
from monitor.lines import answer, text_in, written


def tag_lines(lines: Iterable[str], out: TextIO, names: Iterable[AgencyName], trained: Path | None) -> int:
    """Tag each line's text; give how many lines were bad. `trained`: a model that wins over the packaged one."""
    suggester = Suggester(TopicModel.load(default_model_path(trained)), Gazetteer(names))

    def tag(record: dict[str, Any]) -> dict[str, Any]:
        url = text_in(record, "url")
        suggestion = suggester.suggest(Document(text_in(record, "title") or "", text_in(record, "text") or "", url))
        return {
            "relevance": suggestion.relevance.level,
            "relevance_score": round(suggestion.relevance.score, 4),
            "topics": {topic.id: round(topic.score, 4) for topic in suggestion.topics},
            "agencies": [
                {"id": found.id, "mentions": found.mentions, "in_title": found.in_title, "role": found.role}
                for found in suggestion.agencies
            ],
        }

    bad = 0
    for line in lines:
        said = answer(line, tag)
        bad += "error" in said
        out.write(written(said) + "\n")
        out.flush()
    return bad
