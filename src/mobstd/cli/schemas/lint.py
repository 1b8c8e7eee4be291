"""``mobstd schemas lint``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]

FORMATS = ("text", "json", "sarif", "github")
SEVERITIES = ("error", "warning", "note")


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "lint",
        help=say("cli.lint.summary"),
        description=say("cli.lint.description"),
        epilog=say("cli.lint.epilog"),
    )
    option = parser.add_argument
    option("what", nargs="*", metavar=say("cli.lint.metavar"), help=say("cli.lint.what"))
    option("--format", choices=FORMATS, default="text", help=say("cli.lint.format"))
    option("--output", metavar=say("cli.file"), default="-", help=say("cli.lint.output"))
    option("--only", metavar="ID", nargs="+", default=(), help=say("cli.lint.only"))
    option("--waivers", metavar=say("cli.file"), type=Path, help=say("cli.lint.waivers"))
    option("--fail-on", choices=SEVERITIES, default="error", help=say("cli.lint.fail-on"))
    parser.set_defaults(func=run, held=False)


def run(args: argparse.Namespace) -> int:
    """Write what was found; 1 where it is bad enough."""
    from mobstd.output.files import replace_file
    from mobstd.release.lint.files import subjects
    from mobstd.release.lint.render import FORMATS as RENDERERS
    from mobstd.release.lint.run import lint

    wanted = args.what or [None]
    found = [subject for one in wanted for subject in subjects(one, args.roots)]
    today = datetime.now(UTC).date()
    result = lint(found, today=today, only=args.only, waived_in=args.waivers)
    replace_file(args.output, RENDERERS[args.format](result, args.lang))
    return 1 if result.failed(args.fail_on) else 0
