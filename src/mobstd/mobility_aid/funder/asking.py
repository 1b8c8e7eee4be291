"""Who asks: a person, or a back end of a funder; and what the token lets them do."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["LONGEST", "OPERATION_SCOPES", "SCOPES", "Caller", "asking", "calling"]

SCOPES = (
    "subscriptions.read",
    "subscriptions.write",
    "documents.write",
    "decisions.write",
    "evidence.read",
)
"""Every scope; a person never has ``decisions.write``."""

OPERATION_SCOPES = {
    "listSubscriptions": SCOPES[0],
    "getSubscription": SCOPES[0],
    "getDocument": SCOPES[0],
    "listEvents": SCOPES[0],
    "createSubscription": SCOPES[1],
    "updateSubscription": SCOPES[1],
    "trySubscription": SCOPES[1],
    "createDocument": SCOPES[2],
    "getDocumentContent": SCOPES[3],
    "listEvidence": SCOPES[4],
}
"""The scope of each operation; that of a step depends on the step, and the terms need none."""

LONGEST = 128
"""Letters of the name of a person, as ``subscription.schema.json`` has it."""


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        kind: ``person`` or ``funder``, as the history names the actor.
        name: the name of the person, or the SIREN of the funder.
        scopes: what the token lets them do.
    """

    kind: str
    name: str
    scopes: frozenset[str] = frozenset(SCOPES)

    def sees(self, funder: str, subject: str) -> bool:
        """Say whether something of a person at a funder is theirs to see."""
        return self.name == (subject if self.kind == "person" else funder)


_CALLER: ContextVar[Caller | None] = ContextVar("mobstd_aid_caller", default=None)


def asking() -> Caller:
    """Return who asks for what is being answered."""
    found = _CALLER.get()
    assert found is not None
    return found


def calling(caller: Caller | None) -> None:
    """Note who asks for what is answered from here on."""
    _CALLER.set(caller)
