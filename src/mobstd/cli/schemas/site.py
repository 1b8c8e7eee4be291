"""``mobstd schemas site``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "site",
        help=say("cli.site.summary"),
        description=say("cli.site.description"),
        epilog=say("cli.site.epilog"),
    )
    option = parser.add_argument
    option("what", nargs="*", metavar="STANDARD", help=say("cli.site.what"))
    option("--out", metavar=say("cli.folder"), type=Path, required=True, help=say("cli.site.out"))
    option("--base-url", metavar="URL", default="", help=say("cli.site.base-url"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Make the site, and say how large it is."""
    from mobstd.canon.standard import versions
    from mobstd.release.site.site import (
        checked_address,
        checked_folder,
        chosen,
        site,
        write_site,
    )

    address = checked_address(args.base_url)
    found = chosen(args.what, args.roots)
    checked_folder(args.out)
    files = site(found, versions(args.roots), address)
    write_site(files, args.out)
    print(args.out / "index.html")
    tell("cli.site.written", files=len(files), versions=len(found), folder=str(args.out))
    return 0
