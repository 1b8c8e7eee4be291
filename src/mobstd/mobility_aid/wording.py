"""What evaluations say, in words: amounts, reasons, questions, in English and French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from mobstd.judging.pointer import MISSING, get
from mobstd.messages import render
from mobstd.mobility_aid.evaluation import Outcome
from mobstd.mobility_aid.facts import RECEIVED
from mobstd.mobility_aid.importing.places import official
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.sums import ONCE, Span
from mobstd.mobility_aid.truth import Reason

__all__ = [
    "amount",
    "asked",
    "condition",
    "money",
    "place",
    "prices",
    "reason",
    "reasons",
    "span",
    "value",
]

_WORDS = 300
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_BLANKS = re.compile(r"[ \t\r\n]+")
_SIGNS = {"EUR": "€"}
_NARROW = "\u202f"
_FIXED = "\u00a0"


def _say(code: str, lang: str, **params: Any) -> str:
    return render(f"aids.{code}", params, lang)


def money(sum_: Decimal, currency: str, lang: str) -> str:
    """Return a sum as one writes it: no cents where there are none."""
    whole = sum_ == sum_.to_integral_value()
    text = f"{sum_:,.0f}" if whole else f"{sum_:,.2f}"
    sign = _SIGNS.get(currency, currency)
    if lang == "fr":
        text = text.replace(",", _NARROW).replace(".", ",")
        return f"{text}{_FIXED}{sign}"
    return f"{sign}{text}" if sign != currency else f"{text}{_FIXED}{sign}"


def span(found: Span, lang: str) -> str:
    """Return a sum or what it lies between, with the time that it is for."""
    low = money(found.low, found.currency, lang)
    high = None if found.high is None else money(found.high, found.currency, lang)
    if found.exact is not None:
        text = low
    elif high is None:
        text = _say("sum.open" if found.low == 0 else "sum.from", lang, low=low)
    elif found.low == 0:
        text = _say("sum.to", lang, high=high)
    else:
        text = _say("sum.between", lang, low=low, high=high)
    return text if found.period == ONCE else f"{text} {_say(f'period.{found.period}', lang)}"


def amount(outcome: Outcome, lang: str) -> str:
    """Return what an aid comes to, or that there is nothing to say of it."""
    said = [span(one, lang) for one in outcome.amounts] + prices(outcome, lang)
    return " + ".join(said) or _say("sum.none", lang)


def prices(outcome: Outcome, lang: str) -> list[str]:
    """Return what a person pays, of fares."""
    found = [one.price for one in outcome.benefits if one.price is not None]
    return [_say("sum.price", lang, price=span(one, lang)) for one in found]


def value(word: Any, lang: str) -> str:
    """Return an answer, a mode, a status or a day in words."""
    if isinstance(word, bool):
        return _say("value.yes" if word else "value.no", lang)
    if isinstance(word, str) and (day := _DAY.fullmatch(word)):
        return _say("value.day", lang, **day.groupdict())
    return render(f"aids.value.{word}", {}, lang, default=str(word))


def asked(criterion: str, aids: Iterable[Mapping[str, Any]], lang: str) -> str:
    """Return the question for a criterion: of the registry, or of the aid that asks it itself."""
    if criterion == RECEIVED:
        return _say("question.received", lang)
    known = criteria().get(criterion)
    if known is not None:
        return known.question[lang]
    return _own(criterion, aids) or criterion


def _own(criterion: str, aids: Iterable[Mapping[str, Any]]) -> str:
    for aid in aids:
        for question in aid["eligibility"].get("questions", ()):
            if question["criterion"] == criterion:
                return str(question["label"])
    return ""


def reasons(
    aid: Mapping[str, Any], outcome: Outcome, lang: str, titles: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return why, each reason once: its effect and its words, what speaks against first.

    ``titles`` are those of other aids, by id.
    """
    order = {"against": 0, "open": 1, "reduces": 2, "for": 3}
    said = [(one.effect, reason(aid, one, lang, titles)) for one in outcome.reasons]
    return sorted(dict.fromkeys(said), key=lambda pair: order[pair[0]])


