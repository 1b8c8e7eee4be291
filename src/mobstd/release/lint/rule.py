"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mobstd.messages import render
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import Place

if TYPE_CHECKING:
    from mobstd.release.lint.subject import Subject

__all__ = ["SEVERITIES", "Found", "Hit", "Rule", "at"]

SEVERITIES = ("error", "warning", "note")
"""The worst first."""


@dataclass(frozen=True)
class Hit:
    """A place where a rule is broken; ``params`` fill the text of the rule."""

    document: Document
    pointer: str
    params: Mapping[str, Any] = field(default_factory=dict)


Found = Iterator[Hit]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Its texts are ``lint.<topic>-<nn>`` (what a finding says), ``.title`` and ``.why``.

    Attributes:
        id: ``LINT-TOPIC-NN``, permanent and never reused.
        severity: ``error``, ``warning`` or ``note``.
        find: the places of a subject that break it.
        house: it holds for standards in our layout alone, not for a stranger's file.
        needs: what a standard has to be before it can be asked: ``held`` (its files keep their
            contracts) or ``sound`` (its schemas and OpenAPI documents can be used as well).
        after: rules that say why, where they found something at the same place: one cause, one
            finding.
    """

    id: str
    severity: str
    find: Callable[[Subject], Found]
    house: bool = False
    needs: str = ""
    after: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code of its text."""
        return "lint." + self.id.removeprefix("LINT-").lower()

    def text(self, part: str, lang: str) -> str:
        """Return its ``title`` or its ``why``."""
        return render(f"{self.code}.{part}", {}, lang)


def at(place: Place, below: str = "", **params: Any) -> Hit:
    """Return a hit at a schema, or at a keyword of it."""
    return Hit(place.document, place.pointer + below, params)
