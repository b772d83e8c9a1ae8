"""The words of the report: its own, under `report.`, and those of the site, so that a thing is called the same everywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from monitor.serve import config_dir
from monitor.site.strings import Strings, load_strings

_OWN = Path(__file__).with_name("words.yaml")


@cache
def report_words() -> Strings:
    """All Vietnamese strings that a report needs, by dotted key."""
    own = yaml.safe_load(_OWN.read_text(encoding="utf-8"))
    return Strings("vi", {**load_strings(config_dir() / "locales")["vi"].by_key, **dict(_flat("report", own))})


def _flat(name: str, tree: object) -> list[tuple[str, str]]:
    if not isinstance(tree, dict):
        return [(name, str(tree))]
    return [pair for key, value in tree.items() for pair in _flat(f"{name}.{key}", value)]
