"""One line of JSON in, one answer out that echoes its id, whatever the line is: what `tag` and `extract` share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class BadLine(Exception):
    """A line that cannot be worked on; the message becomes its `error`."""


def answer(line: str, work: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """The line's id and what `work` makes of its object, or the id and an `error`; never raises for what a line holds."""
    known: Any = None
    try:
        record = json.loads(line.removeprefix("\ufeff"))
        if not isinstance(record, dict):
            raise BadLine("not a JSON object")
        known = record.get("id")
        return {"id": known, **work(record)}
    except (BadLine, json.JSONDecodeError, RecursionError) as error:
        return {"id": known, "error": f"not JSON: {error}" if isinstance(error, ValueError) else str(error)}
    except Exception as error:  # noqa: BLE001 - the edge of one line: the next one must still be answered
        return {"id": known, "error": f"{type(error).__name__}: {error}"[:500]}


def written(said: dict[str, Any]) -> str:
    """One line of JSON, escaped where it echoes half a character, which no encoding has."""
    line = json.dumps(said, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(said)
    return line


def text_in(record: dict[str, Any], field: str) -> str | None:
    """The text of a field, None where there is none; raises BadLine where it is something else."""
    value = record.get(field)
    if value is not None and not isinstance(value, str):
        raise BadLine(f"{field}: text expected, not {type(value).__name__}")
    return value
