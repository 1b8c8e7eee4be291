"""What a run made, what is left of it, and why it could make no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mobstd.conformance.scenarios.answers import named
from mobstd.conformance.scenarios.material import Material, material
from mobstd.conformance.scenarios.resource import Resource, resources
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.messages import LANGUAGES, render

__all__ = ["has_made", "lacking", "made"]

SHOWN = 3
"""How many reasons are told."""


def _resources(workshop: Workshop) -> Mapping[str, Resource]:
    catalogue = workshop.lab.context.catalogue
    return resources(catalogue.version, catalogue.role)


def made(workshop: Workshop) -> dict[str, Any]:
    """Return how many of each resource were made, and what could not be taken back."""
    catalogue = workshop.lab.context.catalogue
    of: dict[str, Resource] = {}
    for one in _resources(workshop).values():
        of.setdefault(one.create, one)
    counts: dict[str, dict[str, Any]] = {
        one.id: {"title": dict(one.title), "made": 0, "undoable": one.undoable}
        for one in of.values()
        if one.create in catalogue.operations
    }
    for exchange in workshop.lab.session.exchanges:
        if exchange.operation in of and exchange.accepted:
            counts[of[exchange.operation].id]["made"] += 1
    left = [undo.target for undo in workshop.debts.left]
    journal = str(workshop.debts.journal.path) if left else None
    return {"resources": counts, "left": left, "journal": journal}


def has_made(workshop: Workshop, operations: Iterable[str]) -> bool:
    """Say whether something was made with these operations."""
    creates = {one.create for one in _resources(workshop).values()} & set(operations)
    return any(x.operation in creates and x.accepted for x in workshop.lab.session.exchanges)


def lacking(workshop: Workshop, operations: Iterable[str]) -> list[dict[str, Any]]:
    """Return messages that say why nothing could be made with these operations, or of a source."""
    asked = set(operations)
    out: list[dict[str, Any]] = []
    for resource in _resources(workshop).values():
        if resource.create not in asked:
            continue
        if workshop.shared.get(("examples", resource.id)):
            out += _useless(workshop, resource)
            continue
        refusals = workshop.refusals.get(resource.id)
        if refusals:
            out.append(_refused(resource, refusals))
        elif ("examples", resource.id) in workshop.shared:
            searches = ", ".join(source.operation or "-" for source in resource.sources)
            out.append(_unfit(resource, searches, workshop.material(resource)))
    return out


def _useless(workshop: Workshop, resource: Resource) -> Iterator[dict[str, Any]]:
    """Yield why nothing that a search showed serves, where others did."""
    for source in (*resource.sources, *resource.apart):
        found = material(workshop.lab, [source], workshop.now)
        if source.operation is not None and found.unfit and not found.candidates:
            yield _unfit(resource, source.operation, found)


def _refused(resource: Resource, refusals: list[Exchange]) -> dict[str, Any]:
    answers = dict.fromkeys(
        f"{x.status} {_word(named(x, resource.refusal))}".strip() for x in refusals
    )
    params = {"answers": "; ".join(list(answers)[:SHOWN]), "operation": resource.create}
    return _message("unlock.refused", resource, dict.fromkeys(LANGUAGES, params))


def _word(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= 80 else short[:80] + "…"


def _unfit(resource: Resource, searches: str, found: Material) -> dict[str, Any]:
    if not found.unfit:
        params = {"operation": searches}
        return _message("unlock.no-material", resource, dict.fromkeys(LANGUAGES, params))
    told = found.unfit.most_common(SHOWN)
    by_lang = {
        lang: {
            "operation": searches,
            "reasons": "; ".join(f"{n} × {found.texts[key][lang]}" for key, n in told),
        }
        for lang in LANGUAGES
    }
    return _message("unlock.unfit", resource, by_lang)


def _message(
    code: str, resource: Resource, params: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    texts = {
        lang: render(code, {**params[lang], "thing": resource.title[lang]}, lang)
        for lang in LANGUAGES
    }
    return {"code": code, "params": {"resource": resource.id, **params["en"]}, **texts}
