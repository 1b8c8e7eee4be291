"""``mobstd schemas sources``."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "sources",
        help=say("cli.sources.summary"),
        description=say("cli.sources.description"),
        epilog=say("cli.sources.epilog"),
    )
    option = parser.add_argument
    option("what", metavar=say("cli.lint.metavar"), help=say("cli.sources.what"))
    option("--in", dest="home", metavar=say("cli.folder"), type=Path, help=say("cli.sources.in"))
    option("--text", metavar="NAME=FILE", action="append", default=[],
           help=say("cli.sources.text"))  # fmt: skip
    option("--accept", metavar="ROW", nargs="*", help=say("cli.sources.accept"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Say which rows have to be read again, or write that they were; 1 where some have."""
    from mobstd.output.files import replace_file
    from mobstd.release.adoption.texts import Texts, texts_of
    from mobstd.release.sentences.ledger import accepted, compared

    found: Texts = texts_of(args.what, args.home, args.roots)
    places = list(compared(found.version, found.home, {**found.files, **_named(args.text)}))
    counts = Counter(place.state for place in places)
    if not places:
        raise ConfigError("sentences.nothing", folder=str(found.home))
    if args.accept is not None:
        if found.ledger is None:
            raise ConfigError("sentences.not-ours", what=args.what)
        made = accepted(found.version, places, args.accept)
        replace_file(found.ledger, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
        tell("sentences.accepted", file=str(found.ledger))
        return 0
    for place in places:
        if place.state != "same":
            where = {"file": place.file, "where": place.where, "rows": ", ".join(place.rows)}
            print(say(f"sentences.{place.state}", **where))
    print(say("sentences.sum", count=len(places), **{
        name: counts[name] for name in ("same", "changed", "gone", "new", "nowhere")
    }))  # fmt: skip
    red = any(place.red for place in places)
    if red:
        tell("sentences.settle", what=args.what)
    return 1 if red else 0


def _named(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, mark, file = text.partition("=")
        if not mark or not name or not file:
            raise ConfigError("sentences.bad-text", value=text)
        found[name] = file
    return found
