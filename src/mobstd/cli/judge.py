"""``mobstd judge``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.hearing import conclude, files, reports
from mobstd.cli.words import Subparsers, say
from mobstd.errors import ConfigError

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "judge",
        help=say("cli.judge.summary"),
        description=say("cli.judge.description"),
        epilog=say("cli.judge.epilog"),
    )
    option = parser.add_argument
    option("file", metavar="FILE.har|DIR", help=say("cli.judge.file"))
    option("--standard", metavar="NAME@VERSION", help=say("cli.judge.standard"))
    option("--role", metavar="ROLE", help=say("cli.judge.role"))
    option("--base", metavar="URL", help=say("cli.judge.base"))
    option(
        "--side",
        choices=("caller", "server", "both"),
        default="caller",
        help=say("cli.judge.side"),
    )
    option("--caller", metavar="NAME", help=say("cli.judge.caller"))
    reports(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Judge what was recorded, write the reports, and return the exit code."""
    from mobstd.canon.standard import find
    from mobstd.conformance import baseline
    from mobstd.conformance.report.progress import progress
    from mobstd.conformance.report.write import write
    from mobstd.conformance.traffic.account import About, account
    from mobstd.conformance.traffic.hearing import CALLER, SERVER, Hearing
    from mobstd.conformance.traffic.recordings import opened
    from mobstd.serving.opening import role_of

    sides = [CALLER, SERVER] if args.side == "both" else [args.side]
    wanted = files(args, sides)
    accepted = baseline.load(args.baseline) if args.baseline else None
    source = opened(Path(args.file))
    name = args.standard or source.standard
    if name is None:
        raise ConfigError("traffic.no-standard")
    version = find(name, args.roots)
    role = role_of(version, args.role or source.role)
    found = source.locate(version, role, args.base)
    if len(found) > 1 and SERVER in sides:
        raise ConfigError("traffic.several-bases", count=len(found), bases=", ".join(found))
    hearings = [Hearing(version, role, side) for side in sides]
    known: dict[str, None] = {}
    with progress(args.lang) as bar:
        bar.phase("traffic", source.entries)
        for exchange, elsewhere in source.exchanges():
            bar.advance()
            known[exchange.caller or "unknown"] = None
            if args.caller and exchange.caller != args.caller:
                continue
            for hearing in hearings:
                hearing.hear(exchange, elsewhere)
    if args.caller and args.caller not in known:
        raise ConfigError("traffic.no-caller", wanted=args.caller, known=", ".join(known) or "-")
    about = About(
        args.file,
        "recording",
        base=found[0] if len(found) == 1 else "",
        baseline=accepted,
        fail_on=args.fail_on,
        bases=found,
    )
    made = [account(hearing, about) for hearing in hearings]
    for side, report in zip(sides, made, strict=True):
        write(report, wanted[side], args.lang)
    return conclude(made, wanted, args.lang)
