"""Incentives of Mon Compte Mobilité as a file: read as aids, and aids written as incentives.

A file is a list of incentives, or ``incentives`` beside ``territories`` and ``funders``, as the
platform gives each of them. What stands beside an incentive is kept in ``x-mob`` of its aid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import IO, Any

from mobstd.judging.mapping import Loss
from mobstd.messages import LANGUAGES
from mobstd.mob.mapping.aids import FUNDERS, SCALES, aid_from_incentive
from mobstd.mob.mapping.incentives import incentive_from_aid
from mobstd.mobility_aid.importing.admission import (
    admitted,
    no_object,
    other_shape,
    parsed,
)
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported

__all__ = ["BESIDE", "claims", "records", "write"]

BESIDE = "x-mob"
"""The member of an aid that keeps the territory and the funder of its incentive."""

_KINDS = {ours: theirs for theirs, ours in FUNDERS.items()}
_SCALES = {ours: theirs for theirs, ours in reversed(SCALES.items())}


def claims(head: bytes, format: str) -> bool:
    """Say whether a file that begins like this holds incentives."""
    return head.lstrip()[:1] in (b"[", b"{") and b'"incentiveType"' in head


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each incentive.

    Raises:
        ConfigError: where the file holds none.
    """
    stated = parsed(stream, format)
    whole = stated if isinstance(stated, dict) else {"incentives": stated}
    incentives = whole.get("incentives")
    if not isinstance(incentives, list):
        raise other_shape(format, "incentives")
    near = {name: _by_id(whole.get(name)) for name in ("territories", "funders")}
    today = datetime.fromisoformat(at).date()
    seen: set[str] = set()
    for n, incentive in enumerate(incentives):
        if not isinstance(incentive, dict):
            yield no_object(str(n), incentive)
            continue
        name = str(incentive.get("id") or n)[:100]
        if name in seen:
            told = Diagnostic(name, "/id", "repeated-identifier", name, True)
            yield Imported(None, (told,))
            continue
        seen.add(name)
        yield admitted(name, partial(_imported, name, incentive, near, today))


def _by_id(rows: Any) -> dict[str, dict[str, Any]]:
    listed = rows if isinstance(rows, list) else []
    return {str(one["id"]): one for one in listed if isinstance(one, dict) and "id" in one}


def _imported(
    name: str,
    incentive: Mapping[str, Any],
    near: Mapping[str, Mapping[str, dict[str, Any]]],
    today: date,
) -> Imported:
    territory = near["territories"].get(str((incentive.get("territoryIds") or [""])[0]))
    funder = near["funders"].get(str(incentive.get("funderId")))
    mapped = aid_from_incentive(incentive, territory=territory, funder=funder, today=today)
    told = tuple(_told(name, loss) for loss in mapped.losses)
    beside = {"territory": territory, "funder": funder}
    kept = {part: document for part, document in beside.items() if document is not None}
    if mapped.document is None or not kept:
        return Imported(mapped.document, told)
    return Imported({**mapped.document, BESIDE: kept}, told)


def _told(record: str, loss: Loss) -> Diagnostic:
    words = {lang: loss.text(lang) for lang in LANGUAGES}
    return Diagnostic(record, loss.pointer, loss.code, "", loss.kind == "missing", words=words)


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write incentives with their territories and funders.

    An aid without what the platform requires is left out; nothing is made up for it. Territories
    and funders that have no id of the platform get one from their codes.
    """
    incentives: list[dict[str, Any]] = []
    territories: dict[str, Any] = {}
    funders: dict[str, Any] = {}
    for aid in aids:
        kept = aid.get(BESIDE, {})
        bare = {name: value for name, value in aid.items() if name != BESIDE}
        territory = kept.get("territory") or _territory(aid["territory"])
        funder = kept.get("funder") or _funder(aid["funders"])
        mapped = incentive_from_aid(
            bare,
            territory=kept.get("territory"),
            funder=kept.get("funder"),
            territory_id=territory["id"] if territory else None,
            funder_id=funder["id"],
            today=date.max
            if aid["status"] == "closed" and "original" in aid["provenance"]
            else None,
        )
        yield from (_told(aid["id"], loss) for loss in mapped.losses)
        if mapped.document is None:
            continue
        incentives.append(mapped.document)
        original = not mapped.losses
        if territory and (not original or "territory" in kept):
            territories[territory["id"]] = territory
        if "type" in funder and (not original or "funder" in kept):
            funders[funder["id"]] = funder
    whole = {
        "incentives": incentives,
        "territories": list(territories.values()),
        "funders": list(funders.values()),
    }
    json.dump(whole, file, ensure_ascii=False, indent=1)
    file.write("\n")


def _territory(territory: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the territory of the platform: one place, or an agglomeration as its communes."""
    areas = territory["include"]
    kinds, codes = {area["type"] for area in areas}, [area.get("code", "") for area in areas]
    if territory.get("exclude") or len(kinds) != 1:
        return None
    (kind,) = kinds
    name = territory.get("text") or areas[0].get("name") or codes[0]
    identity = f"{kind}:{'-'.join(codes)}"
    if kind == "country" and codes == ["FR"]:
        return {"id": identity, "name": name, "scale": "Nationale", "inseeValueList": []}
    if kind == "commune" and len(areas) > 1:
        scale = "Agglomération"
    elif kind in _SCALES and len(areas) == 1:
        scale = _SCALES[kind]
    else:
        return None
    return {"id": identity, "name": name, "scale": scale, "inseeValueList": codes}


def _funder(parties: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the funder of the platform; without a kind where nobody says it."""
    party = next(one for one in parties if "funder" in one["roles"])
    kind = _KINDS.get(party.get("type", ""))
    found = {"id": party.get("siret") or party.get("siren") or party["name"], "name": party["name"]}
    found |= {"type": kind} if kind else {}
    return {**found, "siretNumber": int(party["siret"])} if "siret" in party else found
