"""Import of ``@betagouv/aides-velo``: bike aids as rules of Publicodes.

A document holds ``rules`` (the model of the package, as it stands), and, where they are at hand,
``localisation`` (its table of collectivities) and ``epci`` (the SIREN of each EPCI by name).
``bench/aides-velo/bundle.mjs`` writes one from an installed package.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import IO, Any

from mobstd.mobility_aid.conditions import judge
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.importing.admission import admitted, other_shape, parsed
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.publicodes.amounts import Unsayable, amount, given, nonzero
from mobstd.mobility_aid.importing.publicodes.logic import (
    Condition,
    all_of,
    gaps,
    said,
)
from mobstd.mobility_aid.importing.publicodes.model import Model, identifier
from mobstd.mobility_aid.importing.publicodes.reading import Reader
from mobstd.mobility_aid.importing.publicodes.vocabulary import VOCABULARY

__all__ = ["FORMAT", "claims", "export", "imported", "model", "records"]

FORMAT = "aides-velo"
SCHEME = "@betagouv/aides-velo"
LICENCE = "Apache-2.0"

_DAY = re.compile(r"^([0-9]{2})/([0-9]{2})/([0-9]{4})$")
_LINK = re.compile(r"^https?://[^\s<>\"{}|\\^`]+$")
_LEVELS = {"aides . état": "national"}
_KINDS = {
    "code insee": "commune",
    "epci": "epci",
    "département": "department",
    "région": "region",
    "pays": "country",
}
_FINEST = ("residence.commune", "residence.epci", "residence.department", "residence.region")
_PLACES = (*_FINEST, "residence.country")
_KNOWN = frozenset(
    {
        "titre",
        "description",
        "note",
        "lien",
        "remplace",
        "dernière mise à jour",
        "date de fin",
        "applicable si",
        "non applicable si",
        "plafond",
        "plancher",
        "abattement",
        "arrondi",
        "valeur",
        "variations",
        "somme",
        "produit",
        "le maximum de",
        "le minimum de",
        "toutes ces conditions",
        "une de ces conditions",
        "unité",
        "unite",
    }
)
_CATEGORIES = tuple(v for values in VOCABULARY["vélo . type"].answers.values() for v in values)


def claims(head: bytes, format: str) -> bool:
    """Say whether a file that begins like this holds rules of Publicodes for bike aids."""
    return head.lstrip().startswith(b"{") and b'"rules"' in head and b"aides . " in head


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield each aid of a file, in its order.

    Raises:
        ConfigError: where the file is no JSON with rules.
    """
    stated = parsed(stream, format)
    if not isinstance(stated, dict) or not isinstance(stated.get("rules"), dict):
        raise other_shape(format, "rules")
    yield from imported(stated, at, str(stated.get("version", "unknown"))[:100])


def model(document: Mapping[str, Any]) -> Model:
    """Return the rules of a document, with the aids among them."""
    rules, localisation = document["rules"], _localisation(document)
    places = {
        one["collectivity"]["value"]: one["collectivity"]["code"]
        for one in localisation.values()
        if one["collectivity"].get("kind") == "epci" and "code" in one["collectivity"]
    }
    aids = {
        name: identifier(name)
        for name, rule in rules.items()
        if isinstance(rule, Mapping) and name.startswith("aides . ") and "remplace" in rule
    }
    countries = {name: one.get("country", "") for name, one in localisation.items()}
    known = document.get("epci")
    return Model(
        rules, aids, {**(known if isinstance(known, Mapping) else {}), **places}, countries
    )


