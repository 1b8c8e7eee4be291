"""The canon's schemas under both engines, an aid and a situation to start from."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from tests.documents import refusals

from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator, python_validator, validator

VERSION = find("mobility-aid@0.1")


@cache
def both(name: str) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    schema, every = schema_of(VERSION, name), documents(VERSION)
    return validator(schema, every), python_validator(schema, every)


def accepted(name: str, document: Any) -> Any:
    """Return a document that both engines accept."""
    assert [refusals(judge, document) for judge in both(name)] == [set(), set()]
    return document


def fitting(name: str, document: Any) -> Any:
    """Return a document that the first engine accepts."""
    assert refusals(both(name)[0], document) == set()
    return document


def euros(amount: str) -> dict[str, Any]:
    """Return an amount that is fixed."""
    return {"type": "fixed", "value": amount}


def grant(amount: Any, **more: Any) -> dict[str, Any]:
    """Return a benefit; a text is a fixed amount."""
    formula = euros(amount) if isinstance(amount, str) else amount
    return {"kind": "grant", "amount": formula, **more}


def is_(criterion: str, operator: str, value: Any) -> dict[str, Any]:
    """Return a condition."""
    key = "values" if isinstance(value, list) else "value"
    return {"criterion": criterion, "operator": operator, key: value}


EVERYWHERE = {"basis": ["residence"], "include": [{"type": "country", "code": "FR"}]}


def aid(*benefits: dict[str, Any], rule: Any = None, **more: Any) -> dict[str, Any]:
    """Return an aid for everybody in France, but for what is said; the schema accepts it."""
    made: dict[str, Any] = {
        "schemaVersion": "0.1",
        "id": "example",
        "title": "An aid",
        "description": "An aid that nobody gives.",
        "level": "territory",
        "status": "active",
        "currency": "EUR",
        "funders": [{"name": "Example", "siren": "100000009", "roles": ["funder"]}],
        "territory": EVERYWHERE,
        "modes": ["e-bike"],
        "benefits": list(benefits) or [grant("200")],
        "eligibility": {"coverage": "complete", **({"rule": rule} if rule else {})},
        "provenance": {"updatedAt": "2026-11-20T09:00:00Z", "lastVerified": "2026-11-20"},
    }
    return deepcopy(fitting("aid", {**made, **more}))


HERE = {"residence.commune": "33119", "residence.epci": "243300316"}


def situation(
    answers: dict[str, Any] | None = None, *, received: Any = None, **more: Any
) -> dict[str, Any]:
    """Return the situation of somebody in Cenon; the schema accepts it."""
    said = {**HERE, "vehicle.priceInclTax": "1000", **(answers or {})}
    made = {"date": "2026-11-28", "answers": {k: v for k, v in said.items() if v is not None}}
    got = {} if received is None else {"received": received}
    return deepcopy(fitting("situation", {**made, **got, **more}))
