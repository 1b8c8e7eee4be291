"""An operator with aids of its own and an evaluator of its own, right or wrong in one way.

It shares no code with the evaluation of mobstd: it was written from the schemas alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from mobstd.mobility_aid.reference import build
from mobstd.serving.asgi import Asgi

from .documents import aid, euros, grant, is_

RENNES = {"type": "epci", "code": "243500139"}
AIDS = [
    aid(
        grant({"type": "percentage", "rate": "30", "base": "purchase-price-incl-tax",
               "cap": euros("150")}),
        id="young-bikes",
        rule={"allOf": [is_("person.age", "gte", 16), is_("person.age", "lte", 25),
                        is_("person.status", "in", ["student", "apprentice"])]},
        territory={"basis": ["residence"], "include": [{"type": "department", "code": "35"}],
                   "exclude": [{"type": "commune", "code": "35238"}]},
    ),
    aid(
        grant({"type": "cases", "cases": [
            {"when": is_("household.referenceTaxIncomePerShare", "lte", "6500"),
             "amount": euros("400")},
            {"when": is_("household.referenceTaxIncomePerShare", "lt", "13000"),
             "amount": euros("250")},
            {"amount": euros("100")}]}),
        id="by-income",
        territory={"basis": ["residence"], "include": [RENNES]},
    ),
    aid(
        grant({"type": "per-unit", "unit": "km", "value": "0.10", "fromUnits": 5,
               "upToUnits": 80}, price="none"),
        id="long-ways",
        rule=is_("trip.distanceKm", "gt", 5),
        territory={"basis": ["workplace"], "include": [{"type": "commune", "code": "35238"},
                                                       {"type": "commune", "code": "35051"}]},
    ),
    aid(
        grant("120"),
        id="families",
        rule={"anyOf": [is_("person.disability", "eq", True),
                        is_("household.children", "gte", 3)]},
        territory={"basis": ["residence"], "include": [{"type": "region", "code": "53"}]},
    ),
    aid(
        grant({"type": "percentage", "rate": "10.33", "base": "purchase-price-incl-tax",
               "floor": euros("50"), "cap": euros("300")}),
        id="new-bikes",
        rule={"allOf": [is_("vehicle.condition", "ne", "second-hand"),
                        is_("vehicle.category", "notIn", ["e-scooter", "car"]),
                        {"not": is_("purchase.financing", "eq", "leasing")}]},
    ),
    aid(
        grant("300", when=is_("scrapping.vehicle", "eq", True)),
        grant("80", when={"not": is_("scrapping.vehicle", "eq", True)}),
        id="scrapping",
        validity={"start": "2026-01-01", "end": "2026-12-31"},
        territory={"basis": ["residence", "workplace"], "match": "all",
                   "include": [{"type": "department", "code": "22"},
                               {"type": "department", "code": "56"}]},
    ),
]  # fmt: skip

PLACES = {"workplace": "work"}
REGIONS = {"22": "53", "29": "53", "35": "53", "56": "53"}
CENT, MOST = Decimal("0.01"), Decimal(999_999_999)


class Evaluator:
    """Says what an aid means, from what it says.

    Args:
        aids: what it knows.
        faults: what it gets wrong; the names stand where they are used.
    """

    def __init__(self, aids: Iterable[Any], *faults: str) -> None:
        self.aids = {one["id"]: one for one in aids}
        self.faults = set(faults)

    def joint(self, request: Any) -> Any:
        named = request.get("aids", list(self.aids))
        found = [self.evaluation(self.aids[name], request["situation"]) for name in named]
        return {"aids": found, "chosen": [], "totals": [], "missing": []}

    def evaluation(self, one: Any, situation: Any) -> Any:
        said = situation["answers"]
        rule = one["eligibility"].get("rule")
        parts = [self.there(one["territory"], said), self.open(one, situation["date"]),
                 True if rule is None else self.holds(rule, said)]  # fmt: skip
        sums: list[tuple[bool | None, tuple[Decimal, Decimal] | None]] = []
        for benefit in one["benefits"]:
            when = self.holds(benefit["when"], said) if "when" in benefit else True
            sums.append((when, self.amount(benefit, said)))
        parts.append(either(when for when, _ in sums))
        truth = both(parts)
        if truth is None and "unknown-is-false" in self.faults:
            truth = False
        if truth is None and "unknown-is-true" in self.faults:
            truth = True
        word = {True: "eligible", False: "not-eligible", None: "unknown"}[truth]
        spans = [span for when, span in sums if when is not False]
        amounts = []
        if truth is not False and spans and None not in spans:
            low = sum((s[0] for (w, s) in sums if w and s), Decimal(0))
            high = sum((s[1] for s in spans if s), Decimal(0))
            amounts = [{"low": plain(low), "high": plain(high), "currency": "EUR",
                        "period": "once"}]  # fmt: skip
        effect = {True: "for", False: "against", None: "open"}[truth]
        reason = {"code": "condition", "pointer": "/eligibility/rule", "effect": effect}
        return {"aid": one["id"], "verdict": word, "amounts": amounts, "benefits": [],
                "reasons": [reason], "missing": []}  # fmt: skip

    def open(self, one: Any, day: str) -> bool:
        validity = one.get("validity", {})
        if "ends-a-day-early" in self.faults and day == validity.get("end"):
            return False
        return validity.get("start", day) <= day <= validity.get("end", day)

    def there(self, territory: Any, said: Any) -> bool | None:
        found = []
        for basis in territory["basis"]:
            place = PLACES.get(basis, basis)
            inside = either(self.within(a, place, said) for a in territory["include"])
            outside = [opposite(self.within(a, place, said)) for a in territory.get("exclude", ())]
            if "keeps-the-excluded" in self.faults:
                outside = []
            found.append(both([inside, *outside]))
        every = territory.get("match") == "all" and "one-place-is-enough" not in self.faults
        return both(found) if every else either(found)

    def within(self, area: Any, place: str, said: Any) -> bool | None:
        kind, code = area["type"], area["code"]
        commune = said.get(f"{place}.commune")
        if kind == "country":
            return None if not (commune or said.get(f"{place}.country")) else True
        if commune is None:
            own = said.get(f"{place}.{kind}")
            return None if own is None else bool(own == code)
        if kind == "commune":
            if "communes-by-department" in self.faults:
                return bool(commune[:2] == code[:2])
            return bool(commune == code)
        if kind == "epci":
            if "epci-by-department" in self.faults:
                return bool(commune[:2] == code[2:4])
            own = said.get(f"{place}.epci")
            return None if own is None else bool(own == code)
        department = commune[:3] if commune.startswith("97") else commune[:2]
        return bool((department if kind == "department" else REGIONS.get(department)) == code)

    def holds(self, condition: Any, said: Any) -> bool | None:
        if "allOf" in condition:
            return both(self.holds(part, said) for part in condition["allOf"])
        if "anyOf" in condition:
            parts = [self.holds(part, said) for part in condition["anyOf"]]
            return both(parts) if "any-is-all" in self.faults else either(parts)
        if "not" in condition:
            held = self.holds(condition["not"], said)
            return held if "forgets-not" in self.faults else opposite(held)
        return self.compared(condition, said)

    def compared(self, leaf: Any, said: Any) -> bool | None:
        name, operator = leaf["criterion"], leaf["operator"]
        if f"ignores-{name}" in self.faults:
            return True
        answer = said.get(name)
        if answer is None and name == "household.referenceTaxIncomePerShare":
            income, shares = (
                said.get("household.referenceTaxIncome"),
                said.get("household.taxShares"),
            )
            if income is not None and shares:
                by = Decimal(1) if "forgets-shares" in self.faults else Decimal(str(shares))
                answer = str(Decimal(income) / by)
        if answer is None:
            return None
        wanted = leaf.get("values", [leaf.get("value")])
        if "first-value-only" in self.faults:
            wanted = wanted[:1]
        if operator in ("eq", "in", "ne", "notIn"):
            several = answer if isinstance(answer, list) else [answer]
            if "last-status-only" in self.faults:
                several = several[-1:]
            found = any(one in wanted for one in several)
            return found if operator in ("eq", "in") else not found
        one, other = Decimal(str(answer)), Decimal(str(wanted[0]))
        if "strict" in self.faults:
            operator = operator.removesuffix("e")
        if "loose" in self.faults:
            operator = operator.removesuffix("e") + "e"
        if "amounts-in-thousands" in self.faults and isinstance(answer, str):
            one, other = one // 1000, other // 1000
        return {"lt": one < other, "lte": one <= other, "gt": one > other,
                "gte": one >= other}[operator]  # fmt: skip

    def amount(self, benefit: Any, said: Any) -> tuple[Decimal, Decimal] | None:
        span = self.formula(benefit["amount"], said)
        if benefit.get("price") == "none" or "above-the-price" in self.faults:
            return span
        price = said.get("vehicle.priceInclTax")
        if span is None:
            return None
        if price is None:
            return Decimal(0), span[1]
        return min(span[0], Decimal(price)), min(span[1], Decimal(price))

    def formula(self, formula: Any, said: Any) -> tuple[Decimal, Decimal] | None:
        span = self.plainly(formula, said)
        if span is None:
            return None
        low, high = span
        if "floor" in formula and "no-floor" not in self.faults:
            floor = Decimal(formula["floor"]["value"])
            low, high = max(low, floor), max(high, floor)
        if "cap" in formula and "no-cap" not in self.faults:
            cap = Decimal(formula["cap"]["value"])
            if "cap-is-the-amount" in self.faults:
                return cap, cap
            low, high = min(low, cap), min(high, cap)
        return low, high

    def plainly(self, formula: Any, said: Any) -> tuple[Decimal, Decimal] | None:
        kind = formula["type"]
        if kind == "fixed":
            return (Decimal(formula["value"]),) * 2
        if kind == "percentage":
            price = said.get("vehicle.priceInclTax")
            if price is None:
                return Decimal(0), MOST
            value = Decimal(price) * Decimal(formula["rate"]) / 100
            unit = Decimal(1) if "whole-euros" in self.faults else CENT
            way = ROUND_DOWN if "rounds-down" in self.faults else ROUND_HALF_UP
            return (value.quantize(unit, way),) * 2
        if kind == "per-unit":
            units = said.get("trip.distanceKm")
            if units is None:
                return Decimal(0), MOST
            most = formula["upToUnits"]
            start = 0 if "counts-from-zero" in self.faults else formula["fromUnits"]
            counted = max(Decimal(0), min(Decimal(str(units)), Decimal(most)) - start)
            return (counted * Decimal(formula["value"]),) * 2
        cases = formula["cases"]
        if "last-case" in self.faults:
            cases = cases[::-1]
        may = []
        for case in cases:
            held = self.holds(case["when"], said) if "when" in case else True
            if held is not False:
                may.append(self.formula(case["amount"], said))
            if held:
                break
        lows, highs = zip(*(span for span in may if span), strict=True)
        return min(lows), max(highs)


def both(parts: Iterable[bool | None]) -> bool | None:
    told = list(parts)
    return False if False in told else None if None in told else True


def either(parts: Iterable[bool | None]) -> bool | None:
    told = list(parts)
    return True if True in told else None if None in told else False


def opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def operator(tmp_path: Path, *faults: str) -> Asgi:
    """Return the catalogue of the operator, as an app."""
    data = tmp_path / "aids.json"
    data.write_text(json.dumps(AIDS))
    lists, evaluator = build(data=str(data)), Evaluator(AIDS, *faults)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Answer by its own evaluator where the catalogue takes what was asked."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", "/evaluations"):
            await lists(scope, receive, send)
            return
        asked, told = [], []

        async def hearing() -> Any:
            asked.append(await receive())
            return asked[-1]

        async def telling(message: Any) -> None:
            told.append(message)

        await lists(scope, hearing, telling)
        if told[0]["status"] == 200:
            request = json.loads(b"".join(message.get("body", b"") for message in asked))
            body = json.dumps(evaluator.joint(request)).encode()
            headers = [(b"content-type", b"application/json")]
            told = [{**told[0], "headers": headers}, {"type": "http.response.body", "body": body}]
        for message in told:
            await send(message)

    return app
