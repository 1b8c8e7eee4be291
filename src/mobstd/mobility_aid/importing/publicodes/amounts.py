"""Rules as amounts: formulas of the schema, each exactly what the rule says or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from mobstd.mobility_aid.importing.publicodes.logic import (
    Condition,
    all_of,
    gaps,
    switched,
)
from mobstd.mobility_aid.importing.publicodes.reading import Reader, expression
from mobstd.mobility_aid.importing.publicodes.syntax import Name, Node, Operation
from mobstd.mobility_aid.importing.publicodes.terms import (
    Aids,
    Asked,
    Constant,
    Gap,
    Nothing,
    Piece,
    Value,
    plain,
)
from mobstd.mobility_aid.importing.publicodes.vocabulary import BASES

__all__ = ["Amount", "Unsayable", "amount", "given", "nonzero"]

Amount = dict[str, Any]
_HUNDRED = Decimal(100)
_PLACES = Decimal("0.0001")
_NONE: Amount = {"type": "none"}
_REMAINING: Amount = {"type": "percentage", "rate": "100", "base": "remaining-cost"}


class Unsayable(ValueError):
    """An amount that the schema has no formula for.

    Attributes:
        code: the class of the reason.
        detail: what it is.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def amount(reader: Reader, value: Any, context: str) -> Amount:
    """Return what a rule, an object of mechanisms or an expression comes to.

    A sum of nought is a refusal where it is what is given, and a cap of nought where it is a cap.

    Raises:
        Unsayable: where no formula says it.
    """
    if not isinstance(value, Mapping):
        node = expression(value)
        if isinstance(node, Gap):
            raise Unsayable(node.code, node.detail)
        return _of_node(reader, node, context)
    if "arrondi" in value and value["arrondi"] not in ("non", False):
        raise Unsayable("rounding", "arrondi")
    found = _base(reader, value, context)
    if "abattement" in value and not _is_nought(reader, value["abattement"], context):
        raise Unsayable("other-aid", "abattement")
    if "plancher" in value:
        floor = amount(reader, value["plancher"], context)
        if not _nought(floor):
            found = _bounded(found, "floor", floor)
    if "plafond" in value:
        found = _bounded(found, "cap", amount(reader, value["plafond"], context))
    return _guarded(reader.applicable(value, context), found)


def _base(reader: Reader, value: Mapping[str, Any], context: str) -> Amount:
    if "variations" in value:
        return _variations(reader, value["variations"], context)
    for name, kind in (("somme", "sum"), ("le maximum de", "max-of"), ("le minimum de", "min-of")):
        if name in value:
            parts = [amount(reader, part, context) for part in value[name]]
            return parts[0] if len(parts) == 1 else {"type": kind, "parts": parts}
    if "produit" in value:
        return _product(reader, value["produit"], context)
    if "valeur" in value:
        return amount(reader, value["valeur"], context)
    raise Unsayable("mechanism", ", ".join(value))


def _variations(reader: Reader, cases: Sequence[Mapping[str, Any]], context: str) -> Amount:
    made: list[Amount] = []
    for case in cases:
        if "sinon" in case:
            made.append({"amount": amount(reader, case["sinon"], context)})
            break
        when = _sayable(reader.condition(case["si"], context))
        if when is not False:
            made.append({"when": when, "amount": amount(reader, case["alors"], context)})
    return _cases(made)


def _cases(made: Sequence[Amount]) -> Amount:
    kept: list[Amount] = []
    for case in made:
        if case.get("when") is True:
            kept.append({"amount": case["amount"]})
        else:
            kept.append(case)
        if "when" not in kept[-1]:
            break
    if not kept:
        return _NONE
    return kept[0]["amount"] if "when" not in kept[0] else {"type": "cases", "cases": kept}


def _sayable(condition: Condition) -> Condition:
    for code, detail in gaps(condition):
        raise Unsayable(code, detail)
    return condition


def _guarded(guard: Condition, found: Amount) -> Amount:
    if guard is True:
        return found
    return _cases([{"when": _sayable(guard), "amount": found}]) if guard is not False else _NONE


