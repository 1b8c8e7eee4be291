"""What aids mean for a person: verdicts, amounts, reasons, and what is asked next."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mobstd.mobility_aid import evaluate, evaluate_all
from mobstd.mobility_aid.v0_1 import Aid, Situation

from .documents import EVERYWHERE, HERE, aid, euros, grant, is_, situation

PRICE = "vehicle.priceInclTax"


def percent(rate: str, base: str = "purchase-price-incl-tax", **more: Any) -> dict[str, Any]:
    return {"type": "percentage", "rate": rate, "base": base, **more}


def amount(made: dict[str, Any], who: dict[str, Any]) -> tuple[Decimal, Decimal | None]:
    found = evaluate(made, who).amount
    assert found is not None
    return found.low, found.high


def between(low: str, high: str | None) -> tuple[Decimal, Decimal | None]:
    return Decimal(low), None if high is None else Decimal(high)


def asked(made: dict[str, Any], who: dict[str, Any]) -> list[str]:
    return [one.criterion for one in evaluate(made, who).missing]


ADULT = is_("person.age", "gte", 18)
POOR = is_("household.referenceTaxIncomePerShare", "lte", "14089")


@pytest.mark.parametrize(
    ("rule", "answers", "verdict"),
    [
        (ADULT, {"person.age": 18}, "eligible"),
        (ADULT, {"person.age": 17}, "not-eligible"),
        (ADULT, {}, "unknown"),
        ({"not": ADULT}, {"person.age": 17}, "eligible"),
        ({"not": ADULT}, {}, "unknown"),
        ({"allOf": [ADULT, POOR]}, {"person.age": 17}, "not-eligible"),
        ({"allOf": [ADULT, POOR]}, {"person.age": 18}, "unknown"),
        ({"anyOf": [ADULT, POOR]}, {"person.age": 18}, "eligible"),
        ({"anyOf": [ADULT, POOR]}, {"person.age": 17}, "unknown"),
        (
            POOR,
            {"household.referenceTaxIncome": "28178", "household.taxShares": 2},
            "eligible",
        ),
        (
            POOR,
            {"household.referenceTaxIncome": "28178.02", "household.taxShares": 2},
            "not-eligible",
        ),
        (POOR, {"household.referenceTaxIncome": "28178"}, "unknown"),
        (
            is_("person.status", "eq", "student"),
            {"person.status": ["employee", "student"]},
            "eligible",
        ),
        (
            is_("person.status", "ne", "student"),
            {"person.status": ["employee", "student"]},
            "not-eligible",
        ),
        (is_("residence.commune", "eq", "75056"), {"residence.commune": "75112"}, "eligible"),
        (is_("residence.department", "eq", "2A"), {"residence.commune": "2A004"}, "eligible"),
        (is_("residence.region", "eq", "94"), {"residence.commune": "2A004"}, "eligible"),
        (is_("residence.region", "eq", "11"), {"residence.commune": "97502"}, "not-eligible"),
    ],
)
def test_a_rule_is_true_false_or_unknown(rule: Any, answers: Any, verdict: str) -> None:
    assert evaluate(aid(rule=rule), situation(answers)).verdict == verdict


@pytest.mark.parametrize(
    ("more", "who", "verdict", "code"),
    [
        ({"status": "closed"}, {}, "not-eligible", "status"),
        ({"status": "unknown"}, {}, "unknown", "status"),
        ({"validity": {"end": "2026-11-27"}}, {}, "not-eligible", "validity"),
        ({"validity": {"end": "2026-11-28"}}, {}, "eligible", "validity"),
        ({"validity": {"start": "2026-11-29"}}, {}, "not-eligible", "validity"),
        ({"validity": {"purchaseFrom": "2026-01-01"}}, {}, "unknown", "purchase-window"),
        ({"budget": {"state": "exhausted"}}, {}, "not-eligible", "budget"),
        ({"budget": {"state": "limited"}}, {}, "eligible", "status"),
        ({}, {"beneficiary": "company"}, "not-eligible", "beneficiary"),
        ({"territory": {"include": EVERYWHERE["include"]}}, {}, "unknown", "territory"),
        ({"combination": {"exclusiveWith": ["x"]}}, {}, "unknown", "exclusive"),
        ({"combination": {"exclusiveWith": ["x"]}}, {"received": []}, "eligible", "exclusive"),
        (
            {"combination": {"exclusiveWith": ["x"]}},
            {"received": [{"aid": "x"}]},
            "not-eligible",
            "exclusive",
        ),
        (
            {"combination": {"perBeneficiary": {"count": 1}}},
            {"received": [{"aid": "example"}]},
            "not-eligible",
            "quota",
        ),
        (
            {"combination": {"perBeneficiary": {"count": 1, "within": "P5Y"}}},
            {"received": [{"aid": "example", "date": "2021-11-28"}]},
            "eligible",
            "quota",
        ),
        (
            {"combination": {"perBeneficiary": {"count": 1, "within": "P5Y"}}},
            {"received": [{"aid": "example", "date": "2021-11-29"}]},
            "not-eligible",
            "quota",
        ),
        (
            {"combination": {"perBeneficiary": {"count": 1, "within": "P5Y"}}},
            {"received": [{"aid": "example"}]},
            "unknown",
            "quota",
        ),
    ],
)
def test_what_stands_beside_the_rule(more: Any, who: Any, verdict: str, code: str) -> None:
    outcome = evaluate(aid(**more), situation(**who))
    assert outcome.verdict == verdict
    assert code in {reason.code for reason in outcome.reasons}


def test_coverage_in_part_refuses_and_never_admits() -> None:
    partial = {"coverage": "partial", "text": "Adults, and more.", "rule": ADULT}
    assert evaluate(aid(eligibility=partial), situation({"person.age": 30})).verdict == "unknown"
    assert evaluate(aid(eligibility=partial), situation({"person.age": 3})).truth is False
    words = {"coverage": "text-only", "text": "Ask."}
    outcome = evaluate(aid(eligibility=words), situation())
    assert outcome.verdict == "unknown"
    assert ("coverage", "/eligibility/coverage") in {(r.code, r.pointer) for r in outcome.reasons}


METROPOLIS = {"type": "epci", "code": "243300316"}


@pytest.mark.parametrize(
    ("territory", "answers", "verdict"),
    [
        ({"include": [METROPOLIS]}, {}, "eligible"),
        (
            {"include": [METROPOLIS], "exclude": [{"type": "commune", "code": "33119"}]},
            {},
            "not-eligible",
        ),
        ({"include": [{"type": "department", "code": "33"}]}, {}, "eligible"),
        ({"include": [{"type": "region", "code": "75"}]}, {}, "eligible"),
        ({"include": [{"type": "country", "code": "FR"}]}, {}, "eligible"),
        ({"include": [{"type": "department", "code": "24"}]}, {}, "not-eligible"),
        ({"include": [METROPOLIS]}, {"residence.epci": None}, "unknown"),
        ({"include": [{"type": "unresolved", "name": "11"}]}, {}, "unknown"),
        (
            {"include": [{"type": "commune", "code": "24037"}]},
            {"residence.commune": None, "residence.department": "33"},
            "not-eligible",
        ),
        ({"basis": ["workplace"], "include": [METROPOLIS]}, {}, "unknown"),
        ({"basis": ["residence", "workplace"], "include": [METROPOLIS]}, {}, "eligible"),
        (
            {"basis": ["residence", "workplace"], "match": "all", "include": [METROPOLIS]},
            {},
            "unknown",
        ),
        (
            {"basis": ["residence", "workplace"], "match": "all", "include": [METROPOLIS]},
            {"work.epci": "200067106"},
            "not-eligible",
        ),
    ],
)
def test_a_place_is_inside_or_not(territory: Any, answers: Any, verdict: str) -> None:
    made = aid(territory={"basis": ["residence"], **territory})
    assert evaluate(made, situation(answers)).verdict == verdict


@pytest.mark.parametrize(
    ("formula", "answers", "expected"),
    [
        (euros("200"), {}, ("200.00", "200.00")),
        (euros("2000"), {}, ("1000", "1000")),
        (euros("200"), {PRICE: None}, ("0", "200.00")),
        (percent("50"), {}, ("500.00", "500.00")),
        (percent("33.333"), {}, ("333.33", "333.33")),
        (percent("50", cap=euros("300")), {}, ("300.00", "300.00")),
        (percent("50", cap=euros("300")), {PRICE: None}, ("0", "300.00")),
        (percent("50"), {PRICE: None}, ("0", None)),
        (percent("10", floor=euros("150")), {}, ("150.00", "150.00")),
        (
            percent("50", "purchase-price-excl-tax"),
            {"vehicle.priceExclTax": "800"},
            ("400.00", "400.00"),
        ),
        ({"type": "range", "min": "100", "max": "300"}, {}, ("100.00", "300.00")),
        ({"type": "sum", "parts": [euros("100"), percent("10")]}, {}, ("200.00", "200.00")),
        ({"type": "max-of", "parts": [euros("150"), percent("10")]}, {}, ("150.00", "150.00")),
        ({"type": "min-of", "parts": [euros("150"), percent("10")]}, {}, ("100.00", "100.00")),
        ({"type": "text", "text": "It depends."}, {}, ("0.00", "1000")),
        (
            {
                "type": "cases",
                "cases": [{"when": ADULT, "amount": euros("300")}, {"amount": euros("100")}],
            },
            {},
            ("100.00", "300.00"),
        ),
        (
            percent(
                "50",
                cap={
                    "type": "cases",
                    "cases": [{"when": ADULT, "amount": {"type": "none"}}, {"amount": euros("10")}],
                },
            ),
            {"person.age": 20},
            ("500.00", "500.00"),
        ),
    ],
)
def test_an_amount(formula: Any, answers: Any, expected: Any) -> None:
    assert amount(aid(grant(formula)), situation(answers)) == between(*expected)


def test_units_are_counted_and_limited() -> None:
    km = {"type": "per-unit", "unit": "km", "value": "0.10", "fromUnits": 15, "upToUnits": 40}
    trip = {"type": "sum", "parts": [euros("1.50"), km], "cap": euros("3")}
    made = aid(grant(trip, period="trip", role="driver", limits=[{"money": "2", "period": "trip"}]))
    drives = {"trip.role": "driver", "trip.distanceKm": 17}
    assert amount(made, situation(drives)) == between("1.70", "1.70")
    assert amount(made, situation({**drives, "trip.distanceKm": 90})) == between("2", "2")
    assert amount(made, situation({"trip.role": "driver"})) == between("1.50", "2")
    assert evaluate(made, situation({"trip.role": "passenger"})).verdict == "not-eligible"
    assert asked(made, situation()) == ["trip.role", "trip.distanceKm"]


def test_a_refusal_among_the_cases_is_no_aid() -> None:
    cases = [{"when": ADULT, "amount": euros("300")}, {"amount": {"type": "none"}}]
    made = aid(grant({"type": "cases", "cases": cases}))
    assert evaluate(made, situation({"person.age": 20})).verdict == "eligible"
    refused = evaluate(made, situation({"person.age": 10}))
    assert refused.verdict == "not-eligible"
    assert [r.pointer for r in refused.reasons] == ["/benefits/0/amount"]
    assert evaluate(made, situation()).verdict == "unknown"


def test_a_fare_is_what_one_pays() -> None:
    made = aid({"kind": "fare", "period": "day", "amount": {"type": "price", "value": "3.80"}})
    (benefit,) = evaluate(made, situation()).benefits
    assert benefit.amount is None
    assert benefit.price is not None
    assert str(benefit.price.exact) == "3.80"


def test_sums_in_another_currency_are_unknown() -> None:
    made = aid(grant(percent("50")), rule=is_(PRICE, "lte", "5000"))
    swiss = situation(currency="CHF")
    assert evaluate(made, swiss).verdict == "unknown"


def test_the_most_telling_question_comes_first() -> None:
    """One that decides alone comes before one of three."""
    three = {
        "allOf": [POOR, is_("person.disability", "eq", True), is_("person.scholarship", "eq", True)]
    }
    made = aid(grant("100"), rule={"anyOf": [ADULT, three]})
    found = asked(made, situation())
    assert found[0] == "person.age"
    assert set(found[1:]) == {
        "household.referenceTaxIncomePerShare",
        "person.disability",
        "person.scholarship",
    }


def test_reasons_point_into_the_aid() -> None:
    made = aid(rule={"allOf": [ADULT, {"not": POOR}]})
    outcome = evaluate(made, situation({"person.age": 30, POOR["criterion"]: "1000"}))
    (reason,) = outcome.reasons
    assert (reason.pointer, reason.effect) == ("/eligibility/rule/allOf/1/not", "against")


def test_a_question_of_the_aid_s_own_has_its_type() -> None:
    question = {"criterion": "local.rent", "type": "money", "label": "What is your rent?"}
    rule = is_("local.rent", "lte", "500")
    made = aid(eligibility={"coverage": "complete", "rule": rule, "questions": [question]})
    assert evaluate(made, situation({"local.rent": "500.00"})).verdict == "eligible"
    assert asked(made, situation()) == ["local.rent"]
    undeclared = aid(rule=rule)
    assert evaluate(undeclared, situation({"local.rent": "500.00"})).verdict == "unknown"


def test_models_are_taken_as_documents_are() -> None:
    made, who = aid(grant(percent("50")), rule=ADULT), situation({"person.age": 30})
    assert evaluate(Aid.read(made), Situation.read(who)) == evaluate(made, who)


def test_two_aids_of_one_place() -> None:
    """A metropolis and a town of it, as published: 200 and 100 for a bike of 1000."""
    income = {"household.referenceTaxIncome": "20000", "household.taxShares": 2}
    metropolis = aid(grant(percent("25", cap=euros("200"))), rule=POOR, id="metropolis")
    town = aid(grant(percent("10", cap=euros("100"))), id="town")
    found = evaluate_all([metropolis, town], situation(income))
    assert [str(o.amount and o.amount.exact) for o in found.outcomes] == ["200.00", "100.00"]
    assert found.totals[0].exact == Decimal(300)


def test_together_never_above_the_price() -> None:
    found = evaluate_all([aid(grant("700"), id="a"), aid(grant("600"), id="b")], situation())
    assert found.totals[0].exact == Decimal(1000)
    assert found.chosen == ("a", "b")


def test_of_aids_that_exclude_each_other_the_better_is_chosen() -> None:
    """One of them says so; that is enough."""
    first = aid(grant("300"), id="first", combination={"exclusiveWith": ["second"]})
    second, third = aid(grant("400"), id="second"), aid(grant("50"), id="third")
    found = evaluate_all([first, second, third], situation(received=[]))
    assert found.chosen == ("second", "third")
    assert found.totals[0].exact == Decimal(450)


def test_an_aid_tops_up_another() -> None:
    top = aid(grant(percent("150", "other-aid", aid="town")), id="top")
    town = aid(grant("100"), id="town")
    found = evaluate_all([top, town], situation(received=[]))
    assert [str(o.amount and o.amount.exact) for o in found.outcomes] == ["150.00", "100.00"]
    alone = evaluate(top, situation(received=[{"aid": "town", "amount": "80"}]))
    assert alone.amount is not None
    assert alone.amount.exact == Decimal(120)


@pytest.mark.parametrize(
    ("combination", "expected"),
    [
        ({"deductsOtherAids": True}, "300.00"),
        ({"totalCap": "450"}, "350.00"),
        ({"totalCapRate": "30"}, "200.00"),
        ({"deductsOtherAids": False}, "400.00"),
    ],
)
def test_what_others_give_keeps_an_amount_down(combination: Any, expected: str) -> None:
    last = aid(grant("400"), id="last", combination=combination)
    found = evaluate_all([last, aid(grant("100"), id="town")], situation(received=[]))
    assert str(found.outcomes[0].amount and found.outcomes[0].amount.exact) == expected


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("price", "metropolis", "town"), [("1000", "200", "100"), ("250", "150", "100")]
)
def test_aids_in_a_circle_are_narrowed_until_they_agree(
    price: str, metropolis: str, town: str, turned: bool
) -> None:
    """The town adds to what the metropolis gives, which gives no more than is left to pay."""
    cap = {"type": "percentage", "rate": "100", "base": "remaining-cost"}
    aids = [
        aid(
            grant({"type": "max-of", "parts": [euros("200"), euros("50")], "cap": cap}),
            id="metropolis",
        ),
        aid(grant("100"), id="town", rule=is_("aid.received", "in", ["metropolis"])),
    ]
    asked = situation({"vehicle.priceInclTax": price}, received=[])
    found = evaluate_all(aids[::-1] if turned else aids, asked)
    told = {one.aid: (one.verdict, one.amount and one.amount.exact) for one in found.outcomes}
    assert told == {
        "metropolis": ("eligible", Decimal(metropolis)),
        "town": ("eligible", Decimal(town)),
    }


def test_a_circle_that_nothing_decides_stays_unknown() -> None:
    """Each is given to who gets the other: both, or neither."""
    aids = [
        aid(grant("100"), id=one, rule=is_("aid.received", "in", [other]))
        for one, other in (("a", "b"), ("b", "a"))
    ]
    found = evaluate_all(aids, situation(received=[]))
    assert [one.verdict for one in found.outcomes] == ["unknown", "unknown"]


def test_what_is_left_to_pay_is_known_from_the_others() -> None:
    half = aid(grant(percent("50", "remaining-cost")), id="half")
    found = evaluate_all([half, aid(grant("400"), id="town")], situation(received=[]))
    assert str(found.outcomes[0].amount and found.outcomes[0].amount.exact) == "300.00"
    unknown = evaluate(half, situation())
    assert unknown.amount is not None
    assert (unknown.amount.low, unknown.amount.high) == (0, 500)
    assert [one.criterion for one in unknown.missing] == ["received"]


@pytest.mark.parametrize("price", ["-5", "NaN", "-Infinity", "dear", None, True, {}])
def test_a_price_that_is_none_is_not_known(price: Any) -> None:
    asked = {"date": "2026-11-28", "answers": {**HERE, "vehicle.priceInclTax": price}}
    found = evaluate(aid(grant(percent("50", cap=euros("400")))), asked)
    assert found.amount is not None
    assert (found.amount.low, found.amount.high) == (0, 400)
    assert [one.criterion for one in found.missing] == ["vehicle.priceInclTax"]


@pytest.mark.parametrize("kilometres", [-30, "far", None])
def test_a_distance_below_nothing_takes_nothing_away(kilometres: Any) -> None:
    each = {"type": "per-unit", "unit": "km", "value": "0.10"}
    asked = {"date": "2026-11-28", "answers": {**HERE, "trip.distanceKm": kilometres}}
    found = evaluate(aid(grant(each, period="trip", role="driver")), asked)
    assert found.amount is not None
    assert found.amount.low == 0


@pytest.mark.parametrize("commune", [33063, None, [], {}, ["33063"]])
def test_a_place_of_another_kind_breaks_nothing(commune: Any) -> None:
    inside = {"basis": ["residence"], "include": [{"type": "department", "code": "33"}]}
    asked = {"date": "2026-11-28", "answers": {"residence.commune": commune}}
    assert evaluate(aid(territory=inside), asked).verdict == "unknown"
