"""Export to the national table ``dispositif-aide``: what it cannot say is told as a diagnostic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.exporting.prose import conditions
from mobstd.mobility_aid.exporting.sheet import write_rows
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.importing.dispositif_aide import (
    COLUMNS,
    FORMAT,
    LEVELS,
    ROLES,
    TAKERS,
    WORK,
    imported,
)

__all__ = ["exported", "write"]

_PARIS = ZoneInfo("Europe/Paris")
_LONGEST = 5000
_LOST = (
    "modes",
    "combination",
    "documents",
    "validity/purchaseFrom",
    "validity/purchaseUntil",
    "validity/duration",
    "validity/text",
    "budget",
    "application",
    "payment",
    "contact",
    "additionalInfo",
    "legalBasis",
)
_ROLES = {ours: theirs for theirs, ours in ROLES.items()}
_TAKERS = {ours: theirs for theirs, ours in TAKERS.items()}
_WORK = {ours: theirs for theirs, ours in WORK.items()}
_PREFIXES = {level: prefix for prefix, (level, _) in LEVELS.items()}
_MONEY = frozenset({"grant", "reimbursement", "price-reduction", "voucher", "loan", "fare"})


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write aids as rows; see :func:`mobstd.mobility_aid.exporting.write`."""
    made = ((aid["id"], *exported(aid)) for aid in aids)
    return write_rows(made, COLUMNS, file, guarded=guarded)


def exported(aid: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Return the row that an aid is, and what the row cannot say.

    An aid that was imported from this table and not edited gives its row back, cell by cell.
    """
    original = aid["provenance"].get("original", {})
    if original.get("format") == FORMAT:
        again = imported(original["record"], aid["provenance"]["updatedAt"])
        if again.aid == aid:
            return dict(original["record"]), ()
    lose = Losses(aid)
    cells = dict.fromkeys(COLUMNS, "")
    cells |= _words(aid, lose) | _places(aid, lose) | _people(aid, lose)
    return cells, tuple(lose.found)


def _words(aid: Mapping[str, Any], lose: Losses) -> dict[str, str]:
    description = aid["description"]
    if len(description) > _LONGEST:
        lose("description", "too-long")
        description = description[:_LONGEST]
    lose.where_there(_LOST, "no-column")
    lose.amounts("no-column")
    named = [one["value"] for one in aid.get("identifiers", ()) if one["scheme"] == FORMAT]
    validity = aid.get("validity", {})
    kinds = {benefit["kind"] for benefit in aid["benefits"]}
    return {
        "id": named[0] if named else str(uuid5(NAMESPACE_URL, aid["id"])),
        "titre": aid["title"],
        "promesse": aid.get("summary", ""),
        "description": description,
        "types_aides": "financement" if kinds & _MONEY else "autre",
        "programmes_parents": "|".join(aid.get("x-parent-programmes", ())),
        "url_source": aid["provenance"].get("source", {}).get("url", ""),
        "date_ouverture": _instant(validity.get("start"), time.min),
        "date_cloture": _instant(validity.get("end"), time(23, 59, 59)),
        "date_mise_a_jour": aid["provenance"]["updatedAt"],
    }


def _instant(day: str | None, at: time) -> str:
    """Return the first or the last second of a day in Paris."""
    if day is None:
        return ""
    return datetime.combine(datetime.fromisoformat(day).date(), at, _PARIS).isoformat()


def _places(aid: Mapping[str, Any], lose: Losses) -> dict[str, str]:
    territory = aid["territory"]
    if "basis" in territory:
        lose("territory/basis", "no-column", "|".join(territory["basis"]))
    names = {"include": "eligibilite_geographique"}
    names["exclude"] = "eligibilite_geographique_exclusions"
    return {
        column: "|".join(
            code for area in territory.get(part, ()) if (code := _code(area, part, lose))
        )
        for part, column in names.items()
    }


def _code(area: Mapping[str, Any], part: str, lose: Losses) -> str:
    if area["type"] == "country" and area["code"] == "FR":
        return "PAYS-99100"
    if area["type"] not in _PREFIXES or area["type"] == "country":
        lose(f"territory/{part}", "territory", area.get("code", area.get("name", "")))
        return ""
    if not area["code"].isdigit():
        lose(f"territory/{part}", "pattern", area["code"])
    return f"{_PREFIXES[area['type']]}-{area['code']}"


def _people(aid: Mapping[str, Any], lose: Losses) -> dict[str, str]:
    eligibility = aid["eligibility"]
    parties = [
        {
            "nom": party["name"],
            "siren": party.get("siren", party.get("siret", "")[:9]),
            "roles": [_ROLES[role] for role in party["roles"] if role in _ROLES],
        }
        for party in aid["funders"]
    ]
    rule = eligibility.get("rule", {})
    said: dict[str, str] = {}
    for part in rule.get("allOf", [rule] if rule else []):
        column = _column(part)
        if column is None or column[0] in said:
            lose("eligibility/rule", "no-column")
        else:
            said[column[0]] = column[1]
    takers = eligibility.get("beneficiaries", ["natural-person"])
    return {
        "porteurs": json.dumps(parties, ensure_ascii=False),
        "cibles": "|".join(_TAKERS[taker] for taker in takers),
        "eligibilite": conditions(aid) or aid["description"],
        **said,
    }


def _column(part: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the column that says a condition, with its cell."""
    asked = (part.get("criterion"), part.get("operator"))
    simple = {
        ("person.age", "gte"): "age_minimum",
        ("person.age", "lte"): "age_maximum",
        ("household.referenceTaxIncome", "lte"): "revenus_maximum",
    }
    if asked in simple:
        return simple[asked], str(part["value"])
    values = part.get("values", [part["value"]] if "value" in part else [])
    work = asked[0] == "person.status" and asked[1] in ("in", "eq")
    if work and all(value in _WORK for value in values):
        return "situation_professionnelle", "|".join(_WORK[value] for value in values)
    return None
