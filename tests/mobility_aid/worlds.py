"""Random aids and full knowledge of a person, for properties of evaluation."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .documents import EVERYWHERE, aid, is_

MONEY = st.integers(0, 300_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
RATE = st.integers(0, 2000).map(lambda tenths: f"{tenths // 10}.{tenths % 10}")
IDS = ("first", "second", "third", "fourth")

COMMUNES: dict[str, dict[str, str]] = {
    "33119": {"department": "33", "region": "75", "country": "FR"},
    "33063": {"department": "33", "region": "75", "country": "FR"},
    "75112": {"department": "75", "region": "11", "country": "FR"},
    "2A004": {"department": "2A", "region": "94", "country": "FR"},
    "97105": {"department": "971", "region": "01", "country": "FR"},
    "97502": {"department": "975", "country": "FR"},
    "99138": {"country": "MC"},
}
"""Communes with what lies above them."""
AREAS = (
    {"type": "commune", "code": "33119"},
    {"type": "commune", "code": "75056"},
    {"type": "epci", "code": "243300316"},
    {"type": "department", "code": "33"},
    {"type": "department", "code": "2A"},
    {"type": "region", "code": "75"},
    {"type": "country", "code": "FR"},
)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    ordered = st.sampled_from(("eq", "ne", "lt", "lte", "gt", "gte"))
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return is_("person.age", draw(ordered), draw(st.integers(15, 70)))
    if kind == 1:
        share = "household.referenceTaxIncomePerShare"
        return is_(share, draw(ordered), draw(MONEY))
    if kind == 2:
        values = draw(st.lists(st.sampled_from(("student", "employee")), min_size=1, unique=True))
        return is_("person.status", draw(st.sampled_from(("in", "notIn"))), values)
    if kind == 3:
        return is_("vehicle.priceInclTax", draw(ordered), draw(MONEY))
    if kind == 4:
        return is_("vehicle.condition", "eq", draw(st.sampled_from(("new", "second-hand"))))
    if kind == 5:
        values = draw(st.lists(st.sampled_from(sorted(COMMUNES)), min_size=1, unique=True))
        return is_("residence.commune", draw(st.sampled_from(("in", "notIn"))), values)
    if kind == 6:
        return is_("aid.received", draw(st.sampled_from(("eq", "ne"))), draw(st.sampled_from(IDS)))
    return is_("person.disability", "eq", draw(st.booleans()))


def _grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda parts: {"allOf": parts}),
        several.map(lambda parts: {"anyOf": parts}),
        children.map(lambda part: {"not": part}),
    )


CONDITIONS = st.recursive(leaves(), _grown, max_leaves=5)

_BASES = ("purchase-price-incl-tax", "purchase-price-excl-tax", "remaining-cost", "other-aid")
PLAIN = st.one_of(
    st.builds(lambda value: {"type": "fixed", "value": value}, MONEY),
    st.just({"type": "none"}),
    st.builds(
        lambda rate, base: {"type": "percentage", "rate": rate, "base": base},
        RATE,
        st.sampled_from(_BASES),
    ),
    st.builds(
        lambda rate, other: {"type": "percentage", "rate": rate, "base": "other-aid", "aid": other},
        RATE,
        st.sampled_from(IDS),
    ),
    st.builds(
        lambda value, start, more: {
            "type": "per-unit",
            "unit": "km",
            "value": value,
            "fromUnits": start,
            **({} if more is None else {"upToUnits": start + more}),
        },
        MONEY,
        st.integers(0, 20),
        st.none() | st.integers(0, 40),
    ),
)


def _composed(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(children, min_size=2, max_size=3)
    cases = st.lists(
        st.builds(lambda when, amount: {"when": when, "amount": amount}, CONDITIONS, children),
        min_size=1,
        max_size=3,
    )
    last = st.none() | children
    bounds = st.fixed_dictionaries({}, optional={"cap": children, "floor": children})
    return st.one_of(
        st.builds(
            lambda kind, parts, bounds: {"type": kind, "parts": parts, **bounds},
            st.sampled_from(("sum", "max-of", "min-of")),
            parts,
            bounds,
        ),
        st.builds(
            lambda cases, last, bounds: {
                "type": "cases",
                "cases": [*cases, *([] if last is None else [{"amount": last}])],
                **bounds,
            },
            cases,
            last,
            bounds,
        ),
        st.builds(
            lambda rate, bounds: {
                "type": "percentage",
                "rate": rate,
                "base": "purchase-price-incl-tax",
                **bounds,
            },
            RATE,
            bounds,
        ),
    )


AMOUNTS = st.recursive(PLAIN, _composed, max_leaves=5)

BENEFITS = st.builds(
    lambda amount, more: {"kind": "grant", "amount": amount, **more},
    AMOUNTS,
    st.fixed_dictionaries(
        {}, optional={"when": CONDITIONS, "period": st.sampled_from(("once", "month", "trip"))}
    ),
)

TERRITORIES = st.just(EVERYWHERE) | st.builds(
    lambda include, exclude: {"basis": ["residence"], "include": include, "exclude": exclude},
    st.lists(st.sampled_from(AREAS), min_size=1, max_size=2),
    st.lists(st.sampled_from(AREAS[:5]), max_size=2),
)

COMBINATIONS = st.fixed_dictionaries(
    {},
    optional={
        "exclusiveWith": st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True),
        "deductsOtherAids": st.booleans(),
        "totalCap": MONEY,
        "totalCapRate": st.integers(0, 100).map(str),
        "perBeneficiary": st.just({"count": 1, "within": "P5Y"}),
    },
)


@st.composite
def aids(draw: st.DrawFn, id_: str = "example") -> dict[str, Any]:
    """Return an aid that is computable: no words, complete coverage."""
    combination = draw(COMBINATIONS)
    more = {"combination": combination} if combination else {}
    return aid(
        *draw(st.lists(BENEFITS, min_size=1, max_size=2)),
        rule=draw(st.none() | CONDITIONS),
        id=id_,
        territory=draw(TERRITORIES),
        **more,
    )


@st.composite
def knowledge(draw: st.DrawFn) -> dict[str, Any]:
    """Return a situation in which every question of these aids is answered."""
    received = st.builds(
        lambda id_, amount, day: {"aid": id_, "amount": amount, "date": day},
        st.sampled_from((*IDS, "example", "stranger")),
        MONEY,
        st.sampled_from(("2019-01-01", "2026-05-01")),
    )
    commune = draw(st.sampled_from(sorted(COMMUNES)))
    answers = {
        "person.age": draw(st.integers(15, 70)),
        "person.status": draw(
            st.lists(st.sampled_from(("student", "employee")), min_size=1, unique=True)
        ),
        "person.disability": draw(st.booleans()),
        "household.referenceTaxIncome": draw(MONEY),
        "household.taxShares": draw(st.sampled_from((1, 1.5, 2, 3))),
        "residence.commune": commune,
        "residence.epci": draw(st.sampled_from(("243300316", "200054781"))),
        **{f"residence.{level}": code for level, code in COMMUNES[commune].items()},
        "vehicle.priceInclTax": draw(MONEY),
        "vehicle.priceExclTax": draw(MONEY),
        "vehicle.condition": draw(st.sampled_from(("new", "second-hand"))),
        "trip.distanceKm": draw(st.integers(0, 90)),
    }
    return {
        "date": "2026-11-28",
        "answers": answers,
        "received": draw(st.lists(received, max_size=2)),
    }


@st.composite
def partly(draw: st.DrawFn, full: dict[str, Any]) -> dict[str, Any]:
    """Return the same situation with some of its answers."""
    kept = draw(st.sets(st.sampled_from(sorted(full["answers"]))))
    answers = {name: value for name, value in full["answers"].items() if name in kept}
    told = {"received": full["received"]} if draw(st.booleans()) and "received" in full else {}
    return {"date": full["date"], "answers": answers, **told}
