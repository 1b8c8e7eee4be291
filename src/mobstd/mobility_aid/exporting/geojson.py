"""The places of aids as GeoJSON: one feature a place, with its outline where one is given.

mobstd holds the codes of places and no outlines. A feature that is not located has ``null`` for its
geometry (RFC 7946, section 3.2); its id is type and code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.exporting.outlines import Outlines
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.importing.places import official

__all__ = ["write"]

_LOST = (
    "eligibility",
    "combination",
    "documents",
    "application",
    "payment",
    "contact",
    "additionalInfo",
    "legalBasis",
    "provenance/original",
)
_SAID = ("id", "title", "summary", "level", "status", "modes")


def write(
    aids: Iterable[Mapping[str, Any]],
    file: IO[str],
    format: str,
    *,
    guarded: bool = False,
    outlines: Outlines | None = None,
) -> Iterator[Diagnostic]:
    """Write a feature for each place; see :func:`mobstd.mobility_aid.exporting.write`.

    Where there are outlines, each place without one is told.
    """
    features: dict[str, dict[str, Any]] = {}
    for aid in aids:
        lose = Losses(aid)
        lose.where_there(_LOST, "no-member")
        lose.amounts("no-member")
        said = _said(aid)
        for area in aid["territory"]["include"]:
            name = f"{area['type']}:{area.get('code', area.get('name'))}"
            features.setdefault(name, _feature(name, area, outlines))["properties"]["aids"].append(
                said
            )
            if area["type"] == "unresolved":
                lose("territory/include", "unresolved-place", area["name"])
        yield from lose.found
    if outlines is not None:
        bare = (name for name in sorted(features) if features[name]["geometry"] is None)
        yield from (Diagnostic(name, "", "no-outline") for name in bare)
    ordered = [features[name] for name in sorted(features)]
    json.dump(
        {"type": "FeatureCollection", "features": ordered}, file, ensure_ascii=False, indent=1
    )
    file.write("\n")


def _feature(name: str, area: Mapping[str, Any], outlines: Outlines | None) -> dict[str, Any]:
    code = area.get("code", "")
    names = [said for kind, said in official().get(code, ()) if kind == area["type"]]
    return {
        "type": "Feature",
        "id": name,
        "geometry": (outlines or {}).get(name),
        "properties": {
            "type": area["type"],
            "code": code or None,
            "name": area.get("name") or (names[0] if names else None),
            "aids": [],
        },
    }


def _said(aid: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a map shows of an aid."""
    excluded = [
        f"{one['type']}:{one.get('code', '')}" for one in aid["territory"].get("exclude", ())
    ]
    words = [one.get("text") or one["amount"].get("text") for one in aid["benefits"]]
    more = {
        "funders": [one["name"] for one in aid["funders"] if "funder" in one["roles"]],
        "benefits": [text for text in words if text],
        "basis": aid["territory"].get("basis", []),
        "exclude": excluded,
        "end": aid.get("validity", {}).get("end"),
        "url": aid["provenance"].get("source", {}).get("url"),
    }
    return {part: aid[part] for part in _SAID if part in aid} | {
        name: value for name, value in more.items() if value
    }