def _localisation(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the places that are shaped as places, by the name of their rule."""
    stated = document.get("localisation")
    if not isinstance(stated, Mapping):
        return {}
    return {
        name: one
        for name, one in stated.items()
        if isinstance(one, Mapping)
        and isinstance(one.get("collectivity"), Mapping)
        and isinstance(one["collectivity"].get("value"), str)
    }


def imported(document: Mapping[str, Any], at: str, version: str = "3.6.1") -> Iterator[Imported]:
    """Yield each aid of a document, in its order.

    Args:
        document: rules and, where they are at hand, places; see the module.
        at: when it is read, as a date and time with its offset.
        version: that of the package.
    """
    whole, places = model(document), _localisation(document)
    for name, record in whole.aids.items():
        yield admitted(record, partial(_read, whole, name, places.get(name), at, version))


def _read(
    whole: Model, name: str, place: Mapping[str, Any] | None, at: str, version: str
) -> Imported:
    return _Aid(whole, name, place, at, version).read()


def export(aids: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the rules and places that aids were imported from, verbatim.

    Raises:
        KeyError: where one was not imported from this format.
    """
    rules: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for aid in aids:
        record = aid["provenance"]["original"]["record"]
        rules |= record["rules"]
        if "localisation" in record:
            places[record["name"]] = record["localisation"]
    return {"rules": rules, **({"localisation": places} if places else {})}


class _Aid:
    """One aid while it is read."""

    def __init__(
        self, whole: Model, name: str, place: Mapping[str, Any] | None, at: str, version: str
    ) -> None:
        self.whole, self.name, self.place = whole, name, place
        self.at, self.version = at, version
        self.rule = whole.rule(name)
        self.reader = Reader(whole)
        self.found: list[Diagnostic] = []

    def read(self) -> Imported:
        """Return what became of it."""
        for part in ("titre", "description"):
            if not str(self.rule.get(part) or "").strip():
                self._tell(part, "absent", refused=True)
        if any(one.refused for one in self.found):
            return Imported(None, tuple(self.found))
        for part in self.rule:
            if part not in _KNOWN:
                self._tell(part, "unknown-member")
        condition = self.reader.applicable(self.rule, self.name)
        territory, rest = self._territory(condition)
        benefit = self._benefit()
        eligibility = self._eligibility(rest)
        aid = self._document(territory, benefit, eligibility)
        aid["modes"] = _modes(aid)
        return Imported(aid, tuple(self.found))

    def _tell(self, part: str, code: str, detail: str = "", refused: bool = False) -> None:
        self.found.append(Diagnostic(self.whole.aids[self.name], part, code, detail, refused))

    def _words(self, part: str) -> str:
        """Return a text with composed letters and no blanks around it."""
        return unicodedata.normalize("NFC", self.rule[part]).strip()

    def _document(
        self, territory: Any, benefit: dict[str, Any], eligibility: dict[str, Any]
    ) -> dict[str, Any]:
        title = self._words("titre")
        slot = self.whole.slot(self.name) or ""
        ends = self._day("date de fin")
        link = self._link()
        return {
            "schemaVersion": "0.1",
            "id": self.whole.aids[self.name],
            "identifiers": [{"scheme": SCHEME, "value": self.name}],
            "title": title,
            "description": self._words("description"),
            "language": "fr",
            "level": _LEVELS.get(slot, "territory"),
            "status": "active",
            "currency": "EUR",
            "funders": [{"name": title, "roles": ["funder"]}],
            "territory": territory,
            "modes": [],
            "benefits": [benefit],
            "eligibility": eligibility,
            **({"validity": {"end": ends}} if ends else {}),
            **({"application": {"channels": [{"type": "online", "url": link}]}} if link else {}),
            "provenance": self._provenance(link),
        }

    def _provenance(self, link: str | None) -> dict[str, Any]:
        seen = self._day("dernière mise à jour")
        names = self.whole.behind(self.name)
        record: dict[str, Any] = {
            "name": self.name,
            "rules": {name: self.whole.rules[name] for name in names},
        }
        if self.place is not None:
            record["localisation"] = self.place
        return {
            "updatedAt": self.at,
            **({"lastVerified": seen} if seen else {}),
            "source": {**({"url": link} if link else {}), "label": SCHEME, "licence": LICENCE},
            "original": {"format": FORMAT, "version": self.version, "record": record},
        }

    def _day(self, part: str) -> str | None:
        stated = self.rule.get(part)
        if stated is None:
            return None
        match = _DAY.match(str(stated))
        try:
            day, month, year = map(int, match.groups() if match else ())
            return date(year, month, day).isoformat()
        except ValueError:
            self._tell(part, "not-a-date", str(stated))
            return None

    def _link(self) -> str | None:
        link = self.rule.get("lien")
        if link is None or _LINK.match(link):
            return link
        self._tell("lien", "not-a-link", link)
        return None

    def _benefit(self) -> dict[str, Any]:
        parts = {
            part: value
            for part, value in self.rule.items()
            if part not in ("applicable si", "non applicable si")
        }
        try:
            found = amount(self.reader, parts, self.name)
            when = nonzero(found)
        except Unsayable as problem:
            self._tell("valeur", problem.code, problem.detail)
            words = self._words("description")
            return {"kind": "grant", "amount": {"type": "text", "text": words}}
        benefit: dict[str, Any] = {"kind": "grant"}
        if when is not True:
            benefit["when"] = when
        return {**benefit, "amount": given(found)}

    def _eligibility(self, rest: Condition) -> dict[str, Any]:
        reasons = dict.fromkeys(gaps(rest))
        for code, detail in reasons:
            self._tell("applicable si", code, detail)
        rule = said(rest)
        stated: dict[str, Any] = {"beneficiaries": ["natural-person"]}
        if rule is not True:
            stated["rule"] = rule
        words = self._words("description")
        if not reasons:
            stated["coverage"] = "complete"
        elif rule is True:
            stated |= {"coverage": "text-only", "text": words}
        else:
            stated |= {"coverage": "partial", "text": words}
        if self.reader.questions:
            stated["questions"] = [self._question(*one) for one in self.reader.questions.items()]
        return stated

    def _question(self, criterion: str, name: str) -> dict[str, Any]:
        rule = self.whole.rule(name)
        words = str(rule.get("question") or rule.get("titre") or name.rsplit(" . ", 1)[-1])
        return {"criterion": criterion, "type": self.reader.kind(name), "label": words.strip()}

    def _territory(self, condition: Condition) -> tuple[dict[str, Any], Condition]:
        """Return the territory that conditions name, and the conditions that are left."""
        parts: list[Any] = [condition]
        if isinstance(condition, Mapping) and "allOf" in condition:
            parts = list(condition["allOf"])
        inside = [part for part in parts if _place(part, ("eq", "in"))]
        inside.sort(key=lambda part: _rank(part))
        outside = [part for part in parts if _place(part, ("ne", "notIn"))]
        if not inside:
            return self._stated(parts)
        include = _areas(inside[0])
        exclude = [area for part in outside for area in _areas(part)]
        rest = [part for part in parts if part is not inside[0] and part not in outside]
        places = {"basis": ["residence"], "include": [self._named(area) for area in include]}
        return {**places, **({"exclude": exclude} if exclude else {})}, all_of(rest)

    def _stated(self, parts: list[Any]) -> tuple[dict[str, Any], Condition]:
        stated = (self.place or {}).get("collectivity", {})
        name = str(stated.get("value") or self.rule["titre"]).strip()
        self._tell("localisation", "unresolved-place", name)
        kind = _KINDS.get(stated.get("kind", ""))
        code = stated.get("code") if kind == "epci" else stated.get("value")
        area = {"type": kind, "code": code} if kind and code else {"type": "unresolved"}
        return {"basis": ["residence"], "include": [{**area, "name": name}]}, all_of(parts)

    def _named(self, area: dict[str, Any]) -> dict[str, Any]:
        names = [name for name, code in self.whole.places.items() if code == area["code"]]
        return {**area, "name": names[0]} if area["type"] == "epci" and names else area


def _place(part: Any, operators: tuple[str, ...]) -> bool:
    """Say whether a condition is about where one lives alone."""
    if not isinstance(part, Mapping):
        return False
    if "anyOf" in part and operators == ("eq", "in"):
        return all(_place(one, operators) for one in part["anyOf"])
    return part.get("criterion") in _PLACES and part.get("operator") in operators


def _rank(part: Mapping[str, Any]) -> int:
    if "anyOf" in part:
        return min(_rank(one) for one in part["anyOf"])
    return _PLACES.index(part["criterion"])


def _areas(part: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "anyOf" in part:
        return [area for one in part["anyOf"] for area in _areas(one)]
    kind = part["criterion"].rpartition(".")[2]
    codes = part["values"] if "values" in part else [part["value"]]
    return [{"type": kind, "code": code} for code in codes]


def _modes(aid: Mapping[str, Any]) -> list[str]:
    """Return the kinds of bike that conditions and amounts leave possible."""
    kept = []
    for category in _CATEGORIES:
        facts = Facts({"date": "2000-01-01", "answers": {"vehicle.category": category}})
        benefit = aid["benefits"][0]
        rules = [aid["eligibility"].get("rule"), benefit.get("when")]
        held = [judge(rule, facts, "", aid["currency"], {}).truth for rule in rules]
        if False not in held and _may(benefit["amount"], facts):
            kept.append(category)
    return kept


def _may(formula: Mapping[str, Any], facts: Facts) -> bool:
    """Say whether a formula may give something."""
    if formula["type"] == "none":
        return False
    if "parts" in formula:
        return any(_may(part, facts) for part in formula["parts"])
    for case in formula.get("cases", ()):
        truth = judge(case.get("when"), facts, "", "EUR", {}).truth
        if truth is not False and _may(case["amount"], facts):
            return True
        if truth:
            return False
    return "cases" not in formula