def _bounded(found: Amount, name: str, bound: Amount) -> Amount:
    """Return an amount under a cap or above a floor, around those that it has."""
    holds = found["type"] in ("fixed", "none", "price", "text") or "cap" in found
    if holds or name in found:
        found = {"type": "cases", "cases": [{"amount": found}]}
    return {**found, name: bound}


def _product(reader: Reader, factors: Sequence[Any], context: str) -> Amount:
    if len(factors) != 2:
        raise Unsayable("arithmetic", "… * … * …")
    for one, other in (tuple(factors), tuple(reversed(factors))):
        rates = reader.values(one, context)
        if all(_is_rate(value) for _, value in rates):
            return _scaled_by(rates, amount(reader, other, context))
    raise Unsayable("arithmetic", "… * …")


def _is_rate(value: Value) -> bool:
    return isinstance(value, Nothing) or (isinstance(value, Constant) and not value.unit)


def _scaled_by(rates: Sequence[Piece], found: Amount) -> Amount:
    return _cases(
        [
            _case(when, _NONE if isinstance(rate, Nothing) else _scaled(found, _factor(rate)))
            for when, rate in rates
        ]
    )


def _case(when: Condition, found: Amount) -> Amount:
    return {"when": _sayable(when), "amount": found}


def _factor(rate: Value) -> Decimal:
    if isinstance(rate, Constant) and isinstance(rate.value, Decimal):
        return rate.value
    return Decimal(0)


def _scaled(found: Amount, factor: Decimal) -> Amount:
    if factor < 0:
        raise Unsayable("arithmetic", "< 0")
    kind = found["type"]
    if kind == "none":
        return _NONE
    if factor == 0:
        return {"type": "fixed", "value": "0"}
    scaled = dict(found)
    if kind == "fixed":
        scaled["value"] = _written(Decimal(found["value"]) * factor)
    elif kind == "percentage":
        scaled["rate"] = _written(Decimal(found["rate"]) * factor)
    elif kind == "cases":
        scaled["cases"] = [{**c, "amount": _scaled(c["amount"], factor)} for c in found["cases"]]
    else:
        scaled["parts"] = [_scaled(part, factor) for part in found["parts"]]
    for name in ("cap", "floor"):
        if name in found:
            bound = found[name]
            scaled[name] = bound if _nought(bound) else _scaled(bound, factor)
    return scaled


def _written(number: Decimal) -> str:
    if number != number.quantize(_PLACES):
        raise Unsayable("precision", plain(number))
    return plain(number)


def _of_node(reader: Reader, node: Node, context: str) -> Amount:
    if isinstance(node, Operation) and node.operator in "+-*/":
        return _operation(reader, node, context)
    if isinstance(node, Name):
        name = reader.model.resolve(node.value, context)
        rule = {} if name is None else reader.model.rule(name)
        computed = any(word in rule for word in ("plafond", "plancher", "somme", "produit"))
        if name is not None and computed and name not in reader.model.aids and name not in _ASKED:
            return amount(reader, rule, name)
    return _cases([_case(when, _of_value(value)) for when, value in reader.pieces(node, context)])


_ASKED = frozenset({"vélo . prix"})


def _of_value(value: Value) -> Amount:
    if isinstance(value, Gap):
        raise Unsayable(value.code, value.detail)
    if isinstance(value, Nothing):
        return _NONE
    if isinstance(value, Aids):
        return _of_aids(value)
    if isinstance(value, Asked):
        if value.term.criterion not in BASES:
            raise Unsayable("base", value.term.criterion)
        return {"type": "percentage", "rate": "100", "base": BASES[value.term.criterion]}
    if isinstance(value.value, str) or value.value < 0 or value.unit not in ("", "€", "€/an"):
        raise Unsayable("unit", f"{value.value} {value.unit}")
    return {"type": "fixed", "value": _written(value.value)}


def _of_aids(value: Aids) -> Amount:
    if len(value.ids) > 1:
        raise Unsayable("other-aid", ", ".join(value.ids))
    return {"type": "percentage", "rate": "100", "base": "other-aid", "aid": value.ids[0]}


