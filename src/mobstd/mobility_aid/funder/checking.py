"""Checks that are made when a subscription is submitted, in the order of the terms."""

from __future__ import annotations

from mobstd.mobility_aid.funder.ledger import Act, Item
from mobstd.mobility_aid.funder.registering import Registry, RegistryRefused

__all__ = ["checked"]


def checked(
    act: Act, item: Item, terms: Item, registry: Registry, at: str
) -> tuple[list[Item], str]:
    """Return what the checks said, to the first that fails, and the code of why it did.

    Raises:
        Outage: where the registry did not answer; nothing may be kept then.
        TooEarly: where it will answer later.
    """
    results: list[Item] = []
    for rule in terms["checks"]:
        reason, reference = _one(act, item, rule, registry)
        result = {"check": rule["id"], "outcome": "failed" if reason else "passed", "at": at}
        results.append(result | ({"reference": reference} if reference else {}))
        if reason:
            return results, reason
    return results, ""


def _one(act: Act, item: Item, rule: Item, registry: Registry) -> tuple[str, str]:
    if rule["kind"] == "carpool-proof":
        try:
            return "", registry(str(item["answers"].get(rule["field"], "")), item["id"])
        except RegistryRefused:
            return "externalRegistryRefused", ""
    aids = rule.get("aids", [item["aid"]])
    others = act.of_person(item["subject"], aids, ("submitted", "granted"))
    return ("alreadyGranted" if any(one["id"] != item["id"] for one in others) else ""), ""
