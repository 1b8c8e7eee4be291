"""What the commands that judge traffic share: where reports go, and how a run ends."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mobstd.cli.check import FORMATS, seconds
from mobstd.cli.words import say, tell
from mobstd.errors import ConfigError

if TYPE_CHECKING:
    from mobstd.canon.standard import Version
    from mobstd.conformance.record import Recorder
    from mobstd.conformance.traffic.account import About
    from mobstd.conformance.traffic.command import Command

__all__ = [
    "by_suffix",
    "command_of",
    "commanding",
    "conclude",
    "files",
    "keys_of",
    "recorder",
    "reports",
]

SUFFIXES = {
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".xml": "junit",
    ".sarif": "sarif",
}
"""The format of a report by the end of its name."""


def reports(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where reports go."""
    for name in FORMATS:
        parser.add_argument(f"--{name}", metavar="FILE", help=say(f"cli.check.{name}"))
    parser.add_argument(
        "--fail-on", choices=("error", "warning"), default="error", help=say("cli.check.fail-on")
    )
    parser.add_argument("--baseline", metavar="FILE", help=say("cli.check.baseline"))


def commanding(parser: argparse.ArgumentParser) -> None:
    """Add the options for a command to run; the command itself follows ``--``."""
    parser.add_argument(
        "--time-budget", type=seconds, metavar="S", help=say("cli.judging.time-budget")
    )
    parser.set_defaults(command=[])


def by_suffix(path: str) -> dict[str, str]:
    """Return the format of a file as its name ends.

    Raises:
        ConfigError: for another end.
    """
    form = SUFFIXES.get(PurePath(path).suffix.lower())
    if form is None:
        known = ", ".join(dict.fromkeys(SUFFIXES))
        raise ConfigError("traffic.unknown-suffix", file=path, known=known)
    return {form: path}


def files(args: argparse.Namespace, sides: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return by side the files that were asked for; of two sides, each has its own.

    Raises:
        ConfigError: for a file that cannot be written.
    """
    from mobstd.output.files import check_writable

    wanted = {name: path for name in FORMATS if (path := getattr(args, name))}
    if getattr(args, "judge", None):
        wanted = {**by_suffix(args.judge), **wanted}
    if len(sides) == 1:
        found = {sides[0]: wanted}
    else:
        found = {side: {k: _beside(v, side) for k, v in wanted.items()} for side in sides}
    for one in found.values():
        check_writable(one.values())
    return found


def _beside(path: str, side: str) -> str:
    if path == "-":
        raise ConfigError("traffic.two-reports")
    whole = PurePath(path)
    return str(whole.with_name(f"{whole.stem}-{side}{whole.suffix}"))


def command_of(args: argparse.Namespace, url: str, keys: Mapping[str, str]) -> Command | None:
    """Start the command that was given, if any, and tell it where and how to call."""
    if not args.command:
        return None
    from mobstd.conformance.traffic.command import Command

    environment = {"MOBSTD_URL": url}
    if keys:
        environment["MOBSTD_KEY"] = next(iter(keys))
    return Command(args.command, environment)


def conclude(
    reports: Sequence[Mapping[str, Any]],
    written: Mapping[str, Mapping[str, str]],
    lang: str,
) -> int:
    """Print the reports, say what is odd about them, and return the exit code."""
    from mobstd.conformance.report.terminal import show
    from mobstd.judging.outcome import table

    quiet = any("-" in one.values() for one in written.values())
    for place, (report, side) in enumerate(zip(reports, written, strict=True)):
        if not quiet:
            if place:
                print()
            show(report, lang, written=written[side])
    first = reports[0]
    if not first["requests"]:
        tell("traffic.nothing-came")
    elif first["traffic"]["elsewhere"]:
        where = ", ".join(f"{e['base']} ({e['requests']})" for e in first["traffic"]["elsewhere"])
        count = first["traffic"]["unmatched"]
        tell("traffic.unmatched", count=count, where=where or "-")
    command = first["command"]
    if command and command["stopped"]:
        tell("traffic.command-stopped", name=command["name"])
    elif command and command["exit_code"] != 0:
        tell("traffic.command-failed", name=command["name"], status=str(command["exit_code"]))
    codes = {int(report["gate"]["exit_code"]) for report in reports}
    return next(int(code) for code in table()["precedence"] if code in codes)


def keys_of(names: Sequence[str]) -> dict[str, str]:
    """Return the keys in these variables, each with the name of its variable.

    Raises:
        ConfigError: for a variable that is not set.
    """
    found = {}
    for name in names:
        if not os.environ.get(name):
            raise ConfigError("serving.no-key", name=name)
        found[os.environ[name]] = name
    return found


def recorder(folder: str | None, about: About, version: Version, role: str) -> Recorder | None:
    """Return what keeps every exchange in a folder, where one was named."""
    if folder is None:
        return None
    from mobstd.conformance.record import Recorder
    from mobstd.conformance.redaction import Redactor

    said = {"standard": str(version), "role": role, "target": about.name}
    return Recorder(folder, said, Redactor(secrets=about.secrets))
