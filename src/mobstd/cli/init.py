"""``mobstd init``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "init", help=say("cli.init.summary"), description=say("cli.init.description")
    )
    parser.add_argument(
        "file",
        nargs="?",
        default="mobstd.toml",
        metavar=say("cli.file"),
        help=say("cli.init.file"),
    )
    parser.add_argument("--standard", metavar="NAME@VERSION", help=say("cli.init.standard"))
    parser.add_argument("--url", metavar="URL", help=say("cli.init.url"))
    parser.add_argument("--force", action="store_true", help=say("cli.init.force"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write a commented profile."""
    from mobstd.conformance.profile_starter import starter

    text = starter(args.lang, standard=args.standard, url=args.url, roots=args.roots)
    try:
        with Path(args.file).open("w" if args.force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError("cli.init.exists", file=args.file) from None
    except OSError as error:
        raise ConfigError("cli.unwritable", file=args.file, why=error.strerror) from None
    tell("cli.init.written", file=args.file)
    return 0
