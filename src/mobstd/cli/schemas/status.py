"""``mobstd schemas status``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from mobstd.cli.schemas.release import day
from mobstd.cli.words import Subparsers, say, tell

__all__ = ["add", "run"]

STAGES = ("draft", "consultation", "approved", "withdrawn")


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "status",
        help=say("cli.status.summary"),
        description=say("cli.status.description"),
        epilog=say("cli.status.epilog"),
    )
    option = parser.add_argument
    when = say("cli.release.day")
    option("version", metavar="NAME@VERSION", help=say("cli.status.version"))
    option("stage", nargs="?", choices=STAGES, help=say("cli.status.stage"))
    option("--on", metavar=when, type=day, help=say("cli.status.on"))
    option("--by", metavar=say("cli.status.who"), action="append", default=[],
           help=say("cli.status.by"))  # fmt: skip
    option("--minutes", metavar="URL", help=say("cli.status.minutes"))
    option("--deprecated", metavar=when, type=day, help=say("cli.status.deprecated"))
    option("--end-of-life", metavar=when, type=day, help=say("cli.status.end-of-life"))
    option("--replaced-by", metavar="X.Y", help=say("cli.status.replaced-by"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write a decision or dates where they are given, and say where the version stands."""
    from mobstd.canon.standard import find
    from mobstd.release.edition.decision import Dates, decide, retire
    from mobstd.release.edition.stage import Decision, lines, standing

    version = find(args.version, args.roots)
    today = datetime.now(UTC).date()
    if args.stage:
        decision = Decision(args.stage, args.on or today, tuple(args.by), args.minutes)
        tell("cli.status.written", file=str(decide(version, decision, args.roots)))
    if args.deprecated or args.end_of_life or args.replaced_by:
        dates = Dates(args.deprecated or args.on or today, args.end_of_life, args.replaced_by)
        tell("cli.status.written", file=str(retire(version, dates, args.roots)))
    now = find(args.version, args.roots)
    print(f"{now}  {say(f'cli.standards.status.{now.status}')}")
    for line in lines(standing(now), args.lang):
        print(f"  {line}")
    return 0
