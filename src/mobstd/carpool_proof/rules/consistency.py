"""What no schema says of a journey by itself: what the database chokes on, and what is only wrong.

The server accepts more than its database does; such a journey is answered with a 500 and is not
stored. What it rewrites, or takes without a look, comes back later as another id, a lost incentive
or a fraud label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Mistake", "database", "doubtful"]


class Mistake(NamedTuple):
    """Something wrong at a place of a journey; ``rule`` names its message."""

    rule: str
    pointer: str


def database(journey: Mapping[str, Any], profile: Profile) -> Iterator[Mistake]:
    """Yield what the server accepts and its database refuses."""
    if len(journey["incentives"]) < 2:
        return
    keys = profile["duplicate"]["incentive_key"]
    seen = set()
    for number, incentive in enumerate(journey["incentives"]):
        key = tuple(incentive.get(name) for name in keys)
        if key in seen:
            yield Mistake("incentive_index", f"/incentives/{number}")
        seen.add(key)


def doubtful(journey: Mapping[str, Any], phones: bool = True) -> Iterator[Mistake]:
    """Yield what the registry accepts and is wrong, or will be read otherwise than it is meant.

    Args:
        journey: as its schema accepts it.
        phones: whether to compare whole and truncated numbers, which takes a library.
    """
    driver, passenger = journey["driver"], journey["passenger"]
    one, other = driver["identity"], passenger["identity"]
    users = one["operator_user_id"], other["operator_user_id"]
    for pointer, text in (
        ("/operator_journey_id", journey["operator_journey_id"]),
        ("/operator_trip_id", journey["operator_trip_id"]),
    ):
        if "<" in text or ">" in text:
            yield Mistake("markup", pointer)
    if one["identity_key"] == other["identity_key"]:
        yield Mistake("same_person", "/passenger/identity/identity_key")
    elif users[0] == users[1]:
        yield Mistake("same_user", "/passenger/identity/operator_user_id")
    if other.get("over_18") is None:
        yield Mistake("age_unknown", "/passenger/identity/over_18")
    for role, identity, user in (("driver", one, users[0]), ("passenger", other, users[1])):
        if "<" in user or ">" in user:
            yield Mistake("markup", f"/{role}/identity/operator_user_id")
        if phones:
            whole, cut = identity.get("phone"), identity.get("phone_trunc")
            if whole and cut and not _agree(whole, cut):
                yield Mistake("phone_differs", f"/{role}/identity/phone_trunc")
    paid = passenger["contribution"] + sum([one["amount"] for one in journey["incentives"]])
    if driver["revenue"] > paid:
        yield Mistake("revenue", "/driver/revenue")


@lru_cache(1 << 14)
def _agree(whole: str, cut: str) -> bool:
    from mobstd.carpool_proof.phones import PhoneRefused, phone_trunc, trunc

    try:
        return phone_trunc(whole) == trunc(cut)
    except PhoneRefused:
        return False
