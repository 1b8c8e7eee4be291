"""What no schema says of a journey by itself: what the database chokes on, and what is only wrong.

The server accepts more than its database does; such a journey is answered with a 500 and is not
stored. What it rewrites, or takes without a look, comes back later as another id, a lost incentive
or a fraud label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Mistake", "database", "doubtful"]

_MARKUP = re.compile("[<>]")
_IDS = ("operator_journey_id", "operator_trip_id")
_ROLES = ("driver", "passenger")


class Mistake(NamedTuple):
    """Something wrong at a place of a journey; ``rule`` names its message."""

    rule: str
    pointer: str


def database(journey: Mapping[str, Any], profile: Profile) -> Iterator[Mistake]:
    """Yield what the server accepts and its database refuses."""
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
    for name in _IDS:
        if _MARKUP.search(journey[name]):
            yield Mistake("markup", f"/{name}")
    driver, passenger = journey["driver"], journey["passenger"]
    one, other = driver["identity"], passenger["identity"]
    if one["identity_key"] == other["identity_key"]:
        yield Mistake("same_person", "/passenger/identity/identity_key")
    elif one["operator_user_id"] == other["operator_user_id"]:
        yield Mistake("same_user", "/passenger/identity/operator_user_id")
    if other.get("over_18") is None:
        yield Mistake("age_unknown", "/passenger/identity/over_18")
    for role, identity in zip(_ROLES, (one, other), strict=True):
        if _MARKUP.search(identity["operator_user_id"]):
            yield Mistake("markup", f"/{role}/identity/operator_user_id")
        whole, cut = identity.get("phone"), identity.get("phone_trunc")
        if phones and whole and cut and not _agree(whole, cut):
            yield Mistake("phone_differs", f"/{role}/identity/phone_trunc")
    paid = passenger["contribution"] + sum(one["amount"] for one in journey["incentives"])
    if driver["revenue"] > paid:
        yield Mistake("revenue", "/driver/revenue")


@lru_cache(1 << 14)
def _agree(whole: str, cut: str) -> bool:
    from mobstd.carpool_proof.phones import PhoneRefused, phone_trunc, trunc

    try:
        return phone_trunc(whole) == trunc(cut)
    except PhoneRefused:
        return False
