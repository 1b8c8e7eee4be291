"""What the schema of an aid cannot say: keys, order, and words beside figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.pointer import find
from mobstd.judging.rule import SURPRISED, ItemFilter, RunRule, Trouble, ValueRule
from mobstd.mobility_aid import counting, decided, feed, holding, proving, subscriptions, verdicts
from mobstd.mobility_aid.facts import decimal
from mobstd.mobility_aid.identifiers import is_siren, is_siret
from mobstd.mobility_aid.registry import criteria, region_of
from mobstd.mobility_aid.search import FILTERS

__all__ = ["RULES"]

Troubles = Iterator[Trouble] | None

YEAR = timedelta(days=365)
ELSEWHERE = timedelta(days=1)
"""A day is over everywhere a day later."""

_WINDOWS = (("start", "end"), ("purchaseFrom", "purchaseUntil"))
_ISSUED = frozenset({"975", "977", "978", "984", "986", "987", "988", "989"})
"""Codes that stand where departments do, of territories overseas that lie in no region."""

_EUROS = re.compile(
    r"([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))? ?(?:€|euros?)"
)
_DOUBTS: Mapping[str, tuple[str, ...]] = {
    "commerce local": ("purchase.", "local."),
    "local shop": ("purchase.", "local."),
    "sociétaire": ("local.",),
    "résidence principale": ("residence.", "local."),
    "main residence": ("residence.", "local."),
    "quotient familial": ("household.", "local."),
    "revenu fiscal": ("household.", "local."),
    "neuf": ("vehicle.condition", "local."),
}
"""Words of a text, and the beginnings of criteria one of which has to be in the rule then."""


def _numbers(party: Any, context: Context) -> Troubles:
    """AID-DAT-15: keys of SIREN and SIRET."""
    if not party.keys() & {"siren", "siret"}:
        return None
    return _number_troubles(party)


def _number_troubles(party: Mapping[str, str]) -> Iterator[Trouble]:
    siren, siret = party.get("siren"), party.get("siret")
    if siren is not None and not is_siren(siren):
        yield Trouble("siren-key", "/siren", received=siren)
    if siret is not None and not is_siret(siret):
        yield Trouble("siret-key", "/siret", received=siret)
    if siren is not None and siret is not None and not siret.startswith(siren):
        yield Trouble("siret-of-another", "/siret", expected=siren, received=siret)


def _codes(area: Any, context: Context) -> Troubles:
    """AID-DAT-05: regions and departments are those of the registry."""
    known = {"region": set(region_of().values()), "department": {*region_of(), *_ISSUED}}
    if not isinstance(area, dict) or area["type"] not in known:
        return None
    kind, code = area["type"], area["code"]
    wrong = [] if code in known[kind] else [code]
    return (Trouble("code-unknown", "/code", {"type": kind, "code": c}, received=c) for c in wrong)


def _cases(cases: Any, context: Context) -> Troubles:
    """AID-DAT-10: what has no condition stands last."""
    early = [n for n, case in enumerate(cases[:-1]) if "when" not in case]
    return (Trouble("case-after-default", f"/{n + 1}") for n in early)


def _windows(validity: Any, context: Context) -> Troubles:
    """AID-DAT-11: no window ends before it begins."""
    pairs = [pair for pair in _WINDOWS if validity.keys() >= set(pair)]
    if not pairs:
        return None
    return (
        Trouble("window-reversed", f"/{end}", received=validity[end])
        for start, end in pairs
        if validity[end] < validity[start]
    )


def _past(aid: Any, context: Context) -> Troubles:
    """AID-DAT-11: what has ended by the day of the run is not shown as what can be had."""
    end = aid.get("validity", {}).get("end")
    if end is None or context.now is None:
        return None
    over = end < (context.now - ELSEWHERE).date().isoformat()
    wrong = over and aid["status"] == "active"
    return iter([Trouble("past-and-active", "/status", received=end)] if wrong else [])


def _verified(aid: Any, context: Context) -> Troubles:
    """AID-DAT-12: an active aid was verified, and less than a year ago."""
    if aid["status"] != "active" or context.now is None:
        return None
    last = aid["provenance"].get("lastVerified")
    if last is None:
        return iter([Trouble("never-verified", "/provenance")])
    stale = last < (context.now - YEAR - ELSEWHERE).date().isoformat()
    at = "/provenance/lastVerified"
    return iter([Trouble("verified-long-ago", at, received=last)] if stale else [])


def _excludes(aid: Any, context: Context) -> Troubles:
    """AID-DAT-17: no aid excludes itself."""
    others = aid.get("combination", {}).get("exclusiveWith")
    if others is None:
        return None
    return (
        Trouble("excludes-itself", f"/combination/exclusiveWith/{n}", received=other)
        for n, other in enumerate(others)
        if other == aid["id"]
    )


def _questions(aid: Any, context: Context) -> Troubles:
    """Questions of an aid's own are declared where they are used."""
    used = [
        (at, name)
        for part in ("benefits", "eligibility/rule", "documents")
        for at, name in find(aid, f"/{part}/**/criterion")
        if isinstance(name, str) and name not in criteria()
    ]
    if not used:
        return None
    declared = {question["criterion"] for question in aid["eligibility"].get("questions", ())}
    return (
        Trouble("question-undeclared", at, {"criterion": name}, received=name)
        for at, name in used
        if name not in declared
    )


