"""The files that people copy to their machines: they say what the command line understands."""

import configparser
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import yaml

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
    # Not ExecStartPost: a run that ends with 1 is worth a copy too.
    assert understood(service["ExecStopPost"]) == "snapshot"
    writable = service["ReadWritePaths"].split()
    for path in (re.search(r"NQ57_DB=(\S+)", (OPERATIONS / "nq57-weekly.service").read_text("utf-8")), service["ExecStopPost"]):
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
    assert [understood(command) for command in commands.split("; ")] == ["weekly", "snapshot"]


def test_the_pages_are_served_by_what_exists() -> None:
    service = unit("nq57-serve.service")["Service"]
    assert understood(service["ExecStart"]) == "serve"
    lines = (OPERATIONS / "crontab").read_text(encoding="utf-8").splitlines()
    served = next(line for line in lines if line.startswith("@reboot"))
    assert understood(served.removeprefix("@reboot ").partition(" >> ")[0]) == "serve"
    log = served.partition(" >> ")[2].split()[0]
    assert Path(log).match(next(line for line in (OPERATIONS / "nq57.logrotate").read_text().splitlines() if "{" in line)[:-2])


def test_the_schedule_of_a_ci_service_runs_the_same_at_the_same_hour() -> None:
    schedule = yaml.safe_load((OPERATIONS / "ci-weekly.yml").read_text(encoding="utf-8"))
    minute, hour, *_, weekday = schedule[True]["schedule"][0]["cron"].split()  # YAML 1.1 reads the key `on` as true
    assert (minute, (int(hour) + 7) % 24, (int(weekday) + 1) % 7) == ("0", 2, 6)
    commands = [step["run"] for step in schedule["jobs"]["weekly"]["steps"] if "nq57" in step.get("run", "")]
    assert [understood(command) for command in commands] == ["weekly", "snapshot"]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for file in OPERATIONS.glob("nq57-*"):
        # What they start and who runs it are not on this machine.
        text = re.sub(r"/srv/nq57/.venv/bin/nq57", "/bin/true", file.read_text("utf-8"))
        (tmp_path / file.name).write_text(text.replace("User=nq57", "User=root"), "utf-8")
    units = sorted(str(file) for file in tmp_path.iterdir())
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0 and not any(str(tmp_path) in line for line in said.stderr.splitlines()), said.stderr


def test_a_wrong_option_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        understood("nq57 --quiet weekly --no-such-option")
