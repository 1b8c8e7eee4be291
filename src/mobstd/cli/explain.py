"""``mobstd explain``."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from mobstd.cli.words import Subparsers, coloured, say

if TYPE_CHECKING:
    from mobstd.conformance.explanation import Explanation

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "explain", help=say("cli.explain.summary"), description=say("cli.explain.description")
    )
    parser.add_argument("id", nargs="?", metavar="ID", help=say("cli.explain.id"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print what an id means, or which ones there are."""
    from mobstd.conformance.explanation import explain, listing
    from mobstd.release.explanation import explain as of_tools

    found = listing(args.lang, args.roots) if not args.id else of_tools(args.id, args.lang)
    found = found or explain(args.id, args.lang, args.roots)
    for number, explanation in enumerate(found):
        if number:
            print()
        _show(explanation)
    return 0


def _show(explanation: Explanation) -> None:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    bold = "\x1b[1m{}\x1b[0m" if coloured(sys.stdout) else "{}"
    print(bold.format(explanation.title))
    for section in explanation.sections:
        print()
        if section.heading:
            print(bold.format(section.heading))
        indent = "  " if section.heading else ""
        for line in section.lines:
            print(_wrapped(line, width, indent))


def _wrapped(line: str, width: int, indent: str) -> str:
    own = indent + line[: len(line) - len(line.lstrip())]
    listed = "    " if "  " in line.strip() else ""
    return textwrap.fill(
        line.strip(),
        width,
        initial_indent=own,
        subsequent_indent=own + listed,
        break_long_words=False,
        break_on_hyphens=False,
    )
