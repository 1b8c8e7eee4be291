"""What a mapping between two standards lost, approximated or assumed, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mobstd.messages import render

__all__ = ["Code", "Kind", "Loss"]

Kind = Literal["lost", "approximated", "assumed"]
Code = Literal[
    "clock",
    "defaulted",
    "estimated",
    "euros",
    "foreign-currency",
    "made-up",
    "merged",
    "middle",
    "no-place",
    "not-asked",
    "own-ends",
    "shortened",
    "split",
    "suspended",
    "unusable",
    "widened",
]

_KINDS: dict[Code, Kind] = {
    "clock": "assumed",
    "defaulted": "assumed",
    "estimated": "approximated",
    "euros": "assumed",
    "foreign-currency": "lost",
    "made-up": "assumed",
    "merged": "approximated",
    "middle": "approximated",
    "no-place": "lost",
    "not-asked": "approximated",
    "own-ends": "approximated",
    "shortened": "lost",
    "split": "approximated",
    "suspended": "lost",
    "unusable": "lost",
    "widened": "approximated",
}


@dataclass(frozen=True)
class Loss:
    """One thing that the other side will not see as it was.

    Attributes:
        member: the member or parameter of the side that it comes from, such as ``outward`` or
            ``departureRadius``; of what is missing, that of the side that it goes to.
        code: what happened to it.
    """

    member: str
    code: Code

    @property
    def kind(self) -> Kind:
        """Whether it is gone, near to what it was, or taken for granted."""
        return _KINDS[self.code]

    def text(self, lang: str = "en") -> str:
        """Return it in words."""
        return render(f"bridge.loss.{self.code}", {"member": self.member}, lang)
