"""Rules as conditions and quantities: each mechanism of the language that has a meaning here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mobstd.mobility_aid.importing.publicodes.logic import (
    Condition,
    all_of,
    any_of,
    leaf,
    negated,
    switched,
    unsaid,
)
from mobstd.mobility_aid.importing.publicodes.model import Model, own_question
from mobstd.mobility_aid.importing.publicodes.syntax import (
    COMPARISONS,
    Name,
    Node,
    Number,
    Operation,
    Text,
    Unreadable,
    parse,
)
from mobstd.mobility_aid.importing.publicodes.terms import (
    Aids,
    Asked,
    Constant,
    Gap,
    Nothing,
    Piece,
    Value,
    compared,
)
from mobstd.mobility_aid.importing.publicodes.vocabulary import VOCABULARY, Term

__all__ = ["Reader", "expression"]

_TRUTH = {"oui": True, "non": False}
_KINDS = {"booléen": "boolean", "boolean": "boolean", "nombre": "number", "entier": "number"}
_BOUNDS = ("plafond", "plancher", "abattement", "arrondi", "produit", "somme")
_PERCENT = Decimal(100)
_DEEPEST = 40


def expression(value: Any) -> Node | Gap:
    """Return the tree of an expression, or of a number that stands for itself."""
    if isinstance(value, bool):
        return Name("oui" if value else "non")
    if isinstance(value, (int, float)):
        return Number(Decimal(str(value)))
    try:
        return parse(value)
    except Unreadable as problem:
        return Gap("expression", str(problem))


class Reader:
    """Reads rules of a model as conditions and quantities.

    Args:
        model: the rules.

    Attributes:
        model: the rules.
        questions: what the rules ask that the registry does not: by its name, the rule.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.questions: dict[str, str] = {}
        self._depth = 0

    def condition(self, value: Any, context: str) -> Condition:
        """Return when something holds.

        Args:
            value: an expression, or an object of mechanisms.
            context: the rule that it stands in.
        """
        if isinstance(value, Mapping):
            return self._mechanisms(value, context)
        node = expression(value)
        if isinstance(node, Gap):
            return unsaid(node.code, node.detail)
        return self._holds(node, context)

    def _mechanisms(self, value: Mapping[str, Any], context: str) -> Condition:
        guard = self.applicable(value, context)
        if "toutes ces conditions" in value:
            parts = [self.condition(part, context) for part in value["toutes ces conditions"]]
            return all_of([guard, *parts])
        if "une de ces conditions" in value:
            parts = [self.condition(part, context) for part in value["une de ces conditions"]]
            return all_of([guard, any_of(parts)])
        if "est non applicable" in value:
            return all_of([guard, negated(self._applies(value["est non applicable"], context))])
        if "est applicable" in value:
            return all_of([guard, self._applies(value["est applicable"], context)])
        if "variations" in value:
            found: Condition = False
            for case in reversed(value["variations"]):
                if "sinon" in case:
                    found = self.condition(case["sinon"], context)
                else:
                    when = self.condition(case["si"], context)
                    found = switched(when, self.condition(case["alors"], context), found)
            return all_of([guard, found])
        if "valeur" in value:
            return all_of([guard, self.condition(value["valeur"], context)])
        return unsaid("mechanism", ", ".join(value))

    def applicable(self, value: Mapping[str, Any], context: str) -> Condition:
        """Return when an object of mechanisms applies at all."""
        parts: list[Condition] = []
        if "applicable si" in value:
            parts.append(self.condition(value["applicable si"], context))
        if "non applicable si" in value:
            parts.append(negated(self.condition(value["non applicable si"], context)))
        return all_of(parts)

    def _applies(self, value: Any, context: str) -> Condition:
        node = expression(value)
        if isinstance(node, Name):
            name = self.model.resolve(node.value, context)
            if name in self.model.aids:
                return leaf("aid.received", "in", [self.model.aids[str(name)]])
            if name is not None:
                return self.applicable(self.model.rule(name), name)
        return unsaid("mechanism", f"whether {value!r} applies")

    def _holds(self, node: Node, context: str) -> Condition:
        if isinstance(node, Operation) and node.operator in COMPARISONS:
            operator = COMPARISONS[node.operator]
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, Name) and other.value in _TRUTH and operator in ("eq", "ne"):
                    wanted = _TRUTH[other.value] is (operator == "eq")
                    holds = self._holds(side, context)
                    return holds if wanted else negated(holds)
            return compared(
                self.pieces(node.left, context), operator, self.pieces(node.right, context)
            )
        if isinstance(node, Name):
            if node.value in _TRUTH:
                return _TRUTH[node.value]
            return self._named(node.value, context)
        return unsaid("expression", "a quantity where a condition should stand")

    def _named(self, written: str, context: str) -> Condition:
        name = self.model.resolve(written, context)
        if name is None:
            return unsaid("unknown-name", written)
        if name in self.model.aids:
            return leaf("aid.received", "in", [self.model.aids[name]])
        term = VOCABULARY.get(name)
        if term is not None:
            if term.kind != "boolean":
                return unsaid("kind", f"{name} is no condition")
            yes = term.answers.get("oui")
            return leaf(term.criterion, "eq", yes[0] if yes else True)
        rule = self.model.rule(name)
        if _is_question(rule):
            return all_of([self.applicable(rule, name), leaf(self.asked(name), "eq", True)])
        found: Condition = self._deeper(lambda: self.condition(rule, name), name)
        return found

    def asked(self, name: str) -> str:
        """Return what a question beside the registry is called, and remember it."""
        criterion = own_question(name)
        self.questions[criterion] = name
        return criterion

    def kind(self, name: str) -> str:
        """Return the type of a question: ``boolean``, ``money`` or ``number``."""
        rule = self.model.rule(name)
        if rule.get("unité", rule.get("unite")) == "€":
            return "money"
        return _KINDS.get(rule.get("type", "booléen"), "text")

    def _deeper(self, read: Any, name: str) -> Any:
        if self._depth >= _DEEPEST:
            return unsaid("circle", name)
        self._depth += 1
        try:
            return read()
        finally:
            self._depth -= 1

    def pieces(self, node: Node, context: str) -> list[Piece]:
        """Return what a quantity is, case by case; the first whose condition holds is taken."""
        if isinstance(node, Number):
            if node.unit == "%":
                return [(True, Constant(node.value / _PERCENT))]
            return [(True, Constant(node.value, node.unit))]
        if isinstance(node, Text):
            return [(True, Constant(node.value))]
        if isinstance(node, Name):
            return self._quantity(node.value, context)
        left, right = self.pieces(node.left, context), self.pieces(node.right, context)
        return [
            (all_of([when, also]), _reckoned(one, node.operator, other))
            for when, one in left
            for also, other in right
        ]

    def _quantity(self, written: str, context: str) -> list[Piece]:
        name = self.model.resolve(written, context)
        if name is None:
            return [(True, Gap("unknown-name", written))]
        if name in self.model.aids:
            return [(True, Aids((self.model.aids[name],)))]
        if name in VOCABULARY:
            return [(True, Asked(self._placed(VOCABULARY[name])))]
        replacing = self.model.replacing(name, context)
        if replacing:
            return [(True, Aids(tuple(self.model.aids[one] for one in replacing)))]
        rule = self.model.rule(name)
        if _is_question(rule):
            unit = str(rule.get("unité", rule.get("unite", "")))
            return [(True, Asked(Term(self.asked(name), self.kind(name), unit)))]
        found: list[Piece] | Condition = self._deeper(lambda: self.values(rule, name), name)
        return found if isinstance(found, list) else [(True, Gap("circle", name))]

    def _placed(self, term: Term) -> Term:
        """Return a criterion; of an EPCI with the SIREN by each name that rules call it."""
        if term.criterion != "residence.epci":
            return term
        names = {name: (code,) for name, code in self.model.places.items()}
        return Term(term.criterion, "choice", answers=names)

    def values(self, value: Any, context: str) -> list[Piece]:
        """Return what an expression or an object of mechanisms comes to, case by case."""
        if not isinstance(value, Mapping):
            node = expression(value)
            return [(True, node)] if isinstance(node, Gap) else self.pieces(node, context)
        for name in _BOUNDS:
            if name in value:
                return [(True, Gap("mechanism", f"{name} ({context})"))]
        guard = self.applicable(value, context)
        if "variations" in value:
            found = self._variations(value["variations"], context)
        elif "valeur" in value:
            found = self.values(value["valeur"], context)
        else:
            found = [(True, Gap("mechanism", ", ".join(value)))]
        unit = value.get("unité", value.get("unite"))
        if isinstance(unit, str):
            found = [(when, _with_unit(one, unit)) for when, one in found]
        return found if guard is True else [(negated(guard), Nothing()), *found]

    def _variations(self, cases: list[Mapping[str, Any]], context: str) -> list[Piece]:
        found: list[Piece] = []
        for case in cases:
            if "sinon" in case:
                found += self.values(case["sinon"], context)
                break
            when = self.condition(case["si"], context)
            inner = self.values(case["alors"], context)
            found += [(all_of([when, also]), one) for also, one in inner]
            if inner[-1][0] is not True:
                found.append((when, Nothing()))
        return [*found, (True, Nothing())]


