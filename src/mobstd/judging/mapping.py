"""What a mapping returns: the document, and what was lost, approximated or missing, by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from mobstd.canon.standard import find
from mobstd.judging.pointer import MISSING, get, join

__all__ = ["Kind", "Loss", "Mapped", "Source"]

Kind = Literal["lost", "approximated", "missing"]


@dataclass(frozen=True)
class Loss:
    """One thing that did not come over as it was. It holds no value of the document.

    Attributes:
        code: what it is, a code of the standard's ``messages.yaml``.
        kind: ``lost``: it has no place on the other side; ``approximated``: what stands there is
            close to it; ``missing``: the other side wants what this one does not say.
        pointer: into the document that was mapped.
        standard: whose ``messages.yaml`` has the words, such as ``name@1.0``.
    """

    code: str
    kind: Kind
    pointer: str
    standard: str

    def text(self, lang: str) -> str:
        """Return it in words, ``lang`` is ``en`` or ``fr``."""
        texts = find(self.standard).messages[self.code]
        return texts[lang].format(member=self.pointer or "/")


@dataclass(frozen=True)
class Mapped:
    """A mapped document.

    Attributes:
        schema: the schema of the other side that it is meant for.
        document: a JSON value; ``None`` where a required member is missing, which is among the
            losses.
        losses: what did not come over as it was, in the order of the document.
    """

    schema: str
    document: dict[str, Any] | None = field(repr=False)
    losses: tuple[Loss, ...] = ()

    def named(self, code: str) -> bool:
        """Say whether a loss of this code is among them."""
        return any(loss.code == code for loss in self.losses)


class Source:
    """A document that notes what was taken from it, so that the rest can be named.

    ``standard`` is the one whose ``messages.yaml`` has the words for what is lost.
    """

    def __init__(self, document: Any, standard: str) -> None:
        self._document = document
        self._standard = standard
        self._taken: set[str] = set()
        self._losses: list[Loss] = []

    def take(self, pointer: str, default: Any = None) -> Any:
        """Return the value at a pointer, which counts as mapped; ``null`` is as good as absent."""
        value = get(self._document, pointer)
        self._taken.add(pointer)
        return default if value is MISSING or value is None else value

    def look(self, pointer: str) -> Any:
        """Return the value at a pointer without mapping it."""
        value = get(self._document, pointer)
        return None if value is MISSING else value

    def note(self, code: str, kind: Kind, pointer: str) -> None:
        """Name a loss; what is lost or missing needs no other name below it."""
        if kind != "approximated":
            self._taken.add(pointer)
        self._losses.append(Loss(code, kind, pointer, self._standard))

    def losses(self) -> tuple[Loss, ...]:
        """Return every loss: those that were named, and all members that nobody took."""
        left = (
            Loss("mapping-member", "lost", p, self._standard)
            for p in self._left(self._document, "")
        )
        return tuple(dict.fromkeys((*self._losses, *left)))

    def _left(self, value: Any, at: str) -> Iterator[str]:
        """Yield the largest parts of the document of which nothing was taken."""
        if at in self._taken or value is None:
            return
        if at and not any(taken.startswith(f"{at}/") for taken in self._taken):
            yield at
            return
        children = enumerate(value) if isinstance(value, list) else ()
        for key, child in value.items() if isinstance(value, dict) else children:
            yield from self._left(child, at + join([key]))
