"""`tag` and `extract`: one JSON object a line in, one out, in order, without a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from classifier.agencies import Gazetteer
from classifier.suggest import Suggester, default_model_path
from classifier.topics import TopicModel
from classifier.types import AgencyName, Document
from crawler.clock import now
from crawler.extract.article import read_page
from crawler.items import Page, Unreadable
from crawler.urls import canonical

MAX_FILE = 50_000_000
"""Bytes of a file that `extract` reads: the bound of a document in a crawl."""


class BadLine(Exception):
    """A line that cannot be worked on; the message becomes its `error`."""


def tag_lines(lines: Iterable[str], out: TextIO, names: Iterable[AgencyName], trained: Path | None) -> int:
    """Tag each line's text; give how many lines were bad. `trained`: a model that wins over the packaged one."""
    suggester = Suggester(TopicModel.load(default_model_path(trained)), Gazetteer(names))

    def tag(record: dict[str, Any]) -> dict[str, Any]:
        url = _text(record, "url")
        suggestion = suggester.suggest(Document(_text(record, "title") or "", _text(record, "text") or "", url))
        return {
            "relevance": suggestion.relevance.level,
            "relevance_score": round(suggestion.relevance.score, 4),
            "topics": {topic.id: round(topic.score, 4) for topic in suggestion.topics},
            "agencies": [
                {"id": found.id, "mentions": found.mentions, "in_title": found.in_title, "role": found.role}
                for found in suggestion.agencies
            ],
        }

    return _each(lines, out, tag)


def extract_lines(lines: Iterable[str], out: TextIO) -> int:
    """Extract each line's file (HTML, PDF or DOCX); give how many lines were bad."""
    return _each(lines, out, _extract)


def _extract(record: dict[str, Any]) -> dict[str, Any]:
    path = _text(record, "path")
    if not path:
        raise BadLine("no path")
    url = canonical(_text(record, "url") or "") or "http://localhost/"
    try:
        file_path = Path(path)
        if file_path.exists() and not file_path.is_file():
            raise BadLine(f"{path}: not a file")  # reading a pipe or a terminal would wait for ever
        with file_path.open("rb") as file:
            body = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        raise BadLine(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(body) > MAX_FILE:
        raise BadLine(f"{path}: larger than {MAX_FILE} bytes")
    try:
        article = read_page(Page(url, 200, (), body, now()), stumps=True)
    except Unreadable as error:
        raise BadLine(f"{path}: {error}") from error
    return {
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "language": article.language,
        "published_at": article.published.iso() if article.published else None,
        "date_source": article.published.source if article.published else "none",
    }


def _each(lines: Iterable[str], out: TextIO, work: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    bad = 0
    for line in lines:
        known: Any = None
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise BadLine("not a JSON object")
            known = record.get("id")
            answer = {"id": known, **work(record)}
        except (BadLine, json.JSONDecodeError, RecursionError) as error:
            bad += 1
            answer = {"id": known, "error": f"not JSON: {error}" if isinstance(error, ValueError) else str(error)}
        except Exception as error:  # noqa: BLE001 - the edge of one line: the next one must still be answered
            bad += 1
            answer = {"id": known, "error": f"{type(error).__name__}: {error}"[:500]}
        out.write(_written(answer) + "\n")
        out.flush()
    return bad


def _written(answer: dict[str, Any]) -> str:
    """One line of JSON, escaped where it echoes half a character, which no encoding has."""
    line = json.dumps(answer, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(answer)
    return line


def _text(record: dict[str, Any], field: str) -> str | None:
    value = record.get(field)
    if value is not None and not isinstance(value, str):
        raise BadLine(f"{field}: text expected, not {type(value).__name__}")
    return value
