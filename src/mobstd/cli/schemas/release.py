"""``mobstd schemas release``."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

__all__ = ["add", "day", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "release",
        help=say("cli.release.summary"),
        description=say("cli.release.description"),
        epilog=say("cli.release.epilog"),
    )
    option = parser.add_argument
    option("draft", metavar="NAME@DRAFT", help=say("cli.release.draft"))
    option("--as", dest="number", metavar="X.Y", help=say("cli.release.as"))
    option("--after", metavar="X.Y", help=say("cli.release.after"))
    option("--date", metavar=say("cli.release.day"), type=day, help=say("cli.release.date"))
    option("--sign", metavar=say("cli.file"), type=Path, help=say("cli.release.sign"))
    option("--typescript", action="store_true", help=say("cli.bundle.typescript"))
    option(
        "--end-of-life",
        metavar=say("cli.release.day"),
        type=day,
        help=say("cli.release.end-of-life"),
    )
    option("--dry-run", action="store_true", help=say("cli.release.dry-run"))
    parser.set_defaults(func=run)


def day(text: str) -> date:
    """Return the day that an option gives.

    Raises:
        ConfigError: where it is none, as ISO 8601 has it.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError("edition.bad-date", value=text) from None


def run(args: argparse.Namespace) -> int:
    """Plan the release, say what it is, and carry it out unless that is only tried."""
    from mobstd.canon.standard import find
    from mobstd.release.edition.plan import Options, carry_out, planned

    if not args.roots:
        raise ConfigError("edition.no-root")
    options = Options(
        day=args.date or datetime.now(UTC).date(),
        number=args.number,
        after=args.after,
        key=args.sign,
        typescript=args.typescript,
        end_of_life=args.end_of_life,
    )
    plan = planned(find(args.draft, args.roots), options)
    for place in plan.files:
        print(place, flush=True)
    step = plan.comparison["calls_for"] if plan.comparison else "-"
    tell("cli.release.said", name=plan.name, before=str(plan.before or "-"), step=step)
    for refusal in plan.refusals:
        print(refusal.text(args.lang))
    if plan.refusals:
        return 1
    if args.dry_run:
        tell("cli.release.tried", count=len(plan.files))
        return 0
    carry_out(plan)
    tell("cli.release.done", name=plan.name, count=len(plan.files), draft=str(plan.draft))
    return 0
