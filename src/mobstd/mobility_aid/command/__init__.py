"""``mobstd aids``: what it can do.

importing  read what others publish; exporting: write it
fetching   bring the bike aids
asking     what a person is entitled to
words      what the four of them say, read and write
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mobstd.messages import language, render
from mobstd.mobility_aid.command import asking, exporting, fetching, importing
from mobstd.mobility_aid.command.words import say

__all__ = ["COMMANDS", "add"]


def add(subparsers: Any) -> None:
    """Register the verb."""
    about = {"help": say("aids"), "description": say("aids")}
    verbs = subparsers.add_parser("aids", **about).add_subparsers(
        dest="what", required=True, metavar=render("cli.verb", {}, language())
    )
    for part in (importing, exporting, fetching, asking):
        part.add(verbs)


COMMANDS: Mapping[str, Callable[[Any], None]] = {"aids": add}
"""The verbs that this module contributes."""
