"""The table of the directory, in both layouts: imported rows cell by cell, other aids as rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.exporting.prose import conditions, sums
from mobstd.mobility_aid.exporting.sheet import write_rows
from mobstd.mobility_aid.importing.columns import LAYOUTS, LEVELS, REQUIRED, WORDS, Layout
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.importing.row import FORMAT, Row
from mobstd.mobility_aid.wording import place

__all__ = ["exported", "write"]

_LOST = (
    "summary",
    "territory/basis",
    "territory/exclude",
    "eligibility/rule",
    "combination",
    "validity/start",
    "validity/purchaseFrom",
    "validity/purchaseUntil",
    "validity/duration",
    "budget",
    "application/checkMode",
    "application/processingTime",
    "payment/method",
    "payment/schedule",
    "legalBasis",
)


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write aids as rows; see :func:`mobstd.mobility_aid.exporting.write`."""
    layout = LAYOUTS[format]
    made = ((aid["id"], *exported(aid, layout)) for aid in aids)
    return write_rows(made, list(layout.columns.values()), file, guarded=guarded)


def exported(
    aid: Mapping[str, Any], layout: Layout
) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Return the row that an aid is, and what the row cannot say.

    An aid that was imported from this layout and not edited gives its row back, cell by cell.
    """
    original = aid["provenance"].get("original", {})
    if (original.get("format"), original.get("version")) == (FORMAT, layout.version):
        record, columns = original["record"], original["columns"]
        row = Row(layout, columns, [record[name] for name in columns], 1)
        if row.read(set(), aid["provenance"]["updatedAt"]).aid == aid:
            return {name: record[name] for name in columns}, ()
    lose = Losses(aid)
    said = _said(aid, layout, lose)
    for part in (*REQUIRED, "method"):
        if not said[part]:
            lose(layout.columns[part], "absent")
    for part in set(said) - set(layout.columns):
        if said[part]:
            lose(part, "no-column", said[part])
    cells = {name: said.get(part, "") for part, name in layout.columns.items()}
    return cells, tuple(lose.found)


def _said(aid: Mapping[str, Any], layout: Layout, lose: Losses) -> dict[str, str]:
    lose.where_there(_LOST, "no-column")
    lose.amounts("no-column")
    named = [one["value"] for one in aid.get("identifiers", ()) if one["scheme"] == FORMAT]
    key = named[0] if named else aid["id"]
    if layout.version.startswith("0.1") and not key.isdecimal():
        lose("id", "number", key)
    levels = {level: word for word, level in LEVELS.items() if (" " in word) == _spaced(layout)}
    application, validity = aid.get("application", {}), aid.get("validity", {})
    channels = application.get("channels", ())
    links = [one["url"] for one in channels if one["type"] == "online" and "url" in one]
    if len(channels) > len(links[:1]):
        lose("application/channels", "no-column")
    source, benefits = aid["provenance"].get("source", {}), aid["benefits"]
    return {
        "id": key,
        "title": aid["title"],
        "description": aid["description"],
        **_place(aid["territory"], lose),
        "level": levels[aid["level"]],
        "funder": _funder(aid["funders"], lose),
        "conditions": conditions(aid),
        "method": aid.get("payment", {}).get("text", ""),
        "amount": sums(aid),
        "minimum": "\n".join(filter(None, (one.get("minimumText") for one in benefits))),
        "modes": _modes(aid["modes"], lose),
        "documents": _listed([one["label"] for one in aid.get("documents", ())]),
        "info": aid.get("additionalInfo", ""),
        "contact": "\n".join(aid.get("contact", {}).values()),
        "duration": validity.get("text", ""),
        "end": validity.get("end", ""),
        "subscribable": str(application.get("subscribable", "")).lower(),
        "link": links[0] if links else application.get("text", ""),
        "source": source.get("url", source.get("label", "")),
    }


def _spaced(layout: Layout) -> bool:
    """Say whether the words for levels are those with blanks between them."""
    return "code" in layout.columns


def _place(territory: Mapping[str, Any], lose: Losses) -> dict[str, str]:
    areas = territory["include"]
    names = list(map(place, areas))
    code = areas[0].get("code", "") if len(areas) == 1 else ""
    if len(areas) > 1:
        lose("territory/include", "one-place")
    return {
        "place": territory.get("text") or ", ".join(names),
        "code": code if areas[0]["type"] != "country" else "",
    }


def _funder(parties: list[dict[str, Any]], lose: Losses) -> str:
    for n, party in enumerate(parties):
        for part in ("siren", "siret", "type", "url"):
            if part in party:
                lose(f"funders/{n}/{part}", "no-column")
        if "funder" not in party["roles"]:
            lose(f"funders/{n}", "no-column", party["name"])
    return ", ".join(one["name"] for one in parties if "funder" in one["roles"])


def _modes(modes: list[str], lose: Losses) -> str:
    for mode in modes:
        if mode not in WORDS:
            lose("modes", "no-word", mode)
    return _listed([WORDS[mode] for mode in modes if mode in WORDS])


def _listed(words: list[str]) -> str:
    return json.dumps(words, ensure_ascii=False) if words else ""
