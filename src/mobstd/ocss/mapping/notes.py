"""What a mapping notes of what does not come over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mobstd.judging.mapping import Kind, Loss
from mobstd.ocss.editions import PROPOSAL

__all__ = ["Notes", "objects"]


@dataclass
class Notes:
    """The losses so far."""

    losses: list[Loss] = field(default_factory=list)

    def note(self, code: str, kind: Kind, pointer: str) -> None:
        """Name a loss."""
        self.losses.append(Loss(f"mapping-{code}", kind, pointer, PROPOSAL.standard))

    def drop(self, document: dict[str, Any], name: str, at: str, code: str) -> None:
        """Take a member away, and name it where it was there."""
        if name in document:
            del document[name]
            self.note(code, "lost", f"{at}/{name}")


def objects(value: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return each object of a list with its place in it."""
    listed = value if isinstance(value, list) else []
    return [(place, one) for place, one in enumerate(listed) if isinstance(one, dict)]
