"""``mobstd schemas VERB``: what a maintainer of a standard does. One module here per verb.

A module ``<verb>.py`` in this folder is a verb: its ``add(verbs)`` registers it, as those of
``mobstd.cli`` do, and sets ``func``. It imports what it needs when it runs. Its texts stand in a
catalogue of its own, ``mobstd/messages/<verb>.json``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "verbs"]


def verbs() -> list[str]:
    """Return the verbs that are there, in alphabetical order."""
    return sorted(module.name for module in iter_modules(__path__))


def add(subparsers: Subparsers) -> None:
    """Register the group and each verb of it."""
    parser = subparsers.add_parser(
        "schemas", help=say("cli.schemas.summary"), description=say("cli.schemas.description")
    )
    below = parser.add_subparsers(
        dest="what",
        metavar=say("cli.verb"),
        title=say("cli.verbs"),
        parser_class=type(parser),
        required=True,
    )
    for verb in verbs():
        import_module(f"{__name__}.{verb}").add(below)