def reason(aid: Mapping[str, Any], found: Reason, lang: str, titles: Mapping[str, str]) -> str:
    """Return a reason in words."""
    stated = get(aid, found.pointer)
    there = None if stated is MISSING else stated
    if found.code == "condition" and isinstance(there, Mapping):
        return condition(aid, there, lang)
    if found.code == "condition":
        return _say("reason.role", lang, what=value(there, lang))
    if found.code == "exclusive":
        return _say("reason.exclusive", lang, what=titles.get(str(there), there))
    return _say(f"reason.{_code(found)}", lang, what=_what(aid, found, there, lang))


def _code(found: Reason) -> str:
    """Return the code of the words: the ends of a time have words of their own."""
    if found.code in ("validity", "purchase-window"):
        return f"{found.code}.{found.pointer.rpartition('/')[2]}"
    return "outside" if found.pointer.startswith("/territory/exclude") else found.code


def _what(aid: Mapping[str, Any], found: Reason, there: Any, lang: str) -> str:
    if found.code == "territory":
        return _places(aid["territory"] if there is aid["territory"] else {"include": [there]})
    if found.code == "coverage":
        return _cut(aid["eligibility"].get("text", ""))
    if found.code == "amount-text" and isinstance(there, Mapping):
        return _cut(str(there.get("text", "")))
    if found.code == "beneficiary":
        return ", ".join(value(one, lang) for one in there or ())
    if found.code == "quota" and isinstance(there, Mapping):
        return str(there.get("count"))
    if found.code == "limit" and isinstance(there, Mapping):
        return _limit(aid, there, lang)
    return _cut(value(there, lang)) if isinstance(there, (str, int)) else ""


def _limit(aid: Mapping[str, Any], limit: Mapping[str, Any], lang: str) -> str:
    period = "" if limit["period"] == ONCE else _say(f"period.{limit['period']}", lang)
    if "money" in limit:
        return f"{money(Decimal(limit['money']), aid['currency'], lang)} {period}".strip()
    return f"{limit['count']} {value(limit['countUnit'], lang)} {period}".strip()


def _places(territory: Mapping[str, Any]) -> str:
    return _cut(territory.get("text") or ", ".join(map(place, territory["include"])))


def place(area: Mapping[str, Any]) -> str:
    """Return the name of a place: its own, the official one, or else its code."""
    code = area.get("code", "")
    return str(area.get("name") or dict(official().get(code, ())).get(area["type"]) or code)


def condition(aid: Mapping[str, Any], leaf: Mapping[str, Any], lang: str) -> str:
    """Return a condition in words: what is asked, and what it has to be."""
    name = leaf["criterion"]
    known = criteria().get(name)
    label = known.label[lang] if known else _own(name, [aid]).rstrip(" ?") or name
    stated = leaf["values"] if "values" in leaf else [leaf["value"]]
    kind = known.type if known else ""
    if kind == "money":
        words = [money(Decimal(str(one)), aid["currency"], lang) for one in stated]
    else:
        unit = _unit(known.unit if known else "", lang)
        words = [f"{value(one, lang)}{unit}" for one in stated]
    either = _say("or", lang).join(filter(None, (", ".join(words[:-1]), words[-1])))
    return _cut(
        _say(
            "reason.condition",
            lang,
            label=label,
            test=_say(f"test.{leaf['operator']}", lang, value=either),
        )
    )


def _unit(unit: str, lang: str) -> str:
    blank = _FIXED if lang == "fr" else " "
    return f"{blank}{value(unit, lang)}" if unit else ""


def _cut(text: str) -> str:
    flat = _BLANKS.sub(" ", text).strip()
    return flat if len(flat) <= _WORDS else flat[: _WORDS - 1] + "…"
