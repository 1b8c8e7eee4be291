"""Checks that are made when a subscription is submitted, in the order of the terms."""

from __future__ import annotations

from mobstd.mobility_aid.funder.ledger import Act, Item
from mobstd.mobility_aid.funder.outside import Outside
from mobstd.mobility_aid.funder.registering import Claim, RegistryRefused

__all__ = ["checked"]


def checked(act: Act, outside: Outside, item: Item, terms: Item) -> tuple[list[Item], str]:
    """Return what the checks said, to the first that fails, and the code of why it did.

    Raises:
        Unanswered: where the registry was not asked yet; nothing may be kept then.
    """
    results: list[Item] = []
    for rule in terms["checks"]:
        reason, reference = _one(act, outside, item, rule)
        result = {
            "check": rule["id"],
            "outcome": "failed" if reason else "passed",
            "at": outside.now,
        }
        results.append(result | ({"reference": reference} if reference else {}))
        if reason:
            return results, reason
    return results, ""


def _one(act: Act, outside: Outside, item: Item, rule: Item) -> tuple[str, str]:
    if rule["kind"] == "carpool-proof":
        try:
            stated = str(item["answers"].get(rule["field"], ""))
            return "", outside.registered(Claim(stated, item["aid"], item["id"], item["subject"]))
        except RegistryRefused:
            return "externalRegistryRefused", ""
    aids = rule.get("aids", [item["aid"]])
    others = act.of_person(item["subject"], aids, ("submitted", "granted"))
    return ("alreadyGranted" if any(one["id"] != item["id"] for one in others) else ""), ""
