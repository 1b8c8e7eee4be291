"""What an aid says as data, in words, for tables that have no other: nothing beyond what it says.

The words are French, as those tables are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.evaluation import evaluate
from mobstd.mobility_aid.wording import amount, condition

__all__ = ["conditions", "sums"]

_LANGUAGE = "fr"
_JOINTS = {"allOf": " ; ", "anyOf": " ou "}
_LASTING = ("eligibility", "territory", "validity", "combination", "budget")
"""What decides who gets an aid and when, and not what it comes to."""


def conditions(aid: Mapping[str, Any]) -> str:
    """Return the conditions: its own words, or those of its rule; empty where there is neither."""
    eligibility = aid["eligibility"]
    rule = eligibility.get("rule")
    return str(eligibility.get("text") or (_said(aid, rule) if rule else ""))


def _said(aid: Mapping[str, Any], node: Mapping[str, Any], inner: bool = False) -> str:
    for name, joint in _JOINTS.items():
        if name in node:
            parts = [_said(aid, part, inner=True) for part in node[name]]
            text = joint.join(parts)
            return f"({text})" if inner and len(parts) > 1 else text
    if "not" in node:
        return f"sauf ({_said(aid, node['not'])})"
    return condition(aid, node, _LANGUAGE)


def sums(aid: Mapping[str, Any]) -> str:
    """Return what its benefits come to: their own words, or what they lie between.

    Empty where nothing bounds them: a percentage without a cap.
    """
    given = [one.get("text") or one["amount"].get("text", "") for one in aid["benefits"]]
    if all(given):
        return "\n".join(given)
    anywhere = {"basis": ["residence"], "include": [{"type": "country", "code": "FR"}]}
    open_ = {name: value for name, value in aid.items() if name not in _LASTING}
    open_ |= {"status": "active", "territory": anywhere, "eligibility": {"coverage": "complete"}}
    found = evaluate(open_, {"date": aid["provenance"]["updatedAt"][:10], "answers": {}})
    open_ended = any(one.low == 0 and one.high is None for one in found.amounts)
    return "" if open_ended else amount(found, _LANGUAGE)