def _words(benefit: Any, context: Context) -> Troubles:
    """AID-DAT-08: the largest sum in the words is the largest in the formula."""
    said = [_sum(match) for match in _EUROS.finditer(benefit.get("text", ""))]
    meant = [
        value
        for name in ("value", "max")
        for at, text in find(benefit["amount"], f"/**/{name}")
        if "/when" not in at and (value := decimal(text)) is not None and isinstance(text, str)
    ]
    if not said or not meant:
        return None
    words, figures = max(said), max(meant)
    told = {"words": f"{words:f}", "figures": f"{figures:f}"}
    return iter([] if words == figures else [Trouble("words-differ", "/text", told)])


def _sum(match: re.Match[str]) -> Decimal:
    whole = re.sub(r"[^0-9]", "", match[1])
    return Decimal(f"{whole}.{match[2] or 0}")


def _coverage(eligibility: Any, context: Context) -> Troubles:
    """AID-DAT-09: words that name a condition, of which the rule has none."""
    if eligibility["coverage"] != "complete" or "text" not in eligibility:
        return None
    names = [name for _, name in find(eligibility.get("rule"), "/**/criterion")]
    text = eligibility["text"].lower()
    return (
        Trouble("coverage-doubtful", "/text", {"word": word})
        for word, beginnings in _DOUBTS.items()
        if re.search(rf"\b{word}\b", text) and not any(n.startswith(beginnings) for n in names)
    )


def _texts(aid: Any, context: Context) -> Troubles:
    """AID-DAT-20: real line breaks, no blanks around, composed letters."""
    return (trouble for part, value in aid.items() for trouble in _unclean(value, f"/{part}"))


def _unclean(value: Any, at: str) -> Iterator[Trouble]:
    if at == "/provenance":
        value = {name: part for name, part in value.items() if name != "original"}
    if isinstance(value, str):
        if value != value.strip():
            yield Trouble("text-blanks", at)
        if "\\n" in value:
            yield Trouble("text-escaped", at)
        if not unicodedata.is_normalized("NFC", value):
            yield Trouble("text-decomposed", at)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unclean(part, f"{at}/{name}")
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _unclean(part, f"{at}/{n}")


def _in_order(numbers: list[Any]) -> Iterator[Trouble]:
    return (
        Trouble("out-of-order", f"/{n + 1}", received=str(after))
        for n, (before, after) in enumerate(pairwise(numbers))
        if after <= before
    )


def _ordered(page: Any, context: Context) -> Troubles:
    """AID-CAT-03: the aids of a page are in the order of their ids, each once."""
    ids = [aid.get("id") if isinstance(aid, dict) else None for aid in page]
    if len(ids) < 2 or not all(isinstance(one, str) for one in ids):
        return None
    return _in_order(ids)


def _sequenced(page: Any, context: Context) -> Troubles:
    """AID-CAT-08: changes are in the order of their numbers, none beyond the latest."""
    numbers = [number for _, number in find(page, "/changes/*/sequence")]
    latest = page.get("latest")
    if not numbers or not all(isinstance(one, int) for one in (*numbers, latest)):
        return None
    beyond = numbers[-1] > latest
    late = [Trouble("beyond-latest", "/latest", received=latest)] if beyond else []
    troubles = (Trouble(t.code, f"/changes{t.pointer}/sequence") for t in _in_order(numbers))
    return iter([*troubles, *late])


def _exclusions(page: Any, context: Context) -> Troubles:
    """AID-DAT-17: of two aids on a page that exclude each other, both say so."""
    said: dict[str, tuple[int, list[str]]] = {}
    for n, aid in enumerate(page):
        others = [other for _, other in find(aid, "/combination/exclusiveWith/*")]
        if isinstance(aid, dict) and isinstance(aid.get("id"), str):
            said[aid["id"]] = (n, [other for other in others if isinstance(other, str)])
    pairs = [(n, one, other) for one, (n, others) in said.items() for other in others]
    told = [pair for pair in pairs if pair[2] in said]
    if not told:
        return None
    return (
        Trouble("one-sided", f"/{n}/combination/exclusiveWith", received=other)
        for n, one, other in told
        if one not in said[other][1]
    )


def _quiet(found: ItemFilter) -> ItemFilter:
    """Return a filter that says nothing of an item that is not what its schema says."""

    def match(item: Any, query: Mapping[str, str], context: Context) -> bool | None:
        try:
            return found.match(item, query, context)
        except SURPRISED:
            return None

    return replace(found, match=match)


_RULES: Mapping[str, ItemFilter | RunRule | ValueRule] = {
    **FILTERS,
    **proving.RULES,
    **subscriptions.RULES,
    **decided.RULES,
    **holding.RULES,
    **verdicts.RULES,
    **counting.RULES,
    **feed.RULES,
    "party-numbers": ValueRule("/funders/*", _numbers),
    "codes-exist": ValueRule("/territory/*/*", _codes),
    "cases-end": ValueRule("/benefits/**/cases", _cases),
    "window-ordered": ValueRule("/validity", _windows),
    "past-is-over": ValueRule("", _past),
    "verified-lately": ValueRule("", _verified),
    "excludes-others": ValueRule("", _excludes),
    "questions-declared": ValueRule("", _questions),
    "words-and-figures": ValueRule("/benefits/*", _words),
    "coverage-honest": ValueRule("/eligibility", _coverage),
    "texts-clean": ValueRule("", _texts),
    "in-order": ValueRule("/aids", _ordered),
    "in-sequence": ValueRule("", _sequenced),
    "exclusions-symmetric": ValueRule("/aids", _exclusions),
}

RULES: Mapping[str, ItemFilter | RunRule | ValueRule] = {
    name: _quiet(rule) if isinstance(rule, ItemFilter) else rule for name, rule in _RULES.items()
}
"""Every rule of the standard, by name."""
