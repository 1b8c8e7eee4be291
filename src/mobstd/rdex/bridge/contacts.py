"""``POST /messages`` as ``POST connections``, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.rdex.bridge.items import domain_of
from mobstd.rdex.bridge.loss import Loss
from mobstd.rdex.generated.v1_2.models import AdReference, Connection, Party

__all__ = ["addressed", "connection_of", "message_of"]

LONGEST = 500
_KEPT = {"from", "to", "message", "recipientCarpoolerType", "driverJourneyId", "passengerJourneyId"}


def connection_of(message: Mapping[str, Any]) -> tuple[Connection | None, tuple[Loss, ...]]:
    """Return an OCSS message as a contact, ``None`` where it names no journey.

    The ad is the recipient's where there is one, else the sender's.
    """
    to_driver = message["recipientCarpoolerType"] == "DRIVER"
    names = ("driverJourneyId", "passengerJourneyId")
    ids = [name for name in (names if to_driver else names[::-1]) if message.get(name)]
    lost = [Loss(name, "no-place") for name in message if name not in _KEPT]
    if not ids:
        return None, (*lost, Loss("journeys.uuid", "unusable"))
    lost += [Loss(name, "no-place") for name in ids[1:]]
    sender, recipient = message["from"], message["to"]
    for name, user in (("from", sender), ("to", recipient)):
        lost += [
            Loss(f"{name}.{m}", "no-place") for m in user if m not in ("id", "alias", "operator")
        ]
    lost.append(Loss("to.operator", "no-place"))
    text = str(message["message"])
    if len(text) > LONGEST:
        lost.append(Loss("message", "shortened"))
    parties = (_party(recipient, "recipient"), _party(sender, "sender"))
    driver, passenger = parties if to_driver else parties[::-1]
    return Connection(
        operator=sender["operator"],
        origin=sender["operator"],
        driver=driver,
        passenger=passenger,
        journeys=AdReference(uuid=message[ids[0]]),
        details=text[:LONGEST],
    ), tuple(lost)


def _party(user: Mapping[str, Any], state: str) -> Party:
    return Party(uuid=user["id"], alias=user["alias"], state=state)


def addressed(contact: Connection) -> bool:
    """Say whether one of the two is the sender of a contact and the other its recipient."""
    return {contact.driver.state, contact.passenger.state} == {"sender", "recipient"}


def message_of(
    contact: Connection, operator: str, caller: str = ""
) -> tuple[dict[str, Any] | None, tuple[Loss, ...]]:
    """Return a contact as an OCSS message, ``None`` where it is not from one to the other.

    Args:
        contact: what a legacy partner sends.
        operator: the domain of the operator that it goes to.
        caller: the domain of the partner where it does not say its origin.
    """
    if not addressed(contact):
        return None, (Loss("driver.state", "unusable"),)
    to_driver = contact.driver.state == "recipient"
    sides = ("driver", "passenger") if to_driver else ("passenger", "driver")
    lost: list[Loss] = []
    home = domain_of(contact.origin or "")
    if not home:
        home = caller
        lost.append(Loss("origin", "defaulted"))
    if contact.operator and contact.operator != home:
        lost.append(Loss("operator", "no-place"))
    people = []
    for side, domain in zip(sides, (operator, home), strict=True):
        user, known = _user(getattr(contact, side), side, domain)
        people.append(user)
        lost += known
    to, sender = people
    if not to or not sender or not home:
        return None, (*lost, Loss(sides[0] if not to else sides[1], "unusable"))
    if len(contact.details) > LONGEST:
        lost.append(Loss("details", "shortened"))
    return {
        "from": sender,
        "to": to,
        "message": contact.details[:LONGEST],
        "recipientCarpoolerType": sides[0].upper(),
        f"{sides[0]}JourneyId": str(contact.journeys.uuid),
    }, tuple(lost)


def _user(party: Party, side: str, domain: str) -> tuple[dict[str, Any] | None, list[Loss]]:
    """Return a person; where only one of uuid and alias is told, it stands for both."""
    known = [str(one) for one in (party.uuid, party.alias) if one not in (None, "")]
    if not known:
        return None, []
    lost = (
        []
        if len(known) == 2
        else [Loss(f"{side}.alias" if party.uuid else f"{side}.uuid", "made-up")]
    )
    return {"id": known[0], "operator": domain, "alias": known[-1]}, lost
