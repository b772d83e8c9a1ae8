"""The files that people copy to their machines: they say what the command line understands."""

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest

from monitor.cli import cli

OPERATIONS = Path(__file__).resolve().parent.parent / "docs" / "operations"


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((OPERATIONS / name).read_text(encoding="utf-8"))
    return parser


def understood(command: str) -> str:
    """The command's name, parsed by the command line itself: an unknown option or command raises."""
    _, *arguments = shlex.split(command)
    with cli.make_context("nq57", arguments) as context:
        name, sub, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
        assert name and sub
        sub.make_context(name, rest, parent=context)
        return name


def test_the_service_runs_what_exists() -> None:
    service = unit("nq57-weekly.service")["Service"]
    assert service["Type"] == "oneshot"
    assert understood(service["ExecStart"]) == "weekly"
    assert understood(service["ExecStartPost"]) == "snapshot"
    writable = service["ReadWritePaths"].split()
    for path in (re.search(r"NQ57_DB=(\S+)", (OPERATIONS / "nq57-weekly.service").read_text("utf-8")), service["ExecStartPost"]):
        named = path[1] if isinstance(path, re.Match) else str(path).split()[-1]
        assert any(named.startswith(f"{folder}/") for folder in writable)


def test_the_timer_comes_once_a_week_and_makes_up_for_what_it_missed() -> None:
    timer = unit("nq57-weekly.timer")
    assert re.fullmatch(r"Sat \*-\*-\* \d\d:\d\d:00 Asia/Ho_Chi_Minh", timer["Timer"]["OnCalendar"])
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_the_crontab_runs_the_same() -> None:
    lines = (OPERATIONS / "crontab").read_text(encoding="utf-8").splitlines()
    job = next(line for line in lines if re.match(r"\d", line))
    when, commands = job.split(maxsplit=5)[:5], job.split(maxsplit=5)[5]
    assert when == ["0", "2", "*", "*", "6"]
    assert [understood(command) for command in commands.split(" && ")] == ["weekly", "snapshot"]


def test_a_wrong_option_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        understood("nq57 --quiet weekly --no-such-option")
