"""Export to services of ``data-inclusion``: what they cannot say is told as a diagnostic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.exporting.prose import conditions
from mobstd.mobility_aid.importing.data_inclusion import FORMAT, THEME, TYPE, imported
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.registry import region_of

__all__ = ["exported", "write"]

_TITLE, _SHORTEST, _LONGEST = 150, 50, 2000
_LOST = (
    "modes",
    "eligibility/rule",
    "combination",
    "documents",
    "validity",
    "budget",
    "payment",
    "additionalInfo",
    "legalBasis",
)


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write services, and the structures that offer them; see ``mobility_aid.exporting.write``."""
    services, structures = [], {}
    for aid in aids:
        service, losses = exported(aid)
        services.append(service)
        structures[service["structure_id"]] = _structure(aid, service)
        yield from losses
    whole = {"services": services, "structures": list(structures.values())}
    json.dump(whole, file, ensure_ascii=False, indent=1)
    file.write("\n")


def exported(aid: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """Return the service that an aid is, and what the service cannot say.

    An aid that was imported from a service and not edited gives it back, member by member.
    """
    original = aid["provenance"].get("original", {})
    if original.get("format") == FORMAT:
        record = original["record"]
        near = {record["service"]["structure_id"]: record["structure"]}
        if imported(record["service"], aid["provenance"]["updatedAt"], near).aid == aid:
            return dict(record["service"]), ()
    lose = Losses(aid)
    return _service(aid, lose), tuple(lose.found)


def _service(aid: Mapping[str, Any], lose: Losses) -> dict[str, Any]:
    lose.where_there(_LOST, "no-member")
    lose.amounts("no-member")
    if len(aid["description"]) > _LONGEST or len(aid["title"]) > _TITLE:
        lose("description", "too-long")
    if len(aid["description"]) < _SHORTEST:
        lose("description", "too-short")
    funder = _payer(aid)
    named = [one["value"] for one in aid.get("identifiers", ()) if one["scheme"] == FORMAT]
    link = aid["provenance"].get("source", {}).get("url")
    channels = aid.get("application", {}).get("channels", ())
    online = [one["url"] for one in channels if one["type"] == "online" and "url" in one]
    contact = aid.get("contact", {})
    return {
        "id": named[0] if named else aid["id"],
        "source": "mobstd",
        "structure_id": funder.get("siret") or funder.get("siren") or _unnamed(funder, lose),
        "nom": aid["title"][:_TITLE].rstrip("."),
        "description": aid["description"][:_LONGEST],
        "date_maj": aid["provenance"]["updatedAt"][:10],
        "type": TYPE,
        "thematiques": [THEME],
        "zone_eligibilite": _zones(aid["territory"], lose),
        "conditions_acces": conditions(aid) or None,
        "lien_source": link,
        "lien_mobilisation": online[0] if online else None,
        "courriel": contact.get("email"),
        "telephone": contact.get("phone"),
    }


def _payer(aid: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in aid["funders"] if "funder" in one["roles"])
    return found


def _structure(aid: Mapping[str, Any], service: Mapping[str, Any]) -> dict[str, Any]:
    """Return the structure of a service: the one that came with it, or who pays."""
    record = aid["provenance"].get("original", {}).get("record", {})
    if record.get("service") == service:
        return dict(record["structure"])
    funder = _payer(aid)
    return {
        "id": service["structure_id"],
        "source": "mobstd",
        "nom": funder["name"],
        "date_maj": service["date_maj"],
        "siret": funder.get("siret"),
    }


def _unnamed(funder: Mapping[str, Any], lose: Losses) -> str:
    lose("funders", "no-siret", funder["name"])
    return str(funder["name"])


def _zones(territory: Mapping[str, Any], lose: Losses) -> list[str]:
    if territory.get("exclude"):
        lose("territory/exclude", "no-member")
    found: list[str] = []
    for area in territory["include"]:
        if area["type"] == "region":
            found += [dep for dep, region in region_of().items() if region == area["code"]]
        elif area["type"] in ("unresolved", "aom"):
            lose("territory/include", "territory", area.get("code", area.get("name", "")))
        else:
            found.append("france" if area["code"] == "FR" else area["code"])
    return found