def _is_question(rule: Mapping[str, Any]) -> bool:
    """Say whether a rule is asked rather than computed."""
    computed = ("valeur", "variations", "toutes ces conditions", "une de ces conditions", "somme")
    return not any(name in rule for name in computed) and ("par défaut" in rule or "type" in rule)


def _with_unit(value: Value, unit: str) -> Value:
    if isinstance(value, Constant) and not value.unit:
        return Constant(value.value, unit)
    return value


def _reckoned(one: Value, operator: str, other: Value) -> Value:
    for value in (one, other):
        if isinstance(value, Gap):
            return value
    if not (isinstance(one, Constant) and isinstance(other, Constant)):
        return Gap("arithmetic", f"… {operator} …")
    left, right = one.value, other.value
    if isinstance(left, str) or isinstance(right, str):
        return Gap("arithmetic", f"'…' {operator} '…'")
    if operator in "+-":
        if one.unit and other.unit and one.unit != other.unit:
            return Gap("unit", f"{one.unit} {operator} {other.unit}")
        total = left + right if operator == "+" else left - right
        return Constant(total, one.unit or other.unit)
    if one.unit and other.unit:
        return Gap("unit", f"{one.unit} {operator} {other.unit}")
    if operator == "*":
        return Constant(left * right, one.unit or other.unit)
    if right == 0 or other.unit:
        return Gap("arithmetic", "… / …")
    return Constant(left / right, one.unit)
