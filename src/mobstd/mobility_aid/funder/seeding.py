"""What a funder begins with, so that there is something to read: two subscriptions of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.funder.asking import Caller, calling
from mobstd.mobility_aid.funder.service import Funder

__all__ = ["seed"]

_IDS = ("00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000a2")
_GRANTED = {
    "to": "granted",
    "payment": {"type": "once", "amount": "400", "currency": "EUR"},
    "text": "Un exemple.",
}


def seed(funder: Funder, terms: Mapping[str, Any]) -> None:
    """Have two invented persons subscribe to an aid, one of whom gets it; once.

    Without a time stamp, since the authority is away, there is nobody yet.
    """
    calling(Caller("funder", terms["funder"]))
    for place, id_ in enumerate(_IDS, 1):
        funder.create_subscription(
            {},
            {
                "id": id_,
                "aid": terms["aid"],
                "subject": f"personne-{place}",
                "consent": {"given": True, "version": terms["consent"]["version"]},
                "answers": terms["example"],
            },
        )
        begun = funder.get_subscription({"id": id_})
        if isinstance(begun, dict) and begun["state"] == "draft":
            funder.step_subscription({"id": id_}, {"to": "submitted"})
    funder.step_subscription({"id": _IDS[0]}, _GRANTED)
    calling(None)
