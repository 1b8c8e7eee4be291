"""Quantities of rules: numbers with units, texts, criteria, and how two of them compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mobstd.mobility_aid.importing.publicodes.logic import (
    Condition,
    any_of,
    leaf,
    negated,
    switched,
    unsaid,
)
from mobstd.mobility_aid.importing.publicodes.vocabulary import Term

__all__ = ["Aids", "Asked", "Constant", "Gap", "Nothing", "Piece", "Value", "compared", "plain"]

_MONTHS = Decimal(12)
_SINGULAR = {"ans": "an", "personnes": "personne", "euros": "€", "euro": "€"}
_FLIPPED = {"lt": "gt", "gt": "lt", "lte": "gte", "gte": "lte", "eq": "eq", "ne": "ne"}
_PLAIN = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


@dataclass(frozen=True)
class Constant:
    """A number in a unit, or a text."""

    value: Decimal | str
    unit: str = ""


@dataclass(frozen=True)
class Asked:
    """What a person is asked: a criterion."""

    term: Term


@dataclass(frozen=True)
class Aids:
    """What one of several other aids comes to."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Nothing:
    """What does not apply."""


@dataclass(frozen=True)
class Gap:
    """What cannot be said, and why."""

    code: str
    detail: str


Value = Constant | Asked | Aids | Nothing | Gap
Piece = tuple[Condition, Value]
"""A value with when it is taken, if none before it was."""


def plain(number: Decimal) -> str:
    """Return a number as decimal text."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def compared(left: Sequence[Piece], operator: str, right: Sequence[Piece]) -> Condition:
    """Return when one quantity stands so to another; what does not apply never does."""
    found: Condition = False
    for when, one in reversed(left):
        inner: Condition = False
        for also, other in reversed(right):
            inner = switched(also, _compared(one, operator, other), inner)
        found = switched(when, inner, found)
    return found


def _compared(one: Value, operator: str, other: Value) -> Condition:
    for value in (one, other):
        if isinstance(value, Gap):
            return unsaid(value.code, value.detail)
    if isinstance(one, Nothing) or isinstance(other, Nothing):
        return False
    if isinstance(one, Constant) and isinstance(other, Constant):
        return _constants(one, operator, other)
    if isinstance(one, Constant):
        return _compared(other, _FLIPPED[operator], one)
    if isinstance(one, Asked) and isinstance(other, Constant):
        return _asked(one.term, operator, other)
    if isinstance(one, Aids) and isinstance(other, Constant) and other.value == 0:
        if operator == "gt":
            return leaf("aid.received", "in", list(one.ids))
        if operator == "lte" or operator == "eq":
            return leaf("aid.received", "notIn", list(one.ids))
    return unsaid("two-unknowns", "two quantities that both depend on who asks")


def _constants(one: Constant, operator: str, other: Constant) -> Condition:
    if isinstance(one.value, str) or isinstance(other.value, str):
        return (one.value == other.value) is (operator == "eq")
    value = _in_unit(other, one.unit)
    if value is None:
        return unsaid("unit", f"{one.unit} / {other.unit}")
    return bool(_PLAIN[operator](one.value, value))


def _asked(term: Term, operator: str, other: Constant) -> Condition:
    if isinstance(other.value, str):
        return _chosen(term, operator, other.value)
    number = _in_unit(other, term.unit)
    if number is None or number < 0:
        return unsaid("unit", f"{term.criterion} / {plain(other.value)} {other.unit}")
    if term.kind == "money":
        return leaf(term.criterion, operator, plain(number))
    if term.kind == "number":
        exact = int(number) if number == number.to_integral_value() else float(number)
        return leaf(term.criterion, operator, exact)
    return unsaid("kind", f"{term.criterion} is no number")


def _chosen(term: Term, operator: str, answer: str) -> Condition:
    if operator not in ("eq", "ne"):
        return unsaid("kind", f"{term.criterion} has no order")
    values: Sequence[Any] = term.answers.get(answer, ()) if term.kind == "choice" else (answer,)
    if not values:
        return unsaid("answer", f"{term.criterion}: {answer!r}")
    found = any_of([leaf(term.criterion, "eq", value) for value in values])
    return found if operator == "eq" else negated(found)


def _in_unit(number: Constant, unit: str) -> Decimal | None:
    """Return a number in another unit; a number without one is taken as it stands."""
    value = number.value
    if not isinstance(value, Decimal):
        return None
    theirs = _SINGULAR.get(number.unit, number.unit)
    if theirs == unit or not theirs or not unit:
        return value
    if (theirs, unit) == ("€/mois", "€/an"):
        return value * _MONTHS
    if (theirs, unit) == ("€/an", "€/mois"):
        return value / _MONTHS
    return None
