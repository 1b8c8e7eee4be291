"""Export to services of ``data-inclusion``: what they cannot say is told as a diagnostic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.importing.data_inclusion import FORMAT, THEME, TYPE, imported
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.registry import region_of

__all__ = ["exported"]

_TITLE, _SHORTEST, _LONGEST = 150, 50, 2000
_LOST = ("modes", "combination", "documents", "validity", "budget", "payment")


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
    losses: list[Diagnostic] = []

    def lose(part: str, code: str, detail: str = "") -> None:
        losses.append(Diagnostic(aid["id"], part, code, detail))

    return _service(aid, lose), tuple(losses)


def _service(aid: Mapping[str, Any], lose: Any) -> dict[str, Any]:
    for part in _LOST:
        if aid.get(part):
            lose(part, "no-member")
    if "rule" in aid["eligibility"]:
        lose("eligibility/rule", "no-member")
    if any(benefit["amount"]["type"] != "text" for benefit in aid["benefits"]):
        lose("benefits", "no-member")
    if len(aid["description"]) > _LONGEST or len(aid["title"]) > _TITLE:
        lose("description", "too-long")
    if len(aid["description"]) < _SHORTEST:
        lose("description", "too-short")
    funder = next(party for party in aid["funders"] if "funder" in party["roles"])
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
        "conditions_acces": aid["eligibility"].get("text"),
        "lien_source": link,
        "lien_mobilisation": online[0] if online else None,
        "courriel": contact.get("email"),
        "telephone": contact.get("phone"),
    }


def _unnamed(funder: Mapping[str, Any], lose: Any) -> str:
    lose("funders", "no-siret", funder["name"])
    return str(funder["name"])


def _zones(territory: Mapping[str, Any], lose: Any) -> list[str]:
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
