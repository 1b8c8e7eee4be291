"""What all that was seen is like, beside the verdict: how many items are of which sort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.lab import Lab
from mobstd.judging.kinds.values import troubles
from mobstd.judging.pointer import find

__all__ = ["survey"]


def survey(lab: Lab) -> list[dict[str, Any]]:
    """Return, by operation of the ``survey`` of ``suite.yaml``, how many items are of each sort.

    Each item counts once, as it was seen first. What its schema refuses is counted as that alone.
    """
    catalogue = lab.context.catalogue
    told: Mapping[str, Any] = catalogue.version.suite.get("survey", {})
    return [
        _counted(lab, operation, about)
        for operation, about in told.items()
        if operation in catalogue.operations
    ]


def _counted(lab: Lab, operation: str, about: Mapping[str, Any]) -> dict[str, Any]:
    items = list(_seen(lab, operation))
    sound = [item for item, is_sound in items if is_sound]
    sorts = [
        {
            "id": one["id"],
            "title": dict(one["title"]),
            "count": len(items) - len(sound)
            if one.get("refused")
            else sum(_is(lab, one, item) for item in sound),
        }
        for one in about["sorts"]
    ]
    return {
        "operation": operation,
        "title": dict(about["title"]),
        "items": len(items),
        "sorts": sorts,
    }


def _seen(lab: Lab, operation: str) -> Iterator[tuple[Any, bool]]:
    """Yield each item once, with whether its schema takes it."""
    known = set()
    for exchange in lab.session.exchanges:
        if exchange.operation != operation or exchange.negative or not lab.readable(exchange):
            continue
        refused = lab.context.refused(exchange)
        for key, (pointer, item) in lab.items(exchange).items():
            if key not in known:
                known.add(key)
                yield (
                    item,
                    pointer not in refused.below and not refused.touches(pointer, frozenset()),
                )


def _is(lab: Lab, sort: Mapping[str, Any], item: Any) -> bool:
    if "schema" in sort:
        return not any(lab.context.validator(sort["schema"]).problems(item))
    rule = lab.context.catalogue.version.rules[sort["rule"]]
    return any(troubles(rule, value, lab.context, whole=False) for _, value in find(item, rule.at))
