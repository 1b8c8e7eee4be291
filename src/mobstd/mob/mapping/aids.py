"""An incentive of Mon Compte Mobilité as an aid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from mobstd.judging.mapping import Mapped, Source
from mobstd.mob.generated.v1_21 import STANDARD
from mobstd.mob.mapping.modes import MODES

__all__ = ["FUNDERS", "LEVELS", "SCALES", "aid_from_incentive"]

LEVELS = {"AideNationale": "national", "AideTerritoire": "territory", "AideEmployeur": "employer"}
"""Whose aid it is, here and there."""

FUNDERS = {
    "Entreprise": "company",
    "Collectivité": "local-authority",
    "Administration nationale": "state",
}
"""What a funder is, here and there."""

SCALES = {
    "Commune": "commune",
    "Agglomération": "commune",
    "Département": "department",
    "Région": "region",
}
"""What the codes of a territory are codes of; an agglomeration is a list of communes."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")


def aid_from_incentive(
    incentive: Mapping[str, Any],
    *,
    territory: Mapping[str, Any] | None = None,
    funder: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> Mapped:
    """Return the aid that an incentive is; the incentive stays in it, verbatim.

    Texts stay texts: no amount and no condition is read out of prose.

    Args:
        incentive: as ``GET /v1/incentives`` gives it.
        territory: its territory, as ``GET /v1/territories`` gives it; without it the place is
            ``unresolved``, for a name is no code.
        funder: its funder, for SIRET and kind.
        today: the day on which it is closed, or not; without it, and before its end, nobody says
            whether it can be had, and its status is ``unknown``.

    Returns:
        ``None`` for the document where there is no id, no funder's name or no time of change.
    """
    source = Source(incentive, STANDARD)
    found: dict[str, Any] = {"schemaVersion": "0.1"}
    identity = source.take("/id")
    if isinstance(identity, str) and _ID.fullmatch(identity):
        found["id"] = identity
        found["identifiers"] = [{"scheme": "mob", "value": identity}]
    else:
        source.note("mob-no-id", "missing", "/id")
    for member in ("title", "description"):
        _required(source, found, member, f"/{member}")
    found["language"] = "fr"
    level = LEVELS.get(str(source.take("/incentiveType")))
    if level is None:
        source.note("mob-no-level", "missing", "/incentiveType")
    found["level"] = level
    end = source.take("/validityDate")
    day = end[:10] if isinstance(end, str) else None
    past = today is not None and day is not None and day < today.isoformat()
    found["status"] = "closed" if past else "unknown"
    found["currency"] = "EUR"
    found["funders"] = [_funder(source, funder)]
    found["territory"] = _territory(source, territory)
    found["modes"] = _modes(source)
    found["benefits"] = [_benefit(source)]
    conditions = source.take("/conditions")
    if not conditions:
        source.note("mob-no-conditions", "missing", "/conditions")
    found["eligibility"] = {"text": conditions, "coverage": "text-only"}
    labels = [label for label in source.take("/attachments", []) if label]
    _set(found, "documents", [{"label": label} for label in labels])
    words = source.take("/validityDuration")
    _set(found, "validity", _said({"end": day, "text": words}))
    _set(found, "application", _application(source))
    _set(found, "payment", _said({"text": source.take("/paymentMethod")}))
    contact = source.take("/contact")
    if contact:
        web = re.fullmatch(r"https?://[^\s]+", contact)
        found["contact"] = {"url" if web else "text": contact}
    _set(found, "additionalInfo", source.take("/additionalInfos"))
    found["provenance"] = _provenance(source, incentive)
    losses = source.losses()
    lacking = any(loss.kind == "missing" for loss in losses)
    return Mapped("aid", None if lacking else found, losses)


def _set(found: dict[str, Any], member: str, value: Any) -> None:
    if value:
        found[member] = value


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that say something."""
    return {name: value for name, value in members.items() if value not in (None, "")}


def _required(source: Source, found: dict[str, Any], member: str, pointer: str) -> None:
    value = source.take(pointer)
    if value:
        found[member] = value
    else:
        source.note("mob-required", "missing", pointer)


def _funder(source: Source, funder: Mapping[str, Any] | None) -> dict[str, Any]:
    name = source.take("/funderName")
    source.take("/funderId")
    found: dict[str, Any] = {"roles": ["funder"]}
    known = funder or {}
    if name or known.get("name"):
        found["name"] = name or known["name"]
    else:
        source.note("mob-no-funder", "missing", "/funderName")
    _set(found, "type", FUNDERS.get(str(known.get("type"))))
    siret = known.get("siretNumber")
    if isinstance(siret, int | float) and siret == int(siret) and 0 < siret < 10**14:
        found["siret"] = f"{int(siret):014d}"  # a number has lost its leading zeros
    return found


def _territory(source: Source, territory: Mapping[str, Any] | None) -> dict[str, Any]:
    name = source.take("/territoryName")
    identity = source.take("/territoryIds/0")
    source.take("/territoryIds")
    if territory is None or territory.get("scale") not in (*SCALES, "Nationale"):
        source.note("mob-place", "approximated", "/territoryIds/0")
        return {"include": [{"type": "unresolved", "name": name or identity or "?"}]}
    if territory["scale"] == "Nationale":
        return {"include": [{"type": "country", "code": "FR"}]}
    kind, codes = SCALES[territory["scale"]], territory["inseeValueList"]
    areas = [{"type": kind, "code": code} for code in codes]
    called = territory.get("name") or name
    if len(areas) == 1 and called:
        areas[0]["name"] = called
        return {"include": areas}
    return {"include": areas, **_said({"text": called})}


def _modes(source: Source) -> list[str]:
    found = []
    for at, word in enumerate(source.take("/transportList", [])):
        mode = MODES.get(word, "other")
        if mode == "other":
            source.note("mob-mode", "approximated", f"/transportList/{at}")
        found.append(mode)
    return list(dict.fromkeys(found))


def _benefit(source: Source) -> dict[str, Any]:
    words = source.take("/allocatedAmount")
    if not words:
        source.note("mob-required", "missing", "/allocatedAmount")
    benefit = {"kind": "other", "amount": {"type": "text", "text": words}}
    _set(benefit, "minimumText", source.take("/minAmount"))
    return benefit


def _application(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = {}
    link = source.take("/subscriptionLink")
    if link:
        found["channels"] = [{"type": "online", "url": link}]
    through = source.take("/isMCMStaff")
    if isinstance(through, bool):
        found["subscribable"] = through
    mode = source.take("/subscriptionCheckMode")
    if mode is not None:
        found["checkMode"] = "automatic" if mode == "AUTOMATIQUE" else "manual"
    return found


def _provenance(source: Source, incentive: Mapping[str, Any]) -> dict[str, Any]:
    created, updated = source.take("/createdAt"), source.take("/updatedAt")
    if not (updated or created):
        source.note("mob-no-time", "missing", "/updatedAt")
    return {
        **_said({"createdAt": created, "updatedAt": updated or created}),
        "original": {"format": "mob", "version": "1.21", "record": dict(incentive)},
    }