def _operation(reader: Reader, node: Operation, context: str) -> Amount:
    if node.operator == "-":
        return _difference(reader, node, context)
    if node.operator in "*/":
        for one, other in ((node.left, node.right), (node.right, node.left)):
            rates = reader.pieces(one, context)
            if all(_is_rate(value) for _, value in rates):
                if node.operator == "*":
                    return _scaled_by(rates, _of_node(reader, other, context))
                if one is node.right:
                    inverse = [(w, Constant(1 / _factor(r))) for w, r in rates if _factor(r)]
                    return _scaled_by(inverse, _of_node(reader, other, context))
        raise Unsayable("arithmetic", f"… {node.operator} …")
    parts = [_of_node(reader, node.left, context), _of_node(reader, node.right, context)]
    if all(part["type"] == "fixed" for part in parts):
        total = sum((Decimal(part["value"]) for part in parts), Decimal(0))
        return {"type": "fixed", "value": _written(total)}
    return {"type": "sum", "parts": parts}


def _difference(reader: Reader, node: Operation, context: str) -> Amount:
    """Return what is left: of numbers, or of the price after every other kind of aid."""
    whole, taken = _minus(node)
    left = [name for one in taken for name in _slots(reader, one, context)]
    if not left:
        return _of_node(reader, whole, context)
    constants = reader.pieces(node, context)
    if all(isinstance(value, Constant) for _, value in constants):
        return _cases([_case(when, _of_value(value)) for when, value in constants])
    own = {slot for slot in _others(reader, context) if slot not in left}
    price = _of_node(reader, whole, context)
    if not own and price.get("base") == "purchase-price-incl-tax" and price["rate"] == "100":
        return dict(_REMAINING)
    raise Unsayable("other-aid", f"- {', '.join(dict.fromkeys(left))}")


def _minus(node: Node) -> tuple[Node, list[Node]]:
    if not isinstance(node, Operation) or node.operator != "-":
        return node, []
    whole, taken = _minus(node.left)
    return whole, [*taken, *_plus(node.right)]


def _plus(node: Node) -> list[Node]:
    if isinstance(node, Operation) and node.operator == "+":
        return [*_plus(node.left), *_plus(node.right)]
    return [node]


def _slots(reader: Reader, node: Node, context: str) -> list[str]:
    """Return the kinds of aid that are taken off; none where it is nothing in every case."""
    pieces = reader.pieces(node, context)
    if all(isinstance(value, Constant) and value.value == 0 for _, value in pieces):
        return []
    name = reader.model.resolve(node.value, context) if isinstance(node, Name) else None
    return [name or "?"]


def _others(reader: Reader, context: str) -> set[str]:
    """Return the kinds of aid beside that of a rule: all that any aid takes the place of."""
    model = reader.model
    own = model.owner(context)
    slots = {slot for aid in model.aids if (slot := model.slot(aid))}
    there = {slot for slot in slots if model.replacing(slot, context)}
    return there - {model.slot(own) if own else None}


def _is_nought(reader: Reader, value: Any, context: str) -> bool:
    pieces = reader.values(value, context)
    return all(isinstance(one, Constant) and one.value == 0 for _, one in pieces)


def _nought(found: Amount) -> bool:
    return bool(found["type"] == "fixed" and Decimal(found["value"]) == 0)


def given(found: Amount) -> Amount:
    """Return an amount where a sum of nought is a refusal; caps and floors stay what they are."""
    if _nought(found):
        return dict(_NONE)
    if "floor" in found and not _nought(found["floor"]):
        return found
    kept = dict(found)
    if "cases" in found:
        kept["cases"] = [{**case, "amount": given(case["amount"])} for case in found["cases"]]
    if "parts" in found:
        kept["parts"] = [given(part) for part in found["parts"]]
    return kept


def nonzero(found: Amount) -> Condition:
    """Return when no cap leaves nothing of an amount; refusals are not counted."""
    inner: Condition = True
    if "cases" in found:
        for case in reversed(found["cases"]):
            inner = switched(case.get("when", True), nonzero(case["amount"]), inner)
    if "floor" in found and not _nought(found["floor"]):
        inner = True
    return all_of([inner, _open(found["cap"])]) if "cap" in found else inner


def _open(cap: Amount) -> Condition:
    if _nought(cap):
        return False
    if "cases" not in cap:
        return True
    found: Condition = True
    for case in reversed(cap["cases"]):
        when = case.get("when", True)
        found = switched(when, _open(case["amount"]), found)
    return all_of([found, nonzero(cap)])
