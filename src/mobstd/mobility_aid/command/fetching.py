"""``mobstd aids fetch``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mobstd.messages import language, render
from mobstd.mobility_aid.command.words import say, tell

__all__ = ["add", "run"]


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "fetch", help=say("fetch"), description=say("fetch.description"), epilog=say("fetch.epilog")
    )
    file = render("cli.file", {}, language())
    parser.add_argument(
        "--from", dest="source", metavar=f"URL|{file}", help=say("fetch.option.from")
    )
    parser.add_argument("--again", action="store_true", help=say("fetch.option.again"))
    parser.add_argument("--verbose", action="store_true", help=say("fetch.option.verbose"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Bring the bike aids, and say where they are."""
    from mobstd.mobility_aid.importing.package import RELEASE, URL
    from mobstd.mobility_aid.reference.stock import brought, fetch

    path = brought()
    if path is None or args.again:
        path, found = fetch(args.source or URL)
        told = [one for aid in found for one in aid.diagnostics]
        if args.verbose:
            tell(args.source or URL, told)
        aids = sum(one.aid is not None for one in found)
        sys.stderr.write(say("fetch.summary", release=RELEASE, aids=aids, told=len(told)) + "\n")
    else:
        sys.stderr.write(say("fetch.there", release=RELEASE) + "\n")
    sys.stdout.write(f"{path}\n")
    return 0
