"""What a standard adds in Python, beside its data: found by entry point, loaded when used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from mobstd.canon.root import Root, packaged
from mobstd.messages import GROUP

__all__ = ["Plug", "plugs", "resolve"]


@dataclass(frozen=True)
class Plug:
    """The Python of one standard, each part named as ``module:attribute``.

    Attributes:
        name: the standard.
        package: where ``mobstd generate`` writes, such as ``mobstd.ocss``; empty: data only.
        rules: a mapping of rule name to callable, for checks of kind ``rule``.
        derivations: a mapping of name to callable, for checks of kind ``derived``: it takes the
            items that the target lists and the second that it is, and yields what is asked because
            of them, as values by pointer over a right body.
        references: by version, a callable that builds the reference implementation of the main
            role; by ``version/role`` that of another.
        seeds: by the same keys, a callable that returns what ``mobstd serve`` begins with where
            nobody names a file, for the URL of its database or ``None``: the name of the file, or
            ``None``, and what to say of it by language.
        bridges: what serves a version from a partner that speaks another standard: by the served
            version (``name@version``) and the name of the other standard, a callable that takes
            the partner's URL.
        commands: a mapping of verb to a callable that adds a command to the parser.
        root: where its data is; the packaged data when ``None``.
    """

    name: str
    package: str = ""
    rules: str = ""
    derivations: str = ""
    references: Mapping[str, str] | None = None
    seeds: Mapping[str, str] | None = None
    bridges: Mapping[tuple[str, str], str] | None = None
    commands: str = ""
    root: Root | None = None

    @property
    def data(self) -> Root:
        """The root of its data."""
        return self.root or packaged()


def resolve(reference: str) -> Any:
    """Import what ``module:attribute`` names."""
    module, _, attribute = reference.partition(":")
    return getattr(import_module(module), attribute)


@cache
def plugs() -> Mapping[str, Plug]:
    """Return the installed plugs by the name of their standard."""
    from importlib.metadata import entry_points

    found = (point.load() for point in sorted(entry_points(group=GROUP), key=lambda p: p.name))
    return {plug.name: plug for plug in found}
