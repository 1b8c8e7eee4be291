"""A document on its way from one version to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mobstd.judging.mapping import Kind

__all__ = ["Note", "Part", "Step"]


@dataclass(frozen=True)
class Note:
    """Something that did not come over as it was."""

    code: str
    kind: Kind
    pointer: str


@dataclass(frozen=True)
class Part:
    """A document on its way, with what the last step noted; ``None``: it cannot be."""

    schema: str
    document: Any = field(repr=False)
    notes: tuple[Note, ...] = ()


Step = Callable[[Part], Part]
