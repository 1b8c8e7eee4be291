"""A submission, and what is decided: by an agent, or at once by the checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.funder.book import Book
from mobstd.mobility_aid.funder.checking import checked
from mobstd.mobility_aid.funder.filing import held_of
from mobstd.mobility_aid.funder.judging import submission_errors
from mobstd.mobility_aid.funder.ledger import Act, Item
from mobstd.mobility_aid.funder.outside import Outside
from mobstd.mobility_aid.funder.refusing import Refused

__all__ = ["decision_of", "submit"]


def submit(act: Act, outside: Outside, book: Book, item: Item, terms: Item, actor: str) -> None:
    """Submit; where checks decide, they do so at once, or nothing is done.

    Raises:
        Refused: where something is missing.
        Unanswered: where a registry or an authority was not asked yet.
    """
    documents = held_of(act, item["documents"])
    if errors := [*submission_errors(item["answers"], documents, terms)]:
        raise Refused(422, errors=errors)
    results, reason = checked(act, outside, item, terms)
    item["state"] = "submitted"
    if results:
        item["checks"] = results
    book.enter(act, outside, item, terms, "submitted", actor)
    if terms["checkMode"] == "manual":
        return
    to = "rejected" if reason else "granted"
    said: Item = {"to": to, "code": reason} if reason else {"to": to, "payment": terms["payment"]}
    item["state"], item["decision"] = to, decision_of(said, "system", outside)
    book.enter(act, outside, item, terms, to, "system", item["decision"])


def decision_of(body: Mapping[str, Any], actor: str, outside: Outside) -> Item:
    """Return the decision that a step asks for."""
    code = body.get("code", "conditionsMet")
    payment = {"payment": body["payment"]} if "payment" in body else {}
    text = body.get("text", code)
    said = {"outcome": body["to"], "code": code, "text": text}
    return {**said, **payment, "actor": actor, "at": outside.now}
