"""``mobstd report``: compare, convert and accept reports."""

from __future__ import annotations

import argparse
import json
from datetime import date

from mobstd.cli.words import Subparsers, say
from mobstd.errors import ConfigError

__all__ = ["add", "run"]

FORMATS = ("terminal", "json", "junit", "sarif", "markdown", "html", "github", "gitlab")


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "report", help=say("cli.report.summary"), description=say("report.help.report")
    )
    parser.set_defaults(func=run, what=None)
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", parser_class=type(parser))
    verbs.required = True
    _diff(verbs)
    _show(verbs)
    _baseline(verbs)


def _diff(verbs: Subparsers) -> None:
    parser = verbs.add_parser("diff", help=say("report.help.diff"))
    parser.add_argument("old", metavar="OLD", help=say("report.help.old"))
    parser.add_argument("new", metavar="NEW", help=say("report.help.new"))
    parser.add_argument("--json", action="store_true", help=say("report.help.json"))
    parser.set_defaults(func=_run_diff)


def _show(verbs: Subparsers) -> None:
    parser = verbs.add_parser("show", help=say("report.help.show"))
    option = parser.add_argument
    option("report", metavar="REPORT", help=say("report.help.file"))
    option("--format", choices=FORMATS, default="terminal", help=say("report.help.format"))
    option("--output", metavar="FILE", default="-", help=say("report.help.output"))
    parser.set_defaults(func=_run_show)


def _baseline(verbs: Subparsers) -> None:
    parser = verbs.add_parser("baseline", help=say("report.help.baseline"))
    option = parser.add_argument
    option("report", metavar="REPORT", help=say("report.help.file"))
    option("--reason", required=True, help=say("report.help.reason"))
    option("--owner", required=True, help=say("report.help.owner"))
    option("--expires", required=True, metavar="DAY", help=say("report.help.expires"))
    option("--keep", metavar="FILE", help=say("report.help.keep"))
    option("--output", metavar="FILE", default="-", help=say("report.help.output"))
    parser.set_defaults(func=_run_baseline)


def run(args: argparse.Namespace) -> int:
    """Run the part that was asked for, and return the exit code."""
    code: int = args.func(args)
    return code


def _run_diff(args: argparse.Namespace) -> int:
    from mobstd.conformance.report.contract import read
    from mobstd.conformance.report.diff import compare, render

    changes = compare(read(args.old), read(args.new))
    if args.json:
        print(json.dumps(changes, indent=2))
    else:
        print(render(changes, args.lang), end="")
    return 1 if changes["worse"] else 0


def _run_show(args: argparse.Namespace) -> int:
    from mobstd.conformance.report import terminal
    from mobstd.conformance.report.contract import read
    from mobstd.conformance.report.write import write
    from mobstd.output.files import replace_file

    report = read(args.report)
    if args.format != "terminal":
        write(report, {args.format: args.output}, args.lang)
    elif args.output == "-":
        terminal.show(report, args.lang)
    else:
        replace_file(args.output, terminal.render(report, args.lang, width=100))
    return 0


def _run_baseline(args: argparse.Namespace) -> int:
    from mobstd.conformance.baseline import load, propose
    from mobstd.conformance.report.contract import read
    from mobstd.output.files import replace_file

    try:
        day = date.fromisoformat(args.expires)
    except ValueError:
        raise ConfigError("baseline.bad-date", value=args.expires) from None
    kept = load(args.keep) if args.keep else None
    proposed = propose(
        read(args.report), reason=args.reason, owner=args.owner, expires=day, keep=kept
    )
    text = json.dumps(proposed, ensure_ascii=False, indent=2) + "\n"
    replace_file(args.output, text)
    return 0
