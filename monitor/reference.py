"""The reference pages of docs/ that are made, not written: `python -m monitor.reference` renews them, a test compares them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from classifier.taxonomy import load_taxonomy
from crawler.roster import load_roster
from monitor.cli import cli

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- Made by `python -m monitor.reference`; change the source, not this page. -->\n\n"


def commands() -> str:
    """docs/commands.md: every command with its help, as the terminal shows it."""
    parts = [MADE, "# Commands\n"]
    # The group's own settings: click remembers the first help option that it makes, whoever asked for it.
    root = click.Context(cli, info_name="nq57", terminal_width=110, **cli.context_settings)
    parts.append(_help(cli, root, "nq57"))
    parts += _commands_of(cli, root, "nq57")
    return "\n".join(parts)


def _commands_of(group: click.Group, above: click.Context, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        context = click.Context(command, info_name=name, parent=above, terminal_width=110, max_content_width=110)
        yield _help(command, context, f"{path} {name}")
        if isinstance(command, click.Group):
            yield from _commands_of(command, context, f"{path} {name}")


def _help(command: click.Command, context: click.Context, title: str) -> str:
    return f"\n## {title}\n\n```\n{command.get_help(context)}\n```\n"


def taxonomy() -> str:
    """docs/taxonomy.md: every topic with its meaning."""
    rows = [f"| `{t.id}` | {t.name_vi} | {t.name_en} | {t.facet} | {' '.join(t.definition.split())} |" for t in load_taxonomy()]
    head = "| id | Vietnamese | English | facet | a text has it when |\n|---|---|---|---|---|\n"
    intro = "# Topics\n\nA text may have several, whatever its relevance. The files are `classifier/labels/*.yaml`.\n\n"
    return MADE + intro + head + "\n".join(rows) + "\n"


def programme() -> str:
    """docs/targets-table.md: the programme's targets with their units and dates."""
    roster = load_roster()
    rows = [
        f"| `{t.id}` | {t.name_en} | {t.unit} | {t.measured_by} | {t.due_on.isoformat()} | {json.dumps(t.share)} |"
        for t in roster.programme.targets
    ]
    return MADE + "| id | target | unit | measured by | due on | share |\n|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"


PAGES = {"commands.md": commands, "taxonomy.md": taxonomy, "targets-table.md": programme}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
