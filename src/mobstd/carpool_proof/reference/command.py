"""``mobstd registry export`` and ``mobstd registry open-data``: files from a sandbox's database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mobstd.carpool_proof.limits import LATEST
from mobstd.messages import language, render

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mobstd.serving.database import Connection

__all__ = ["COMMANDS", "add", "export", "open_data"]


def _say(code: str, **params: Any) -> str:
    return render(code, params, language())


def add(subparsers: Any) -> None:
    """Register the verb."""
    about = {"help": _say("registry.summary"), "description": _say("registry.description")}
    verbs = subparsers.add_parser("registry", **about).add_subparsers(
        dest="what", required=True, metavar=_say("cli.verb")
    )
    for name, run in (("export", export), ("open-data", open_data)):
        words = _say(f"registry.{name}")
        parser = verbs.add_parser(name, help=words, description=words)

        def option(flag: str, into: Any = parser, **rest: Any) -> None:
            into.add_argument(flag, help=_say(f"registry.{flag.lstrip('-')}"), **rest)

        option("db", metavar=_say("cli.file"))
        option("--communes", metavar=_say("cli.file"), required=True)
        option("--rules", metavar="NAME", default=LATEST)
        option("--out", metavar=_say("cli.file"), default="-")
        if run is export:
            option("--operator", metavar="N", type=int, required=True)
            option("--start", metavar="T", required=True)
            option("--end", metavar="T", required=True)
            option("--tz", metavar="ZONE", default="Europe/Paris")
        else:
            option("--month", metavar="YYYY-MM", required=True)
        parser.set_defaults(func=run)


COMMANDS: Mapping[str, Callable[[Any], None]] = {"registry": add}
"""The verb that this module contributes."""


def export(args: argparse.Namespace) -> int:
    """Write the file of an operator."""
    from mobstd.carpool_proof.reference import exporting
    from mobstd.carpool_proof.reference.communes import Communes
    from mobstd.carpool_proof.rules.profile import profile

    rules, zone = profile(args.rules), _zone(args.tz)
    span = _instant(args.start, zone), _instant(args.end, zone)
    communes = Communes.load(Path(args.communes))
    with _journeys(args.db) as db, _output(args.out) as file:
        rows = exporting.export(db, rules, communes, zone, span, args.operator)
        count = exporting.write(file, exporting.export_columns(rules), rows)
    print(_say("registry.written", count=count, file=args.out), file=sys.stderr)
    return 0


def open_data(args: argparse.Namespace) -> int:
    """Write the open data of a month, and what was left out to hide persons."""
    from mobstd.carpool_proof.reference import exporting
    from mobstd.carpool_proof.reference.communes import Communes
    from mobstd.carpool_proof.rules.profile import profile

    rules = profile(args.rules)
    zone = _zone(rules["open_data"]["zone"])
    span = _month(args.month, zone)
    communes = Communes.load(Path(args.communes))
    with _journeys(args.db) as db:
        found = exporting.open_data(db, rules, communes, span)
    with _output(args.out) as file:
        exporting.write(file, exporting.OPEN_DATA, found.rows)
    print(_say("registry.published", file=args.out, **found.statistics), file=sys.stderr)
    return 0


@contextmanager
def _journeys(name: str) -> Iterator[Connection]:
    """Read a sandbox's database, once it is sure that it is one."""
    from mobstd.serving.database import reading

    with reading(name) as db:
        db.execute("SELECT acquisition FROM journeys LIMIT 1").fetchall()
        yield db


@contextmanager
def _output(name: str) -> Iterator[IO[str]]:
    from mobstd.errors import ConfigError

    if name == "-":
        yield sys.stdout
        return
    try:
        with Path(name).open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError("registry.no-output", file=name, why=why) from None


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from mobstd.errors import ConfigError

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError("registry.bad-zone", name=name) from None


def _instant(text: str, zone: ZoneInfo) -> int:
    """Return an instant in milliseconds; a day or an hour without offset is one of the zone."""
    from mobstd.errors import ConfigError

    try:
        at = datetime.fromisoformat(text)
        return round((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise ConfigError("registry.bad-instant", value=text) from None


def _month(text: str, zone: ZoneInfo) -> tuple[int, int]:
    """Return when a month begins and when the next one does, in milliseconds."""
    from mobstd.errors import ConfigError

    try:
        year, month = map(int, text.split("-"))
        first = datetime(year, month, 1, tzinfo=zone)
        last = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        return round(first.timestamp() * 1000), round(last.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise ConfigError("registry.bad-month", value=text) from None
